"""Extents in area and time: of process graphs, as far as their arguments tell, and of items.

The former are for jobs without an outcome, that is services, and results that a test gives.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from mock_backend.catalog.stac.geometry import ring_around
from mock_backend.catalog.stac.instants import read_instant, write_instant
from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes.projection import DEGREES, bounds_in, crs_name
from mock_backend.engine.steps.areas import bounds_of, features_of
from mock_backend.results.documents.assets import ResultItem

BBox = tuple[float, float, float, float]


@dataclass(frozen=True)
class Extent:
    """A place and a time."""

    bbox: BBox | None = None  #: West, south, east and north in degrees; None if unknown
    #: First and last instant as RFC 3339 texts, either may be open; None if unknown
    interval: tuple[str | None, str | None] | None = None


def extent_of(calls: Iterable[tuple[str, dict[str, Any]]]) -> Extent:
    """Find the extent in the arguments of process calls; the first of each kind counts.

    Args:
        calls: Process ids with their arguments, in the graph's order.
    """
    bbox: BBox | None = None
    interval: tuple[str | None, str | None] | None = None
    for process_id, arguments in calls:
        area = arguments.get("spatial_extent") or (
            arguments.get("extent") if process_id == "filter_bbox" else arguments.get("geometries")
        )
        bbox = bbox or _bbox(area)
        period = arguments.get("temporal_extent") or (
            arguments.get("extent") if process_id == "filter_temporal" else None
        )
        interval = interval or _interval(period)
    return Extent(bbox, interval)


def around(geojson: Any) -> BBox | None:
    """Return the box around a GeoJSON object; None if it has no positions."""
    return bounds_of(features_of(geojson))


def _bbox(area: Any) -> BBox | None:
    if not isinstance(area, dict):
        return None
    if "type" in area:
        return around(area)
    try:
        west, south, east, north = (float(area[side]) for side in ("west", "south", "east", "north"))
        return bounds_in((west, south, east, north), crs_name(area.get("crs")), DEGREES)
    except (KeyError, TypeError, ValueError):  # as are unknown coordinate systems
        return None


def _interval(period: Any) -> tuple[str | None, str | None] | None:
    if not isinstance(period, list) or len(period) != 2:
        return None
    start, end = (_completed(text) for text in period)
    return None if start is None and end is None else (start, end)


def _completed(text: Any) -> str | None:
    """Complete a date to the instant it begins with."""
    if not isinstance(text, str):
        return None
    missing = "0000-01-01T00:00:00Z"
    return text if len(text) > 10 else text + missing[len(text) :]


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
    return {"type": "Polygon", "coordinates": [ring_around(bbox)]}


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
