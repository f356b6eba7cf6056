"""Values of other pixels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mock_backend.cubes import Grid
from mock_backend.cubes.projection import transformed
from mock_backend.engine.reader import Reader, Values
from mock_backend.engine.sources.source import Derived, reals, spread
from mock_backend.engine.values import Callback, Reals, Stack
from mock_backend.engine.window import Pixels, Positions, Window

#: Positions are rounded to this part of a pixel: what lies between two is always on the same side.
_DIGITS = 6
#: Rows and columns of another system meet at more pixels than are needed: those that are more by this factor
#: are not read at once, unless they are few.
_WASTE, _LITTLE = 4, 1 << 14
#: The place of what cannot be projected.
_NOWHERE = -1e15
#: The number of pixels that one is made of, where all in it count; an estimate.
_BLOCK = 16

#: How much pixels count at some distances from a centre, in pixels.
Weights = Callable[[Any], Any]


class Lattices(Protocol):
    """Pixels all over the Earth whose coordinate system depends on the place."""

    def lattice_for(self, grid: Grid) -> Grid:
        """Return a grid whose pixels lie like those where another grid is."""
        ...


@dataclass(frozen=True, eq=False)
class Resampled(Derived):
    """Values at other pixels.

    Args:
        source: The values.
        lattice: A grid whose pixels lie like those of the values, or what has one for each place.
        method: One of the methods of ``resample_spatial``.
        bounds: Where the values end; None if they do not.
    """

    lattice: Grid | Lattices
    method: str = "near"
    bounds: Grid | None = None

    def layers(self, sizes: tuple[int, ...]) -> int:
        """Return how many values are at hand for each pixel while a window is read."""
        return self.source.layers(sizes) * (_BLOCK if self.method in _BLOCKS else 1)

    def read(self, window: Window, reader: Reader) -> Values:
        """Return the values of a window."""
        assert window.pixels is not None  # as what is resampled has pixels
        if not isinstance(self.lattice, Grid):
            lattices, grid = self.lattice, window.pixels.grid
            # With itself, so that nothing else gets its place in memory.
            own = reader.kept(("lattice", id(self), grid), lambda: (self, lattices.lattice_for(grid)))[1]
            on_it = reader.kept(("on", id(self), own), lambda: (self, replace(self, lattice=own)))[1]
            return reader.read(on_it, window)
        down, right = places_of(window.pixels, self.lattice)
        if self.method in _BLOCKS:
            return self._of_blocks(window, down, right, reader)
        radius, weights = _METHODS.get(self.method, _METHODS["near"])
        if radius == 0:
            return self._taken(window, np.floor(down), np.floor(right), reader)
        total, sum_ = np.zeros(window.shape), np.zeros(window.shape)
        # The centre of a pixel is half a pixel from its edge.
        rows, columns = np.floor(down - 0.5), np.floor(right - 0.5)
        for i in range(1 - radius, radius + 1):
            of_row = weights(np.round(down - 0.5 - rows - i, _DIGITS))
            for j in range(1 - radius, radius + 1):
                weight = of_row * weights(np.round(right - 0.5 - columns - j, _DIGITS))
                value = reals(self._taken(window, rows + i, columns + j, reader))
                there = ~np.isnan(value)
                total += np.where(there, value, 0) * weight
                sum_ += there * weight
        with np.errstate(all="ignore"):
            return np.where(np.abs(sum_) > 1e-9, total / sum_, np.nan)

    def _taken(
        self, window: Window, down: NDArray[np.float64], right: NDArray[np.float64], reader: Reader
    ) -> Values:
        """Return the values of pixels of the lattice, one for each of the window."""
        assert isinstance(self.lattice, Grid)
        rows, columns = down.astype(np.intp), right.astype(np.intp)
        if self.bounds is not None:
            own = Pixels(self.lattice, np.zeros(1, np.intp), np.zeros(1, np.intp)).on(self.bounds)
            top, left = int(own.rows[0]), int(own.columns[0])
            there = (
                (rows + top >= 0)
                & (rows + top < self.bounds.rows)
                & (columns + left >= 0)
                & (columns + left < self.bounds.columns)
            )
        else:
            there = (down > -1e14) & (right > -1e14)
        if not there.any():
            return np.full(window.shape, np.nan, np.float32)
        if rows.shape[1] == 1 and columns.shape[0] == 1:
            # Rows and columns of the one are those of the other.
            kept_rows, kept_columns = there.any(axis=1), there.any(axis=0)
            rows_, row_of = np.unique(rows[kept_rows, 0], return_inverse=True)
            columns_, column_of = np.unique(columns[0, kept_columns], return_inverse=True)
            values = reader.read(self.source, window.of_pixels(Pixels(self.lattice, rows_, columns_)))
            values = values.take(row_of, axis=-2).take(column_of, axis=-1)
            if kept_rows.all() and kept_columns.all():
                return values
            found = np.full(window.shape, np.nan, values.dtype)
            found[..., np.flatnonzero(kept_rows)[:, None], np.flatnonzero(kept_columns)] = values
            return found
        rows, columns = np.broadcast_arrays(rows, columns)
        rows_, row_of = np.unique(rows[there], return_inverse=True)
        columns_, column_of = np.unique(columns[there], return_inverse=True)
        if len(rows_) * len(columns_) > max(_WASTE * there.sum(), _LITTLE):
            return self._in_halves(window, down, right, reader)
        values = reader.read(self.source, window.of_pixels(Pixels(self.lattice, rows_, columns_)))
        found = np.full(window.shape, np.nan, values.dtype)
        found[..., there] = values[..., row_of, column_of]
        return found

    def _in_halves(
        self, window: Window, down: NDArray[np.float64], right: NDArray[np.float64], reader: Reader
    ) -> Values:
        """Return the same as ``_taken``, read in two parts: fewer rows and columns meet in each of them."""
        assert window.pixels is not None
        rows, columns = window.pixels.rows, window.pixels.columns
        axis = 0 if len(rows) >= len(columns) else 1
        parts = []
        for each in np.array_split(np.arange(window.shape[axis - 2]), 2):
            kept = (rows[each], columns) if axis == 0 else (rows, columns[each])
            part = window.of_pixels(Pixels(window.pixels.grid, *kept))
            parts.append(self._taken(part, down.take(each, axis=axis), right.take(each, axis=axis), reader))
        return np.concatenate(parts, axis=axis - 2)

    def _of_blocks(
        self, window: Window, down: NDArray[np.float64], right: NDArray[np.float64], reader: Reader
    ) -> Values:
        """Return what comes of all pixels of the lattice with their centres in each pixel of the window."""
        assert window.pixels is not None
        grid = window.pixels.grid
        size = self._pixel_size(grid)
        high, wide = (max(round(each), 1) for each in size)
        first_row = np.ceil(np.round(down - size[0] / 2 - 0.5, _DIGITS))
        first_column = np.ceil(np.round(right - size[1] / 2 - 0.5, _DIGITS))
        parts = []
        for i in range(high + 1):
            for j in range(wide + 1):
                value = reals(self._taken(window, first_row + i, first_column + j, reader))
                in_row = np.round(first_row + i + 0.5 - down, _DIGITS) < size[0] / 2
                in_column = np.round(first_column + j + 0.5 - right, _DIGITS) < size[1] / 2
                parts.append(np.where(in_row & in_column, value, np.nan))
        found: Reals = _BLOCKS[self.method](np.stack(parts))
        if max(size) < 1:
            # Smaller pixels have no centre of another one within them.
            near = self._taken(window, np.floor(down), np.floor(right), reader)
            found = np.where(np.isnan(found), near, found)
        return found

    def _pixel_size(self, grid: Grid) -> tuple[float, float]:
        """Return how high and wide a pixel of a grid is, in pixels of the lattice."""
        assert isinstance(self.lattice, Grid)
        if grid.crs == self.lattice.crs:
            return (
                round(grid.y_size / self.lattice.y_size, _DIGITS),
                round(grid.x_size / self.lattice.x_size, _DIGITS),
            )
        # In the middle of the grid, so that it is the same for all of its windows.
        middle = Pixels(
            grid, np.array([0, 1], np.intp) + grid.rows // 2, np.array([0, 1]) + grid.columns // 2
        )
        rows, columns = places_of(middle, self.lattice)
        return (
            round(max(abs(float(rows[1, 0] - rows[0, 0])), 1e-3), _DIGITS),
            round(max(abs(float(columns[0, 1] - columns[0, 0])), 1e-3), _DIGITS),
        )


def places_of(pixels: Pixels, lattice: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the rows and columns of a lattice in which the centres of pixels are.

    Args:
        pixels: The pixels.
        lattice: The grid from which rows and columns are counted: 0.5 is the centre of the first one.

    Returns:
        Two arrays that broadcast to rows by columns; -1e15 where there is no such place.
    """
    grid = pixels.grid
    xs = grid.west + (pixels.columns + 0.5) * grid.x_size
    ys = grid.north - (pixels.rows + 0.5) * grid.y_size
    if grid.crs != lattice.crs:
        xs, ys = transformed(grid.crs, lattice.crs, *map(np.ascontiguousarray, np.meshgrid(xs, ys)))
    else:
        xs, ys = xs[None, :], ys[:, None]
    down = np.round((lattice.north - ys) / lattice.y_size, _DIGITS)
    right = np.round((xs - lattice.west) / lattice.x_size, _DIGITS)
    return np.where(np.isfinite(down), down, _NOWHERE), np.where(np.isfinite(right), right, _NOWHERE)


