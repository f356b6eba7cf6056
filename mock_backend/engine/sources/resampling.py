"""Values of other pixels."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.dataclass import dataclass
from mock_backend.engine.core.values import Callback, Reals, Stack
from mock_backend.engine.core.window import PixelIndex, Positions, Values, Window, WindowReader
from mock_backend.engine.cubes import Grid
from mock_backend.engine.cubes.projection import transformed
from mock_backend.engine.sources.source import Derived, Need, reals, spread

#: Positions are rounded to this part of a pixel: what lies between two is always on the same side.
_DIGITS = 6
#: Rows and columns of another system meet at more pixels than are needed: those that are more by this factor
#: are not read at once, unless they are few.
_WASTE, _LITTLE = 4, 1 << 14
#: The place of what cannot be projected.
_NOWHERE = -1e15

#: Weights of pixels by their distance from a centre, in pixels.
Weights = Callable[[Any], Any]


@dataclass(frozen=True, eq=False)
class Resampled(Derived):
    """Values at other pixels."""

    #: A grid whose pixels lie like those of the values, or what has one for each place, by ``lattice_for``
    lattice: Any
    method: str = "near"  #: One of the methods of ``resample_spatial``
    bounds: Grid | None = None  #: The end of the values; None if they have none
    block: int = 1  #: The number of pixels read for one

    def onto(self, grid: Grid) -> "Resampled":
        """Return the source with what is known of the size of its pixels if those of a grid are read."""
        if self.method not in _BLOCKS:
            return self
        lattice = self.lattice if isinstance(self.lattice, Grid) else self.lattice.lattice_for(grid)
        high, wide = replace(self, lattice=lattice)._pixel_size(grid)
        return replace(self, block=max(round(high), 1) * max(round(wide), 1))

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        return ((self.source, sizes, self.block),)

    def read(self, window: Window, reader: WindowReader) -> Values:
        if not isinstance(self.lattice, Grid):
            lattices, grid = self.lattice, window.raster.grid
            own = reader.kept(self, ("lattice", grid), lambda: lattices.lattice_for(grid))
            on_it = reader.kept(self, ("on", own), lambda: replace(self, lattice=own))
            return reader.read(on_it, window)
        return self._at(window, *places_of(window.raster, self.lattice), reader)

    def _at(
        self, window: Window, down: NDArray[np.float64], right: NDArray[np.float64], reader: WindowReader
    ) -> Values:
        """Return the values at some places of the lattice."""
        if down.shape[1] > 1 and right.shape[0] > 1:
            meeting = len(np.unique(np.floor(down))) * len(np.unique(np.floor(right)))
            if meeting > max(_WASTE * self.block * down.size, _LITTLE) and down.size > 1:
                return self._in_halves(window, down, right, reader)
        if self.method in _BLOCKS:
            return self._of_blocks(window, down, right, reader)
        radius, weights = _METHODS.get(self.method, _METHODS["near"])
        if radius == 0:
            return self._near(window, np.floor(down), np.floor(right), range(1), range(1), reader)(0, 0)
        total, sum_ = np.zeros(window.shape), np.zeros(window.shape)
        # The centre of a pixel is half a pixel from its edge.
        rows, columns = np.floor(down - 0.5), np.floor(right - 0.5)
        steps = range(1 - radius, radius + 1)
        near = self._near(window, rows, columns, steps, steps, reader)
        for i in steps:
            of_row = weights(np.round(down - 0.5 - rows - i, _DIGITS))
            for j in steps:
                weight = of_row * weights(np.round(right - 0.5 - columns - j, _DIGITS))
                value = reals(near(i, j))
                there = ~np.isnan(value)
                total += np.where(there, value, 0) * weight
                sum_ += there * weight
        with np.errstate(all="ignore"):
            return np.where(np.abs(sum_) > 1e-9, total / sum_, np.nan)

    def _near(
        self,
        window: Window,
        down: NDArray[np.float64],
        right: NDArray[np.float64],
        by_row: range,
        by_column: range,
        reader: WindowReader,
    ) -> Callable[[int, int], Values]:
        """Read the pixels of the lattice around rows and columns, one each for a window's, all at once.

        Returns:
            A function of one of ``by_row`` and one of ``by_column``; it returns a value for each pixel.
        """
        assert isinstance(self.lattice, Grid)
        rows, columns = down.astype(np.intp), right.astype(np.intp)
        there = (down > -1e14) & (right > -1e14)
        top, left = -(10**14), -(10**14)
        bottom, end = 10**14, 10**14
        if self.bounds is not None:
            own = PixelIndex(self.bounds, np.zeros(1, np.intp), np.zeros(1, np.intp)).on(self.lattice)
            top, left = int(own.rows[0]), int(own.columns[0])
            bottom, end = top + self.bounds.rows, left + self.bounds.columns
        is_grid = rows.shape[1] == 1 and columns.shape[0] == 1
        rows_ = _shifted(rows[there.any(axis=1)] if is_grid else rows[there], by_row, top, bottom)
        columns_ = _shifted(
            columns[:, there.any(axis=0)] if is_grid else columns[there], by_column, left, end
        )
        if not len(rows_) or not len(columns_):
            return lambda *_: np.full(window.shape, np.nan, np.float32)
        values = reader.read(self.source, window.of_pixels(PixelIndex(self.lattice, rows_, columns_)))

        def near(i: int, j: int) -> Values:
            (row_of, in_row), (column_of, in_column) = _found(rows_, rows + i), _found(columns_, columns + j)
            if is_grid:
                # Rows and columns of the one are those of the other.
                found = values.take(row_of[:, 0], axis=-2).take(column_of[0], axis=-1)
            else:
                found = values[..., row_of, column_of]
            has_any = in_row & in_column
            return found if has_any.all() else np.where(has_any, found, values.dtype.type(np.nan))

        return near

    def _in_halves(
        self, window: Window, down: NDArray[np.float64], right: NDArray[np.float64], reader: WindowReader
    ) -> Values:
        """Return the values in two parts: fewer rows and columns of the lattice meet in each of them."""
        rows, columns = window.raster.rows, window.raster.columns
        axis = 0 if len(rows) >= len(columns) else 1
        parts = []
        for each in np.array_split(np.arange(window.shape[axis - 2]), 2):
            kept = (rows[each], columns) if axis == 0 else (rows, columns[each])
            part = window.of_pixels(PixelIndex(window.raster.grid, *kept))
            parts.append(self._at(part, down.take(each, axis=axis), right.take(each, axis=axis), reader))
        return np.concatenate(parts, axis=axis - 2)

    def _of_blocks(
        self, window: Window, down: NDArray[np.float64], right: NDArray[np.float64], reader: WindowReader
    ) -> Values:
        """Return what comes of all pixels of the lattice with their centres in each pixel of the window."""
        grid = window.raster.grid
        size = self._pixel_size(grid)
        high, wide = (max(round(each), 1) for each in size)
        first_row = np.ceil(np.round(down - size[0] / 2 - 0.5, _DIGITS))
        first_column = np.ceil(np.round(right - size[1] / 2 - 0.5, _DIGITS))
        parts: list[Reals] = []
        near = self._near(window, first_row, first_column, range(high + 1), range(wide + 1), reader)
        for i in range(high + 1):
            in_row = np.round(first_row + i + 0.5 - down, _DIGITS) < size[0] / 2
            for j in range(wide + 1):
                within = in_row & (np.round(first_column + j + 0.5 - right, _DIGITS) < size[1] / 2)
                # Of pixels that fill one exactly, there is none in the last row and column.
                if within.any() or not parts:
                    values = reals(near(i, j))
                    parts.append(values if within.all() else np.where(within, values, np.nan))
        found: Reals = _BLOCKS[self.method](parts)
        if max(size) < 1:
            # Smaller pixels have no centre of another one within them.
            nearest = self._near(window, np.floor(down), np.floor(right), range(1), range(1), reader)
            found = np.where(np.isnan(found), nearest(0, 0), found)
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
        middle = PixelIndex(
            grid, np.array([0, 1], np.intp) + grid.rows // 2, np.array([0, 1]) + grid.columns // 2
        )
        rows, columns = places_of(middle, self.lattice)
        return (
            round(max(abs(float(rows[1, 0] - rows[0, 0])), 1e-3), _DIGITS),
            round(max(abs(float(columns[0, 1] - columns[0, 0])), 1e-3), _DIGITS),
        )


def places_of(pixels: PixelIndex, lattice: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the rows and columns of a lattice in which the centres of pixels are.

    Args:
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
    down, right = (np.where(np.abs(each) < -_NOWHERE, each, _NOWHERE) for each in (down, right))
    return down, right


def _shifted(places: Positions, steps: range, first: int, end: int) -> Positions:
    """Return the positions some steps from others, sorted, as far as they are in a range."""
    found = np.unique(np.unique(places)[:, None] + np.arange(steps.start, steps.stop))
    return found[(found >= first) & (found < end)]


def _found(among: Positions, places: Positions) -> tuple[Positions, NDArray[np.bool_]]:
    """Return where positions are among sorted ones, and which of them are there at all."""
    at = np.minimum(np.searchsorted(among, places), len(among) - 1)
    return at, among[at] == places


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


#: Number of pixels on each side that count, and their weights; none for the nearest one.
_METHODS: Mapping[str, tuple[int, Weights]] = {
    "near": (0, _linear),
    "bilinear": (1, _linear),
    "cubic": (2, _cubic),
    "cubicspline": (2, _spline),
    "lanczos": (3, _lanczos),
}


def _totals(parts: Sequence[Reals]) -> tuple[Reals, Reals]:
    """Return the sums of the values that are there, and how many are."""
    total, count = np.zeros(parts[0].shape), np.zeros(parts[0].shape)
    for each in parts:
        there = ~np.isnan(each)
        np.add(total, each, out=total, where=there)
        count += there
    return total, count


def _sum(parts: Sequence[Reals]) -> Any:
    total, count = _totals(parts)
    return np.where(count > 0, total, np.nan)


def _mean(parts: Sequence[Reals]) -> Any:
    total, count = _totals(parts)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def _quantile(share: float, parts: Sequence[Reals]) -> Any:
    ordered = np.sort(np.stack(parts), axis=0)  # with no data last
    count = np.add.reduce(~np.isnan(ordered))
    place = share * np.maximum(count - 1, 0)
    below = np.floor(place).astype(np.intp)
    above = np.minimum(below + 1, np.maximum(count - 1, 0))
    low, high = (np.take_along_axis(ordered, each[None], axis=0)[0] for each in (below, above))
    return low + (high - low) * (place - below)


def _most_common(parts: Sequence[Reals]) -> Any:
    ordered = np.sort(np.stack(parts), axis=0)
    best, most = ordered[0].copy(), np.zeros(ordered.shape[1:])
    run = np.zeros(ordered.shape[1:])
    for place in range(len(ordered)):
        same = ordered[place] == ordered[place - 1] if place else np.zeros(run.shape, bool)
        run = np.where(same, run + 1, 1)
        better = (run > most) & ~np.isnan(ordered[place])
        most, best = np.where(better, run, most), np.where(better, ordered[place], best)
    return best


_BLOCKS: Mapping[str, Callable[[Sequence[Reals]], Any]] = {
    "average": _mean,
    "mode": _most_common,
    "max": partial(reduce, np.fmax),
    "min": partial(reduce, np.fmin),
    "med": partial(_quantile, 0.5),
    "q1": partial(_quantile, 0.25),
    "q3": partial(_quantile, 0.75),
    "sum": _sum,
    "rms": lambda parts: np.sqrt(_mean([each * each for each in parts])),
}


@dataclass(frozen=True, eq=False)
class BlockValues(Derived):
    """One value for each block of pixels."""

    wide: int  #: The number of columns of a block
    high: int  #: The number of its rows
    callback: Callback  #: The child process that makes one value of those of a block

    def needs(self, sizes: tuple[int, ...]) -> tuple[Need, ...]:
        return ((self.source, sizes, self.wide * self.high),)

    def read(self, window: Window, reader: WindowReader) -> Values:
        rows, columns = _each(window.raster.rows, self.high), _each(window.raster.columns, self.wide)
        inner = PixelIndex(window.raster.grid.finer(self.high, self.wide), rows, columns)
        values = reals(reader.read(self.source, window.of_pixels(inner)))
        count, shape = len(window.others), window.shape
        values = values.reshape(*shape[:count], shape[-2], self.high, shape[-1], self.wide)
        values = np.moveaxis(values, (-3, -1), (0, 1)).reshape(self.high * self.wide, *shape)
        return spread(self.callback(data=Stack(values)), shape)


def _each(places: Positions, size: int) -> Positions:
    found: Positions = (places[:, None] * size + np.arange(size)).reshape(-1)
    return found
