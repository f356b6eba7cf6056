"""Values within geometries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.engine.core.reader import Values, WindowReader
from mock_backend.engine.core.values import Callback, Reals, Stack
from mock_backend.engine.core.window import PixelIndex, Window, span
from mock_backend.engine.cubes import Grid
from mock_backend.engine.cubes.projection import DEGREES, bounds_in
from mock_backend.engine.sources.merging import hiding
from mock_backend.engine.sources.source import Derived, Need, Source, reals, spread
from mock_backend.landscape.sensors.lattice import Lattice
from mock_backend.landscape.sensors.mask import Mask

#: The largest number of pixels that are read at once, ...
_MANY = 1 << 20
#: ... or that of values at hand while they are, ...
_AT_ONCE = 1 << 24
#: ... but not fewer pixels than these.
_FEW = 1 << 16

Geometry = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Inside(Derived):
    """Values of pixels with their centres within a geometry.

    Args:
        source: The values.
        geometry: The geometry in degrees.
        is_kept: True if the pixels within it keep their values, False if those outside of it do.
        replacement: The value of the others; NaN for none.
        fills_gaps: True if it is also the value of those without data.
    """

    geometry: Geometry
    is_kept: bool = True
    replacement: float = np.nan
    fills_gaps: bool = True

    def read(self, window: Window, reader: WindowReader) -> Values:
        """Return the values of a window."""
        values = reader.read(self.source, window)
        assert window.pixels is not None  # as what is masked by polygons has pixels
        hidden = inside(self.geometry, window.pixels, reader)
        if self.is_kept:
            hidden = ~hidden
        hidden = np.broadcast_to(hidden, values.shape)
        return hiding(values, hidden if self.fills_gaps else hidden & ~np.isnan(values), self.replacement)


def inside(geometry: Geometry, pixels: PixelIndex, reader: WindowReader) -> NDArray[np.bool_]:
    """Return which pixels have their centres within a geometry, rows by columns."""
    grid = pixels.grid

    def make() -> tuple[Geometry, Mask]:
        # With the geometry, so that nothing else gets its place in memory.
        return geometry, Mask(geometry, grid)

    mask = reader.kept(("mask", id(geometry), grid), make)[1]
    return reader.array(geometry, pixels.key, lambda: mask.within(Lattice(grid, pixels.rows, pixels.columns)))


@dataclass(frozen=True, eq=False)
class Patched(Source):
    """Values within geometries, each of which has its own; there are none elsewhere.

    Args:
        parts: Geometries in degrees, and what gives the values of the pixels within; the last one counts.
    """

    parts: tuple[tuple[Mapping[str, Any], Source], ...]

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        """Return what is read for a window."""
        return tuple((source, sizes, 1) for _, source in self.parts)

    def read(self, window: Window, reader: WindowReader) -> Values:
        """Return the values of a window."""
        found = np.full(window.shape, np.nan)
        for geometry, source in self.parts:
            if window.pixels is not None and (there := inside(geometry, window.pixels, reader)).any():
                np.copyto(found, reader.read(source, window), where=there)
        return found


@dataclass(frozen=True, eq=False)
class Burnt(Derived):
    """Values of geometries at the pixels within them; there are none elsewhere.

    Args:
        source: The values.
        geometries: The geometries in degrees, of which the last one counts; None for those that are nowhere.
        axis: The axis of the geometries.
    """

    geometries: tuple[Geometry | None, ...]
    axis: int

    def read(self, window: Window, reader: WindowReader) -> Values:
        """Return the values of a window."""
        assert window.pixels is not None  # as what is made of geometries has pixels
        whole = window.of_pixels(None).with_axis(self.axis, span(len(self.geometries)))
        values = np.moveaxis(reader.read(self.source, whole), self.axis, 0)
        found = np.full(window.shape, np.nan)
        for geometry, value in zip(self.geometries, values, strict=True):
            if geometry is not None:
                np.copyto(found, value[..., None, None], where=inside(geometry, window.pixels, reader))
        return found


@dataclass(frozen=True, eq=False)
class Zonal(Derived):
    """One value for each geometry, made of those of the pixels within it.

    Args:
        source: The values.
        grid: The pixels.
        geometries: The geometries in degrees; None for those that are nowhere.
        callback: The child process that makes one value of many.
        axis: The axis of the geometries.
    """

    grid: Grid
    geometries: tuple[Geometry | None, ...]
    callback: Callback
    axis: int

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        """Return what is read for a window."""
        left = (*sizes[: self.axis], *sizes[self.axis + 1 :])
        return ((self.source, left, self.grid.pixels),)

    def read(self, window: Window, reader: WindowReader) -> Values:
        """Return the values of a window."""
        found = np.full(window.shape, np.nan)
        left = window.without(self.axis)
        for place, number in enumerate(window.others[self.axis]):
            pixels = self._pixels(self.geometries[number], left, reader)
            result = self.callback(data=Stack(pixels))
            found[(slice(None),) * self.axis + (place,)] = spread(result, left.shape)
        return found

    def _pixels(self, geometry: Geometry | None, left: Window, reader: WindowReader) -> Reals:
        """Return the values of the pixels within a geometry, along the first axis."""
        near = None if geometry is None else _around(geometry, self.grid)
        if geometry is None or near is None:
            return np.empty((0, *left.shape))
        parts = []
        for pixels in strips(near, self.source.at_hand(left.shape)):
            there = inside(geometry, pixels, reader)
            if there.any():
                values = reals(reader.read(self.source, left.of_pixels(pixels)))
                parts.append(np.moveaxis(values[..., there], -1, 0))
        return np.concatenate(parts) if parts else np.empty((0, *left.shape))


@dataclass(frozen=True, eq=False)
class Overall(Derived):
    """One value made of those of all pixels.

    Args:
        source: The values.
        grid: The pixels.
        callback: The child process that makes one value of many.
    """

    grid: Grid
    callback: Callback

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        """Return what is read for a window."""
        return ((self.source, sizes, self.grid.pixels),)

    def read(self, window: Window, reader: WindowReader) -> Values:
        """Return the values of a window."""
        every = PixelIndex(self.grid, span(self.grid.rows), span(self.grid.columns))
        parts = [
            np.moveaxis(
                reals(reader.read(self.source, window.of_pixels(pixels))).reshape(*window.shape, -1), -1, 0
            )
            for pixels in strips(every, self.source.at_hand(window.shape))
        ]
        return spread(self.callback(data=Stack(np.concatenate(parts))), window.shape)


def strips(pixels: PixelIndex, depth: int) -> Iterator[PixelIndex]:
    """Yield pixels some rows at a time.

    Args:
        pixels: The pixels.
        depth: The number of values at hand for each of them while they are read.
    """
    count = min(_MANY, max(_AT_ONCE // max(depth, 1), _FEW))
    height = max(count // max(len(pixels.columns), 1), 1)
    for first in range(0, len(pixels.rows), height):
        yield PixelIndex(pixels.grid, pixels.rows[first : first + height], pixels.columns)


def _around(geometry: Geometry, grid: Grid) -> PixelIndex | None:
    """Return the pixels around a geometry; None if it is elsewhere."""
    import shapely

    shape = shapely.geometry.shape(geometry)
    if shape.is_empty:
        return None
    west, south, east, north = shape.bounds
    turns = (0.0, -360.0, 360.0) if grid.east > 180 or grid.west < -180 else (0.0,)
    if grid.crs != DEGREES:
        west, south, east, north = bounds_in((west, south, east, north), DEGREES, grid.crs)
        turns = (0.0,)
    for turn in turns:
        # One more on each side: points and lines are as wide as pixels.
        part = grid.clipped(
            (
                west + turn - grid.x_size,
                south - grid.y_size,
                east + turn + grid.x_size,
                north + grid.y_size,
            )
        )
        if part is not None:
            down = round((grid.north - part.north) / grid.y_size)
            right = round((part.west - grid.west) / grid.x_size)
            return PixelIndex(grid, span(part.rows) + down, span(part.columns) + right)
    return None
