"""The file workspace of each user."""

from mock_backend.api.files.register import FilesRegister
from mock_backend.api.files.workspace import FileWorkspace

__all__ = ["FileWorkspace", "FilesRegister"]
