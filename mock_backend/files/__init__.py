"""The file workspace of each user."""

from mock_backend.files.register import FilesRegister
from mock_backend.files.workspace import StoredFile, Workspace

__all__ = ["FilesRegister", "StoredFile", "Workspace"]
