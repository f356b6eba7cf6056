"""Collections of another back-end, for ``mock-backend serve --catalog``."""

import json
from pathlib import Path
from typing import Any

from mock_backend.backend import MockBackend
from mock_backend.catalog import CollectionsRegister
from mock_backend.catalog.given import collection_from


def add_collections(backend: MockBackend, path: Path) -> int:
    """Offer collections, in place of those that have their ids.

    Args:
        backend: The back-end.
        path: A file with a collection, a list of them or an answer to ``GET /collections``; or a folder of
            such files.

    Returns:
        The number of collections.

    Raises:
        ValueError: If a file holds something else.
        OSError: If a file cannot be read.
    """
    files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
    collections = [each for file in files for each in _read(file)]
    catalogue = backend.registers.one(CollectionsRegister)
    for each in collections:
        catalogue.replace(collection_from(each, {}))
    return len(collections)


def _read(file: Path) -> list[dict[str, Any]]:
    try:
        content = json.loads(file.read_bytes())
    except ValueError as error:
        raise ValueError(f"{file} is not JSON: {error}.") from None
    listed = content.get("collections", [content]) if isinstance(content, dict) else content
    # Folders of a back-end's documents hold others, too.
    return [each for each in listed if isinstance(each, dict) and "extent" in each and "id" in each]
