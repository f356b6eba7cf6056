"""The files that results are written to: a module a format, found by its name in the catalogue."""

from functools import cache
from importlib import import_module

from mock_backend.results.formats.base import FilePart, Format

__all__ = ["FORMATS", "FilePart", "Format", "find_format", "format_names"]

#: Formats by name, or modules that call theirs FORMAT: some need heavy libraries, so none is imported early.
FORMATS: dict[str, Format | str] = {
    "GTiff": "geotiff",
    "netCDF": "arrays.netcdf",
    "PNG": "png.png_file",
    "JSON": "json_text",
    "GeoJSON": "geojson",
    "CSV": "tables.csv_table",
    "Parquet": "tables.parquet",
    "Zarr": "arrays.zarr_zip",
    "ML-Model": "stand_ins",
}


def format_names() -> tuple[str, ...]:
    """Return the names of the formats that can be written, as the catalogue spells them."""
    return tuple(name for name, format_ in FORMATS.items() if format_ != "stand_ins")


def find_format(name: str) -> Format | None:
    """Return the format of a name in upper or lower case, None if there is none."""
    wanted = name.lower()
    found = next((each for known, each in FORMATS.items() if known.lower() == wanted), None)
    return _format_in(found) if isinstance(found, str) else found


@cache
def _format_in(module: str) -> Format:
    found: Format = import_module(f"{__name__}.{module}").FORMAT
    return found
