"""The file workspace of each user."""

from mock_backend.api.files.register import FilesRegister

__all__ = ["FilesRegister"]
