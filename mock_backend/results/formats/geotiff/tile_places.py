"""Places of the tiles of a GeoTIFF: those of the image and those of its overviews."""

from collections.abc import Iterator

from mock_backend.dataclass import dataclass

# Sides of tiles are multiples of this; an image of one tile has one that fits.
_UNIT = 16
_SMALL_TILE, _LARGE_TILE = 256, 512
# Images with a longer side have large tiles.
_LARGE = 4096
# Images with a longer side have overviews, and those with a longer one have smaller ones.
_OVERVIEWED = 512
# Overviews of all images stop here.
_SMALLEST = 64


@dataclass(frozen=True)
class Level:
    """An image, or one of its overviews.

    Blocks are written place by place, at each one those of all bands: what they show is one place, which
    has to be looked at only once. They are counted in that order.
    """

    factor: int  #: The number of the image's pixels on each side of a pixel
    columns: int  #: The number of columns of pixels
    rows: int  #: The number of rows
    bands: int
    block_columns: int  #: The number of columns of a block
    block_rows: int  #: The number of its rows

    @property
    def across(self) -> int:
        """Number of blocks in a row."""
        return -(-self.columns // self.block_columns)

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return self.across * -(-self.rows // self.block_rows) * self.bands

    @property
    def block_pixels(self) -> int:
        """Number of pixels of a block."""
        return self.block_columns * self.block_rows

    @property
    def pixels(self) -> int:
        """Number of pixels of all blocks, those that fill tiles included."""
        return self.blocks * self.block_pixels


def levels_of(columns: int, rows: int, bands: int, *, overviews: str) -> tuple[Level, ...]:
    """Return the image and its overviews, from large to small.

    Args:
        overviews: ``AUTO`` for overviews of large images, ``ALL`` of all, ``OFF`` of none.
    """
    smallest = {"AUTO": _OVERVIEWED, "ALL": _SMALLEST}.get(overviews)
    levels = [_level(1, columns, rows, bands)]
    while smallest is not None and max(levels[-1].columns, levels[-1].rows) > smallest:
        factor = levels[-1].factor * 2
        levels.append(_level(factor, -(-columns // factor), -(-rows // factor), bands))
    return tuple(levels)


def on_file(levels: tuple[Level, ...]) -> Iterator[tuple[int, Level]]:
    """Yield levels with their positions in the order of their blocks: the smallest overview comes first."""
    for place in reversed(range(len(levels))):
        yield place, levels[place]


def _level(factor: int, columns: int, rows: int, bands: int) -> Level:
    tile = _LARGE_TILE if max(columns, rows) > _LARGE else _SMALL_TILE
    if max(columns, rows) <= _OVERVIEWED:
        width, height = (-(-size // _UNIT) * _UNIT for size in (columns, rows))
    else:
        width = height = tile
    return Level(factor, columns, rows, bands, width, height)
