"""The values of a data cube as files have them."""

from collections.abc import Iterable, Mapping
from functools import partial
from math import isqrt, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.engine.core.window import PixelIndex, Positions, Window, WindowReader, positions_of, span
from mock_backend.engine.core.window import Values as Floats
from mock_backend.engine.core.workers import current_workers
from mock_backend.engine.cubes import DataCube
from mock_backend.engine.given_data.data import as_floats
from mock_backend.engine.sources.memory import Remembered
from mock_backend.engine.sources.source import Source
from mock_backend.errors import ProcessGraphComplexity
from mock_backend.landscape.sensors.lattice import first_nodes

#: Maximum number of values computed at once.
MAX_VALUES = 2**26
#: The largest number of values at hand while a window is read.
_AT_ONCE = 2**23
#: Windows of fewer rows are squares, ...
_ROWS = 64
#: The least number of rows of these.
_FEWEST = 8


class Values:
    """The values of a data cube, computed where they are looked at.

    It is for one thread. Where labels are given, these are their positions by the names of the other
    dimensions than the grid's; rows and columns are ascending positions.
    """

    def __init__(self, cube: DataCube) -> None:
        if not isinstance(cube.source, Source):
            raise TypeError(f"the data cube has no values but {cube.source!r}")
        self.cube = cube
        self.data_type = np.dtype(cube.data_type)
        self._source = cube.source
        self._reader = WindowReader()
        self._workers = current_workers()
        self._others = cube.others

    def array(self, labels: Mapping[str, Positions] | None = None) -> NDArray[Any]:
        """Return all values: an array of the cube's shape and data type.

        All of a remembered source are kept for whoever reads them next, if there is room.

        Args:
            labels: Those of some dimensions; of others all are read.

        Raises:
            ProcessGraphComplexity: If they are more than ``MAX_VALUES``.
        """
        grid, given = self.cube.grid, labels or {}
        chosen = {each.name: given.get(each.name, span(self.cube.sizes[each.name])) for each in self._others}
        count = prod(map(len, chosen.values())) * (1 if grid is None else grid.pixels)
        if count > MAX_VALUES:
            raise ProcessGraphComplexity(
                f"A data cube of {count:,} values is too large to be held as a whole, which may "
                f"have {MAX_VALUES:,} of them here; a smaller extent, fewer dates or bands, or a coarser "
                "resolution makes it smaller."
            )
        if grid is None:
            window = Window(tuple(chosen.values()))
            found = self._encoded(self._reader.read(self._source, window))
        else:
            found = self.block(chosen, span(grid.rows), span(grid.columns))
        if not labels and isinstance(self._source, Remembered):
            self._source.remember(count, lambda: decoded(found, self.cube.nodata))
        # From others, rows, columns to the order of the data cube.
        names = [each.name for each in self._others]
        names += [] if grid is None else [self.cube.axis("y").name, self.cube.axis("x").name]
        return found.transpose([names.index(each.name) for each in self.cube.dimensions])

    def window(self, labels: Mapping[str, int], rows: slice, columns: slice) -> NDArray[Any]:
        """Return the values of some pixels, rows by columns, for one label of each other dimension."""
        if self.cube.grid is None:
            raise ValueError("Only data cubes with a grid have windows.")
        return self.sampled(
            labels,
            np.arange(*rows.indices(self.cube.grid.rows)),
            np.arange(*columns.indices(self.cube.grid.columns)),
        )

    def sampled(self, labels: Mapping[str, int], rows: Positions, columns: Positions) -> NDArray[Any]:
        """Return the values of the pixels where some rows and columns meet.

        Args:
            labels: One of each dimension; the first if missing.
        """
        found = {each.name: positions_of([labels.get(each.name, 0)]) for each in self._others}
        return self.block(found, rows, columns).reshape(len(rows), len(columns))

    def block(self, labels: Mapping[str, Positions], rows: Positions, columns: Positions) -> NDArray[Any]:
        """Return the values where some labels, rows and columns meet, with the dimensions in this order."""
        grid = self.cube.grid
        assert grid is not None  # as those who call have looked
        others = tuple(labels[each.name] for each in self._others)
        found = np.empty((*map(len, others), len(rows), len(columns)), self.data_type)
        at_once = _AT_ONCE // max(self._source.at_hand(tuple(map(len, others))), 1)
        height, width = at_once // max(len(columns), 1), max(len(columns), 1)
        if height < _ROWS:
            # Of squares there are fewer pixels around, which some sources read, too.
            height = width = max(isqrt(at_once), _FEWEST)
        if self._workers.count > 1:
            # As many windows as there are workers, at least.
            height = max(min(height, -(-len(rows) // self._workers.count)), 1)
        parts = [
            (..., slice(top, top + height), slice(left, left + width))
            for top in range(0, len(rows), height)
            for left in range(0, len(columns), width)
        ]
        windows = (Window(others, PixelIndex(grid, rows[part[1]], columns[part[2]])) for part in parts)
        if self._workers.count == 1 or len(parts) == 1:
            read: Iterable[Floats] = map(partial(self._reader.read, self._source), windows)
        else:
            read = self._workers.map(partial(_read, self._source), windows)
        for part, values in zip(parts, read, strict=True):
            found[part] = self._encoded(values)
        return found

    def cheapest(self, step: int) -> tuple[int, int]:
        """Return the first row and column of regular ones that are computed with the least effort.

        Args:
            step: The distance of rows and of columns; both returned are smaller.
        """
        return (0, 0) if self.cube.grid is None else first_nodes(self.cube.grid, step)

    def _encoded(self, values: Floats) -> NDArray[Any]:
        return in_data_type(values, self.data_type, self.cube.nodata)


def _read(source: Source, window: Window) -> Floats:
    """Return the values of a window, read by a worker."""
    return WindowReader().read(source, window)


def in_data_type(values: Floats, data_type: np.dtype[Any], nodata: float | None) -> NDArray[Any]:
    """Return values in the data type of a file.

    Args:
        values: The values, NaN where there are none.
        nodata: The value that says that there is none; if there is no such value it is 0.
    """
    with np.errstate(all="ignore"):
        if data_type.kind == "f":
            return values.astype(data_type)
        limits = np.iinfo(data_type)
        # All integers of 16 bits are exact in float32, too.
        exact = values.dtype == np.float32 and data_type.itemsize <= 2
        found = np.asarray(np.rint(values if exact else values.astype(np.float64)))
        np.clip(found, limits.min, limits.max, out=found)
        missing = np.isnan(found)
        if missing.any():
            found[missing] = 0 if nodata is None else nodata
        return found.astype(data_type)


def decoded(values: NDArray[Any], nodata: float | None) -> Floats:
    """Return values in the data type of a file as floating points, NaN where there are none."""
    return values if values.dtype.kind == "f" else as_floats(values, nodata)
