"""Bytes of a GeoTIFF: all of them, or those that are read."""

import math
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.dataclass import dataclass
from mock_backend.engine.core.file_values import Values
from mock_backend.engine.cubes import DataCube
from mock_backend.landscape.sensors import statistics_of
from mock_backend.results.formats.geotiff.file_plan import Plan
from mock_backend.results.formats.geotiff.metadata import Statistics
from mock_backend.results.formats.geotiff.pixels import Computed, HeldPixels, PixelValues, precomputed
from mock_backend.results.formats.geotiff.tile_places import Level, on_file
from mock_backend.results.formats.rasters import layers_of
from mock_backend.results.formats.text_values import are_no_data

# What was read last is often read on.
_BLOCKS_KEPT = 4
_LEVEL = 6
# The number of values, about, that are read for the statistics of a file that is computed where it is read.
_READ = 1 << 20


@dataclass(frozen=True)
class TiffBlocks:
    """The blocks of a GeoTIFF.

    Pixels of overviews are the nearest of the pixels they stand for, or the average of four that are
    spread over them: whoever reads an overview of a large image does not have to wait for all of it.
    """

    plan: Plan
    pixels: PixelValues
    nodata: float | None
    averaged: Sequence[bool]  #: True for each band whose overviews have averages

    def block(self, level: Level, number: int) -> bytes:
        """Return the bytes of a block, counted in the order that blocks are written."""
        place, band = divmod(number, level.bands)
        down, across = divmod(place, level.across)
        rows = np.arange(down * level.block_rows, min((down + 1) * level.block_rows, level.rows))
        columns = np.arange(
            across * level.block_columns, min((across + 1) * level.block_columns, level.columns)
        )
        values = self._values(level, band, rows, columns)
        shape = level.block_rows, level.block_columns
        if values.shape != shape:
            whole = np.full(shape, 0 if self.nodata is None else self.nodata, values.dtype)
            whole[: values.shape[0], : values.shape[1]] = values
            values = whole
        return values.astype(self.plan.dtype, copy=False).tobytes()

    def statistics(self) -> list[Statistics]:
        """Return the statistics of each band, of a sample if reading all would take too long."""
        if not self.plan.is_measured:
            return []
        share = 1.0 if self.plan.is_held else max(self.pixels.input_count / _READ, 1)
        step = 1 << math.ceil(math.log2(share) / 2)
        rows, columns = (
            np.arange(min(first, count - 1), count, step)
            for first, count in zip(
                self.pixels.nearest(step), (self.plan.grid.rows, self.plan.grid.columns), strict=True
            )
        )
        return [
            statistics_of(self.pixels.take(band, rows, columns), self.nodata)
            for band in range(self.plan.bands)
        ]

    def _values(
        self, level: Level, band: int, rows: NDArray[np.int64], columns: NDArray[np.int64]
    ) -> NDArray[Any]:
        factor, grid = level.factor, self.plan.grid
        if factor == 1:
            return self.pixels.take(band, rows, columns)

        def at(y: int, x: int) -> NDArray[Any]:
            down, across = rows * factor + y, columns * factor + x
            return self.pixels.take(
                band, np.minimum(down, grid.rows - 1), np.minimum(across, grid.columns - 1)
            )

        top, left = self.pixels.nearest(factor)
        if not self.averaged[band]:
            return at(top, left)
        half = factor // 2
        top, left = top % half, left % half
        return _average([at(y, x) for y in (top, top + half) for x in (left, left + half)], self.nodata)


def whole_file(plan: Plan, cube: DataCube, *, averaged: bool, level: int) -> bytes:
    """Return all bytes of the GeoTIFF of a data cube.

    Args:
        averaged: True if overviews have averages.
        level: The compression level of blocks, if they are compressed.
    """
    pixels = precomputed(Values(cube))
    return _written(
        plan, TiffBlocks(plan, pixels, cube.nodata, _averaged(cube, averaged=averaged)), _when(cube), level
    )


def whole_of_array(plan: Plan, bands: NDArray[Any], nodata: float | None, when: str | None = None) -> bytes:
    """Return all bytes of a GeoTIFF of given values.

    Args:
        bands: Bands by rows by columns, of the plan's data type.
    """
    return _written(plan, TiffBlocks(plan, HeldPixels(bands), nodata, [False] * plan.bands), when, _LEVEL)


def _written(plan: Plan, blocks: TiffBlocks, when: str | None, level: int) -> bytes:
    written = {
        index: [blocks.block(each, number) for number in range(each.blocks)]
        for index, each in on_file(plan.levels)
    }
    if plan.deflated:
        written = {index: [zlib.compress(each, level) for each in parts] for index, parts in written.items()}
    sizes = {index: list(map(len, parts)) for index, parts in written.items()}
    header = plan.header(when, blocks.statistics(), sizes)
    return b"".join([header, *(part for parts in written.values() for part in parts)])


class GeoTiffContent:
    """A GeoTIFF without compression whose blocks are computed when they are read."""

    def __init__(self, plan: Plan, cube: DataCube, *, averaged: bool) -> None:
        self._plan = plan
        pixels = Computed(Values(cube))
        self._blocks = TiffBlocks(plan, pixels, cube.nodata, _averaged(cube, averaged=averaged))
        self._when = _when(cube)
        self._header: bytes | None = None
        self._block = lru_cache(maxsize=_BLOCKS_KEPT)(self._made)
        #: Size in bytes.
        self.size = plan.size

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes from ``start`` up to, not including, ``stop``, a block at a time."""
        plan = self._plan
        if start < min(plan.beginning, stop):
            if self._header is None:
                self._header = plan.header(self._when, self._blocks.statistics())
            yield self._header[start:stop]
        for index, level in on_file(plan.levels):
            first, size = plan.starts[index], level.block_pixels * plan.item_size
            begin, until = max(start, first), min(stop, first + level.blocks * size)
            while begin < until:
                number, inside = divmod(begin - first, size)
                part = self._block(index, number)[inside : inside + until - begin]
                yield part
                begin += len(part)

    def _made(self, index: int, number: int) -> bytes:
        return self._blocks.block(self._plan.levels[index], number)


def _averaged(cube: DataCube, *, averaged: bool) -> list[bool]:
    # Of classes there is no average.
    return [averaged and not layer.band.classes for layer in layers_of(cube)]


def _when(cube: DataCube) -> str | None:
    return cube.times[0] if len(cube.times) == 1 else None


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
