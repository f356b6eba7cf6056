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


class _Axis:
    """Some of the pixels of one axis, and the nodes that they are between.

    Both are counted from the origin: so those of different grids have the same coordinates.
    """

    def __init__(self, positions: Positions, edge: float, size: float) -> None:
        first, share = _place(edge, size)
        self.pixels = positions + first
        self._middle, self._size = 0.5 + share, size

    def coordinates(self, pixels: Positions) -> Degrees:
        return (pixels.astype(np.float64) + self._middle) * self._size

    @cached_property
    def share(self) -> Floats:
        """The distance of each pixel from the node before it to the next, in nodes."""
        return (self.pixels % STEP).astype(np.float32) / np.float32(STEP)

    @cached_property
    def nodes(self) -> tuple[Positions, Positions, Positions]:
        """The numbers of the nodes; their places before each pixel, or on it; and those after each."""
        first = self.pixels // STEP
        # A pixel on a node needs no second one: overviews look at such pixels only.
        last = np.where(self.share > 0, first + 1, first)
        nodes, places = np.unique(np.concatenate([first, last]), return_inverse=True)
        below, above = np.split(places, 2)
        return nodes, below, above

    @cached_property
    def runs(self) -> list[tuple[slice, int, int]]:
        """The pixels that follow the same node, this node, and the one after them."""
        _, below, above = self.nodes
        if not len(below):
            return []
        edges = [0, *(np.flatnonzero(np.diff(below)) + 1).tolist(), len(below)]
        return [
            (slice(first, last), int(below[first]), int(above[first:last].max()))
            for first, last in pairwise(edges)
        ]


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
        return STEP * (size if is_geographic(self.grid.crs) else size / _METRES_PER_DEGREE)

    @property
    def count(self) -> int:
        """Number of nodes."""
        return len(self._across.nodes[0]) * len(self._along.nodes[0])

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and columns of pixels."""
        return len(self.rows), len(self.columns)

    def numbers(self) -> tuple[Positions, Positions]:
        """Return the numbers of the pixels' rows and columns, counted from the origin; they broadcast."""
        return self._along.pixels[:, None], self._across.pixels[None, :]

    @property
    def xs(self) -> Degrees:
        """The coordinates of the columns."""
        return self._across.coordinates(self._across.pixels)

    @property
    def ys(self) -> Degrees:
        """The coordinates of the rows."""
        return -self._along.coordinates(self._along.pixels)

    def degrees(self) -> tuple[Degrees, Degrees]:
        """Return longitudes and latitudes of the nodes, rows by columns."""
        xs, ys = (each.coordinates(each.nodes[0] * STEP) for each in (self._across, self._along))
        longitudes, latitudes = (np.ascontiguousarray(each) for each in np.meshgrid(xs, -ys))
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
        _, below_each, above_each = across.nodes
        rows = values.take(above_each, axis=1)
        start = values.take(below_each, axis=1)
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

    @cached_property
    def _across(self) -> _Axis:
        return _Axis(self.columns, self.grid.west, self.grid.x_size)

    @cached_property
    def _along(self) -> _Axis:
        # Rows are counted southwards, from the equator or whatever is zero.
        return _Axis(self.rows, -self.grid.north, self.grid.y_size)


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
    """Return the first row and column of nodes that are this number of pixels apart; else 0."""
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
