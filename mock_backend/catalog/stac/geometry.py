"""GeoJSON geometries in plain longitude and latitude."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_backend.catalog.dimensions import BBox

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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


class Pieces(NamedTuple):
    """Points, lines and polygons."""

    edges: "NDArray[np.float64]"  #: From one longitude and latitude to another, for points to the same one
    polygons: "NDArray[np.intp]"  #: The number of the polygon that each edge is of; -1 if it is of none


def pieces_of_geometry(geometry: Any) -> Pieces:
    """Return the points, lines and polygons of a GeoJSON geometry; raise ``ValueError`` if it is none."""
    import numpy as np  # with which most back-ends search for nothing

    from mock_backend.catalog.stac.scanning import edges_along

    lines, numbers = [], []
    for number, (kind, coordinates) in enumerate(_taken_to_pieces(geometry)):
        found = {"Polygon": coordinates, "LineString": [coordinates], "Point": [[coordinates]]}[kind]
        lines += found
        numbers += [number if kind == "Polygon" else -1] * len(found)
    if not lines:
        raise ValueError("a geometry has coordinates, this one has none")
    lengths = np.array(list(map(len, lines)))
    points = np.array([*chain.from_iterable(lines)])
    edges, line = edges_along(points, np.repeat(np.arange(len(lines)), lengths))
    return Pieces(edges, np.array(numbers)[line])


def ring_around(box: BBox) -> list[list[float]]:
    """Return the border of a box as a ring of a polygon."""
    west, south, east, north = box
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _taken_to_pieces(geometry: Any) -> Iterator[tuple[str, Any]]:
    """Yield the kind and the coordinates of each point, line and polygon of a geometry."""
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if kind == "GeometryCollection":
        for each in _list(geometry.get("geometries")):
            yield from _taken_to_pieces(each)
        return
    if kind not in LEVELS:
        raise ValueError(f"a GeoJSON geometry is one of {', '.join(LEVELS)} or GeometryCollection")
    coordinates = _coordinates(geometry.get("coordinates"), LEVELS[kind])
    single = kind.removeprefix("Multi")
    for each in [coordinates] if kind == single else coordinates:
        if single == "LineString" and len(each) < 2:
            raise ValueError("a line has at least two positions")
        if single == "Polygon" and any(len(ring) < 4 or ring[0] != ring[-1] for ring in each):
            raise ValueError("a ring has at least four positions, the last one equal to the first")
        if each:
            yield single, each


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
