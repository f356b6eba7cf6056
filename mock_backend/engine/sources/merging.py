"""Values of several data cubes."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mock_backend.dataclass import dataclass
from mock_backend.engine.core.values import Callback, Field
from mock_backend.engine.core.window import PixelIndex, Positions, Values, Window, WindowReader, run_of, span
from mock_backend.engine.cubes import Grid
from mock_backend.engine.sources.source import ONCE, Need, Source, reals, spread


@dataclass(frozen=True, eq=False)
class Side:
    """Relation of a data cube's dimensions to those of one that is made with it."""

    source: Source
    #: For each of its dimensions, which one it is of the other data cube, but for pixels
    axes: tuple[int, ...]
    #: For each of its dimensions, the position of each label of the other data cube; -1 where it has none
    places: tuple[Positions, ...]
    grid: Grid | None = None  #: The edge of its pixels; None if they have none, or if there are no pixels
    has_pixels: bool = True  #: True if it has pixels

    @classmethod
    def of_itself(cls, source: Source, counts: Sequence[int]) -> Self:
        """Return the side of a data cube with all dimensions of the other one, and all their labels."""
        return cls(source, tuple(range(len(counts))), tuple(map(span, counts)))

    def need(self, sizes: tuple[int, ...]) -> Need:
        """Return what is read for a window of the other one."""
        return self.source, tuple(sizes[axis] for axis in self.axes), 1 if self.has_pixels else ONCE

    def there(self, window: Window) -> list[NDArray[np.bool_]]:
        """Return which positions it has along each dimension of a window of the other data cube."""
        found = [np.ones(count, bool) for count in window.shape]
        for axis, places in zip(self.axes, self.places, strict=True):
            found[axis] = places[window.others[axis]] >= 0
        if self.grid is not None and window.pixels is not None:
            own = window.pixels.on(self.grid)
            found[-2] = (own.rows >= 0) & (own.rows < self.grid.rows)
            found[-1] = (own.columns >= 0) & (own.columns < self.grid.columns)
        return found

    def read(self, window: Window, there: list[NDArray[np.bool_]], reader: WindowReader) -> Values:
        """Return its values at the positions of a window which it has, with all dimensions of the window.

        Dimensions that it does not have are of length 1.
        """
        others = tuple(
            places[window.others[axis][there[axis]]]
            for axis, places in zip(self.axes, self.places, strict=True)
        )
        pixels = window.pixels if self.has_pixels else None
        if pixels is not None:
            pixels = PixelIndex(pixels.grid, pixels.rows[there[-2]], pixels.columns[there[-1]])
        found = reader.read(self.source, Window(others, pixels))
        count = len(window.others)
        # From its own order of dimensions to that of the window.
        order = sorted(range(len(self.axes)), key=lambda each: self.axes[each])
        found = found.transpose((*order, *range(len(order), found.ndim)))
        missing = [axis for axis in range(count) if axis not in self.axes]
        if window.pixels is not None and not self.has_pixels:
            missing += [count, count + 1]
        return np.expand_dims(found, tuple(missing))


@dataclass(frozen=True, eq=False)
class Merged(Source):
    """The values of two data cubes together."""

    first: Side
    second: Side
    #: The child process that makes one value of two; if there is none, the first one counts
    resolver: Callback | None = None

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        return self.first.need(sizes), self.second.need(sizes)

    def read(self, window: Window, reader: WindowReader) -> Values:
        here, there = self.first.there(window), self.second.there(window)
        one, other = (
            side.read(window, which, reader) if all(each.any() for each in which) else None
            for side, which in ((self.first, here), (self.second, there))
        )
        found = np.full(window.shape, np.nan)
        for values, which in ((other, there), (one, here)):
            if values is not None:
                found[_where(which)] = values
        both = [a & b for a, b in zip(here, there, strict=True)]
        if self.resolver is None or one is None or other is None or not all(each.any() for each in both):
            return found
        x = _part(one, here, both)
        y = _part(other, there, both)
        shape = tuple(int(each.sum()) for each in both)
        pair = [Field(np.broadcast_to(reals(each), shape)) for each in (x, y)]
        result = self.resolver(x=pair[0], y=pair[1], data=pair)
        found[_where(both)] = spread(result, shape)
        return found


@dataclass(frozen=True, eq=False)
class Combined(Source):
    """Values that a process computes of those of several data cubes."""

    sides: Mapping[str, Side]  #: The data cubes by the names of parameters
    callback: Callback

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        return tuple(each.need(sizes) for each in self.sides.values())

    def read(self, window: Window, reader: WindowReader) -> Values:
        arguments: dict[str, Any] = {}
        for name, side in self.sides.items():
            there = side.there(window)
            values = np.full(window.shape, np.nan)
            values[_where(there)] = side.read(window, there, reader)
            arguments[name] = Field(values)
        return spread(self.callback(**arguments), window.shape)


@dataclass(frozen=True, eq=False)
class Masked(Source):
    """Values that others hide where they are true, or not 0."""

    source: Source
    mask: Side  #: The mask that hides them
    replacement: float = np.nan  #: The value that is there instead; NaN for none

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        return (self.source, sizes, 1), self.mask.need(sizes)

    def read(self, window: Window, reader: WindowReader) -> Values:
        values = reader.read(self.source, window)
        there = self.mask.there(window)
        if not all(each.any() for each in there):
            return values
        mask = self.mask.read(window, there, reader)
        hidden = np.zeros(window.shape, bool)
        # What has no data hides nothing.
        hidden[_where(there)] = (mask != 0) & ~np.isnan(mask)
        return hiding(values, hidden, self.replacement)


@dataclass(frozen=True, eq=False)
class Joined(Source):
    """The labels of one source along a dimension, and then those of another one."""

    first: Source
    count: int  #: The number of its labels
    second: Source
    axis: int

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        return (self.second, sizes, 1), (self.first, sizes, 1)

    def read(self, window: Window, reader: WindowReader) -> Values:
        places = window.others[self.axis]
        is_second = places >= self.count
        if not is_second.any():
            return reader.read(self.first, window)
        second = reader.read(self.second, window.at(self.axis, places[is_second] - self.count))
        if is_second.all():
            return second
        first = reader.read(self.first, window.at(self.axis, places[~is_second]))
        found = np.empty(window.shape, np.result_type(first, second))
        before: tuple[Any, ...] = (slice(None),) * self.axis
        found[(*before, ~is_second)] = first
        found[(*before, is_second)] = second
        return found


def hiding(values: Values, hidden: NDArray[np.bool_], replacement: float) -> Values:
    """Return values with another one wherever some are hidden."""
    if not hidden.any():
        return values
    with np.errstate(over="ignore"):
        # As a number of Python's: what NumPy 2 compares with a float32 it rounds to one before.
        single = float(np.float32(replacement))
    is_exact = np.isnan(replacement) or single == replacement
    found = values.astype(values.dtype if is_exact else np.float64)
    found[hidden] = replacement
    return found


def _where(which: list[NDArray[np.bool_]]) -> Any:
    # Slices if there are no gaps: values are put there ten times as fast.
    places = [np.flatnonzero(each) for each in which]
    runs = tuple(map(run_of, places))
    return np.ix_(*places) if None in runs else runs


def _part(values: Values, own: list[NDArray[np.bool_]], both: list[NDArray[np.bool_]]) -> Values:
    """Return the part of a side's values at the positions that both have."""
    for axis, (mine, shared) in enumerate(zip(own, both, strict=True)):
        if values.shape[axis] != 1 or len(mine) == 1:
            kept = shared[mine]
            if not kept.all():
                values = values.compress(kept, axis=axis)
    return values
