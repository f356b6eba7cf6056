"""PNG: a picture to look at, one file for each date."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.engine.core.file_values import Values
from mock_backend.results.formats.base import MAX_HELD, FilePart, check_format_size, checked_cube
from mock_backend.results.formats.colours import Colours, colours_of
from mock_backend.results.formats.labels import are_no_data
from mock_backend.results.formats.png.encoding import Pixel
from mock_backend.results.formats.png.picture import (
    LARGEST,
    known_ends,
    of_shades,
    png_of_pixels,
    shade_ends,
    shades,
    shown_layers,
)
from mock_backend.results.formats.rasters import RasterFormat

# The part of computed values that is darker than black, or brighter than white.
_LEFT_OUT = 0.01


class Png(RasterFormat):
    """PNG.

    One band is grey, or has the colours of an option; of several, three are red, green and blue: those
    whose common names say so, or the first three. From black to white is from a band's smallest to its
    largest value; reflectances are white from 0.3 on, as all land is darker. Computed values are taken for
    shades if they are between 0 and 255; of others nearly all are between black and white. Where there are no
    data it is transparent.
    """

    name = "PNG"
    media_type = "image/png"
    ending = ".png"
    most_values = MAX_HELD

    def write(self, part: FilePart, options: Mapping[str, Any]) -> bytes:
        """Return a picture."""
        cube = checked_cube(self.name, part.content)
        check_format_size(self.name, cube, MAX_HELD)
        layers, values, colours = shown_layers(cube), Values(cube), colours_of(options.get("colormap"))
        planes = [values.window(layer.labels, slice(None), slice(None)) for layer in layers]
        nothing = np.logical_or.reduce([are_no_data(plane, cube.nodata) for plane in planes])
        if len(planes) == 1 and colours is not None:
            return _in_colours(planes[0], nothing, colours)
        found = shade_ends(np.concatenate([plane[~nothing] for plane in planes]), _LEFT_OUT)
        parts = [
            shades(plane, known_ends(layer.band) or found)
            for plane, layer in zip(planes, layers, strict=True)
        ]
        return of_shades(parts, nothing)


def _in_colours(plane: NDArray[Any], nothing: NDArray[np.bool_], colours: Colours) -> bytes:
    # Each pixel has the colour of the next smaller value which has one; index 0 has none.
    ends = np.array(colours.values[:LARGEST], np.float64)
    indices = np.searchsorted(ends, plane, side="right").astype(np.uint8)
    indices[nothing] = 0
    shown = [(0, 0, 0, 0), *colours.colours[:LARGEST]]
    palette = bytes(part for colour in shown for part in colour[:3])
    opacity = bytes(colour[3] for colour in shown)
    return png_of_pixels(indices[..., None], Pixel.INDEX, palette=palette, opacity=opacity)


FORMAT = Png()
