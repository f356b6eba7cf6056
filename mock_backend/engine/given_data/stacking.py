"""Several pieces of given data as one: files of dates, of tiles, of bands."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.catalog import Band
from mock_backend.engine.cubes import DataCube, Dimension, Grid
from mock_backend.engine.given_data.data import MOST, GivenData, GivenDataError, measured, with_aliases

# Grids that miss each other by less than this part of a pixel are meant to meet.
_TOLERANCE = 1e-3


def stacked(parts: Sequence[GivenData]) -> GivenData:
    """Return data with the dates, the bands and the area of all parts; the first one with data counts."""
    if not parts:
        raise GivenDataError("The data are empty.")
    if len(parts) == 1:
        return parts[0]
    dated = [each.cube.of_kind("temporal") is not None for each in parts]
    if any(dated) and not all(dated):
        raise GivenDataError("Some of the data have a date, and others have none.")
    if any(each.kind == "other" for part in parts for each in part.cube.dimensions):
        raise GivenDataError("Only data of dates, bands and pixels can be put together.")
    grid = _around([each.cube.grid for each in parts if each.cube.grid is not None])
    times = sorted({label for each in parts for label in each.cube.times})
    bands: dict[str, Band] = {}
    for each in parts:
        for band in each.cube.bands:
            known = bands.setdefault(band.name, band)
            if known.data_type != band.data_type:
                bands[band.name] = replace(known, data_type="float64", nodata="nan")
    shape = max(len(times), 1), len(bands), grid.rows, grid.columns
    if np.prod(shape, dtype="float64") > MOST:
        raise GivenDataError(f"Together the data would have {shape} values, which are too many.")
    kind = "float64" if any(each.values.dtype == "float64" for each in parts) else "float32"
    values = np.full(shape, np.nan, kind)
    for each in parts:
        _put(values, each, grid, times, list(bands))
    dimensions = [
        with_aliases(Dimension("bands", "bands", tuple(bands)), [*bands.values()]),
        Dimension("y", "spatial", axis="y"),
        Dimension("x", "spatial", axis="x"),
    ]
    described = tuple(measured(band, values[:, place]) for place, band in enumerate(bands.values()))
    if not times:
        return GivenData(DataCube(tuple(dimensions), described, grid), values[0])
    time = Dimension("t", "temporal", tuple(times))
    return GivenData(DataCube((time, *dimensions), described, grid, period=(times[0], times[-1])), values)


def _put(values: NDArray[Any], part: GivenData, grid: Grid, times: list[str], bands: list[str]) -> None:
    """Put the values of a part where there are none yet."""
    cube, own = part.cube, part.cube.grid
    assert own is not None  # as all given data
    kinds = [each.axis or each.kind for each in cube.dimensions]
    order = [kinds.index(each) for each in ("temporal", "bands", "y", "x") if each in kinds]
    given = np.transpose(part.values, order)
    if "bands" not in kinds:
        given = np.expand_dims(given, given.ndim - 2)
    if "temporal" not in kinds:
        given = given[None]
    top, left = _steps(grid.north - own.north, grid.y_size), _steps(own.west - grid.west, grid.x_size)
    rows = [times.index(each) for each in cube.times] or [0]
    columns = [bands.index(band.name) for band in cube.bands]
    place = np.ix_(rows, columns, range(top, top + own.rows), range(left, left + own.columns))
    known = values[place]
    values[place] = np.where(np.isnan(known), given, known)


def _around(grids: list[Grid]) -> Grid:
    first = grids[0]
    for each in grids[1:]:
        if each.crs != first.crs:
            raise GivenDataError(f"The data are in several coordinate systems: {first.crs} and {each.crs}.")
        sizes = (first.x_size, first.y_size), (each.x_size, each.y_size)
        if not np.allclose(*sizes, rtol=1e-6, atol=0):
            raise GivenDataError(f"The data have pixels of several sizes: {sizes[0]} and {sizes[1]}.")
        _steps(first.north - each.north, first.y_size)
        _steps(each.west - first.west, first.x_size)
    west, north = min(each.west for each in grids), max(each.north for each in grids)
    east, south = max(each.east for each in grids), min(each.south for each in grids)
    columns, rows = _steps(east - west, first.x_size), _steps(north - south, first.y_size)
    return replace(first, west=west, north=north, columns=columns, rows=rows)


def _steps(distance: float, size: float) -> int:
    steps = distance / size
    if abs(steps - round(steps)) > _TOLERANCE:
        raise GivenDataError(
            f"The pixels of the data do not lie on one grid: some are {distance:g} from others, which is no "
            f"multiple of {size:g}."
        )
    return round(steps)
