"""Maps of colours for what services show."""

from functools import lru_cache
from itertools import pairwise

Colour = tuple[int, int, int]

#: The colours that each map runs through.
COLORMAPS: dict[str, tuple[Colour, ...]] = {
    "viridis": ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37)),
    "greys": ((20, 20, 20), (235, 235, 235)),
    "vegetation": ((140, 90, 40), (230, 215, 140), (150, 200, 90), (0, 90, 40)),
}

#: The number of colours between the ends of a map.
STEPS = 255


@lru_cache(maxsize=16)
def palette_of(colormap: str, background: Colour | None = None) -> bytes:
    """Return red, green and blue of 256 indices: 0 is no data, the others run through a map of colours."""
    legs = list(pairwise(COLORMAPS[colormap]))
    palette = bytearray(background or (255, 255, 255))
    for step in range(STEPS):
        place = step * len(legs) / (STEPS - 1)
        leg = min(int(place), len(legs) - 1)
        start, end = legs[leg]
        palette += bytes(round(a + (b - a) * (place - leg)) for a, b in zip(start, end, strict=True))
    return bytes(palette)
