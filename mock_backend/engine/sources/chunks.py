"""Chunks of the pixels of a data cube for user-defined functions."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from mock_backend.dataclass import dataclass
from mock_backend.engine.core.window import PixelIndex, Positions
from mock_backend.engine.cubes import Grid

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
