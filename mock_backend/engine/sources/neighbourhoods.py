"""Values of parts of a data cube, each made by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from mock_backend.cubes import Grid
from mock_backend.engine.reader import Reader, Values
from mock_backend.engine.sources.chunks import Chunks
from mock_backend.engine.sources.merging import Side
from mock_backend.engine.sources.source import Derived, Need, Source
from mock_backend.engine.window import Pixels, Positions, Window


@dataclass(frozen=True, eq=False)
class Part(Derived):
    """The values that parts of a data cube are made of, which stay where they are.

    Args:
        source: The values.
    """

    def read(self, window: Window, reader: Reader) -> Values:
        """Return the values of a window."""
        return reader.read(self.source, window)


@dataclass(frozen=True, eq=False)
class Group:
    """Labels along a dimension that are made together.

    Args:
        own: Their positions.
        seen: The positions of the labels that are seen, these among them.
    """

    own: Positions
    seen: Positions


@dataclass(frozen=True, eq=False)
class Neighbourhoods(Source):
    """Values of which each part was made by itself.

    Args:
        groups: The groups of labels along each dimension but those of pixels.
        parts: What gives the values of each combination of groups, with all labels that are seen.
        grid: The pixels for which ``parts`` were made: a chunk with its overlap.
        chunks: Where chunks are; None if what surrounds a pixel does not matter.
    """

    groups: tuple[Sequence[Group], ...]
    parts: Mapping[tuple[int, ...], Source]
    grid: Grid | None
    chunks: Chunks | None

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        """Return what is read for a window."""
        return tuple((part, sizes, 1) for part in self.parts.values())

    def read(self, window: Window, reader: Reader) -> Values:
        """Return the values of a window."""
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

    def _read(self, numbers: tuple[int, ...], window: Window, reader: Reader) -> Values:
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
            moved = reader.kept((id(source), grid), partial(self._moved, source, grid))[1]
            place: Any = (..., *np.ix_(*there))
            found[place] = reader.read(moved, window.of_pixels(Pixels(grid, *inner)))
        return found

    def _moved(self, source: Source, grid: Grid) -> tuple[Source, Source]:
        """Return a part at another place, with the part so that nothing else gets its place in memory."""
        assert self.grid is not None  # as those who call have looked
        return source, Move(self.grid, grid).of(source)


class Move:
    """A move of sources to another place.

    Args:
        old: The pixels that they were made for.
        new: Others of the same size.
    """

    def __init__(self, old: Grid, new: Grid) -> None:
        self._east, self._north = new.west - old.west, new.north - old.north
        self._moved: dict[int, Any] = {}
        #: The grids that were moved.
        self.grids: list[Grid] = []

    def of(self, value: Any) -> Any:
        """Return a source, or anything in one, at the other place; ``Part`` stays where it is."""
        if isinstance(value, Grid):
            self.grids.append(value)
            return replace(value, west=value.west + self._east, north=value.north + self._north)
        if isinstance(value, tuple):
            return tuple(map(self.of, value))
        if isinstance(value, Mapping):
            return {name: self.of(each) for name, each in value.items()}
        if isinstance(value, Part) or not isinstance(value, Source | Side | Chunks):
            return value
        if id(value) not in self._moved:
            found = {each.name: self.of(getattr(value, each.name)) for each in fields(value) if each.init}
            self._moved[id(value)] = type(value)(**found)
        return self._moved[id(value)]
