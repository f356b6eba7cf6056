"""Extents of the data of items, as STAC documents have them."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from mock_backend.catalog.stac.instants import read_instant, write_instant
from mock_backend.results.documents.assets import ResultItem
from mock_backend.results.documents.extent import BBox, around

WORLD: BBox = (-180.0, -90.0, 180.0, 90.0)


def item_bbox(item: ResultItem) -> BBox | None:
    """Return the box around an item in degrees; None if it has no place."""
    return item.bbox or (around(item.geometry) if item.geometry is not None else None)


def item_place(item: ResultItem) -> dict[str, Any]:
    """Return the members ``geometry`` and ``bbox`` of an item; without a place there is no ``bbox``."""
    bbox = item_bbox(item)
    if bbox is None:
        return {"geometry": None}
    return {"geometry": item.geometry or box_geometry(bbox), "bbox": list(bbox)}


def box_geometry(bbox: BBox) -> dict[str, Any]:
    """Return a box as a GeoJSON geometry.

    Args:
        bbox: West, south, east and north in degrees; the west is larger if the box crosses the antimeridian.
    """
    west, south, east, north = bbox
    if west > east:
        halves = ((west, south, 180.0, north), (-180.0, south, east, north))
        parts = [box_geometry(half) for half in halves if half[0] < half[2]]
        if len(parts) < 2:
            return parts[0] if parts else box_geometry((west, south, west, north))
        return {"type": f"Multi{parts[0]['type']}", "coordinates": [each["coordinates"] for each in parts]}
    if west == east and south == north:
        return {"type": "Point", "coordinates": [west, south]}
    if west == east or south == north:
        return {"type": "LineString", "coordinates": [[west, south], [east, north]]}
    return {"type": "Polygon", "coordinates": [_ring(bbox)]}


def box_around(boxes: Iterable[BBox | None]) -> BBox | None:
    """Return the box around boxes; None if there are none."""
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    wests, souths, easts, norths = zip(*known, strict=True)
    south, north = min(souths), max(norths)
    crossing = [box for box in known if box[0] > box[2]]
    if not crossing:
        return min(wests), south, max(easts), north
    if len(crossing) < len(known) or max(easts) >= min(wests):
        return -180.0, south, 180.0, north
    return min(wests), south, max(easts), north


def item_times(item: ResultItem, otherwise: str) -> dict[str, str]:
    """Return an item's ``datetime``, and its start and end if it has both.

    Args:
        otherwise: The instant that stands for those of an item without any.
    """
    start, end = interval_of(item, otherwise)
    # STAC allows null beside an interval, but validators that read the API as OpenAPI 3.1 do not.
    period = {} if start == end else {"start_datetime": start, "end_datetime": end}
    return {"datetime": start, **period}


def interval_of(item: ResultItem, otherwise: str) -> tuple[str, str]:
    """Return an item's first and last instant.

    An item cannot say that its interval is open on a side: the side that is known is its time.
    """
    start, end = (_instant(text) for text in item.interval)
    return start or end or otherwise, end or start or otherwise


def interval_around(items: Iterable[ResultItem], otherwise: str) -> tuple[str, str]:
    """Return the first and the last instant of all items that have a time."""
    timed = [item for item in items if any(map(_instant, item.interval))]
    if not timed:
        return otherwise, otherwise
    starts, ends = zip(*(interval_of(item, otherwise) for item in timed), strict=True)
    return min(starts), max(ends)


@lru_cache(maxsize=4096)
def _instant(text: str | None) -> str | None:
    """Return an instant in UTC; None for what is none, such as the label of a season."""
    try:
        return None if text is None else write_instant(read_instant(text))
    except ValueError:
        return None


def _ring(box: BBox) -> list[list[float]]:
    west, south, east, north = box
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]
