"""Processes that change the pixels, or the instants, of data cubes."""

import math
from dataclasses import replace
from typing import Any

from mock_backend.engine.core.bands import computed, reduced_bands, with_gaps
from mock_backend.engine.cubes import Grid
from mock_backend.engine.cubes.projection import bounds_in, crs_name, is_geographic
from mock_backend.engine.sources.computing import NearestLabels, nearest_places
from mock_backend.engine.sources.resampling import BlockValues, Resampled
from mock_backend.engine.sources.restructuring import Bounded
from mock_backend.engine.steps.areas import Area, counting
from mock_backend.engine.steps.call import StepCall
from mock_backend.engine.steps.dimensions import temporal
from mock_backend.engine.steps.flow import Flow, PixelExtent, Read, layers
from mock_backend.engine.steps.inputs.native_grid import Native, degrees
from mock_backend.engine.steps.shape import rebuilt, source_of, start_of

#: The number of seconds of a day.
_DAY = 86_400.0
#: Methods that make floating points.
_OF_REALS = ("average", "bilinear", "cubic", "cubicspline", "lanczos", "rms", "sum", "med", "q1", "q3")

#: The largest size of a window; larger ones are no larger than any data cube.
_LARGEST = 1 << 32
#: The smallest size of a pixel; the number of smaller ones on Earth is beyond floating-point numbers.
_SMALLEST = 1e-100


def resample_spatial(asked: StepCall, flow: Flow) -> Flow:
    """Change resolution and projection."""
    grid, projection = flow.cube.grid, asked.get("projection")
    if grid is None:
        return flow
    crs = grid.crs if projection is None else asked.guarded("projection", lambda: crs_name(projection))
    x_size, y_size = _sizes(asked.get("resolution"))
    if any(0 < size < _SMALLEST or math.isinf(size) for size in (x_size, y_size)):
        raise asked.invalid("resolution", f"no area can have pixels of {x_size} by {y_size}")
    if projection is None and not (x_size or y_size):
        return flow
    if flow.native is not None:
        # The area is still open: so these are the pixels of whatever is chosen later.
        native = _resampled(flow.native, None if projection is None else crs, x_size, y_size)
        return _with_grid(asked, flow, native.whole(), native)
    if crs == grid.crs and not (x_size or y_size):
        return flow
    align = asked.text("align") or "upper-left"
    return _with_grid(
        asked, flow, asked.guarded("projection", lambda: _warped(grid, crs, x_size, y_size, align))
    )


def _resampled(native: Native, crs: str | None, x_size: float, y_size: float) -> Native:
    system = native.crs if crs is None else crs
    x, y = x_size or native.x_size, y_size or native.y_size
    if crs is not None and not x_size:
        in_metres = native.crs is None or not is_geographic(native.crs)
        to_metres = not is_geographic(crs)
        if in_metres and not to_metres:
            x, y = degrees(x), degrees(y)
        elif to_metres and not in_metres:
            x, y = _rounded(x * 112_000), _rounded(y * 112_000)
    return replace(native, crs=system, x_size=x, y_size=y)


def _warped(grid: Grid, crs: str, x_size: float, y_size: float, align: str) -> Grid:
    """Return the pixels of a grid in another system or size, with one corner of the area kept."""
    west, south, east, north = counting(bounds_in(grid.bounds, grid.crs, crs), crs)
    width, height = east - west, north - south
    if not x_size and crs != grid.crs:
        size = _rounded(math.sqrt(width * height / grid.pixels))
        same_units = is_geographic(crs) == is_geographic(grid.crs)
        x_size, y_size = (grid.x_size, grid.y_size) if same_units else (size, size)
    x_size, y_size = x_size or grid.x_size, y_size or grid.y_size
    columns = max(math.ceil(width / x_size - 1e-6), 1)
    rows = max(math.ceil(height / y_size - 1e-6), 1)
    if "right" in align:
        west = east - columns * x_size
    if "lower" in align:
        north = south + rows * y_size
    return Grid(crs, west, north, x_size, y_size, columns, rows)


def resample_cube_spatial(asked: StepCall, flow: Flow) -> Flow:
    """Take over the pixels of another cube."""
    target = asked.flow("target")
    if target is None or target.cube.grid is None or flow.cube.grid is None:
        return flow
    grid, native = target.cube.grid, target.native
    if native is not None and flow.native is None:
        # The other one is everywhere; so the area is that of the data.
        grid = native.around(Area(counting(flow.cube.grid.bbox))) or grid
        native = None
    elif native is None and flow.native is not None:
        place = Area(grid.bounds, grid.crs)
        flow = asked.guarded("target", lambda: flow.clipped(place)) or flow
    return _with_grid(asked, flow, grid, native)


