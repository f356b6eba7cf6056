"""Assets as STAC documents list them, in the words of STAC 1.1 and its extensions."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

from mock_backend.catalog import Band
from mock_backend.engine.cubes import Grid
from mock_backend.engine.cubes.projection import DEGREES
from mock_backend.results.documents.assets import Asset, Product

#: Checksums, statistics and unknown sizes need content. Documents have them up to this number of assets, ...
MOST_ASSETS = 100
#: ... of values, ...
MOST_VALUES = 1 << 23
#: ... and of bytes.
MOST_BYTES = 1 << 26

_DEFINED = ("type", "title", "roles")


class AssetObjects:
    """The Asset Objects of documents of the same files.

    What several assets have in common is there once, as objects that they share: do not change
    a document before it is written.
    """

    def __init__(self, assets: Sequence[Asset]) -> None:
        self._measures = _is_small(assets)
        self._bands: dict[tuple[int, float | None], list[dict[str, Any]]] = {}
        self._projections: dict[int, dict[str, Any]] = {}
        self._objects = {each.name: self._object(each) for each in assets}

    def objects(self, href: Callable[[str], str]) -> dict[str, dict[str, Any]]:
        """Return the objects by the names of the files."""
        return {name: {"href": href(name), **known} for name, known in self._objects.items()}

    @cached_property
    def bands(self) -> list[dict[str, Any]]:
        """All bands by their names, with what they are in the first file that has them."""
        found: dict[str, dict[str, Any]] = {}
        for bands in self._bands.values():
            for band in bands:
                found.setdefault(band["name"], band)
        return list(found.values())

    @cached_property
    def projection(self) -> Mapping[str, Any]:
        """Positions of the pixels of rasters; empty if they differ between assets."""
        first, *others = self._projections.values() or ({},)
        return first if all(each == first for each in others) else {}

    @cached_property
    def codes(self) -> list[str]:
        """The codes of all coordinate systems."""
        codes = (each.get("proj:code") for each in self._projections.values())
        return list(dict.fromkeys(code for code in codes if code is not None))

    @cached_property
    def fields(self) -> set[str]:
        """The names of the fields that tell something of a file or a band."""
        of_bands = {name for bands in self._bands.values() for band in bands for name in band}
        of_places = {name for facts in self._projections.values() for name in facts}
        has_size = any("file:size" in each for each in self._objects.values())
        return of_bands | of_places | ({"file:size"} if has_size else set())

    def definitions(self, assets: Iterable[Asset]) -> dict[str, dict[str, Any]]:
        """Return Item Asset Definitions: what is to be expected of files of these names."""
        found = {}
        for asset in assets:
            known = self._objects[asset.name]
            # STAC wants two members at least.
            found[asset.name] = {"title": asset.name} | {
                field: known[field] for field in _DEFINED if field in known
            }
            if asset.bands:
                found[asset.name]["bands"] = self._shared_bands(asset)
        return found

    def _object(self, asset: Asset) -> dict[str, Any]:
        found: dict[str, Any] = {"type": asset.media_type}
        if asset.title:
            found["title"] = asset.title
        if asset.roles:
            found["roles"] = asset.roles
        if asset.bands:
            found["bands"] = self._measured_bands(asset)
        if asset.grid is not None:
            found |= self._projection_of(asset.grid)
        size = asset.length if self._measures else asset.size
        if size is not None:
            found["file:size"] = size
        if self._measures and (size or 0) <= MOST_BYTES and (checksum := asset.checksum) is not None:
            found["file:checksum"] = checksum
        return found

    def _measured_bands(self, asset: Asset) -> list[dict[str, Any]]:
        bands = self._shared_bands(asset)
        if not self._measures or not asset.statistics:
            return bands
        return [band | {"statistics": each} for band, each in zip(bands, asset.statistics, strict=True)]

    def _shared_bands(self, asset: Asset) -> list[dict[str, Any]]:
        resolution = None if asset.grid is None else resolution_of(asset.grid)
        key = id(asset.bands), resolution
        if (shared := self._bands.get(key)) is None:
            shared = self._bands[key] = [band_facts(each, resolution) for each in asset.bands]
        return shared

    def _projection_of(self, grid: Grid) -> dict[str, Any]:
        if (shared := self._projections.get(id(grid))) is None:
            shared = self._projections[id(grid)] = projection_facts(grid)
        return shared


def objects_of(product: Product) -> AssetObjects:
    """Return the Asset Objects of a product; those of few files that last are kept with it."""
    known: AssetObjects | None = product.__dict__.get("asset_objects")
    if known is None:
        known = AssetObjects(list(product.by_name.values()))
        if product.lasts and len(product.by_name) <= MOST_ASSETS:
            product.__dict__["asset_objects"] = known
    return known


def _is_small(assets: Sequence[Asset]) -> bool:
    return (
        len(assets) <= MOST_ASSETS
        and sum(each.values for each in assets) <= MOST_VALUES
        and sum(each.size or 0 for each in assets) <= MOST_BYTES
    )


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
