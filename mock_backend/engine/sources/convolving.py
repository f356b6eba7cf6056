"""Values of pixels and their neighbours."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.cubes import Grid
from mock_backend.engine.reader import Reader, Values
from mock_backend.engine.sources.source import Derived, reals
from mock_backend.engine.window import Pixels, Positions, Window


@dataclass(frozen=True, eq=False)
class Convolved(Derived):
    """Sums of the values of pixels and their neighbours, each times a factor.

    Args:
        source: The values.
        kernel: The factors, rows by columns; the one in the middle is that of the pixel itself.
        border: What is beyond the edge: a number, or a name, see ``apply_kernel``.
        invalid: The value that stands for no data.
        bounds: Where the edge is; None if there is none.
    """

    kernel: NDArray[np.float64]
    border: Any = 0
    invalid: float = 0.0
    bounds: Grid | None = None

    def read(self, window: Window, reader: Reader) -> Values:
        """Return the values of a window."""
        assert window.pixels is not None  # as what has neighbours has pixels
        pixels = window.pixels if self.bounds is None else window.pixels.on(self.bounds)
        high, wide = self.kernel.shape
        rows = (pixels.rows[:, None] + np.arange(high) - high // 2).reshape(-1)
        columns = (pixels.columns[:, None] + np.arange(wide) - wide // 2).reshape(-1)
        rows_, row_of = np.unique(rows, return_inverse=True)
        columns_, column_of = np.unique(columns, return_inverse=True)
        values = reals(self._beyond(window, pixels.grid, rows_, columns_, reader))
        values = np.where(np.isnan(values), self.invalid, values)
        row_of, column_of = row_of.reshape(-1, high), column_of.reshape(-1, wide)
        found = np.zeros(window.shape)
        for i in range(high):
            for j in range(wide):
                if self.kernel[i, j]:
                    part = values.take(row_of[:, i], axis=-2).take(column_of[:, j], axis=-1)
                    found += part * self.kernel[i, j]
        return found

    def _beyond(
        self, window: Window, grid: Grid, rows: Positions, columns: Positions, reader: Reader
    ) -> Values:
        """Return the values of pixels, also of those beyond the edge."""
        if self.bounds is None:
            return reader.read(self.source, window.of_pixels(Pixels(grid, rows, columns)))
        mapped_rows, mapped_columns = (
            _mapped(places, count, self.border)
            for places, count in ((rows, grid.rows), (columns, grid.columns))
        )
        rows_, row_of = np.unique(mapped_rows, return_inverse=True)
        columns_, column_of = np.unique(mapped_columns, return_inverse=True)
        values = reader.read(self.source, window.of_pixels(Pixels(grid, rows_, columns_)))
        values = values.take(row_of, axis=-2).take(column_of, axis=-1)
        if not isinstance(self.border, int | float):
            return values
        values = values.astype(np.float64)
        values[..., (rows < 0) | (rows >= grid.rows), :] = self.border
        values[..., (columns < 0) | (columns >= grid.columns)] = self.border
        return values


def _mapped(places: Positions, count: int, border: Any) -> Positions:
    """Return which pixels stand for those beyond the edge."""
    match border:
        case "reflect":  # …cba|abc…
            turned = np.mod(places, 2 * count)
            found = np.where(turned < count, turned, 2 * count - 1 - turned)
        case "reflect_pixel" if count > 1:  # …cb|abc…
            turned = np.mod(places, 2 * count - 2)
            found = np.where(turned < count, turned, 2 * count - 2 - turned)
        case "wrap":
            found = np.mod(places, count)
        case _:
            found = np.clip(places, 0, count - 1)
    return found.astype(np.intp)
