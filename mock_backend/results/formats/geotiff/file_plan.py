"""Layout of a GeoTIFF, before any value is computed."""

import math
import struct
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import DataCube, Grid
from mock_backend.engine.cubes.projection import epsg_of, is_geographic
from mock_backend.results.formats.base import unsuitable, whole_option
from mock_backend.results.formats.colours import colours_of
from mock_backend.results.formats.geotiff.tags import (
    LONGEST,
    Encoding,
    Kind,
    Statistics,
    Tag,
    description_of,
    gdal_metadata,
)
from mock_backend.results.formats.geotiff.tile_places import Level, levels_of, on_file
from mock_backend.results.formats.labels import instants
from mock_backend.results.formats.rasters import layers_of

_SOFTWARE = "openeo-mock-backend"
_NONE, _DEFLATE = 1, 8
_ZLEVEL = 6
_GREY, _PALETTE = 1, 3
_FORMATS = {"u": 1, "i": 2, "f": 3, "b": 1}
# Offsets in classic TIFFs have 32 bits; those beyond half of that make some readers stumble.
_MOST, _SAFE = 2**32 - 1, 2**31
_MOST_BANDS = 65_535
# Larger files, in bytes, are computed where they are read.
_HELD = 32 * 2**20
# Files with more bands tell no statistics.
_MOST_MEASURED = 1000
_METADATA = 42_112
# Where tiles begin, and how many bytes they have.
_OFFSETS, _COUNTS = 324, 325
_DATE, _NO_DATE = 306, "0000:00:00 00:00:00"


