"""GeoJSON geometries in plain longitude and latitude: whether they meet a box."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mock_backend.catalog.dimensions import BBox

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    #: Points, lines and polygons of shapely.
    Pieces = NDArray[np.object_]

#: Larger numbers, or none at all, are no coordinates.
_FAR = 1e9
#: The dimension of polygons.
_AREA = 2
#: The largest number of lines, about, that a line is taken to.
_MOST_LINES = 1000
#: The number of levels of arrays that the coordinates of each kind have above positions.
LEVELS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


def pieces_of_geometry(geometry: Any) -> "Pieces":
    """Return the points, lines and polygons of a GeoJSON geometry; raise ``ValueError`` if it is none."""
    import numpy as np  # with which most back-ends search for nothing
    import shapely
    from shapely.geometry import shape

    found = [shape({"type": kind, "coordinates": each}) for kind, each in _taken_to_pieces(geometry)]
    if not found:
        raise ValueError("a geometry has coordinates, this one has none")
    shapely.prepare(found)
    return np.array(found, object)


def meets(pieces: "Pieces", box: "BBox | tuple[NDArray[Any], ...]") -> "NDArray[np.bool_]":
    """Tell of each piece whether it has a point in a box, on its border perhaps; sides may be arrays."""
    import shapely

    found: NDArray[np.bool_] = shapely.intersects(pieces, shapely.box(*box))
    return found


def westmost(pieces: "Pieces") -> float:
    """Return the least longitude of a geometry."""
    import shapely

    return float(shapely.total_bounds(pieces)[0])


def surrounds(pieces: "Pieces", box: BBox) -> bool:
    """Tell whether a box is inside one of the pieces, all of it."""
    import shapely

    areas = pieces[shapely.get_dimensions(pieces) == _AREA]
    return bool(shapely.contains_properly(areas, shapely.box(*box)).any())


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
        if single == "LineString":
            # In short lines, of which few are near one tile.
            step = 1 + len(each) // _MOST_LINES
            yield from ((single, each[at : at + step + 1]) for at in range(0, len(each) - 1, step))
        elif each:
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
