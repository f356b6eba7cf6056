"""Several files in one: a tar archive, as the API recommends it for synchronous processing."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from mock_backend.http.content import read_range, size_of
from mock_backend.results.documents.assets import Content

MEDIA_TYPE = "application/x-tar"

_BLOCK = 512
# What follows the last file: two empty blocks, filled up to the size of a record.
_RECORD = 20 * _BLOCK


class Archive:
    """A tar archive of files, none of which is held while it is read.

    Args:
        modified: When they were last modified.
    """

    def __init__(self, files: Mapping[str, Content], *, modified: datetime) -> None:
        import tarfile

        self._pieces: list[Content] = []
        self.size = 0
        for name, content in files.items():
            length = size_of(content)
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = length, int(modified.timestamp()), 0o644
            self._add(entry.tobuf(tarfile.PAX_FORMAT), content, bytes(-length % _BLOCK))
        end = 2 * _BLOCK
        self._add(bytes(end + -(self.size + end) % _RECORD))

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes from ``start`` up to, not including, ``stop``."""
        place = 0
        for piece in self._pieces:
            length = size_of(piece)
            first, last = max(start - place, 0), min(stop - place, length)
            if first < last:
                yield from read_range(piece, first, last)
            place += length

    def _add(self, *pieces: Content) -> None:
        self._pieces.extend(pieces)
        self.size += sum(map(size_of, pieces))
