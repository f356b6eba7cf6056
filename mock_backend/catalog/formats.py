"""The file formats a back-end reads and writes with their parameters, and its runtimes for UDFs."""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any

from mock_backend.profiles import CatalogueData

GIS_DATA_TYPES = ("raster", "vector", "table", "pointcloud", "other")

_Formats = dict[str, dict[str, Any]]


@lru_cache(maxsize=16)
def formats_of(data: CatalogueData) -> tuple[_Formats, _Formats]:
    """Return the formats that a back-end reads and those that it writes; shared, so do not change them."""
    if (taken := data.taken("file_formats")) is not None:
        return _complete(taken.get("input")), _complete(taken.get("output"))
    read: _Formats = {}
    written: _Formats = {}
    for name, entry in data.read("formats").items():
        facts = {key: value for key, value in entry.items() if key not in ("read", "write")}
        for member, formats in (("read", read), ("write", written)):
            if (parameters := entry.get(member)) is not None:
                formats[name] = facts | {
                    "parameters": {each: _told_apart(parameters[each]) for each in parameters}
                }
    return read, written


def _complete(formats: Any) -> _Formats:
    """Return the formats of a snapshot with the members that the API demands; a back-end may lack them."""
    found = {name: each for name, each in (formats or {}).items() if isinstance(each, Mapping)}
    # What is not told is not judged.
    missing = {"gis_data_types": list(GIS_DATA_TYPES)}
    return {
        name: missing | dict(each) | {"parameters": _schemas(each.get("parameters"))}
        for name, each in found.items()
    }


def _schemas(parameters: Any) -> dict[str, Any]:
    told = parameters.items() if isinstance(parameters, Mapping) else ()
    return {name: each for name, each in told if isinstance(each, Mapping)}


def _told_apart(schema: Mapping[str, Any]) -> dict[str, Any]:
    # The specification wants the schema of a parameter to be one of three, of which a plain JSON
    # Schema is three at once. A subtype tells them apart, and one that repeats the type does no harm.
    return {"type": schema["type"], "subtype": schema["type"], **schema}


def described_format(
    name: object,
    *,
    gis_data_types: Sequence[str],
    parameters: Mapping[str, Any] | None,
    title: str | None,
    description: str | None,
) -> dict[str, Any]:
    """Return the description of a file format; raise ``ValueError`` if that is no file format.

    Args:
        name: Its name, in GDAL's spelling if GDAL has one.
        gis_data_types: The kinds of data that it can hold.
        parameters: JSON Schemas by name, each with a ``description``.
    """
    if not isinstance(name, str) or not name:
        raise ValueError(f"A file format needs a name, got {name!r}.")
    if isinstance(gis_data_types, str) or not gis_data_types:
        raise ValueError(f"gis_data_types is a list of one or more of: {', '.join(GIS_DATA_TYPES)}.")
    if unknown := [each for each in gis_data_types if each not in GIS_DATA_TYPES]:
        raise ValueError(f"Unknown GIS data type {unknown[0]!r}. Available: {', '.join(GIS_DATA_TYPES)}.")
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


def runtimes_of(data: CatalogueData) -> dict[str, dict[str, Any]]:
    """Return the UDF runtimes of a back-end by name, as ``GET /udf_runtimes`` describes them.

    Each call returns other objects, which may be changed.
    """
    if (taken := data.taken("udf_runtimes")) is not None:
        return {name: deepcopy(each) for name, each in taken.items() if isinstance(each, dict)}
    return {
        name: {**entry, "versions": _versions(entry["versions"])}
        for name, entry in data.read("runtimes").items()
    }


def _versions(versions: dict[str, Any]) -> dict[str, Any]:
    # A text is the version that another one is a name for.
    told = {name: versions[each] if isinstance(each, str) else each for name, each in versions.items()}
    return {
        name: {
            **each,
            "libraries": {library: {"version": number} for library, number in each["libraries"].items()},
        }
        for name, each in told.items()
    }
