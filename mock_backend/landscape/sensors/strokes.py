"""Geometries of GeoJSON as outlines on a grid."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from mock_backend.catalog.stac.scanning import counted
from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import Grid
from mock_backend.engine.cubes.projection import DEGREES, FARTHEST, is_geographic, transformed
from mock_backend.landscape.sensors.geojson import Shapes, edges_of, parts_of, shapes_of
from mock_backend.landscape.sensors.lattice import Positions
from mock_backend.landscape.sensors.outlines import Edges, Mask, Outlines

# What is straight in degrees is curved in other coordinate systems: no piece is longer than this, in degrees,
# unless there would be more than this number of them.
_LONGEST, _MOST_PIECES = 0.1, 1 << 18
# A little more than half: what lies between two pixels touches one at least.
_HALF = 0.501
# What is so near to a grid, in degrees, is as it is; what is farther away is moved there.
_MARGIN = 5.0
_ANTIMERIDIAN, _TURN = 180.0, 360.0
# Decimals of coordinates: what is finer may differ from one version of PROJ to the next.
_DECIMALS = 7
#: The number of dimensions of areas.
_AREA = 2


def outlines_of(geometries: Sequence[Mapping[str, Any] | None], grid: Grid) -> Outlines:
    """Return the outlines of geometries on a grid.

    Args:
        geometries: GeoJSON in degrees; None is nowhere.
        grid: The grid. Points and lines, of geometries that have nothing else, are as wide as its pixels.
    """
    found = _strokes(_on_earth(shapes_of(geometries)))
    if grid.crs != DEGREES:
        found = _joined([_near(found, box) for box in _around(grid)])
        found = _projected(_in_pieces(found), grid.crs)
    found = _widened(found, max(grid.x_size, grid.y_size) * _HALF)
    if is_geographic(grid.crs) and (grid.east > _ANTIMERIDIAN or grid.west < -_ANTIMERIDIAN):
        # With what is once round the Earth from it.
        turned = [found.edges + np.array([turn, 0.0, turn, 0.0]) for turn in (-_TURN, 0.0, _TURN)]
        found = _joined([replace(found, edges=each) for each in turned])
    found = _everywhere(found, grid)
    order = np.argsort(found.owners, kind="stable")
    parts = np.argsort(order)[found.parts]
    by_part = np.argsort(parts, kind="stable")
    return Outlines(found.edges[by_part], parts[by_part], found.owners[order], len(geometries))


@dataclass(frozen=True, eq=False)
class _Strokes:
    """Lines, and edges of areas, in no order."""

    edges: Edges
    parts: Positions
    owners: Positions
    is_area: Mask  #: True for each part that is an area


def _on_earth(shapes: Shapes) -> Shapes:
    """Return geometries none of which is farther away than can be computed with."""
    is_far = (np.abs(shapely.bounds(shapes)) > FARTHEST).any(axis=1)
    if is_far.any():
        shapes[is_far] = shapely.transform(shapes[is_far], lambda points: points.clip(-FARTHEST, FARTHEST))
    return shapes


def _strokes(shapes: Shapes) -> _Strokes:
    """Return the edges of polygons that have an area; of geometries without one all lines and points."""
    shapes, owners = parts_of(shapes)
    is_polygon = shapely.get_dimensions(shapes) == _AREA
    is_area = is_polygon & (shapely.area(shapes) > 0)
    # Those that cross themselves may have sizes that add up to nothing.
    doubtful = np.flatnonzero(is_polygon & ~is_area)
    is_area[doubtful] = shapely.area(shapely.convex_hull(shapes[doubtful])) > 0
    kept = is_area | ~np.isin(owners, owners[is_area])
    edges, parts = edges_of(shapes[kept])
    return _Strokes(edges, parts, owners[kept], is_area[kept])


def _joined(copies: Sequence[_Strokes]) -> _Strokes:
    """Return copies of the same parts as further parts."""
    count = len(copies[0].owners)
    return _Strokes(
        np.concatenate([each.edges for each in copies]),
        np.concatenate([each.parts + count * number for number, each in enumerate(copies)]),
        np.tile(copies[0].owners, len(copies)),
        np.tile(copies[0].is_area, len(copies)),
    )


def _around(grid: Grid) -> Iterator[Edges]:
    """Yield the boxes in degrees that a grid is in, with a margin: two across the antimeridian."""
    west, south, east, north = grid.bbox
    for left, right in [(west, east)] if west <= east else [(west, _ANTIMERIDIAN), (-_ANTIMERIDIAN, east)]:
        yield np.array([left - _MARGIN, south - _MARGIN, right + _MARGIN, north + _MARGIN])


def _near(found: _Strokes, box: Edges) -> _Strokes:
    """Return strokes of which what is outside of a box, where it may have no coordinates, is on its border.

    Areas are around the same places in the box as before.
    """
    low, high = np.tile(box[:2], 2), np.tile(box[2:], 2)
    is_far = ((found.edges < low) | (found.edges > high)).any(axis=1)
    if not is_far.any():
        return found
    far = found.edges[is_far]
    start, way = far[:, None, :2], far[:, None, 2:] - far[:, None, :2]
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):  # along sides that are not crossed
        shares = np.nan_to_num((box.reshape(2, 2) - start) / way).reshape(-1, 4).clip(0, 1)
    points = start + np.sort(shares, axis=1)[..., None] * way
    points = np.concatenate([start, points, far[:, None, 2:]], axis=1).clip(box[:2], box[2:])
    pieces = np.concatenate([points[:, :-1], points[:, 1:]], axis=2)
    is_some = (pieces[..., :2] != pieces[..., 2:]).any(axis=2)
    return replace(
        found,
        edges=np.concatenate([found.edges[~is_far], pieces[is_some]]),
        parts=np.concatenate([found.parts[~is_far], np.repeat(found.parts[is_far], is_some.sum(axis=1))]),
    )


def _in_pieces(found: _Strokes) -> _Strokes:
    """Return strokes none of which is long, unless there would be very many."""
    way = found.edges[:, 2:] - found.edges[:, :2]
    counts = np.ceil(np.hypot(*way.T) / _LONGEST).clip(1)
    counts = np.ceil(counts / max(counts.sum() / _MOST_PIECES, 1)).astype(np.intp)
    if (counts == 1).all():
        return found
    number, at = counted(counts)
    edges, way, count = found.edges[number], way[number], counts[number]
    starts = edges[:, :2] + (at / count)[:, None] * way
    ends = edges[:, :2] + ((at + 1) / count)[:, None] * way
    ends = np.where((at + 1 == count)[:, None], edges[:, 2:], ends)
    return replace(found, edges=np.hstack([starts, ends]), parts=found.parts[number])


def _projected(found: _Strokes, crs: str) -> _Strokes:
    edges = found.edges
    # Most strokes begin where the one before them ends, and each point is projected once.
    goes_on = np.append((edges[:-1, 2:] == edges[1:, :2]).all(axis=1), np.zeros(min(len(edges), 1), bool))
    points = np.concatenate([edges[:, :2], edges[~goes_on, 2:]])
    points = np.column_stack(transformed(DEGREES, crs, points[:, 0], points[:, 1])).round(_DECIMALS)
    starts = points[: len(edges)]
    ends = np.roll(starts, -1, axis=0)
    ends[~goes_on] = points[len(edges) :]
    return replace(found, edges=np.hstack([starts, ends]))


def _widened(found: _Strokes, wider: float) -> _Strokes:
    """Return lines and points as areas that are about as wide as pixels."""
    is_line = ~found.is_area[found.parts]
    if not is_line.any():
        return found
    lines, parts = found.edges[is_line], found.parts[is_line]
    way = lines[:, 2:] - lines[:, :2]
    length = np.hypot(*way.T)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):  # points
        along = np.where(length > 0, way / length, [1.0, 0.0]) * wider
    across = along[:, ::-1] * [-1, 1]
    starts, ends = lines[:, :2] - along, lines[:, 2:] + along
    corners = np.stack([starts - across, ends - across, ends + across, starts + across], axis=1)
    return _with_parts(found, ~is_line, corners, found.owners[parts])


def _everywhere(found: _Strokes, grid: Grid) -> _Strokes:
    """Return all of a grid for geometries with places that have no coordinates there."""
    is_lost = ~np.isfinite(found.edges).all(axis=1)
    if not is_lost.any():
        return found
    owners = np.unique(found.owners[found.parts[is_lost]])
    corners = shapely.get_coordinates(shapely.box(*grid.bounds))[:-1]
    kept = ~np.isin(found.owners[found.parts], owners)
    return _with_parts(found, kept, np.tile(corners, (len(owners), 1, 1)), owners)


def _with_parts(found: _Strokes, kept: Mask, corners: Edges, owners: Positions) -> _Strokes:
    """Return strokes of which some are kept, and further areas with four corners each."""
    sides = np.concatenate([corners, np.roll(corners, -1, axis=1)], axis=2).reshape(-1, 4)
    numbers = len(found.owners) + np.arange(len(owners))
    return _Strokes(
        np.concatenate([found.edges[kept], sides]),
        np.concatenate([found.parts[kept], np.repeat(numbers, 4)]),
        np.concatenate([found.owners, owners]),
        np.concatenate([found.is_area, np.ones(len(owners), bool)]),
    )
