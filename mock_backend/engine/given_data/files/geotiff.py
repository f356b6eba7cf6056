"""The pixels of GeoTIFFs: simple ones are read here, all others by rasterio."""

import struct
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from mock_backend.catalog import Band
from mock_backend.engine.cubes import Grid
from mock_backend.engine.cubes.projection import crs_name
from mock_backend.engine.given_data.data import MOST, GivenDataError, GivenVariable, Told, Variables
from mock_backend.engine.given_data.files.datasets import installed
from mock_backend.engine.given_data.files.georeference import told_crs
from mock_backend.engine.given_data.files.geotiff_facts import (
    GeoTiffFacts,
    Tags,
    facts_of,
    read_tags,
)

_WIDTH, _HEIGHT, _COMPRESSION, _PLANAR, _PREDICTOR = 256, 257, 259, 284, 317
_STRIP_OFFSETS, _ROWS, _STRIP_COUNTS = 273, 278, 279
_TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS, _TILE_COUNTS = 322, 323, 324, 325
#: Compressions of TIFF that are in the standard library: none and two names of Deflate.
_COMPRESSIONS: Mapping[int, Callable[[bytes], bytes]] = {
    1: bytes,
    8: zlib.decompress,
    32_946: zlib.decompress,
}


def read_geotiff(content: bytes | Path, told: Told) -> tuple[Variables, str | None]:
    """Read a GeoTIFF.

    Returns:
        Its values, and the date of the data if it was written here and has one.
    """
    try:
        with BytesIO(content) if isinstance(content, bytes) else content.open("rb") as file:
            order, tags = read_tags(file)
            facts = facts_of(tags)
            if facts.grid is not None:
                crs_name(facts.grid.crs)
            values = _pixels(file, order, tags, facts) if facts.grid or told.bbox is not None else None
    except GivenDataError:
        raise
    except (ValueError, TypeError, LookupError, ArithmeticError, struct.error, zlib.error):
        values = None
    if values is not None:
        return _variables(values, facts.grid, facts.bands), facts.when
    return _by_rasterio(content, told), None


def _variables(values: NDArray[Any], grid: Grid | None, bands: tuple[Band, ...]) -> Variables:
    return Variables({"": GivenVariable(("bands", "y", "x"), values)}, grid=grid, bands=bands)


def _pixels(file: BinaryIO, order: Any, tags: Tags, facts: GeoTiffFacts) -> NDArray[Any] | None:
    """Return bands by rows by columns; None if reading them is more than simple."""
    kinds = {band.data_type for band in facts.bands}
    decompressed = _COMPRESSIONS.get(_one(tags, _COMPRESSION, 1))
    if len(kinds) != 1 or "other" in kinds or decompressed is None or _one(tags, _PREDICTOR, 1) != 1:
        return None
    columns, rows, bands = _one(tags, _WIDTH), _one(tags, _HEIGHT), len(facts.bands)
    apart = _one(tags, _PLANAR, 1) == 2
    tiled = _TILE_OFFSETS in tags
    width = _one(tags, _TILE_WIDTH) if tiled else columns
    height = _one(tags, _TILE_HEIGHT) if tiled else min(_one(tags, _ROWS, rows), rows)
    offsets = tags[_TILE_OFFSETS if tiled else _STRIP_OFFSETS]
    counts = tags[_TILE_COUNTS if tiled else _STRIP_COUNTS]
    if columns * rows * bands > MOST:
        raise GivenDataError(
            f"A GeoTIFF of {columns * rows * bands:,} values is too large to be data of a test."
        )
    dtype = np.dtype(kinds.pop()).newbyteorder(order)
    depth = 1 if apart else bands
    places = product(range(bands if apart else 1), range(-(-rows // height)), range(-(-columns // width)))
    values = np.empty((bands, rows, columns), dtype.newbyteorder("="))
    for (band, down, across), offset, count in zip(places, offsets, counts, strict=True):
        file.seek(offset)
        # Files of others leave blocks without data out.
        block = decompressed(file.read(count)) if count else b""
        top, left = down * height, across * width
        tall = height if tiled else min(height, rows - top)
        if not block:
            return None
        pixels = np.frombuffer(block, dtype, tall * width * depth).reshape(tall, width, depth)
        pixels = pixels[: rows - top, : columns - left]
        into = values[band : band + depth, top : top + height, left : left + width]
        into[...] = np.moveaxis(pixels, -1, 0)
    return values


def _one(tags: Tags, number: int, default: int | None = None) -> int:
    return int(tags[number][0]) if default is None else int(tags.get(number, (default,))[0])


def _by_rasterio(content: bytes | Path, told: Told) -> Variables:
    what = "This GeoTIFF" if isinstance(content, bytes) else f"{content}"
    rasterio = installed("rasterio", what)
    import warnings

    with warnings.catch_warnings():
        # What is nowhere is told below, unless a test tells where it is.
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        try:
            with rasterio.open(BytesIO(content) if isinstance(content, bytes) else content) as raster:
                transform, crs = raster.transform, raster.crs
                if raster.width * raster.height * raster.count > MOST:
                    raise GivenDataError(f"{what} is too large to be data of a test.")
                values = raster.read()
                about = raster.descriptions, raster.units, raster.scales, raster.offsets, raster.nodatavals
                bands = tuple(_band(place, *each) for place, each in enumerate(zip(*about, strict=True), 1))
        except (rasterio.errors.RasterioError, UnicodeDecodeError) as error:
            raise GivenDataError(f"{what} cannot be read: {error}") from None
    if told.bbox is not None:
        return _variables(values, None, bands)
    if transform.b or transform.d or transform.a <= 0 or transform.e >= 0 or transform.is_identity:
        raise GivenDataError(
            f"{what} does not have its rows from north to south and its columns from west to east at known "
            "places: give bbox=(west, south, east, north) and crs='EPSG:…', or warp it first."
        )
    name = told_crs(told.crs) or told_crs(crs)
    if name is None:
        raise GivenDataError(f"{what} does not tell its coordinate system; give it: crs='EPSG:…'.")
    grid = Grid(name, transform.c, transform.f, transform.a, -transform.e, values.shape[2], values.shape[1])
    return _variables(values, grid, bands)


def _band(
    place: int, name: str | None, unit: str | None, scale: float, offset: float, nodata: float | None
) -> Band:
    return Band(
        name or f"band{place}",
        unit=unit or None,
        scale=None if scale == 1 else scale,
        offset=None if offset == 0 else offset,
        nodata=nodata,
    )
