"""Pixels of one grid that are nearest to those of another one."""

import math

import numpy as np
from numpy.typing import NDArray

from mock_backend.engine.core.window import PixelIndex, Positions, Values, Window, WindowReader, span
from mock_backend.engine.cubes import Grid
from mock_backend.engine.cubes.projection import is_geographic
from mock_backend.engine.sources.resampling import places_of
from mock_backend.engine.sources.source import Source
from mock_backend.landscape.sensors.lattice import STEP as NODE
from mock_backend.landscape.sensors.lattice import first_nodes

_TURN = 360.0


class NearestPixels:
    """The pixels of a grid that are nearest to those of a picture.

    If pixels of the picture are larger by some factor, rows and columns are thinned by it, as in overviews of
    files: any picture needs about as many values as it has pixels.
    """

    def __init__(self, grid: Grid, picture: Grid) -> None:
        self._grid = grid
        shape = picture.rows, picture.columns
        down, right = places_of(PixelIndex(picture, span(picture.rows), span(picture.columns)), grid)
        if is_geographic(grid.crs):
            # The same place may be one turn further.
            right = np.mod(right, _TURN / grid.x_size)
        rows, columns = (np.broadcast_to(np.floor(each), shape) for each in (down, right))
        #: Pixels of the picture within the grid.
        self.inside = (rows >= 0) & (rows < grid.rows) & (columns >= 0) & (columns < grid.columns)
        steps = [_step(each, self.inside, axis) for axis, each in enumerate((rows, columns))]
        starts = (first_nodes(grid, step)[axis] for axis, step in enumerate(steps))
        self._rows, self._columns = (
            _thinned(np.where(self.inside, each, 0), step, start, count)
            for each, step, start, count in zip(
                (rows, columns), steps, starts, (grid.rows, grid.columns), strict=True
            )
        )

    def read(
        self, source: Source, others: tuple[Positions, ...], chosen: NDArray[np.bool_], reader: WindowReader
    ) -> Values:
        """Return the values of some pixels of the picture.

        Args:
            others: The positions along the other dimensions.
            chosen: The pixels of the picture, all of them within the grid.

        Returns:
            An array with the lengths of ``others``, then one value for each chosen pixel.
        """
        rows, row_of = np.unique(self._rows[chosen], return_inverse=True)
        columns, column_of = np.unique(self._columns[chosen], return_inverse=True)
        found: Values = reader.read(source, Window(others, PixelIndex(self._grid, rows, columns)))
        return found[..., row_of, column_of]


def _step(places: NDArray[np.float64], inside: NDArray[np.bool_], axis: int) -> int:
    """Return how many pixels of the grid one of the picture is high or wide, about."""
    steps = np.abs(np.diff(places, axis=axis))
    last = inside.shape[axis] - 1
    both = inside.take(range(last), axis=axis) & inside.take(range(1, last + 1), axis=axis)
    step = math.floor(np.median(steps[both])) if both.any() else 1
    # Landscapes are looked at with the least effort on the nodes of their lattice.
    return step if step < NODE - 1 else max(round(step / NODE), 1) * NODE


def _thinned(places: NDArray[np.float64], step: int, start: int, count: int) -> Positions:
    """Return the nearest ones of positions that are evenly thinned."""
    found: Positions = (
        np.floor((places - start) / step + 0.5) * step + start if step > 1 else places
    ).astype(np.intp)
    return np.clip(found, 0, count - 1, out=found)
