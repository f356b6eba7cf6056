"""Values of pixels and their neighbours; sums for large kernels by Fourier transforms of blocks of pixels."""

from collections.abc import Sequence
from functools import cached_property
from itertools import product
from math import frexp, prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from mock_backend.dataclass import dataclass
from mock_backend.engine.core.values import Reals
from mock_backend.engine.core.window import PixelIndex, Positions, Values, Window, WindowReader, run_of
from mock_backend.engine.cubes import Grid
from mock_backend.engine.sources.source import Derived, reals

#: Kernels of fewer factors are sooner applied factor by factor.
_FEWEST = 512
#: The smallest side of what is transformed; for large kernels it is at least twice theirs.
_SIDE = 512
#: To transform a pixel takes as long as this number of products.
_PRODUCTS = 48
#: Sums are rounded to the largest possible one by this power of two: the rest are errors of transforms.
_BITS = 32
#: Sums of whole numbers that are no larger are whole numbers again.
_WHOLE = 2.0**40


class Blocks:
    """Blocks of pixels that are transformed, at the same places whichever pixels are asked for."""

    def __init__(self, kernel: Reals) -> None:
        self._kernel, self._count = kernel, np.count_nonzero(kernel)
        self._sides = [max(_SIDE, 1 << (2 * size - 1).bit_length()) for size in kernel.shape]
        self._steps = [side - size + 1 for side, size in zip(self._sides, kernel.shape, strict=True)]

    @property
    def products(self) -> int:
        """The number of products that take as long for a pixel; that of the kernel if it is smaller."""
        transforms = _PRODUCTS * prod(self._sides) // prod(self._steps)
        return self._kernel.size if self._count < _FEWEST else min(transforms, self._kernel.size)

    def are_sooner(self, pixels: PixelIndex) -> bool:
        """Tell whether pixels are computed sooner this way than factor by factor."""
        if self._count < _FEWEST:
            return False
        blocks = len(self._numbers(pixels.rows, 0)) * len(self._numbers(pixels.columns, 1))
        wanted = len(pixels.rows) * len(pixels.columns)
        return bool(blocks * prod(self._sides) * _PRODUCTS < wanted * self._count)

    def around(self, places: Positions, axis: int) -> Positions:
        """Return the positions along an axis, 0 or 1, of all that is transformed for some."""
        first = self._numbers(places, axis) * self._steps[axis] - self._kernel.shape[axis] // 2
        return np.unique(first[:, None] + np.arange(self._sides[axis]))

    def sums(self, values: Reals, pixels: PixelIndex) -> Reals:
        """Return the sums for pixels of values at the positions that are ``around`` them."""
        rows, columns = (self._parts(each, axis) for axis, each in enumerate((pixels.rows, pixels.columns)))
        found = np.zeros((*values.shape[:-2], len(pixels.rows), len(pixels.columns)))
        for layer in np.ndindex(values.shape[:-2]):
            for (down, at_rows, into_rows), (across, at_columns, into_columns) in product(rows, columns):
                part = values[layer][down, across]
                if part.any():
                    sums = np.fft.irfft2(np.fft.rfft2(part) * self._transformed, self._sides)
                    wanted = sums[np.ix_(at_rows, at_columns)]
                    found[layer][np.ix_(into_rows, into_columns)] = self._rounded(wanted, part)
        return found

    @cached_property
    def _transformed(self) -> NDArray[np.complex128]:
        return np.fft.rfft2(self._kernel[::-1, ::-1], self._sides)

    def _numbers(self, places: Positions, axis: int) -> Positions:
        return np.unique(places // self._steps[axis])

    def _parts(self, places: Positions, axis: int) -> list[tuple[slice, Positions, Positions]]:
        """Return for each block where it is among what is read, and where its sums are and go."""
        step, size = self._steps[axis], self._kernel.shape[axis]
        read, found = self.around(places, axis), []
        for number in self._numbers(places, axis):
            first = int(np.searchsorted(read, number * step - size // 2))
            into = np.flatnonzero(places // step == number)
            found.append((slice(first, first + self._sides[axis]), places[into] % step + size - 1, into))
        return found

    def _rounded(self, sums: Reals, part: Reals) -> Reals:
        largest = float(np.abs(self._kernel).sum() * np.abs(part).max())
        unit = 2.0 ** (frexp(largest)[1] - _BITS)
        if largest < _WHOLE and all((each == np.rint(each)).all() for each in (self._kernel, part)):
            unit = 1.0
        rounded: Reals = np.rint(sums / unit) * unit
        return rounded


#: The number of values, about, that kernels are applied to at once: more do not stay in caches.
_AT_ONCE = 1 << 16
#: Fewer equal factors are sooner applied one by one.
_FEW = 8
#: Whole numbers below are exact.
_EXACT = 2.0**53


@dataclass(frozen=True, eq=False)
class Convolved(Derived):
    """Sums of the values of pixels and their neighbours, each times a factor."""

    #: The factors, rows by columns; the one in the middle is that of the pixel itself
    kernel: NDArray[np.float64]
    border: Any = 0  #: The value beyond the edge: a number, or a name, see ``apply_kernel``
    invalid: float = 0.0  #: The value that stands for no data
    bounds: Grid | None = None  #: The position of the edge; None if there is none

    @cached_property
    def _factored(self) -> tuple[Reals, Reals] | None:
        """A column and a row whose products are the kernel; None if there are none."""
        kernel = self.kernel
        row, column = np.unravel_index(np.abs(kernel).argmax(), kernel.shape)
        down, shared = kernel[:, column], 1
        if np.abs(kernel).max() < _EXACT and (kernel == np.rint(kernel)).all():
            # Whole numbers, if there are such.
            shared = np.gcd.reduce(down.astype(np.int64)) or 1
        down, across = down / shared, kernel[row] * shared / (kernel[row, column] or 1.0)
        is_product = np.allclose(np.outer(down, across), kernel, rtol=1e-12, atol=0.0)
        return (down, across) if is_product else None

    @cached_property
    def _blocks(self) -> Blocks:
        return Blocks(self.kernel)

    def work(self, sizes: tuple[int, ...]) -> int:
        """Return how many products are computed for each pixel."""
        if self._factored is None:
            return prod(sizes) * self._blocks.products
        return prod(sizes) * sum(
            _sums_of(len(each)) if _is_box(each) else len(each) for each in self._factored
        )

    def read(self, window: Window, reader: WindowReader) -> Values:
        pixels = window.raster if self.bounds is None else window.raster.on(self.bounds)
        factors, blocks = self._factored, self._blocks
        if factors is None and blocks.are_sooner(pixels):
            values = self._filled(
                window, pixels.grid, blocks.around(pixels.rows, 0), blocks.around(pixels.columns, 1), reader
            )
            if np.isfinite(values).all():
                return blocks.sums(values, pixels)
        rows, row_of = _around(pixels.rows, self.kernel.shape[0])
        columns, column_of = _around(pixels.columns, self.kernel.shape[1])
        values = self._filled(window, pixels.grid, rows, columns, reader)
        layers = values.reshape(-1, len(rows), len(columns))
        found = np.zeros((len(layers), *window.shape[-2:]))
        weighted = _weighted_exactly if _is_exact(self.kernel, factors or (), values) else _weighted
        step = max(_AT_ONCE // max(layers[0].size, 1), 1) if len(layers) else 1
        for first in range(0, len(layers), step):
            part, sums = layers[first : first + step], found[first : first + step]
            if not part.any():
                continue
            if factors is not None:
                sums[...] = weighted(weighted(part, factors[1], column_of, -1), factors[0], row_of, -2)
                continue
            for row, weights in enumerate(self.kernel):
                if weights.any():
                    sums += weighted(_taken(part, row_of[:, row], -2), weights, column_of, -1)
        return found.reshape(window.shape)

    def _filled(
        self, window: Window, grid: Grid, rows: Positions, columns: Positions, reader: WindowReader
    ) -> Reals:
        """Return the values of pixels, also of those beyond the edge and without data."""
        values = reals(self._beyond(window, grid, rows, columns, reader))
        return np.where(np.isnan(values), self.invalid, values)

    def _beyond(
        self, window: Window, grid: Grid, rows: Positions, columns: Positions, reader: WindowReader
    ) -> Values:
        """Return the values of pixels, also of those beyond the edge."""
        if self.bounds is None:
            return reader.read(self.source, window.of_pixels(PixelIndex(grid, rows, columns)))
        mapped_rows, mapped_columns = (
            _mapped(places, count, self.border)
            for places, count in ((rows, grid.rows), (columns, grid.columns))
        )
        rows_, row_of = np.unique(mapped_rows, return_inverse=True)
        columns_, column_of = np.unique(mapped_columns, return_inverse=True)
        values = reader.read(self.source, window.of_pixels(PixelIndex(grid, rows_, columns_)))
        found: Values = _taken(_taken(values, row_of, -2), column_of, -1)
        if not isinstance(self.border, int | float):
            return found
        found = found.astype(np.float64)
        found[..., (rows < 0) | (rows >= grid.rows), :] = self.border
        found[..., (columns < 0) | (columns >= grid.columns)] = self.border
        return found


def _around(places: Positions, size: int) -> tuple[Positions, Positions]:
    """Return the positions around some, and where among them those around each are."""
    first = places.min(initial=0)
    around = (places - first)[:, None] + np.arange(size)
    there = np.zeros(around.max(initial=0) + 1, bool)
    there[around] = True
    return np.flatnonzero(there) + first - size // 2, (np.cumsum(there) - 1)[around]


def _is_exact(kernel: Reals, factors: Sequence[Reals], values: Reals) -> bool:
    """Return whether sums of values, each times a weight, are whole numbers, the same in any order."""
    largest = np.abs(kernel).sum() * np.abs(values).max(initial=0)
    return bool(largest < _EXACT) and all(
        (each == np.rint(each)).all() for each in (kernel, *factors, values)
    )


def _weighted(values: Reals, weights: Reals, places: Positions, axis: int) -> Reals:
    """Return sums of values along an axis, -2 or -1, each times a weight: from the first to the last.

    The places are those of the values for each sum, sums by weights.
    """
    if _is_box(weights):
        box: Reals = _summed(values, len(weights), axis).take(places[:, 0], axis) * weights[0]
        return box
    found: Any = 0.0
    for place in np.flatnonzero(weights):
        found = found + _taken(values, places[:, place], axis) * weights[place]
    return found if isinstance(found, np.ndarray) else np.zeros_like(_taken(values, places[:, 0], axis))


def _weighted_exactly(values: Reals, weights: Reals, places: Positions, axis: int) -> Reals:
    """Return sums of values along an axis, each times a weight: in any order, which is faster."""
    if _is_box(weights) or run_of(places[:, 0]) is None:
        return _weighted(values, weights, places, axis)
    found: Reals = np.einsum("...k,k", sliding_window_view(values, len(weights), axis=axis), weights)
    return found


def _is_box(weights: Reals) -> bool:
    """Return whether weights are that many of one that sums of sums are faster."""
    return len(weights) > _FEW and bool((weights == weights[0]).all())


def _sums_of(length: int) -> int:
    """Return how many sums ``_summed`` makes for each value."""
    return length.bit_length() + length.bit_count()


def _summed(values: Reals, length: int, axis: int) -> Reals:
    """Return the sums of each value along an axis and of those that follow it, ``length`` of them.

    Sums of 1, 2, 4, … values are those of two sums of half as many: which ones are added up, and in which
    order, is the same for any window.
    """
    sums, first, found = np.moveaxis(values, axis, -1), 0, None
    count = max(sums.shape[-1] - length + 1, 0)
    for power in range(length.bit_length()):
        width = 1 << power
        if power:
            sums = sums[..., : -width // 2] + sums[..., width // 2 :]
        if length & width:
            part = sums[..., first : first + count]
            found, first = part if found is None else found + part, first + width
    assert found is not None  # as there is a value at least
    return np.moveaxis(found, -1, axis)


def _taken(values: NDArray[Any], places: Positions, axis: int) -> NDArray[Any]:
    """Return values at some positions along an axis, without a copy if these follow one another."""
    if (run := run_of(places)) is None:
        return values.take(places, axis=axis)
    return values[..., run, :] if axis == -2 else values[..., run]


def _mapped(places: Positions, count: int, border: Any) -> Positions:
    """Return which pixels stand for those beyond the edge."""
    match border:
        case "reflect":  # …cba|abc…
            turned = np.mod(places, 2 * count)
            found = np.where(turned < count, turned, 2 * count - 1 - turned)
        case "reflect_pixel" if count > 1:  # …cb|abc…
            turned = np.mod(places, 2 * count - 2)
            found = np.where(turned < count, turned, 2 * count - 2 - turned)
        case "wrap":
            found = np.mod(places, count)
        case _:
            found = np.clip(places, 0, count - 1)
    return found.astype(np.intp)
