"""Metadata of a GeoTIFF, read from its tags: positions of its pixels, and its bands."""

import re
import struct
from collections.abc import Mapping
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from mock_backend.catalog import Band
from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import Grid, UnknownCrsError
from mock_backend.engine.cubes.projection import crs_name

#: The letters of ``struct`` by the numbers of TIFF's data types.
_LETTERS = {1: "B", 2: "s", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 16: "Q", 17: "q"}

# No sound file has more in its first directory.
_MOST_TAGS, _MOST_VALUES = 1000, 1 << 20

Tags = Mapping[int, tuple[Any, ...]]


def read_tags(file: BinaryIO) -> tuple[str, Tags]:
    """Read the first directory of a TIFF.

    Returns:
        The order of bytes in the file, as ``struct`` and NumPy write it, and the values of tags by number.

    Raises:
        ValueError, LookupError, struct.error: If it is no TIFF.
    """
    head = file.read(16)
    order = {b"II": "<", b"MM": ">"}[head[:2]]
    big = {42: False, 43: True}[struct.unpack_from(order + "H", head, 2)[0]]
    place = struct.unpack_from(order + ("Q" if big else "I"), head, 8 if big else 4)[0]
    count_format, entry, room = ("Q", order + "HHQ", 8) if big else ("H", order + "HHI", 4)
    file.seek(place)
    count = struct.unpack(order + count_format, file.read(struct.calcsize(order + count_format)))[0]
    if count > _MOST_TAGS:
        raise ValueError("too many tags")
    length = struct.calcsize(entry) + room
    directory = file.read(count * length)
    tags = {}
    for start in range(0, count * length, length):
        number, kind, values = struct.unpack_from(entry, directory, start)
        if kind not in _LETTERS or values > _MOST_VALUES:
            continue
        layout = f"{order}{values}{_LETTERS[kind]}"
        size = struct.calcsize(layout)
        inside = directory[start + length - room : start + length]
        if size > room:
            file.seek(struct.unpack(order + ("Q" if big else "I"), inside)[0])
            inside = file.read(size)
        tags[number] = struct.unpack_from(layout, inside)
    return order, tags


_WIDTH, _HEIGHT, _BITS, _SAMPLES, _SAMPLE_FORMAT = 256, 257, 258, 277, 339
_SOFTWARE, _DATE = 305, 306
_PIXEL_SCALE, _TIE_POINT, _KEYS, _TEXTS, _METADATA, _NODATA = 33_550, 33_922, 34_735, 34_737, 42_112, 42_113
_RASTER_TYPE, _GEOGRAPHIC, _PROJECTED, _CITATION = 1025, 2048, 3072, 3073
_POINTS = 2
_USER_DEFINED = 32_767

_FORMATS = {1: "uint", 2: "int", 3: "float"}
#: Those that STAC has.
_DATA_TYPES = frozenset(
    [f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)]
    + [f"float{bits}" for bits in (16, 32, 64)]
)
_ITEM = re.compile(
    r'<Item name="\w+" sample="(\d+)" role="(description|scale|offset|unittype)">([^<]*)</Item>'
)
#: Spellings by ArcGIS, GDAL and us of coordinate systems without a number.
_WKT = "ESRI PE String = "
_OURS = "openeo-mock-backend"

# Some writers say once for all bands how large a value is.
_FEW = 16


@dataclass(frozen=True)
class GeoTiffFacts:
    """Metadata of a GeoTIFF."""

    grid: Grid | None  #: The positions of its pixels; None if they are missing or given in an unusual way
    bands: tuple[Band, ...]
    when: str | None = None  #: The date of the data, which files that were written here have; None for others


def geotiff_facts(content: bytes | Path) -> GeoTiffFacts | None:
    """Return what a file tells of itself if it is a TIFF; None if it is none that can be read."""
    try:
        with BytesIO(content) if isinstance(content, bytes) else content.open("rb") as file:
            return facts_of(read_tags(file)[1])
    except (OSError, ValueError, KeyError, IndexError, OverflowError, struct.error, ZeroDivisionError):
        # Test data may be anything; that it is not a TIFF is no news.
        return None


