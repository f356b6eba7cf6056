"""Geometries as areas of a grid, and the pixels within them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from mock_backend.engine.cubes import Grid
from mock_backend.engine.cubes.projection import DEGREES, FARTHEST, is_geographic, transformed
from mock_backend.landscape.nature.noise import Degrees
from mock_backend.landscape.sensors.geojson import Shapes, listed, shapes_of
from mock_backend.landscape.sensors.lattice import Lattice

# Whole blocks of this number of pixels are within or outside; only those on the border are looked at one
# by one.
_BLOCK = 32
# Borders are curves in other coordinate systems: no piece of them is longer than this, in degrees.
_LONGEST = 0.1
# A little more than half: what lies between two pixels touches one at least.
_HALF = 0.501
# What is so near to a grid, in degrees, is as it is; of what is larger there is a part.
_MARGIN = 5.0
_ANTIMERIDIAN = 180
#: The numbers of the types of polygons, one or several.
_POLYGONS = (3, 6)
# Decimals of coordinates: what is finer may differ from one version of PROJ to the next.
_DECIMALS = 7


def pixels_within(area: BaseGeometry, lattice: Lattice) -> NDArray[np.bool_]:
    """Return which pixels have their centres within an area.

    Args:
        area: An area in the coordinate system of the pixels' grid, see ``areas_of``.
    """
    xs, ys = lattice.xs, lattice.ys
    found = np.zeros((len(ys), len(xs)), bool)
    west, south, east, north = area.bounds if not area.is_empty else (0, 0, -1, -1)
    columns = np.flatnonzero((xs >= west) & (xs <= east))
    rows = np.flatnonzero((ys >= south) & (ys <= north))
    if not columns.size or not rows.size:
        return found
    left, top = np.arange(columns[0], columns[-1] + 1, _BLOCK), np.arange(rows[0], rows[-1] + 1, _BLOCK)
    right = np.minimum(left + _BLOCK, columns[-1] + 1)
    bottom = np.minimum(top + _BLOCK, rows[-1] + 1)
    x, y = np.meshgrid(np.arange(len(left)), np.arange(len(top)))
    boxes = shapely.box(xs[left[x]], ys[bottom[y] - 1], xs[right[x] - 1], ys[top[y]])
    inside = shapely.contains_properly(area, boxes)
    for j, i in np.argwhere(inside | shapely.intersects(area, boxes)):
        window = slice(top[j], bottom[j]), slice(left[i], right[i])
        centres = np.meshgrid(xs[window[1]], ys[window[0]])
        found[window] = True if inside[j, i] else shapely.contains_xy(area, *centres)
    return found


def areas_of(geometries: Sequence[Mapping[str, Any] | None], grid: Grid) -> Shapes:
    """Return geometries as areas in the coordinate system of a grid, all of them in a few calls.

    Args:
        geometries: GeoJSON in degrees; None is nowhere.
        grid: The grid. Points and lines are as wide as its pixels.
    """
    found = _clipped(shapes_of(geometries))
    if grid.crs != DEGREES:
        found = _projected(_near(found, grid), grid.crs)
        # Where a coordinate system ends some places have no coordinates: then all is within.
        points, of = shapely.get_coordinates(found, return_index=True)
        found[of[~np.isfinite(points).all(axis=1)]] = shapely.box(*grid.bounds)
    if is_geographic(grid.crs) and (grid.east > _ANTIMERIDIAN or grid.west < -_ANTIMERIDIAN):
        # With what is once round the Earth from it.
        found = listed(
            shapely.union_all([translate(each, turn) for turn in (-360, 0, 360)]) for each in found
        )
    found[:] = shapely.make_valid(found)
    others = ~np.isin(shapely.get_type_id(found), _POLYGONS) | ~(shapely.area(found) > 0)
    found[others] = _areas(found[others], max(grid.x_size, grid.y_size))
    shapely.prepare(found)
    return found


def _clipped(geometries: Shapes) -> Shapes:
    """Return geometries none of which is farther away than can be computed with."""
    is_far = (np.abs(shapely.bounds(geometries)) > FARTHEST).any(axis=1)
    if is_far.any():
        geometries[is_far] = shapely.transform(
            geometries[is_far], lambda points: points.clip(-FARTHEST, FARTHEST)
        )
    return geometries


def _projected(geometries: Shapes, crs: str) -> Shapes:
    def project(points: Degrees) -> Degrees:
        found = transformed(DEGREES, crs, points[:, 0], points[:, 1])
        columns: Degrees = np.column_stack(found)
        return np.round(columns, _DECIMALS, out=columns)

    projected: Shapes = shapely.transform(shapely.segmentize(geometries, _LONGEST), project)
    return projected


def _near(geometries: Shapes, grid: Grid) -> Shapes:
    """Return the parts of geometries around a grid: what is far away may have no coordinates there."""
    west, south, east, north = grid.bbox
    sides = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    boxes = [(a - _MARGIN, south - _MARGIN, b + _MARGIN, north + _MARGIN) for a, b in sides]
    bounds, around = shapely.bounds(geometries), shapely.union_all([shapely.box(*each) for each in boxes])
    within = [(bounds[:, :2] >= each[:2]) & (bounds[:, 2:] <= each[2:]) for each in boxes]
    is_far = ~shapely.is_empty(geometries) & ~np.any(np.all(within, axis=2), axis=0)
    geometries[is_far] = shapely.intersection(shapely.make_valid(geometries[is_far]), around)
    return geometries


def _areas(geometries: Shapes, size: float) -> Shapes:
    """Return the areas of geometries; points and lines, if there is nothing else, as wide as pixels."""
    found, wider, bounds = geometries.copy(), size * _HALF, shapely.bounds(geometries)
    has_area = shapely.area(found) > 0
    is_point = (bounds[:, :2] == bounds[:, 2:]).all(axis=1)
    found[is_point] = shapely.box(*(bounds[is_point] + [-wider, -wider, wider, wider]).T)
    found[~has_area & ~is_point] = shapely.buffer(found[~has_area & ~is_point], wider, cap_style="square")
    for place in np.flatnonzero(has_area):  # collections, of which there are few
        # What was mended may be a collection in a collection.
        parts = shapely.get_parts(shapely.get_parts(found[place]))
        found[place] = shapely.union_all(parts[shapely.area(parts) > 0])
    return found
