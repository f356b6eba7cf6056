"""Processes that change the pixels, or the instants, of data cubes."""

import math
from dataclasses import replace
from typing import Any

from mock_backend.cubes import DataCube, Grid
from mock_backend.cubes.projection import DEGREES, bounds_in, crs_name, is_geographic
from mock_backend.outcomes.asking import Asked
from mock_backend.outcomes.flow import Extent, Flow, Read, layers
from mock_backend.outcomes.instants import Period, instant_of
from mock_backend.outcomes.native import Native, degrees
from mock_backend.outcomes.numbers import floating, number_of, repeated
from mock_backend.outcomes.places import Place, counting
from mock_backend.outcomes.shape import rebuilt

_METHODS_OF_REALS = (
    "average",
    "bilinear",
    "cubic",
    "cubicspline",
    "lanczos",
    "rms",
    "sum",
    "med",
    "q1",
    "q3",
)


def resample_spatial(asked: Asked, flow: Flow) -> Flow:
    """Change resolution and projection."""
    grid, projection = flow.cube.grid, asked.get("projection")
    if grid is None:
        return flow
    crs = grid.crs if projection is None else asked.guarded("projection", lambda: crs_name(projection))
    x_size, y_size = _sizes(asked.get("resolution"))
    if projection is None and not (x_size or y_size):
        return flow
    if flow.native is not None:
        # The area is still open: so these are the pixels of whatever is chosen later.
        native = _resampled(flow.native, None if projection is None else crs, x_size, y_size)
        return _with_grid(asked, flow, native.whole(), native)
    if crs == grid.crs and not (x_size or y_size):
        return flow
    align = asked.text("align") or "upper-left"
    found = asked.guarded("projection", lambda: _warped(grid, crs, x_size, y_size, align))
    return _with_grid(asked, flow, found)


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
    bounds = bounds_in(grid.bounds, grid.crs, crs)
    if crs == DEGREES:
        bounds = counting(bounds)
    west, south, east, north = bounds
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


def resample_cube_spatial(asked: Asked, flow: Flow) -> Flow:
    """Take over the pixels of another cube."""
    target = asked.flow("target")
    if target is None or target.cube.grid is None or flow.cube.grid is None:
        return flow
    grid, native = target.cube.grid, target.native
    if native is not None and flow.native is None:
        # The other one is everywhere; so the area is that of the data.
        west, south, east, north = flow.cube.grid.bbox
        grid = native.around(Place(counting((west, south, east, north)))) or grid
        native = None
    elif native is None and flow.native is not None:
        place = Place(grid.bounds, grid.crs)
        flow = flow.clipped(place) or flow
    return _with_grid(asked, flow, grid, native)


def _with_grid(asked: Asked, flow: Flow, grid: Grid, native: Native | None = None) -> Flow:
    cube = flow.cube
    bands = cube.bands
    if asked.text("method") in _METHODS_OF_REALS:
        bands = tuple(map(floating, bands))
    made = replace(cube, grid=grid, bands=bands)
    own = Read(asked.node, None, layers(made), Extent(grid, native))
    return Flow(made, tuple(dict.fromkeys((*flow.reads, own))), native)


def aggregate_spatial_window(asked: Asked, flow: Flow) -> Flow:
    """Aggregate blocks of pixels."""
    cube, size = flow.cube, [number_of(each) for each in asked.list("size")]
    if cube.grid is None or len(size) != 2 or size[0] is None or size[1] is None:
        return flow
    across, down = max(int(size[0].low), 1), max(int(size[1].low), 1)
    bands = asked.each_band("reducer", cube, lambda band: {"data": repeated(band, across * down)})
    if flow.native is not None:
        native = replace(flow.native, x_size=flow.native.x_size * across, y_size=flow.native.y_size * down)
        made = replace(cube, grid=native.whole(), bands=bands)
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
    return flow.made(replace(cube, grid=found, bands=bands))


def resample_cube_temporal(asked: Asked, flow: Flow) -> Flow:
    """Take over the instants of another cube."""
    target, name = asked.flow("target"), asked.text("dimension")
    if target is None:
        return flow
    cube = flow.cube
    others = {each.name: each for each in target.cube.dimensions if each.kind == "temporal"}
    dimensions = [
        replace(each, labels=others[each.name].labels)
        if each.kind == "temporal" and each.name in others and name in (None, each.name)
        else each
        for each in cube.dimensions
    ]
    spans = {**cube.spans, **target.cube.spans}
    return flow.made(rebuilt(cube, dimensions, spans=spans), target)


def period_around(*cubes: DataCube) -> tuple[str | None, str | None]:
    """Return the period of several cubes together."""
    periods = [Period(*map(instant_of, cube.period)) for cube in cubes if cube.period != (None, None)]
    if not periods:
        return None, None
    found = periods[0]
    for each in periods[1:]:
        found = found.around(each)
    return found.texts()


def _sizes(resolution: Any) -> tuple[float, float]:
    given = resolution if isinstance(resolution, list | tuple) else [resolution, resolution]
    found = [number_of(each) for each in given]
    sizes = [abs(float(each.low)) if each is not None else 0.0 for each in found]
    return (sizes[0], sizes[1]) if len(sizes) > 1 else (0.0, 0.0)


def _rounded(size: float) -> float:
    """Return a resolution with as many digits as anybody would write."""
    return float(f"{size:.6g}")
