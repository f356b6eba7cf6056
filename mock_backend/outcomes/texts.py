"""What comes of texts and dates, which nobody has to estimate: they are written down."""

from calendar import monthrange
from datetime import timedelta
from typing import Any

from mock_backend.catalog.instants import write_instant
from mock_backend.outcomes.asking import Asked
from mock_backend.outcomes.instants import instant_of
from mock_backend.outcomes.numbers import BOOLEAN, Function, Number, known, number_of, truth


def _text(asked: Asked) -> Any:
    data, pattern = asked.get("data"), asked.get("pattern")
    if data is None:
        return None
    if not isinstance(data, str) or not isinstance(pattern, str):
        return truth()
    if asked.get("case_sensitive") is False:
        data, pattern = data.lower(), pattern.lower()
    match asked.process_id:
        case "text_begins":
            return truth(data.startswith(pattern))
        case "text_ends":
            return truth(data.endswith(pattern))
        case "text_contains":
            return truth(pattern in data)
        case _:
            found = data.find(pattern)
            return None if found < 0 else known(found)


def _text_concat(asked: Asked) -> Any:
    separator = asked.get("separator")
    return _written(separator if separator is not None else "").join(map(_written, asked.list("data")))


def _written(value: Any) -> str:
    if isinstance(value, Number):
        value = bool(value.low) if value.data_type == BOOLEAN else value.low
    if value is None or isinstance(value, bool):
        return {None: "", True: "true", False: "false"}[value]
    return str(value)


_UNITS = {"millisecond": 0.001, "second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}


def _date_shift(asked: Asked) -> Any:
    given, value, unit = asked.get("date"), number_of(asked.get("value")), asked.text("unit")
    instant = instant_of(given)
    if instant is None or value is None or unit is None or not isinstance(given, str):
        return given
    if unit in _UNITS:
        found = instant + timedelta(seconds=value.low * _UNITS[unit])
    else:
        months = int(value.low) * (12 if unit == "year" else 1)
        year, month = divmod(instant.year * 12 + instant.month - 1 + months, 12)
        # The last day of a month stays one.
        day = min(instant.day, monthrange(year, month + 1)[1])
        found = instant.replace(year=year, month=month + 1, day=day)
    text = write_instant(found)
    return text[:10] if len(given) <= 10 and text.endswith("T00:00:00Z") else text


def _date_difference(asked: Asked) -> Any:
    one, other = instant_of(asked.get("date1")), instant_of(asked.get("date2"))
    if one is None or other is None:
        return None
    seconds = (other - one).total_seconds()
    unit = asked.text("unit") or "second"
    length = _UNITS.get(unit, 86_400 * (365.2425 if unit == "year" else 30.436875))
    found = seconds / length
    return known(int(found) if found.is_integer() else found)


TEXTS: dict[str, Function] = {
    **dict.fromkeys(("text_begins", "text_ends", "text_contains", "text_find"), _text),
    "text_concat": _text_concat,
    "date_shift": _date_shift,
    "date_difference": _date_difference,
}
