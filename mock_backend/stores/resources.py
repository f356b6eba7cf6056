"""Resources that users keep beside their jobs: user-defined processes, services, files."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import field
from threading import RLock

from pydantic_core import to_json

from mock_backend.dataclass import dataclass
from mock_backend.stores.base import Document
from mock_backend.stores.documents import decode, encode_document, window


@dataclass(frozen=True)
class ResourcePage:
    """A part of what a user has of a kind."""

    entries: list[tuple[str, Document]]  #: Keys and documents, in the order of the keys
    has_earlier: bool  #: True if there are keys before these
    has_later: bool  #: True if there are keys after these


@dataclass
class _Shelf:
    """Documents of one kind of one user, by key, and the keys in their order."""

    documents: dict[str, bytes] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)


class ResourceTable:
    """Keep what users have beside their jobs, as JSON documents by kind, owner and key.

    As with jobs, only JSON values are taken and copies are handed out. A member ``blob`` of a
    document is the name of binary content (see ``Blobs``), which lives as long as the document.

    Args:
        check_usable: Raises an error if the store cannot be used any more.
        write: Called with the JSON of each change before it happens, e.g. to note it in a file.
    """

    def __init__(
        self,
        lock: RLock,
        check_usable: Callable[[], None],
        write: Callable[[bytes], None],
    ) -> None:
        self._lock = lock
        self._check_usable = check_usable
        self._write = write
        self._shelves: defaultdict[tuple[str, str], _Shelf] = defaultdict(_Shelf)

    def put(self, kind: str, owner: str, key: str, document: Document) -> None:
        """Store a document, in place of the one with its key; raise ``DocumentError`` if it is not JSON."""
        raw = encode_document(document)
        with self._lock:
            self._check_usable()
            self._write(_change(kind, owner, key, raw))
            self.load(kind, owner, key, raw)

    def get(self, kind: str, owner: str, key: str) -> Document | None:
        """Return a document, or None."""
        with self._lock:
            self._check_usable()
            shelf = self._shelves.get((kind, owner))
            raw = None if shelf is None else shelf.documents.get(key)
        return None if raw is None else decode(raw)

    def find(self, kind: str, key: str) -> tuple[str, Document] | None:
        """Return the owner and the document of the first user who has this key, or None."""
        with self._lock:
            self._check_usable()
            for (each, owner), shelf in self._shelves.items():
                if each == kind and (raw := shelf.documents.get(key)) is not None:
                    return owner, decode(raw)
        return None

    def remove(self, kind: str, owner: str, key: str) -> bool:
        """Delete a document; tell whether it was there."""
        with self._lock:
            self._check_usable()
            shelf = self._shelves.get((kind, owner))
            if shelf is None or key not in shelf.documents:
                return False
            self._write(_change(kind, owner, key, b"null"))
            del shelf.documents[key]
            del shelf.keys[bisect_left(shelf.keys, key)]
            return True

    def owners(self, kind: str) -> list[str]:
        """Return the users who have something of a kind, in the order of their names."""
        with self._lock:
            self._check_usable()
            return sorted(
                owner for (each, owner), shelf in self._shelves.items() if each == kind and shelf.keys
            )

    def page(
        self,
        kind: str,
        owner: str,
        *,
        limit: int | None = None,
        after: str | None = None,
        before: str | None = None,
    ) -> ResourcePage:
        """Return a part of what a user has of a kind, in the order of the keys.

        Args:
            kind: E.g. ``services``.
            limit: The maximum number; None means all. With ``before`` the last ones, else the first ones.
            after: Only keys after this one.
            before: Only keys before this one.
        """
        with self._lock:
            self._check_usable()
            shelf = self._shelves.get((kind, owner)) or _Shelf()
            keys = shelf.keys
            start, end = window(keys, after, before, limit, is_end=before is not None)
            found = [(key, shelf.documents[key]) for key in keys[start:end]]
        return ResourcePage(
            [(key, decode(raw)) for key, raw in found],
            has_earlier=start > 0,
            has_later=end < len(keys),
        )

    def load(self, kind: str, owner: str, key: str, raw: bytes) -> None:
        """Take over a document that is stored already, as the bytes of its JSON."""
        shelf = self._shelves[kind, owner]
        if key not in shelf.documents:
            insort(shelf.keys, key)
        shelf.documents[key] = raw

    def items(self) -> Iterator[tuple[str, str, str, bytes]]:
        """Iterate over everything: kind, owner, key and JSON."""
        for (kind, owner), shelf in self._shelves.items():
            for key in shelf.keys:
                yield kind, owner, key, shelf.documents[key]

    def clear(self) -> None:
        """Forget everything."""
        self._shelves.clear()


def _change(kind: str, owner: str, key: str, raw: bytes) -> bytes:
    return b'{"resource":%b,%b]}' % (to_json([kind, owner, key])[:-1], raw)
