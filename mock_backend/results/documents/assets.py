"""Products of a job: files, and the items that they belong to."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from mock_backend.catalog import Band
from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import Grid
from mock_backend.errors import OpenEOError
from mock_backend.http.content import ComputedContent, read_range, size_of

#: Content of a file: everything at once, on a disk, or computed where it is read.
Content = bytes | Path | ComputedContent

#: The beginning of a checksum as a multihash: SHA-256, and its length of 32 bytes.
_SHA_256 = "1220"

_Fact = TypeVar("_Fact")


@dataclass(frozen=True)
class Asset:
    """A file among the results."""

    name: str  #: Its name; unique among the results of a job
    media_type: str
    make: Callable[[], Content]  #: Returns its content, always the same
    title: str | None = None
    roles: tuple[str, ...] = ("data",)
    grid: Grid | None = None  #: The positions of its pixels, if it is a raster
    bands: tuple[Band, ...] = ()  #: Its bands; none if it has none
    size: int | None = None  #: Its size in bytes, if that is known before its content is made
    #: Returns the statistics of its bands; None if it has none, or too many values for it
    measure: Callable[[], tuple[Mapping[str, float], ...]] | None = None
    values: int = 0  #: The number of values read to make it: the cost of measuring it
    is_fragile: bool = False  #: True if it can change or vanish: each access looks at it anew

    @property
    def content(self) -> Content:
        """Its content."""
        return self.make()

    @property
    def checksum(self) -> str | None:
        """Its SHA-256 as a multihash in hexadecimal digits; None if it is gone, or cannot be made."""
        return self._told(_checksum_of)

    @cached_property
    def statistics(self) -> tuple[Mapping[str, float], ...]:
        """STAC statistics of each of its bands, in their order; none if they are unknown."""
        try:
            return self.measure() if self.measure else ()
        except OpenEOError:
            return ()

    @property
    def length(self) -> int | None:
        """Size of its content in bytes; None if it is gone, or cannot be made."""
        return self._told(size_of)

    def _told(self, of: Callable[[Content], _Fact]) -> _Fact | None:
        """Return a fact about its content; None if there is none, e.g. because a library is not installed."""
        if self.is_fragile or of not in self._facts:
            try:
                self._facts[of] = of(self.content)
            except (OpenEOError, OSError):
                self._facts[of] = None
        found: _Fact | None = self._facts[of]
        return found

    @cached_property
    def _facts(self) -> dict[Callable[[Content], Any], Any]:
        return {}


def _checksum_of(content: Content) -> str:
    digest = hashlib.sha256()
    for part in read_range(content, 0, size_of(content)):
        digest.update(part)
    return _SHA_256 + digest.hexdigest()


@dataclass(frozen=True)
class ResultItem:
    """Files of one place and time, which become one STAC Item."""

    id: str  #: Its id, unique among the results of a job
    assets: tuple[Asset, ...]
    #: West, south, east and north in degrees; None for what has no place
    bbox: tuple[float, float, float, float] | None = None
    geometry: Mapping[str, Any] | None = None  #: Its GeoJSON geometry in degrees; the box by default
    #: Its first and last instant as RFC 3339 texts, the same for an instant; each may be unknown
    interval: tuple[str | None, str | None] = (None, None)
    properties: Mapping[str, Any] = field(default_factory=dict)  #: More properties of the item


@dataclass(frozen=True)
class Product:
    """Everything that a job produces."""

    items: tuple[ResultItem, ...]  #: The items, in the order of their dates
    assets: tuple[Asset, ...] = ()  #: Files beside them: the process graph, metadata
    #: STAC's ``cube:dimensions`` of what was saved, if it is a data cube
    dimensions: Mapping[str, Any] = field(default_factory=dict)
    lasts: bool = False  #: True if its files stay as they are, as those on a disk may not

    @cached_property
    def by_name(self) -> Mapping[str, Asset]:
        """All files by their names."""
        return {
            asset.name: asset
            for asset in (*(each for item in self.items for each in item.assets), *self.assets)
        }
