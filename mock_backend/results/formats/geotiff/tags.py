"""The bytes of a TIFF's directories, and the metadata that GDAL reads of its bands there."""

import struct
import sys
from collections.abc import Mapping, Sequence
from enum import IntEnum
from html import escape

from mock_backend.dataclass import dataclass
from mock_backend.results.formats.rasters import Layer


class Kind(IntEnum):
    """The data types of tags."""

    ASCII = 2
    SHORT = 3
    LONG = 4
    DOUBLE = 12
    LONG8 = 16


_SIZES = {Kind.ASCII: 1, Kind.SHORT: 2, Kind.LONG: 4, Kind.DOUBLE: 8, Kind.LONG8: 8}
_LETTERS = {Kind.SHORT: "H", Kind.LONG: "I", Kind.DOUBLE: "d", Kind.LONG8: "Q"}


@dataclass(frozen=True)
class Tag:
    """An entry of a directory."""

    number: int  #: The number of the tag
    kind: Kind  #: The data type of its values
    count: int
    content: bytes  #: Their bytes; what is not known yet are zeros

    @classmethod
    def of(cls, number: int, kind: Kind, *values: float) -> "Tag":
        """Return a tag with numbers."""
        return cls(number, kind, len(values), struct.pack(f"<{len(values)}{_LETTERS[kind]}", *values))

    @classmethod
    def text(cls, number: int, text: str) -> "Tag":
        """Return a tag with a text."""
        content = text.encode() + b"\0"
        return cls(number, Kind.ASCII, len(content), content)

    @classmethod
    def unknown(cls, number: int, kind: Kind, count: int) -> "Tag":
        """Return a tag with room for this number of values that are not known yet."""
        return cls(number, kind, count, bytes(count * _SIZES[kind]))


@dataclass(frozen=True)
class Encoding:
    """Encoding of offsets."""

    big: bool  #: True for a BigTIFF, with 64 bits

    @property
    def offset(self) -> Kind:
        """The data type of offsets."""
        return Kind.LONG8 if self.big else Kind.LONG

    def encode(self, directories: Sequence[Sequence[Tag]]) -> bytes:
        """Return the beginning of a TIFF: its header and all its directories, that of the image first."""
        letter, entry, room = ("Q", "<HHQ", 8) if self.big else ("I", "<HHI", 4)
        count_letter = "Q" if self.big else "H"
        encoded = bytearray(
            struct.pack("<2sHHHQ", b"II", 43, 8, 0, 16) if self.big else struct.pack("<2sHI", b"II", 42, 8)
        )
        for place, tags in enumerate(directories):
            ordered = sorted(tags, key=lambda tag: tag.number)
            count = struct.pack(f"<{count_letter}", len(ordered))
            after = len(encoded) + len(count) + len(ordered) * (struct.calcsize(entry) + room) + room
            entries, beyond = bytearray(count), bytearray()
            for tag in ordered:
                entries += struct.pack(entry, tag.number, tag.kind, tag.count)
                if len(tag.content) <= room:
                    entries += tag.content.ljust(room, b"\0")
                    continue
                entries += struct.pack(f"<{letter}", after + len(beyond))
                # Values begin at even offsets; multiples of eight do no harm.
                beyond += tag.content.ljust(-(-len(tag.content) // 8) * 8, b"\0")
            end = after + len(beyond)
            next_one = end if place + 1 < len(directories) else 0
            encoded += entries + struct.pack(f"<{letter}", next_one) + beyond
        return bytes(encoded)


#: The statistics of a band by their STAC names.
Statistics = Mapping[str, float]

_COLOURS = ("red", "green", "blue", "alpha")
_NAMES = ("minimum", "maximum", "mean", "stddev", "valid_percent")
#: The statistics with the longest texts.
LONGEST: Statistics = dict.fromkeys(_NAMES, -sys.float_info.max)


def description_of(layers: Sequence[Layer]) -> str:
    """Return the items that are known without values."""
    lines = []
    for sample, layer in enumerate(layers):
        band = layer.band
        said: dict[str, object] = {"description": layer.name}
        if band.scale not in (None, 1) or band.offset not in (None, 0):
            said |= {
                "offset": float(band.offset or 0),
                "scale": float(1 if band.scale is None else band.scale),
            }
        if band.unit:
            said["unittype"] = band.unit
        if band.common_name in _COLOURS:
            said["colorinterp"] = band.common_name.capitalize()
        lines += [_item(role.upper(), sample, value, f' role="{role}"') for role, value in said.items()]
    return "".join(lines)


def gdal_metadata(description: str, statistics: Sequence[Statistics], *, sampled: bool) -> str:
    """Return the metadata as XML.

    Args:
        statistics: The statistics of each band; none if they are not told.
        sampled: True if they are those of a sample.
    """
    lines = ["<GDALMetadata>\n", description]
    for sample, each in enumerate(statistics):
        if sampled:
            lines.append(_item("STATISTICS_APPROXIMATE", sample, "YES"))
        lines += [_item(f"STATISTICS_{name.upper()}", sample, each[name]) for name in _NAMES if name in each]
    return "".join([*lines, "</GDALMetadata>\n"])


def _item(name: str, sample: int, value: object, role: str = "") -> str:
    # GDAL reads values that are escaped once more than XML has them.
    text = escape(escape(str(value), quote=False), quote=False)
    return f'  <Item name="{name}" sample="{sample}"{role}>{text}</Item>\n'
