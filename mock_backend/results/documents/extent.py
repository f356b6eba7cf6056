"""Area and time of a process graph, as far as its arguments tell: for jobs without an outcome.

That is services, and results that a test gives.
"""

from collections.abc import Iterable
from typing import Any

from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes.projection import DEGREES, bounds_in, crs_name
from mock_backend.engine.steps.areas import bounds_of, features_of

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
    start, end = (_instant(text) for text in period)
    return None if start is None and end is None else (start, end)


def _instant(text: Any) -> str | None:
    """Complete a date to the instant it begins with."""
    if not isinstance(text, str):
        return None
    missing = "0000-01-01T00:00:00Z"
    return text if len(text) > 10 else text + missing[len(text) :]
