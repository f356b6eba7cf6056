"""Geometries of GeoJSON, of which there may be very many: as shapely has them, and boxes around them."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from mock_backend.catalog.stac.geometry import LEVELS
from mock_backend.catalog.stac.scanning import edges_along

Shapes = NDArray[np.object_]
Numbers = NDArray[np.float64]

#: The type of geometries from which on they have parts; the number of dimensions of areas.
_SEVERAL, _AREA = 4, 2
#: Errors of geometries that are not alike, or odd.
_ODD = (ValueError, TypeError, LookupError, shapely.errors.ShapelyError)


def listed(shapes: Iterable[BaseGeometry]) -> Shapes:
    """Return geometries as an array."""
    given = list(shapes)
    found = np.empty(len(given), object)
    found[:] = given
    return found


def shapes_of(geometries: Sequence[Mapping[str, Any] | None]) -> Shapes:
    """Return geometries, features, and collections of features in GeoJSON, each as one geometry."""
    with suppress(*_ODD):
        kind, points, levels = _taken_apart(geometries)
        found: Shapes = shapely.from_ragged_array(shapely.GeometryType[kind.upper()], points, levels[::-1])
        return found
    return listed(map(geojson_geometry, geometries))


def parts_of(shapes: Shapes) -> tuple[Shapes, NDArray[np.intp]]:
    """Return the points, lines and polygons of geometries, and the number of the geometry of each."""
    owners = np.arange(len(shapes))
    while (shapely.get_type_id(shapes) >= _SEVERAL).any():
        shapes, of = shapely.get_parts(shapes, return_index=True)
        owners = owners[of]
    return shapes, owners


def edges_of(parts: Shapes) -> tuple[Numbers, NDArray[np.intp]]:
    """Return the edges of points, lines and polygons, and the number of the part of each.

    Returns:
        Edges, each from x and y to x and y, which are the same for points.
    """
    others = np.flatnonzero(shapely.get_dimensions(parts) < _AREA)
    rings, of = shapely.get_rings(parts, return_index=True)
    of = np.append(of, others)
    lines = np.append(rings, parts[others])
    edges, line = edges_along(*shapely.get_coordinates(lines, return_index=True))
    return edges, of[line]


def boxes_of(geometries: Sequence[Mapping[str, Any] | None]) -> Numbers | None:
    """Return west, south, east and north of each geometry; None if they are not alike, or odd."""
    with suppress(*_ODD):
        _, points, levels = _taken_apart(geometries)
        starts = np.arange(len(geometries) + 1)
        for level in levels:
            starts = level[starts]
        if (np.diff(starts) > 0).all():
            return np.hstack([each.reduceat(points[:, :2], starts[:-1]) for each in (np.minimum, np.maximum)])
    return None


def geojson_geometry(found: Mapping[str, Any] | None) -> BaseGeometry:
    """Return the geometry of GeoJSON of any kind: a geometry, a feature, or a collection of features."""
    if found is None or not found.get("type"):
        return shapely.Polygon()
    if found["type"] == "FeatureCollection":
        return shapely.GeometryCollection([geojson_geometry(each) for each in found.get("features") or ()])
    if found["type"] == "Feature":
        return geojson_geometry(found.get("geometry"))
    try:
        geometry: BaseGeometry = shape(found)
    except ValueError:
        if found["type"] == "GeometryCollection":
            return shapely.GeometryCollection([geojson_geometry(each) for each in found["geometries"]])
        geometry = shape({"type": found["type"], "coordinates": _level(found["coordinates"])})
    return geometry


def _level(coordinates: Any) -> Any:
    """Return coordinates without heights, which some positions of a geometry may have and others not."""
    if not isinstance(coordinates, list | tuple) or not coordinates:
        return coordinates
    if isinstance(coordinates[0], list | tuple):
        return [_level(each) for each in coordinates]
    return coordinates[:2]


def _taken_apart(geometries: Sequence[Any]) -> tuple[str, Numbers, tuple[NDArray[np.intp], ...]]:
    """Return the kind that geometries have in common, their positions, and where the parts of each begin.

    So they are read many times sooner than one by one.
    """
    (kind,) = {each["type"] for each in geometries}
    levels, parts = [], [each["coordinates"] for each in geometries]
    for _ in range(LEVELS[kind]):
        levels.append(np.cumsum([0, *map(len, parts)]))
        parts = [*chain.from_iterable(parts)]
    points = np.array(parts)
    if points.ndim != 2 or points.shape[1] not in (2, 3) or points.dtype.kind not in "if":
        raise ValueError("there are odd positions")
    return kind, points.astype(np.float64), tuple(levels)
