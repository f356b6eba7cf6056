"""Given data from whatever a test has: objects of xarray and NumPy, files, folders."""

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mock_backend.engine.given_data.data import GivenData, GivenDataError, Told
from mock_backend.engine.given_data.files.datasets import ZARR, read_netcdf, read_zarr
from mock_backend.engine.given_data.files.geotiff import read_geotiff
from mock_backend.engine.given_data.interpreting import data_of
from mock_backend.engine.given_data.labelled import named_array, xarray_variables
from mock_backend.engine.given_data.stacking import stacked

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
