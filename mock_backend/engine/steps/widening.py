"""Geometries made wider or narrower: at once, or of pieces where that would take GEOS very long.

What is around edges that are near one another crosses itself for each pair of them.
"""

from typing import Any

import numpy as np

from mock_backend.engine.steps.crossings import MADE, count_crossings, limit_crossings
from mock_backend.engine.steps.flow import too_much

#: The number of pieces of a quarter of a circle.
_QUARTER = 16
#: Positions around each part of a geometry, beside its own; and the most of all.
_OF_PART, _MOST_POSITIONS = 4 * _QUARTER, 1 << 20
#: Positions of geometries that are always made at once, and crossings of those that are not.
_FEW, _MANY = 64, 5_000
#: Points that are looked at, and others that may be near.
_SOME, _OTHERS = 64, 4096
#: The number of dimensions of areas.
_AREA = 2
#: Edges of a piece; short edges that take as long as a point, and as one that goes all through a geometry;
#: and the most of all.
_EDGES, _POINT, _LONG, _MOST_WORK = 8, 5, 20, 200_000
#: Parts of a line this short do not matter, as a share of the distance.
_DETAIL = 0.001

_WAY_OUT = "Simplify the geometries, or choose fewer of them."


def widened(shapes: Any, distance: float) -> Any:
    """Return what is within a distance of geometries, or farther than it from what is outside of them.

    Args:
        shapes: An array of shapely's geometries; None stays None.
        distance: In their unit; less than 0 for narrower ones.

    Raises:
        ProcessGraphComplexity: If it would take too long.
    """
    import shapely

    limit_crossings(shapes, MADE)
    parts = int(shapely.get_num_geometries(shapes).sum())
    positions = _OF_PART * parts + int(shapely.get_num_coordinates(shapes).sum())
    if positions > _MOST_POSITIONS:
        raise too_much(f"what is around its geometries has about {positions:,} positions", _WAY_OUT)
    is_large = np.array([_is_large(each, abs(distance)) for each in shapes], bool)
    found = np.empty(len(shapes), object)
    found[~is_large] = shapely.buffer(shapes[~is_large], distance, quad_segs=_QUARTER)
    work = 0
    for place in np.flatnonzero(is_large):
        areas, pieces = _taken_apart(shapes[place], abs(distance))
        if (work := work + _work_of(pieces)) > _MOST_WORK:
            raise too_much("its geometries have very many edges, which are near one another", _WAY_OUT)
        around = shapely.union_all(shapely.buffer(pieces, abs(distance), quad_segs=_QUARTER))
        invalid = ~shapely.is_valid(areas)
        areas[invalid] = shapely.buffer(areas[invalid], 0)
        whole = shapely.union_all(areas)
        found[place] = whole.union(around) if distance > 0 else whole.difference(around)
    return found


def _work_of(pieces: Any) -> int:
    """Return how many short edges take as long as those of some pieces: long ones are near more others."""
    import shapely

    west, south, east, north = shapely.total_bounds(pieces)
    longest = max(east - west, north - south) or 1.0
    points = (shapely.get_dimensions(pieces) == 0).sum()
    edges = shapely.get_num_coordinates(pieces).sum()
    return int(edges + _POINT * points + _LONG * shapely.length(pieces).sum() / longest)


def _is_large(shape: Any, distance: float) -> bool:
    """Tell whether what is around the edges and points of a geometry crosses itself very often."""
    import shapely

    from mock_backend.landscape.sensors.geojson import edges_of, listed, parts_of

    if shapely.get_num_coordinates(shape) <= _FEW:
        return False
    edges, _ = edges_of(parts_of(listed([shape]))[0])
    way = edges[:, 2:] - edges[:, :2]
    length = np.hypot(*way.T)
    # Round are points and sharp bends; straight is what lies to the left and to the right of each edge.
    turns = (edges[:-1, 2:] == edges[1:, :2]).all(axis=1) & ((way[:-1] * way[1:]).sum(axis=1) < 0)
    points = np.concatenate([edges[length == 0, :2], edges[:-1][turns, 2:]])
    edges, way, length = (each[length > 0] for each in (edges, way, length))
    aside = np.tile(way[:, ::-1] * [-1, 1] / length[:, None] * distance, 2)
    sides = np.concatenate([edges + aside, edges - aside])
    crossings = count_crossings(sides, np.zeros(len(sides), int))
    if len(points):
        some, others = (points[:: -(-len(points) // most)] for most in (_SOME, _OTHERS))
        near = np.hypot(*(some[:, None] - others).transpose(2, 0, 1)) < 2 * distance
        crossings += round(near.mean() * len(points) ** 2)
    # Neighbours may cross where borders are bent.
    return crossings > max(_MANY, 4 * len(edges))


def _taken_apart(shape: Any, distance: float) -> tuple[Any, Any]:
    """Return the polygons of a geometry, and its points, lines and borders in short pieces."""
    import shapely

    from mock_backend.landscape.sensors.geojson import listed, parts_of

    parts, _ = parts_of(listed([shape]))
    dimensions = shapely.get_dimensions(parts)
    areas = parts[dimensions == _AREA]
    found = list(parts[dimensions == 0])
    for line in np.append(shapely.get_rings(areas), parts[dimensions == 1]):
        points = shapely.get_coordinates(line)
        way = np.insert(np.cumsum(np.hypot(*np.diff(points, axis=0).T)), 0, 0.0)
        # With the first and the last one. (To simplify it, GEOS may need more stack than there is.)
        is_kept = np.append(np.diff(way // (distance * _DETAIL)) > 0, True)
        points = points[is_kept | (way == 0)]
        found += [
            shapely.LineString(points[at : at + _EDGES + 1]) for at in range(0, len(points) - 1, _EDGES)
        ]
    return areas, listed(found)
