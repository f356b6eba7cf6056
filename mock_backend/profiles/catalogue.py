"""Catalogue data: the collections, processes, file formats and UDF runtimes of a profile."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class CatalogueData:
    """What a back-end offers, read from JSON files when it is first asked for.

    Args:
        name: The name of the profile that it is part of.
        folders: The folders of profiles whose files count; of entries of one id the first one counts.
        own_collections: Whether the collections of this project come first.
        listed_processes: Whether ``GET /processes`` lists the processes beyond the official ones; they can
            be called in any case.
    """

    name: str
    folders: tuple[str, ...] = ()
    own_collections: bool = True
    listed_processes: bool = True

    def read(self, part: str) -> Mapping[str, Any]:
        """Return the entries of a part by id; do not change them.

        Args:
            part: ``collections``, ``processes``, ``formats`` or ``runtimes``.
        """
        return _read(self.folders, part)


@lru_cache(maxsize=64)
def _read(folders: tuple[str, ...], part: str) -> Mapping[str, Any]:
    entries: dict[str, Any] = {}
    for folder in folders:
        file = _FOLDER / folder / f"{part}.json"
        if file.exists():
            entries = json.loads(file.read_bytes()) | entries
    return entries
