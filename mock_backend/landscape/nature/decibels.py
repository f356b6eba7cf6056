"""Decibels, the same on every machine: a table of logarithms, and straight lines between its entries."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_STEPS = 1024
_LOWEST = 1e-6


def decibels(values: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return positive numbers in decibels, -60 for what is lower."""
    fractions, exponents = np.frexp(np.maximum(values.astype(np.float64), _LOWEST))
    places = (fractions - 0.5) * (2 * _STEPS)
    below = places.astype(np.intp)
    table = _logarithms()
    found = table.take(below)
    found += (table.take(below + 1) - found) * (places - below)
    found += exponents * _TWO
    return found.astype(values.dtype)


_TWO = round(10 * math.log10(2), 9)


@lru_cache(maxsize=1)
def _logarithms() -> NDArray[np.float64]:
    # Rounded: the last digits are those of one machine.
    return np.array([round(10 * math.log10(0.5 + step / _STEPS / 2), 9) for step in range(_STEPS + 1)])
