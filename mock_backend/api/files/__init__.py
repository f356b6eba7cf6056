"""The file workspace of each user."""

from mock_backend.api.files.register import FilesRegister
from mock_backend.api.files.workspace import StoredFile, Workspace

__all__ = ["FilesRegister", "StoredFile", "Workspace"]
