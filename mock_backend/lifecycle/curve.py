"""The progress that a job tells in the course of its run."""

from collections.abc import Sequence

from mock_backend.dataclass import dataclass
from mock_backend.lifecycle.lines import check_fraction

# 0.57 of 100 is 56.99999999999999 in binary: rounded to this, it is what the plan's author meant.
DIGITS = 9

_EVEN = ((0.0, 0.0), (1.0, 100.0))


@dataclass(frozen=True)
class Curve:
    """A line through points; a straight one from 0 to 100 % without any."""

    #: Fractions of the run and the percentages that are told there, in rising order
    points: tuple[tuple[float, float], ...] | None = None

    @classmethod
    def of(cls, points: Sequence[tuple[float, float]]) -> "Curve":
        """Read points that a test gives; raise ``TypeError`` or ``ValueError`` if they are none, or fall."""
        try:
            pairs = [(at, percent) for at, percent in points]
        except (TypeError, ValueError):
            raise TypeError(
                f"JobPlan: progress must consist of pairs, e.g. [(0.5, 10), (0.9, 95)], got {points!r}."
            ) from None
        for at, percent in pairs:
            check_fraction("JobPlan: progress must be told at", at)
            if isinstance(percent, bool) or not isinstance(percent, int | float) or not 0 <= percent <= 100:
                raise ValueError(f"JobPlan: progress must be a percentage from 0 to 100, got {percent!r}.")
        if sorted(pairs) != pairs or sorted(each for _, each in pairs) != [each for _, each in pairs]:
            raise ValueError(f"JobPlan: progress cannot fall: {points!r}.")
        return cls(tuple(pairs))

    @property
    def _all(self) -> tuple[tuple[float, float], ...]:
        return _EVEN[0], *(self.points or ()), _EVEN[1]

    def percent(self, fraction: float) -> float:
        """Return the percentage that is told at a fraction of the run."""
        return _between(self._all, fraction)

    def fraction(self, percent: float) -> float:
        """Return the fraction of the run at which a percentage is first told."""
        return _between([(told, at) for at, told in self._all], percent)


def _between(points: Sequence[tuple[float, float]], x: float) -> float:
    last = points[0]
    for point in points:
        # Where several points have the same x, the last one counts for percentages, as time goes on.
        if point[0] >= x:
            if point[0] == x or point[0] == last[0]:
                return point[1]
            return last[1] + (point[1] - last[1]) * (x - last[0]) / (point[0] - last[0])
        last = point
    return last[1]
