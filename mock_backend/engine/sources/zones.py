"""Values within geometries."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from math import isqrt, prod
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mock_backend.cache import Kept
from mock_backend.dataclass import dataclass
from mock_backend.engine.core.values import Callback, Reals, Stack
from mock_backend.engine.core.window import PixelIndex, Positions, Values, Window, WindowReader, span
from mock_backend.engine.cubes import Grid
from mock_backend.engine.sources.merging import hiding
from mock_backend.engine.sources.source import ONCE, Derived, Need, Source, reals, spread
from mock_backend.landscape.sensors.lattice import Lattice
from mock_backend.landscape.sensors.outlines import Outlines
from mock_backend.landscape.sensors.strokes import outlines_of

#: The largest number of pixels that are read at once, ...
_MANY = 1 << 20
#: ... or that of values at hand while they are, ...
_AT_ONCE = 1 << 24
#: ... but not fewer pixels than these.
_FEW = 1 << 16
#: The number of grids that geometries are kept for.
_GRIDS = 2
#: Reading a window takes as long as this number of its pixels, besides them.
_WINDOW = 4096
#: The width and height of blocks of pixels, each of which takes about as long.
_BLOCK = 64
#: To find a pixel in a geometry takes as long as computing this number of values, and a geometry besides.
_INSIDE, _GEOMETRY = 64, 1 << 15

Geometry = Mapping[str, Any]


class Zones:
    """Geometries in degrees, and their outlines on the grids where they were looked at lately."""

    def __init__(self, geometries: tuple[Geometry | None, ...]) -> None:
        self._geometries = geometries
        self._made: Kept[Outlines] = Kept(_GRIDS)

    def __reduce__(self) -> tuple[type[Self], tuple[tuple[Geometry | None, ...]]]:
        return type(self), (self._geometries,)

    def on(self, grid: Grid) -> Outlines:
        """Return their outlines on a grid."""
        return self._made.get(grid, lambda: outlines_of(self._geometries, grid))

    def mask(self, pixels: PixelIndex) -> NDArray[np.bool_]:
        """Return which pixels have their centres within one of the geometries, rows by columns."""
        return self.on(pixels.grid).mask(_lattice(pixels))

    def latest(self, pixels: PixelIndex) -> NDArray[np.int32]:
        """Return the number of the last geometry that each pixel is within, rows by columns; else -1."""
        return self.on(pixels.grid).latest(_lattice(pixels))


@dataclass(frozen=True, eq=False)
class Inside(Derived):
    """Values of pixels with their centres within a geometry."""

    geometry: Geometry  #: The geometry in degrees
    is_kept: bool = True  #: True if the pixels within it keep their values, False if those outside of it do
    replacement: float = np.nan  #: The value of the others; NaN for none
    fills_gaps: bool = True  #: True if it is also the value of those without data

    @cached_property
    def _zones(self) -> Zones:
        return Zones((self.geometry,))

    def read(self, window: Window, reader: WindowReader) -> Values:
        values = reader.read(self.source, window)
        hidden = self._zones.mask(window.raster)
        if self.is_kept:
            hidden = ~hidden
        hidden = np.broadcast_to(hidden, values.shape)
        return hiding(values, hidden if self.fills_gaps else hidden & ~np.isnan(values), self.replacement)


@dataclass(frozen=True, eq=False)
class Patched(Source):
    """Values within geometries, each of which has its own; there are none elsewhere."""

    #: Geometries in degrees, and what gives the values of the pixels within; the last one counts
    parts: tuple[tuple[Geometry, Source], ...]

    @cached_property
    def _zones(self) -> Zones:
        return Zones(tuple(geometry for geometry, _ in self.parts))

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        return tuple((source, sizes, 1) for _, source in self.parts)

    def read(self, window: Window, reader: WindowReader) -> Values:
        found = np.full(window.shape, np.nan)
        pixels = window.raster
        owners = self._zones.latest(pixels)
        rows, columns = np.nonzero(owners >= 0)
        order = np.argsort(owners[rows, columns], kind="stable")
        numbers, starts = np.unique(owners[rows, columns][order], return_index=True)
        for number, own in zip(numbers.tolist(), np.split(order, starts)[1:], strict=True):
            # Only around it, and in blocks, so that what is read for its neighbours is the same.
            down, across = (_blocks(each[own]) for each in (rows, columns))
            around = PixelIndex(pixels.grid, pixels.rows[down], pixels.columns[across])
            values = reader.read(self.parts[number][1], window.of_pixels(around))
            np.copyto(found[..., down, across], values, where=owners[down, across] == number)
        return found


@dataclass(frozen=True, eq=False)
class Burnt(Derived):
    """Values of geometries at the pixels within them; there are none elsewhere."""

    #: The geometries in degrees, of which the last one counts; None for those that are nowhere
    geometries: tuple[Geometry | None, ...]
    axis: int  #: The axis of the geometries

    @cached_property
    def _zones(self) -> Zones:
        return Zones(self.geometries)

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        return ((self.source, (*sizes[: self.axis], len(self.geometries), *sizes[self.axis :]), ONCE),)

    def read(self, window: Window, reader: WindowReader) -> Values:
        whole = window.of_pixels(None).with_axis(self.axis, span(len(self.geometries)))
        values = np.moveaxis(reader.read(self.source, whole), self.axis, 0)
        found = np.full(window.shape, np.nan)
        owners = self._zones.latest(window.raster)
        there = owners >= 0
        found[..., there] = np.moveaxis(values[owners[there]], 0, -1)
        return found


@dataclass(frozen=True, eq=False)
class Zonal(Derived):
    """One value for each geometry, made of those of the pixels within it."""

    grid: Grid
    geometries: tuple[Geometry | None, ...]  #: The geometries in degrees; None for those that are nowhere
    callback: Callback  #: The child process that makes one value of many
    axis: int  #: The axis of the geometries
    share: float = 1.0  #: The number of pixels in all geometries, about, as a share of those of the grid

    @cached_property
    def _zones(self) -> Zones:
        return Zones(self.geometries)

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        left = (*sizes[: self.axis], *sizes[self.axis + 1 :])
        return ((self.source, left, self.grid.pixels),)

    def work(self, sizes: tuple[int, ...]) -> int:
        """Return how many values are computed: those within geometries, and what each geometry takes."""
        within = self.share * self.grid.pixels * prod(sizes) / max(sizes[self.axis], 1)
        return round(within * _INSIDE) + sizes[self.axis] * _GEOMETRY

    def read(self, window: Window, reader: WindowReader) -> Values:
        numbers, places = np.unique(window.others[self.axis], return_inverse=True)
        left = window.without(self.axis)
        found = np.full((len(numbers), *left.shape), np.nan)
        for some, pixels in self._pixels(self._zones.on(self.grid).of(numbers), left, reader):
            found[some] = spread(self.callback(data=Stack(pixels)), pixels.shape[1:])
        return np.moveaxis(found[places.reshape(-1)], 0, self.axis)

    def _pixels(
        self, outlines: Outlines, left: Window, reader: WindowReader
    ) -> Iterator[tuple[Positions, Reals]]:
        """Yield the values of the pixels within geometries that have equally many.

        Yields:
            Numbers of geometries; and values: pixels by geometries by the shape of the window of a pixel.
        """
        at_once = _at_once(self.source.at_hand(left.shape))
        extents = _extents(outlines.bounds, self.grid)
        for numbers, extent in _neighbours(extents, isqrt(at_once) // 2):
            if len(numbers) == 1 and _sizes(extent) > at_once:
                yield numbers, self._large(outlines.of(numbers), extent, left, reader)
                continue
            values = reals(reader.read(self.source, left.of_pixels(_index(extent, self.grid))))
            # As many pixels of geometries as have been read, or one geometry.
            parts = np.cumsum(_sizes(extents[numbers])) // at_once
            for part in np.unique(parts):
                some = numbers[parts == part]
                for own, (rows, columns) in _within(outlines.of(some), _index(extent, self.grid)):
                    yield some[own], np.moveaxis(values[..., rows, columns], (-1, -2), (0, 1))

    def _large(self, outlines: Outlines, extent: Positions, left: Window, reader: WindowReader) -> Reals:
        parts = [np.empty((0, *left.shape))]
        for pixels in strips(_index(extent, self.grid), self.source.at_hand(left.shape)):
            there = outlines.mask(_lattice(pixels))
            if there.any():
                values = reals(reader.read(self.source, left.of_pixels(pixels)))
                parts.append(np.moveaxis(values[..., there], -1, 0))
        return np.concatenate(parts)[:, None]


@dataclass(frozen=True, eq=False)
class Overall(Derived):
    """One value made of those of all pixels."""

    grid: Grid
    callback: Callback  #: The child process that makes one value of many

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        return ((self.source, sizes, self.grid.pixels),)

    def read(self, window: Window, reader: WindowReader) -> Values:
        every = PixelIndex(self.grid, span(self.grid.rows), span(self.grid.columns))
        parts = [
            np.moveaxis(
                reals(reader.read(self.source, window.of_pixels(pixels))).reshape(*window.shape, -1), -1, 0
            )
            for pixels in strips(every, self.source.at_hand(window.shape))
        ]
        return spread(self.callback(data=Stack(np.concatenate(parts))), window.shape)


def strips(pixels: PixelIndex, depth: int) -> Iterator[PixelIndex]:
    """Yield pixels some rows at a time: fewer, the more values are at hand for each while they are read."""
    height = max(_at_once(depth) // max(len(pixels.columns), 1), 1)
    for first in range(0, len(pixels.rows), height):
        yield PixelIndex(pixels.grid, pixels.rows[first : first + height], pixels.columns)


def _at_once(depth: int) -> int:
    return min(_MANY, max(_AT_ONCE // max(depth, 1), _FEW))


def _blocks(positions: Positions) -> slice:
    """Return the blocks that positions are in."""
    return slice(positions.min() // _BLOCK * _BLOCK, (positions.max() // _BLOCK + 1) * _BLOCK)


def _lattice(pixels: PixelIndex) -> Lattice:
    return Lattice(pixels.grid, pixels.rows, pixels.columns)


def _extents(bounds: NDArray[np.float64], grid: Grid) -> NDArray[np.intp]:
    """Return the first row and the one after the last of pixels within bounds, and their columns likewise."""
    west, south, east, north = bounds.T
    rows = np.stack(
        [np.floor((grid.north - north) / grid.y_size), np.ceil((grid.north - south) / grid.y_size)]
    )
    columns = np.stack(
        [np.floor((west - grid.west) / grid.x_size), np.ceil((east - grid.west) / grid.x_size)]
    )
    limits = grid.rows, grid.columns
    clipped = [each.clip(0, most) for each, most in zip((rows, columns), limits, strict=True)]
    return np.concatenate(clipped).T.astype(np.intp)


def _sizes(extents: Positions) -> Positions:
    """Return how many pixels there are in extents, or in one."""
    top, bottom, left, right = extents.T
    found: Positions = (bottom - top).clip(0) * (right - left).clip(0)
    return found


def _index(extent: Positions, grid: Grid) -> PixelIndex:
    top, bottom, left, right = extent
    return PixelIndex(grid, np.arange(top, bottom), np.arange(left, right))


def _neighbours(extents: NDArray[np.intp], size: int) -> Iterator[tuple[Positions, Positions]]:
    """Yield the places of small areas that are near one another, and the pixels around all of them.

    Pixels around each that are fewer are read for each alone, as are those of large areas. Small, and near,
    are those of at most ``size`` rows and columns.
    """
    is_small = (extents[:, 1] - extents[:, 0] <= size) & (extents[:, 3] - extents[:, 2] <= size)
    blocks = extents[:, [0, 2]] // size
    blocks[~is_small] = -1 - np.arange(len(extents))[~is_small, None]
    _, block_of = np.unique(blocks, axis=0, return_inverse=True)
    order = np.argsort(block_of.reshape(-1), kind="stable")
    sizes = _sizes(extents)
    for places in np.split(order, np.flatnonzero(np.diff(block_of.reshape(-1)[order])) + 1):
        if not len(places):
            continue
        low, high = extents[places].min(axis=0), extents[places].max(axis=0)
        around = np.array([low[0], high[1], low[2], high[3]])
        if _sizes(around) <= (sizes[places] + _WINDOW).sum():
            yield places, around
        else:
            yield from ((places[at : at + 1], extents[each]) for at, each in enumerate(places))


def _within(
    outlines: Outlines, pixels: PixelIndex
) -> Iterator[tuple[Positions, tuple[Positions, Positions]]]:
    """Yield the geometries that have equally many pixels within them, and these pixels' places."""
    found = np.concatenate([np.empty((3, 0), np.intp), *outlines.pixels(_lattice(pixels))], axis=1)
    counts = np.bincount(found[0], minlength=outlines.count)
    starts = np.cumsum(counts) - counts
    for count in np.unique(counts):
        own = np.flatnonzero(counts == count)
        chosen = starts[own][:, None] + np.arange(count)
        yield own, (found[1][chosen], found[2][chosen])
