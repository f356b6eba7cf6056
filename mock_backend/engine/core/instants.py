"""Instants and periods as process graphs write them, and the periods of the calendar."""

import calendar
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from mock_backend.catalog.stac.instants import loose_instant, write_instant
from mock_backend.dataclass import dataclass


@dataclass(frozen=True)
class Period:
    """A period of time; its end does not belong to it."""

    start: datetime | None = None  #: Its beginning; None if it is open
    end: datetime | None = None  #: Its end; None if it is open

    def has(self, instant: datetime) -> bool:
        """Tell whether an instant belongs to it."""
        return (self.start is None or self.start <= instant) and (self.end is None or instant < self.end)

    def shared(self, other: "Period") -> "Period":
        """Return what two periods share."""
        starts = [each for each in (self.start, other.start) if each is not None]
        ends = [each for each in (self.end, other.end) if each is not None]
        return Period(max(starts, default=None), min(ends, default=None))

    def around(self, other: "Period") -> "Period":
        """Return the shortest period that two are in."""
        start = None if self.start is None or other.start is None else min(self.start, other.start)
        return Period(start, None if self.end is None or other.end is None else max(self.end, other.end))

    @property
    def is_open(self) -> bool:
        """True if it has neither beginning nor end."""
        return self.start is None and self.end is None

    @property
    def is_empty(self) -> bool:
        """True if it has no instant."""
        return self.start is not None and self.end is not None and self.start >= self.end

    def texts(self) -> tuple[str | None, str | None]:
        """Return both ends as RFC 3339 texts."""
        return (
            None if self.start is None else write_instant(self.start),
            None if self.end is None else write_instant(self.end),
        )


def period_of(given: Any) -> Period:
    """Return the period of a temporal interval; what is not one is open at both ends."""
    if not isinstance(given, list | tuple) or len(given) != 2:
        return Period()
    start, end = map(instant_of, given)
    if end is not None and start == end:
        # Some back-ends take an interval without duration for a day.
        end = end + timedelta(days=1) if end.year < 9999 else None
    return Period(start, end)


def instant_of(given: Any) -> datetime | None:
    """Return the instant that a text names, for a date its beginning; None if it names none."""
    if not isinstance(given, str):
        return None
    text = given.strip()
    if len(text) in (4, 7) and text[:4].isdecimal():
        text = f"{text}-01-01"[:10] if len(text) == 4 else f"{text}-01"
    return loose_instant(text)


def calendar_labels(name: str, first: datetime, last: datetime) -> Iterator[tuple[str, Period]]:
    """Yield the periods of a calendar from one instant to another, complete, each with its label.

    Args:
        name: Name in aggregate_temporal_period, e.g. ``month``.
        first: An instant in the first of them.
        last: An instant in the last of them.
    """
    kind = _CALENDAR[name]
    start = kind.beginning(first.astimezone(UTC).replace(minute=0, second=0, microsecond=0))
    while start <= last:
        try:
            following = kind.beginning(start + kind.longest)
        except OverflowError:
            # The calendar ends with the year 9999.
            yield kind.label(start), Period(start, None)
            return
        yield kind.label(start), Period(start, following)
        start = following


class _Kind(NamedTuple):
    """A kind of periods of the calendar."""

    beginning: Callable[[datetime], datetime]  #: Returns when the period of a full hour begins
    longest: timedelta  #: The duration of the longest ones; it ends in the following period at the latest
    label: Callable[[datetime], str]  #: Returns the label of the period that begins at an instant


def _midnight(instant: datetime) -> datetime:
    return instant.replace(hour=0)


def _month(instant: datetime) -> datetime:
    return instant.replace(day=1, hour=0)


def _week(instant: datetime) -> datetime:
    return _midnight(instant) - timedelta(days=instant.weekday())


def _dekad(instant: datetime) -> datetime:
    return instant.replace(day=min((instant.day - 1) // 10, 2) * 10 + 1, hour=0)


def _months_from(first: int, length: int) -> Callable[[datetime], datetime]:
    return lambda instant: months_later(_month(instant), -((instant.month - first) % length))


def _years_from(first: int, length: int) -> Callable[[datetime], datetime]:
    # The first decade is a year short of ten if it begins with the calendar.
    return lambda at: at.replace(year=max(at.year - (at.year - first) % length, 1), month=1, day=1, hour=0)


def _year(at: datetime) -> str:
    return f"{at.year:04}"


SEASONS = {12: "djf", 3: "mam", 6: "jja", 9: "son"}
TROPICAL_SEASONS = {11: "ndjfma", 5: "mjjaso"}

_CALENDAR = {
    "hour": _Kind(lambda at: at, timedelta(hours=1), lambda at: f"{at.date()}-{at.hour:02}"),
    "day": _Kind(_midnight, timedelta(days=1), lambda at: f"{_year(at)}-{at.timetuple().tm_yday:03}"),
    "week": _Kind(_week, timedelta(weeks=1), lambda at: "{0.year:04}-{0.week:02}".format(at.isocalendar())),
    "dekad": _Kind(
        _dekad, timedelta(days=11), lambda at: f"{_year(at)}-{(at.month - 1) * 3 + at.day // 10 + 1:02}"
    ),
    "month": _Kind(_month, timedelta(days=31), lambda at: f"{_year(at)}-{at.month:02}"),
    # From December on, three months each.
    "season": _Kind(_months_from(12, 3), timedelta(days=92), lambda at: f"{_year(at)}-{SEASONS[at.month]}"),
    "tropical-season": _Kind(
        _months_from(11, 6), timedelta(days=184), lambda at: f"{_year(at)}-{TROPICAL_SEASONS[at.month]}"
    ),
    "year": _Kind(_years_from(1, 1), timedelta(days=366), _year),
    "decade": _Kind(_years_from(0, 10), timedelta(days=3653), lambda at: f"{at.year // 10 * 10:04}"),
    "decade-ad": _Kind(_years_from(1, 10), timedelta(days=3653), _year),
}
PERIODS = tuple(_CALENDAR)


def months_later(at: datetime, months: int) -> datetime:
    """Return an instant some months later, on the last day of a month that is too short.

    Raises:
        ValueError: If it is in no calendar.
    """
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, calendar.monthrange(year, month + 1)[1]))
