"""A landscape as far as a window shows it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mock_backend.synthesis.landscape import Landscape
from mock_backend.synthesis.lattice import Lattice

# Half of the width of a river.
_RIVER = 0.004


@dataclass(frozen=True)
class Scene:
    """A landscape and the pixels that it is seen by.

    Args:
        landscape: The landscape, at the nodes of the lattice.
        lattice: The lattice; None if each place is looked at itself.
    """

    landscape: Landscape
    lattice: Lattice | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """How many pixels it has, rows by columns, or how many places."""
        if self.lattice is None:
            return self.landscape.longitudes.shape
        return len(self.lattice.rows), len(self.lattice.columns)

    def seen(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return what the pixels have if the landscape has some values."""
        return values.copy() if self.lattice is None else self.lattice.between(values)

    @cached_property
    def water(self) -> NDArray[np.bool_] | None:
        """Which pixels show water; None if none of them does. Single places are always on land."""
        if self.lattice is None:
            return None
        shore, river = self.landscape.shore, self.landscape.river
        lakes = self.seen(shore) < 0 if shore.size and shore.min() < 0 else None
        if river is None or (river.size and (river.min() > _RIVER or river.max() < -_RIVER)):
            return lakes
        middle = self.seen(river)
        np.abs(middle, out=middle)
        rivers: NDArray[np.bool_] = middle < _RIVER
        return rivers if lakes is None else rivers | lakes
