"""Catalogue data: the collections, processes, file formats and UDF runtimes of a profile."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from mock_backend.dataclass import dataclass
from mock_backend.profiles.snapshot import Snapshot

_FOLDER = Path(__file__).parent
#: The member of an entry that names the entry whose members it has, too.
_BASE = "extends"


@dataclass(frozen=True)
class CatalogueData:
    """Offer of a back-end, read from JSON files on demand.

    An entry may extend another one of the same part: its member ``extends`` is the id of an entry of the same
    folder, or a folder and an id with a colon between them. A text instead of an entry is that reference
    alone. An entry whose id begins with an underscore is there to be extended only.
    """

    name: str  #: The name of the profile that it is part of
    #: The folders of profiles whose files count; of entries of one id the first one counts
    folders: tuple[str, ...] = ()
    #: True if ``GET /processes`` lists the processes beyond the official ones; they can be called in any case
    listed_processes: bool = True
    #: Documents of another back-end, which come before those of the folders, or take their place
    snapshot: Snapshot | None = None

    def taken(self, document: str) -> Any:
        """Return a document of the snapshot; None if there is none."""
        return None if self.snapshot is None else self.snapshot.document(document)

    def read(self, part: str) -> Mapping[str, Any]:
        """Return the entries of a part of the folders by id; do not change them.

        Args:
            part: ``collections``, ``processes``, ``formats`` or ``runtimes``.
        """
        return _merged(self.folders, part)

    def folder_of(self, part: str, identifier: str) -> str | None:
        """Return the folder that has the entry of an id; None if there is none.

        A mere reference to the entry of the same id in another folder leads there. Folders behind the one
        that counts are not read.
        """
        folder = next((each for each in self.folders if _has(each, part, identifier)), None)
        while folder is not None and isinstance(entry := read_file(folder, part)[identifier], str):
            other, _, name = entry.rpartition(":")
            if name != identifier:
                break
            folder = other
        return folder


@lru_cache(maxsize=64)
def _merged(folders: tuple[str, ...], part: str) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for folder in folders:
        for identifier in read_file(folder, part):
            if identifier not in found and _has(folder, part, identifier):
                found[identifier] = entry_of(folder, part, identifier)
    return found


def entry_of(folder: str, part: str, identifier: str) -> Any:
    """Return an entry of a folder together with what it has from those that it extends."""
    entry = read_file(folder, part)[identifier]
    if isinstance(entry, str):
        entry = {_BASE: entry}
    if not isinstance(entry, Mapping) or _BASE not in entry:
        return entry
    base_folder, _, base = entry[_BASE].rpartition(":")
    inherited: Mapping[str, Any] = entry_of(base_folder or folder, part, base)
    return {**inherited, **{name: value for name, value in entry.items() if name != _BASE}}


@lru_cache(maxsize=64)
def read_file(folder: str, part: str) -> Mapping[str, Any]:
    """Return the content of a file of a folder of profiles, empty if there is none; do not change it.

    Args:
        folder: The folder; ``.`` for what all profiles share.
        part: The name of the file without its ending.
    """
    file = _FOLDER / folder / f"{part}.json"
    content: dict[str, Any] = json.loads(file.read_bytes()) if file.exists() else {}
    return content


def _has(folder: str, part: str, identifier: str) -> bool:
    return identifier in read_file(folder, part) and not identifier.startswith("_")
