"""Files that survive a crash: a snapshot replaced as a whole, and a journal of later writes."""

import os
import re
import shutil
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from mock_backend.stores.base import StoreError

# How each journal begins; the number of a generation follows.
_START = b'{"format":"openeo-mock-backend-journal","generation":'


class WriteLog:
    """Append writes, one JSON line each, and read them back after a crash.

    The first line names the generation of the snapshot that the writes continue. A journal of an
    older generation is what a crash leaves between replacing the snapshot and emptying the
    journal: the snapshot has its writes, so they are skipped.

    Args:
        path: The journal's file, which exists only while a store is open.
        fsync: True if a write returns only when it would survive a power loss.
    """

    def __init__(self, path: Path, *, fsync: bool) -> None:
        self.path = path
        self.size = 0
        #: True if the file may be unfit for another write, e.g. end in a part of a line.
        self.needs_restart = False
        self._fsync = fsync
        self._generation = 0
        self._file: int | None = None

    def read(self, generation: int) -> list[dict[str, Any]]:
        """Return the writes that continue a generation; change nothing.

        Raises:
            StoreError: If the file is damaged, continues a later snapshot, or is not a journal.
        """
        content = self.path.read_bytes() if self.path.exists() else b""
        # A write is one line in one system call, so only a last line without an end can be torn,
        # and its write was never acknowledged.
        *lines, torn = content.split(b"\n")
        self._generation, self.size = generation, len(content) - len(torn)
        if not lines:
            if not (_START.startswith(torn) or torn.startswith(_START)):
                raise StoreError(f"{self.path} is not a journal of ours: move it away.")
            return []
        header = re.fullmatch(re.escape(_START) + rb"(\d+)}", lines[0])
        if header is None:
            raise StoreError(f"{self.path} is not a journal of ours: move it away.")
        continues = int(header[1])
        if continues > generation:
            raise StoreError(
                f"{self.path} continues a later version of the file beside it. Put that version back, "
                f"or delete {self.path.name} to lose what was written after it."
            )
        if continues < generation:
            self.size = 0
            return []
        return [self._parse(line, number) for number, line in enumerate(lines[1:], start=2)]

    def open(self) -> None:
        """Get ready to write after what ``read`` returned; anything else in the file is dropped."""
        # O_BINARY exists on Windows only, where it keeps line ends as they are.
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._file = os.open(self.path, flags, 0o666)
        # A bare descriptor, closed without a ResourceWarning if close() is never called.
        self._closing = weakref.finalize(self, os.close, self._file)
        os.ftruncate(self._file, self.size)

    def append(self, line: bytes) -> None:
        """Write a line; when this returns, it survives the process."""
        assert self._file is not None, "open() comes first"
        data = (b"" if self.size else b"%b%d}\n" % (_START, self._generation)) + line + b"\n"
        self.needs_restart = True  # until we know better
        try:
            if os.write(self._file, data) != len(data):
                raise OSError(f"the disk took only a part of a write to {self.path}")
            if self._fsync:
                os.fsync(self._file)
        except OSError:
            # What is refused must not be read back later; and where there is room again, writing goes on.
            os.ftruncate(self._file, self.size)
            self.needs_restart = False
            raise
        self.size += len(data)
        self.needs_restart = False

    def restart(self, generation: int) -> None:
        """Empty the journal, because a snapshot of a new generation has everything."""
        if self._file is not None:
            self.needs_restart = True
            os.ftruncate(self._file, 0)
        self._generation, self.size, self.needs_restart = generation, 0, False

    def close(self, *, delete: bool) -> None:
        """Close the file and, if a snapshot has everything, delete it."""
        if self._file is not None:
            self._file = None
            self._closing()
            if delete:
                self.path.unlink(missing_ok=True)

    def _parse(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            change = from_json(line, allow_inf_nan=False)
        except ValueError as error:
            raise StoreError(
                f"Line {number} of {self.path} is damaged ({error}). Cut the file before that line "
                "to keep what was written until then, or delete it to go back to the last snapshot."
            ) from None
        if not isinstance(change, dict):
            raise StoreError(f"Line {number} of {self.path} is not a write of ours.")
        return change


def beside(path: Path, suffix: str) -> Path:
    """Return the path of a companion file."""
    return path.with_name(path.name + suffix)


def replace_file(
    path: Path, chunks: Iterable[bytes], *, fsync: bool, hold: Callable[[int], None] = os.close
) -> int:
    """Give a file new content, all of it or nothing; return its size.

    Args:
        fsync: True to wait for the disk.
        hold: Takes charge of the new file, opened, before it takes the place of the old one.
    """
    temporary = beside(path, ".tmp")
    try:
        with temporary.open("wb") as file:
            file.writelines(chunks)
            file.flush()
            size = file.tell()
            if fsync:
                os.fsync(file.fileno())
            hold(os.dup(file.fileno()))
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if fsync:
        _sync_folder(path.parent)
    return size


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":  # the others cannot open a folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