@dataclass(frozen=True)
class Plan:
    """Layout of a GeoTIFF."""

    grid: Grid  #: The positions of its pixels
    data_type: str  #: The data type of its values
    bands: int  #: The number of its bands
    nodata: str | None  #: The text of the value that says that there is none
    description: str  #: The items of GDAL's metadata that are known without values
    dated: bool  #: True if it has a date
    palette: tuple[tuple[int, int, int], ...] | None  #: The colours of the values 0 to 255
    deflated: bool  #: True if blocks are compressed
    zlevel: int  #: The level of compression
    averaged: bool  #: True if overviews have averages
    overviews: str  #: The option for overviews: ``AUTO``, ``ALL`` or ``OFF``
    bigtiff: str  #: The option for BigTIFF: ``YES``, ``NO``, ``IF_NEEDED`` or ``IF_SAFER``

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        """The data type of its values."""
        return np.dtype(self.data_type).newbyteorder("<")

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The image and its overviews."""
        return levels_of(self.grid.columns, self.grid.rows, self.bands, overviews=self.overviews)

    @cached_property
    def encoding(self) -> Encoding:
        """Encoding of its directories; raise ``OpenEOError`` if it is too large for what the options say."""
        if self.bigtiff == "YES":
            return Encoding(big=True)
        size = self._size(Encoding(big=False))
        if self.bigtiff == "NO" and size > _MOST:
            raise unsuitable(
                f"A GeoTIFF of {size:,} bytes is too large for the option bigtiff to be NO; IF_NEEDED or YES "
                "let it be larger than 4 GB."
            )
        limit = _SAFE if self.bigtiff == "IF_SAFER" else _MOST
        return Encoding(big=size > limit and self.bigtiff != "NO")

    @cached_property
    def beginning(self) -> int:
        """Number of bytes before the first block."""
        return self._beginning(self.encoding)

    @cached_property
    def size(self) -> int:
        """Size of the file in bytes if it is not compressed."""
        return self._size(self.encoding)

    @property
    def is_held(self) -> bool:
        """Is true of files that are made as a whole, not where they are read."""
        return self.deflated or self.size <= _HELD

    @property
    def is_measured(self) -> bool:
        """Is true of files that tell the statistics of their bands."""
        return self.bands <= _MOST_MEASURED

    @cached_property
    def _longest_metadata(self) -> str:
        measured = self.bands if self.is_measured else 0
        return gdal_metadata(self.description, [LONGEST] * measured, sampled=True)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Offsets of the blocks of each level if they are not compressed, in the order of the levels."""
        starts, place = [0] * len(self.levels), self.beginning
        for index, level in on_file(self.levels):
            starts[index] = place
            place += level.pixels * self.dtype.itemsize
        return tuple(starts)

    def header(
        self,
        when: str | None,
        statistics: Sequence[Statistics],
        block_sizes: Mapping[int, Sequence[int]] | None = None,
    ) -> bytes:
        """Return what comes before the first block.

        Args:
            block_sizes: The sizes of the blocks of each level, in their order; None if none is compressed.
        """
        directories, place = self._directories(self.encoding), self.beginning
        dtype = "<u8" if self.encoding.big else "<u4"
        for index, level in on_file(self.levels):
            if block_sizes is None:
                sizes = np.full(level.blocks, level.block_pixels * self.dtype.itemsize, np.int64)
            else:
                sizes = np.array(block_sizes[index], np.int64)
            ends = np.cumsum(sizes) + place
            place += int(sizes.sum())
            # Tags have band after band.
            begin, count = (each.reshape(-1, level.bands).T for each in (ends - sizes, sizes))
            tags = directories[index]
            tags[_OFFSETS] = Tag(_OFFSETS, self.encoding.offset, begin.size, begin.astype(dtype).tobytes())
            tags[_COUNTS] = Tag(_COUNTS, Kind.LONG, count.size, count.astype("<u4").tobytes())
        # Its length is known before the statistics are.
        metadata = gdal_metadata(self.description, statistics, sampled=not self.is_held)
        directories[0][_METADATA] = Tag.text(_METADATA, metadata.ljust(len(self._longest_metadata)))
        if self.dated and when is not None and (written := _written(when)) is not None:
            directories[0][_DATE] = Tag.text(_DATE, written)
        return _encoded(self.encoding, directories)

    def _size(self, encoding: Encoding) -> int:
        # The pixels of overviews, and those that fill tiles, are written, too.
        pixels = sum(level.pixels for level in self.levels)
        return self._beginning(encoding) + pixels * self.dtype.itemsize

    def _beginning(self, encoding: Encoding) -> int:
        return len(_encoded(encoding, self._directories(encoding)))

    def _directories(self, encoding: Encoding) -> list[dict[int, Tag]]:
        return [{tag.number: tag for tag in self._tags(level, encoding)} for level in self.levels]

    def _tags(self, level: Level, encoding: Encoding) -> list[Tag]:
        bands, dtype = self.bands, self.dtype
        tags = [
            Tag.of(256, Kind.LONG, level.columns),
            Tag.of(257, Kind.LONG, level.rows),
            Tag.of(258, Kind.SHORT, *[dtype.itemsize * 8] * bands),
            Tag.of(259, Kind.SHORT, _DEFLATE if self.deflated else _NONE),
            Tag.of(262, Kind.SHORT, _GREY if self.palette is None else _PALETTE),
            Tag.of(277, Kind.SHORT, bands),
            # One band after the other: who reads one band needs no other.
            Tag.of(284, Kind.SHORT, 2 if bands > 1 else 1),
            Tag.of(339, Kind.SHORT, *[_FORMATS[dtype.kind]] * bands),
            Tag.of(322, Kind.SHORT, level.block_columns),
            Tag.of(323, Kind.SHORT, level.block_rows),
            Tag.unknown(_OFFSETS, encoding.offset, level.blocks),
            Tag.unknown(_COUNTS, Kind.LONG, level.blocks),
        ]
        if bands > 1:
            tags.append(Tag.of(338, Kind.SHORT, *[0] * (bands - 1)))
        if self.palette is not None:
            # From 0 to 65535, first all reds, then all greens, then all blues.
            tags.append(Tag.of(320, Kind.SHORT, *[each[i] * 257 for i in range(3) for each in self.palette]))
        if self.nodata is not None:
            tags.append(Tag.text(42_113, self.nodata))
        if level.factor > 1:
            return [*tags, Tag.of(254, Kind.LONG, 1)]
        tags += [
            Tag.of(254, Kind.LONG, 0),
            Tag.text(305, _SOFTWARE),
            Tag.text(_METADATA, self._longest_metadata),
        ]
        if self.dated:
            tags.append(Tag.text(_DATE, _NO_DATE))
        grid = self.grid
        return [
            *tags,
            Tag.of(_PIXEL_SCALE, Kind.DOUBLE, grid.x_size, grid.y_size, 0.0),
            Tag.of(_TIE_POINT, Kind.DOUBLE, 0.0, 0.0, 0.0, grid.west, grid.north, 0.0),
            *_keys(grid.crs),
        ]


