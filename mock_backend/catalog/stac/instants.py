"""Instants and periods as STAC and openEO write them: RFC 3339, or a date for a whole day."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)

_LOOSE_DATE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)", re.ASCII)

_TO_END_OF_DAY = timedelta(days=1) - timedelta(microseconds=1)


def read_instant(text: str, *, end: bool = False) -> datetime:
    """Read an instant, e.g. ``2024-06-01T10:30:00Z``; raise ``ValueError`` if it is neither.

    Args:
        text: An instant, or a date for the day's beginning.
        end: True if a date stands for the day's end instead.
    """
    upper = text.upper()
    try:
        if _DATE.fullmatch(upper):
            day = datetime.fromisoformat(upper).replace(tzinfo=UTC)
            return day + _TO_END_OF_DAY if end else day
        if _INSTANT.fullmatch(upper):
            return datetime.fromisoformat(upper).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"an instant must be written as 2024-06-01T10:30:00Z, or as a date, got {text!r}")


def is_loose_date(value: Any) -> bool:
    """Tell whether a value is a date whose month or day may lack a leading zero, e.g. ``2024-6-1``."""
    return isinstance(value, str) and _LOOSE_DATE.fullmatch(value) is not None


def loose_instant(text: str) -> datetime | None:
    """Return the instant that a text names as back-ends read it, for a date its beginning; None if none.

    Dates may lack zeros, and instants their time zone.
    """
    # A date of ten characters or more has all its zeros.
    if len(text) < 10 and (found := _LOOSE_DATE.fullmatch(text)) is not None:
        text = "-".join(each.zfill(2) for each in found.groups())
    try:
        instant = datetime.fromisoformat(text)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_period(text: str, *, dates: bool = True) -> tuple[datetime | None, datetime | None]:
    """Read an instant, or a period as OGC APIs write it; both ends belong to it, None is an open one.

    Args:
        text: ``2024-06-01T10:30:00Z``, ``2024-06-01/2024-07-01``, ``2024-06-01/..`` or ``../2024-07-01``.
        dates: True if dates may stand for whole days.

    Raises:
        ValueError: If it is neither, open at both ends, or ends before it begins.
    """
    parts = text.split("/")
    if not dates and (found := next(filter(_DATE.fullmatch, parts), None)) is not None:
        raise ValueError(f"an instant has a date and a time, e.g. {found}T00:00:00Z, and {found!r} is a date")
    if len(parts) == 1:
        return read_instant(text), read_instant(text, end=True)
    if len(parts) != 2:
        raise ValueError(f"a period must have two ends with a slash between them, got {text!r}")
    start, end = (None if part in ("", "..") else part for part in parts)
    if start is None and end is None:
        raise ValueError("a period can be open at one end, not at both")
    first = None if start is None else read_instant(start)
    last = None if end is None else read_instant(end, end=True)
    if first is not None and last is not None and first > last:
        raise ValueError(f"a period cannot end before it begins: {text!r}")
    return first, last


def write_instant(instant: datetime) -> str:
    """Write an instant as RFC 3339, in whole seconds of UTC."""
    # Not strftime: it writes years before 1000 with fewer digits on some systems.
    return instant.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
