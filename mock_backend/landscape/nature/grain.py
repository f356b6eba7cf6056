"""Differences between neighbouring pixels: texture of surfaces, noise of sensors, speckle of radar."""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from mock_backend.landscape.nature.noise import Floats, number_of, well_mixed

_SIZE = 1 << 16
_Numbers = NDArray[np.int64]
_DEVIATIONS = {"texture": 0.05, "noise": 0.015}
# Looks that a pixel of radar is the mean of.
_LOOKS = 4.4


class Grain:
    """Random factors of pixels, which follow from their place, and not from the window.

    Args:
        numbers: Integers whose pairs identify the pixels, as ``Nodes.numbers`` returns them.
    """

    def __init__(self, numbers: tuple[_Numbers, _Numbers]) -> None:
        self._rows, self._columns = (_mixed(each) for each in numbers)

    def factors(self, kind: str, *parts: object) -> Floats:
        """Return factors around 1.

        Args:
            kind: One of ``texture``, ``noise`` and ``speckle``.
        """
        number = number_of("grain", kind, *parts)
        places = _mixed(self._rows ^ np.int64(number & 0xFFFF), number >> 16) ^ self._columns
        return _table(kind).take(places)


def _mixed(numbers: _Numbers, salt: int = 0) -> _Numbers:
    """Return hashes below the size of a table."""
    mixed = well_mixed(numbers.astype(np.uint64) + np.uint64(salt & 0xFFFFFFFF))
    return (mixed >> np.uint64(48)).astype(np.int64)


@cache
def _normal() -> NDArray[np.float64]:
    """Return numbers with a mean of 0 and a deviation of 1, nearly normally distributed."""
    total = np.zeros(_SIZE)
    for part in range(4):
        numbers = np.arange(_SIZE, dtype=np.int64) + (part + 1) * _SIZE
        # Two hashes: one alone has too few digits.
        total += _mixed(numbers) / _SIZE + _mixed(numbers, 1) / _SIZE - 1
    return total * math.sqrt(12 / 8)


@cache
def _table(kind: str) -> Floats:
    if kind == "speckle":
        # The approximation of the gamma distribution by Wilson and Hilferty.
        root = np.maximum(1 - 1 / (9 * _LOOKS) + _normal() / (3 * math.sqrt(_LOOKS)), 0.3)
        return (root * root * root).astype(np.float32)
    return np.maximum(1 + _normal() * _DEVIATIONS[kind], 0.5).astype(np.float32)
