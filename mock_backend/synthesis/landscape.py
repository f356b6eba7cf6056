"""A landscape: what is where, before anything looks at it."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from mock_backend.synthesis.hashing import number_of
from mock_backend.synthesis.noise import (
    OCTAVES,
    Degrees,
    Floats,
    Octave,
    cell_of,
    octave_at,
    stretched,
    table_of,
)
from mock_backend.synthesis.season import Season

# How high the hills of each octave are: of the vegetation, of the soils, of the relief, of the waters.
# Those as large as countries are less than they would be in nature, so that a small area has a variety.
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
# The octaves from which on rivers are as narrow as rivers are.
_RIVERS_FROM = 11
# Which octaves make the differences from one picture to the next.
_RIPPLES = (12, 9)
# Cells shorter than so many steps between neighbours would be lost on the way.
_SHORTEST = 1.7


@dataclass(frozen=True)
class Landscape:
    """What is at some places.

    Args:
        seed: What decides the whole Earth.
        longitudes: Of the places, in degrees.
        latitudes: Of the places.
        spacing: How far apart they are, in degrees at the equator; what is finer is left out.
    """

    seed: int
    longitudes: Degrees
    latitudes: Degrees
    spacing: float

    @property
    def vegetation(self) -> Floats:
        """How much can grow, from 0 to 1."""
        return self._fields[0]

    @property
    def soil(self) -> Floats:
        """What kind of soil there is, from 0 to 1: dark to bright, woods to fields."""
        return self._fields[1]

    @property
    def relief(self) -> Floats:
        """How high it is, from 0 to 1."""
        return self._fields[2]

    @property
    def shore(self) -> Floats:
        """How far it is from the shores of lakes: negative where there is water."""
        return self._fields[3]

    @property
    def river(self) -> Floats | None:
        """How far it is from the middle of rivers, negative on one side; None if they are too narrow."""
        return self._fields[4] if self._finest >= _RIVERS_FROM else None

    def green(self, season: Season) -> Floats:
        """Return how much grows in a season, from 0 to 1."""
        wave = self.soil * (season.crops - season.wild)
        wave += season.wild
        wave *= self._hemisphere
        wave *= 0.36
        wave += 0.62
        wave *= self.vegetation
        return wave

    def warmth(self, season: Season) -> Floats:
        """Return the temperature of the air in kelvin."""
        latitudes = self.latitudes.astype(np.float32)
        warmth = latitudes * latitudes
        warmth *= -0.0052
        warmth += 302
        warmth += self._hemisphere * (11 * season.wild)
        warmth -= self.relief * 14
        return warmth

    def ripples(self, *parts: object) -> Floats:
        """Return small differences, from -0.5 to 0.5, that some texts and numbers decide."""
        table = _ripples(self.seed)
        fine, coarse = self._rippled
        ripples = fine.heights(table, number_of("fine", *parts))
        ripples += coarse.heights(table, number_of("coarse", *parts))
        ripples *= 0.5
        return ripples

    @cached_property
    def _hemisphere(self) -> Floats:
        """1 in the north, -1 in the south, and less between the tropics."""
        return np.clip(self.latitudes / 25, -1, 1).astype(np.float32)

    @property
    def _finest(self) -> int:
        wanted = self.spacing * _SHORTEST
        return max((each for each in range(OCTAVES) if cell_of(each) >= wanted), default=0)

    @cached_property
    def _stretched(self) -> Degrees:
        return stretched(self.latitudes)

    def _octave(self, number: int) -> Octave:
        return octave_at(number, self.longitudes, self._stretched)

    @cached_property
    def _rippled(self) -> tuple[Octave, ...]:
        return tuple(self._octave(min(each, self._finest)) for each in _RIPPLES)

    @cached_property
    def _fields(self) -> tuple[Floats, ...]:
        table = table_of(self.seed, "landscape")
        total: Floats = np.zeros((*self.longitudes.shape, table.shape[1]), np.float32)
        for octave, weights in enumerate(_WEIGHTS[: self._finest + 1]):
            heights = self._octave(octave).heights(table)
            heights *= weights
            total += heights
        growth, soil, relief, water = (np.ascontiguousarray(total[..., field]) for field in range(4))
        # Lakes are low, and where no river is they are small.
        shore = soil * np.float32(0.45) + relief * np.float32(0.6)
        shore += 0.36
        vegetation = np.clip(growth * np.float32(1.25) + np.float32(0.55), 0, 1)
        return (
            vegetation,
            np.clip(soil + np.float32(0.5), 0, 1),
            np.clip(relief * np.float32(0.9) + np.float32(0.42), 0, 1),
            shore,
            water,
        )


@lru_cache(maxsize=4)
def _ripples(seed: int) -> Floats:
    return np.ascontiguousarray(table_of(seed, "ripples")[:, 0])
