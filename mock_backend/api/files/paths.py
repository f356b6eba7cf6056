"""Paths of files in a workspace."""

import re

from mock_backend.errors import FilePathInvalid

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
