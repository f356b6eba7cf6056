"""Area and time of a process graph, as far as its arguments tell: for jobs without an outcome.

That is services, and results that a test gives.
"""

import math
from collections.abc import Iterable
from typing import Any

from mock_backend.dataclass import dataclass

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
    positions = _positions(geojson)
    if not positions:
        return None
    xs, ys = zip(*positions, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _bbox(area: Any) -> BBox | None:
    if not isinstance(area, dict):
        return None
    if "type" in area:
        return around(area)
    try:
        west, south, east, north = (float(area[side]) for side in ("west", "south", "east", "north"))
    except (KeyError, TypeError, ValueError):
        return None
    crs = area.get("crs")
    if crs in (None, 4326, "EPSG:4326", "4326"):
        return west, south, east, north
    return _in_degrees((west, south, east, north), crs)


def _in_degrees(box: BBox, crs: Any) -> BBox | None:
    try:
        import pyproj  # heavy, and only needed for other coordinate systems
    except ImportError:
        return None
    try:
        transformer = pyproj.Transformer.from_crs(crs, 4326, always_xy=True)
        found = transformer.transform_bounds(*box)
    except pyproj.exceptions.ProjError:
        return None
    if not all(map(math.isfinite, found)):
        return None  # outside of where the coordinate system is defined
    return tuple(round(side, 6) for side in found)  # type: ignore[return-value]  # bounds are four numbers


def _positions(geojson: Any) -> list[tuple[float, float]]:
    """Return all positions in a GeoJSON object."""
    if isinstance(geojson, dict):
        inner = [geojson.get(name) for name in ("coordinates", "geometry", "geometries", "features")]
        return [position for value in inner if value for position in _positions(value)]
    if not isinstance(geojson, list):
        return []
    if len(geojson) >= 2 and all(isinstance(n, int | float) for n in geojson[:2]):
        return [(float(geojson[0]), float(geojson[1]))]
    return [position for value in geojson for position in _positions(value)]


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
