"""Values in other dimensions."""

from math import prod

import numpy as np

from mock_backend.dataclass import dataclass
from mock_backend.engine.core.reader import Values, WindowReader
from mock_backend.engine.core.window import PixelIndex, Positions, Window, span
from mock_backend.engine.cubes import Grid
from mock_backend.engine.sources.source import Derived, Need, read_within


@dataclass(frozen=True, eq=False)
class Widened(Derived):
    """Values with a further dimension, along which they are all the same."""

    axis: int  #: The further dimension is before the one at this place

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        return ((self.source, (*sizes[: self.axis], *sizes[self.axis + 1 :]), 1),)

    def read(self, window: Window, reader: WindowReader) -> Values:
        found = reader.read(self.source, window.without(self.axis))
        return np.broadcast_to(np.expand_dims(found, self.axis), window.shape)


@dataclass(frozen=True, eq=False)
class Dropped(Derived):
    """Values without a dimension: those of one of its labels."""

    axis: int
    place: int = 0  #: The position of the label

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        return ((self.source, (*sizes[: self.axis], 1, *sizes[self.axis :]), 1),)

    def read(self, window: Window, reader: WindowReader) -> Values:
        whole = window.with_axis(self.axis, np.array([self.place], np.intp))
        return reader.read(self.source, whole).squeeze(self.axis)


@dataclass(frozen=True, eq=False)
class Arranged(Derived):
    """Values with their dimensions in another order."""

    order: tuple[int, ...]  #: For each dimension, but those of pixels, where it is in ``source``

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        return ((self.source, tuple(sizes[self.order.index(axis)] for axis in range(len(sizes))), 1),)

    def read(self, window: Window, reader: WindowReader) -> Values:
        places = {own: place for place, own in enumerate(self.order)}
        others = tuple(window.others[places[axis]] for axis in range(len(self.order)))
        found = reader.read(self.source, Window(others, window.pixels))
        kept = range(len(self.order), found.ndim)
        return found.transpose((*self.order, *kept))


@dataclass(frozen=True, eq=False)
class Flattened(Derived):
    """Values with one dimension, the last one, in place of some."""

    axes: tuple[int, ...]  #: The dimensions, the slowest first
    sizes: tuple[int, ...]  #: The number of labels of each of them

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        whole = list(sizes[:-1])
        for axis, size in sorted(zip(self.axes, self.sizes, strict=True)):
            whole.insert(axis, size)
        return ((self.source, tuple(whole), 1),)

    def read(self, window: Window, reader: WindowReader) -> Values:
        kept, flat = window.others[:-1], window.others[-1]
        whole = Window(kept, window.pixels)
        for axis, size in sorted(zip(self.axes, self.sizes, strict=True)):
            whole = whole.with_axis(axis, span(size))
        found = reader.read(self.source, whole)
        end = len(whole.others)
        left = [axis for axis in range(end) if axis not in self.axes]
        found = found.transpose((*left, *self.axes, *range(end, found.ndim)))
        found = found.reshape(*found.shape[: len(left)], -1, *found.shape[end:])
        return found.take(flat, axis=len(left))


@dataclass(frozen=True, eq=False)
class Unflattened(Derived):
    """Values with several dimensions, the last ones, in place of one."""

    axis: int
    #: The positions of its labels in an array with the several dimensions; -1 where there is none
    places: Positions

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        whole = list(sizes[: len(sizes) - self.places.ndim])
        whole.insert(self.axis, prod(sizes[len(sizes) - self.places.ndim :]))
        return ((self.source, tuple(whole), 1),)

    def read(self, window: Window, reader: WindowReader) -> Values:
        first = len(window.others) - self.places.ndim
        places = self.places[np.ix_(*window.others[first:])]
        whole = Window(window.others[:first], window.pixels).with_axis(
            self.axis, np.maximum(places, 0).reshape(-1)
        )
        found = np.moveaxis(reader.read(self.source, whole), self.axis, first)
        found = found.reshape(*found.shape[:first], *places.shape, *found.shape[first + 1 :]).copy()
        found[(slice(None),) * first + (places < 0,)] = np.nan
        return found


@dataclass(frozen=True, eq=False)
class Unrastered(Derived):
    """Values whose rows and columns are the last two of the other dimensions."""

    grid: Grid

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        return ((self.source, sizes[:-2], sizes[-2] * sizes[-1]),)

    def read(self, window: Window, reader: WindowReader) -> Values:
        *others, rows, columns = window.others
        return reader.read(self.source, Window(tuple(others), PixelIndex(self.grid, rows, columns)))


@dataclass(frozen=True, eq=False)
class Rastered(Derived):
    """Values whose last two dimensions are rows and columns of pixels."""

    grid: Grid

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        return ((self.source, (*sizes, 1, 1), 1),)

    def read(self, window: Window, reader: WindowReader) -> Values:
        return read_within(
            window, self.grid, lambda *there: reader.read(self.source, Window((*window.others, *there)))
        )


@dataclass(frozen=True, eq=False)
class Bounded(Derived):
    """Values that end with a grid: beyond it there are none."""

    grid: Grid

    def read(self, window: Window, reader: WindowReader) -> Values:
        return read_within(
            window,
            self.grid,
            lambda *there: reader.read(self.source, window.of_pixels(PixelIndex(self.grid, *there))),
        )
