"""A source: the values of a data cube, computed when a window of it is read."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.dataclass import dataclass
from mock_backend.engine.core.values import Callback, Field, Reals, Stack, items_in, number, single
from mock_backend.engine.core.window import Positions, Values, Window, WindowReader, positions_of, span
from mock_backend.engine.cubes import Grid

#: A value that is loaded takes as long as this number of computed ones.
_LOADED = 32
#: Child processes that hold fewer values for a pixel do not matter.
_FEW = 32
#: The number of pixels that are read for one, of what is read once for all of them.
ONCE = 0


@dataclass(frozen=True, eq=False)
class Source:
    """Values that are computed where they are read.

    Sources are small, can be pickled, and refer to nothing but to other sources. Sizes are the numbers of
    positions along each dimension of a window but those of pixels; pixels are their number.
    """

    @cached_property
    def depth(self) -> int:
        """The number of sources from the first ones that are read to this one."""
        return 1 + max((each.depth for each in _sources_in(vars(self).values())), default=0)

    def needs(self, sizes: tuple[int, ...]) -> "tuple[Need, ...]":  # noqa: ARG002  # there is nothing by default
        """Return what is read for a window, in this order."""
        return ()

    def computing(self, sizes: tuple[int, ...]) -> int:  # noqa: ARG002  # most compute in place
        """Return how many values are at hand for each pixel beside those that are read and returned."""
        return 0

    def at_hand(self, sizes: tuple[int, ...]) -> int:
        """Return how many values are at hand for each pixel while a window is read, at most."""
        known: dict[tuple[int, tuple[int, ...]], int] = {}
        shared: dict[tuple[int, tuple[int, ...]], int] = {}

        def most(source: Source, sizes: tuple[int, ...], pixels: int) -> int:
            key = id(source), sizes
            if key in known:
                # Read before, and kept until now.
                shared[key] = prod(sizes) * pixels
                return known[key]
            found = held = 0
            for other, own, each in source.needs(sizes):
                if each == ONCE:
                    # What is made of all pixels is made of some at a time, however large the window is.
                    continue
                found = max(found, held + most(other, own, pixels * each) * each)
                held += prod(own) * each
            known[key] = max(found, held + prod(sizes) + source.computing(sizes))
            return known[key]

        return most(self, sizes, 1) + sum(shared.values())

    def loaded(self, sizes: tuple[int, ...], pixels: int = 1) -> int:
        """Return how many values that no others are read for are read for a window."""
        read = (prod(own) * count for each, own, count in self._reads(sizes, pixels) if not each.needs(own))
        return max(sum(read), prod(sizes) * pixels)

    def work(self, sizes: tuple[int, ...]) -> int:
        """Return how many values are computed for each pixel of a window, besides those that are read."""
        return prod(sizes) + self.computing(sizes)

    def effort(self, sizes: tuple[int, ...], pixels: int = 1) -> int:
        """Return how many values are computed for a window; loaded ones count for several."""
        return sum(
            count * (each.work(own) if each.needs(own) else prod(own) * _LOADED)
            for each, own, count in self._reads(sizes, pixels)
        )

    def _reads(self, sizes: tuple[int, ...], pixels: int) -> "Iterator[Need]":
        """Yield the sources that are read for a window, itself included, each once, and how many pixels."""
        known: set[tuple[int, tuple[int, ...]]] = set()
        stack: list[Need] = [(self, sizes, pixels)]
        while stack:
            source, own, count = stack.pop()
            if (key := (id(source), own)) not in known:
                known.add(key)
                yield source, own, count
                needs = reversed(source.needs(own))
                stack += [(other, its, 1 if each == ONCE else count * each) for other, its, each in needs]

    def read(self, window: Window, reader: WindowReader) -> Values:
        """Return the values of a window, NaN where there are none; they must not be changed.

        Returns:
            An array with the shape of the window, of 32-bit floating points where these are exact.
        """
        raise NotImplementedError

    def picked(self, axis: int, places: Sequence[int]) -> "Source":
        """Return a source with some of the labels along a dimension only."""
        return Picked(self, axis, positions_of(places))


@dataclass(frozen=True, eq=False)
class Derived(Source):
    """Values that are made of those of another source."""

    source: Source

    def inner(self, window: Window) -> Window:
        """Return the window of the other source that is read for one."""
        return window

    def needs(self, sizes: tuple[int, ...]) -> "tuple[Need, ...]":
        inner = self.inner(Window(tuple(map(span, sizes))))
        pixels = 1 if inner.pixels is None else inner.pixels.rows.size * inner.pixels.columns.size
        return ((self.source, tuple(map(len, inner.others)), pixels),)


@dataclass(frozen=True, eq=False)
class Picked(Derived):
    """Some of the labels along a dimension."""

    axis: int
    places: Positions  #: The positions of the labels; -1 for labels without values

    def read(self, window: Window, reader: WindowReader) -> Values:
        places = self.places[window.others[self.axis]]
        missing = places < 0
        found = reader.read(self.source, window.at(self.axis, np.where(missing, 0, places)))
        if not missing.any():
            return found
        found = found.copy()
        found[(slice(None),) * self.axis + (missing,)] = np.nan
        return found


def held_by(callback: Callback, pixels: int) -> int:
    """Return how many values a child process holds for some pixels, if these are many."""
    held = getattr(callback, "held", 0)
    return held * pixels if held > _FEW else 0


def _sources_in(values: Iterable[Any]) -> Iterator[Source]:
    for value in values:
        if isinstance(value, Source):
            yield value
        elif isinstance(value, tuple):
            # Not in mappings: those are geometries, of which there may be very many.
            yield from _sources_in(each for each in value if not isinstance(each, Mapping))
        elif isinstance(value, Mapping):
            yield from _sources_in(value.values())
        elif isinstance(inner := getattr(value, "source", None), Source):
            yield inner


#: A source that is read, the sizes of its window, and how many of its pixels are read for one; ``ONCE`` for
#: what has no pixels, and is read once for all of them.
Need = tuple[Source, tuple[int, ...], int]


def reals(values: NDArray[np.floating]) -> Reals:
    """Return values as callbacks get them."""
    return values.astype(np.float64, copy=False)


def spread(result: Any, shape: tuple[int, ...]) -> Reals:
    """Return one number for each pixel as an array.

    Args:
        result: Result of a child process: a ``Field``, a number, or None. Of an array it is the first
            element.
    """
    result = single(result)
    if isinstance(result, Field):
        return np.broadcast_to(result.values, shape)
    return np.broadcast_to(np.float64(number(result)), shape)


def spread_array(result: Any, length: int, shape: tuple[int, ...]) -> Reals:
    """Return an array for each pixel, with its elements along the first axis.

    Args:
        result: Result of a child process: a ``Stack``, a list, or one element.
        length: The number of elements; if it has fewer, the others have no data.
    """
    if isinstance(result, Stack) and len(result) == length:
        return np.broadcast_to(result.values, (length, *shape))
    parts = items_in(result)
    if parts is None:
        # One value for each pixel stands for each element.
        return np.broadcast_to(spread(result, shape), (length, *shape))
    found = np.full((length, *shape), np.nan)
    for place, each in enumerate(parts[:length]):
        found[place] = spread(each, shape)
    return found


def read_within(window: Window, grid: Grid, read: Callable[[Positions, Positions], Values]) -> Values:
    """Return the values of a window whose pixels lie like those of a grid, none beyond it.

    Args:
        read: Returns the values of rows and columns of the grid.
    """
    pixels = window.raster.on(grid)
    rows = (pixels.rows >= 0) & (pixels.rows < grid.rows)
    columns = (pixels.columns >= 0) & (pixels.columns < grid.columns)
    if rows.all() and columns.all():
        return read(pixels.rows, pixels.columns)
    if not rows.any() or not columns.any():
        return np.full(window.shape, np.nan, np.float32)
    part = read(pixels.rows[rows], pixels.columns[columns])
    found = np.full(window.shape, np.nan, part.dtype)
    found[..., np.flatnonzero(rows)[:, None], np.flatnonzero(columns)] = part
    return found
