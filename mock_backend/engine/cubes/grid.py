"""Positions of the pixels of a data cube."""

import math
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes.projection import Box, bounds_in, epsg_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Coordinates that miss a multiple of the resolution by less than this part of a pixel are meant to meet it.
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Grid:
    """A raster of pixels in a coordinate system, row by row from the north-west."""

    crs: str  #: The coordinate system: ``EPSG:`` and a number where it has one, else WKT or a PROJ text
    west: float
    north: float
    x_size: float  #: The width of a pixel in units of the coordinate system
    y_size: float  #: The height of a pixel, positive
    columns: int  #: The number of pixels from west to east
    rows: int  #: The number of pixels from north to south

    @classmethod
    def around(cls, bounds: Box, *, crs: str, x_size: float, y_size: float) -> Self:
        """Return the smallest grid that covers a box; its edges are multiples of the resolution.

        Args:
            bounds: West, south, east and north in the coordinate system.
        """
        west, south, east, north = bounds
        first = math.floor(west / x_size + _TOLERANCE)
        last = max(math.ceil(east / x_size - _TOLERANCE), first + 1)
        low = math.floor(south / y_size + _TOLERANCE)
        high = max(math.ceil(north / y_size - _TOLERANCE), low + 1)
        # Multiplied last: so grids of one resolution meet to the last bit.
        return cls(crs, first * x_size, high * y_size, x_size, y_size, last - first, high - low)

    @property
    def bounds(self) -> Box:
        """West, south, east and north in the coordinate system."""
        return self.west, self.south, self.east, self.north

    @property
    def east(self) -> float:
        """The eastern edge."""
        return _clean(self.west + self.columns * self.x_size)

    @property
    def south(self) -> float:
        """The southern edge."""
        return _clean(self.north - self.rows * self.y_size)

    @cached_property
    def bbox(self) -> Box:
        """West, south, east and north in degrees; west is larger than east across the antimeridian."""
        west, south, east, north = bounds_in(self.bounds, self.crs, "EPSG:4326")
        if east - west >= 360:
            return -180.0, south, 180.0, north
        return _on_earth(west), south, _on_earth(east), north

    @cached_property
    def epsg(self) -> int | None:
        """The number of the coordinate system in EPSG's register, if it has one."""
        return epsg_of(self.crs)

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        return self.columns * self.rows

    @property
    def transform(self) -> tuple[float, float, float, float, float, float]:
        """The affine transformation from pixels to coordinates, as STAC and rasterio write it."""
        return self.x_size, 0.0, self.west, 0.0, -self.y_size, self.north

    @property
    def xs(self) -> "NDArray[np.float64]":
        """The coordinates of the centres of the columns, from west to east."""
        import numpy as np  # heavy, and only needed where there are values

        return np.asarray(self.west + (np.arange(self.columns) + 0.5) * self.x_size, dtype=np.float64)

    @property
    def ys(self) -> "NDArray[np.float64]":
        """The coordinates of the centres of the rows, from north to south."""
        import numpy as np

        return np.asarray(self.north - (np.arange(self.rows) + 0.5) * self.y_size, dtype=np.float64)

    def window(self, first_row: int, first_column: int, rows: int, columns: int) -> Self:
        """Return a part of the grid."""
        return replace(
            self,
            west=self.west + first_column * self.x_size,
            north=self.north - first_row * self.y_size,
            rows=rows,
            columns=columns,
        )

    def finer(self, high: int, wide: int) -> Self:
        """Return the grid with each pixel divided into some rows and columns."""
        return replace(
            self,
            x_size=self.x_size / wide,
            y_size=self.y_size / high,
            columns=self.columns * wide,
            rows=self.rows * high,
        )

    def clipped(self, bounds: Box) -> Self | None:
        """Return the pixels that a box in the same coordinate system touches; None if there are none."""
        west, south, east, north = bounds
        first = math.floor((west - self.west) / self.x_size + _TOLERANCE)
        last = max(math.ceil((east - self.west) / self.x_size - _TOLERANCE), first + 1)
        top = math.floor((self.north - north) / self.y_size + _TOLERANCE)
        bottom = max(math.ceil((self.north - south) / self.y_size - _TOLERANCE), top + 1)
        return self._part(top, bottom, first, last)

    def within(self, bounds: Box) -> Self | None:
        """Return the pixels with their centres in a box in its coordinate system; None if there are none."""
        west, south, east, north = bounds
        half_x, half_y = self.x_size / 2, self.y_size / 2
        first = math.ceil((west + half_x - self.west) / self.x_size - _TOLERANCE) - 1
        last = math.floor((east + half_x - self.west) / self.x_size + _TOLERANCE)
        top = math.ceil((self.north - north + half_y) / self.y_size - _TOLERANCE) - 1
        bottom = math.floor((self.north - south + half_y) / self.y_size + _TOLERANCE)
        return self._part(top, bottom, first, last)

    def _part(self, top: int, bottom: int, first: int, last: int) -> Self | None:
        """Return the pixels from a row and a column up to others, as far as they exist; None if none do."""
        first, last = max(first, 0), min(last, self.columns)
        top, bottom = max(top, 0), min(bottom, self.rows)
        if first >= last or top >= bottom:
            return None
        return self.window(top, first, bottom - top, last - first)


def _on_earth(longitude: float) -> float:
    return longitude if -180 <= longitude <= 180 else (longitude + 180) % 360 - 180


def _clean(value: float) -> float:
    """Return what is meant: sums of products of decimals miss it by their last digits."""
    return round(value, 9) + 0.0
