"""The files of users: documents with their metadata in a store, and their content beside them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Self

from pydantic import BaseModel
from starlette.responses import Response

from mock_backend.api.files.paths import check_path, folders_of
from mock_backend.api.models import Endpoint, Link
from mock_backend.api.parameters import Depends
from mock_backend.api.register import KeepingRegister
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.auth.accounts.register import Storage
from mock_backend.dataclass import dataclass
from mock_backend.errors import (
    FileNotFound,
    FileOperationUnsupported,
    FolderOperationUnsupported,
    StorageFailure,
    StorageQuotaExceeded,
)
from mock_backend.http.content import BinaryResponse, etag_of, raw_body
from mock_backend.stores import Document, StoreError

#: The kind of resource that files are in stores.
_KIND = "files"


class FileMetadata(BaseModel):
    """The metadata of a file."""

    path: str
    size: int
    modified: datetime


class FilesGetResponse(BaseModel):
    """A page of files."""

    files: list[FileMetadata]
    links: list[Link]


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

    @property
    def metadata(self) -> FileMetadata:
        """The facts that the API tells of it."""
        return FileMetadata(path=self.path, size=self.size, modified=self.modified)


class FilesRegister(KeepingRegister, Storage):
    """Serve ``/files`` and ``/files/{path}``. Folders are there as long as files are in them."""

    served = (
        Endpoint(path="/files", methods=("GET",), handler="list_files"),
        Endpoint(path="/files/{path}", methods=("GET",), handler="download_file", takes_slashes=True),
        Endpoint(path="/files/{path}", methods=("PUT",), handler="upload_file", takes_slashes=True),
        Endpoint(path="/files/{path}", methods=("DELETE",), handler="delete_file", takes_slashes=True),
    )

    @cached_property
    def _used(self) -> dict[str, int]:
        """Storage used by users in bytes, as far as it was requested."""
        return {}

    def reset(self) -> None:
        """Forget what files take up."""
        with self.lock:  # an upload adds its size after it is stored
            self._used.clear()

    def check_stored(self) -> None:
        """Check that the facts of all files that are stored can be read."""
        self._check_each(_KIND, StoredFile.of)

    def list_files(
        self,
        limit: int | None = None,
        user: User = Depends(Authenticator.validate),
        *,
        after: str | None = None,
        before: str | None = None,
    ) -> FilesGetResponse:
        """List the user's files by path (openEO API 1.2, ``GET /files``)."""
        found, links = self._page(_KIND, "/files", user.user_id, limit, after=after, before=before)
        return FilesGetResponse(files=[StoredFile.of(*entry).metadata for entry in found], links=links)

    def download_file(self, path: str, user: User = Depends(Authenticator.validate)) -> Response:
        """Return a file's content, or parts of it (``GET /files/{path}``)."""
        file, content = self._read(user.user_id, path)
        name = path.rpartition("/")[2]
        modified = self.clock.outside(file.modified) if file.dated else None
        return BinaryResponse(content, etag=file.etag, modified=modified, filename=name)

    def upload_file(
        self,
        path: str,
        content: bytes = Depends(raw_body),
        user: User = Depends(Authenticator.validate),
    ) -> FileMetadata:
        """Store a file, in place of the one at its path (``PUT /files/{path}``)."""
        owner, now, quota = user.user_id, self.clock.now(), self.quota_of(user)
        check_path(path)
        # A path is checked and taken, and content exchanged, as one step.
        with self.lock:
            self._check_place(owner, path)
            replaced = self.store.resources.get(_KIND, owner, path)
            used = self._used_by(owner) - (replaced["size"] if replaced else 0) + len(content)
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
                blob = self.store.blobs.add(content)
                facts = {
                    "size": file.size,
                    "modified": now.isoformat(),
                    "etag": file.etag,
                    "dated": dated,
                    "blob": blob,
                }
                try:
                    self.store.resources.put(_KIND, owner, path, facts)
                except BaseException:
                    self.store.blobs.remove(blob)
                    raise
            self._used[owner] = used
            if replaced is not None:
                self.store.blobs.remove(replaced["blob"])
        return file.metadata

    def delete_file(self, path: str, user: User = Depends(Authenticator.validate)) -> Response:
        """Delete a file (``DELETE /files/{path}``)."""
        owner = user.user_id
        with self.lock:
            document = self._find(owner, path)
            used = self._used_by(owner)
            with _failing():
                self.store.resources.remove(_KIND, owner, path)
            self.store.blobs.remove(document["blob"])
            self._used[owner] = used - document["size"]
        return Response(status_code=204)

    def content_of(self, user_id: str, path: str) -> bytes:
        """Return the content of a user's file; raise ``OpenEOError`` if there is none."""
        return self._read(user_id, path)[1]

    def quota_of(self, user: User) -> int | None:
        """Return how many bytes a user's files may have; None for any number. Override it for rules."""
        return self.settings.storage_quota if user.storage_quota is None else user.storage_quota

    def storage_of(self, user: User) -> dict[str, int] | None:
        """Return what ``GET /me`` says of a user's storage; None if it has no limit."""
        if (quota := self.quota_of(user)) is None:
            return None
        return {"free": max(quota - self._used_by(user.user_id), 0), "quota": quota}

    # -- inside ------------------------------------------------------------------------------------

    def _used_by(self, owner: str) -> int:
        """Return how many bytes a user's files have."""
        with self.lock:
            if owner not in self._used:
                files = self.store.resources.page(_KIND, owner).entries
                self._used[owner] = sum(document["size"] for _, document in files)
            return self._used[owner]

    def _read(self, owner: str, path: str) -> tuple[StoredFile, bytes]:
        """Return a file and its content; raise ``OpenEOError`` if there is none at this path."""
        with self.lock:
            document = self._find(owner, path)
            try:
                return StoredFile.of(path, document), self.store.blobs.read(document["blob"])
            except KeyError:
                raise StorageFailure(f"The content of {path!r} is gone; upload it again.") from None
            except StoreError as error:
                raise StorageFailure(f"The file could not be read: {error}") from error

    def _find(self, owner: str, path: str) -> Document:
        if self._is_folder(owner, path.rstrip("/")):
            raise FileOperationUnsupported(
                f"{path!r} is a folder. Only files can be downloaded and deleted, one at a time."
            )
        check_path(path)
        document = self.store.resources.get(_KIND, owner, path)
        if document is None:
            raise FileNotFound(file=path)
        return document

    def _is_folder(self, owner: str, path: str) -> bool:
        page = self.store.resources.page(_KIND, owner, limit=1, after=path + "/")
        return bool(page.entries) and page.entries[0][0].startswith(path + "/")

    def _check_place(self, owner: str, path: str) -> None:
        if self._is_folder(owner, path):
            raise FolderOperationUnsupported(
                f"{path!r} is a folder with files in it; upload to another path."
            )
        for folder in folders_of(path):
            if self.store.resources.get(_KIND, owner, folder) is not None:
                raise FileOperationUnsupported(f"{folder!r} is a file, so nothing can be uploaded below it.")


def _second(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)


@contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        raise StorageFailure(f"The file could not be stored: {error}") from error
