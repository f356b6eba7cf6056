"""Terrain: what is at some places whatever the date."""

from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mock_backend.landscape.nature.noise import (
    OCTAVES,
    Degrees,
    Floats,
    Octave,
    cell_of,
    octave_at,
    stretched,
    table_of,
)

# Amplitudes of vegetation, soil, relief and rivers by octave. Hills as large as countries are lower than in
# nature, so that a small area has a variety.
_WEIGHTS = np.array(
    [
        (0.3, 0.2, 0.5, 0.3),
        (0.2, 0.15, 0.42, 0.2),
        (0.2, 0.15, 0.38, 0.2),
        (0.2, 0.15, 0.34, 0.2),
        (0.2, 0.15, 0.3, 0.2),
        (0.22, 0.15, 0.26, 0.3),
        (0.25, 0.2, 0.22, 0.5),
        (0.28, 0.25, 0.18, 0.5),
        (0.32, 0.3, 0.14, 0.3),
        (0.36, 0.35, 0.12, 0.16),
        (0.4, 0.4, 0.09, 0.09),
        (0.38, 0.45, 0.06, 0.05),
        (0.32, 0.42, 0.035, 0.02),
        (0.22, 0.24, 0.018, 0.006),
        (0.1, 0.1, 0.008, 0.002),
    ],
    dtype=np.float32,
)
#: The octave from which on rivers are narrow enough to be seen.
RIVERS_FROM = 11
# Cells shorter than this many steps between neighbouring nodes are left out.
_SHORTEST = 1.7
# Half the width of a valley, and the distance over which shores rise, in units of their fields.
_VALLEY, _BEACH = 0.08, 0.25
# Highest point in metres, about; height of the lakes.
_SUMMIT, _LAKES = 2600, 5


class Nodes(Protocol):
    """Places at which a landscape is computed, and the pixels between them."""

    @property
    def spacing(self) -> float:
        """The distance between neighbouring places in degrees at the equator; what is finer is left out."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of an array with a value for each pixel."""

    def degrees(self) -> tuple[Degrees, Degrees]:
        """Return longitudes and latitudes of the places."""

    def between(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return a new array with a value for each pixel, interpolated between values of the places."""

    def numbers(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return integers whose pairs identify the pixels in whatever window they are; they broadcast."""


class Terrain:
    """Relief, soil, vegetation and waters at the nodes."""

    def __init__(self, seed: int, nodes: Nodes) -> None:
        self.seed = seed
        self.longitudes, self.latitudes = nodes.degrees()
        wanted = nodes.spacing * _SHORTEST
        #: The finest octave that the nodes can show.
        self.finest = max((each for each in range(OCTAVES) if cell_of(each) >= wanted), default=0)
        self._octaves: dict[int, Octave] = {}
        growth, soil, relief, river = self._fields()
        #: The signed distance to the middle of rivers; None if they are too narrow to be seen.
        self.river = river if self.finest >= RIVERS_FROM else None
        #: The distance to lakes, negative where there is one.
        self.shore: Floats = soil * np.float32(0.45) + relief * np.float32(0.6) + np.float32(0.36)
        #: The brightness of the soil, from 0 to 1: woods to fields.
        self.soil: Floats = np.clip(soil + np.float32(0.5), 0, 1)
        valley = _smooth(np.abs(river) * np.float32(1 / _VALLEY))
        #: The height in metres.
        self.height = self._height(relief, valley)
        #: Capacity for plants, from 0 to 1.
        self.vegetation = self._vegetation(growth, valley)

    def octave(self, number: int) -> Octave:
        """Return where the nodes are in the cells of an octave, or of the finest that they can show."""
        number = min(number, self.finest)
        found = self._octaves.get(number)
        if found is None:
            found = self._octaves[number] = octave_at(number, self.longitudes, self.mercator)
        return found

    @cached_property
    def mercator(self) -> Degrees:
        """The latitudes as the Mercator projection has them."""
        return stretched(self.latitudes)

    @cached_property
    def hemisphere(self) -> Floats:
        """1 in the north, -1 in the south, and less between the tropics."""
        return np.clip(self.latitudes / 25, -1, 1).astype(np.float32)

    @cached_property
    def climate(self) -> Floats:
        """The mean temperature of the air in kelvin."""
        latitudes = self.latitudes.astype(np.float32)
        warmth = latitudes * latitudes * np.float32(-0.0052) + 302
        return warmth - self.height * np.float32(0.0065)

    @cached_property
    def swing(self) -> Floats:
        """Difference between midsummer in the north and the mean, in kelvin."""
        return (np.abs(self.latitudes).astype(np.float32) * np.float32(0.13) + 6) * self.hemisphere

    def _fields(self) -> tuple[Floats, ...]:
        """Return the growth of plants, the soil, the relief and the rivers as the octaves make them."""
        table = table_of(self.seed, "landscape")
        total: Floats = np.zeros((*self.longitudes.shape, table.shape[1]), np.float32)
        for number, weights in enumerate(_WEIGHTS[: self.finest + 1]):
            total += self.octave(number).heights(table) * weights
        return tuple(np.ascontiguousarray(total[..., field]) for field in range(4))

    def _height(self, relief: Floats, valley: Floats) -> Floats:
        relief = np.maximum(relief * np.float32(0.9) + np.float32(0.42), 0)
        # Land rises from lakes and rivers.
        relief *= valley * np.float32(0.3) + np.float32(0.7)
        relief *= _smooth(self.shore * np.float32(1 / _BEACH))
        return relief * relief * _SUMMIT + _LAKES

    def _vegetation(self, growth: Floats, valley: Floats) -> Floats:
        vegetation = growth * np.float32(1.25) + np.float32(0.65) - valley * np.float32(0.1)
        vegetation = np.clip(vegetation, 0, 1)
        # Nothing grows on the highest mountains and at the poles.
        vegetation *= np.clip((2800 - self.height) * np.float32(1 / 900), 0, 1)
        vegetation *= np.clip((76 - np.abs(self.latitudes)) / 10, 0, 1).astype(np.float32)
        return vegetation


def _smooth(share: Floats) -> Floats:
    """Return shares from 0 to 1, with a slope of 0 at both ends."""
    share = np.clip(share, 0, 1)
    return share * share * (share * np.float32(-2) + 3)
