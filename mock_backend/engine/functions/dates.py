"""Instants: which is earlier, how far they are apart, and others near them."""

import calendar
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from mock_backend.engine.core.instants import instant_of, months_later
from mock_backend.engine.functions.arrays import whole_number
from mock_backend.engine.functions.registry import InvalidArgument, process

_SECONDS = {
    "millisecond": 0.001,
    "second": 1.0,
    "minute": 60.0,
    "hour": 3600.0,
    "day": 86_400.0,
    "week": 604_800.0,
}
_MONTHS = {"month": 1, "year": 12}
_COMPONENTS = ("year", "month", "day", "hour", "minute", "second")
_LEAP_SECOND = re.compile(r"(?<=:\d\d):60(?=[.Zz+-]|$)")
_TIME = re.compile(r"\d\d:\d\d:\d\d")


def _instant(name: str, value: Any) -> datetime:
    # A leap second is the last but one for those who have none.
    text = _LEAP_SECOND.sub(":59", value) if isinstance(value, str) else value
    found = instant_of(text)
    if found is None:
        raise InvalidArgument(name, f"{value!r} is not a date")
    return found


@process
def date_between(x: Any, min: Any, max: Any, exclude_max: bool = False) -> Any:
    """Tell whether an instant is in a period; its end belongs to it unless ``exclude_max`` is true."""
    if x is None or min is None or max is None:
        return None
    texts = {"x": x, "min": min, "max": max}
    if all(isinstance(each, str) and _TIME.match(each) for each in texts.values()):
        # Times of the day are those of one day.
        texts = {name: f"1970-01-01T{each}" for name, each in texts.items()}
    at, first, last = (_instant(name, each) for name, each in texts.items())
    return first <= at < last if exclude_max is True else first <= at <= last


@process
def date_difference(date1: Any, date2: Any, unit: str = "second") -> Any:
    """Return how far an instant is after another one."""
    if date1 is None or date2 is None:
        return None
    first, second = _instant("date1", date1), _instant("date2", date2)
    _check_unit(unit)
    if unit in _MONTHS:
        try:
            months = _months_between(first, second) / _MONTHS[unit]
        except ValueError:
            raise InvalidArgument("date2", "what follows is in no calendar") from None
        return int(months) if months.is_integer() else months
    found = (second - first) / timedelta(milliseconds=1) / (_SECONDS[unit] * 1000)
    return int(found) if found.is_integer() else found


def _months_between(first: datetime, second: datetime) -> float:
    """Return how many months are between two instants, with the share of the one that is not over."""
    sign = 1 if second >= first else -1
    if sign < 0:
        first, second = second, first
    whole = (second.year - first.year) * 12 + second.month - first.month
    while months_later(first, whole) > second:
        whole -= 1
    start, end = months_later(first, whole), months_later(first, whole + 1)
    return sign * (whole + (second - start) / (end - start))


@process
def date_shift(date: Any, value: Any, unit: str) -> Any:
    """Return a date some units later, written like the date."""
    if date is None:
        return None
    count, at = whole_number("value", value, None), _as_written(date)
    _check_unit(unit)
    try:
        if unit in _MONTHS:
            moved = months_later(at, count * _MONTHS[unit])
        else:
            moved = at + timedelta(milliseconds=count * _SECONDS[unit] * 1000)
    except (OverflowError, ValueError):
        raise InvalidArgument("value", f"{value!r} leads beyond the calendar") from None
    return _written_like(date, moved)


def _check_unit(unit: Any) -> None:
    if unit not in (*_SECONDS, *_MONTHS):
        raise InvalidArgument("unit", f"{unit!r} is none of {', '.join([*_SECONDS, *_MONTHS])}")


@process
def date_replace_component(date: Any, value: Any, component: str = "day") -> Any:
    """Return a date with another year, month, day, hour, minute or second, written like the date."""
    if date is None:
        return None
    at = _as_written(date)
    if component not in _COMPONENTS:
        raise InvalidArgument("component", f"{component!r} is none of {', '.join(_COMPONENTS)}")
    value = whole_number("value", value, None)
    try:
        if component in ("year", "month"):
            # The last day of a month that is too short.
            year, month = (value, at.month) if component == "year" else (at.year, value)
            day = min(at.day, calendar.monthrange(year, month)[1])
            found = at.replace(year=year, month=month, day=day)
        else:
            changed: dict[str, Any] = {component: value}
            found = at.replace(**changed)
    except (ValueError, OverflowError):
        raise InvalidArgument("value", f"no date has the {component} {value!r}") from None
    return _written_like(date, found)


def _as_written(text: Any) -> datetime:
    """Return the instant that a text names, in its own time zone."""
    if not isinstance(text, str):
        raise InvalidArgument("date", f"{text!r} is not a date")
    try:
        found = datetime.fromisoformat(_LEAP_SECOND.sub(":59", text))
    except ValueError:
        raise InvalidArgument("date", f"{text!r} is not a date") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _written_like(text: str, at: datetime) -> str:
    """Write an instant as a text is written: with a time and its zone only if that has them."""
    if len(text) <= len("2020-01-01"):
        return str(at.date())
    written = at.isoformat(timespec="milliseconds" if "." in text or at.microsecond else "seconds")
    return written.removesuffix("+00:00") + "Z" if text.endswith(("Z", "z")) else written
