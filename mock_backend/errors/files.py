"""Errors about the file workspace."""

from mock_backend.errors.base import OpenEOError


class FileNotFound(OpenEOError):
    """No such file."""

    code, status, template = "FileNotFound", 404, "File '{file}' does not exist."


class FilePathInvalid(OpenEOError):
    """The path is not one that a file can have."""

    code, status, template = "FilePathInvalid", 400, "File path is invalid: {reason}"


class FileOperationUnsupported(OpenEOError):
    """Files at this path do not take this operation."""

    code, status = "FileOperationUnsupported", 400
    template = "The file operation is not supported for the specified path."


class FolderOperationUnsupported(OpenEOError):
    """The path is that of a folder, and only files take this operation."""

    code, status = "FolderOperationUnsupported", 400
    template = "Operation is only supported for files, not folders."


class FileTypeInvalid(OpenEOError):
    """Files of this type are not taken."""

    code, status = "FileTypeInvalid", 400
    template = "File format {type} not allowed. Allowed file formats: {types}"


class FileSizeExceeded(OpenEOError):
    """The file is larger than any file may be."""

    code, status, template = "FileSizeExceeded", 400, "File size it too large. Maximum file size: {size}"


class FileContentInvalid(OpenEOError):
    """The content is not what the file's type promises."""

    code, status, template = "FileContentInvalid", 400, "File content is invalid."


class FileLocked(OpenEOError):
    """Another process works with the file."""

    code, status, template = "FileLocked", 400, "File '{file}' is locked by another process."


class StorageFailure(OpenEOError):
    """The file workspace could not be written."""

    code, status = "StorageFailure", 500
    template = "Unable to store files due to a server error. Please try again later or contact our support."


class StorageQuotaExceeded(OpenEOError):
    """The file does not fit in what the user may store."""

    code, status, template = "StorageQuotaExceeded", 400, "Your storage quota has been exceeded."
