"""Values in memory."""

from collections.abc import Callable
from dataclasses import field, replace
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from mock_backend.cache import Kept
from mock_backend.dataclass import dataclass
from mock_backend.engine.core.window import Positions, Values, Window, WindowReader, run_of
from mock_backend.engine.cubes import DataCube, Grid
from mock_backend.engine.sources.source import Derived, Source, read_within
from mock_backend.errors import OpenEOError

#: The largest number of bytes that are remembered.
_MOST = 128 << 20


@dataclass(frozen=True, eq=False)
class HeldValues(Source):
    """Values in memory."""

    values: NDArray[np.floating]  #: The values, NaN where there are none; rows and columns come last
    grid: Grid | None = None  #: The pixels; None if there are none

    def read(self, window: Window, reader: WindowReader) -> Values:  # noqa: ARG002  # as in Source
        if self.grid is None or window.pixels is None:
            return _taken(self.values, window.others)
        return read_within(window, self.grid, lambda *there: _taken(self.values, (*window.others, *there)))


@dataclass(frozen=True, eq=False)
class Remembered(Derived):
    """Values that are kept in this process once all of them were computed, as long as there is room."""

    grid: Grid | None = None  #: The pixels; None if there are none
    identity: str = field(default_factory=lambda: uuid4().hex)  #: A value that no other has, in any process

    def remember(self, count: int, make: Callable[[], Values]) -> None:
        """Keep all values, if there is room and they are not there yet; rows and columns come last."""

        def held() -> HeldValues:
            values = make()
            # They may be those of a file, too, whose writer must not change them.
            values.flags.writeable = False
            return HeldValues(values, self.grid)

        if count * np.dtype(np.float32).itemsize <= _MOST:
            _remembered.get(self.identity, held)

    def read(self, window: Window, reader: WindowReader) -> Values:
        return reader.read(_remembered.get(self.identity, lambda: None) or self.source, window)


def remembered(cube: DataCube) -> DataCube:
    """Return a data cube whose values are kept once all of them were computed; itself if it has none."""
    if not isinstance(cube.source, Source) or isinstance(cube.source, Remembered):
        return cube
    return replace(cube, source=Remembered(cube.source, cube.grid))


_remembered: Kept[HeldValues | None] = Kept(_MOST, lambda held: None if held is None else held.values.nbytes)


@dataclass(frozen=True, eq=False)
class Same(Source):
    """No data anywhere."""

    def read(self, window: Window, reader: WindowReader) -> Values:  # noqa: ARG002  # as in Source
        return np.broadcast_to(np.float64(np.nan), window.shape)


@dataclass(frozen=True, eq=False)
class Failing(Source):
    """Values that cannot be computed, or are too much to be."""

    error: OpenEOError  #: What whoever reads them gets

    def read(self, window: Window, reader: WindowReader) -> Values:  # noqa: ARG002  # as in Source
        raise self.error


def _taken(values: Values, positions: tuple[Positions, ...]) -> Values:
    pieces = list(map(run_of, positions))
    # What is in one piece is cut out first, without a copy: then there is less to copy for the rest.
    values = values[tuple(slice(None) if piece is None else piece for piece in pieces)]
    for axis, places in enumerate(positions):
        if pieces[axis] is None:
            values = values.take(places, axis=axis)
    return values
