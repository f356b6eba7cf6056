"""The endpoints of a STAC API on top of the openEO API: items, and the search for them."""

import datetime as dates  # ``datetime`` is the name of a parameter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict
from pydantic_core import to_json
from starlette.responses import Response

from mock_backend.catalog.collection import Described
from mock_backend.catalog.coverage import Visit
from mock_backend.catalog.items import MEDIA_TYPE, item_of, visit_of
from mock_backend.catalog.query import ItemQuery, read_query, token_of
from mock_backend.catalog.register import CollectionsRegister
from mock_backend.clock import Clock
from mock_backend.errors import NotFound, RequestInvalid
from mock_backend.models import Endpoint
from mock_backend.register import EndpointRegister
from mock_backend.urls import current_base

_ENDPOINTS = (
    Endpoint(path="/collections/{collection_id}/items", methods=("GET",), handler="list_items"),
    Endpoint(path="/collections/{collection_id}/items/{item_id}", methods=("GET",), handler="get_item"),
    Endpoint(path="/search", methods=("GET",), handler="search"),
    Endpoint(path="/search", methods=("POST",), handler="search_by_body"),
)

#: What extensions of the STAC API search by, and this back-end does not.
_UNSUPPORTED = ("filter", "query", "sortby", "fields")


class SearchRequest(BaseModel):
    """What a client sends to search for items."""

    model_config = ConfigDict(extra="allow")

    collections: list[str] | None = None
    ids: list[str] | None = None
    bbox: list[float] | None = None
    intersects: dict[str, Any] | None = None
    datetime: str | None = None
    limit: int | None = None
    token: str | None = None


class ItemsRegister(EndpointRegister):
    """Serve the items of collections, and ``/search``."""

    def _initialize_endpoints(self) -> list[Endpoint]:
        return list(_ENDPOINTS)

    # What works where a back-end gives nothing better; made when it is first used.

    @cached_property
    def catalogue(self) -> CollectionsRegister:
        """Which collections there are."""
        return CollectionsRegister(self.settings)

    @cached_property
    def clock(self) -> Clock:
        """What time it is: items of the future are not there yet."""
        return Clock()

    def list_items(
        self,
        collection_id: str,
        bbox: str | None = None,
        datetime: str | None = None,
        limit: int | str | None = None,
        token: str | None = None,
        *,
        filter: str | None = None,  # noqa: A002  # the parameter's name
        query: str | None = None,
        sortby: str | None = None,
        fields: str | None = None,
    ) -> Response:
        """List a collection's items, newest first; a page of them.

        Args:
            collection_id: The collection.
            bbox: Only items that meet this box: west, south, east, north.
            datetime: Only items of this instant or period.
            limit: How many on a page.
            token: Which page.
            filter: Not supported, nor are the following.
            query: See above.
            sortby: See above.
            fields: See above.
        """
        _refuse({"filter": filter, "query": query, "sortby": sortby, "fields": fields})
        collection = self.catalogue.known(collection_id)
        asked = {"bbox": bbox, "datetime": datetime, "limit": limit}
        wanted = read_query(self.settings.max_listing, bbox=bbox, datetime=datetime, limit=limit, token=token)
        base = current_base(self.settings.url)
        page = self._page([collection], wanted, base)
        here = f"{base}/collections/{collection_id}"
        page["links"] += [
            {"rel": "self", "href": _with(f"{here}/items", {**asked, "token": token}), "type": MEDIA_TYPE},
            {"rel": "collection", "href": here, "type": "application/json"},
        ]
        if (following := page.pop("next")) is not None:
            href = _with(f"{here}/items", {**asked, "token": following})
            page["links"].append({"rel": "next", "href": href, "type": MEDIA_TYPE})
        return _geojson(page)

    def get_item(self, collection_id: str, item_id: str) -> Response:
        """Describe an item."""
        collection = self.catalogue.known(collection_id)
        visit = visit_of(collection, item_id, self.clock.now())
        if visit is None:
            raise NotFound(f"Collection {collection_id!r} has no item {item_id!r}.")
        return _geojson(item_of(collection, visit, current_base(self.settings.url)))

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
        query: str | None = None,
        sortby: str | None = None,
        fields: str | None = None,
    ) -> Response:
        """Search for items in several collections, newest first in each; a page of them.

        Args:
            collections: Only items of these collections; ids with commas between them.
            ids: Only these items.
            bbox: Only items that meet this box: west, south, east, north.
            intersects: Only items that meet this GeoJSON geometry.
            datetime: Only items of this instant or period.
            limit: How many on a page.
            token: Which page.
            filter: Not supported, nor are the following.
            query: See above.
            sortby: See above.
            fields: See above.
        """
        _refuse({"filter": filter, "query": query, "sortby": sortby, "fields": fields})
        asked: dict[str, Any] = {
            "collections": collections,
            "ids": ids,
            "bbox": bbox,
            "intersects": intersects,
            "datetime": datetime,
            "limit": limit,
        }
        wanted = read_query(
            self.settings.max_listing,
            ids=_split(ids),
            bbox=bbox,
            intersects=intersects,
            datetime=datetime,
            limit=limit,
            token=token,
        )
        base = current_base(self.settings.url)
        page = self._page(self._chosen(_split(collections)), wanted, base)
        page["links"].append(
            {"rel": "self", "href": _with(f"{base}/search", {**asked, "token": token}), "type": MEDIA_TYPE}
        )
        if (following := page.pop("next")) is not None:
            href = _with(f"{base}/search", {**asked, "token": following})
            page["links"].append({"rel": "next", "href": href, "type": MEDIA_TYPE, "method": "GET"})
        return _geojson(page)

    def search_by_body(self, body: SearchRequest) -> Response:
        """Search for items, with what is wanted in the request's body."""
        _refuse(body.model_extra or {})
        wanted = read_query(
            self.settings.max_listing,
            ids=body.ids,
            bbox=body.bbox,
            intersects=body.intersects,
            datetime=body.datetime,
            limit=body.limit,
            token=body.token,
        )
        base = current_base(self.settings.url)
        page = self._page(self._chosen(body.collections), wanted, base)
        if (following := page.pop("next")) is not None:
            asked = body.model_dump(exclude_none=True) | {"token": following}
            page["links"].append(
                {
                    "rel": "next",
                    "href": f"{base}/search",
                    "type": MEDIA_TYPE,
                    "method": "POST",
                    "body": asked,
                }
            )
        return _geojson(page)

    # -- inside -------------------------------------------------------------------------------------

    def _chosen(self, ids: Sequence[str] | None) -> list[Described]:
        catalogue = self.catalogue
        return [catalogue.known(each) for each in dict.fromkeys(ids or catalogue.ids())]

    def _page(self, collections: Sequence[Described], wanted: ItemQuery, base: str) -> dict[str, Any]:
        """Return a page of items; its member ``next`` is the token of the page after it."""
        found = list(islice(self._found(collections, wanted), wanted.limit + 1))
        shown = found[: wanted.limit]
        following = None
        if len(found) > len(shown):
            collection, visit = shown[-1]
            following = token_of(collection.id, visit)
        return {
            "type": "FeatureCollection",
            "features": [item_of(collection, visit, base) for collection, visit in shown],
            "links": [{"rel": "root", "href": f"{base}/", "type": "application/json"}],
            "numberMatched": self._count(collections, wanted),
            "numberReturned": len(shown),
            "next": following,
        }

    def _found(
        self, collections: Sequence[Described], wanted: ItemQuery
    ) -> Iterator[tuple[Described, Visit]]:
        now, after = self.clock.now(), wanted.after
        names = [each.id for each in collections]
        if after is not None and after[0] not in names:
            raise RequestInvalid("token belongs to another search than this one.")
        first = 0 if after is None else names.index(after[0])
        for place, collection in enumerate(collections[first:]):
            before = after[1] if after is not None and place == 0 else None
            for visit in self._visits(collection, wanted, before, now):
                yield collection, visit

    def _visits(
        self, collection: Described, wanted: ItemQuery, before: Visit | None, now: dates.datetime
    ) -> Iterator[Visit]:
        chosen = wanted.select(collection.coverage, now)
        if wanted.ids is None:
            return chosen.visits(before)
        named = {visit_of(collection, each, now) for each in wanted.ids}
        visits = sorted((each for each in named if each is not None and each in chosen), reverse=True)
        return (each for each in visits if before is None or each < before)

    def _count(self, collections: Sequence[Described], wanted: ItemQuery) -> int:
        now = self.clock.now()
        if wanted.ids is not None:
            return sum(1 for each in collections for _ in self._visits(each, wanted, None, now))
        return sum(len(wanted.select(each.coverage, now)) for each in collections)


def _refuse(asked: Mapping[str, Any]) -> None:
    for name in _UNSUPPORTED:
        if asked.get(name):
            raise RequestInvalid(f"This back-end does not search by {name}.")


def _split(text: str | None) -> list[str] | None:
    return [part for part in text.split(",") if part] if text else None


def _with(url: str, parameters: Mapping[str, Any]) -> str:
    query = urlencode({name: value for name, value in parameters.items() if value not in (None, "")})
    return f"{url}?{query}" if query else url


def _geojson(document: dict[str, Any]) -> Response:
    return Response(to_json(document), media_type=MEDIA_TYPE)
