"""Sources of the values of a GeoTIFF."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mock_backend.engine.core.file_values import Values
from mock_backend.engine.core.window import span
from mock_backend.engine.cubes import is_horizontal
from mock_backend.results.formats.layout import is_cheaper_together
from mock_backend.results.formats.rasters import layers_of

Positions = NDArray[np.int64]

#: The largest number of values of all bands that are computed together.
_MOST_TOGETHER = 1 << 24


class PixelValues(Protocol):
    """Source of values."""

    @property
    def input_count(self) -> int:
        """The number of values that are read to compute all of them."""

    def take(self, band: int, rows: Positions, columns: Positions) -> NDArray[Any]:
        """Return the values of a band where some rows and columns meet."""

    def nearest(self, factor: int) -> tuple[int, int]:
        """Return the row and column that stand for a block of this size in an overview."""


class HeldPixels:
    """All values, in memory.

    Args:
        bands: Bands by rows by columns.
        nearest: See ``PixelValues``; by default the first row and column.
    """

    def __init__(
        self, bands: NDArray[Any], nearest: Callable[[int], tuple[int, int]] = lambda _: (0, 0)
    ) -> None:
        self._bands = bands
        self.nearest = nearest
        self.input_count = bands.size

    def take(self, band: int, rows: Positions, columns: Positions) -> NDArray[Any]:
        """Return the values of a band where some rows and columns meet."""
        values: NDArray[Any] = self._bands[band]
        if len(rows) == rows[-1] - rows[0] + 1 and len(columns) == columns[-1] - columns[0] + 1:
            return values[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        values = values.take(rows, axis=0)
        return values.take(columns, axis=1)


class Computed:
    """Values that are computed when they are taken."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._layers = layers_of(values.cube)
        cube = values.cube
        self._are_together = is_cheaper_together(cube, {each.name: 1 for each in cube.others}, cube.sizes)
        self._latest: tuple[tuple[bytes, bytes], NDArray[Any]] | None = None
        self.nearest = values.cheapest

    @property
    def input_count(self) -> int:
        """The number of values that are read to compute all of them."""
        return self._values.cube.input_count

    def take(self, band: int, rows: Positions, columns: Positions) -> NDArray[Any]:
        """Return the values of a band where some rows and columns meet."""
        if not self._are_together or len(self._layers) * len(rows) * len(columns) > _MOST_TOGETHER:
            return self._values.sampled(self._layers[band].labels, rows, columns)
        # Other threads may read other ones.
        latest, key = self._latest, (rows.tobytes(), columns.tobytes())
        if latest is None or latest[0] != key:
            cube = self._values.cube
            found = self._values.block(
                {each.name: span(cube.sizes[each.name]) for each in cube.others}, rows, columns
            )
            self._latest = latest = key, found.reshape(-1, len(rows), len(columns))
        values: NDArray[Any] = latest[1][band]
        return values


def precomputed(values: Values) -> HeldPixels:
    """Return the same values as ``Computed`` has, computed at once."""
    cube = values.cube
    names = [each.name for each in cube.dimensions]
    axes = {each.axis: names.index(each.name) for each in cube.dimensions if is_horizontal(each)}
    array = np.moveaxis(values.array(), (axes["y"], axes["x"]), (-2, -1))
    return HeldPixels(array.reshape(-1, *array.shape[-2:]), values.cheapest)
