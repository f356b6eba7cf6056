"""Clouds: one field for each day, which all sensors, the weather and the metadata of items look at."""

from functools import lru_cache

import numpy as np

from mock_backend.landscape.hashing import number_of
from mock_backend.landscape.noise import Degrees, Floats, Octave, column_of, octave_at, stretched
from mock_backend.landscape.season import season_of

# The octaves of clouds with their amplitudes: weather systems, fronts, single clouds.
_CLOUDS = ((3, 0.75), (5, 0.55), (7, 0.3), (9, 0.2), (11, 0.12), (13, 0.06))
#: The numbers of the octaves that ``depth_of`` wants.
OCTAVES = tuple(octave for octave, _ in _CLOUDS)
# Lowers all clouds, so that the sky is clear where the field is lower.
_CLEAR = 0.07
# What seasons change: the outer tropics are cloudy in summer, all north and south of them in winter.
_SEASONAL = 0.06
_TROPICS = 30
# Positions in a box, along each side, at which its cloud cover is found out.
_SAMPLES = 16


def depth_of(seed: int, day: str, octaves: tuple[Octave, ...], latitudes: Degrees) -> Floats:
    """Return the depth of clouds, 0 and less where the sky is clear; the deepest are about 0.6.

    Args:
        seed: Decides the whole Earth.
        day: The date, or another text that decides the weather.
        octaves: Where the places are in the cells of each octave of ``OCTAVES``.
        latitudes: Of the places.
    """
    table = column_of(0, seed, "sky")
    depth: Floats = np.full(latitudes.shape, -_CLEAR, np.float32)
    for (number, weight), octave in zip(_CLOUDS, octaves, strict=True):
        heights = octave.heights(table, number_of("sky", number, day))
        heights *= np.float32(weight)
        depth += heights
    # From 1 at the equator to -1 from twice the latitude of the tropics on, by hemisphere.
    summer = 1 - np.minimum(np.abs(latitudes) / _TROPICS, 2)
    summer *= np.clip(latitudes / 25, -1, 1) * (_SEASONAL * season_of(day).wild)
    depth += summer.astype(np.float32)
    return depth


def cloud_cover(seed: int, box: tuple[float, float, float, float], day: str) -> float:
    """Return the percentage of an area that clouds cover on a day, from a sample of places.

    Args:
        seed: Decides the whole Earth.
        box: West, south, east and north in degrees; west is larger than east across the antimeridian.
        day: The date, ``YYYY-MM-DD``.
    """
    octaves, latitudes = _sampled(box)
    depth = depth_of(seed, day, octaves, latitudes)
    return round(100 * int(np.count_nonzero(depth > 0)) / depth.size, 2)


@lru_cache(maxsize=256)
def _sampled(box: tuple[float, float, float, float]) -> tuple[tuple[Octave, ...], Degrees]:
    west, south, east, north = box
    east += 360 if east < west else 0
    centres = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    longitudes, latitudes = np.meshgrid(west + centres * (east - west), south + centres * (north - south))
    mercator = stretched(latitudes)
    return tuple(octave_at(each, longitudes, mercator) for each in OCTAVES), latitudes
