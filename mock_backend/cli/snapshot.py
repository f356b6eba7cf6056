"""``mock-backend snapshot``: what a back-end offers, as a folder of its documents."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from mock_backend.cli.changes import changes
from mock_backend.cli.options import output_option
from mock_backend.cli.reading import Reader, ReadingError
from mock_backend.profiles.snapshot import (
    COLLECTIONS,
    MANIFEST,
    document_name,
    read_document,
    snapshot_at,
    write_json,
)

#: Documents by the names of their files, without the ending.
Documents = dict[str, Any]

#: The documents beside capabilities, processes and collections; a back-end may lack some.
_SINGLE = ("file_formats", "udf_runtimes", "service_types")
#: Number of collections in a row that cannot be read until the back-end is taken to be down.
_MOST_FAILURES = 5
#: Folder of documents until all are there.
_PARTIAL = ".partial"
#: Name of the document that tells where the others come from.
_ORIGIN = "origin"
#: Time for which the documents of an interrupted snapshot are good, in seconds.
_FRESH = 24 * 60 * 60

_EXAMPLES = """\b
Examples:
  mock-backend snapshot https://openeo.example.org -o example
      Read what the back-end offers. If it is interrupted, the same command goes on.
  mock-backend serve --catalog example
      Offer the same. In tests: MockBackend(catalog="example").
  mock-backend snapshot https://openeo.example.org -o example --check
      Print what has changed since; the exit status is 1 if anything has, 2 if that cannot be told.
"""


@click.command(
    epilog=_EXAMPLES,
    context_settings={"max_content_width": 100},
    short_help="Read what a real back-end offers, or tell what has changed there.",
)
@click.argument("url")
@output_option("The folder of the snapshot.")
@click.option(
    "--check", is_flag=True, help="Write nothing, and print what has changed since the snapshot was taken."
)
@click.option(
    "--ignore",
    "ignored",
    multiple=True,
    metavar="PLACE",
    help="A place whose changes do not count, with all that is inside, e.g. 'collections/*.extent'; "
    "repeatable.",
)
@click.option(
    "--pause",
    type=click.FloatRange(0),
    metavar="SECONDS",
    default=0.2,
    show_default=True,
    help="The time between two requests.",
)
def snapshot(url: str, folder: Path, check: bool, ignored: Sequence[str], pause: float) -> int:
    """Read what a real back-end offers into a folder.

    It reads capabilities, collections, processes, file formats, UDF runtimes and service types, one after the
    other, without a log-in. A snapshot that is there already is brought up to date.
    """
    if check and not (folder / MANIFEST).exists():
        raise click.BadParameter(f"no snapshot is in {folder}.", param_hint="--output")
    with Reader(url, pause=pause) as reader:
        return compare(reader, folder, ignored) if check else take(reader, folder, ignored)


def take(reader: Reader, folder: Path, ignored: Sequence[str] = ()) -> int:
    """Write a snapshot, or bring it up to date, and tell its changes but for ignored places.

    Returns the exit status; raises ``ReadingError`` if the back-end does not answer.
    """
    before = _load(folder)
    unfinished = folder / _PARTIAL
    found = _resumed(unfinished, reader.url)
    try:
        after = read_all(reader, found, lambda name, document: write_json(unfinished, name, document))
    except (KeyboardInterrupt, click.ClickException):
        click.echo(f"What has been read is in {unfinished}; the same command goes on with it.", err=True)
        raise
    for name, document in after.items():
        write_json(folder, name, document)
    for name in before.keys() - after.keys():
        (folder / f"{name}.json").unlink()
    shutil.rmtree(unfinished)
    for line in _changes(before, after, ignored) if before else ():
        print(line)
    manifest = after["snapshot"]
    offered, processes = manifest[COLLECTIONS], after["processes"]["processes"]
    click.echo(
        f"{folder}: {len(offered)} collections and {len(processes)} processes of {reader.url}", err=True
    )
    for identifier, reason in manifest["incomplete"].items():
        click.echo(f"{identifier} is only as the listing has it: {reason}", err=True)
    for identifier, reason in _left_out(folder):
        click.echo(f"{identifier} cannot be offered: {reason}", err=True)
    return 0


def compare(reader: Reader, folder: Path, ignored: Sequence[str] = ()) -> int:
    """Print what has changed since a snapshot was taken, but for ignored places.

    Returns the exit status, 1 if there is anything; raises ``ReadingError`` if the back-end does not answer.
    """
    before = _load(folder)
    lines = _changes(before, read_all(reader, {}), ignored)
    for line in lines:
        print(line)
    told = f"{len(lines)} changes" if lines else "Nothing has changed"
    click.echo(f"{told} since {before['snapshot']['taken']}.", err=True)
    return 1 if lines else 0


def _changes(before: Documents, after: Documents, ignored: Sequence[str]) -> list[str]:
    return changes(dict(_compared(before)), dict(_compared(after)), ignored)


def _compared(documents: Documents) -> Iterator[tuple[str, Any]]:
    for name, document in documents.items():
        if name != "snapshot":
            # Links lead to hosts, versions and pages, and tell nothing of what is offered.
            yield name, {member: value for member, value in document.items() if member != "links"}


def _left_out(folder: Path) -> Iterator[tuple[str, str]]:
    from mock_backend.catalog.given import collection_from

    taken = snapshot_at(folder).collections()
    for name in read_document(folder / MANIFEST)[COLLECTIONS]:
        try:
            collection_from(taken.get(name, {}), {})
        except ValueError as error:
            yield name, str(error)


def _load(folder: Path) -> Documents:
    """Return the documents of a folder; none if it is not a snapshot."""
    return _documents_in(folder) if (folder / MANIFEST).exists() else {}


def _resumed(unfinished: Path, url: str) -> Documents:
    """Return what an interrupted snapshot has read, if that is of the same back-end and not too old."""
    origin = unfinished / f"{_ORIGIN}.json"
    if origin.exists() and time.time() - origin.stat().st_mtime < _FRESH and read_document(origin) == url:
        found = _documents_in(unfinished)
        del found[_ORIGIN]
        return found
    shutil.rmtree(unfinished, ignore_errors=True)
    write_json(unfinished, _ORIGIN, url)
    return {}


def _documents_in(folder: Path) -> Documents:
    files = [*folder.glob("*.json"), *folder.glob(f"{COLLECTIONS}/*.json")]
    names = sorted(each.relative_to(folder).as_posix().removesuffix(".json") for each in files)
    return {each: read_document(folder / f"{each}.json") for each in names}


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
    found["snapshot"] = {
        "url": reader.url,
        "taken": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        COLLECTIONS: list(listed),
        "incomplete": incomplete,
    }
    wanted = {"snapshot", "capabilities", *_SINGLE, "processes", *map(document_name, listed)}
    return {name: document for name, document in found.items() if name in wanted}


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
