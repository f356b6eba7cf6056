"""Instants and periods as process graphs write them, and the periods of the calendar."""

import calendar
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mock_backend.catalog.stac.instants import with_zeros, write_instant
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
    try:
        if len(text) in (4, 7) and text[:4].isdecimal():
            text = f"{text}-01-01"[:10] if len(text) == 4 else f"{text}-01"
        found = datetime.fromisoformat(with_zeros(text))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def calendar_labels(name: str, first: datetime, last: datetime) -> Iterator[tuple[str, Period]]:
    """Yield the periods of a calendar from one instant to another, complete, each with its label.

    Args:
        name: Name in aggregate_temporal_period, e.g. ``month``.
        first: An instant in the first of them.
        last: An instant in the last of them.
    """
    start = _BEGINNINGS[name](first.astimezone(UTC).replace(minute=0, second=0, microsecond=0))
    while start <= last:
        try:
            following = _next(name, start)
        except (OverflowError, ValueError):
            # The calendar ends with the year 9999.
            yield _label(name, start), Period(start, None)
            return
        yield _label(name, start), Period(start, following)
        start = following


def _midnight(instant: datetime) -> datetime:
    return instant.replace(hour=0)


def _month(instant: datetime) -> datetime:
    return instant.replace(day=1, hour=0)


def _week(instant: datetime) -> datetime:
    return _midnight(instant) - timedelta(days=instant.weekday())


def _dekad(instant: datetime) -> datetime:
    return instant.replace(day=min((instant.day - 1) // 10, 2) * 10 + 1, hour=0)


def _months_from(first: int, length: int) -> Callable[[datetime], datetime]:
    def beginning(instant: datetime) -> datetime:
        back = (instant.month - first) % length
        return months_later(_month(instant), -back)

    return beginning


def _years_from(first: int, length: int) -> Callable[[datetime], datetime]:
    def beginning(instant: datetime) -> datetime:
        year = instant.year - (instant.year - first) % length
        return instant.replace(year=max(year, 1), month=1, day=1, hour=0)

    return beginning


_BEGINNINGS: dict[str, Callable[[datetime], datetime]] = {
    "hour": lambda instant: instant,
    "day": _midnight,
    "week": _week,
    "dekad": _dekad,
    "month": _month,
    # From December on, three months each.
    "season": _months_from(12, 3),
    "tropical-season": _months_from(11, 6),
    "year": _years_from(1, 1),
    "decade": _years_from(0, 10),
    "decade-ad": _years_from(1, 10),
}
PERIODS = tuple(_BEGINNINGS)

SEASONS = {12: "djf", 3: "mam", 6: "jja", 9: "son"}
TROPICAL_SEASONS = {11: "ndjfma", 5: "mjjaso"}


def _next(name: str, start: datetime) -> datetime:
    match name:
        case "hour":
            return start + timedelta(hours=1)
        case "day":
            return start + timedelta(days=1)
        case "week":
            return start + timedelta(weeks=1)
        case "dekad":
            return start + timedelta(days=10) if start.day < 21 else months_later(_month(start), 1)
        case "month":
            return months_later(start, 1)
        case "season":
            return months_later(start, 3)
        case "tropical-season":
            return months_later(start, 6)
        case "year":
            return start.replace(year=start.year + 1)
        case _:
            # The first decade is a year short of ten if it begins with the calendar.
            return start.replace(year=start.year + (10 if start.year > 1 or name == "decade-ad" else 9))


def _label(name: str, start: datetime) -> str:
    year = f"{start.year:04}"
    match name:
        case "hour":
            return f"{start.date()}-{start.hour:02}"
        case "day":
            return f"{year}-{start.timetuple().tm_yday:03}"
        case "week":
            of_year, number, _ = start.isocalendar()
            return f"{of_year:04}-{number:02}"
        case "dekad":
            return f"{year}-{(start.month - 1) * 3 + start.day // 10 + 1:02}"
        case "month":
            return f"{year}-{start.month:02}"
        case "season":
            return f"{year}-{SEASONS[start.month]}"
        case "tropical-season":
            return f"{year}-{TROPICAL_SEASONS[start.month]}"
        case "decade":
            return f"{start.year // 10 * 10:04}"
        case _:
            return year


def months_later(at: datetime, months: int) -> datetime:
    """Return an instant some months later, on the last day of a month that is too short.

    Raises:
        ValueError: If it is in no calendar.
    """
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, calendar.monthrange(year, month + 1)[1]))


def days_of_year() -> list[str]:
    """Return the labels of the days of a year without a leap day."""
    return [f"{day:03}" for day in range(1, (date(2023, 12, 31) - date(2022, 12, 31)).days + 1)]
