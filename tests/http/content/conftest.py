"""Content that is computed where it is read, and notes how much of it was."""

import threading

import pytest


class Pattern:
    """Bytes that tell their place: each eight of them hold the number of the eight."""

    _PIECE = 1 << 18

    def __init__(self, size):
        self.size = size
        #: Number of bytes computed.
        self.computed = 0
        #: Set when a reading is over, to its end or not.
        self.over = threading.Event()

    def read(self, start, stop):
        try:
            place = start
            while place < stop:
                end = min(stop, (place // self._PIECE + 1) * self._PIECE)
                self.computed += end - place
                yield self.expected(place, end)
                place = end
        finally:
            self.over.set()

    @staticmethod
    def expected(start, stop):
        """Return the bytes that are to be there."""
        first, last = start // 8, -(-stop // 8)
        numbers = b"".join(number.to_bytes(8, "big") for number in range(first, last))
        return numbers[start - first * 8 : stop - first * 8]


class Repeated(Pattern):
    """The same bytes again and again, which costs nothing."""

    _PERIOD = bytes(range(251)) * 5000

    @classmethod
    def expected(cls, start, stop):
        """Return the bytes that are to be there."""
        found, place = b"", start
        while place < stop:
            offset = place % len(cls._PERIOD)
            found += cls._PERIOD[offset : offset + stop - place]
            place = start + len(found)
        return found


@pytest.fixture
def pattern():
    """Make content of a size that tells the places of its bytes."""
    return Pattern


@pytest.fixture
def repeated():
    """Make content of a size that is cheap to compute."""
    return Repeated
