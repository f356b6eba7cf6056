"""Orbit: satellites that pass over all places at the same local solar time."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property

from mock_backend.catalog.coverage import Coverage, Visit, runs_of
from mock_backend.dataclass import dataclass

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_DAY_SECONDS, _PER_DEGREE = 86_400, 240

# The first pass is in this part of the first round: data begin some days after a mission.
_LATE = 0.77
# The local solar times of missions, in hours; rounds take turns if there are several. The first one counts
# that is found in a collection's id, mission, satellites and instruments.
_MISSIONS: tuple[tuple[str, tuple[float, ...]], ...] = (
    (r"s(entinel-?)?1.*ascending\b", (17.8,)),
    (r"s(entinel-?)?1.*descending\b", (5.8,)),
    (r"sentinel-?1", (17.8, 5.8)),
    (r"sentinel-?2|\bs2\b", (10.5,)),
    (r"sentinel-?3", (10.0,)),
    (r"sentinel-?5|tropomi|aqua|viirs", (13.5,)),
    (r"landsat", (10.2,)),
    (r"proba", (10.7,)),
    (r"modis|terra\b", (10.5,)),
)
_COMPILED = tuple((re.compile(pattern, re.I | re.S), hours) for pattern, hours in _MISSIONS)


def hours_of(*names: str) -> tuple[float, ...]:
    """Return the local solar times at which a mission passes; none if it is none that is known."""
    text = " ".join(names).replace("_", " ")
    return next((hours for pattern, hours in _COMPILED if pattern.search(text)), ())


@dataclass(frozen=True)
class Orbit(Coverage):
    """The tiles of a collection, seen at the same local solar time everywhere.

    All tiles are seen on one day of a round: from east to west as the Earth turns, and from north to south.
    """

    #: The local solar time in hours; those of rounds that take turns if there are several
    hours: tuple[float, ...] = ()
    passed: datetime | None = None  #: A day on which the satellites really passed; None if none is known

    def seen(self, visit: Visit) -> tuple[datetime, datetime]:
        """Return when an item is."""
        instant = self._first + timedelta(seconds=self._start(visit.round) + self._after(visit.tile))
        return instant, instant

    def tiles_between(self, round_: int, low: int, high: int) -> tuple[int, int]:
        """Return the first and the last tile seen in a round between two seconds, counted from the start."""
        tiles, start = range(self.tiles), self._start(round_)
        first = bisect_left(tiles, low - start, key=self._after)
        return first, bisect_right(tiles, high - start, key=self._after) - 1

    def round_of(self, second: int) -> int:
        """Return the round that a second belongs to."""
        found = second // self._round
        return found + 1 if self._start(found + 1) <= second else found

    def is_ascending(self, round_: int) -> bool:
        """Tell whether satellites go north in a round: they pass in the morning or in the evening."""
        return self.hours[round_ % len(self.hours)] > 12

    def _start(self, round_: int) -> int:
        """Return the second at which a round begins."""
        hours = self.hours[round_ % len(self.hours)] - self.hours[0]
        return round_ * self._round + round(hours * 3600)

    def _after(self, tile: int) -> int:
        """Return the seconds from the beginning of a round until a tile is seen."""
        place, row = divmod(tile, self._rows)
        begin = self._columns_seen[place][0]
        following = min(begin + self.size * _PER_DEGREE, _DAY_SECONDS)
        return int(begin + (following - begin) * row / self._rows)

    @cached_property
    def _columns_seen(self) -> list[tuple[float, int]]:
        """The second of the day at which each column is first seen, and the column, in this order."""
        # The middle of a column is seen at that time.
        degrees = 15 * self.hours[0] - self.bbox[0] - self.size / 2
        # Without the last digits, or a column at midnight could be before it.
        return sorted(
            (round((degrees - column * self.size) * _PER_DEGREE, 6) % _DAY_SECONDS, column)
            for column in range(self._columns)
        )

    @cached_property
    def _places(self) -> dict[int, int]:
        return {column: place for place, (_, column) in enumerate(self._columns_seen)}

    def _cell(self, tile: int) -> tuple[int, int]:
        place, row = divmod(tile, self._rows)
        return self._rows - 1 - row, self._columns_seen[place][1]

    def _number(self, row: int, column: int) -> int:
        return self._places[column] * self._rows + self._rows - 1 - row

    def _numbered(self, rows: range, columns: Sequence[int]) -> list[range]:
        if not rows:
            return []
        places = sorted(self._places[column] for column in columns)
        if len(rows) == self._rows:
            return [range(run.start * self._rows, run.stop * self._rows) for run in runs_of(places)]
        first = self._rows - rows.stop
        return [range(each * self._rows + first, each * self._rows + first + len(rows)) for each in places]

    @cached_property
    def _first(self) -> datetime:
        """The midnight before the first pass."""
        first = super()._first
        midnight = first.replace(hour=0, minute=0, second=0)
        days = int(_LATE * (self._round // _DAY_SECONDS))
        begin = midnight + _DAY * days if days or midnight == first else midnight + _DAY
        return begin if self.passed is None else begin + (self.passed - begin) % (self._round * _SECOND)
