"""Links from results to the items of collections that they are made of."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Protocol

from mock_backend.catalog import Described
from mock_backend.catalog.stac.instants import read_instant
from mock_backend.catalog.stac.items import id_of
from mock_backend.engine.steps import ReadCollection
from mock_backend.results.documents.stac.document import GEOJSON, JSON

#: The largest number of items of a collection that are linked; of more the collection is.
_MOST = 100


class Collections(Protocol):
    """The collections."""

    def find(self, collection_id: str) -> dict[str, Any] | None:
        """Return a collection's STAC metadata."""

    def known(self, collection_id: str) -> Described:
        """Return a collection."""


def links_to_sources(
    sources: tuple[ReadCollection, ...], catalogue: Collections, now: datetime, base: str
) -> list[dict[str, Any]]:
    """Return links to what results are derived from.

    Args:
        now: There are no items of later instants.
    """
    links = []
    for source in dict.fromkeys(sources):
        if catalogue.find(source.collection) is None:
            continue  # one that has been let pass, or removed since
        above = f"{base}/collections/{source.collection}"
        names = list(islice(_items_of(source, catalogue.known(source.collection), now), _MOST + 1))
        if 0 < len(names) <= _MOST:
            links += [_link(f"{above}/items/{name}", GEOJSON, name) for name in names]
        else:
            links.append(_link(above, JSON, source.collection))
    return list({link["href"]: link for link in links}.values())


def _items_of(source: ReadCollection, collection: Described, now: datetime) -> Iterator[str]:
    """Yield the ids of the items that were read, newest first."""
    coverage, grid = collection.coverage, source.extent.grid
    start, end = (None if each is None else read_instant(each) for each in source.period)
    tiles = [range(coverage.tiles)] if grid is None else coverage.tiles_in(grid.bbox)
    return (id_of(collection, visit) for visit in coverage.select(tiles, start, end, now).visits())


def _link(href: str, media_type: str, name: str) -> dict[str, Any]:
    return {"rel": "derived_from", "href": href, "type": media_type, "title": f"Derived from {name}"}
