"""The content of URLs and of users' files, as process graphs that load them get it."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit

from pydantic_core import from_json, to_json

from mock_backend.errors import OpenEOError

#: More bytes than that are read from one URL or file by no test.
_MOST = 1 << 31


class UnknownContentError(Exception):
    """Content that is not known here; the message says how a test makes it known.

    Args:
        message: The content that is unknown or cannot be read.
        code: The openEO error code for it.
    """

    def __init__(self, message: str, code: str = "ProcessParameterInvalid") -> None:
        super().__init__(message)
        self.code = code


class UrlContents:
    """Contents of URLs: those that a test has registered, and those of the back-end itself.

    Nothing is fetched from the web.

    Attributes:
        home: The URL of the back-end's API.
        own: Returns the content of a URL of the back-end itself, as a user of an id gets it (None: without a
            log-in); None for URLs of others. It raises an ``OpenEOError`` where a request would be refused.
        changed: Is called when content was registered, or forgotten.
        at_home: Tells whether a URL is one of the back-end itself.
        file: Returns the content of a file in a user's workspace, by the id of the user and the path.
    """

    def __init__(self) -> None:
        self.home = ""
        self.changed: Callable[[], None] = lambda: None
        self.own: Callable[[str, str | None], bytes | None] = lambda _url, _user: None
        self.at_home: Callable[[str], bool] = lambda _url: False
        self.file: Callable[[str, str], bytes] | None = None
        self._contents: dict[str, bytes] = {}
        self._folders: dict[str, Path] = {}

    @property
    def hosts(self) -> set[str]:
        """The URLs of the hosts that content is registered for."""
        parts = map(urlsplit, (*self._contents, *self._folders))
        return {f"{each.scheme}://{each.netloc}" for each in parts if each.scheme != "s3"}

    def add(self, url: str, content: Any) -> None:
        """Register the content of a URL; see ``MockBackend.add_url``.

        Raises:
            ValueError: If it is no URL, or no content.
            OSError: If a file cannot be read.
        """
        if not isinstance(url, str) or not url.lower().startswith(("https://", "http://", "s3://")):
            raise ValueError(f"Content must be registered for a URL (https://…), got {url!r}.")
        if isinstance(content, os.PathLike) and Path(content).is_dir():
            self._folders[url.rstrip("/") + "/"] = Path(content).absolute()
        else:
            self._contents[_plain(url)] = _bytes(content)
        self.changed()

    def is_own(self, url: str) -> bool:
        """Tell whether a URL is one of the back-end itself that no test has registered content for."""
        return self.registered(url) is None and self.at_home(url)

    def clear(self) -> None:
        """Forget what was registered."""
        self._contents.clear()
        self._folders.clear()
        self.changed()

    def registered(self, url: str) -> bytes | None:
        """Return the content that a test has registered for a URL; None if it has none."""
        plain = _plain(url)
        for each in (plain, plain.partition("?")[0]):
            if (found := self._contents.get(each)) is not None:
                return found
        for start in sorted(self._folders, key=len, reverse=True):
            if plain.startswith(start):
                folder = self._folders[start].resolve()
                path = (folder / unquote(plain[len(start) :].partition("?")[0])).resolve()
                return path.read_bytes() if path.is_relative_to(folder) and path.is_file() else None
        return None

    def document(self, url: str) -> Any:
        """Return the JSON document that a test has registered for a URL; None without any."""
        found = self.registered(url)
        return None if found is None else json_of(found)


def json_of(content: bytes) -> Any:
    """Return what JSON in any encoding says.

    Half a surrogate pair is a ``ValueError``, too: no file of results can say it.
    """
    try:
        return from_json(content)
    except ValueError:  # perhaps since it is not UTF-8, or begins with a byte order mark
        found = json.loads(content)
        to_json(found)
        return found


class ContentReader:
    """Read what URLs and files have, for a user."""

    def __init__(self, contents: UrlContents, user_id: str) -> None:
        self._contents = contents
        self._user_id = user_id

    def url(self, url: str) -> bytes:
        """Return the content of a URL; raise ``UnknownContentError`` if it is not there, or not yet."""
        found = self._contents.registered(url)
        if found is None:
            try:
                found = self._contents.own(url, self._user_id)
            except OpenEOError as error:
                raise UnknownContentError(f"{url} answers {error.openeo_code}: {error.message}") from None
        if found is None:
            raise UnknownContentError(
                f"nothing is known of {url}, and nothing is fetched from the web; register what is there: "
                f"backend.add_url({url!r}, content)"
            )
        return _bounded(url, found)

    def is_own(self, url: str) -> bool:
        """Tell whether a URL is one of the back-end itself."""
        return self._contents.is_own(url)

    def results(self, job_id: str) -> str:
        """Return the URL of the results of a job of the user."""
        return f"{self._contents.home}/jobs/{job_id}/results"

    def json(self, url: str) -> Any:
        """Return the JSON document at a URL; raise ``UnknownContentError`` if there is none."""
        content = self.url(url)
        try:
            return json_of(content)
        except ValueError:
            raise UnknownContentError(f"{url} has no JSON, but {content[:40]!r}") from None

    def content(self, reference: str) -> bytes:
        """Return the content of a URL, or of a file of the user."""
        return self.url(reference) if "://" in reference else self.file(reference)

    def code(self, reference: str) -> str | None:
        """Return the code of a function at a URL, or in a file of the user; None if it is not known."""
        try:
            return self.content(reference).decode()
        except (UnknownContentError, UnicodeDecodeError):
            return None

    def file(self, path: str) -> bytes:
        """Return the content of a file of the user; raise ``UnknownContentError`` if there is none."""
        if self._contents.file is None:
            raise UnknownContentError("this back-end keeps no files")
        try:
            return _bounded(path, self._contents.file(self._user_id, path))
        except OpenEOError as error:
            reason = f"the file {path!r} is not in the workspace: {error.message}"
            raise UnknownContentError(reason, "FileNotFound") from None


def _bounded(name: str, content: bytes) -> bytes:
    if len(content) > _MOST:
        raise UnknownContentError(f"{name} has {len(content):,} bytes, which are too many")
    return content


def _plain(url: str) -> str:
    return urldefrag(url).url.rstrip("/")


def _bytes(content: Any) -> bytes:
    if isinstance(content, bytes | bytearray | memoryview):
        return bytes(content)
    if isinstance(content, str):
        return content.encode()
    if isinstance(content, os.PathLike):
        return Path(content).read_bytes()
    if callable(to_dict := getattr(content, "to_dict", None)) and not isinstance(content, Mapping):
        content = to_dict()
    content = getattr(content, "__geo_interface__", content)
    try:
        return json.dumps(content).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(
            "The content of a URL must be bytes, a text, the path of a file or a folder, or JSON values, got "
            f"{type(content).__name__}: {error}."
        ) from None
