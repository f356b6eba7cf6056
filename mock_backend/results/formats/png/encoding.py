"""The bytes of a PNG."""

import struct
import zlib
from enum import IntEnum

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Pixel(IntEnum):
    """Kind of the bytes of a pixel."""

    GREY = 0
    RGB = 2
    INDEX = 3
    GREY_AND_OPACITY = 4
    RGB_AND_OPACITY = 6


def encode_png(
    width: int,
    height: int,
    rows: bytes,
    pixel: Pixel,
    *,
    palette: bytes | None = None,
    opacity: bytes | None = None,
) -> bytes:
    """Return a PNG with a byte for each part of a pixel.

    Args:
        rows: The pixels, each row after a byte with the number of its filter.
        pixel: The kind of the bytes of a pixel.
        palette: Red, green and blue of each index.
        opacity: The opacity of the first indices; all others are opaque.
    """
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, pixel, 0, 0, 0))]
    if palette is not None:
        chunks.append((b"PLTE", palette))
    if opacity is not None:
        chunks.append((b"tRNS", opacity))
    chunks += [(b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )
