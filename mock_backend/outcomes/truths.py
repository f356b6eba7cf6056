"""What is known of comparisons, of logic, and of choices that depend on them."""

from collections.abc import Iterable
from typing import Any

from mock_backend.outcomes.asking import Asked
from mock_backend.outcomes.instants import instant_of
from mock_backend.outcomes.numbers import BOOLEAN, Array, Function, Number, any_of, number_of, truth


def _compare(asked: Asked) -> Any:
    x, y = asked.get("x"), asked.get("y")
    if x is None or y is None:
        return None
    sides: tuple[Any, Any, Any, Any]
    if isinstance(x, str) and isinstance(y, str):
        one, other = instant_of(x), instant_of(y)
        if one is not None and other is not None:
            sides = one, one, other, other
        else:
            if asked.get("case_sensitive") is False:
                x, y = x.lower(), y.lower()
            sides = x, x, y, y
    elif any(isinstance(each, list | dict | Array) for each in (x, y)):
        # Arrays and objects are never equal, nor unequal.
        return truth(False)
    else:
        one_number, other_number = number_of(x), number_of(y)
        if one_number is None or other_number is None or _differ_in_kind(one_number, other_number):
            # Things of different kinds are not equal, and cannot be compared otherwise.
            return truth(asked.process_id == "neq") if _is_written(x) and _is_written(y) else truth()
        sides = one_number.low, one_number.high, other_number.low, other_number.high
    return _ordered(asked.process_id, *sides, delta=asked.get("delta"))


def _differ_in_kind(one: Number, other: Number) -> bool:
    return (one.data_type == BOOLEAN) != (other.data_type == BOOLEAN)


def _ordered(name: str, low: Any, high: Any, least: Any, most: Any, *, delta: Any = None) -> Number:
    match name:
        case "eq" | "neq":
            if isinstance(delta, int | float) and isinstance(low, int | float):
                low, high = low - delta, high + delta
                found = None if low <= most and least <= high else False
                if low + delta == high - delta and least == most:
                    found = bool(low <= least <= high)
            elif low == high == least == most:
                found = True
            else:
                found = None if low <= most and least <= high else False
            return truth(found if name == "eq" or found is None else not found)
        case "gt":
            return truth(True if low > most else False if high <= least else None)
        case "gte":
            return truth(True if low >= most else False if high < least else None)
        case "lt":
            return truth(True if high < least else False if low >= most else None)
        case _:
            return truth(True if high <= least else False if low > most else None)


def _between(asked: Asked) -> Any:
    given = [asked.get(name) for name in ("x", "min", "max")]
    if given[0] is None:
        return None
    above = "lt" if asked.get("exclude_max") is True else "lte"
    dates = [found for each in given if (found := instant_of(each)) is not None]
    if len(dates) == 3:
        x, least, most = dates
        return _all((_ordered("gte", x, x, least, least), _ordered(above, x, x, most, most)))
    numbers = [number for each in given if (number := number_of(each)) is not None]
    if len(numbers) < 3:
        return truth()
    value, low, high = numbers
    return _all(
        (
            _ordered("gte", value.low, value.high, low.low, low.high),
            _ordered(above, value.low, value.high, high.low, high.high),
        )
    )


def _all(values: Iterable[Number]) -> Number:
    known_ones = [bool(each.low) if each.is_known else None for each in values]
    return truth(False if False in known_ones else None if None in known_ones else True)


def _any(values: Iterable[Number]) -> Number:
    known_ones = [bool(each.low) if each.is_known else None for each in values]
    return truth(True if True in known_ones else None if None in known_ones else False)


def _logic(asked: Asked) -> Any:
    x, y = (number_of(asked.get(name)) for name in ("x", "y"))
    if asked.process_id == "not":
        return None if x is None else truth(not x.low if x.is_known else None)
    given = [each for each in (x, y) if each is not None]
    if asked.process_id == "xor":
        if len(given) < 2:
            return None
        return truth(
            bool(given[0].low) != bool(given[1].low) if all(each.is_known for each in given) else None
        )
    found = (_all if asked.process_id == "and" else _any)(given)
    if len(given) < 2 and not (found.is_known and bool(found.low) == (asked.process_id == "or")):
        return None
    return found


def _is(asked: Asked) -> Any:
    x = asked.get("x")
    if asked.process_id == "is_infinite":
        return truth(False)
    missing = x is None
    if asked.process_id == "is_valid":
        return truth(False if missing else True if _is_written(x) else None)
    if asked.process_id == "is_nan":
        number = None if isinstance(x, list | Array) else number_of(x)
        # Whatever is no number is not a number.
        if number is None or number.data_type == BOOLEAN:
            return truth(True)
        return truth(False if number.is_known or number.is_integer else None)
    return truth(True if missing else False if _is_written(x) else None)


def _is_written(value: Any) -> bool:
    return not isinstance(value, Number) or value.is_known


def _if(asked: Asked) -> Any:
    value = asked.get("value")
    number = number_of(value)
    accept, reject = asked.get("accept"), asked.get("reject")
    if number is None or number.is_known:
        return accept if number is not None and number.low else reject
    if isinstance(accept, Array) or isinstance(reject, Array):
        return accept if isinstance(accept, Array) else reject
    either = any_of([accept, reject])
    return either if either is not None else accept


TRUTHS: dict[str, Function] = {
    **dict.fromkeys(("eq", "neq", "gt", "gte", "lt", "lte"), _compare),
    **dict.fromkeys(("and", "or", "xor", "not"), _logic),
    **dict.fromkeys(("is_nan", "is_nodata", "is_valid", "is_infinite"), _is),
    "between": _between,
    "date_between": _between,
    "if": _if,
}
