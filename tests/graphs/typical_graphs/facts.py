"""Facts about a result from its process graph alone, to be compared with its files."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Raster:
    """A result with pixels.

    Args:
        crs: The EPSG number.
        bounds: West, south, east and north in that system.
        resolution: The width and height of a pixel.
        dates: Its dates, none if it has no time.
        bands: The names of its bands; if it has none, what people call its values.
        dtype: The data type of its values.
        nodata: The value that says that there is none, as a text.
        span: Between what its values are.
    """

    crs: int
    bounds: tuple[float, float, float, float]
    resolution: float
    dates: tuple[str, ...]
    bands: tuple[str, ...]
    dtype: str
    nodata: str
    span: tuple[float, float]

    @property
    def size(self) -> tuple[int, int]:
        """Number of columns and rows."""
        west, south, east, north = self.bounds
        return round((east - west) / self.resolution), round((north - south) / self.resolution)


@dataclass(frozen=True)
class Table:
    """A result with a row for each geometry and date.

    Args:
        geometries: How many geometries there are.
        bounds: The box around them in degrees.
        dates: Its dates, none if it has no time.
        columns: What has a value for each row.
        dtype: The data type of the values.
        nodata: The value that says that there is none, as a text.
        span: Between what its values are.
    """

    geometries: int
    bounds: tuple[float, float, float, float]
    dates: tuple[str, ...]
    columns: tuple[str, ...]
    dtype: str
    nodata: str
    span: tuple[float, float]


@dataclass(frozen=True)
class Number:
    """A result that is one number.

    Args:
        dtype: Its data type.
        nodata: The value that says that there is none, as a text.
        span: Between what it is.
    """

    dtype: str
    nodata: str
    span: tuple[float, float]
    dates: tuple[str, ...] = ()
    columns: tuple[str, ...] = ("value",)
