"""Binary content beside the JSON documents of a store."""

import os
import re
import secrets
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from mock_backend.stores.base import StoreError

_NAME = re.compile("[0-9a-f]{32}")


class MemoryBlobs:
    """Keep binary content in memory; see ``Blobs`` for the methods."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    def add(self, content: bytes) -> str:
        name = secrets.token_hex(16)
        self._contents[name] = content
        return name

    def read(self, name: str) -> bytes:
        return self._contents[name]

    def remove(self, name: str) -> None:
        self._contents.pop(name, None)

    def clear(self) -> None:
        """Delete everything."""
        self._contents.clear()


class FolderBlobs:
    """Keep binary content as files in a folder; see ``Blobs`` for the methods.

    Args:
        folder: The folder, made when it is first needed.
        fsync: True to wait for the disk, so that content survives a power loss.
    """

    def __init__(self, folder: Path, *, fsync: bool = False) -> None:
        self._folder = folder
        self._fsync = fsync

    def add(self, content: bytes) -> str:
        name = secrets.token_hex(16)
        try:
            self._folder.mkdir(exist_ok=True)
            # Nothing refers to the file before it is complete, so it needs no temporary name.
            with (self._folder / name).open("xb") as file:
                file.write(content)
                if self._fsync:
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as error:
            with suppress(OSError):
                (self._folder / name).unlink()
            raise StoreError(f"{self._folder} cannot be written: {error}.") from error
        return name

    def read(self, name: str) -> bytes:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            raise KeyError(name) from None
        except OSError as error:
            raise StoreError(f"{self._folder} cannot be read: {error}.") from error

    def remove(self, name: str) -> None:
        with suppress(OSError):
            (self._folder / name).unlink()

    def clear(self) -> None:
        """Delete everything."""
        self.sweep(())

    def sweep(self, keep: Collection[str]) -> None:
        """Delete all but these: what a crash has left without anything that refers to it.

        Files with other names than ours stay.
        """
        if self._folder.is_dir():
            for file in self._folder.iterdir():
                if file.name not in keep and _NAME.fullmatch(file.name):
                    self.remove(file.name)
            with suppress(OSError):  # not empty
                self._folder.rmdir()
