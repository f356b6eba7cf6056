"""Where the blocks of a GeoTIFF are: its tiles or strips, of the image and of its overviews."""

from collections.abc import Iterator
from dataclasses import dataclass

# Sides of tiles are multiples of this; an image of one tile has one that fits.
_UNIT = 16
_SMALL_TILE, _LARGE_TILE = 256, 512
# Images with a longer side have large tiles.
_LARGE = 4096
# Images with a longer side have overviews, and those with a longer one have smaller ones.
_OVERVIEWED = 512
# Overviews of all images stop here.
_SMALLEST = 64
_STRIP = 2**16


@dataclass(frozen=True)
class Level:
    """An image, or one of its overviews.

    Args:
        factor: How many pixels of the image a pixel has on each side.
        columns: How many columns of pixels there are.
        rows: How many rows.
        block_columns: How many columns a block has.
        block_rows: How many rows.
        tiled: Whether blocks are tiles, all of one size, or strips, of which the last may be shorter.
    """

    factor: int
    columns: int
    rows: int
    block_columns: int
    block_rows: int
    tiled: bool

    @property
    def across(self) -> int:
        """How many blocks there are in a row."""
        return -(-self.columns // self.block_columns)

    @property
    def down(self) -> int:
        """How many rows of blocks there are."""
        return -(-self.rows // self.block_rows)

    @property
    def blocks(self) -> int:
        """How many blocks a band has."""
        return self.across * self.down

    @property
    def last(self) -> int:
        """How many rows the last strip has."""
        return self.rows - (self.down - 1) * self.block_rows

    def pixels_before(self, block: int) -> int:
        """Return how many pixels are written before a block, counted through all bands."""
        if self.tiled:
            return block * self.block_columns * self.block_rows
        band, strip = divmod(block, self.down)
        return (band * self.rows + strip * self.block_rows) * self.columns

    def block_at(self, pixel: int) -> int:
        """Return the block that a pixel is in, counted likewise."""
        if self.tiled:
            return pixel // (self.block_columns * self.block_rows)
        band, row = divmod(pixel // self.columns, self.rows)
        return band * self.down + row // self.block_rows


def levels_of(columns: int, rows: int, *, item_size: int, tiled: bool, overviews: str) -> tuple[Level, ...]:
    """Return the image and its overviews, from large to small.

    Args:
        columns: How many columns of pixels the image has.
        rows: How many rows.
        item_size: How many bytes a value has.
        tiled: Whether there are tiles, not strips.
        overviews: ``AUTO`` for overviews of large images, ``ALL`` of all, ``OFF`` of none.
    """
    smallest = {"AUTO": _OVERVIEWED, "ALL": _SMALLEST}.get(overviews)
    levels = [_level(1, columns, rows, item_size, tiled=tiled)]
    while smallest is not None and max(levels[-1].columns, levels[-1].rows) > smallest:
        factor = levels[-1].factor * 2
        levels.append(_level(factor, -(-columns // factor), -(-rows // factor), item_size, tiled=tiled))
    return tuple(levels)


def on_file(levels: tuple[Level, ...]) -> Iterator[tuple[int, Level]]:
    """Yield levels with their positions in the order of their blocks: the smallest overview comes first."""
    for place in reversed(range(len(levels))):
        yield place, levels[place]


def _level(factor: int, columns: int, rows: int, item_size: int, *, tiled: bool) -> Level:
    if not tiled:
        height = min(max(_STRIP // (columns * item_size), 1), rows)
        return Level(factor, columns, rows, columns, height, tiled)
    tile = _LARGE_TILE if max(columns, rows) > _LARGE else _SMALL_TILE
    if max(columns, rows) <= _OVERVIEWED:
        width, height = (-(-size // _UNIT) * _UNIT for size in (columns, rows))
    else:
        width = height = tile
    return Level(factor, columns, rows, width, height, tiled)
