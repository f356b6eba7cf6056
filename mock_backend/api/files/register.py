"""The operations on the file workspace."""

from datetime import datetime
from functools import cached_property

from pydantic import BaseModel
from starlette.responses import Response

from mock_backend.api.files.workspace import KIND, FileWorkspace, StoredFile
from mock_backend.api.models import Endpoint, Link
from mock_backend.api.parameters import Depends
from mock_backend.api.register import KeepingRegister
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.auth.accounts.register import Storage
from mock_backend.http.content import BinaryResponse, raw_body


class FileMetadata(BaseModel):
    """The metadata of a file."""

    path: str
    size: int
    modified: datetime


class FilesGetResponse(BaseModel):
    """A page of files."""

    files: list[FileMetadata]
    links: list[Link]


class FilesRegister(KeepingRegister, Storage):
    """Serve ``/files`` and ``/files/{path}``."""

    served = (
        Endpoint(path="/files", methods=("GET",), handler="list_files"),
        Endpoint(path="/files/{path}", methods=("GET",), handler="download_file", takes_slashes=True),
        Endpoint(path="/files/{path}", methods=("PUT",), handler="upload_file", takes_slashes=True),
        Endpoint(path="/files/{path}", methods=("DELETE",), handler="delete_file", takes_slashes=True),
    )

    @cached_property
    def workspace(self) -> FileWorkspace:
        """The files of all users."""
        return FileWorkspace(self.store)

    def reset(self) -> None:
        """Forget what files take up."""
        self.workspace.forget()

    def check_stored(self) -> None:
        """Check that the facts of all files that are stored can be read."""
        self._check_each(KIND, StoredFile.of)

    def list_files(
        self,
        limit: int | None = None,
        user: User = Depends(Authenticator.validate),
        *,
        after: str | None = None,
        before: str | None = None,
    ) -> FilesGetResponse:
        """List the user's files by path (openEO API 1.2, ``GET /files``)."""
        found, links = self._page(KIND, "/files", user.user_id, limit, after=after, before=before)
        return FilesGetResponse(files=[_metadata_of(StoredFile.of(*entry)) for entry in found], links=links)

    def download_file(self, path: str, user: User = Depends(Authenticator.validate)) -> Response:
        """Return a file's content, or parts of it (``GET /files/{path}``)."""
        file, content = self.workspace.read(user.user_id, path)
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
        return _metadata_of(
            self.workspace.write(user.user_id, path, content, now=self.clock.now(), quota=self.quota_of(user))
        )

    def delete_file(self, path: str, user: User = Depends(Authenticator.validate)) -> Response:
        """Delete a file (``DELETE /files/{path}``)."""
        self.workspace.delete(user.user_id, path)
        return Response(status_code=204)

    def content_of(self, user_id: str, path: str) -> bytes:
        """Return the content of a user's file; raise ``OpenEOError`` if there is none."""
        return self.workspace.read(user_id, path)[1]

    def quota_of(self, user: User) -> int | None:
        """Return how many bytes a user's files may have; None for any number. Override it for rules."""
        return self.settings.storage_quota if user.storage_quota is None else user.storage_quota

    def storage_of(self, user: User) -> dict[str, int] | None:
        """Return what ``GET /me`` says of a user's storage; None if it has no limit."""
        if (quota := self.quota_of(user)) is None:
            return None
        return {"free": max(quota - self.workspace.used(user.user_id), 0), "quota": quota}


def _metadata_of(file: StoredFile) -> FileMetadata:
    return FileMetadata(path=file.path, size=file.size, modified=file.modified)
