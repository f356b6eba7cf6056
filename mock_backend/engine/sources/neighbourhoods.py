"""Values of parts of a data cube, each made by itself, and chunks of pixels that are such parts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from mock_backend.dataclass import dataclass
from mock_backend.engine.core.window import PixelIndex, Positions, Values, Window, WindowReader, span
from mock_backend.engine.cubes import Grid
from mock_backend.engine.sources.merging import Side
from mock_backend.engine.sources.source import Derived, Need, Source

#: The row and the column of a chunk among all.
Chunk = tuple[int, int]


@dataclass(frozen=True)
class Chunks:
    """Rectangles of pixels of one size.

    They are the same whichever part of a data cube is read, so that what functions make of them is, too.
    """

    grid: Grid  #: The pixels. Chunks are counted from its north-west.
    rows: int  #: The number of rows of a chunk
    columns: int  #: The number of its columns
    #: The number of further rows and columns that functions see on each side
    overlap: tuple[int, int] = (0, 0)
    #: True if the positions of the pixels are known. If not, they follow from the window.
    is_chosen: bool = True
    is_padded: bool = False  #: True if functions see pixels beyond ``grid``, without data
    finer: tuple[int, int] = (1, 1)  #: The number of rows and columns that functions make of one

    @property
    def made(self) -> Grid:
        """The pixels that functions make."""
        return self.grid if self.finer == (1, 1) else self.grid.finer(*self.finer)

    def around(self, pixels: PixelIndex) -> "Chunks":
        """Return the chunks of the area that pixels are of."""
        if self.is_chosen:
            return self
        made, (high, wide) = pixels.grid, self.finer
        rows, columns = -(-made.rows // high), -(-made.columns // wide)
        x_size, y_size = made.x_size * wide, made.y_size * high
        grid = Grid(made.crs, made.west, made.north, x_size, y_size, columns, rows)
        return replace(self, grid=grid, is_chosen=True)

    def seen(self, chunk: Chunk) -> tuple[slice, slice]:
        """Return the rows and columns that functions see for a chunk."""
        high, wide = self.overlap
        top, left = chunk[0] * self.rows - high, chunk[1] * self.columns - wide
        bottom, right = top + self.rows + 2 * high, left + self.columns + 2 * wide
        if not self.is_padded:
            top, bottom = max(top, 0), min(bottom, self.grid.rows)
            left, right = max(left, 0), min(right, self.grid.columns)
        return slice(top, bottom), slice(left, right)

    def in_grid(self, chunk: Chunk) -> tuple[slice, slice]:
        """Return the rows and columns that functions see for a chunk, but for those beyond the grid."""
        rows, columns = self.seen(chunk)
        return (
            slice(max(rows.start, 0), min(rows.stop, self.grid.rows)),
            slice(max(columns.start, 0), min(columns.stop, self.grid.columns)),
        )

    def kept(self, chunk: Chunk) -> tuple[slice, slice]:
        """Return which rows and columns of those that functions make for a chunk are not beyond the grid."""
        rows, columns = (
            slice((inner.start - outer.start) * by, (inner.stop - outer.start) * by)
            for outer, inner, by in zip(self.seen(chunk), self.in_grid(chunk), self.finer, strict=True)
        )
        return rows, columns

    def pixels(self, chunk: Chunk) -> PixelIndex:
        """Return the pixels that functions see for a chunk."""
        rows, columns = self.seen(chunk)
        return PixelIndex(self.grid, np.arange(rows.start, rows.stop), np.arange(columns.start, columns.stop))

    def strip(self, first: Chunk, last: Chunk) -> PixelIndex:
        """Return the pixels with data that functions see for the chunks of a row from one to another one."""
        rows, columns = self.in_grid(first)
        end = self.in_grid(last)[1].stop
        return PixelIndex(self.grid, np.arange(rows.start, rows.stop), np.arange(columns.start, end))

    def pieces(
        self, pixels: PixelIndex
    ) -> Iterator[tuple[Chunk, tuple[Positions, Positions], tuple[Positions, Positions]]]:
        """Yield the chunks that make some pixels.

        Returns:
            Each chunk, the rows and columns of ``pixels`` that it makes, and which ones of its own these are.
        """
        own = pixels.on(self.made)
        down, across = own.rows // self.finer[0], own.columns // self.finer[1]
        for chunk in product(
            np.unique(down // self.rows).tolist(), np.unique(across // self.columns).tolist()
        ):
            rows, columns = self.seen(chunk)
            there = np.flatnonzero(
                (down // self.rows == chunk[0]) & (down >= rows.start) & (down < rows.stop)
            )
            over = np.flatnonzero(
                (across // self.columns == chunk[1]) & (across >= columns.start) & (across < columns.stop)
            )
            if len(there) and len(over):
                inner = (
                    own.rows[there] - rows.start * self.finer[0],
                    own.columns[over] - columns.start * self.finer[1],
                )
                yield chunk, (there, over), inner


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
