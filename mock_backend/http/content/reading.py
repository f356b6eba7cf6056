"""Read content, whatever holds it: a request, bytes, a file, or what computes it."""

from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Protocol

from starlette.requests import Request


class ComputedContent(Protocol):
    """Content of a known size that is never in memory as a whole.

    Any part can be read at any time, and reading the same part again gives the same bytes.
    """

    @property
    def size(self) -> int:
        """Size in bytes."""

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes from ``start`` up to, not including, ``stop``, in chunks of some size."""


#: Longer content is read bit by bit.
_CHUNK = 1 << 20

Content = bytes | PathLike[str] | ComputedContent


def size_of(content: Content) -> int:
    """Return how many bytes there are."""
    if isinstance(content, bytes):
        return len(content)
    return Path(content).stat().st_size if isinstance(content, PathLike) else content.size


def read_range(content: Content, start: int, stop: int) -> Iterator[bytes]:
    """Yield the bytes from ``start`` up to, not including, ``stop``, bit by bit."""
    if isinstance(content, bytes):
        for place in range(start, stop, _CHUNK):
            yield content[place : min(place + _CHUNK, stop)]
    elif isinstance(content, PathLike):
        with Path(content).open("rb") as file:
            file.seek(start)
            for place in range(start, stop, _CHUNK):
                yield file.read(min(_CHUNK, stop - place))
    else:
        yield from content.read(start, stop)


async def raw_body(request: Request) -> bytes:
    """Return a request's body as it came, whatever its media type.

    A FastAPI dependency: ``content: bytes = Depends(raw_body)`` in an endpoint's signature. Such a
    body may be as large as files may be (``max_file_size``).
    """
    return await request.body()