def _linear(distance: Any) -> Any:
    return np.maximum(1 - np.abs(distance), 0)


def _cubic(distance: Any) -> Any:
    x = np.abs(distance)
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x <= 1, near, np.where(x < 2, far, 0))


def _spline(distance: Any) -> Any:
    x = np.abs(distance)
    near = (4 - 6 * x * x + 3 * x * x * x) / 6
    far = (2 - x) * (2 - x) * (2 - x) / 6
    return np.where(x <= 1, near, np.where(x < 2, far, 0))


def _lanczos(distance: Any) -> Any:
    x = np.abs(distance)
    with np.errstate(all="ignore"):
        found = 3 * np.sin(np.pi * x) * np.sin(np.pi * x / 3) / (np.pi * np.pi * x * x)
    # The last digits of sines differ from one machine to the next.
    return np.round(np.where(x < 1e-9, 1.0, np.where(x < 3, found, 0.0)), 9)


#: How many pixels on each side count, and how much; none for the nearest one.
_METHODS: Mapping[str, tuple[int, Weights]] = {
    "near": (0, _linear),
    "bilinear": (1, _linear),
    "cubic": (2, _cubic),
    "cubicspline": (2, _spline),
    "lanczos": (3, _lanczos),
}


def _sum(values: Reals) -> Any:
    there = ~np.isnan(values)
    return np.where(there.any(axis=0), np.add.reduce(np.where(there, values, 0)), np.nan)


