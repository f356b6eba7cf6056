"""The file formats a back-end reads and writes."""

from typing import Any

_FORMATS: dict[str, tuple[str, list[str], bool]] = {
    # name: (title, GIS data types, can also be read)
    "GTiff": ("GeoTIFF", ["raster"], True),
    "netCDF": ("Network Common Data Form", ["raster", "vector"], True),
    "PNG": ("Portable Network Graphics", ["raster"], False),
    "JSON": ("JavaScript Object Notation", ["raster", "table", "other"], False),
    "GeoJSON": ("GeoJSON", ["vector"], True),
    "CSV": ("Comma-separated values", ["table"], False),
    "Parquet": ("Apache Parquet", ["vector", "table"], True),
    "Zarr": ("Zarr", ["raster"], False),
}


def file_formats() -> dict[str, dict[str, Any]]:
    """Return the answer to ``GET /file_formats``."""
    entries = {
        name: {"title": title, "gis_data_types": types, "parameters": {}}
        for name, (title, types, _) in _FORMATS.items()
    }
    readable = [name for name, (_, _, can_be_read) in _FORMATS.items() if can_be_read]
    return {"input": {name: entries[name] for name in readable}, "output": entries}
