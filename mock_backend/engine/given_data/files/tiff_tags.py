"""The first directory of a TIFF: its tags."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

#: The letters of ``struct`` by the numbers of TIFF's data types.
_LETTERS = {1: "B", 2: "s", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 16: "Q", 17: "q"}

# No sound file has more in its first directory.
_MOST_TAGS, _MOST_VALUES = 1000, 1 << 20

Tags = Mapping[int, tuple[Any, ...]]


@dataclass(frozen=True)
class Directory:
    """The first directory of a TIFF."""

    order: str  #: The order of bytes in the file, as ``struct`` and NumPy write it
    values: Tags  #: The values of its tags by their numbers


def read_tags(file: BinaryIO) -> Directory:
    """Read the first directory of a TIFF.

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
    return Directory(order, tags)
