"""Errors about the file workspace."""

from mock_backend.errors.base import OpenEOError


class FileNotFound(OpenEOError, status=404, template="File '{file}' does not exist."):
    """No such file."""


class FilePathInvalid(OpenEOError, status=400, template="File path is invalid: {reason}"):
    """The path is not one that a file can have."""


class FileOperationUnsupported(OpenEOError, status=400):
    """Files at this path do not take this operation."""

    template = "The file operation is not supported for the specified path."


class FolderOperationUnsupported(OpenEOError, status=400):
    """The path is that of a folder, and only files take this operation."""

    template = "Operation is only supported for files, not folders."


class FileTypeInvalid(OpenEOError, status=400):
    """Files of this type are not taken."""

    template = "File format {type} not allowed. Allowed file formats: {types}"


class FileSizeExceeded(OpenEOError, status=400, template="File size it too large. Maximum file size: {size}"):
    """The file is larger than any file may be."""


class FileContentInvalid(OpenEOError, status=400, template="File content is invalid."):
    """The content is not what the file's type promises."""


class FileLocked(OpenEOError, status=400, template="File '{file}' is locked by another process."):
    """Another process works with the file."""


class StorageFailure(OpenEOError, status=500):
    """The file workspace could not be written."""

    template = "Unable to store files due to a server error. Please try again later or contact our support."


class StorageQuotaExceeded(OpenEOError, status=400, template="Your storage quota has been exceeded."):
    """The file does not fit in what the user may store."""
