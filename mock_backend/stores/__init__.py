"""Stores of jobs and their owners' other things: memory, or a file that TinyDB can read."""

import os

from mock_backend.stores.base import Blobs, Document, DocumentError, JobStore, StoreError
from mock_backend.stores.memory import MemoryStore
from mock_backend.stores.resources import ResourcePage

__all__ = [
    "Blobs",
    "Document",
    "DocumentError",
    "JobStore",
    "MemoryStore",
    "ResourcePage",
    "StoreError",
    "open_store",
]


def open_store(store: JobStore | str | os.PathLike[str] | None) -> JobStore:
    """Return the store that a user asked for; raise ``StoreError`` if the file cannot be used.

    Args:
        store: A store; the path of a file to keep jobs in; or None to keep them in memory.
    """
    if store is None:
        return MemoryStore()
    if isinstance(store, str | os.PathLike):
        # Whoever stays in memory need not wait for TinyDB's import.
        from mock_backend.stores.tiny import TinyStore

        return TinyStore(store)
    if not hasattr(store, "resources"):
        raise TypeError(f"store must be the path of a file, a JobStore, or None for memory, got {store!r}.")
    return store
