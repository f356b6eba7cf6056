"""Values of parts of a data cube, each made by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from mock_backend.dataclass import dataclass
from mock_backend.engine.core.window import PixelIndex, Positions, Values, Window, WindowReader, span
from mock_backend.engine.cubes import Grid
from mock_backend.engine.sources.chunks import Chunks
from mock_backend.engine.sources.merging import Side
from mock_backend.engine.sources.source import Derived, Need, Source

#: The number of rows and columns of a tile.
_TILE = 128


@dataclass(frozen=True, eq=False)
class PartValues(Derived):
    """The values that parts of a data cube are made of, which stay where they are, and end with the cube."""

    def read(self, window: Window, reader: WindowReader) -> Values:
        return reader.read(self.source, window)


@dataclass(frozen=True, eq=False)
class _Tiled(Derived):
    """Values that are read tile by tile, as neighbours share most of theirs; beyond a grid there are none."""

    grid: Grid

    def read(self, window: Window, reader: WindowReader) -> Values:
        own = window.raster.on(self.grid)
        found = np.full(window.shape, np.nan)
        down, across = _tiles(own.rows, self.grid.rows), _tiles(own.columns, self.grid.columns)
        for (rows, there), (columns, over) in product(down, across):
            tile = reader.read(self.source, window.of_pixels(PixelIndex(self.grid, rows, columns)))
            inner = np.ix_(own.rows[there] - rows[0], own.columns[over] - columns[0])
            place: Any = (..., *np.ix_(there, over))
            found[place] = tile[(..., *inner)]
        return found


def _tiles(positions: Positions, count: int) -> list[tuple[Positions, Positions]]:
    """Return the positions of each tile that has some of those given, and which of these it has."""
    numbers = np.where((positions >= 0) & (positions < count), positions // _TILE, -1)
    return [
        (span(min(_TILE, count - number * _TILE)) + number * _TILE, np.flatnonzero(numbers == number))
        for number in np.unique(numbers[numbers >= 0])
    ]


@dataclass(frozen=True, eq=False)
class Group:
    """Labels along a dimension that are made together."""

    own: Positions
    seen: Positions  #: The positions of the labels that are seen, these among them


@dataclass(frozen=True, eq=False)
class Neighbourhoods(Source):
    """Values of which each part was made by itself."""

    groups: tuple[Sequence[Group], ...]  #: The groups of labels along each dimension but those of pixels
    #: The source of the values of each combination of groups, with all labels that are seen
    parts: Mapping[tuple[int, ...], Source]
    grid: Grid | None  #: The pixels for which ``parts`` were made: a chunk with its overlap
    chunks: Chunks | None  #: The positions of chunks; None if the surroundings of a pixel do not matter

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        return tuple((part, sizes, 1) for part in self.parts.values())

    def read(self, window: Window, reader: WindowReader) -> Values:
        found = np.full(window.shape, np.nan)
        for numbers in product(*(range(len(each)) for each in self.groups)):
            there, inner = [], []
            for positions, groups, number in zip(window.others, self.groups, numbers, strict=True):
                group = groups[number]
                there.append(np.flatnonzero(np.isin(positions, group.own)))
                inner.append(np.searchsorted(group.seen, positions[there[-1]]))
            if all(map(len, there)):
                part = replace(window, others=tuple(inner))
                values = self._read(numbers, part, reader)
                rest = [np.arange(count) for count in window.shape[len(there) :]]
                found[np.ix_(*there, *rest)] = values
        return found

    def _read(self, numbers: tuple[int, ...], window: Window, reader: WindowReader) -> Values:
        source, pixels = self.parts[numbers], window.pixels
        if self.chunks is None or self.grid is None or pixels is None:
            return reader.read(source, window)
        chunks = self.chunks.around(pixels)
        found = np.full(window.shape, np.nan)
        for chunk, there, inner in chunks.pieces(pixels):
            rows, columns = chunks.seen(chunk)
            north = chunks.grid.north - rows.start * chunks.grid.y_size
            west = chunks.grid.west + columns.start * chunks.grid.x_size
            grid = replace(self.grid, west=west, north=north)
            move = SourceMove(self.grid, grid, chunks.grid)
            moved = reader.kept(source, (grid, chunks.grid), partial(move.of, source))
            place: Any = (..., *np.ix_(*there))
            found[place] = reader.read(moved, window.of_pixels(PixelIndex(grid, *inner)))
        return found


class SourceMove:
    """A move of sources to another place.

    Args:
        old: The pixels that they were made for.
        new: Others of the same size.
        bounds: The end of the values of a ``PartValues``.
    """

    def __init__(self, old: Grid, new: Grid, bounds: Grid) -> None:
        self._bounds = bounds
        self._east, self._north = new.west - old.west, new.north - old.north
        self._moved: dict[int, Any] = {}
        #: The grids that were moved.
        self.grids: list[Grid] = []

    def of(self, value: Any) -> Any:
        """Return a source, or anything in one, at the other place."""
        if isinstance(value, Grid):
            self.grids.append(value)
            return replace(value, west=value.west + self._east, north=value.north + self._north)
        if isinstance(value, tuple):
            return tuple(map(self.of, value))
        if isinstance(value, Mapping):
            return {name: self.of(each) for name, each in value.items()}
        if not isinstance(value, Source | Side | Chunks):
            return value
        if id(value) not in self._moved and isinstance(value, PartValues):
            self._moved[id(value)] = _Tiled(value.source, self._bounds)
        elif id(value) not in self._moved:
            found = {each.name: self.of(getattr(value, each.name)) for each in fields(value) if each.init}
            self._moved[id(value)] = type(value)(**found)
        return self._moved[id(value)]
