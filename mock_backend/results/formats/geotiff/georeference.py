"""Georeference of a GeoTIFF, in its keys."""

import struct
from functools import lru_cache

from mock_backend.engine.cubes import Grid
from mock_backend.engine.cubes.projection import epsg_of, is_geographic
from mock_backend.results.formats.geotiff.tags import Kind, Tag

_PIXEL_SCALE, _TIE_POINT, _KEYS, _TEXTS = 33_550, 33_922, 34_735, 34_737
_MODEL, _RASTER, _GEOGRAPHIC, _PROJECTED, _CITATION = 1024, 1025, 2048, 3072, 3073
_USER_DEFINED = 32_767
# Numbers of the register end here; those beyond are free for private use.
_LAST = 32_766


def georeference(grid: Grid) -> tuple[Tag, ...]:
    """Return the tags that say where the pixels of a grid are."""
    return (
        Tag.of(_PIXEL_SCALE, Kind.DOUBLE, grid.x_size, grid.y_size, 0.0),
        Tag.of(_TIE_POINT, Kind.DOUBLE, 0.0, 0.0, 0.0, grid.west, grid.north, 0.0),
        *_keys(grid.crs),
    )


@lru_cache(maxsize=256)
def _keys(crs: str) -> tuple[Tag, ...]:
    epsg = epsg_of(crs)
    numbers, texts = {_RASTER: 1}, {}
    if epsg is not None and epsg <= _LAST:
        geographic = is_geographic(crs)
        numbers |= {_MODEL: 2 if geographic else 1, _GEOGRAPHIC if geographic else _PROJECTED: epsg}
    else:
        # How ArcGIS writes coordinate systems that have no number, and GDAL reads them.
        numbers[_MODEL] = _USER_DEFINED
        texts[_CITATION] = f"ESRI PE String = {_wkt(crs)}|"
    keys, written = [(1, 1, 0, len(numbers) + len(texts))], ""
    for key in sorted({**numbers, **texts}):
        if key in numbers:
            keys.append((key, 0, 1, numbers[key]))
        else:
            keys.append((key, _TEXTS, len(texts[key]), len(written)))
            written += texts[key]
    content = b"".join(struct.pack("<4H", *each) for each in keys)
    directory = Tag(_KEYS, Kind.SHORT, len(keys) * 4, content)
    return (directory, Tag.text(_TEXTS, written)) if written else (directory,)


def _wkt(crs: str) -> str:
    from pyproj import CRS
    from pyproj.enums import WktVersion
    from pyproj.exceptions import CRSError

    found = CRS.from_user_input(crs)
    try:
        wkt = str(found.to_wkt(WktVersion.WKT1_ESRI))
    except CRSError:
        # What that dialect cannot say.
        wkt = str(found.to_wkt())
    return wkt.encode("ascii", "replace").decode()
