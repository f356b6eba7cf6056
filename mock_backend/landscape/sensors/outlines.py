"""Outlines of geometries on a grid, and the pixels within them.

A pixel is within a polygon if a line from its centre to the west crosses the outline an odd number of times,
as GDAL has it. So polygons need not be valid, and however often they cross themselves, costs are linear.
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.cache import Kept
from mock_backend.catalog.stac.scanning import TooManyCrossings, counted, joined, runs_within
from mock_backend.dataclass import dataclass
from mock_backend.errors import ProcessGraphComplexity
from mock_backend.landscape.sensors.lattice import Lattice, Positions

Edges = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: The number of pixels that are given at once.
_AT_ONCE = 1 << 19
#: Arrays that were made lately of outlines: most files of a result need the same ones.
_KEPT: Kept[NDArray[Any]] = Kept(32 << 20, lambda made: made.nbytes)


@dataclass(frozen=True, eq=False)
class Outlines:
    """Edges around geometries in the coordinate system of a grid.

    A geometry has parts, which may overlap; the edges of each are closed.
    """

    edges: Edges  #: Each from x and y to x and y
    parts: Positions  #: The number of the part that each edge is of, ascending
    owners: Positions  #: The number of the geometry that each part is of, ascending
    count: int  #: The number of geometries

    def of(self, geometries: Positions) -> "Outlines":
        """Return the outlines of some geometries, given by ascending numbers, which are numbered anew."""
        owners, parts = _chosen(self.owners, geometries)
        numbers, edges = _chosen(self.parts, parts)
        return Outlines(self.edges[edges], numbers, owners, len(geometries))

    @cached_property
    def bounds(self) -> Edges:
        """West, south, east and north of each geometry; infinite for those that are nowhere."""
        found = np.full((self.count, 4), np.inf)
        owners, starts = np.unique(self.owners[self.parts], return_index=True)
        if len(owners):
            low = np.minimum.reduceat(np.minimum(self.edges[:, :2], self.edges[:, 2:]), starts)
            high = np.maximum.reduceat(np.maximum(self.edges[:, :2], self.edges[:, 2:]), starts)
            found[owners] = np.hstack([low, high])
        return found

    def mask(self, lattice: Lattice) -> Mask:
        """Return which pixels have their centres within one of the geometries, rows by columns."""
        return self._kept("mask", lattice, self._mask)

    def latest(self, lattice: Lattice) -> NDArray[np.int32]:
        """Return the number of the last geometry that each pixel is within, rows by columns; else -1."""
        return self._kept("latest", lattice, self._latest)

    def _kept(self, what: str, lattice: Lattice, make: Callable[[Lattice], NDArray[Any]]) -> NDArray[Any]:
        places = lattice.rows.tobytes(), lattice.columns.tobytes()
        return _KEPT.get((what, self._key, lattice.grid, *places), lambda: make(lattice))

    @cached_property
    def _key(self) -> bytes:
        digest = blake2b(digest_size=16)
        for each in (self.edges, self.parts, self.owners):
            digest.update(np.ascontiguousarray(each).data)
            digest.update(b"/")
        return digest.digest()

    def _mask(self, lattice: Lattice) -> Mask:
        rows, columns = lattice.shape
        _, row, first, after = self.runs(lattice)
        begun, ended = (
            np.bincount(row * (columns + 1) + each, minlength=rows * (columns + 1)) for each in (first, after)
        )
        found: Mask = np.cumsum((begun - ended).reshape(rows, columns + 1), axis=1)[:, :columns] > 0
        return found

    def _latest(self, lattice: Lattice) -> NDArray[np.int32]:
        found = np.full(lattice.shape, -1, np.int32)
        for owners, rows, columns in self.pixels(lattice):
            found[rows, columns] = owners
        return found

    def runs(self, lattice: Lattice) -> NDArray[np.intp]:
        """Return the runs of pixels that have their centres within geometries.

        Returns:
            Four rows: the geometry of each run, its row, its first column, and the one after its last; in
            the order of geometries, rows and columns.

        Raises:
            ProcessGraphComplexity: If outlines cross rows too often.
        """
        # Rows are counted from north to south.
        flipped = self.edges * np.array([1.0, -1.0, 1.0, -1.0])
        try:
            parts, rows, first, after = runs_within(flipped, self.parts, lattice.xs, -lattice.ys)
        except TooManyCrossings as error:
            raise ProcessGraphComplexity(
                f"The process is too complex: of its geometries, {error}. Simplify them, "
                "or choose a smaller area."
            ) from None
        # One more column, so that the end of a row is not the begin of the next. Parts may overlap.
        height, width = lattice.shape[0], lattice.shape[1] + 1
        before = (self.owners[parts] * height + rows) * width
        starts, stops = joined(before + first, before + after)
        owners, rows = np.divmod(starts // width, max(height, 1))
        return np.stack([owners, rows, starts % width, stops % width])

    def pixels(self, lattice: Lattice) -> Iterator[NDArray[np.intp]]:
        """Yield the pixels that have their centres within geometries, some at a time.

        Yields:
            Three rows: the geometry of each, its row and its column; in their order.
        """
        found = self.runs(lattice)
        numbers = np.cumsum(found[3] - found[2]) // _AT_ONCE
        for owners, rows, first, after in np.split(found, np.flatnonzero(np.diff(numbers)) + 1, axis=1):
            run, at = counted(after - first)
            yield np.stack([owners[run], rows[run], first[run] + at])


def _chosen(owners: Positions, chosen: Positions) -> tuple[Positions, Positions]:
    """Return what some owners own, given by the owner of each thing: owners counted anew, and things."""
    first = np.searchsorted(owners, chosen)
    number, at = counted(np.searchsorted(owners, chosen, side="right") - first)
    return number, first[number] + at
