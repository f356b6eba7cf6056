"""Places and times of a collection's items: computed, never stored.

A collection's area is cut into tiles, and a satellite passes over them one after the other, again
and again. So an item is a pair of numbers: the round, and the tile. Whatever is asked of millions
of items is arithmetic on these numbers.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from mock_backend.catalog.dimensions import BBox
from mock_backend.dataclass import dataclass

if TYPE_CHECKING:
    from mock_backend.catalog.stac.geometry import Pieces

#: Start of collections that do not tell theirs.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

_SECOND = timedelta(seconds=1)


class Visit(NamedTuple):
    """Place of an item in the schedule: a tile, seen in a round."""

    round: int
    tile: int


@dataclass(frozen=True)
class Coverage:
    """The tiles of a collection, and when they are seen."""

    bbox: BBox  #: West, south, east and north in degrees; west is larger than east across the antimeridian
    size: float  #: The width and height of a tile in degrees
    since: datetime | None  #: When the first round begins; None if unknown
    until: datetime | None  #: When there are no more items; None if there always are
    #: The length of a round; None if there is one only, and each item is for the whole time
    revisit: timedelta | None

    # -- tiles --------------------------------------------------------------------------------------

    @property
    def tiles(self) -> int:
        """The number of tiles."""
        return self._columns * self._rows

    def footprint(self, tile: int) -> BBox:
        """Return a tile's box in degrees."""
        row, column = self._cell(tile)
        west, south, _, north = self.bbox
        # Degrees go on counting at the antimeridian.
        left, right = (min(west + each * self.size, west + self._width) for each in (column, column + 1))
        low, high = (min(south + each * self.size, north) for each in (row, row + 1))
        left, right = left - (360 if left >= 180 else 0), right - (360 if right > 180 else 0)
        return _rounded(left), _rounded(low), _rounded(right), _rounded(high)

    def tiles_in(self, box: BBox) -> list[range]:
        """Return the tiles that a box meets, as runs in ascending order.

        A tile owns its western and its southern edge: what only touches one of the others is not in it.
        """
        west, south, east, north = box
        rows = _steps(south - self.bbox[1], north - self.bbox[1], self.size, self._rows, self._height)
        span = east - west if west <= east else east - west + 360
        columns: set[int] = set()
        for turn in (-360, 0, 360):
            left = west + turn - self.bbox[0]
            # What comes round the globe has to go in: touching is for what is next to it.
            if not turn or (left < self._width and left + span > 0):
                columns.update(_steps(left, left + span, self.size, self._columns, self._width))
        return self._numbered(rows, sorted(columns))

    def tiles_meeting(self, pieces: "Pieces") -> list[range]:
        """Return the tiles that the pieces of a geometry meet, as runs in ascending order; borders count.

        Raises:
            ValueError: If it would take too long to find them.
        """
        import numpy as np  # with which most back-ends search for nothing

        from mock_backend.catalog.stac.scanning import tiles_met

        (west, south, _, north), (edges, polygons) = self.bbox, pieces
        if edges[:, ::2].min() <= west + self._width - 360:
            # Only what goes on beyond the antimeridian is met there.
            polygons = np.append(polygons, np.where(polygons < 0, -1, polygons + polygons.max() + 1))
            edges = np.vstack([edges, edges + np.array([360, 0, 360, 0])])
        xs = np.minimum(west + np.arange(self._columns + 1) * self.size, west + self._width)
        ys = np.minimum(south + np.arange(self._rows + 1) * self.size, north)
        return tiles_met(edges, polygons, xs, ys)

    def _number(self, row: int, column: int) -> int:
        """Return the number of a tile: tiles are seen in the order of their numbers."""
        return row * self._columns + column

    def _numbered(self, rows: range, columns: Sequence[int]) -> list[range]:
        """Return the tiles where some rows and columns meet, as runs in ascending order."""
        runs = runs_of(columns)
        return [
            range(self._number(row, run.start), self._number(row, run.stop - 1) + 1)
            for row in rows
            for run in runs
        ]

    # -- time ---------------------------------------------------------------------------------------

    def seen(self, visit: Visit) -> tuple[datetime, datetime]:
        """Return when an item begins and ends; most are an instant."""
        if self.revisit is None:
            return self._first, max(self.until or self._first, self._first)
        offset = visit.round * self._round + visit.tile * self._sweep // self.tiles
        instant = self._first + timedelta(seconds=offset)
        return instant, instant

    def visit_at(self, instant: datetime, tile: int, now: datetime) -> Visit | None:
        """Return the visit of a tile that begins at an instant; None if there is none."""
        seconds = (instant - self._first) // _SECOND
        if not 0 <= tile < self.tiles or seconds < 0:
            return None
        visit = Visit(self.round_of(seconds), tile)
        there = self.seen(visit)[0] == instant and instant <= self._last(now)
        return visit if there else None

    def select(
        self, tiles: Sequence[range], start: datetime | None, end: datetime | None, now: datetime
    ) -> "Selection":
        """Choose the items of some tiles and of a period, both ends of which belong to it.

        Args:
            tiles: Runs of tiles in ascending order.
            now: There is nothing in the future.
        """
        if self.revisit is None:
            first, last = self.seen(Visit(0, 0))
            there = first <= now and (start is None or start <= last) and (end is None or first <= end)
            return Selection(self, tiles, 0, 0 if there else -1)
        low = self._first if start is None else max(start, self._first)
        high = self._last(now) if end is None else min(end, self._last(now))
        return Selection(self, tiles, -((self._first - low) // _SECOND), (high - self._first) // _SECOND)

    # -- inside -------------------------------------------------------------------------------------

    def tiles_between(self, round_: int, low: int, high: int) -> tuple[int, int]:
        """Return the first and the last tile seen in a round between two seconds, counted from the start."""
        if self.revisit is None:
            return 0, self.tiles - 1
        passed = round_ * self._round
        first = -((passed - low) * self.tiles // self._sweep)
        last = ((high - passed + 1) * self.tiles - 1) // self._sweep
        return max(first, 0), min(last, self.tiles - 1)

    def round_of(self, second: int) -> int:
        """Return the round that a second belongs to."""
        return 0 if self.revisit is None else second // self._round

    def _last(self, now: datetime) -> datetime:
        return now if self.until is None else min(self.until, now)

    @cached_property
    def _first(self) -> datetime:
        return (self.since or EARLIEST).replace(microsecond=0)

    @cached_property
    def _round(self) -> int:
        return max(1, (self.revisit or _SECOND) // _SECOND)

    @cached_property
    def _sweep(self) -> int:
        """Time to pass over all tiles: a round, or less if the collection ends before."""
        if self.until is None:
            return self._round
        return max(1, min(self._round, (self.until - self._first) // _SECOND))

    @cached_property
    def _width(self) -> float:
        west, _, east, _ = self.bbox
        return east - west if west <= east else east - west + 360

    def _cell(self, tile: int) -> tuple[int, int]:
        """Return the row and the column of a tile."""
        return divmod(tile, self._columns)

    @property
    def _height(self) -> float:
        return self.bbox[3] - self.bbox[1]

    @cached_property
    def _columns(self) -> int:
        return _count(self._width, self.size)

    @cached_property
    def _rows(self) -> int:
        return _count(self._height, self.size)


@dataclass(frozen=True)
class DatedCoverage(Coverage):
    """A collection whose items are at known instants, in all of its area; they are there at any time."""

    instants: tuple[datetime, ...] = ()  #: When the items are, in their order; a round for each

    def seen(self, visit: Visit) -> tuple[datetime, datetime]:
        """Return when an item is."""
        return self.instants[visit.round], self.instants[visit.round]

    def visit_at(self, instant: datetime, tile: int, now: datetime) -> Visit | None:  # noqa: ARG002  # there at any time
        """Return the visit of a tile at an instant; None if there is none."""
        there = tile == 0 and instant in self.instants
        return Visit(self.instants.index(instant), tile) if there else None

    def select(
        self,
        tiles: Sequence[range],
        start: datetime | None,
        end: datetime | None,
        now: datetime,  # noqa: ARG002  # there at any time
    ) -> "Selection":
        """Choose the items of some tiles and of a period; see ``Coverage.select``."""
        low = 0 if start is None else bisect_left(self.instants, start)
        high = len(self.instants) if end is None else bisect_right(self.instants, end)
        return Selection(self, tiles, low, high - 1)

    def tiles_between(self, round_: int, low: int, high: int) -> tuple[int, int]:  # noqa: ARG002  # all at once
        """Return the first and the last tile seen in a round."""
        return 0, self.tiles - 1

    def round_of(self, second: int) -> int:
        """Return the round itself, since selections count them."""
        return second


@dataclass(frozen=True)
class Selection:
    """Items of some tiles and of a period."""

    coverage: Coverage  #: The places and times of items
    tiles: Sequence[range]  #: Runs of tiles in ascending order
    low: int  #: The first second of the period, counted from the collection's start
    high: int

    def __len__(self) -> int:
        rounds = self._rounds()
        whole = sum(map(len, self.tiles))
        # The period may begin and end in the middle of a round; what is between them is whole.
        cut = {rounds.start, rounds.stop - 1} if rounds else set()
        return (
            sum(len(run) for each in cut for run in self._in_round(each)) + (len(rounds) - len(cut)) * whole
        )

    def __contains__(self, visit: Visit) -> bool:
        return visit.round in self._rounds() and any(visit.tile in run for run in self._in_round(visit.round))

    def rising(self) -> Iterator[Visit]:
        """Yield the items, oldest first."""
        for each in self._rounds():
            for run in self._in_round(each):
                yield from (Visit(each, tile) for tile in run)

    def visits(self, before: Visit | None = None) -> Iterator[Visit]:
        """Yield the items, newest first."""
        rounds = self._rounds()
        last = rounds.stop if before is None else min(rounds.stop, before.round + 1)
        for each in reversed(range(rounds.start, last)):
            for run in reversed(self._in_round(each)):
                stop = run.stop
                if before is not None and each == before.round:
                    stop = min(stop, before.tile)
                yield from (Visit(each, tile) for tile in reversed(range(run.start, stop)))

    def _rounds(self) -> range:
        if self.high < self.low:
            return range(0)
        return range(self.coverage.round_of(self.low), self.coverage.round_of(self.high) + 1)

    def _in_round(self, round_: int) -> list[range]:
        first, last = self.coverage.tiles_between(round_, self.low, self.high)
        cut = (range(max(run.start, first), min(run.stop, last + 1)) for run in self.tiles)
        return [run for run in cut if run]


def _count(length: float, size: float) -> int:
    return max(1, math.ceil(length / size - 1e-9))


def _steps(low: float, high: float, size: float, count: int, length: float) -> range:
    """Return which of a row of tiles an interval meets."""
    if high < 0 or low > length:
        return range(0)
    # The outermost edge has no tile beyond it that could own it.
    first, last = (min(math.floor(each / size), count - 1) for each in (low, high))
    return range(max(first, 0), last + 1)


def runs_of(numbers: Iterable[int]) -> list[range]:
    """Return ascending numbers as runs."""
    runs: list[range] = []
    for number in numbers:
        if runs and runs[-1].stop == number:
            runs[-1] = range(runs[-1].start, number + 1)
        else:
            runs.append(range(number, number + 1))
    return runs


def _rounded(degrees: float) -> float:
    return round(degrees, 9) + 0.0
