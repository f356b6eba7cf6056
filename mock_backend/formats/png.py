"""PNG: a picture to look at, one file for each date."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.catalog import Band
from mock_backend.cubes import DataCube
from mock_backend.engine.computing import MAX_VALUES, Values
from mock_backend.formats.base import Format, Part
from mock_backend.formats.colours import Colours, colours_of
from mock_backend.formats.missing import missing
from mock_backend.formats.png_encoding import Pixel, encode
from mock_backend.formats.rasters import Layer, layers_of, raster_parts
from mock_backend.formats.refusals import MAX_HELD, check_count
from mock_backend.outcomes.outcome import Plain
from mock_backend.synthesis.ranges import range_of
from mock_backend.synthesis.spectra import center_of

_MEDIA_TYPE = "image/png"
_COLOURS = ("red", "green", "blue")
_LARGEST = 255
# The reflectance that is white, the wavelength of thermal bands in micrometres, and the part of computed
# values that is darker than black, or brighter than white.
_WHITE, _THERMAL, _LEFT_OUT = 0.3, 3.0, 0.01

_Bytes = NDArray[np.uint8]


class Png:
    """PNG.

    One band is grey, or has the colours of an option; of several, three are red, green and blue: those
    whose common names say so, or the first three. From black to white is from a band's smallest to its
    largest value; reflectances are white from 0.3 on, as all land is darker. Computed values are taken for
    shades if they are between 0 and 255; of others nearly all are between black and white. Where there are no
    data it is transparent.
    """

    name = "PNG"
    extra: str | None = None
    most_values: int | None = MAX_HELD

    def parts(self, content: DataCube | Plain, options: Mapping[str, Any]) -> Sequence[Part]:
        """Return a file for each date."""
        return raster_parts(self.name, content, options, ending=".png", media_type=_MEDIA_TYPE)

    def size(self, part: Part, options: Mapping[str, Any]) -> int | None:  # noqa: ARG002  # as in Format
        """Return None: how well it can be compressed is known when it is written."""
        return None

    def write(self, part: Part, options: Mapping[str, Any]) -> bytes:
        """Return a picture."""
        cube = _checked(part)
        layers, values, colours = _shown(cube), Values(cube), colours_of(options.get("colormap"))
        planes = [values.window(layer.labels, slice(None), slice(None)) for layer in layers]
        nothing = np.logical_or.reduce([missing(plane, cube.nodata) for plane in planes])
        if len(planes) == 1 and colours is not None:
            return _in_colours(planes[0], nothing, colours)
        found = _computed_ends(planes, nothing)
        shades = [
            _shades(plane, *(_ends(layer.band) or found)) for plane, layer in zip(planes, layers, strict=True)
        ]
        pixel = Pixel.GREY if len(shades) == 1 else Pixel.RGB
        if nothing.any():
            for shade in shades:
                shade[nothing] = 0
            shades.append(np.where(nothing, np.uint8(0), np.uint8(_LARGEST)))
            pixel = Pixel.GREY_AND_OPACITY if pixel is Pixel.GREY else Pixel.RGB_AND_OPACITY
        return _encoded(np.stack(shades, axis=-1), pixel)


def _checked(part: Part) -> DataCube:
    cube = part.content
    assert isinstance(cube, DataCube)  # as parts() makes them
    check_count("PNG", cube, MAX_VALUES)
    return cube


def _shown(cube: DataCube) -> list[Layer]:
    """Return the layers for red, green and blue, or the one that is grey."""
    layers = layers_of(cube)
    named = [
        next((layer for layer in layers if layer.band.common_name == colour), None) for colour in _COLOURS
    ]
    found = [layer for layer in named if layer is not None]
    if len(found) == len(_COLOURS):
        return found
    return layers[:3] if len(layers) >= len(_COLOURS) else layers[:1]


def _ends(band: Band) -> tuple[float, float] | None:
    """Return which values of a band are black and white; None if they are computed."""
    if band.maximum is None:
        return None
    low, high = range_of(band)
    wavelength = center_of(band.common_name, band.center)
    if wavelength is not None and wavelength < _THERMAL and (band.scale or high == 1):
        scale, offset = band.scale or 1, band.offset or 0
        low, high = max(low, -offset / scale), min(high, (_WHITE - offset) / scale)
    return low, high


def _computed_ends(planes: Sequence[NDArray[Any]], nothing: NDArray[np.bool_]) -> tuple[float, float]:
    """Return which computed values are black and white, the same for all colours."""
    values = np.concatenate([plane[~nothing] for plane in planes]).astype(np.float64)
    values = np.sort(values[np.isfinite(values)])
    if not values.size:
        return 0.0, 1.0
    if values[0] >= 0 and 1 < values[-1] <= _LARGEST:
        return 0.0, float(_LARGEST)
    rest = int(values.size * _LEFT_OUT)
    return float(values[rest]), float(values[-1 - rest])


def _shades(plane: NDArray[Any], low: float, high: float) -> _Bytes:
    shades = plane.astype(np.float32)
    shades -= low
    shades *= _LARGEST / (high - low) if high > low else 0
    np.rint(shades, out=shades)
    # Values that say that there is none may be anywhere.
    np.nan_to_num(shades, copy=False)
    found: _Bytes = np.clip(shades, 0, _LARGEST, out=shades).astype(np.uint8)
    return found


def _in_colours(plane: NDArray[Any], nothing: NDArray[np.bool_], colours: Colours) -> bytes:
    # Each pixel has the colour of the next smaller value which has one; index 0 has none.
    ends = np.array(colours.values[:_LARGEST], np.float64)
    indices = np.searchsorted(ends, plane, side="right").astype(np.uint8)
    indices[nothing] = 0
    shown = [(0, 0, 0, 0), *colours.colours[:_LARGEST]]
    palette = bytes(part for colour in shown for part in colour[:3])
    opacity = bytes(colour[3] for colour in shown)
    return _encoded(indices[..., None], Pixel.INDEX, palette=palette, opacity=opacity)


def _encoded(
    pixels: _Bytes, pixel: Pixel, *, palette: bytes | None = None, opacity: bytes | None = None
) -> bytes:
    height, width, parts = pixels.shape
    # Each row begins with the number of its filter: none.
    rows = np.zeros((height, 1 + width * parts), np.uint8)
    rows[:, 1:] = pixels.reshape(height, -1)
    return encode(width, height, rows.tobytes(), pixel, palette=palette, opacity=opacity)


FORMAT: Format = Png()
