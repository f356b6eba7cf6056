"""Sums of pixels and their neighbours for large kernels, by Fourier transforms of blocks of pixels."""

from functools import cached_property
from itertools import product
from math import frexp, prod

import numpy as np
from numpy.typing import NDArray

from mock_backend.engine.core.values import Reals
from mock_backend.engine.core.window import PixelIndex, Positions

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
