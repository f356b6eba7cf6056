"""Arrays of pixels as GeoTIFFs."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mock_backend.catalog import Band
from mock_backend.engine.cubes import DataCube, Dimension, Grid
from mock_backend.errors import Internal
from mock_backend.results.given.content import Piece

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Data types of NumPy that GeoTIFFs lack, and their replacements.
_AS_GOOD = {"bool": "uint8", "float16": "float32"}


def raster(
    values: "NDArray[Any]",
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
    # With NumPy, as whoever has an array has it.
    from mock_backend.landscape.sensors import statistics_of
    from mock_backend.results.formats.geotiff.content import whole_of_array
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
    plan = geotiff_plan(cube, {})
    content = whole_of_array(plan, values, cube.nodata, when)

    def measure() -> tuple[Mapping[str, float], ...]:
        return tuple(statistics_of(band, cube.nodata) for band in values)

    facts = {"grid": grid, "bands": bands, "values": values.size, "measure": measure}
    return Piece(content, when=when, bbox=grid.bbox, facts=facts)


def _storable(values: "NDArray[Any]") -> "NDArray[Any]":
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
