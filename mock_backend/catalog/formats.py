"""The file formats a back-end reads and writes, and their parameters."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

GIS_DATA_TYPES = ("raster", "vector", "table", "pointcloud", "other")

_Formats = dict[str, dict[str, Any]]


def _parameter(kind: str, description: str, **schema: Any) -> dict[str, Any]:
    # The specification wants the schema of a parameter to be one of three, of which a plain JSON
    # Schema is three at once. A subtype tells them apart, and one that repeats the type confuses nobody.
    return {"type": kind, "subtype": kind, "description": description, **schema}


_PREFIX = {
    "filename_prefix": _parameter("string", "What the names of the files begin with.", default="openEO")
}
_FILE_NAME = {"filename_prefix": _parameter("string", "The name of the file without its ending.")}
_ZLEVEL = {"zlevel": _parameter("integer", "How hard DEFLATE compresses.", minimum=1, maximum=9, default=6)}
_COLORMAP = {
    "colormap": _parameter(
        "object",
        "Colours by value, each of them three or four numbers up to 1, for files of one band.",
    )
}
_GTIFF = {
    "tiled": _parameter("boolean", "Store tiles, not strips.", default=True),
    "compress": _parameter(
        "string",
        "The compression. Without any, files of any size are there at once.",
        enum=["NONE", "DEFLATE"],
        default="NONE",
    ),
    **_ZLEVEL,
    "bigtiff": _parameter(
        "string",
        "Whether files may be larger than 4 GB.",
        enum=["YES", "NO", "IF_NEEDED", "IF_SAFER"],
        default="IF_NEEDED",
    ),
    "overviews": _parameter(
        "string",
        "Whether there are overviews in the files: AUTO for those of more than 512 pixels on a side.",
        enum=["AUTO", "OFF", "ALL"],
        default="AUTO",
    ),
    "overview_method": _parameter(
        "string",
        "How overviews are computed; an average is that of four pixels, and classes have none.",
        enum=["near", "average"],
        default="near",
    ),
    "separate_asset_per_band": _parameter("boolean", "Write one file for each band.", default=False),
    "tile_grid": _parameter(
        "string",
        "Write one file for each tile of a grid.",
        enum=["wgs84-1degree", "utm-100km", "utm-20km", "utm-10km"],
    ),
}
_SAMPLES = {
    "sample_by_feature": _parameter(
        "boolean", "Write one file for each geometry of the last filter_spatial.", default=False
    ),
    "feature_id_property": _parameter(
        "string", "The property of these geometries that the files are called after, not their number."
    ),
}

#: Name, title, GIS data types, parameters for writing, those for reading (None if it cannot be read).
_FORMATS: tuple[tuple[str, str, list[str], dict[str, Any], dict[str, Any] | None], ...] = (
    ("GTiff", "GeoTIFF", ["raster"], {**_GTIFF, **_SAMPLES, **_COLORMAP, **_PREFIX}, {}),
    (
        "netCDF",
        "Network Common Data Form",
        ["raster", "vector"],
        {
            "compress": _parameter("string", "The compression.", enum=["NONE", "DEFLATE"], default="DEFLATE"),
            **_ZLEVEL,
            **_SAMPLES,
            **_FILE_NAME,
        },
        {},
    ),
    ("PNG", "Portable Network Graphics", ["raster"], {**_COLORMAP, **_PREFIX}, None),
    ("JSON", "JavaScript Object Notation", ["raster", "table", "other"], _FILE_NAME, None),
    (
        "GeoJSON",
        "GeoJSON",
        ["vector"],
        {
            "coordinate_precision": _parameter(
                "integer", "How many decimals coordinates have.", minimum=0, maximum=15, default=7
            ),
            **_FILE_NAME,
        },
        {},
    ),
    (
        "CSV",
        "Comma-separated values",
        ["table"],
        {
            "separator": _parameter(
                "string",
                "What stands between two values.",
                enum=["COMMA", "SEMICOLON", "TAB", "SPACE"],
                default="COMMA",
            ),
            **_FILE_NAME,
        },
        None,
    ),
    (
        "Parquet",
        "Apache Parquet",
        ["vector", "table"],
        {
            "compression": _parameter(
                "string", "The compression.", enum=["NONE", "SNAPPY", "GZIP", "ZSTD"], default="SNAPPY"
            ),
            **_FILE_NAME,
        },
        {},
    ),
    ("Zarr", "Zarr", ["raster", "vector"], _FILE_NAME, None),
)


@lru_cache(maxsize=1)
def predefined_formats() -> tuple[_Formats, _Formats]:
    """Return the formats that can be read and those that can be written; shared, so do not change them."""
    read, written = {}, {}
    for name, title, types, parameters, parameters_read in _FORMATS:
        written[name] = {"title": title, "gis_data_types": types, "parameters": parameters}
        if parameters_read is not None:
            read[name] = {"title": title, "gis_data_types": types, "parameters": parameters_read}
    return read, written


def described_format(
    name: object,
    *,
    gis_data_types: Sequence[str],
    parameters: Mapping[str, Any] | None,
    title: str | None,
    description: str | None,
) -> dict[str, Any]:
    """Return the description of a file format.

    Args:
        name: Its name, in GDAL's spelling if GDAL has one.
        gis_data_types: What it can hold.
        parameters: JSON Schemas by name, each with a ``description``.
        title: What people call it; its name by default.
        description: How data cubes are stored in it.

    Raises:
        ValueError: If that is no file format.
    """
    if not isinstance(name, str) or not name:
        raise ValueError(f"A file format needs a name, not {name!r}.")
    if isinstance(gis_data_types, str) or not gis_data_types:
        raise ValueError(f"gis_data_types is a list of one or more of: {', '.join(GIS_DATA_TYPES)}.")
    if unknown := [each for each in gis_data_types if each not in GIS_DATA_TYPES]:
        raise ValueError(f"{unknown[0]!r} is no GIS data type; there are: {', '.join(GIS_DATA_TYPES)}.")
    for parameter, schema in (parameters or {}).items():
        if not isinstance(schema, Mapping) or not isinstance(schema.get("description"), str):
            raise ValueError(f"Parameter {parameter!r} of {name} needs a JSON Schema with a description.")
    entry: dict[str, Any] = {
        "title": title or name,
        "gis_data_types": list(gis_data_types),
        "parameters": dict(parameters or {}),
    }
    if description:
        entry["description"] = description
    try:
        # A copy that shares nothing with what was given.
        copy: dict[str, Any] = json.loads(json.dumps(entry, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ValueError(f"The file format {name} is made of what JSON can say: {error}.") from None
    return copy
