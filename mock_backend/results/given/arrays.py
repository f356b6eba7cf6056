"""Arrays of NumPy as files. Whoever has one has imported the library."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.catalog import Band
from mock_backend.engine.cubes import DataCube, Dimension, Grid
from mock_backend.errors import Internal
from mock_backend.results.given.content import JsonContent, Material, Piece
from mock_backend.results.given.request import ResultRequest

#: Data types of NumPy that GeoTIFFs lack, and their replacements.
_AS_GOOD = {"bool": "uint8", "float16": "float32"}


class Array(Material):
    """An array of NumPy, or a number, as it is now.

    Raises:
        TypeError: If it does not hold numbers, truth values, texts or instants.
    """

    def __init__(self, values: Any) -> None:
        self.values = np.array(values)
        if self.values.dtype.kind not in "biufUMm":
            raise TypeError(f"A result array must hold numbers, got {self.values.dtype}.")
        is_raster = self.values.ndim in (2, 3) and self.values.dtype.kind in "biuf"
        self.endings = ("json", "tif", "npy") if is_raster else ("json", "npy")

    def pieces(self, ending: str, asked: ResultRequest) -> Sequence[Piece]:
        """Return the array in a format; as a GeoTIFF it covers what the process graph asks for."""
        if ending == "tif":
            values = self.values if self.values.ndim == 3 else self.values[None]
            names = [f"band{number + 1}" for number in range(len(values))]
            return [raster(values, self._grid(asked, *values.shape[1:]), names)]
        if ending == "npy":
            buffer = BytesIO()
            np.save(buffer, self.values, allow_pickle=False)
            return [Piece(buffer.getvalue())]
        values = self.values.astype(str) if self.values.dtype.kind in "Mm" else self.values
        return [Piece(JsonContent(values.tolist()).content)]

    def _grid(self, asked: ResultRequest, rows: int, columns: int) -> Grid:
        bbox = asked.extent.bbox
        if bbox is None or not rows or not columns or not (bbox[0] < bbox[2] and bbox[1] < bbox[3]):
            raise Internal(
                "The array that set_result() was given is to be a GeoTIFF, but nothing says where it is: the "
                "process graph has no spatial extent. Give an xarray.DataArray with coordinates and crs, or "
                "name='result.json'."
            )
        west, south, east, north = bbox
        return Grid("EPSG:4326", west, north, (east - west) / columns, (north - south) / rows, columns, rows)


def raster(
    values: NDArray[Any],
    grid: Grid,
    names: Sequence[str],
    *,
    nodata: Any = None,
    when: str | None = None,
) -> Piece:
    """Return an array as a GeoTIFF; raise ``OpenEOError`` if a GeoTIFF cannot hold such values.

    Args:
        values: Bands by rows by columns, from the north-west.
        nodata: The value that says that there is none, of whole numbers; of others it is NaN.
    """
    from mock_backend.landscape.sensors import statistics_of
    from mock_backend.results.formats.geotiff.content import whole_file
    from mock_backend.results.formats.geotiff.file_plan import geotiff_plan

    values = _storable(values)
    nothing = _nodata(nodata) if values.dtype.kind in "iu" else None
    bands = tuple(Band(name, data_type=values.dtype.name, nodata=nothing) for name in names)
    dimensions = (
        *(() if when is None else (Dimension("t", "temporal", (when,)),)),
        Dimension("bands", "bands", tuple(names)),
        Dimension("y", "spatial", axis="y"),
        Dimension("x", "spatial", axis="x"),
    )
    cube = DataCube(dimensions, bands, grid)
    content = whole_file(geotiff_plan(cube, {}), cube, values)

    def measure() -> tuple[Mapping[str, float], ...]:
        return tuple(statistics_of(band, cube.nodata) for band in values)

    facts = {"grid": grid, "bands": bands, "values": values.size, "measure": measure}
    return Piece(content, when=when, bbox=grid.bbox, facts=facts)


def _storable(values: NDArray[Any]) -> NDArray[Any]:
    """Return values in a data type that GeoTIFFs and their readers support."""
    name = values.dtype.name
    if name in ("int64", "uint64"):
        low, high = (int(values.min()), int(values.max())) if values.size else (0, 0)
        return values.astype("int32" if low >= -(2**31) and high < 2**31 else "float64")
    if values.dtype.kind not in "biuf" or values.dtype.itemsize > 8:
        raise Internal(f"A GeoTIFF holds numbers; what set_result() was given for one holds {values.dtype}.")
    return values.astype(_AS_GOOD.get(name, name), copy=False)


def _nodata(told: Any) -> float | None:
    try:
        return float(told) if told is not None and float(told) == int(told) else None
    except (TypeError, ValueError, OverflowError):
        return None
