"""Members of STAC 1.1 and its extensions for rasters and their bands."""

import math
from functools import lru_cache
from typing import Any

from mock_backend.catalog import Band
from mock_backend.engine.cubes import Grid
from mock_backend.engine.cubes.projection import DEGREES

_DATA_TYPES = frozenset(
    [
        *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "cint16", "cint32", "cfloat32", "cfloat64"),
    ]
)

# Names in the eo extension; made-up names of bands are not among them.
_COMMON_NAMES = frozenset(
    [
        *("pan", "coastal", "blue", "green", "green05", "yellow", "red"),
        *("rededge", "rededge071", "rededge075", "rededge078", "nir", "nir08", "nir09"),
        *("cirrus", "swir16", "swir22", "lwir", "lwir11", "lwir12"),
    ]
)

# The length of a degree along the equator.
_DEGREE = 111_319.49


def projection_facts(grid: Grid) -> dict[str, Any]:
    """Return where the pixels of a raster are, in fields of the projection extension."""
    code = {"proj:code": f"EPSG:{grid.epsg}"} if grid.epsg is not None else {"proj:wkt2": _wkt2(grid.crs)}
    return {
        **code,
        "proj:bbox": list(grid.bounds),
        "proj:shape": [grid.rows, grid.columns],
        "proj:transform": list(grid.transform),
    }


def band_facts(band: Band, resolution: float | None = None) -> dict[str, Any]:
    """Return a band's entry in ``bands``, without statistics.

    Args:
        resolution: The size of its pixels in metres.
    """
    common = band.common_name if band.common_name in _COMMON_NAMES else None
    facts = {
        "name": band.name,
        "description": band.description or None,
        "data_type": band.data_type if band.data_type in _DATA_TYPES else "other",
        "nodata": _nodata(band.nodata),
        "unit": band.unit,
        "eo:common_name": common,
        "eo:center_wavelength": band.center,
        "eo:full_width_half_max": band.width,
        "raster:scale": band.scale,
        "raster:offset": band.offset,
        "raster:spatial_resolution": resolution,
        "classification:classes": band.raster().get("classification:classes"),
    }
    return {name: value for name, value in facts.items() if value is not None}


def resolution_of(grid: Grid) -> float:
    """Return the size of a grid's pixels in metres, the mean of width and height."""
    geographic, unit = _units(grid.crs)
    if not geographic:
        return round((grid.x_size + grid.y_size) / 2 * unit, 3)
    middle = math.radians(max(-90.0, min(90.0, (grid.north + grid.south) / 2)))
    # Degrees of longitude are shorter the nearer the poles.
    return round((grid.x_size * math.cos(middle) + grid.y_size) / 2 * _DEGREE, 3)


def _nodata(value: float | str | None) -> float | str | None:
    if isinstance(value, str):
        text = value.lower()
        return text if text in ("nan", "inf", "-inf") else None
    if value is None:
        return None
    if not math.isfinite(value):
        return str(float(value))
    return int(value) if float(value).is_integer() else value


def _wkt2(crs: str) -> str:
    if "[" in crs:
        return crs
    from pyproj import CRS  # heavy, and only needed for coordinate systems without a number

    return str(CRS.from_user_input(crs).to_wkt())


@lru_cache(maxsize=256)
def _units(crs: str) -> tuple[bool, float]:
    """Return whether a coordinate system is in degrees, and how many metres its unit has if it is not."""
    if crs == DEGREES:
        return True, _DEGREE
    from pyproj import CRS

    found = CRS.from_user_input(crs)
    axes = found.axis_info
    return bool(found.is_geographic), float(axes[0].unit_conversion_factor) if axes else 1.0
