"""Catalogue data of a profile, read: its collections, file formats and runtimes for UDFs."""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any

from mock_backend.catalog.band import Band
from mock_backend.catalog.collection import Collection, Described
from mock_backend.profiles import CatalogueData
from mock_backend.profiles.catalogue import entry_of, read_file
from mock_backend.profiles.snapshot import Snapshot

_PART = "collections"


def find_collection(data: CatalogueData, identifier: str) -> Described | None:
    """Return a collection of a profile; None if it has none of this id."""
    if (taken := data.snapshot) is not None and (taken.is_whole or identifier in taken.collections()):
        return taken_collection(taken, identifier)
    folder = data.folder_of(_PART, identifier)
    return None if folder is None else _collection(folder, identifier)


@lru_cache(maxsize=8)
def all_collections(data: CatalogueData) -> Mapping[str, Described]:
    """Return all collections of a profile by id, in the order of the listing."""
    taken = data.snapshot
    names = () if taken is not None and taken.is_whole else data.read(_PART)
    added = () if taken is None else taken.collections()
    found = {each: find_collection(data, each) for each in (*names, *added)}
    return {name: each for name, each in found.items() if each is not None}


def titles_of(data: CatalogueData) -> Mapping[str, str]:
    """Return the titles of all collections of a profile by id; it need not make those of our own files."""
    if data.snapshot is not None:
        return {name: each.title for name, each in all_collections(data).items()}
    return {name: entry["title"] for name, entry in data.read(_PART).items()}


@lru_cache(maxsize=2000)
def taken_collection(snapshot: Snapshot, identifier: str) -> Described | None:
    """Return a collection of a snapshot; None if it has none of this id, or one that is no collection.

    Back-ends do list such; whoever takes the snapshot is told.
    """
    from mock_backend.catalog.given import collection_from

    try:
        document = snapshot.collections().get(identifier)
        return None if document is None else collection_from(document, {})
    except ValueError:
        if snapshot.is_whole:
            return None
        raise


@lru_cache(maxsize=2000)
def _collection(folder: str, identifier: str) -> Collection:
    """Return the collection of an entry; profiles that share the entry share the collection."""
    facts = dict(entry_of(folder, _PART, identifier))
    tables, every = facts.pop("band_facts", ()), facts.pop("every_band", {})
    described = [_table(folder, each) for each in tables]
    facts["bands"] = tuple(_band(each, described, every) for each in facts.get("bands", ()))
    institutions = read_file(".", "institutions")
    facts["providers"] = tuple(institutions[each] for each in facts.get("providers", ()))
    if "bbox" in facts:
        facts["bbox"] = tuple(map(float, facts["bbox"]))
    facts.setdefault("description", facts["title"])
    return Collection(id=identifier, **facts)


def _table(folder: str, name: str) -> Mapping[str, Any]:
    """Return facts by band: a table of a profile, or one that all share."""
    tables = read_file(folder, "bands")
    table: Mapping[str, Any] = (tables if name in tables else read_file(".", "bands"))[name]
    return table


def _band(
    given: str | Mapping[str, Any], tables: Sequence[Mapping[str, Any]], every: Mapping[str, Any]
) -> Band:
    """Return a band, with the facts of the tables that have it, those of every band, and its own."""
    own = {"name": given} if isinstance(given, str) else given
    facts: dict[str, Any] = {}
    for table in tables:
        if own["name"] in table:
            facts |= {**table.get("*", {}), **table[own["name"]]}
    facts |= {**every, **own}
    if "classes" in facts:
        facts["classes"] = {int(value): text for value, text in facts["classes"].items()}
    return Band(**facts | {"aliases": tuple(facts.get("aliases", ()))})


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
