"""Given data from whatever a test has: objects of xarray and NumPy, files, folders; several as one."""

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.catalog import Band
from mock_backend.engine.cubes import DataCube, Dimension, Grid
from mock_backend.engine.given_data.data import (
    MOST,
    GivenData,
    GivenDataError,
    Told,
    measured,
    named_array,
    with_aliases,
    xarray_variables,
)
from mock_backend.engine.given_data.files.datasets import ZARR, read_netcdf, read_zarr
from mock_backend.engine.given_data.files.geotiff import read_geotiff
from mock_backend.engine.given_data.interpreting import data_of

#: Kinds of data, for messages.
KINDS = (
    "an xarray.DataArray or xarray.Dataset, a NumPy array with bbox and crs, or the path of a GeoTIFF, a "
    "netCDF file, a Zarr store, or a folder of GeoTIFFs with dates in their names"
)

_TIFFS = (".tif", ".tiff")
#: The first bytes of TIFFs and BigTIFFs.
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_DATE = re.compile(
    r"(?<!\d)(\d{4})([-_]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])"
    r"(?:[T_-]?([01]\d|2[0-3])[:_-]?([0-5]\d)[:_-]?([0-5]\d))?(?!\d)"
)


def read_given(given: Any, told: Told = Told()) -> GivenData:
    """Return the data cube that a test gives, with a copy of its values.

    Args:
        given: The object with the values; see ``KINDS``.
        told: Other known facts; they take precedence.

    Raises:
        GivenDataError: If no data cube follows; the message says what would be right.
        OSError: If a file cannot be read.
    """
    if isinstance(given, GivenData):
        return given
    if isinstance(given, str | os.PathLike):
        return _of_path(Path(given), told)
    if hasattr(given, "coords") and hasattr(given, "dims") and hasattr(given, "attrs"):
        return data_of(xarray_variables(given), told)
    if isinstance(given, np.ndarray):
        return data_of(named_array(given, told), told)
    raise GivenDataError(f"Data must be {KINDS}, got {type(given).__name__}.")


def read_content(content: bytes, name: str) -> GivenData:
    """Return the data cube in a file; raise ``GivenDataError`` if there is none, or none that can be read.

    Args:
        name: Its name, or the URL that it is at.
    """
    found = _of_file(content, content[:4], name, Told())
    if found is None:
        raise GivenDataError(f"{name} is not a GeoTIFF, netCDF or Zarr; it begins with {content[:16]!r}.")
    return found


def _of_file(
    content: bytes | Path, beginning: bytes, name: str, told: Told, ending: str = ""
) -> GivenData | None:
    """Return the data cube in a file whose first four bytes, or the ending of whose name, tell its format."""
    if beginning in _TIFF or ending in _TIFFS:
        return _of_geotiff(content, name, told)
    if beginning == b"\x89HDF" or beginning[:3] == b"CDF" or ending == ".nc":
        return data_of(read_netcdf(content), told)
    return data_of(read_zarr(content), told) if beginning == b"PK\x03\x04" else None


def _of_path(path: Path, told: Told) -> GivenData:
    if path.is_dir():
        if any((path / each).is_file() for each in ZARR):
            return data_of(read_zarr(path), told)
        return _of_folder(path, told)
    if not path.exists():
        raise FileNotFoundError(f"The data file {path.absolute()} does not exist.")
    with path.open("rb") as file:
        found = _of_file(path, file.read(4), path.name, told, path.suffix.lower())
    if found is None:
        raise GivenDataError(f"{path} is not a GeoTIFF, netCDF or Zarr. Data can be {KINDS}.")
    return found


def _of_geotiff(content: bytes | Path, name: str, told: Told) -> GivenData:
    variables, when = read_geotiff(content, told)
    dates = told.dates if told.dates is not None else date_in(name) or when
    return data_of(variables, replace(told, dates=[dates] if isinstance(dates, str) else dates))


def _of_folder(folder: Path, told: Told) -> GivenData:
    files = sorted(each for each in folder.iterdir() if each.suffix.lower() in _TIFFS)
    if not files:
        raise GivenDataError(f"The folder {folder} has no GeoTIFFs and is not a Zarr store.")
    dates = list(told.dates) if told.dates is not None else None
    if dates is not None and len(dates) != len(files):
        raise GivenDataError(f"The folder {folder} has {len(files)} GeoTIFFs, and dates names {len(dates)}.")
    parts = []
    for place, file in enumerate(files):
        part = _of_geotiff(file, file.name, replace(told, dates=None if dates is None else [dates[place]]))
        if len(files) > 1 and not part.cube.times:
            raise GivenDataError(
                f"The name of {file} has no date as in NDVI_2024-06-01.tif; rename it, or give dates=[…] in "
                "the order of the names."
            )
        parts.append(part)
    return stacked(parts)


def date_in(name: str) -> str | None:
    """Return the date in the name of a file, e.g. of ``S2_20240601T105031_B04.tif``; None without one."""
    found = _DATE.search(name)
    if found is None:
        return None
    year, _, month, day, *time = found.groups()
    return f"{year}-{month}-{day}T{':'.join(time) if all(time) else '00:00:00'}Z"


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
