"""The places that are looked at for a window of a grid, and what lies between them.

Looking at each pixel would take too long. Samples are pixels at regular distances, counted from
the origin of the coordinate system: so grids of one resolution that overlap look at the same places.
"""

from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import Grid
from mock_backend.engine.cubes.projection import DEGREES, is_geographic, transformed
from mock_backend.landscape.nature.noise import Degrees, Floats

Positions = NDArray[np.int64]

#: The distance between places that are looked at, in pixels.
STEP = 8
# Coordinates of grids that should meet differ by no more than this part of a pixel.
_DIGITS = 6
# Decimals of degrees: a centimetre. What is finer may differ from one version of PROJ to the next.
_DECIMALS = 7
_METRES_PER_DEGREE = 111_320


@dataclass(frozen=True)
class _Axis:
    """The nodes that some pixels of one axis are between."""

    nodes: Positions  #: The numbers of the nodes
    below: Positions  #: The node before each pixel, or on it
    above: Positions
    share: Floats  #: The distance of each pixel from there to the next, in nodes

    @cached_property
    def runs(self) -> list[tuple[slice, int, int]]:
        """The pixels that follow the same node, this node, and the one after them."""
        if not len(self.below):
            return []
        edges = [0, *(np.flatnonzero(np.diff(self.below)) + 1).tolist(), len(self.below)]
        return [
            (slice(first, last), int(self.below[first]), int(self.above[first:last].max()))
            for first, last in pairwise(edges)
        ]

    @classmethod
    def of(cls, pixels: Positions) -> "_Axis":
        """Return the nodes around pixels, which are counted from the origin."""
        first = pixels // STEP
        share = (pixels - first * STEP).astype(np.float32) / np.float32(STEP)
        # A pixel on a node needs no second one: overviews look at such pixels only.
        last = np.where(share > 0, first + 1, first)
        nodes, places = np.unique(np.concatenate([first, last]), return_inverse=True)
        return cls(nodes, places[: len(pixels)], places[len(pixels) :], share)


@dataclass(frozen=True)
class Lattice:
    """The nodes of a lattice around some of the pixels of a grid."""

    grid: Grid
    rows: Positions  #: The rows of the pixels, in the grid
    columns: Positions

    @property
    def spacing(self) -> float:
        """Distance between the nodes in degrees at the equator; the same for all grids of a resolution."""
        size = max(self.grid.x_size, self.grid.y_size)
        return STEP * (size if _in_degrees(self.grid.crs) else size / _METRES_PER_DEGREE)

    @property
    def count(self) -> int:
        """Number of nodes."""
        return len(self._across.nodes) * len(self._along.nodes)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and columns of pixels."""
        return len(self.rows), len(self.columns)

    def numbers(self) -> tuple[Positions, Positions]:
        """Return the numbers of the pixels' rows and columns, counted from the origin; they broadcast."""
        return (self.rows + self._first_row)[:, None], (self.columns + self._first_column)[None, :]

    @property
    def xs(self) -> Degrees:
        """The coordinates of the columns."""
        return self._coordinates(self.columns + self._first_column, self._column_share, self.grid.x_size)

    @property
    def ys(self) -> Degrees:
        """The coordinates of the rows."""
        return -self._coordinates(self.rows + self._first_row, self._row_share, self.grid.y_size)

    def degrees(self) -> tuple[Degrees, Degrees]:
        """Return longitudes and latitudes of the nodes, rows by columns."""
        across, along = self._across.nodes * STEP, self._along.nodes * STEP
        xs = self._coordinates(across, self._column_share, self.grid.x_size)
        ys = -self._coordinates(along, self._row_share, self.grid.y_size)
        longitudes, latitudes = (np.ascontiguousarray(each) for each in np.meshgrid(xs, ys))
        if self.grid.crs != DEGREES:
            longitudes, latitudes = transformed(self.grid.crs, DEGREES, longitudes, latitudes)
        # What is nowhere on Earth has no degrees, but pixels all the same.
        longitudes, latitudes = (np.where(np.isfinite(each), each, 0.0) for each in (longitudes, latitudes))
        east: Degrees = np.round(longitudes, _DECIMALS)
        north: Degrees = np.round(latitudes, _DECIMALS)
        return east, np.clip(north, -90, 90, out=north)

    def between(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return what the pixels have if the nodes have some values."""
        across, along = self._across, self._along
        rows = values.take(across.above, axis=1)
        start = values.take(across.below, axis=1)
        rows -= start
        rows *= across.share.astype(values.dtype)
        rows += start
        shares = along.share.astype(values.dtype)[:, None]
        found = np.empty((len(self.rows), len(self.columns)), values.dtype)
        # A few rows at a time: what was just written is still at hand.
        for run, below, above in along.runs:
            part = found[run]
            np.multiply(rows[above] - rows[below], shares[run], out=part)
            part += rows[below]
        return found

    @staticmethod
    def _coordinates(pixels: Positions, share: float, size: float) -> Degrees:
        # Pixels are counted from the origin: so those of different grids have the same coordinates.
        return (pixels.astype(np.float64) + (0.5 + share)) * size

    @cached_property
    def _across(self) -> _Axis:
        return _Axis.of(self.columns + self._first_column)

    @cached_property
    def _along(self) -> _Axis:
        return _Axis.of(self.rows + self._first_row)

    @property
    def _first_column(self) -> int:
        return _place(self.grid.west, self.grid.x_size)[0]

    @property
    def _column_share(self) -> float:
        return _place(self.grid.west, self.grid.x_size)[1]

    @property
    def _first_row(self) -> int:
        # Rows are counted southwards, from the equator or whatever is zero.
        return _place(-self.grid.north, self.grid.y_size)[0]

    @property
    def _row_share(self) -> float:
        return _place(-self.grid.north, self.grid.y_size)[1]


@dataclass(frozen=True)
class Places:
    """Single places, each of which is looked at itself."""

    longitudes: Degrees  #: In degrees, one-dimensional
    latitudes: Degrees  #: Likewise

    #: As fine as it can be.
    spacing = 0.0

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array of places."""
        return self.longitudes.shape

    def degrees(self) -> tuple[Degrees, Degrees]:
        """Return longitudes and latitudes."""
        return np.round(self.longitudes, _DECIMALS), np.round(self.latitudes, _DECIMALS)

    def between(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return a copy: there is nothing between the places."""
        return values.copy()

    def numbers(self) -> tuple[Positions, Positions]:
        """Return whole numbers that tell the places from each other."""
        east, north = (np.rint(each * 10**_DECIMALS).astype(np.int64) for each in self.degrees())
        return east, north


def first_nodes(grid: Grid, step: int) -> tuple[int, int]:
    """Return the first row and column of nodes that are this number of pixels apart; else 0.

    Args:
        step: The distance of pixels that are looked at.
    """
    if step % STEP:
        return 0, 0
    row, column = _place(-grid.north, grid.y_size)[0], _place(grid.west, grid.x_size)[0]
    return -row % STEP, -column % STEP


@lru_cache(maxsize=256)
def _place(edge: float, size: float) -> tuple[int, float]:
    """Return how many whole pixels an edge is from the origin, and which part of one is left."""
    pixels = round(edge / size, _DIGITS)
    whole = int(np.floor(pixels))
    return whole, round(pixels - whole, _DIGITS)


@lru_cache(maxsize=256)
def _in_degrees(crs: str) -> bool:
    return is_geographic(crs)
