"""GeoJSON geometries in plain longitude and latitude: whether they meet a box."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from mock_backend.catalog.dimensions import BBox

Position = tuple[float, float]
Segment = tuple[Position, Position]

_DEPTH = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


class Shape:
    """A GeoJSON geometry, taken to pieces: segments, and the rings among them that have an inside.

    Args:
        geometry: The geometry.

    Raises:
        ValueError: If it is none.
    """

    def __init__(self, geometry: Any) -> None:
        #: All lines and borders; a point is a segment that ends where it begins.
        self.segments: list[Segment] = []
        self._polygons: list[list[Segment]] = []
        self._read(geometry)
        if not self.segments:
            raise ValueError("a geometry has coordinates, this one has none")

    def contains(self, position: Position) -> bool:
        """Tell whether a position is inside one of the polygons, holes excepted."""
        return any(_is_inside(position, polygon) for polygon in self._polygons)

    def _read(self, geometry: Any) -> None:
        kind = geometry.get("type") if isinstance(geometry, Mapping) else None
        if kind == "GeometryCollection":
            for each in _list(geometry.get("geometries")):
                self._read(each)
            return
        if kind not in _DEPTH:
            raise ValueError(f"a GeoJSON geometry is one of {', '.join(_DEPTH)} or GeometryCollection")
        coordinates = _coordinates(geometry.get("coordinates"), _DEPTH[kind])
        if kind == "Point":
            self._add_points([coordinates])
        elif kind == "MultiPoint":
            self._add_points(coordinates)
        elif kind == "LineString":
            self._add_lines([coordinates])
        elif kind == "MultiLineString":
            self._add_lines(coordinates)
        elif kind == "Polygon":
            self._add_polygons([coordinates])
        else:
            self._add_polygons(coordinates)

    def _add_points(self, points: list[Position]) -> None:
        self.segments.extend((point, point) for point in points)

    def _add_lines(self, lines: list[list[Position]]) -> None:
        for line in lines:
            if len(line) < 2:
                raise ValueError("a line has at least two positions")
            self.segments.extend(pairwise(line))

    def _add_polygons(self, polygons: list[list[list[Position]]]) -> None:
        for rings in polygons:
            if any(len(ring) < 4 or ring[0] != ring[-1] for ring in rings):
                raise ValueError("a ring has at least four positions, the last one equal to the first")
            border = [segment for ring in rings for segment in pairwise(ring)]
            self.segments.extend(border)
            self._polygons.append(border)


def meets(segment: Segment, box: BBox) -> bool:
    """Tell whether a segment has a point in a box, on its border perhaps."""
    # Cut it at each side: is anything left?
    first, last = 0.0, 1.0
    start, end = segment
    for axis in (0, 1):
        delta, low, high = end[axis] - start[axis], box[axis] - start[axis], box[axis + 2] - start[axis]
        if delta == 0:
            if low > 0 or high < 0:
                return False
            continue
        enter, leave = sorted((low / delta, high / delta))
        first, last = max(first, enter), min(last, leave)
    return first <= last


def _coordinates(value: Any, depth: int) -> Any:
    if depth:
        return [_coordinates(each, depth - 1) for each in _list(value)]
    numbers = _list(value)
    if len(numbers) < 2 or not all(
        isinstance(each, (int, float)) and not isinstance(each, bool) and math.isfinite(each)
        for each in numbers
    ):
        raise ValueError("a position is a longitude and a latitude")
    return float(numbers[0]), float(numbers[1])


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise ValueError("a geometry's coordinates are lists")
    return value


def _is_inside(position: Position, border: Sequence[Segment]) -> bool:
    """Count how often a ray from a position crosses the border: an odd number is inside."""
    x, y = position
    odd = False
    for (ax, ay), (bx, by) in border:
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            odd = not odd
    return odd