def _mean(values: Reals) -> Any:
    count = np.add.reduce(~np.isnan(values))
    return _sum(values) / np.maximum(count, 1)


def _root_mean_square(values: Reals) -> Any:
    return np.sqrt(_mean(values * values))


def _quantile(share: float, values: Reals) -> Any:
    ordered = np.sort(values, axis=0)  # with no data last
    count = np.add.reduce(~np.isnan(values))
    place = share * np.maximum(count - 1, 0)
    below = np.floor(place).astype(np.intp)
    above = np.minimum(below + 1, np.maximum(count - 1, 0))
    low, high = (np.take_along_axis(ordered, each[None], axis=0)[0] for each in (below, above))
    return low + (high - low) * (place - below)


def _most_common(values: Reals) -> Any:
    ordered = np.sort(values, axis=0)
    best, most = ordered[0].copy(), np.zeros(ordered.shape[1:])
    run = np.zeros(ordered.shape[1:])
    for place in range(len(ordered)):
        same = ordered[place] == ordered[place - 1] if place else np.zeros(run.shape, bool)
        run = np.where(same, run + 1, 1)
        better = (run > most) & ~np.isnan(ordered[place])
        most, best = np.where(better, run, most), np.where(better, ordered[place], best)
    return best


_BLOCKS: Mapping[str, Callable[[Reals], Any]] = {
    "average": _mean,
    "mode": _most_common,
    "max": np.fmax.reduce,
    "min": np.fmin.reduce,
    "med": partial(_quantile, 0.5),
    "q1": partial(_quantile, 0.25),
    "q3": partial(_quantile, 0.75),
    "sum": _sum,
    "rms": _root_mean_square,
}


@dataclass(frozen=True, eq=False)
class Blocks(Derived):
    """One value for each block of pixels.

    Args:
        source: The values.
        wide: How many columns a block has.
        high: How many rows.
        callback: The child process that makes one value of those of a block.
    """

    wide: int
    high: int
    callback: Callback

    def layers(self, sizes: tuple[int, ...]) -> int:
        """Return how many values are at hand for each pixel while a window is read."""
        return self.source.layers(sizes) * self.wide * self.high

    def read(self, window: Window, reader: Reader) -> Values:
        """Return the values of a window."""
        assert window.pixels is not None  # as what has blocks has pixels
        pixels, grid = window.pixels, window.pixels.grid
        finer = replace(
            grid,
            x_size=grid.x_size / self.wide,
            y_size=grid.y_size / self.high,
            columns=grid.columns * self.wide,
            rows=grid.rows * self.high,
        )
        inner = Pixels(finer, _each(pixels.rows, self.high), _each(pixels.columns, self.wide))
        values = reals(reader.read(self.source, window.of_pixels(inner)))
        count, shape = len(window.others), window.shape
        values = values.reshape(*shape[:count], shape[-2], self.high, shape[-1], self.wide)
        values = np.moveaxis(values, (-3, -1), (0, 1)).reshape(self.high * self.wide, *shape)
        return spread(self.callback(data=Stack(values)), shape)


def _each(places: Positions, size: int) -> Positions:
    found: Positions = (places[:, None] * size + np.arange(size)).reshape(-1)
    return found
