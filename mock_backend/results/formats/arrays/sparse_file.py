"""File in memory of which only what was written takes room."""

from io import SEEK_CUR, SEEK_SET, RawIOBase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

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

    def readable(self) -> bool:
        """Return True."""
        return True

    def writable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

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
