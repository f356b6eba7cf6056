"""Files that are written in parts, to memory or, if they are large, to temporary files."""

from collections.abc import Callable, Iterator
from io import BytesIO
from threading import Lock
from typing import IO
from weakref import finalize

from mock_backend.errors import Internal
from mock_backend.results.formats.base import MAX_WRITTEN

_CHUNK = 1 << 20


class Spooled:
    """Content in a temporary file, which is gone when nothing refers to this.

    Raises:
        Internal: If there is no room for it.
    """

    def __init__(self, write: Callable[[IO[bytes]], object]) -> None:
        from tempfile import TemporaryFile, gettempdir  # few files are that large

        self._lock = Lock()
        try:
            self._file = TemporaryFile()  # noqa: SIM115  # closed with this
            finalize(self, self._file.close)
            write(self._file)
            self._file.flush()
        except OSError as error:
            raise Internal(
                message=f"The file is written to {gettempdir()} before it is sent, which failed: {error}. "
                "TMPDIR names another folder."
            ) from error
        #: Size in bytes.
        self.size = self._file.tell()

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes from ``start`` up to, not including, ``stop``."""
        for place in range(start, stop, _CHUNK):
            with self._lock:
                self._file.seek(place)
                part = self._file.read(min(_CHUNK, stop - place))
            yield part


def written(write: Callable[[IO[bytes]], object], count: int) -> bytes | Spooled:
    """Return content that is written in parts."""
    if count > MAX_WRITTEN:
        return Spooled(write)
    buffer = BytesIO()
    write(buffer)
    return buffer.getvalue()
