"""Arrays of NumPy as files. Whoever has one has imported the library."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np

from mock_backend.engine.cubes import Grid
from mock_backend.errors import Internal
from mock_backend.results.given.content import JsonContent, Piece
from mock_backend.results.given.rasters import raster
from mock_backend.results.given.request import ResultRequest


class Array:
    """An array of NumPy, or a number, as it is now.

    Raises:
        TypeError: If it does not hold numbers, truth values, texts or instants.
    """

    fallback = "json"
    takes_any = False

    def __init__(self, values: Any) -> None:
        self.values = np.array(values)
        if self.values.dtype.kind not in "biufUMm":
            raise TypeError(f"A result array must hold numbers, got {self.values.dtype}.")

    @property
    def endings(self) -> tuple[str, ...]:
        """Endings of its files: those of a raster if it can be one."""
        is_raster = self.values.ndim in (2, 3) and self.values.dtype.kind in "biuf"
        return ("json", "tif", "npy") if is_raster else ("json", "npy")

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
