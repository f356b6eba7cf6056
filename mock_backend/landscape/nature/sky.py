"""Clouds: one field for each day, which all sensors, the weather and the metadata of items look at."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mock_backend.landscape.nature.noise import (
    Degrees,
    Floats,
    Octave,
    column_of,
    number_of,
    octave_at,
    stretched,
)
from mock_backend.landscape.nature.season import season_of

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
_SAMPLES = 12
# Fields of different days differ by numbers below this one.
_TURNS = 1 << 14

Box = tuple[float, float, float, float]


def depth_of(seed: int, day: str, octaves: tuple[Octave, ...], latitudes: Degrees) -> Floats:
    """Return the depth of clouds, 0 and less where the sky is clear; the deepest are about 0.6.

    Args:
        day: The date, or another text that decides the weather.
        octaves: The positions of the places in the cells of each octave of ``OCTAVES``.
    """
    turns = [number_of("skies", number, day) for number in OCTAVES]
    return _depth(seed, turns, octaves, latitudes, season_of(day).wild)


def cloud_covers(seed: int, boxes: Sequence[Box], days: Sequence[str]) -> list[float]:
    """Return the percentage of each area that clouds cover on a day, from a sample of places.

    Args:
        boxes: West, south, east and north in degrees; west is larger than east across the antimeridian.
        days: The date for each box, ``YYYY-MM-DD``.
    """
    west, south, east, north = np.array(boxes, np.float64).reshape(-1, 4, 1, 1).transpose(1, 0, 2, 3)
    centres = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    longitudes = west + centres * np.where(east < west, east - west + 360, east - west)
    latitudes = south + centres[:, None] * (north - south)
    longitudes, latitudes = (
        np.ascontiguousarray(each) for each in np.broadcast_arrays(longitudes, latitudes)
    )
    mercator = stretched(latitudes)
    octaves = tuple(octave_at(each, longitudes, mercator) for each in OCTAVES)
    numbers = [[number_of("skies", each, day) % _TURNS for day in days] for each in OCTAVES]
    turns = np.array(numbers, np.intp)[:, :, None, None]
    wild = np.array([season_of(day).wild for day in days])[:, None, None]
    covered = np.count_nonzero(_depth(seed, turns, octaves, latitudes, wild) > 0, axis=(1, 2))
    return [round(100 * int(each) / _SAMPLES**2, 2) for each in covered]


def _depth(
    seed: int,
    turns: Sequence[int] | NDArray[np.intp],
    octaves: tuple[Octave, ...],
    latitudes: Degrees,
    wild: float | NDArray[np.float64],
) -> Floats:
    table = column_of(0, seed, "sky")
    depth: Floats = np.full(latitudes.shape, -_CLEAR, np.float32)
    for (_, weight), turned, octave in zip(_CLOUDS, turns, octaves, strict=True):
        depth += octave.heights(table, turned) * np.float32(weight)
    # From 1 at the equator to -1 from twice the latitude of the tropics on, by hemisphere.
    summer = 1 - np.minimum(np.abs(latitudes) / _TROPICS, 2)
    summer *= np.clip(latitudes / 25, -1, 1) * (_SEASONAL * wild)
    return depth + summer.astype(np.float32)
