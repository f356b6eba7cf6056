"""Links from results to the items of collections that they are made of."""

from datetime import datetime
from itertools import islice
from typing import Any

from mock_backend.cache import Kept
from mock_backend.catalog import CollectionsRegister, Described
from mock_backend.catalog.stac.instants import read_instant
from mock_backend.catalog.stac.items import id_of
from mock_backend.engine.steps import ReadCollection
from mock_backend.errors import CollectionNotFound
from mock_backend.results.documents.stac.document import GEOJSON, JSON

#: The largest number of items of a collection that are linked; of more the collection is.
_MOST = 100

#: Tests read the same data again and again.
_known: Kept[tuple[str, ...]] = Kept(200)


def links_to_sources(
    sources: tuple[ReadCollection, ...], catalogue: CollectionsRegister, now: datetime, base: str
) -> list[dict[str, Any]]:
    """Return links to what results are derived from; there are no items of later instants than now."""
    links = []
    for source in dict.fromkeys(sources):
        try:
            collection = catalogue.known(source.collection)
        except CollectionNotFound:
            continue  # one that has been let pass, or removed since
        above = f"{base}/collections/{source.collection}"
        names = _names(source, collection, now)
        if 0 < len(names) <= _MOST:
            links += [_link(f"{above}/items/{name}", GEOJSON, name) for name in names]
        else:
            links.append(_link(above, JSON, source.collection))
    return list({link["href"]: link for link in links}.values())


def _names(source: ReadCollection, collection: Described, now: datetime) -> tuple[str, ...]:
    """Return the ids of the items that were read, newest first; of many one more than are linked."""
    coverage = collection.coverage

    def find() -> tuple[str, ...]:
        start, end = (None if each is None else read_instant(each) for each in source.period)
        grid = source.extent.grid
        tiles = [range(coverage.tiles)] if grid is None else coverage.tiles_in(grid.bbox)
        visits = coverage.select(tiles, start, end, now).visits()
        return tuple(id_of(collection, visit) for visit in islice(visits, _MOST + 1))

    return _known.get((source, coverage, now), find)


def _link(href: str, media_type: str, name: str) -> dict[str, Any]:
    return {"rel": "derived_from", "href": href, "type": media_type, "title": f"Derived from {name}"}
