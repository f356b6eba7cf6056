"""The endpoints of a STAC API on top of the openEO API: items, and the search for them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json
from starlette.responses import Response

from mock_backend.api.models import Endpoint
from mock_backend.api.models.processes import Items
from mock_backend.api.parameters import QueryName
from mock_backend.api.register import EndpointRegister, Part
from mock_backend.api.request_checks import refusing
from mock_backend.api.urls import current_base
from mock_backend.catalog.collection import Described
from mock_backend.catalog.register import CollectionsRegister
from mock_backend.catalog.stac.stac import ITEMS, link
from mock_backend.clock import Clock
from mock_backend.errors import NotFound

_PATH = "/collections/{collection_id}/items"

_FilterLang = Annotated[str | None, QueryName("filter-lang")]
_FilterCrs = Annotated[str | None, QueryName("filter-crs")]


class SearchRequest(BaseModel):
    """Request body of a search for items."""

    model_config = ConfigDict(extra="allow")

    collections: Items[str] | None = None
    ids: Items[str] | None = None
    bbox: Items[float] | None = None
    intersects: dict[str, Any] | None = None
    datetime: str | None = None
    limit: int | None = None
    token: str | None = None
    filter: dict[str, Any] | str | None = None
    filter_lang: str | None = Field(None, alias="filter-lang")
    filter_crs: str | None = Field(None, alias="filter-crs")
    sortby: list[Any] | str | None = None


class ItemsRegister(EndpointRegister):
    """Serve the items of collections, and ``/search``."""

    served = (
        Endpoint(path=_PATH, methods=("GET",), handler="list_items", id_takes_slashes=True),
        Endpoint(path=f"{_PATH}/{{item_id}}", methods=("GET",), handler="get_item", id_takes_slashes=True),
        Endpoint(path="/search", methods=("GET",), handler="search"),
        Endpoint(path="/search", methods=("POST",), handler="search_by_body"),
    )

    #: The register of collections.
    catalogue = Part(CollectionsRegister)
    #: The clock: items of the future are not there yet.
    clock = Part(Clock)

    def list_items(
        self,
        collection_id: str,
        bbox: str | None = None,
        datetime: str | None = None,
        limit: int | str | None = None,
        token: str | None = None,
        *,
        filter: str | None = None,  # noqa: A002  # the parameter's name
        filter_lang: _FilterLang = None,
        filter_crs: _FilterCrs = None,
        sortby: str | None = None,
        query: str | None = None,
        fields: str | None = None,
    ) -> Response:
        """List a collection's items, newest first; a page of them.

        Args:
            collection_id: The collection.
            bbox: Only items that meet this box: west, south, east, north.
            datetime: Only items of this instant or period.
            limit: The number of items on a page.
            token: The page.
            filter: Only items that match this expression in CQL2.
            filter_lang: The language of the expression: text or JSON.
            filter_crs: The coordinate system of geometries in the expression.
            sortby: The sort criteria.
            query: Not supported, nor is the following.
            fields: See above.
        """
        asked = {
            "bbox": bbox,
            "datetime": datetime,
            "limit": limit,
            "filter": filter,
            "filter-lang": filter_lang,
            "filter-crs": filter_crs,
            "sortby": sortby,
            "query": query,
            "fields": fields,
            "token": token,
        }
        here = f"{current_base(self.settings.url)}/collections/{collection_id}"
        collection = self.catalogue.known(collection_id)
        page = self._page([collection], asked, f"{here}/items")
        page["links"].append(link("collection", here, collection.title))
        return _geojson(page)

    def get_item(self, collection_id: str, item_id: str) -> Response:
        """Describe an item."""
        from mock_backend.catalog.stac.items import covers_of, item_of, visit_of

        collection = self.catalogue.known(collection_id)
        visit = visit_of(collection, item_id, self.clock.now())
        if visit is None:
            raise NotFound(f"Collection {collection_id!r} has no item {item_id!r}.")
        (cover,) = covers_of([(collection, visit)], self.settings.seed)
        base = current_base(self.settings.url)
        return _geojson(item_of(collection, visit, base, self.settings.title, cover))

    def search(
        self,
        collections: str | None = None,
        ids: str | None = None,
        bbox: str | None = None,
        intersects: str | None = None,
        datetime: str | None = None,
        limit: int | str | None = None,
        token: str | None = None,
        *,
        filter: str | None = None,  # noqa: A002  # the parameter's name
        filter_lang: _FilterLang = None,
        filter_crs: _FilterCrs = None,
        sortby: str | None = None,
        query: str | None = None,
        fields: str | None = None,
    ) -> Response:
        """Search for items in several collections, newest first in each; a page of them.

        Args:
            collections: Only items of these collections; ids with commas between them.
            ids: Only these items.
            bbox: Only items that meet this box: west, south, east, north.
            intersects: Only items that meet this GeoJSON geometry.
            datetime: Only items of this instant or period.
            limit: The number of items on a page.
            token: The page.
            filter: Only items that match this expression in CQL2.
            filter_lang: The language of the expression: text or JSON.
            filter_crs: The coordinate system of geometries in the expression.
            sortby: The sort criteria.
            query: Not supported, nor is the following.
            fields: See above.
        """
        asked = {
            "collections": collections,
            "ids": ids,
            "bbox": bbox,
            "intersects": intersects,
            "datetime": datetime,
            "limit": limit,
            "filter": filter,
            "filter-lang": filter_lang,
            "filter-crs": filter_crs,
            "sortby": sortby,
            "query": query,
            "fields": fields,
            "token": token,
        }
        from mock_backend.catalog.stac.query import split

        return self._search(split(collections or ""), asked, "GET")

    def search_by_body(self, body: SearchRequest) -> Response:
        """Search for items, with what is wanted in the request's body."""
        asked = body.model_dump(by_alias=True, exclude_none=True)
        with refusing():  # what the link to the next page repeats
            return self._search(body.collections or (), asked, "POST")

    # -- inside -------------------------------------------------------------------------------------

    def _search(self, names: Sequence[str], asked: Mapping[str, Any], method: str) -> Response:
        """Return a page of the items of collections; of all if none is named."""
        url = f"{current_base(self.settings.url)}/search"
        chosen = [self.catalogue.known(each) for each in dict.fromkeys(names or self.catalogue.ids())]
        page = self._page(chosen, asked, url, dates=False, named=bool(names), method=method)
        return _geojson(page)

    def _page(
        self,
        collections: Sequence[Described],
        asked: Mapping[str, Any],
        url: str,
        *,
        dates: bool = True,
        named: bool = True,
        method: str = "GET",
    ) -> dict[str, Any]:
        """Return a page of items, with links to itself and to the next one.

        Args:
            dates: True if dates may stand for whole days.
            named: True if the request names the collections. Of all, filters may ask for anything.
        """
        from mock_backend.catalog.stac.items import covers_of, item_of
        from mock_backend.catalog.stac.query import read_query
        from mock_backend.catalog.stac.queryables import check_queryables
        from mock_backend.catalog.stac.search_results import find_items

        wanted = read_query(asked, self.settings.max_listing, dates=dates)
        if named:
            check_queryables(collections, wanted.filter, wanted.order)
        found = find_items(collections, wanted, self.clock.now(), self.settings.seed)
        covers = covers_of(found.items, self.settings.seed)
        base = current_base(self.settings.url)
        title = self.settings.title
        links = [link("root", f"{base}/", title)]
        if method == "GET":
            links.append(link("self", _with(url, asked), "Items", ITEMS))
        if found.following is not None:
            links.append(_next(url, {**asked, "token": found.following}, method))
        page = {
            "type": "FeatureCollection",
            "features": [
                item_of(*each, base, title, cover) for each, cover in zip(found.items, covers, strict=True)
            ],
            "links": links,
            "numberMatched": found.matched,
            "numberReturned": len(found.items),
        }
        if found.matched is None:
            del page["numberMatched"]
        return page


def _next(url: str, asked: Mapping[str, Any], method: str) -> dict[str, Any]:
    more = {"method": method} if method == "GET" else {"method": method, "body": asked}
    href = _with(url, asked) if method == "GET" else url
    return link("next", href, "Next page", ITEMS) | more


def _with(url: str, parameters: Mapping[str, Any]) -> str:
    query = urlencode({name: value for name, value in parameters.items() if value not in (None, "")})
    return f"{url}?{query}" if query else url


def _geojson(document: dict[str, Any]) -> Response:
    return Response(to_json(document), media_type=ITEMS)
