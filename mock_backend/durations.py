"""Durations as people write them (``timedelta``, seconds, ``"90s"``, ``"2h"``, ``"PT10M"``), and instants."""

import math
import re
from datetime import UTC, datetime, timedelta

type_hint = "a timedelta, a number of seconds, or a text such as '90s', '10m', '2h', '1h30m' or 'PT10M'"

Duration = timedelta | float | int | str

_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SHORT = re.compile(r"(?:\d+(?:\.\d+)?[wdhms])+")
_SHORT_PART = re.compile(r"(\d+(?:\.\d+)?)([wdhms])")
_SPACES = re.compile(r"(?<=\d)\s+(?=[A-Za-z])|(?<=[A-Za-z])\s+(?=\d)")
_ISO = re.compile(
    r"P(?:(?P<w>\d+(?:\.\d+)?)W)?(?:(?P<d>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<h>\d+(?:\.\d+)?)H)?(?:(?P<m>\d+(?:\.\d+)?)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?"
)


def to_timedelta(value: Duration) -> timedelta:
    """Read a duration.

    Args:
        value: A timedelta, a number of seconds, or a text: ``"90s"``, ``"10m"``, ``"2h"``,
            ``"1d"``, combinations such as ``"1h30m"``, or ISO 8601 (``"PT10M"``, ``"P1DT2H"``).

    Raises:
        TypeError: If the value is none of these types.
        ValueError: If it is negative, not finite, or a text that cannot be read.
    """
    if isinstance(value, timedelta):
        result = value
    elif isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError(f"A duration must be {type_hint}, got {value!r}.")
    else:
        seconds = _seconds_of_text(value) if isinstance(value, str) else value
        if not math.isfinite(seconds):
            raise ValueError(f"A duration must be finite, got {value!r}.")
        try:
            result = timedelta(seconds=seconds)
        except OverflowError:
            raise ValueError(
                f"A duration must be at most {timedelta.max.days} days, got {value!r}."
            ) from None
    if result < timedelta(0):
        raise ValueError(f"A duration cannot be negative: {value!r}.")
    return result


def named_duration(name: str, value: Duration) -> timedelta:
    """Read a duration as ``to_timedelta`` does; an error tells its name."""
    try:
        return to_timedelta(value)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from None


def later(instant: datetime, duration: timedelta | float) -> datetime:
    """Return the instant after a duration, given in seconds or as a timedelta, or the last one there is."""
    try:
        return instant + (duration if isinstance(duration, timedelta) else timedelta(seconds=duration))
    except OverflowError:
        return datetime.max.replace(tzinfo=instant.tzinfo)


def to_iso(value: timedelta) -> str:
    """Write a duration as ISO 8601, e.g. ``PT2H5M``, exact to the microsecond.

    Raises:
        ValueError: If it is negative.
    """
    if value < timedelta(0):
        raise ValueError(f"A duration cannot be negative: {value!r}.")
    minutes, rest = divmod(value, timedelta(minutes=1))
    hours, minutes = divmod(minutes, 60)
    seconds = f"{rest.seconds}.{rest.microseconds:06}".rstrip("0").rstrip(".") if rest else ""
    parts = [f"{hours}H" if hours else "", f"{minutes}M" if minutes else "", f"{seconds}S" if seconds else ""]
    return "PT" + ("".join(parts) or "0S")


def _seconds_of_text(text: str) -> float:
    # Spaces may stand between numbers and units, not inside a number.
    compact = _SPACES.sub("", text.strip())
    if compact.startswith("-") and not compact.startswith("--"):
        _seconds_of_text(compact[1:])  # if even that cannot be read, this is not about the sign
        raise ValueError(f"A duration cannot be negative: {text!r}.")
    if _SHORT.fullmatch(compact.lower()):
        return sum(float(n) * _UNITS[unit] for n, unit in _SHORT_PART.findall(compact.lower()))
    match = _ISO.fullmatch(compact.upper())
    if match and any(match.groups()):
        return sum(float(n) * _UNITS[unit] for unit, n in match.groupdict().items() if n)
    try:
        return float(compact)
    except ValueError:
        raise ValueError(f"Cannot read {text!r} as a duration: it should be {type_hint}.") from None


def to_instant(value: datetime | str) -> datetime:
    """Read an aware instant; raises ValueError if it has no time zone or cannot be read."""
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(
            f"Cannot read {value!r} as an instant: write it like '2025-06-01T12:00:00Z'."
        ) from None
    if not isinstance(instant, datetime):
        raise TypeError(f"An instant must be a datetime or an ISO 8601 str, got {value!r}.")
    if instant.tzinfo is None:
        raise ValueError(f"An instant needs a time zone, e.g. '2025-06-01T12:00:00Z'; {value!r} has none.")
    return instant.astimezone(UTC)
