"""The files of users: documents with their metadata in a store, and their content beside them."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Self

from mock_backend.dataclass import dataclass
from mock_backend.errors import (
    FileNotFound,
    FileOperationUnsupported,
    FilePathInvalid,
    FolderOperationUnsupported,
    StorageFailure,
    StorageQuotaExceeded,
)
from mock_backend.http.content import etag_of
from mock_backend.stores import Document, JobStore, StoreError

#: The kind of resource that files are in stores.
KIND = "files"


@dataclass(frozen=True)
class StoredFile:
    """Facts about a file besides its content."""

    path: str  #: Its path, relative to the user's root folder
    size: int
    modified: datetime  #: When its content was last uploaded
    etag: str  #: Its entity tag: the same for the same content
    dated: bool = True  #: True if a date of HTTP, in whole seconds, tells it from the content before

    @classmethod
    def of(cls, path: str, document: Document) -> Self:
        """Return what a stored document says."""
        size, etag = document["size"], document["etag"]
        if not isinstance(size, int) or not isinstance(etag, str):
            raise TypeError(f"a file has a size and an entity tag, not {size!r} and {etag!r}")
        modified = datetime.fromisoformat(document["modified"])
        return cls(path, size, modified, etag, document.get("dated", True))


class FileWorkspace:
    """Keep files by user and path. Folders are there as long as files are in them."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._resources = store.resources
        # A path is checked and taken, and content exchanged, as one step.
        self._lock = threading.RLock()
        #: Storage used by users, as far as it was requested.
        self._used: dict[str, int] = {}

    def used(self, owner: str) -> int:
        """Return how many bytes a user's files have."""
        with self._lock:
            if owner not in self._used:
                files = self._resources.page(KIND, owner).entries
                self._used[owner] = sum(document["size"] for _, document in files)
            return self._used[owner]

    def write(
        self, owner: str, path: str, content: bytes, *, now: datetime, quota: int | None = None
    ) -> StoredFile:
        """Store a file, in place of the one at its path, if any.

        Args:
            quota: The maximum total size of the user's files in bytes; None for no limit.

        Raises:
            FilePathInvalid: If no file can have this path.
            FolderOperationUnsupported: If there is a folder at this path.
            FileOperationUnsupported: If the path leads through a file.
            StorageQuotaExceeded: If the files would have more bytes.
            StorageFailure: If the store cannot be written.
        """
        check_path(path)
        with self._lock:
            self._check_place(owner, path)
            replaced = self._resources.get(KIND, owner, path)
            used = self.used(owner) - (replaced["size"] if replaced else 0) + len(content)
            if quota is not None and used > quota:
                raise StorageQuotaExceeded(
                    f"Your files would take {used} bytes, and your storage quota is {quota} bytes. "
                    "Delete some first."
                )
            # On a frozen clock all uploads happen in the same second.
            before = StoredFile.of(path, replaced) if replaced else None
            dated = before is None or _second(before.modified) != _second(now)
            file = StoredFile(path, len(content), now, etag_of(content), dated)
            with _failing():
                blob = self._store.blobs.add(content)
                facts = {
                    "size": file.size,
                    "modified": now.isoformat(),
                    "etag": file.etag,
                    "dated": dated,
                    "blob": blob,
                }
                try:
                    self._resources.put(KIND, owner, path, facts)
                except BaseException:
                    self._store.blobs.remove(blob)
                    raise
            self._used[owner] = used
            if replaced is not None:
                self._store.blobs.remove(replaced["blob"])
        return file

    def read(self, owner: str, path: str) -> tuple[StoredFile, bytes]:
        """Return a file and its content.

        Raises:
            FileNotFound: If there is no such file.
            FileOperationUnsupported: If the path is that of a folder.
            FilePathInvalid: If no file can have this path.
            StorageFailure: If its content has vanished from the store.
        """
        with self._lock:
            document = self._find(owner, path)
            try:
                return StoredFile.of(path, document), self._store.blobs.read(document["blob"])
            except KeyError:
                raise StorageFailure(f"The content of {path!r} is gone; upload it again.") from None
            except StoreError as error:
                raise StorageFailure(f"The file could not be read: {error}") from error

    def delete(self, owner: str, path: str) -> None:
        """Delete a file; raises what ``read`` raises."""
        with self._lock:
            document = self._find(owner, path)
            used = self.used(owner)
            with _failing():
                self._resources.remove(KIND, owner, path)
            self._store.blobs.remove(document["blob"])
            self._used[owner] = used - document["size"]

    def forget(self) -> None:
        """Forget what is known of the store; to be called when it has been cleared."""
        with self._lock:
            self._used.clear()

    def _find(self, owner: str, path: str) -> Document:
        if self._is_folder(owner, path.rstrip("/")):
            raise FileOperationUnsupported(
                f"{path!r} is a folder. Only files can be downloaded and deleted, one at a time."
            )
        check_path(path)
        document = self._resources.get(KIND, owner, path)
        if document is None:
            raise FileNotFound(file=path)
        return document

    def _is_folder(self, owner: str, path: str) -> bool:
        page = self._resources.page(KIND, owner, limit=1, after=path + "/")
        return bool(page.entries) and page.entries[0][0].startswith(path + "/")

    def _check_place(self, owner: str, path: str) -> None:
        if self._is_folder(owner, path):
            raise FolderOperationUnsupported(
                f"{path!r} is a folder with files in it; upload to another path."
            )
        for folder in folders_of(path):
            if self._resources.get(KIND, owner, folder) is not None:
                raise FileOperationUnsupported(f"{folder!r} is a file, so nothing can be uploaded below it.")


def _second(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)


@contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        raise StorageFailure(f"The file could not be stored: {error}") from error


#: Names that the API excludes, and that no file system takes.
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\:'\"]")
#: In bytes, as most file systems count.
_MAX_NAME, _MAX_PATH = 255, 1024
#: Surrogates for bytes that are not UTF-8, once a path is decoded.
_REPLACEMENT = "\ufffd"


def check_path(path: str) -> None:
    """Check a path, relative to the user's root folder; raise ``FilePathInvalid`` if no file can have it."""
    if (reason := _fault(path)) is not None:
        raise FilePathInvalid(reason=reason)


def folders_of(path: str) -> list[str]:
    """Return the folders that a path leads through, outermost first."""
    names = path.split("/")[:-1]
    return ["/".join(names[: depth + 1]) for depth in range(len(names))]


def _fault(path: str) -> str | None:
    if _REPLACEMENT in path:
        return "percent-encode the bytes of its UTF-8 form."
    if found := _FORBIDDEN.search(path):
        return f"it holds the character {found[0]!r}; names have no control characters and none of \\ : ' \"."
    if path.startswith("/"):
        return "it starts with a slash; paths are relative to your root folder."
    if path.endswith("/"):
        return "it ends with a slash; name a file, folders come and go with their files."
    for name in path.split("/"):
        if not name:
            return "it holds two slashes in a row, that is, a folder without a name."
        if name in (".", ".."):
            return f"it holds the relative reference {name!r}; give the path from your root folder."
        if len(name.encode()) > _MAX_NAME:
            return f"{name[:20]!r}… has more than {_MAX_NAME} bytes; names of files and folders have no more."
    if len(path.encode()) > _MAX_PATH:
        return f"it has more than {_MAX_PATH} bytes."
    return None
