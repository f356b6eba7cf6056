"""What is known of the results of processes that take numbers one by one."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from mock_backend.outcomes.asking import Asked
from mock_backend.outcomes.numbers import (
    Function,
    Number,
    integer_type,
    known,
    made,
    normalized_difference,
    number_of,
)

# How much larger a ratio may be than that of the largest numbers it may be of.
_USUAL_RATIO = 10

# -- one number -----------------------------------------------------------------------------------------


def _rising(compute: Callable[[float], float], low: float, high: float, asked: Asked) -> Any:
    """Follow a function that rises with its argument, within the range that it is defined in."""
    x = number_of(asked.get("x" if "x" in asked.arguments else "p"))
    if x is None:
        return None
    one, other = (compute(min(max(end, low), high)) for end in (x.low, x.high))
    return made(one, other, data_type=_floating(x))


def _falling(compute: Callable[[float], float], asked: Asked) -> Any:
    return _rising(compute, -1.0, 1.0, asked)


def _absolute(asked: Asked) -> Any:
    x = number_of(asked.get("x"))
    if x is None:
        return None
    ends = abs(x.low), abs(x.high)
    low = 0 if x.low <= 0 <= x.high else min(ends)
    return made(low, max(ends), data_type=x.data_type, band=x.band)


def _wave(asked: Asked) -> Any:
    x = number_of(asked.get("x"))
    compute = {"sin": math.sin, "cos": math.cos}[asked.process_id]
    if x is None:
        return None
    return known(compute(x.low)) if x.is_known else made(-1.0, 1.0, data_type=_floating(x))


def _tangent(asked: Asked) -> Any:
    x = number_of(asked.get("x"))
    if x is None:
        return None
    if x.is_known or (x.low > -1.5 and x.high < 1.5):
        return made(math.tan(x.low), math.tan(x.high), data_type=_floating(x))
    return made(-10.0, 10.0, data_type=_floating(x))


def _cosh(asked: Asked) -> Any:
    x = number_of(asked.get("x"))
    if x is None:
        return None
    ends = [math.cosh(min(max(end, -60.0), 60.0)) for end in (x.low, x.high)]
    return made(1.0 if x.low <= 0 <= x.high else min(ends), max(ends), data_type=_floating(x))


def _whole(compute: Callable[[float], int], asked: Asked) -> Any:
    x = number_of(asked.get("x"))
    if x is None:
        return None
    low, high = compute(x.low), compute(x.high)
    return Number(low, high, integer_type(low, high), x.band)


def _round(asked: Asked) -> Any:
    digits = asked.get("p")
    if not isinstance(digits, int) or isinstance(digits, bool) or digits <= 0:
        step = 10 ** -min(max(int(digits or 0), -30), 0) if isinstance(digits, int) else 1
        return _whole(lambda value: round(value / step) * step if step > 1 else round(value), asked)
    x = number_of(asked.get("x"))
    return (
        None
        if x is None
        else made(round(x.low, digits), round(x.high, digits), data_type=x.data_type, band=x.band)
    )


def _log(asked: Asked) -> Any:
    base = number_of(asked.get("base"))
    by = math.log(base.low) if base is not None and base.low > 0 and base.low != 1 else 1.0
    return _rising(lambda value: math.log(value) / by, 1e-9, math.inf, asked)


def _clip(asked: Asked) -> Any:
    x, least, most = (number_of(asked.get(name)) for name in ("x", "min", "max"))
    if x is None or least is None or most is None:
        return x
    low, high = (min(max(end, least.low), most.high) for end in (x.low, x.high))
    whole = all(float(end).is_integer() for end in (least.low, most.high))
    return made(low, high, data_type=x.data_type if whole else _floating(x), band=x.band)


def _linear_scale_range(asked: Asked) -> Any:
    x, since, until, first, last = (
        number_of(asked.get(name)) for name in ("x", "inputMin", "inputMax", "outputMin", "outputMax")
    )
    start, stop = 0.0 if first is None else first.low, 1.0 if last is None else last.high
    one, other = start, stop
    if x is not None and since is not None and until is not None and since.low != until.low:
        least, most = sorted((since.low, until.low))
        width = (stop - start) / (until.low - since.low)
        one, other = (start + (min(max(end, least), most) - since.low) * width for end in (x.low, x.high))
        if x.is_known:
            return known(one)
    # Who scales to 0…255 wants a picture.
    if max(abs(start), abs(stop)) > 1 and float(start).is_integer() and float(stop).is_integer():
        low, high = sorted((one, other))
        kind = integer_type(min(0, start, stop), max(0, start, stop))
        return made(math.floor(low), math.ceil(high), data_type=kind)
    return made(one, other, data_type="float32")


# -- two numbers ----------------------------------------------------------------------------------------


def _pair(asked: Asked, one: str = "x", other: str = "y") -> tuple[Number, Number] | None:
    x, y = number_of(asked.get(one)), number_of(asked.get(other))
    return None if x is None or y is None else (x, y)


def _add(asked: Asked) -> Any:
    if (pair := _pair(asked)) is None:
        return None
    x, y = pair
    return made(x.low + y.low, x.high + y.high, x, y, terms=("+", x, y))


def _subtract(asked: Asked) -> Any:
    if (pair := _pair(asked)) is None:
        return None
    x, y = pair
    if x is y and not x.is_known:
        return made(0, 0, data_type=_floating(x))
    return made(x.low - y.high, x.high - y.low, x, y, terms=("-", x, y))


def _multiply(asked: Asked) -> Any:
    if (pair := _pair(asked)) is None:
        return None
    x, y = pair
    ends = [a * b for a in (x.low, x.high) for b in (y.low, y.high)]
    return made(min(ends), max(ends), x, y)


def _divide(asked: Asked) -> Any:
    if (pair := _pair(asked)) is None:
        return None
    x, y = pair
    if _is_normalized(x, y):
        assert x.terms is not None
        return normalized_difference(x.terms[1], x.terms[2])
    if y.low <= 0 <= y.high:
        if y.is_known:
            return None
        # It may be as large as you like; most divisors are not that near to nought.
        size = _USUAL_RATIO * max(abs(x.low), abs(x.high)) / max(abs(y.low), abs(y.high))
        return made(-size if x.low < 0 or y.low < 0 else 0.0, size, data_type=_floating(x))
    ends = [a / b for a in (x.low, x.high) for b in (y.low, y.high)]
    return made(min(ends), max(ends), data_type=_floating(x))


def _is_normalized(x: Number, y: Number) -> bool:
    """Tell whether one number is the difference and another one the sum of the same two."""
    if x.terms is None or y.terms is None or (x.terms[0], y.terms[0]) != ("-", "+"):
        return False
    (_, a, b), (_, c, d) = x.terms, y.terms
    return (a is c and b is d) or (a is d and b is c)


def _normalized_difference(asked: Asked) -> Any:
    pair = _pair(asked)
    return None if pair is None else normalized_difference(*pair)


def _mod(asked: Asked) -> Any:
    if (pair := _pair(asked)) is None:
        return None
    x, y = pair
    if x.is_known and y.is_known:
        return known(x.low % y.low) if y.low else None
    return made(min(y.low, 0), max(y.high, 0), data_type=x.data_type)


def _power(asked: Asked) -> Any:
    if (pair := _pair(asked, "base", "p")) is None:
        return None
    base, p = pair
    ends = [_raised(one, other) for one in (base.low, base.high) for other in (p.low, p.high)]
    if base.low < 0 < base.high and not (p.is_known and float(p.low).is_integer() and p.low % 2):
        ends.append(0)
    return made(min(ends), max(ends), base, p)


def _raised(base: float, p: float) -> float:
    try:
        found = base**p
    except ZeroDivisionError:
        return 0.0
    except OverflowError:
        return math.inf
    return 0.0 if isinstance(found, complex) else found


def _arctan2(asked: Asked) -> Any:
    if (pair := _pair(asked, "y", "x")) is None:
        return None
    y, x = pair
    if x.is_known and y.is_known:
        return known(math.atan2(y.low, x.low))
    return made(-math.pi, math.pi, data_type="float32")


def _floating(number: Number) -> str:
    return number.data_type if number.data_type.startswith("float") else "float32"


def _same(asked: Asked) -> Any:
    return asked.get("x")


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _functions() -> Iterator[tuple[str, Function]]:
    infinity = math.inf
    rising: dict[str, tuple[Callable[[float], float], float, float]] = {
        "exp": (math.exp, -60.0, 60.0),
        "ln": (math.log, 1e-9, infinity),
        "sqrt": (math.sqrt, 0.0, infinity),
        "arcsin": (math.asin, -1.0, 1.0),
        "arctan": (math.atan, -infinity, infinity),
        "arsinh": (math.asinh, -infinity, infinity),
        "arcosh": (math.acosh, 1.0, infinity),
        "artanh": (math.atanh, -0.999999, 0.999999),
        "sinh": (math.sinh, -60.0, 60.0),
        "tanh": (math.tanh, -infinity, infinity),
    }
    for name, (compute, low, high) in rising.items():
        yield name, partial(_rising, compute, low, high)
    yield "arccos", partial(_falling, math.acos)
    wholes: dict[str, Callable[[float], int]] = {
        "ceil": math.ceil,
        "floor": math.floor,
        "int": math.trunc,
        "sgn": _sign,
    }
    for name, whole in wholes.items():
        yield name, partial(_whole, whole)
    yield from {
        "absolute": _absolute,
        "sin": _wave,
        "cos": _wave,
        "tan": _tangent,
        "cosh": _cosh,
        "round": _round,
        "log": _log,
        "clip": _clip,
        "linear_scale_range": _linear_scale_range,
        "add": _add,
        "subtract": _subtract,
        "multiply": _multiply,
        "divide": _divide,
        "normalized_difference": _normalized_difference,
        "mod": _mod,
        "power": _power,
        "arctan2": _arctan2,
        "constant": _same,
        "pi": lambda _: known(math.pi),
        "e": lambda _: known(math.e),
        "nan": lambda _: None,
    }.items()


MATHS = dict(_functions())
