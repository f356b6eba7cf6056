"""Content that is computed where it is read."""

from collections.abc import Iterator
from typing import Protocol


class ComputedContent(Protocol):
    """Content of a known size that is never in memory as a whole.

    Any part can be read at any time, and reading the same part again gives the same bytes.
    """

    @property
    def size(self) -> int:
        """Size in bytes."""
        ...

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes from ``start`` up to, not including, ``stop``, in chunks of some size."""
        ...
