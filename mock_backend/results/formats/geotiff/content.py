"""Bytes of a GeoTIFF: all of them, or those that are read."""

import math
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.engine.core.file_values import Values
from mock_backend.engine.core.window import span
from mock_backend.engine.cubes import DataCube, is_horizontal
from mock_backend.landscape.sensors import statistics_of
from mock_backend.results.formats.geotiff.file_plan import Plan
from mock_backend.results.formats.geotiff.tags import Statistics
from mock_backend.results.formats.geotiff.tile_places import Level, on_file
from mock_backend.results.formats.labels import are_no_data
from mock_backend.results.formats.layout import is_cheaper_together
from mock_backend.results.formats.rasters import layers_of

# What was read last is often read on.
_BLOCKS_KEPT = 4
# The number of values, about, that are read for the statistics of a file that is computed where it is read.
_READ = 1 << 20

Positions = NDArray[np.int64]

#: The largest number of values of all bands that are computed together.
_MOST_TOGETHER = 1 << 24


class HeldPixels:
    """All values, in memory.

    Args:
        bands: Bands by rows by columns.
        nearest: Returns the row and column that stand for a block of a size in an overview.
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


class GeoTiffContent:
    """A GeoTIFF: its blocks are computed when they are read, unless there are pixels.

    Pixels of overviews are the nearest of the pixels they stand for, or the average of four that are
    spread over them: whoever reads an overview of a large image does not have to wait for all of it.
    """

    def __init__(self, plan: Plan, cube: DataCube, pixels: HeldPixels | None = None) -> None:
        self._plan, self._nodata = plan, cube.nodata
        self._pixels = Computed(Values(cube)) if pixels is None else pixels
        # True for each band whose overviews have averages: of classes there is none.
        self._averaged = [plan.averaged and not layer.band.classes for layer in layers_of(cube)]
        self._when = cube.times[0] if len(cube.times) == 1 else None
        self._header: bytes | None = None
        self._latest = lru_cache(maxsize=_BLOCKS_KEPT)(self._block)
        #: Size in bytes, if it is not compressed.
        self.size = plan.size

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes from ``start`` up to, not including, ``stop``, a block at a time."""
        plan = self._plan
        if start < min(plan.beginning, stop):
            if self._header is None:
                self._header = plan.header(self._when, self._statistics())
            yield self._header[start:stop]
        for index, level in on_file(plan.levels):
            first, size = plan.starts[index], level.block_pixels * plan.dtype.itemsize
            begin, until = max(start, first), min(stop, first + level.blocks * size)
            while begin < until:
                number, inside = divmod(begin - first, size)
                part = self._latest(index, number)[inside : inside + until - begin]
                yield part
                begin += len(part)

    def whole(self) -> bytes:
        """Return all bytes, compressed if the plan says so."""
        plan = self._plan
        written = {
            index: [self._block(index, number) for number in range(level.blocks)]
            for index, level in on_file(plan.levels)
        }
        if plan.deflated:
            written = {
                index: [zlib.compress(each, plan.zlevel) for each in parts]
                for index, parts in written.items()
            }
        sizes = {index: list(map(len, parts)) for index, parts in written.items()}
        header = plan.header(self._when, self._statistics(), sizes)
        return b"".join([header, *(part for parts in written.values() for part in parts)])

    def _block(self, index: int, number: int) -> bytes:
        """Return the bytes of a block of a level, counted in the order that blocks are written."""
        level = self._plan.levels[index]
        place, band = divmod(number, level.bands)
        down, across = divmod(place, level.across)
        rows = np.arange(down * level.block_rows, min((down + 1) * level.block_rows, level.rows))
        columns = np.arange(
            across * level.block_columns, min((across + 1) * level.block_columns, level.columns)
        )
        values = self._values(level, band, rows, columns)
        shape = level.block_rows, level.block_columns
        if values.shape != shape:
            whole = np.full(shape, 0 if self._nodata is None else self._nodata, values.dtype)
            whole[: values.shape[0], : values.shape[1]] = values
            values = whole
        return values.astype(self._plan.dtype, copy=False).tobytes()

    def _statistics(self) -> list[Statistics]:
        """Return the statistics of each band, of a sample if reading all would take too long."""
        if not self._plan.is_measured:
            return []
        share = 1.0 if self._plan.is_held else max(self._pixels.input_count / _READ, 1)
        step = 1 << math.ceil(math.log2(share) / 2)
        rows, columns = (
            np.arange(min(first, count - 1), count, step)
            for first, count in zip(
                self._pixels.nearest(step), (self._plan.grid.rows, self._plan.grid.columns), strict=True
            )
        )
        return [
            statistics_of(self._pixels.take(band, rows, columns), self._nodata)
            for band in range(self._plan.bands)
        ]

    def _values(
        self, level: Level, band: int, rows: NDArray[np.int64], columns: NDArray[np.int64]
    ) -> NDArray[Any]:
        factor, grid = level.factor, self._plan.grid
        if factor == 1:
            return self._pixels.take(band, rows, columns)

        def at(y: int, x: int) -> NDArray[Any]:
            down, across = rows * factor + y, columns * factor + x
            return self._pixels.take(
                band, np.minimum(down, grid.rows - 1), np.minimum(across, grid.columns - 1)
            )

        top, left = self._pixels.nearest(factor)
        if not self._averaged[band]:
            return at(top, left)
        half = factor // 2
        top, left = top % half, left % half
        return _average([at(y, x) for y in (top, top + half) for x in (left, left + half)], self._nodata)


def whole_file(plan: Plan, cube: DataCube, bands: NDArray[Any] | None = None) -> bytes:
    """Return all bytes of the GeoTIFF of a data cube.

    Args:
        bands: Its values, bands by rows by columns, of the plan's data type; computed by default.
    """
    if bands is not None:
        return GeoTiffContent(plan, cube, HeldPixels(bands)).whole()
    values = Values(cube)
    axes = {each.axis: place for place, each in enumerate(cube.dimensions) if is_horizontal(each)}
    array = np.moveaxis(values.array(), (axes["y"], axes["x"]), (-2, -1))
    pixels = HeldPixels(array.reshape(-1, *array.shape[-2:]), values.cheapest)
    return GeoTiffContent(plan, cube, pixels).whole()


def _average(samples: Sequence[NDArray[Any]], nodata: float | None) -> NDArray[Any]:
    """Return the average of values, of those that are any."""
    dtype = samples[0].dtype
    total = np.zeros(samples[0].shape, np.float64)
    count = np.zeros(samples[0].shape, np.float64)
    for sample in samples:
        there = ~are_no_data(sample, nodata)
        total += np.where(there, sample, 0)
        count += there
    found = total / np.maximum(count, 1)
    if dtype.kind in "iu":
        found = np.rint(found)
    return np.where(count > 0, found, 0 if nodata is None else nodata).astype(dtype)
