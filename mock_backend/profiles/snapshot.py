"""Snapshots: the documents of another back-end in a folder."""

import json
import os
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mock_backend.dataclass import dataclass

#: The file that tells where and when a snapshot was taken, and the order of its collections.
MANIFEST = "snapshot.json"
#: The folder of collections, one file for each.
COLLECTIONS = "collections"

#: The documents that back-ends without such things do not have.
_OPTIONAL = frozenset({"udf_runtimes", "service_types"})


@dataclass(frozen=True)
class Snapshot:
    """Documents of another back-end: all that ``mock-backend snapshot`` reads, or collections alone."""

    #: A folder of a snapshot; or a file with a collection, a list of them or an answer to ``GET
    #: /collections``; or a folder of such files
    path: Path
    stamp: str  #: A digest of sizes and times of the files, so that caches forget them when they change

    @property
    def is_whole(self) -> bool:
        """True if it has all that the back-end offers, so that it takes the place of the profile's."""
        return (self.path / MANIFEST).exists()

    def collections(self) -> Mapping[str, dict[str, Any]]:
        """Return the STAC collections by id; do not change them.

        Raises:
            ValueError: If a file is not JSON.
            OSError: If a file cannot be read.
        """
        return _collections(self)

    def document(self, name: str) -> Any:
        """Return another document; None if there is none. Do not change it.

        Args:
            name: ``file_formats``, ``processes``, ``udf_runtimes``, ``service_types`` or ``capabilities``.

        Raises:
            ValueError: If its file is not JSON.
        """
        return _document(self, name) if self.is_whole else None


def snapshot_at(path: str | os.PathLike[str]) -> Snapshot:
    """Return the snapshot, or the collections, at a path.

    Raises:
        ValueError: If no collections are there.
        OSError: If a file cannot be read.
    """
    path = Path(path).absolute()
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist.")
    stats = [(str(each), each.stat()) for each in _files(path)]
    facts = repr([(name, each.st_size, each.st_mtime_ns) for name, each in stats])
    found = Snapshot(path, sha256(facts.encode()).hexdigest())
    if not found.is_whole and not found.collections():
        raise ValueError(f"{path} has no collections in it.")
    return found


def document_name(collection_id: str) -> str:
    """Return the name of the document of a collection: that of its file in a snapshot, without the ending."""
    return f"{COLLECTIONS}/{quote(collection_id, safe='')}"


def read_document(file: Path) -> Any:
    """Return the content of a file; raise ``ValueError`` if it is not JSON, ``OSError`` if there is none."""
    try:
        return json.loads(file.read_bytes())
    except ValueError as error:
        raise ValueError(f"{file} is not JSON: {error}.") from None


def write_json(folder: Path, name: str, document: Any) -> None:
    """Write a document so that its file, ``name`` with an ending, is never there in part."""
    file = folder / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.draft")
    draft.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(draft, file)


@lru_cache(maxsize=8)
def _collections(snapshot: Snapshot) -> Mapping[str, dict[str, Any]]:
    if snapshot.is_whole:
        names = read_document(snapshot.path / MANIFEST)[COLLECTIONS]
        files = [snapshot.path / f"{document_name(each)}.json" for each in names]
    else:
        files = _files(snapshot.path)
    found = [each for file in files for each in _listed(read_document(file))]
    # Folders of a back-end's documents hold others, too.
    return {
        each["id"]: each for each in found if isinstance(each, dict) and "id" in each and "extent" in each
    }


@lru_cache(maxsize=64)
def _document(snapshot: Snapshot, name: str) -> Any:
    file = snapshot.path / f"{name}.json"
    if file.exists():
        return read_document(file)
    return {} if name in _OPTIONAL else None


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    # In hidden folders are versions of other times, and snapshots that are not complete yet.
    files = (each.relative_to(path) for each in path.rglob("*.json"))
    return sorted(path / each for each in files if not any(part.startswith(".") for part in each.parts))


def _listed(content: Any) -> list[Any]:
    listed = content.get("collections", [content]) if isinstance(content, dict) else content
    return listed if isinstance(listed, list) else []