def _encoded(encoding: Encoding, directories: Sequence[Mapping[int, Tag]]) -> bytes:
    header = encoding.encode([list(tags.values()) for tags in directories])
    return header.ljust(-(-len(header) // 16) * 16, b"\0")


def geotiff_plan(cube: DataCube, options: Mapping[str, Any]) -> Plan:
    """Return what the GeoTIFF of a data cube is going to be; raise ``OpenEOError`` if it has too many bands.

    Args:
        cube: A data cube of one date at most.
    """
    time = cube.of_kind("temporal")
    dimensions = [each for each in cube.dimensions if each is not time]
    dated = len(cube.times) == 1 and _written(cube.times[0]) is not None
    # Compared, not hashed: what is the same object is equal at once.
    key = cube.grid, cube.bands, dimensions, len(cube.times), dated, dict(options)
    for known, plan in tuple(_latest):
        if known == key:
            return plan
    plan = _planned(cube, options, dated=dated)
    _latest[:] = [(key, plan), *_latest[: _KEPT - 1]]
    return plan


#: The plans that were made lately, with what they follow from: the files of all dates are alike.
_latest: list[tuple[object, Plan]] = []
_KEPT = 16


def _planned(cube: DataCube, options: Mapping[str, Any], *, dated: bool) -> Plan:
    assert cube.grid is not None  # formats of rasters are given nothing else
    layers = layers_of(cube)
    if len(layers) > _MOST_BANDS:
        raise unsuitable(
            f"A GeoTIFF has at most {_MOST_BANDS:,} bands, and this data cube has {len(layers):,} in one "
            "file: a band for each combination of labels; netCDF holds any number of them."
        )
    colours = colours_of(options.get("colormap"))
    return Plan(
        grid=cube.grid,
        data_type="uint8" if cube.data_type == "bool" else cube.data_type,
        bands=len(layers),
        nodata=_number(cube.nodata),
        description=description_of(layers),
        dated=dated,
        palette=(
            tuple((*colours.of(value)[:3],) for value in range(256))
            if colours is not None and len(layers) == 1 and cube.data_type == "uint8"
            else None
        ),
        deflated=str(options.get("compress")).upper() == "DEFLATE",
        zlevel=whole_option(options, "zlevel", range(1, 10), _ZLEVEL),
        averaged=str(options.get("overview_method")).lower() == "average",
        overviews=str(options.get("overviews") or "AUTO").upper(),
        bigtiff=str(options.get("bigtiff") or "IF_NEEDED").upper(),
    )


def _number(value: float | None) -> str | None:
    if value is None:
        return None
    return str(int(value)) if math.isfinite(value) and value == int(value) else repr(value)


def _written(when: str) -> str | None:
    """Return a date as TIFF writes it: all are of one length."""
    found = instants([when])
    return None if not found else f"{found[0]:%Y:%m:%d %H:%M:%S}".rjust(len(_NO_DATE), "0")


_PIXEL_SCALE, _TIE_POINT, _KEYS, _TEXTS = 33_550, 33_922, 34_735, 34_737
_MODEL, _RASTER, _GEOGRAPHIC, _PROJECTED, _CITATION = 1024, 1025, 2048, 3072, 3073
_USER_DEFINED = 32_767
# Numbers of the register end here; those beyond are free for private use.
_LAST = 32_766


@lru_cache(maxsize=256)
def _keys(crs: str) -> tuple[Tag, ...]:
    """Return the tags that say which coordinate system pixels are in."""
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
