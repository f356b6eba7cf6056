"""Pictures of data cubes: which bands are shown, and in which shades and colours."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.catalog import Band
from mock_backend.engine.cubes import DataCube
from mock_backend.landscape.sensors.sensor import center_of, range_of
from mock_backend.results.formats.png.encoding import Pixel, encode_png
from mock_backend.results.formats.rasters import Layer, layers_of

_COLOURS = ("red", "green", "blue")
#: The largest shade.
LARGEST = 255
# The reflectance that is white, and the wavelength of thermal bands in micrometres.
_WHITE, _THERMAL = 0.3, 3.0

Shades = NDArray[np.uint8]
#: The values of the first and the last shade.
Ends = tuple[float, float]


def shown_layers(cube: DataCube) -> list[Layer]:
    """Return the layers for red, green and blue, or the only one.

    Args:
        cube: A data cube of one date at most.
    """
    layers = layers_of(cube)
    named = [
        next((layer for layer in layers if layer.band.common_name == colour), None) for colour in _COLOURS
    ]
    found = [layer for layer in named if layer is not None]
    if len(found) == len(_COLOURS):
        return found
    return layers[:3] if len(layers) >= len(_COLOURS) else layers[:1]


def known_ends(band: Band) -> Ends | None:
    """Return the values of a band that are black and white; None if they are computed."""
    if band.maximum is None:
        return None
    low, high = range_of(band)
    wavelength = center_of(band.common_name, band.center)
    if wavelength is not None and wavelength < _THERMAL and (band.scale or high == 1):
        scale, offset = band.scale or 1, band.offset or 0
        low, high = max(low, -offset / scale), min(high, (_WHITE - offset) / scale)
    return low, high


def found_ends(values: NDArray[Any], left_out: float) -> Ends:
    """Return the values that are black and white such that few others are beyond them.

    Args:
        left_out: The share of them that may be below, and above.
    """
    ordered = np.sort(values[np.isfinite(values)].astype(np.float64))
    if not ordered.size:
        return 0.0, 1.0
    rest = int(ordered.size * left_out)
    return float(ordered[rest]), float(ordered[-1 - rest])


def shade_ends(values: NDArray[Any], left_out: float) -> Ends:
    """Return the same, but 0 and 255 if all values can be shades between them."""
    finite = values[np.isfinite(values)]
    if finite.size and finite.min() >= 0 and 1 < finite.max() <= LARGEST:
        return 0.0, float(LARGEST)
    return found_ends(finite, left_out)


def shades(plane: NDArray[Any], ends: Ends, count: int = LARGEST + 1) -> Shades:
    """Return values as shades from 0 on.

    Args:
        ends: Those with the first and the last shade.
    """
    low, high = ends
    found = plane.astype(np.float32)
    found -= low
    found *= (count - 1) / (high - low) if high > low else 0
    np.rint(found, out=found)
    # Values that say that there is none may be anywhere.
    np.nan_to_num(found, copy=False)
    clipped: Shades = np.clip(found, 0, count - 1, out=found).astype(np.uint8)
    return clipped


def of_shades(parts: Sequence[Shades], nothing: NDArray[np.bool_]) -> bytes:
    """Return a PNG of one plane of grey, or of three of colours.

    Args:
        nothing: The pixels that are transparent.
    """
    pixel = Pixel.GREY if len(parts) == 1 else Pixel.RGB
    if nothing.any():
        parts = [*(np.where(nothing, np.uint8(0), part) for part in parts)]
        parts.append(np.where(nothing, np.uint8(0), np.uint8(LARGEST)))
        pixel = Pixel.GREY_AND_OPACITY if pixel is Pixel.GREY else Pixel.RGB_AND_OPACITY
    return png_of_pixels(np.stack(parts, axis=-1), pixel)


def png_of_pixels(
    pixels: Shades, pixel: Pixel, *, palette: bytes | None = None, opacity: bytes | None = None
) -> bytes:
    """Return a PNG of rows by columns by parts of pixels; see ``encode_png``."""
    height, width, parts = pixels.shape
    # Each row begins with the number of its filter: none.
    rows = np.zeros((height, 1 + width * parts), np.uint8)
    rows[:, 1:] = pixels.reshape(height, -1)
    return encode_png(width, height, rows.tobytes(), pixel, palette=palette, opacity=opacity)
