"""Arrays of NumPy as files. Whoever has one has imported the library."""

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import Grid
from mock_backend.errors import Internal
from mock_backend.results.given.content import JsonContent, Piece
from mock_backend.results.given.rasters import raster
from mock_backend.results.given.request import ResultRequest

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Array:
    """An array of NumPy, or a number."""

    values: "NDArray[Any]"  #: A copy of it
    fallback = "json"
    takes_any = False

    @classmethod
    def of(cls, values: Any) -> "Array":
        """Return an array as it is now.

        Raises:
            TypeError: If it does not hold numbers, truth values, texts or instants.
        """
        import numpy as np  # whoever gave it has it

        copy = np.array(values)
        if copy.dtype.kind not in "biufUMm":
            raise TypeError(f"A result array must hold numbers, got {copy.dtype}.")
        return cls(copy)

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
            import numpy as np

            buffer = BytesIO()
            np.save(buffer, self.values, allow_pickle=False)
            return [Piece(buffer.getvalue())]
        values = self.values
        return [
            Piece(
                JsonContent.of((values.astype(str) if values.dtype.kind in "Mm" else values).tolist()).content
            )
        ]

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
