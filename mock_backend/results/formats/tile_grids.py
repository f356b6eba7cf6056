"""Grids of tiles that results are cut along: degrees, and squares of the zones of UTM."""

import math
import re
from collections.abc import Iterator

from mock_backend.engine.cubes import Grid
from mock_backend.engine.cubes.projection import DEGREES, Box, bounds_in, utm_zone
from mock_backend.engine.steps.areas import counting

_UTM = re.compile(r"EPSG:32([67])(\d\d)")
# The width of the squares of UTM in metres, by the names of the grids.
_WIDTHS = {"utm-100km": 100_000, "utm-20km": 20_000, "utm-10km": 10_000}
_SQUARE = 100_000
#: The names of the grids.
TILE_GRIDS = ("wgs84-1degree", *_WIDTHS)

# The letters of the Military Grid Reference System: of squares from west to east in three zones in turn,
# of squares from south to north, and of bands of latitude, which are 8 degrees high.
_EASTWARDS = ("ABCDEFGH", "JKLMNPQR", "STUVWXYZ")
_NORTHWARDS = "ABCDEFGHJKLMNPQRSTUV"
_LATITUDES = "CDEFGHJKLMNPQRSTUVWXX"
_SHIFT = 5
_LOWEST, _HEIGHT = -80, 8


def tiles_of(grid: Grid, tile_grid: str) -> Iterator[tuple[str, Box]]:
    """Yield the names of the tiles that pixels may be in, and their boxes in the pixels' coordinate system.

    Args:
        tile_grid: One of ``TILE_GRIDS``.
    """
    if tile_grid in _WIDTHS:
        yield from _squares(grid, _WIDTHS[tile_grid])
        return
    west, south, east, north = grid.bounds if grid.crs == DEGREES else counting(grid.bbox)
    for latitude in range(math.floor(south), math.ceil(north)):
        for longitude in range(math.floor(west), math.ceil(east)):
            box = float(longitude), float(latitude), longitude + 1.0, latitude + 1.0
            shown = (longitude + 180) % 360 - 180
            name = f"{'NS'[latitude < 0]}{abs(latitude):02}{'EW'[shown < 0]}{abs(shown):03}"
            yield name, bounds_in(box, DEGREES, grid.crs)


def _squares(grid: Grid, width: int) -> Iterator[tuple[str, Box]]:
    """Yield squares of the zone of the south-western corner, as CDSE has it.

    They are counted from the north-western corner of the squares of 100 km that the pixels are in.
    """
    west, south, _, _ = counting(grid.bbox)
    crs = utm_zone(west, south)
    west, south, east, north = bounds_in(grid.bounds, grid.crs, crs)
    left = math.floor(west / _SQUARE) * _SQUARE
    top = math.ceil(north / _SQUARE) * _SQUARE
    for row in range(math.floor((top - north) / width), math.ceil((top - south) / width)):
        for column in range(math.floor((west - left) / width), math.ceil((east - left) / width)):
            x, y = left + column * width, top - (row + 1) * width
            box = float(x), float(y), float(x + width), float(y + width)
            yield f"{_square(crs, box)}_{column}_{row}", bounds_in(box, crs, grid.crs)


def _square(crs: str, box: Box) -> str:
    """Return the name of the square of 100 km that a box is in."""
    found = _UTM.fullmatch(crs)
    assert found is not None  # as utm_zone names them
    zone, x, y = int(found[2]), (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    latitude = bounds_in((x, y, x, y), crs, DEGREES)[1]
    band = _LATITUDES[min(max(int((latitude - _LOWEST) // _HEIGHT), 0), len(_LATITUDES) - 1)]
    letters = _EASTWARDS[(zone - 1) % 3]
    across = letters[int(x // _SQUARE - 1) % len(letters)]
    along = _NORTHWARDS[int(y // _SQUARE + _SHIFT * (zone % 2 == 0)) % len(_NORTHWARDS)]
    return f"{zone:02}{band}{across}{along}"
