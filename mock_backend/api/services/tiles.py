"""Map tiles: which part of the world each shows."""

import math

from mock_backend.engine.cubes import Grid
from mock_backend.errors import RequestInvalid

#: Web Mercator, the projection of map tiles.
MERCATOR = "EPSG:3857"
#: Half the length of the equator in metres: the edge of the projected world.
EDGE = math.pi * 6378137.0

#: The largest zoom level: a pixel is a few centimetres.
MAX_ZOOM = 22


def tile_address(z: str, x: str, y: str) -> tuple[int, int, int]:
    """Read the address of a tile; raise ``RequestInvalid`` if there is no such tile.

    Args:
        x: The column.
        y: The row, possibly with the file extension ``.png``.
    """
    texts = (z, x, y.removesuffix(".png"))
    if not all(text.isascii() and text.isdecimal() and len(text) < 12 for text in texts):
        raise RequestInvalid(
            f"A tile is at …/{{z}}/{{x}}/{{y}} or …/{{y}}.png, all numbers, not at {z}/{x}/{y}."
        )
    level, column, row = map(int, texts)
    if level > MAX_ZOOM:
        raise RequestInvalid(f"The zoom level must be a number from 0 to {MAX_ZOOM}, got {level}.")
    largest = 2**level - 1
    if column > largest or row > largest:
        raise RequestInvalid(
            f"At the zoom level {level} columns and rows are from 0 to {largest}, not {column} and {row}."
        )
    return level, column, row


def tile_grid(address: tuple[int, int, int], size: int) -> Grid:
    """Return the pixels of a tile."""
    level, column, row = address
    side = 2 * EDGE / 2**level
    return Grid(MERCATOR, column * side - EDGE, EDGE - row * side, side / size, side / size, size, size)
