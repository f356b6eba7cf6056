"""Smooth hills of all sizes, anywhere on Earth, and numbers that stand for texts.

Everything here is made of additions, multiplications and whole numbers, which all machines do alike:
functions like the sine differ in their last digits from one library of mathematics to the next.
"""

import hashlib
import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mock_backend.dataclass import dataclass


def number_of(*parts: object) -> int:
    """Return a number of 64 bits that stands for some texts and numbers."""
    text = "\x1f".join(map(str, parts))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def share_of(*parts: object) -> float:
    """Return a number from 0 up to, not including, 1 that stands for some texts and numbers."""
    return (number_of(*parts) >> 11) / 2**53


Floats = NDArray[np.float32]
Degrees = NDArray[np.float64]

#: Number of fields made at once.
FIELDS = 4
#: Number of octaves: the cells of each are half as long as those of the one before.
OCTAVES = 15

# Number of cells of the square of heights, which repeats itself.
_PERIOD = 128
# Number of cells of the first octave around the equator.
_FIRST = 8
# How each octave is turned against the meridians. Whole numbers, so that the Earth closes at 180 degrees.
_TURNS = ((2, 1), (1, 2), (3, -1), (-1, 3), (2, -1))
# Latitudes are stretched as in the Mercator projection, so that hills are as long as wide, by a table
# with this number of steps a degree; beyond the last latitude they go on as they were.
_STEPS = 4
_LAST = 84


def cell_of(octave: int) -> float:
    """Return how long the cells of an octave are at the equator, in degrees."""
    across, along = _TURNS[octave % len(_TURNS)]
    return 360 / (_FIRST << octave) / math.hypot(across, along)


@dataclass(frozen=True)
class Octave:
    """Positions of some places in the cells of an octave."""

    #: The values of the four corners of their cells in the table of heights
    corners: tuple[NDArray[np.intp], ...]
    x: Floats  #: The distance from the first corner towards the second, smoothed, from 0 to 1
    y: Floats  #: The same towards the third

    def heights(self, table: Floats, turned: int | NDArray[np.intp] = 0) -> Floats:
        """Return the heights, from -0.5 to 0.5, at these places.

        Args:
            table: Heights of the corners; of several fields if it has several columns.
            turned: A number that makes another landscape of the same table; or an array of them that
                broadcasts to the places.
        """
        a, b, c, d = (table.take(corner ^ (turned % _PERIOD**2), axis=0) for corner in self.corners)
        x, y = (self.x, self.y) if a.ndim == self.x.ndim else (self.x[..., None], self.y[..., None])
        low, high = (b - a) * x + a, (d - c) * x + c
        found: Floats = (high - low) * y + low
        return found


def well_mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return hashes of numbers, whose upper bits are the best: nearly all of the finaliser of MurmurHash3."""
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        numbers ^= numbers >> np.uint64(33)
        numbers *= np.uint64(factor)
    return numbers


@lru_cache(maxsize=16)
def table_of(*parts: object) -> Floats:
    """Return heights of the corners of cells for each of the fields, as some texts and numbers decide."""
    mixed = well_mixed(np.arange(_PERIOD**2 * FIELDS, dtype=np.uint64) + np.uint64(number_of(*parts) >> 1))
    mixed ^= mixed >> np.uint64(33)
    heights = (mixed >> np.uint64(40)).astype(np.float32) / np.float32(2**24) - np.float32(0.5)
    heights.flags.writeable = False
    return heights.reshape(-1, FIELDS)


@lru_cache(maxsize=16)
def column_of(field: int, *parts: object) -> Floats:
    """Return the heights of one field of a table alone."""
    return np.ascontiguousarray(table_of(*parts)[:, field])


def octave_at(octave: int, longitudes: Degrees, latitudes: Degrees) -> Octave:
    """Return where places are in the cells of an octave.

    Args:
        latitudes: Of the places, as ``stretched`` returns them.
    """
    cells = _FIRST * 2**octave
    across, along = _TURNS[octave % len(_TURNS)]
    east, north = longitudes * (cells / 360), latitudes * (cells / 360)
    first, x = _cell_and_share(east * across + north * along)
    second, y = _cell_and_share(north * across - east * along)
    repeated = min(cells, _PERIOD) - 1
    # Other octaves look elsewhere in the table, or they would have the same hills in small.
    shift = number_of("octave", octave) % _PERIOD**2
    left, right = (first & repeated) * _PERIOD, ((first + 1) & repeated) * _PERIOD
    low, high = second & repeated, (second + 1) & repeated
    corners = tuple((a + b) ^ shift for a, b in ((left, low), (right, low), (left, high), (right, high)))
    return Octave(corners, x, y)


def stretched(latitudes: Degrees) -> Degrees:
    """Return latitudes as the Mercator projection has them, in degrees."""
    place = np.clip((latitudes + _LAST) * _STEPS, 0, 2 * _LAST * _STEPS - 1)
    below = np.floor(place)
    table = _mercator()
    start = table.take(below.astype(np.intp))
    rise = table.take(below.astype(np.intp) + 1) - start
    # Not the clipped place: what is beyond the table goes on as it ends.
    return start + ((latitudes + _LAST) * _STEPS - below) * rise


@lru_cache(maxsize=1)
def _mercator() -> Degrees:
    degrees = (-_LAST + step / _STEPS for step in range(2 * _LAST * _STEPS + 1))
    # Rounded: the last digits are those of one machine.
    return np.array(
        [round(math.degrees(math.asinh(math.tan(math.radians(each)))), 7) for each in degrees],
        dtype=np.float64,
    )


def _cell_and_share(place: Degrees) -> tuple[NDArray[np.intp], Floats]:
    cell = np.floor(place)
    share = (place - cell).astype(np.float32)
    return cell.astype(np.intp), share * share * (share * -2 + 3)
