"""Map tiles: which part of the world each shows."""

from functools import lru_cache

from mock_backend.errors import RequestInvalid
from mock_backend.services.mercator import centres, latitude_at
from mock_backend.services.picture import BBox, draw

#: The largest zoom level: a pixel is a few centimetres.
MAX_ZOOM = 22


def tile_address(z: str, x: str, y: str) -> tuple[int, int, int]:
    """Read the address of a tile.

    Args:
        z: The zoom level.
        x: The column.
        y: The row, possibly with the file extension ``.png``.

    Raises:
        RequestInvalid: If there is no such tile.
    """
    texts = (z, x, y.removesuffix(".png"))
    if not all(text.isascii() and text.isdecimal() and len(text) < 12 for text in texts):
        raise RequestInvalid(
            f"A tile is at …/{{z}}/{{x}}/{{y}} or …/{{y}}.png, all numbers, not at {z}/{x}/{y}."
        )
    level, column, row = map(int, texts)
    if level > MAX_ZOOM:
        raise RequestInvalid(f"The zoom level is a number from 0 to {MAX_ZOOM}, not {level}.")
    largest = 2**level - 1
    if column > largest or row > largest:
        raise RequestInvalid(
            f"At the zoom level {level} columns and rows are from 0 to {largest}, not {column} and {row}."
        )
    return level, column, row


@lru_cache(maxsize=256)
def draw_tile(
    seed: str, address: tuple[int, int, int], *, size: int, colormap: str, bbox: BBox | None
) -> bytes:
    """Return a tile as PNG, transparent outside of a box.

    Args:
        seed: What decides the picture.
        address: Zoom level, column and row.
        size: Width and height in pixels.
        colormap: The name of the colours.
        bbox: Where there is something to see; None for everywhere.
    """
    level, column, row = address
    count = 2**level
    longitudes = [360 * share - 180 for share in centres(column / count, (column + 1) / count, size)]
    latitudes = [latitude_at(share) for share in centres(row / count, (row + 1) / count, size)]
    # The same for tiles of all sizes, so that services of both look alike.
    return draw(seed, longitudes, latitudes, resolution=360 / count / 256, colormap=colormap, bbox=bbox)
