"""The data cube that a service shows, and pictures of parts of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.api.services.maps import STEPS, Colour, palette_of
from mock_backend.engine.core.file_values import in_data_type as in_data_type
from mock_backend.engine.core.nearest import NearestPixels
from mock_backend.engine.core.window import Positions, WindowReader, positions_of
from mock_backend.engine.cubes import DataCube, Grid, UnknownCrsError
from mock_backend.engine.sources.source import Source
from mock_backend.engine.steps import Outcome
from mock_backend.engine.steps.areas import Area
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.shape import start_of
from mock_backend.errors import ProcessGraphComplexity
from mock_backend.results.formats.layout import is_raster
from mock_backend.results.formats.png.encoding import Pixel
from mock_backend.results.formats.png.picture import (
    Ends,
    found_ends,
    known_ends,
    of_shades,
    png_of_pixels,
    shade_ends,
    shades,
    shown_layers,
)
from mock_backend.results.formats.rasters import Layer

#: The width and height of the sample from which the range of computed values is estimated.
_SAMPLE = 64
#: The part of computed values that is beyond the ends of colours.
_LEFT_OUT = 0.02
#: The most values that are read for one picture, and at once.
_MOST, _AT_ONCE = 1 << 27, 1 << 22
#: The most dates that are looked at for pixels without data.
_MOST_DATES = 100
#: The start of labels that are no instants.
_EARLIEST = datetime.min.replace(tzinfo=UTC)

_Planes = NDArray[Any]
_Mask = NDArray[np.bool_]


class ShownCube:
    """The data cube that a service shows: one band in colours, or three as red, green and blue.

    Args:
        flow: The data cube; all there is of it if no area has been chosen.
    """

    def __init__(self, flow: Flow) -> None:
        assert flow.cube.grid is not None  # as shown_of() has looked
        self._flow = flow
        #: Its pixels.
        self.grid = flow.cube.grid

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The bands that are shown; none if the data cube is empty."""
        cube = self._flow.cube
        time = cube.of_kind("temporal")
        return tuple(shown_layers(cube if time is None else cube.at(time.name, *(time.labels or ())[:1])))

    @cached_property
    def ends(self) -> tuple[Ends, ...]:
        """The values with the first and the last colour, for each layer; none if there are no values."""
        known = [known_ends(layer.band) for layer in self.layers]
        found: Ends = (0.0, 1.0)
        if None in known:
            west, south, east, north = self.grid.bounds
            columns, rows = min(_SAMPLE, self.grid.columns), min(_SAMPLE, self.grid.rows)
            coarse = Grid(
                self.grid.crs, west, north, (east - west) / columns, (north - south) / rows, columns, rows
            )
            planes, there = self._mosaic(coarse)
            if not there.any():
                return ()
            find = found_ends if len(self.layers) == 1 else shade_ends
            found = find(planes[:, there], _LEFT_OUT)
        return tuple(each or found for each in known)

    def drawn(
        self, grid: Grid, *, ends: Sequence[Ends], colormap: str, background: Colour | None = None
    ) -> bytes:
        """Return a picture as PNG; raise ``OpenEOError`` if it cannot be computed.

        Args:
            ends: The values with the first and the last colour, for each layer; none for 0 and 1.
            background: The colour of no data; None if it is transparent.
        """
        planes, there = self._mosaic(grid)
        ends = ends or ((0.0, 1.0),) * len(planes)
        if len(planes) == 1:
            indices = np.where(there, shades(planes[0], ends[0], STEPS) + np.uint8(1), np.uint8(0))
            opacity = b"\0" if background is None else None
            palette = palette_of(colormap, background)
            return png_of_pixels(indices[..., None], Pixel.INDEX, palette=palette, opacity=opacity)
        parts = [shades(plane, each) for plane, each in zip(planes, ends, strict=True)]
        if background is not None:
            parts = [
                np.where(there, part, np.uint8(shade)) for part, shade in zip(parts, background, strict=True)
            ]
            there = np.ones_like(there)
        return of_shades(parts, ~there)

    def _mosaic(self, picture: Grid) -> tuple[_Planes, _Mask]:
        """Return the latest values of a picture, one plane for each layer, and the pixels that have some."""
        shape, count = (picture.rows, picture.columns), max(len(self.layers), 1)
        planes, there = np.zeros((count, *shape)), np.zeros(shape, bool)
        cube = self._around(picture)
        if cube is None or not self.layers:
            return planes, there
        assert cube.grid is not None
        assert isinstance(cube.source, Source)
        nearest, reader = NearestPixels(cube.grid, picture), WindowReader()
        missing, budget = nearest.inside, _MOST
        time = cube.of_kind("temporal")
        for date in self._dates(cube)[:_MOST_DATES]:
            if not missing.any():
                break
            others = tuple(
                positions_of([date]) if each is time else positions
                for each, (positions, _) in zip(cube.others, self._chosen, strict=True)
            )
            wanted = int(missing.sum())
            loaded = max(cube.source.loaded(tuple(map(len, others)), wanted), 1)
            budget -= loaded
            if budget < 0:
                size = f"{picture.columns:,} by {picture.rows:,} pixels"
                raise ProcessGraphComplexity(
                    f"A map of {size} needs more than {_MOST:,} values. Ask for a smaller map, or choose "
                    "fewer dates or bands."
                )
            height = max(_AT_ONCE * wanted // loaded // picture.columns, 1)
            for top in range(0, picture.rows, height):
                chosen = np.zeros_like(missing)
                chosen[top : top + height] = missing[top : top + height]
                if chosen.any():
                    values = nearest.read(cube.source, others, chosen, reader)
                    planes[:, chosen] = values[tuple(places for _, places in self._chosen)]
            found = ~np.isnan(planes).any(axis=0)
            there |= missing & found
            missing = missing & ~found
        data_type = np.dtype(cube.data_type)
        return in_data_type(np.where(there, planes, 0), data_type, cube.nodata), there

    def _around(self, picture: Grid) -> DataCube | None:
        """Return the part of the data cube where a picture is; None if it is elsewhere."""
        if self._flow.native is None:
            return self._flow.cube
        try:
            found = self._flow.clipped(Area(picture.bounds, picture.crs))
        except UnknownCrsError:
            return None
        return None if found is None else found.cube

    def _dates(self, cube: DataCube) -> list[int]:
        """Return the positions of the dates of a data cube, the latest first; just 0 if it has none."""
        time = cube.of_kind("temporal")
        if time is None:
            return [0]
        labels = time.labels or ()
        starts = [start_of(cube, label) or _EARLIEST for label in labels]
        return sorted(range(len(labels)), key=lambda place: (starts[place], place), reverse=True)

    @cached_property
    def _chosen(self) -> list[tuple[Positions, Positions]]:
        """The positions that are shown along each other dimension, and the place of each layer in them."""
        names = [each.name for each in self._flow.cube.others]
        return [
            np.unique([layer.labels[name] for layer in self.layers], return_inverse=True) for name in names
        ]


def shown_of(outcome: Outcome) -> ShownCube | None:
    """Return what a service shows: the first data cube with rows and columns; None if there is none."""
    for saved in outcome.saved:
        flow = saved.whole
        if flow is not None and flow.cube.grid is not None and is_raster(flow.cube):
            return ShownCube(flow)
    return None
