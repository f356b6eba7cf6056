"""STAC items: made up from a collection's metadata on demand."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from mock_backend.catalog.collection import Described
from mock_backend.catalog.coverage import Visit
from mock_backend.catalog.dimensions import BBox
from mock_backend.catalog.orbit import Orbit
from mock_backend.catalog.stac.geometry import ring_around
from mock_backend.catalog.stac.instants import write_instant
from mock_backend.catalog.stac.queryables import properties_of
from mock_backend.catalog.stac.stac import CLOUDS, ITEMS, link, stac_extensions
from mock_backend.settings import STAC_VERSION

# An item's id ends with when its tile was seen, and which one it is.
_ID = re.compile(r"(?P<collection>.+)_(?P<stamp>\d{8}T\d{6})_(?P<tile>\d{1,9})", re.ASCII)

_COMPACT = str.maketrans("", "", "-:Z")


def fields_of(collection: Described, visit: Visit, cover: float | None = None) -> dict[str, Any]:
    """Return what an item of a collection can be searched by.

    Args:
        cover: Its cloud cover in percent, if it is known.
    """
    coverage = collection.coverage
    start, end = coverage.seen(visit)
    name = id_of(collection, visit)
    box = coverage.footprint(visit.tile)
    when: dict[str, Any] = {"datetime": write_instant(start)}
    if start != end:
        # STAC wants the null here: an item's time is a period only if it says that it is no instant.
        when = {
            "datetime": None,
            "start_datetime": write_instant(start),
            "end_datetime": write_instant(end),
        }
    return {
        "id": name,
        "geometry": _geometry(box),
        "bbox": list(box),
        "properties": when | properties_of(collection, name, box, _known_of(collection, visit, cover)),
        "collection": collection.id,
    }


def covers_of(found: Sequence[tuple[Described, Visit]], seed: int) -> list[float | None]:
    """Return the cloud cover of items in percent, None for those that have none."""
    covered = [
        place
        for place, (collection, _) in enumerate(found)
        if any(each.name == CLOUDS for each in collection.item_summaries)
    ]
    covers: list[float | None] = [None] * len(found)
    if covered:
        from mock_backend.landscape.nature.sky import cloud_covers  # with NumPy, which is heavy

        coverages = [(found[place][0].coverage, found[place][1]) for place in covered]
        boxes = [coverage.footprint(visit.tile) for coverage, visit in coverages]
        days = [str(coverage.seen(visit)[0].date()) for coverage, visit in coverages]
        for place, cover in zip(covered, cloud_covers(seed, boxes, days), strict=True):
            covers[place] = cover
    return covers


def _known_of(collection: Described, visit: Visit, cover: float | None) -> dict[str, Any]:
    """Return properties that follow from what an item shows, and when."""
    known: dict[str, Any] = {}
    if cover is not None:
        known[CLOUDS] = cover
    if isinstance(collection.coverage, Orbit):
        is_ascending = collection.coverage.is_ascending(visit.round)
        known["sat:orbit_state"] = "ascending" if is_ascending else "descending"
    return known


def item_of(
    collection: Described, visit: Visit, base: str, root: str, cover: float | None = None
) -> dict[str, Any]:
    """Return an item of a collection.

    It has no assets: there are no data behind it.
    """
    fields = fields_of(collection, visit, cover)
    here, title = f"{base}/collections/{collection.id}", collection.title
    return {
        "stac_version": STAC_VERSION,
        "stac_extensions": stac_extensions(fields["properties"]),
        "type": "Feature",
        **fields,
        "links": [
            link("self", f"{here}/items/{fields['id']}", fields["id"], ITEMS),
            link("root", f"{base}/", root),
            link("parent", here, title),
            link("collection", here, title),
        ],
        "assets": {},
    }


def id_of(collection: Described, visit: Visit) -> str:
    """Return the id of an item of a collection."""
    stamp = write_instant(collection.coverage.seen(visit)[0]).translate(_COMPACT)
    return f"{prefix_of(collection)}_{stamp}_{visit.tile}"


def visit_of(collection: Described, item_id: str, now: datetime) -> Visit | None:
    """Return which item of a collection has an id; None if none has.

    Args:
        now: There is nothing in the future.
    """
    match = _ID.fullmatch(item_id)
    if match is None or match["collection"] != prefix_of(collection):
        return None
    if match["tile"] != str(int(match["tile"])):
        return None
    try:
        instant = datetime.fromisoformat(match["stamp"]).replace(tzinfo=UTC)
    except ValueError:
        return None
    return collection.coverage.visit_at(instant, int(match["tile"]), now)


def ids_by_prefix(ids: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Return those texts that can be the ids of items, by the prefix of their collection."""
    found: dict[str, list[str]] = {}
    for each in dict.fromkeys(ids):
        if (match := _ID.fullmatch(each)) is not None:
            found.setdefault(match["collection"], []).append(each)
    return found


def prefix_of(collection: Described) -> str:
    """Return the beginning of the ids of the items of a collection."""
    # The id of an item is the last part of its URL.
    return collection.id.replace("/", "_")


def _geometry(box: BBox) -> dict[str, Any]:
    west, south, east, north = box
    if west > east:
        # RFC 7946: what crosses the antimeridian is cut there.
        parts = [(west, south, 180.0, north), (-180.0, south, east, north)]
        return {"type": "MultiPolygon", "coordinates": [[ring_around(part)] for part in parts]}
    return {"type": "Polygon", "coordinates": [ring_around(box)]}
