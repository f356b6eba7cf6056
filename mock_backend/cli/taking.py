"""Read all that a back-end offers."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote

import click

from mock_backend.cli.reading import Reader, ReadingError
from mock_backend.profiles.snapshot import COLLECTIONS, MANIFEST, document_name

#: Documents by the names of their files, without the ending.
Documents = dict[str, Any]

#: The documents beside capabilities, processes and collections; a back-end may lack some.
_SINGLE = ("file_formats", "udf_runtimes", "service_types")
#: Number of collections in a row that cannot be read until the back-end is taken to be down.
_MOST_FAILURES = 5


def read_all(reader: Reader, found: Documents, keep: Callable[[str, Any], object] | None = None) -> Documents:
    """Return the documents of a back-end; raise ``ReadingError`` if the back-end does not answer.

    Args:
        found: Those that were read before; the others are added.
        keep: Called with the name of each that is read, and the document, if given.
    """

    def need(name: str, read: Callable[[], Any]) -> Any:
        if name not in found:
            found[name] = read()
            if keep is not None:
                keep(name, found[name])
        return found[name]

    capabilities = need("capabilities", partial(_object, reader, ""))
    paths = {each.get("path") for each in capabilities.get("endpoints") or ()}
    for name in _SINGLE:
        if f"/{name}" in paths:
            need(name, partial(_object, reader, name))
    need("processes", lambda: {"processes": _listing(reader, "processes")})
    listed = {each["id"]: each for each in _listing(reader, COLLECTIONS)}
    incomplete: dict[str, str] = {}
    failures = 0
    with click.progressbar(listed, label="Collections", file=sys.stderr) as identifiers:
        for each in identifiers:
            # As the openeo client asks for it; but dots would lead to other paths.
            path = f"{COLLECTIONS}/{quote(each, safe='' if '..' in each else '/')}"
            try:
                need(document_name(each), partial(_object, reader, path))
                failures = 0
            except ReadingError as error:
                failures += 1
                if error.status is None or failures == _MOST_FAILURES:
                    raise
                # Listed, and not there: that happens where several back-ends are offered as one.
                found[document_name(each)] = listed[each]
                incomplete[each] = error.message
    found[_MANIFEST] = {
        "url": reader.url,
        "taken": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        COLLECTIONS: list(listed),
        "incomplete": incomplete,
    }
    wanted = {_MANIFEST, "capabilities", *_SINGLE, "processes", *map(document_name, listed)}
    return {name: document for name, document in found.items() if name in wanted}


_MANIFEST = MANIFEST.removesuffix(".json")


def _object(reader: Reader, path: str) -> Any:
    document = reader.get(path)
    if not isinstance(document, dict):
        raise ReadingError(f"GET {reader.url}{path} answers no object.", 200)
    return document


def _listing(reader: Reader, member: str) -> list[Any]:
    entries = [each for page in reader.pages(member) for each in _entries(page, member)]
    if not entries:
        raise ReadingError(f"GET {reader.url}{member} lists nothing.")
    return entries


def _entries(page: Any, member: str) -> list[Any]:
    listed = page.get(member) if isinstance(page, dict) else None
    return [each for each in listed or () if isinstance(each, dict) and isinstance(each.get("id"), str)]
