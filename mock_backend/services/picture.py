"""Pictures that stand in for maps: smooth, coloured, the same wherever two of them show one place."""

import hashlib
import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from mock_backend.formats.png_encoding import Pixel, encode

Colour = tuple[int, int, int]
#: West, south, east and north in degrees.
BBox = tuple[float, float, float, float]

#: What each map of colours runs through.
COLORMAPS: dict[str, tuple[Colour, ...]] = {
    "viridis": ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37)),
    "greys": ((20, 20, 20), (235, 235, 235)),
    "vegetation": ((140, 90, 40), (230, 215, 140), (150, 200, 90), (0, 90, 40)),
}

# The colours go to the other end of the map and back in so many steps; one index is for nothing.
_STEPS = 255
_NOTHING = 0
# Waves of these lengths in degrees go round the Earth a whole number of times; each is so high.
_WAVES = tuple(360 / (3 * 4**n) for n in range(16))
_HEIGHT = 40
# Waves shorter than so many pixels would make the picture restless.
_SHORTEST = 64


def draw(
    seed: str,
    longitudes: Sequence[float],
    latitudes: Sequence[float],
    *,
    resolution: float,
    colormap: str,
    bbox: BBox | None = None,
    background: Colour | None = None,
) -> bytes:
    """Return a PNG of an area.

    Args:
        seed: What decides the picture.
        longitudes: Of the columns of pixels, in degrees.
        latitudes: Of the rows of pixels, in degrees.
        resolution: The distance of columns in degrees; what is finer is left out.
        colormap: The name of the colours.
        bbox: Where there is something to see; None for everywhere.
        background: The colour of the rest; None if it is transparent.
    """
    west, south, east, north = bbox or (-180.0, -90.0, 180.0, 90.0)
    phases = [byte * math.tau / 256 for byte in hashlib.sha256(seed.encode()).digest()]
    waves = [length for length in _WAVES if length >= resolution * _SHORTEST] or [_WAVES[0]]
    # A pixel is the sum of what its column and its row say, so that each has to be computed only once.
    columns = bytes(
        _sum_of_waves(each, waves, phases[:16]) if _between(west, _on_earth(each), east) else _STEPS
        for each in longitudes
    )
    rows = [
        columns.translate(_adding(_sum_of_waves(each, waves, phases[16:])))
        if south <= each <= north and abs(each) <= 90
        else bytes([_NOTHING]) * len(columns)
        for each in latitudes
    ]
    palette = bytes(background or (255, 255, 255)) + _cycle_of(colormap)
    return encode_png(rows, palette, transparent=background is None)


def encode_png(rows: Sequence[bytes], palette: bytes, *, transparent: bool) -> bytes:
    """Return a PNG file of indexed colours.

    Args:
        rows: The rows of pixels, a byte for each.
        palette: Red, green and blue of each index.
        transparent: Whether pixels of index 0 let see what is behind them.
    """
    # Each row begins with the number of its filter: none.
    pixels = b"".join(b"\0" + row for row in rows)
    return encode(
        len(rows[0]), len(rows), pixels, Pixel.INDEX, palette=palette, opacity=b"\0" if transparent else None
    )


def _sum_of_waves(degrees: float, waves: Sequence[float], phases: Sequence[float]) -> int:
    heights = (
        math.sin(degrees * math.tau / length + phase) for length, phase in zip(waves, phases, strict=False)
    )
    return round(_HEIGHT * sum(heights)) % _STEPS


def _between(west: float, longitude: float, east: float) -> bool:
    # An area across the antimeridian begins in the far east.
    return west <= longitude <= east if west <= east else longitude >= west or longitude <= east


def _on_earth(longitude: float) -> float:
    return longitude if -180 <= longitude <= 180 else (longitude + 180) % 360 - 180


@lru_cache(maxsize=_STEPS)
def _adding(step: int) -> bytes:
    """Return the table that turns the steps of columns into indices, a row's steps added."""
    shifted = bytes((column + step) % _STEPS + 1 for column in range(_STEPS))
    return shifted + bytes([_NOTHING])


@lru_cache(maxsize=16)
def _cycle_of(colormap: str) -> bytes:
    """Return the colours of a map, up and down again: neighbouring steps are always alike."""
    colours = COLORMAPS[colormap]
    there_and_back = (*colours, *reversed(colours[:-1]))
    legs = list(pairwise(there_and_back))
    cycle = bytearray()
    for step in range(_STEPS):
        leg, share = divmod(step * len(legs) / _STEPS, 1)
        start, end = legs[int(leg)]
        cycle += bytes(round(a + (b - a) * share) for a, b in zip(start, end, strict=True))
    return bytes(cycle)
