"""Values that are there, or made up."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mock_backend.cubes import Grid
from mock_backend.engine.reader import Reader, Values
from mock_backend.engine.sources.restructuring import within
from mock_backend.engine.sources.source import Source
from mock_backend.engine.window import Positions, Window


@dataclass(frozen=True, eq=False)
class Held(Source):
    """Values in memory.

    Args:
        values: The values, NaN where there are none; rows and columns come last.
        grid: The pixels; None if there are none.
    """

    values: NDArray[np.floating]
    grid: Grid | None = None

    def read(self, window: Window, reader: Reader) -> Values:  # noqa: ARG002  # as in Source
        """Return the values of a window."""
        if self.grid is None or window.pixels is None:
            return _taken(self.values, window.others)

        def read(rows: Positions, columns: Positions) -> Values:
            return _taken(self.values, (*window.others, rows, columns))

        return within(window.pixels.on(self.grid), window.shape, read)


@dataclass(frozen=True, eq=False)
class Same(Source):
    """One value everywhere.

    Args:
        value: The value.
    """

    value: float = np.nan

    def read(self, window: Window, reader: Reader) -> Values:  # noqa: ARG002  # as in Source
        """Return the values of a window."""
        return np.broadcast_to(np.float64(self.value), window.shape)


def _taken(values: Values, positions: tuple[Positions, ...]) -> Values:
    for axis, places in enumerate(positions):
        if len(places) and places[0] >= 0 and (np.diff(places) == 1).all():
            # In one piece: no copy.
            values = values[(slice(None),) * axis + (slice(places[0], places[-1] + 1),)]
        else:
            values = values.take(places, axis=axis)
    return values
