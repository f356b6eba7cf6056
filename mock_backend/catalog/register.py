"""Endpoints about data: collections, file formats, and what user-defined functions run in."""

from collections.abc import Hashable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json
from starlette.responses import Response

from mock_backend.api.models import Endpoint, Links
from mock_backend.api.paging import page_size
from mock_backend.api.register import EndpointRegister, Part
from mock_backend.api.urls import current_base, current_version
from mock_backend.catalog.collection import Described
from mock_backend.catalog.coverage import EARLIEST
from mock_backend.catalog.entries import (
    all_collections,
    described_format,
    find_collection,
    formats_of,
    runtimes_of,
    titles_of,
)
from mock_backend.catalog.stac.instants import read_instant, write_instant
from mock_backend.catalog.stac.stac import ITEMS, QUERYABLES, SCHEMA, link
from mock_backend.clock import Clock
from mock_backend.errors import CollectionNotFound, RequestInvalid
from mock_backend.errors.suggestions import did_you_mean
from mock_backend.profiles import federated_at
from mock_backend.settings import AppSettings

if TYPE_CHECKING:
    from mock_backend.catalog.given import Given

_COLLECTION = "/collections/{collection_id}"
_OWN_QUERYABLES = f"{_COLLECTION}/queryables"


class CollectionsRegister(EndpointRegister):
    """Serve collections, what they can be filtered by, file formats, and UDF runtimes."""

    served = (
        Endpoint(path="/collections", methods=("GET",), handler="list_collections"),
        Endpoint(path=_COLLECTION, methods=("GET",), handler="get_collection", id_takes_slashes=True),
        Endpoint(path=_OWN_QUERYABLES, methods=("GET",), handler="list_queryables", id_takes_slashes=True),
        # Not part of the openEO API, but of OGC API Features and of its filters.
        Endpoint(path="/queryables", methods=("GET",), handler="list_common_queryables", listed=False),
        Endpoint(path="/file_formats", methods=("GET",), handler="list_file_formats"),
        Endpoint(path="/udf_runtimes", methods=("GET",), handler="list_udf_runtimes"),
    )

    kept = frozenset({"list_collections", "get_collection", "list_file_formats", "list_udf_runtimes"})

    #: The clock: open extents may be described as ending now.
    clock = Part(Clock)

    def __init__(self, settings: AppSettings | None = None, links: Links | None = None) -> None:
        super().__init__(settings, links)
        self._added: dict[str, Described] = {}
        # Name, description, whether it can be read, whether it can be written.
        self._formats: list[tuple[str, dict[str, Any], bool, bool]] = []

    def likeness(self) -> Hashable | None:
        """Return what descriptions follow from; None if that cannot be told."""
        if not self.is_standard:
            return None
        about = self.settings
        # Open extents may be described as ending with the present day.
        day = self.clock.now().date() if about.closed_extents else None
        return about.profile.catalogue, about.profile.federation, about.title, about.max_listing, day

    def reset(self) -> None:
        """Forget the collections and formats that have been added."""
        self._added.clear()
        self._formats.clear()

    # -- in Python ----------------------------------------------------------------------------------

    @property
    def is_standard(self) -> bool:
        """True if data, formats and runtimes are those of every back-end of the profile."""
        return type(self) is CollectionsRegister and not self._added and not self._formats

    def collections(self) -> dict[str, Described]:
        """Return the collections a back-end starts with, by id; override it to have others."""
        return dict(all_collections(self.settings.profile.catalogue))

    def add(self, collection: "Given", **facts: Any) -> Described:
        """Add a collection, until the back-end is reset.

        Args:
            collection: See ``MockBackend.add_collection``.
            **facts: See there.

        Raises:
            ValueError: If it makes no collection, or one whose id is taken.
            OSError: If its file cannot be read.
        """
        from mock_backend.catalog.given import collection_from

        found = collection_from(collection, facts)
        if self.get(found.id) is not None:
            raise ValueError(f"There is a collection {found.id!r} already.")
        self._added[found.id] = found
        return found

    def replace(self, collection: Described) -> None:
        """Add a collection that may take the place of one that the back-end starts with.

        Raises:
            ValueError: If a test has added one of its id.
        """
        if collection.id in self._added:
            raise ValueError(f"A collection {collection.id!r} was added already.")
        self._added[collection.id] = collection

    def get(self, collection_id: str) -> Described | None:
        """Return a collection; None if there is none of this id."""
        if (added := self._added.get(collection_id)) is not None:
            return added
        if type(self).collections is CollectionsRegister.collections:
            # Graphs ask for a few: the others of the profile need not be made, nor their files read.
            return find_collection(self.settings.profile.catalogue, collection_id)
        return self.collections().get(collection_id)

    def add_format(
        self,
        name: str,
        *,
        input: bool = False,  # noqa: A002  # the API's word
        output: bool = True,
        **described: Any,
    ) -> dict[str, Any]:
        """Add a file format, until the back-end is reset; see ``MockBackend.add_file_format``.

        Raises:
            ValueError: If that is no file format, or if there is one of this name.
        """
        entry = described_format(name, **described)
        if not (input or output):
            raise ValueError(f"A file format can be read or written; {name} could be neither.")
        taken = {each.lower() for each in (*self.input_formats(), *self.output_formats())}
        if name.lower() in taken:
            raise ValueError(f"There is a file format {name!r} already; upper and lower case are the same.")
        self._formats.append((name, entry, input, output))
        return entry

    def find(self, collection_id: str) -> dict[str, Any] | None:
        """Return a collection's full STAC metadata without request-dependent links; do not change it."""
        collection = self.get(collection_id)
        return None if collection is None else collection.metadata

    def known(self, collection_id: str) -> Described:
        """Return a collection.

        Raises:
            CollectionNotFound: If there is none of this id; the message names a similar one.
        """
        if (collection := self.get(collection_id)) is None:
            message = CollectionNotFound.template.format(identifier=collection_id)
            raise CollectionNotFound(message + did_you_mean(collection_id, self._all()))
        return collection

    def ids(self) -> list[str]:
        """Return the ids of all collections, in the order of the listing."""
        return list(self._all())

    def links_to_all(self, base: str) -> list[dict[str, Any]]:
        """Return links to all collections, as children of the root."""
        if type(self).collections is CollectionsRegister.collections:
            titles = dict(titles_of(self.settings.profile.catalogue))
        else:
            titles = {name: each.title for name, each in self.collections().items()}
        titles |= {name: each.title for name, each in self._added.items()}
        return [link("child", f"{base}/collections/{name}", title) for name, title in titles.items()]

    def output_formats(self) -> dict[str, dict[str, Any]]:
        """Return the formats that can be written, by name; do not change them."""
        return self._predefined[1] | {name: entry for name, entry, _, out in self._formats if out}

    def input_formats(self) -> dict[str, dict[str, Any]]:
        """Return the formats that can be read, by name; do not change them."""
        return self._predefined[0] | {name: entry for name, entry, into, _ in self._formats if into}

    def udf_runtimes(self) -> dict[str, dict[str, Any]]:
        """Return the languages that user-defined functions may be written in, by name."""
        return runtimes_of(self.settings.profile.catalogue)

    # -- over HTTP ----------------------------------------------------------------------------------

    def list_collections(self, limit: int | str | None = None, *, offset: int = 0) -> dict[str, Any]:
        """List collections with the basic facts about each.

        Args:
            limit: The maximum number; all of them by default.
            offset: The number to skip at the beginning: a page's cursor.
        """
        if offset < 0:
            raise RequestInvalid(f"offset must be ≥ 0, got {offset}.")
        size = page_size(limit, self.settings.max_listing)
        base, collections = current_base(self.settings.url), list(self._all().values())
        root = link("root", f"{base}/", self.settings.title)
        shown = collections[offset:] if size is None else collections[offset : offset + size]
        return {
            "collections": [self._described(each.summary, each, base) for each in shown],
            "links": _page_links(f"{base}/collections", root, size, offset, len(collections)),
            **({} if federated_at(self.settings.profile, base) is None else {"federation:missing": []}),
        }

    def get_collection(self, collection_id: str) -> dict[str, Any]:
        """Describe a collection in full."""
        collection = self.known(collection_id)
        return self._described(collection.metadata, collection, current_base(self.settings.url))

    def list_queryables(self, collection_id: str) -> Response:
        """Tell by what a collection's items can be filtered, as a JSON Schema."""
        from mock_backend.catalog.stac.queryables import queryables_of

        collection = self.known(collection_id)
        href = f"{current_base(self.settings.url)}/collections/{collection_id}/queryables"
        content = to_json(queryables_of(collection, href))
        return Response(content, media_type=SCHEMA)

    def list_common_queryables(self) -> Response:
        """Tell by what the items of all collections can be filtered, as a JSON Schema."""
        from mock_backend.catalog.stac.queryables import common_queryables

        href = f"{current_base(self.settings.url)}/queryables"
        content = to_json(common_queryables(list(self._all().values()), href))
        return Response(content, media_type=SCHEMA)

    def list_file_formats(self) -> dict[str, Any]:
        """List the file formats for import and export."""
        version = current_version(self.settings.api_version)
        return {
            "input": version.resources(self.input_formats(), "parameters"),
            "output": version.resources(self.output_formats(), "parameters"),
        }

    def list_udf_runtimes(self) -> dict[str, Any]:
        """List the languages that user-defined functions may be written in."""
        return self.udf_runtimes()

    # -- inside -------------------------------------------------------------------------------------

    def _described(self, document: dict[str, Any], collection: Described, base: str) -> dict[str, Any]:
        if (offered := federated_at(self.settings.profile, base)) is not None:
            document = offered.with_backends(document)
        linked = _linked(document, collection, base, self.settings.title)
        return closed(linked, self.clock.now()) if self.settings.closed_extents else linked

    @property
    def _predefined(self) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
        return formats_of(self.settings.profile.catalogue)

    def _all(self) -> dict[str, Described]:
        return self.collections() | self._added


