"""GeoJSON geometries in plain longitude and latitude: whether they meet a box."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mock_backend.catalog.dimensions import BBox

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    #: Start and end of each segment: longitude, latitude, longitude, latitude.
    Segments = NDArray[np.float64]

Position = tuple[float, float]

#: Larger numbers, or none at all, are no coordinates.
_FAR = 1e9
#: The number of levels of arrays that the coordinates of each kind have above positions.
LEVELS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


class Shape:
    """A GeoJSON geometry, taken to pieces: segments, and the rings among them that have an inside.

    Raises:
        ValueError: If it is none.
    """

    def __init__(self, geometry: Any) -> None:
        import numpy as np  # with which most back-ends search for nothing

        self._pairs: list[tuple[Position, Position]] = []
        self._polygons: list[slice] = []
        self._read(geometry)
        if not self._pairs:
            raise ValueError("a geometry has coordinates, this one has none")
        #: All lines and borders; a point is a segment that ends where it begins.
        self.segments: Segments = np.array(self._pairs, np.float64).reshape(-1, 4)

    def contains(self, position: Position) -> bool:
        """Tell whether a position is inside one of the polygons, holes excepted."""
        crossed = _crossed(self.segments, position).cumsum()
        return any(
            (crossed[each.stop - 1] - (crossed[each.start - 1] if each.start else 0)) % 2
            for each in self._polygons
        )

    def _read(self, geometry: Any) -> None:
        kind = geometry.get("type") if isinstance(geometry, Mapping) else None
        if kind == "GeometryCollection":
            for each in _list(geometry.get("geometries")):
                self._read(each)
            return
        if kind not in LEVELS:
            raise ValueError(f"a GeoJSON geometry is one of {', '.join(LEVELS)} or GeometryCollection")
        coordinates = _coordinates(geometry.get("coordinates"), LEVELS[kind])
        add: dict[str, Callable[[Any], None]] = {
            "Point": self._add_points,
            "LineString": self._add_lines,
            "Polygon": self._add_polygons,
        }
        add[kind.removeprefix("Multi")](coordinates if kind.startswith("Multi") else [coordinates])

    def _add_points(self, points: list[Position]) -> None:
        self._pairs.extend((point, point) for point in points)

    def _add_lines(self, lines: list[list[Position]]) -> None:
        for line in lines:
            if len(line) < 2:
                raise ValueError("a line has at least two positions")
            self._pairs.extend(pairwise(line))

    def _add_polygons(self, polygons: list[list[list[Position]]]) -> None:
        for rings in polygons:
            if any(len(ring) < 4 or ring[0] != ring[-1] for ring in rings):
                raise ValueError("a ring has at least four positions, the last one equal to the first")
            start = len(self._pairs)
            self._pairs.extend(segment for ring in rings for segment in pairwise(ring))
            if rings:
                self._polygons.append(slice(start, len(self._pairs)))


def meets(segments: "Segments", box: BBox) -> "NDArray[np.bool_]":
    """Tell of each segment whether it has a point in a box, on its border perhaps."""
    import numpy as np

    # Cut it at each side: is anything left?
    first, last = np.zeros(len(segments)), np.ones(len(segments))
    with np.errstate(all="ignore"):
        for axis in (0, 1):
            start = segments[:, axis]
            delta, low, high = segments[:, axis + 2] - start, box[axis] - start, box[axis + 2] - start
            one, other = low / delta, high / delta
            is_still = delta == 0
            is_out = is_still & ((low > 0) | (high < 0))
            first = np.where(is_still, first, np.fmax(first, np.minimum(one, other)))
            last = np.where(is_out, -1.0, np.where(is_still, last, np.fmin(last, np.maximum(one, other))))
    return first <= last


def _coordinates(value: Any, depth: int) -> Any:
    if depth:
        return [_coordinates(each, depth - 1) for each in _list(value)]
    numbers = _list(value)
    if len(numbers) < 2 or not all(
        isinstance(each, (int, float)) and not isinstance(each, bool) and abs(each) <= _FAR
        for each in numbers
    ):
        raise ValueError("a position is a longitude and a latitude")
    return float(numbers[0]), float(numbers[1])


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise ValueError("a geometry's coordinates are lists")
    return value


def _crossed(segments: "Segments", position: Position) -> "NDArray[np.bool_]":
    """Tell which segments a ray from a position crosses; of a border around it an odd number."""
    import numpy as np

    (x, y), (ax, ay, bx, by) = position, segments.T
    with np.errstate(all="ignore"):
        found: NDArray[np.bool_] = ((ay > y) != (by > y)) & (x < ax + (y - ay) * (bx - ax) / (by - ay))
    return found
