"""Bytes of a netCDF that is too large to be held: those that are read are computed."""

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from io import SEEK_CUR, SEEK_SET, RawIOBase
from math import isqrt, prod
from typing import TYPE_CHECKING

import numpy as np

from mock_backend.engine.core.file_values import Values
from mock_backend.engine.cubes import DataCube, is_horizontal
from mock_backend.results.formats.arrays.dataset import dataset_of
from mock_backend.results.formats.arrays.netcdf import write_dataset
from mock_backend.results.formats.layout import by_variable, is_cheaper_together

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


# The most rows and columns of a chunk, and labels if it has several.
_TILE, _LABELS = 512, 1 << 12
# The number of values, about, of a chunk that has several labels.
_VALUES = 1 << 22
# What was read last is often read on.
_CHUNKS_KEPT = 2


class NetCdfContent:
    """A netCDF of a raster, without compression, whose chunks are computed when they are read.

    The library writes the file with chunks that have their places, and are never written. Where a date needs
    the others, too, a chunk has all dates of some pixels, so that these are computed once.
    """

    def __init__(self, cube: DataCube) -> None:
        import h5py

        self._values = Values(cube)
        dataset = dataset_of(cube, without_values=True)
        bands = {name: each for name, each in dataset.variables.items() if each.label is not None}
        any_band = next(iter(bands.values()))
        self._shape, self._fill = any_band.values.shape, any_band.fill
        one = {each.name: 1 for each in cube.others}
        of_band = {each.name: 1 if each.kind == "bands" else cube.sizes[each.name] for each in cube.others}
        self._chunk = _chunk_of(self._shape, together=is_cheaper_together(cube, one, of_band))
        self._counts = [-(-size // step) for size, step in zip(self._shape, self._chunk, strict=True)]
        self._file = SparseFile()
        write_dataset(self._file, dataset, {}, self._chunk)
        with h5py.File(self._file, "r") as file:
            first = (0,) * len(self._shape)
            places = {name: file[name].id.get_chunk_info_by_coord(first).byte_offset for name in bands}
        self._places = sorted((place, bands[name].label) for name, place in places.items())
        self._chunk_size = prod(self._chunk) * self._values.data_type.itemsize
        self._part = lru_cache(maxsize=_CHUNKS_KEPT)(self._made)
        #: Size in bytes.
        self.size = self._file.size

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes from ``start`` up to, not including, ``stop``, a chunk at a time."""
        whole = self._chunk_size * prod(self._counts)
        while start < stop:
            band = bisect_right(self._places, start, key=lambda each: each[0]) - 1
            first, label = self._places[max(band, 0)]
            if not 0 <= start - first < whole:
                following = self._places[band + 1 : band + 2]
                part = self._file.part(start, min([stop, *(place for place, _ in following)]))
            else:
                number, begin = divmod(start - first, self._chunk_size)
                part = self._part(label, number)[begin : begin + stop - start]
            yield part
            start += len(part)

    def _made(self, band: int, number: int) -> bytes:
        """Return the bytes of a chunk."""
        cube = self._values.cube
        corner = zip(np.unravel_index(number, self._counts), self._chunk, self._shape, strict=True)
        *others, rows, columns = (
            np.arange(at * step, min((at + 1) * step, size)) for at, step, size in corner
        )
        names = [each.name for each in by_variable(cube) if not is_horizontal(each)]
        labels = dict(zip(names, others, strict=True))
        bands = cube.of_kind("bands")
        if bands is not None:
            labels[bands.name], names = np.array([band]), [bands.name, *names]
        values = self._values.block(labels, rows, columns)
        order = [[each.name for each in cube.others].index(name) for name in names]
        values = values.transpose([*order, values.ndim - 2, values.ndim - 1])
        values = values if bands is None else values[0]
        # Chunks at the edge are as large as the others.
        found = np.full(self._chunk, 0 if self._fill is None else self._fill, values.dtype)
        found[tuple(map(slice, values.shape))] = values
        return found.tobytes()


def _chunk_of(shape: tuple[int, ...], *, together: bool) -> tuple[int, ...]:
    """Return the shape of chunks: those of a variable with rows and columns last."""
    labels: list[int] = []
    for size in reversed(shape[:-2]):
        labels.insert(0, min(size, max(_LABELS // prod(labels), 1)) if together else 1)
    side = max(isqrt(_VALUES // prod(labels)), 1) if together else _TILE
    # Chunks of about one size, so that those at the edge hold little that is no pixel.
    return (*labels, *(-(-size // -(-size // side)) for size in shape[-2:]))


_PAGE = 1 << 12


class SparseFile(RawIOBase):
    """A file in memory of any size; what was never written is zeros."""

    def __init__(self) -> None:
        self._pages: dict[int, bytearray] = {}
        self._place = 0
        #: Size in bytes.
        self.size = 0

    def part(self, start: int, stop: int) -> bytes:
        """Return the bytes from ``start`` up to, not including, ``stop``."""
        first = start // _PAGE
        pages = (self._pages.get(each, bytes(_PAGE)) for each in range(first, -(-stop // _PAGE)))
        return b"".join(pages)[start - first * _PAGE : stop - first * _PAGE]

    def seek(self, offset: int, whence: int = SEEK_SET, /) -> int:
        """Go to a place."""
        self._place = offset + (0 if whence == SEEK_SET else self._place if whence == SEEK_CUR else self.size)
        return self._place

    def truncate(self, size: int | None = None, /) -> int:
        """Let the file end at a place."""
        self.size = self._place if size is None else size
        return self.size

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Read into a buffer."""
        view = memoryview(buffer).cast("B")
        found = self.part(self._place, min(self._place + len(view), self.size))
        view[: len(found)] = found
        self._place += len(found)
        return len(found)

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write at the present place."""
        view = memoryview(data).cast("B")
        written = 0
        while written < len(view):
            number, offset = divmod(self._place, _PAGE)
            part = view[written : written + _PAGE - offset]
            self._pages.setdefault(number, bytearray(_PAGE))[offset : offset + len(part)] = part
            written += len(part)
            self._place += len(part)
        self.size = max(self.size, self._place)
        return written