def _linked(document: dict[str, Any], collection: Described, base: str, root: str) -> dict[str, Any]:
    """Return a document with its own links and those of the back-end, whose title is that of the root."""
    here, title = f"{base}/collections/{document['id']}", collection.title
    links = [
        link("self", here, title),
        link("root", f"{base}/", root),
        link("parent", f"{base}/", root),
        link("items", f"{here}/items", f"Items of {title}", ITEMS),
        link(QUERYABLES, f"{here}/queryables", f"Properties of items of {title}", SCHEMA),
    ]
    if (successor := collection.replaced_by) is not None:
        links.append(link("latest-version", f"{base}/collections/{successor}", successor))
    return document | {"links": links + document["links"]}


def _page_links(
    url: str, root: dict[str, Any], size: int | None, offset: int, total: int
) -> list[dict[str, Any]]:
    """Return the links of a listing: to itself, and to the other pages if it has any."""

    def page(relation: str, start: int) -> dict[str, Any]:
        query = f"?limit={size}" + (f"&offset={start}" if start else "") if size is not None else ""
        return link(relation, url + query, "Collections")

    links = [page("self", offset), root]
    if size is None:
        return links
    if offset + size < total:
        links += [page("next", offset + size), page("last", (total - 1) // size * size)]
    if offset > 0:
        links += [page("prev", max(min(offset, total) - size, 0)), page("first", 0)]
    return links


def closed(document: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return a collection's metadata with an instant at each end of its temporal extents.

    An open start becomes the earliest instant with items, and an open end the last second of the present
    day: there are items up to now, and none after it.

    Args:
        document: The metadata; they stay as they are.
    """
    extent = document["extent"]
    intervals = [_closed(each, now) for each in extent["temporal"]["interval"]]
    changed = {**document, "extent": {**extent, "temporal": {**extent["temporal"], "interval": intervals}}}
    if (dimensions := document.get("cube:dimensions")) is not None:
        changed["cube:dimensions"] = {name: _dimension(each, now) for name, each in dimensions.items()}
    return changed


def _dimension(dimension: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    if dimension.get("type") != "temporal" or "extent" not in dimension:
        return dimension
    return {**dimension, "extent": _closed(dimension["extent"], now)}


def _closed(interval: list[str | None], now: datetime) -> list[str]:
    start, end = interval
    first = write_instant(EARLIEST) if start is None else start
    if end is None:
        last = max(now.replace(hour=23, minute=59, second=59), read_instant(first))
        end = write_instant(last)
    return [first, end]
