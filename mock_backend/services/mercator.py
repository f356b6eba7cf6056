"""Web Mercator, the projection of map tiles, and the places of pixels in it."""

import math

#: Half the length of the equator in metres: the edge of the projected world.
EDGE = math.pi * 6378137.0


def latitude_at(share: float) -> float:
    """Return the latitude at a share of the way from the northern edge of the world to the southern."""
    # Far beyond the edges, where the hyperbolic sine would overflow, it is the pole.
    height = max(-700.0, min(700.0, math.pi * (1 - 2 * share)))
    return math.degrees(math.atan(math.sinh(height)))


def centres(first: float, last: float, count: int) -> list[float]:
    """Return the middles of so many equal parts of an interval, in its direction."""
    return [first + (last - first) * (index + 0.5) / count for index in range(count)]
