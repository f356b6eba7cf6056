"""Real time beside a running clock, for what other programs compare with their own clocks."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_MICROSECOND = timedelta(microseconds=1)
#: Of more moves the earlier half is forgotten: a server may run for weeks.
_MAX_MARKS = 1000


class _Mark(NamedTuple):
    """A reading of both clocks, from which on the virtual one runs at a rate."""

    elapsed_us: int
    real: datetime
    rate: float


class RealTime:
    """Translates between the two: a mark is left whenever the clock is moved or its rate changes."""

    def __init__(self, elapsed_us: int, rate: float) -> None:
        self._marks: list[_Mark] = []
        self.mark(elapsed_us, rate)

    @staticmethod
    def now() -> datetime:
        """Return the time that other programs read."""
        return datetime.now(UTC)

    def mark(self, elapsed_us: int, rate: float) -> None:
        """Note a move, or another rate."""
        self._marks.append(_Mark(elapsed_us, self.now(), rate))
        if len(self._marks) > _MAX_MARKS:
            del self._marks[: _MAX_MARKS // 2]

    def at(self, elapsed_us: int) -> datetime:
        """Return when so much time had passed on the clock; for the past only."""
        place = bisect_right(self._marks, elapsed_us, key=lambda mark: mark.elapsed_us) - 1
        if place < 0:
            first = self._marks[0]
            return first.real - (first.elapsed_us - elapsed_us) * _MICROSECOND
        mark = self._marks[place]
        end = self._marks[place + 1].real if place + 1 < len(self._marks) else self.now()
        if not mark.rate:
            return end
        return min(mark.real + (elapsed_us - mark.elapsed_us) / mark.rate * _MICROSECOND, end)
