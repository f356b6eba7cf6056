"""The part of a data cube whose values are read, and a cache of such parts: each is computed once."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from mock_backend.cache import Kept
from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import Grid

if TYPE_CHECKING:
    from mock_backend.engine.sources.source import Source

Positions = NDArray[np.intp]

#: As far away as positions are.
_FAR = 1e18


@dataclass(frozen=True, eq=False)
class PixelIndex:
    """Intersection of some rows and columns."""

    #: Origin of rows and columns. Only where it begins and how large its pixels are matters: positions may be
    #: beyond it.
    grid: Grid
    rows: Positions  #: The rows, from north to south
    columns: Positions  #: The columns, from west to east

    @cached_property
    def key(self) -> tuple[object, ...]:
        """A key that differs from that of other pixels."""
        return self.grid, self.rows.tobytes(), self.columns.tobytes()

    def on(self, grid: Grid) -> "PixelIndex":
        """Return the same pixels counted from another grid, whose pixels lie alike."""
        if grid is self.grid:
            return self
        down = (grid.north - self.grid.north) / grid.y_size
        right = (self.grid.west - grid.west) / grid.x_size
        down, right = (round(max(min(each, _FAR), -_FAR)) for each in (down, right))
        return PixelIndex(grid, self.rows + down, self.columns + right)


@dataclass(frozen=True, eq=False)
class Window:
    """Positions along each dimension of a data cube."""

    #: The positions of labels along each dimension that is not one of pixels, in their order
    others: tuple[Positions, ...]
    pixels: PixelIndex | None = None  #: The pixels; None if the data cube has none

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values along each dimension; rows and columns come last."""
        counts = tuple(map(len, self.others))
        return counts if self.pixels is None else (*counts, len(self.pixels.rows), len(self.pixels.columns))

    @property
    def raster(self) -> PixelIndex:
        """The pixels, for sources of values that always have some."""
        assert self.pixels is not None
        return self.pixels

    @cached_property
    def key(self) -> tuple[object, ...]:
        """A key that differs from that of other windows."""
        own = None if self.pixels is None else self.pixels.key
        return (own, *(each.tobytes() for each in self.others))

    def at(self, axis: int, positions: Positions) -> Self:
        """Return the window with other positions along a dimension."""
        return replace(self, others=(*self.others[:axis], positions, *self.others[axis + 1 :]))

    def without(self, axis: int) -> Self:
        """Return the window of a data cube without a dimension."""
        return replace(self, others=(*self.others[:axis], *self.others[axis + 1 :]))

    def with_axis(self, axis: int, positions: Positions) -> Self:
        """Return the window of a data cube with a further dimension before that at ``axis``."""
        return replace(self, others=(*self.others[:axis], positions, *self.others[axis:]))

    def of_pixels(self, pixels: PixelIndex | None) -> Self:
        """Return the window with other pixels."""
        return replace(self, pixels=pixels)


def positions_of(places: Iterable[int]) -> Positions:
    """Return positions as windows have them."""
    return np.fromiter(places, np.intp)


def run_of(places: Positions) -> slice | None:
    """Return positions that follow one another as a slice, which needs no copy; None for others."""
    if len(places) and places[0] >= 0 and (np.diff(places) == 1).all():
        return slice(places[0], places[-1] + 1)
    return None


def span(count: int) -> Positions:
    """Return the positions from 0 up to a count."""
    return np.arange(count, dtype=np.intp)


Values = NDArray[np.floating]
Thing = TypeVar("Thing")

#: The largest number of bytes of windows that are kept.
_MOST = 64 << 20
#: The largest number of other things that are kept.
_MOST_THINGS = 256


class WindowReader:
    """Read windows of sources, each of them once as long as there is room.

    It is for one thread.
    """

    def __init__(self) -> None:
        self._arrays: Kept[tuple[object, Values]] = Kept(_MOST, lambda made: made[1].nbytes)
        self._things: Kept[tuple[object, Any]] = Kept(_MOST_THINGS)

    def read(self, source: "Source", window: Window) -> Values:
        """Return the values of a window, NaN where there are none; they must not be changed.

        Returns:
            An array with the shape of the window.
        """
        # No function is called in between: a chain of sources is read as deep as Python's stack goes.
        if (known := self._arrays.find(key := (id(source), window.key))) is None:
            known = self._arrays.keep(key, (source, source.read(window, self)))
        return known[1]

    def kept(self, owner: object, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """Return something that several windows need, made once as long as there is room: for some hundred.

        Args:
            owner: The object it is made of, by its place in memory.
        """
        # With the owner, so that nothing else gets its place in memory.
        found: Thing = self._things.get((id(owner), key), lambda: (owner, make()))[1]
        return found
