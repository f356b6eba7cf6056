"""Collections made of the entries of a profile's catalogue data, each when it is first asked for."""

from collections.abc import Mapping, Sequence
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
