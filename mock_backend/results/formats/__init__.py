"""The files that results are written to: a module a format, found by its name in the catalogue."""

from functools import cache
from importlib import import_module

from mock_backend.results.formats.base import FilePart, Format

__all__ = ["FilePart", "Format", "find", "names"]

# Each module calls its format FORMAT; some need heavy libraries, so none is imported before it is needed.
_MODULES = {
    "GTiff": "geotiff",
    "netCDF": "arrays.netcdf",
    "PNG": "png.png_file",
    "JSON": "json_text",
    "GeoJSON": "geojson",
    "CSV": "tables.csv_table",
    "Parquet": "tables.parquet",
    "Zarr": "arrays.zarr_zip",
}
_BY_LOWER_NAME = {name.lower(): module for name, module in _MODULES.items()} | {"ml-model": "stand_ins"}


def names() -> tuple[str, ...]:
    """Return the names of the formats that can be written, as the catalogue spells them."""
    return tuple(_MODULES)


def find(name: str) -> Format | None:
    """Return the format of a name, None if there is none.

    Args:
        name: Its name; upper and lower case do not matter.
    """
    module = _BY_LOWER_NAME.get(name.lower())
    return None if module is None else _format_in(module)


@cache
def _format_in(module: str) -> Format:
    found: Format = import_module(f"{__name__}.{module}").FORMAT
    return found