def facts_of(tags: Tags) -> GeoTiffFacts:
    """Return what the tags of a TIFF tell; raise ``ValueError`` or ``LookupError`` if they make no sense."""
    date, _, time = text_of(tags, _DATE).partition(" ")
    is_ours = text_of(tags, _SOFTWARE) == _OURS
    when = f"{date.replace(':', '-')}T{time}Z" if is_ours and date.strip("0:") else None
    return GeoTiffFacts(_grid(tags), _bands(tags), when)


def _grid(tags: Tags) -> Grid | None:
    if _PIXEL_SCALE not in tags or _TIE_POINT not in tags:
        return None
    crs, are_points = _crs(tags.get(_KEYS, ()), text_of(tags, _TEXTS))
    if crs is None:
        return None
    x_size, y_size = tags[_PIXEL_SCALE][:2]
    column, row, _, x, y, _ = tags[_TIE_POINT][:6]
    shift = 0.5 if are_points else 0.0
    west, north = x - (column + shift) * x_size, y + (row + shift) * y_size
    if not x_size > 0 or not y_size > 0:
        return None
    return Grid(crs, west, north, x_size, y_size, int(tags[_WIDTH][0]), int(tags[_HEIGHT][0]))


def _crs(keys: tuple[int, ...], texts: str) -> tuple[str | None, bool]:
    """Return the coordinate system, and whether coordinates are those of the pixels' centres."""
    entries = [keys[start : start + 4] for start in range(4, len(keys) - 3, 4)]
    # Elsewhere than in the directory of keys are texts and such.
    found = {key: value for key, place, _, value in entries if place == 0}
    code = found.get(_PROJECTED) or found.get(_GEOGRAPHIC) or 0
    are_points = found.get(_RASTER_TYPE) == _POINTS
    if 0 < code < _USER_DEFINED:
        return f"EPSG:{code}", are_points
    text = next(
        (
            texts[value:][:count]
            for key, place, count, value in entries
            if (key, place) == (_CITATION, _TEXTS)
        ),
        "",
    )
    if not text.startswith(_WKT):
        return None, are_points
    try:
        return crs_name(text.removeprefix(_WKT).rstrip("|")), are_points
    except UnknownCrsError:
        return None, are_points


def _bands(tags: Tags) -> tuple[Band, ...]:
    count = int(tags.get(_SAMPLES, (1,))[0])
    bits, formats = tags.get(_BITS, (1,)), tags.get(_SAMPLE_FORMAT, (1,))
    if count > max(len(bits), _FEW):
        raise ValueError("not as many sizes as bands")
    told: dict[str, dict[str, str]] = {}
    for place, role, text in _ITEM.findall(text_of(tags, _METADATA)):
        # GDAL escapes the text, and then the XML.
        told.setdefault(place, {})[role] = unescape(unescape(text))
    nodata = _number(text_of(tags, _NODATA))
    return tuple(
        Band(
            facts.get("description", f"band{place + 1}"),
            data_type=_data_type(formats[place % len(formats)], bits[place % len(bits)]),
            nodata=nodata,
            scale=_plain(facts.get("scale", "")),
            offset=_plain(facts.get("offset", "")),
            unit=facts.get("unittype") or None,
        )
        for place in range(count)
        for facts in [told.get(str(place), {})]
    )


def _data_type(sample_format: int, bits: int) -> str:
    name = f"{_FORMATS.get(sample_format)}{bits}"
    return name if name in _DATA_TYPES else "other"


def text_of(tags: Tags, number: int) -> str:
    """Return the text of a tag; an empty one if it is not there."""
    parts = (each for each in tags.get(number, ()) if isinstance(each, bytes))
    return b"".join(parts).split(b"\0")[0].decode(errors="replace")


def _number(text: str) -> float | str | None:
    if not text.strip():
        return None
    value = float(text)
    return "nan" if value != value else value  # NaN is not itself


def _plain(text: str) -> float | None:
    return float(text) if text.strip() else None
