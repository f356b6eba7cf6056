"""Remote process definitions: processes that graphs name by a URL as ``namespace``.

The extension *Remote Process Definition* of the openEO API: at the URL is the definition of one process, or
a list of processes. Nothing is fetched; a test registers what is there.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeGuard
from urllib.parse import unquote

from mock_backend.errors import ProcessNamespaceInvalid
from mock_backend.processes.definitions.given import as_told, json_in

Definition = dict[str, Any]
#: Registrations of a test: definitions by URL, or definitions that are found at any URL.
Given = Mapping[str, Any] | str | os.PathLike[str] | Iterable[Any]
#: The URL at which a process is defined, None for those of the user and of the back-end; and its id.
ProcessKey = tuple[str | None, str]


def is_url(namespace: object) -> TypeGuard[str]:
    """Tell whether a namespace is a URL, at which the process is defined."""
    return isinstance(namespace, str) and namespace.lower().startswith(("https://", "http://"))


def key_of(process_id: str, namespace: object) -> ProcessKey:
    """Return what tells a process that is called from others."""
    return namespace if is_url(namespace) else None, process_id


class RemoteProcesses:
    """The process definitions at URLs.

    Attributes:
        known: Returns the JSON document that a test has registered for a URL with ``add_url``, or None.
        fetch: Returns the JSON document at a URL that is not registered, or None; None if nothing is fetched.
    """

    def __init__(self) -> None:
        self.fetch: Callable[[str], Any] | None = None
        self.known: Callable[[str], Any] | None = None
        self._documents: dict[str, list[Definition]] = {}
        self._folders: dict[str, Path] = {}
        self._anywhere: dict[str, Definition] = {}

    def __bool__(self) -> bool:
        sources = self._documents, self._folders, self._anywhere, self.known, self.fetch
        return any(map(bool, sources))

    def add(self, given: Given) -> None:
        """Register definitions; see ``MockBackend.add_remote_processes``.

        Raises:
            ValueError: If something is no URL or no definition of a process.
            OSError: If a file cannot be read.
        """
        if not isinstance(given, Mapping) or "id" in given or "processes" in given:
            found = _definitions(given, "What was given")
            self._anywhere.update({each["id"]: each for each in found})
            return
        for url in given:
            if not is_url(url):
                raise ValueError(f"Remote processes must be given by URL (https://…), got {url!r}.")
        for url, document in given.items():
            if isinstance(document, str | os.PathLike) and Path(document).is_dir():
                self._folders[url.rstrip("/") + "/"] = Path(document)
            else:
                self._documents[url] = _definitions(document, url)

    def clear(self) -> None:
        """Forget everything that was registered or fetched."""
        self._documents.clear()
        self._folders.clear()
        self._anywhere.clear()
        self.known = None

    def resolve(self, url: str, process_id: str) -> Definition | None:
        """Return the definition of a process; it is shared: do not change it.

        Returns:
            The definition, which may lack a process graph; None if nothing is known of the URL.

        Raises:
            ProcessNamespaceInvalid: If the URL is known, but has no such process.
        """
        definitions = self._at(url, process_id)
        if definitions is None:
            return self._anywhere.get(process_id)
        found = next((each for each in definitions if each["id"] == process_id), None)
        if found is None:
            ids = [each["id"] for each in definitions]
            named = ", ".join(map(repr, ids[:5])) + (" …" if len(ids) > 5 else "")
            raise _invalid(url, process_id, f"it must define this process, but defines {named}.")
        return found

    def _at(self, url: str, process_id: str) -> list[Definition] | None:
        """Return the processes at a URL; None if nothing is known of it."""
        if (known := self._documents.get(url)) is not None:
            return known
        document: Any = self._file_for(url)
        try:
            if document is None and self.known is not None:
                document = self.known(url)
            if document is None and self.fetch is not None:
                document = self.fetch(url)
        except (OSError, ValueError) as error:
            raise _invalid(url, process_id, f"it could not be read: {error}") from None
        if document is None:
            return None
        try:
            found = self._documents[url] = _definitions(document, url)
        except (OSError, ValueError) as error:
            raise _invalid(url, process_id, str(error)) from None
        return found

    def _file_for(self, url: str) -> Path | None:
        for start in sorted(self._folders, key=len, reverse=True):
            if url.startswith(start):
                folder = self._folders[start].resolve()
                path = (folder / unquote(url[len(start) :].partition("?")[0])).resolve()
                return path if path.is_relative_to(folder) and path.is_file() else None
        return None


def _invalid(url: str, process_id: str, reason: str) -> ProcessNamespaceInvalid:
    return ProcessNamespaceInvalid(namespace=url, process=process_id, reason=reason)


def _definitions(given: Any, what: str) -> list[Definition]:
    """Return the definitions in a document.

    Args:
        given: A definition, a list of some, an object with the member ``processes``, an object with
            ``to_dict()``, or the path of a file or a folder with one of these.
        what: The kind of the object, for errors.

    Raises:
        ValueError: If there are none.
        OSError: If a file cannot be read.
    """
    if isinstance(given, str | os.PathLike):
        path = Path(given)
        if path.is_dir():
            files = sorted(path.rglob("*.json"))
            return [each for file in files for each in _definitions(file, str(file))]
        given = json_in(path)
    given = as_told(given)
    if isinstance(given, Mapping):
        given = given["processes"] if isinstance(given.get("processes"), list) else [given]
    found = [_definition(each, what) for each in given]
    if not found:
        raise ValueError(f"{what} defines no process.")
    return found


def _definition(given: Any, what: str) -> Definition:
    given = as_told(given)
    if not isinstance(given, Mapping) or not isinstance(given.get("id"), str):
        raise ValueError(f"{what} is not a process definition, which is an object with an 'id'.")
    name = given["id"]
    if not isinstance(given.get("process_graph", {}), Mapping | None):
        raise ValueError(f"{what} defines {name!r} by a process graph that is not an object.")
    parameters = given.get("parameters")
    if not (
        parameters is None
        or (
            isinstance(parameters, list)
            and all(isinstance(each, Mapping) and isinstance(each.get("name"), str) for each in parameters)
        )
    ):
        raise ValueError(
            f"{what} defines {name!r} with parameters that are not a list of objects with names."
        )
    # A copy that shares nothing with what was given.
    copy: Definition = json.loads(json.dumps(given))
    return copy