def _with_grid(asked: StepCall, flow: Flow, grid: Grid, native: Native | None = None) -> Flow:
    cube, method = flow.cube, asked.text("method") or "near"
    bands = cube.bands
    if method in _OF_REALS:
        bands = tuple(map(computed, bands))
    bounds = cube.grid if flow.native is None else None
    lattice = flow.native or cube.grid
    assert lattice is not None  # as those who call have looked
    # Where the new pixels reach beyond the old ones there are no data.
    bands = tuple(map(with_gaps, bands)) if bounds is not None else bands
    source = Resampled(source_of(cube), lattice, method, bounds).onto(grid)
    source = replace(source, source=source_of(asked.readable(flow, source.block).cube))
    made = replace(cube, grid=grid, bands=bands, source=source)
    own = Read(asked.node, None, layers(made), PixelExtent(grid, native))
    return Flow(made, tuple(dict.fromkeys((*flow.reads, own))), native)


def aggregate_spatial_window(asked: StepCall, flow: Flow) -> Flow:
    """Aggregate blocks of pixels."""
    cube, callback = flow.cube, asked.callback("reducer")
    size = [each for each in asked.list("size") if isinstance(each, int | float)]
    if cube.grid is None or callback is None or len(size) != 2:
        return flow
    across, down = (int(min(max(each, 1), _LARGEST)) for each in size[:2])
    flow = asked.readable(flow, across * down)
    bands = reduced_bands(callback, cube.bands, across * down)
    source = source_of(flow.cube)
    if flow.native is not None:
        native = replace(flow.native, x_size=flow.native.x_size * across, y_size=flow.native.y_size * down)
        blocks = BlockValues(source, across, down, callback)
        made = replace(cube, grid=native.whole(), bands=bands, source=blocks)
        return replace(flow.made(made), native=native)
    trims = asked.text("boundary") == "trim"
    columns, rows = (
        max(count // each if trims else -(-count // each), 1)
        for count, each in ((cube.grid.columns, across), (cube.grid.rows, down))
    )
    align = asked.text("align") or "upper-left"
    grid = cube.grid
    west = grid.east - columns * across * grid.x_size if "right" in align else grid.west
    north = grid.south + rows * down * grid.y_size if "lower" in align else grid.north
    found = Grid(grid.crs, west, north, grid.x_size * across, grid.y_size * down, columns, rows)
    blocks = BlockValues(Bounded(source, grid), across, down, callback)
    return flow.made(replace(cube, grid=found, bands=tuple(map(with_gaps, bands)), source=blocks))


def resample_cube_temporal(asked: StepCall, flow: Flow) -> Flow:
    """Take over the instants of another cube: each has the values of the nearest one."""
    target, name = asked.flow("target"), asked.text("dimension")
    temporal(asked, flow.cube)
    if target is None:
        return flow
    cube, within = flow.cube, asked.get("valid_within")
    reach = float(within) * _DAY if isinstance(within, int | float) else None
    mine, others = (
        {each.name: each for each in one.dimensions if each.kind == "temporal" and name in (None, each.name)}
        for one in (cube, target.cube)
    )
    if mine and mine.keys() != others.keys():
        message = f"The temporal dimensions are {sorted(mine)}, and those of 'target' {sorted(others)}."
        asked.remark("unknown-dimension", "DimensionMismatch", "target", message)
    dimensions, source = [], source_of(cube)
    for each in cube.dimensions:
        other = others.get(each.name)
        if each.name not in mine or other is None:
            dimensions.append(each)
            continue
        dimensions.append(replace(each, labels=other.labels))
        starts = sorted(
            (start.timestamp(), place)
            for place, label in enumerate(each.labels or ())
            if (start := start_of(cube, label)) is not None
        )
        instants = [
            None if (start := start_of(target.cube, label)) is None else start.timestamp()
            for label in other.labels or ()
        ]
        axis = cube.others.index(each)
        source = (
            source.picked(axis, [next(iter(nearest_places(starts, at)), -1) for at in instants])
            if reach is None
            else NearestLabels(source, axis, starts, instants, reach)
        )
    spans = {**cube.spans, **target.cube.spans}
    bands = cube.bands if reach is None else tuple(map(with_gaps, cube.bands))
    return flow.made(rebuilt(cube, dimensions, bands, spans=spans, source=source), target)


def _sizes(resolution: Any) -> tuple[float, float]:
    given = resolution if isinstance(resolution, list | tuple) else [resolution, resolution]
    sizes = [abs(float(each)) if isinstance(each, int | float) else 0.0 for each in given]
    return (sizes[0], sizes[1]) if len(sizes) > 1 else (0.0, 0.0)


def _rounded(size: float) -> float:
    """Return a resolution with a usual number of digits."""
    return float(f"{size:.6g}")
