"""Values in other dimensions."""

import numpy as np

from mock_backend.dataclass import dataclass
from mock_backend.engine.core.window import PixelIndex, Positions, Values, Window, WindowReader, span
from mock_backend.engine.cubes import Grid
from mock_backend.engine.sources.source import Derived, Need, read_within


@dataclass(frozen=True, eq=False)
class Widened(Derived):
    """Values with a further dimension, along which they are all the same."""

    axis: int  #: The further dimension is before the one at this place

    def inner(self, window: Window) -> Window:
        return window.without(self.axis)

    def read(self, window: Window, reader: WindowReader) -> Values:
        found = reader.read(self.source, self.inner(window))
        return np.broadcast_to(np.expand_dims(found, self.axis), window.shape)


@dataclass(frozen=True, eq=False)
class Dropped(Derived):
    """Values without a dimension: those of one of its labels."""

    axis: int
    place: int = 0  #: The position of the label

    def inner(self, window: Window) -> Window:
        return window.with_axis(self.axis, np.array([self.place], np.intp))

    def read(self, window: Window, reader: WindowReader) -> Values:
        return reader.read(self.source, self.inner(window)).squeeze(self.axis)


@dataclass(frozen=True, eq=False)
class Arranged(Derived):
    """Values with their dimensions in another order."""

    order: tuple[int, ...]  #: For each dimension, but those of pixels, where it is in ``source``

    def inner(self, window: Window) -> Window:
        others = tuple(window.others[self.order.index(axis)] for axis in range(len(self.order)))
        return Window(others, window.pixels)

    def read(self, window: Window, reader: WindowReader) -> Values:
        found = reader.read(self.source, self.inner(window))
        kept = range(len(self.order), found.ndim)
        return found.transpose((*self.order, *kept))


@dataclass(frozen=True, eq=False)
class Flattened(Derived):
    """Values with one dimension, the last one, in place of some."""

    axes: tuple[int, ...]  #: The dimensions, the slowest first
    sizes: tuple[int, ...]  #: The number of labels of each of them

    def inner(self, window: Window) -> Window:
        whole = window.without(len(window.others) - 1)
        for axis, size in sorted(zip(self.axes, self.sizes, strict=True)):
            whole = whole.with_axis(axis, span(size))
        return whole

    def read(self, window: Window, reader: WindowReader) -> Values:
        found = reader.read(self.source, self.inner(window))
        end = len(window.others) - 1 + len(self.axes)
        left = [axis for axis in range(end) if axis not in self.axes]
        found = found.transpose((*left, *self.axes, *range(end, found.ndim)))
        found = found.reshape(*found.shape[: len(left)], -1, *found.shape[end:])
        return found.take(window.others[-1], axis=len(left))


@dataclass(frozen=True, eq=False)
class Unflattened(Derived):
    """Values with several dimensions, the last ones, in place of one."""

    axis: int
    #: The positions of its labels in an array with the several dimensions; -1 where there is none
    places: Positions

    def inner(self, window: Window) -> Window:
        first = len(window.others) - self.places.ndim
        places = self.places[np.ix_(*window.others[first:])]
        whole = Window(window.others[:first], window.pixels)
        return whole.with_axis(self.axis, np.maximum(places, 0).reshape(-1))

    def read(self, window: Window, reader: WindowReader) -> Values:
        first = len(window.others) - self.places.ndim
        places = self.places[np.ix_(*window.others[first:])]
        found = np.moveaxis(reader.read(self.source, self.inner(window)), self.axis, first)
        found = found.reshape(*found.shape[:first], *places.shape, *found.shape[first + 1 :]).copy()
        found[(slice(None),) * first + (places < 0,)] = np.nan
        return found


@dataclass(frozen=True, eq=False)
class Unrastered(Derived):
    """Values whose rows and columns are the last two of the other dimensions."""

    grid: Grid

    def inner(self, window: Window) -> Window:
        *others, rows, columns = window.others
        return Window(tuple(others), PixelIndex(self.grid, rows, columns))

    def read(self, window: Window, reader: WindowReader) -> Values:
        return reader.read(self.source, self.inner(window))


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
