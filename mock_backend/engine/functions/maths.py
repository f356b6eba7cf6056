"""Arithmetic, powers, rounding and trigonometry."""

import math
import operator
from collections.abc import Callable
from decimal import Decimal
from functools import partial, reduce
from typing import Any

import numpy as np

from mock_backend.engine.functions.elements import elements_of, folded
from mock_backend.engine.functions.pixelwise import pixelwise
from mock_backend.engine.functions.registry import FUNCTIONS, InvalidArgument, process_failure
from mock_backend.processes.definitions.graph import bounded


def _of_pixels(*values: Any) -> bool:
    """Tell whether some of several numbers are those of pixels."""
    return any(isinstance(each, np.generic | np.ndarray) for each in values)


def _quotient(x: Any, y: Any) -> Any:
    """Return the quotient of two numbers; of a division by 0 it is infinite, or none."""
    if _of_pixels(x, y):
        return np.divide(x, y)
    if y == 0:
        return math.nan if x == 0 or x != x else math.copysign(math.inf, x) * math.copysign(1, y)
    try:
        return x // y if isinstance(x, int) and isinstance(y, int) and x % y == 0 else x / y
    except OverflowError:
        return math.inf


#: Processes that are computed alike for JSON values and for pixels.
_ALIKE: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: bounded(x + y),
    "subtract": lambda x, y: bounded(x - y),
    "multiply": lambda x, y: bounded(x * y),
    "divide": lambda x, y: _quotient(x, y),
    "normalized_difference": lambda x, y: _quotient(x - y, x + y),
    "absolute": lambda x: abs(x),
}
for _name, _function in _ALIKE.items():
    _function.__name__ = _name
    pixelwise()(_function)


@pixelwise()
def mod(x: Any, y: Any) -> Any:
    """Return the remainder of a division, with the sign of the divisor."""
    if _of_pixels(x, y):
        by_nothing = np.where(x == 0, np.nan, np.copysign(np.inf, x))
        found = np.where(np.isinf(y) & np.isfinite(x), x, np.mod(x, y))
        return np.where((y == 0) & ~np.isnan(x), by_nothing, found)
    if y == 0:
        return _quotient(x, 0)
    if math.isinf(x) or math.isnan(x):
        return math.nan
    if math.isinf(y):
        return x
    return x % y


@pixelwise("base", "p", rounded=True)
def power(base: Any, p: Any) -> Any:
    """Return a number to the power of another one."""
    if _of_pixels(base, p):
        found = np.where(p == 2, base * base, np.power(base, p))
        return np.where(np.isnan(base) | np.isnan(p), np.nan, found)
    try:
        if isinstance(base, int) and isinstance(p, int) and p >= 0 and abs(p) * base.bit_length() < 1000:
            return base**p
        found = float(base) ** float(p)
    except OverflowError:
        return math.inf if base > 0 or float(p) % 2 == 0 else -math.inf
    except ZeroDivisionError:
        return math.inf
    return math.nan if isinstance(found, complex) else found


@pixelwise("p", rounded=True)
def exp(p: Any) -> Any:
    """Return e to the power of a number."""
    return np.exp(p) if _of_pixels(p) else _safely(math.exp, p)


@pixelwise("x", "base", rounded=True)
def log(x: Any, base: Any) -> Any:
    """Return the logarithm of a number to a base."""
    if _of_pixels(x, base):
        known = {2.0: np.log2, 10.0: np.log10}.get(float(base)) if np.ndim(base) == 0 else None
        found = np.log(x) / np.log(base) if known is None else known(x)
        found = np.where((base <= 0) | (base == 1), np.nan, found)
        return np.where((x == 0) & ~np.isnan(base), -np.inf, found)
    if math.isnan(x) or math.isnan(base):
        return math.nan
    if x == 0:
        return -math.inf
    if x < 0 or base <= 0 or base == 1:
        return math.nan
    return math.log10(x) if base == 10 else math.log2(x) if base == 2 else math.log(x) / math.log(base)


def _safely(compute: Callable[[float], float], x: float) -> float:
    try:
        return compute(x)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def _ln(x: float) -> float:
    return -math.inf if x == 0 else math.log(x)


def _sinh(x: float) -> float:
    return math.sinh(x) if abs(x) < 700 else math.copysign(_safely(math.sinh, abs(x)), x)


def _artanh(x: float) -> float:
    return math.copysign(math.inf, x) if abs(x) == 1 else math.atanh(x)


def _whole(scalar: Callable[[float], int], x: float) -> float:
    return scalar(x) if math.isfinite(x) else x


def _of_one(
    name: str, scalar: Callable[[float], float], array: Callable[[Any], Any], *, rounded: bool
) -> None:
    """Make a process of a function of the standard library and of NumPy, see ``pixelwise``."""

    def function(x: Any) -> Any:
        return array(x) if _of_pixels(x) else _safely(scalar, x)

    function.__name__ = name
    pixelwise(rounded=rounded)(function)


#: Names of processes, functions of the standard library and of NumPy, and whether these are ``rounded``.
_OF_ONE: tuple[tuple[str, Callable[[float], float], Callable[[Any], Any], bool], ...] = (
    ("ln", _ln, np.log, True),
    ("sin", math.sin, np.sin, True),
    ("cos", math.cos, np.cos, True),
    ("tan", math.tan, np.tan, True),
    ("sinh", _sinh, np.sinh, True),
    ("cosh", math.cosh, np.cosh, True),
    ("tanh", math.tanh, np.tanh, True),
    ("arcsin", math.asin, np.arcsin, True),
    ("arccos", math.acos, np.arccos, True),
    ("arctan", math.atan, np.arctan, True),
    ("arsinh", math.asinh, np.arcsinh, True),
    ("arcosh", math.acosh, np.arccosh, True),
    ("artanh", _artanh, np.arctanh, True),
    ("sqrt", math.sqrt, np.sqrt, False),
    ("sgn", lambda x: x if x != x else (x > 0) - (x < 0), np.sign, False),
    ("floor", partial(_whole, math.floor), np.floor, False),
    ("ceil", partial(_whole, math.ceil), np.ceil, False),
    ("int", partial(_whole, math.trunc), np.trunc, False),
    ("trunc", partial(_whole, math.trunc), np.trunc, False),  # as CDSE calls it, too
)
for _name, _scalar, _array, _rounded in _OF_ONE:
    _of_one(_name, _scalar, _array, rounded=_rounded)


@pixelwise("y", "x", rounded=True)
def arctan2(y: Any, x: Any) -> Any:
    """Return the angle of a point, from -π to π."""
    if _of_pixels(x, y):
        return np.arctan2(y, x)
    return math.atan2(y, x)


@pixelwise("x")
def round_(x: Any, p: int = 0) -> Any:
    """Round a number to some decimals; what is in the middle goes to the even digit."""
    p = 0 if p is None else p
    if not isinstance(p, int | float) or math.isnan(p):
        raise InvalidArgument("p", f"{p!r} is not a number of decimals")
    # No floating point has decimals, or digits, beyond these.
    places = int(max(min(p, 400), -308))
    if _of_pixels(x):
        found = np.round(x, places)
        return np.where(np.isfinite(found), found, x)
    if not math.isfinite(x):
        return x
    if isinstance(x, int) or not places:
        return round(x, min(places, 0)) if places else round(x)
    # 0.35 is as near to 0.3 as to 0.4 for whoever has written it, and 4 is even.
    written = Decimal(repr(float(x)))
    exponent = int(written.as_tuple().exponent)
    # What has no more decimals stays: with zeros at its end it may have more digits than Decimal allows.
    return x if places >= -exponent else float(round(written, places))


@pixelwise("x", "min", "max")
def clip(x: Any, min: Any, max: Any) -> Any:
    """Return the number nearest to another one within a range.

    Raises:
        OpenEOError: ``MinMaxSwapped`` if the smallest number is larger than the largest.
    """
    if np.ndim(min) == np.ndim(max) == 0 and min > max:
        raise process_failure("MinMaxSwapped", f"The minimum {min} of clip is larger than the maximum {max}.")
    if _of_pixels(x):
        return np.where(min > max, np.nan, np.minimum(np.maximum(x, min), max))
    return math.nan if x != x or min != min or max != max else min if x < min else max if x > max else x


@pixelwise("x", "inputMin", "inputMax", "outputMin", "outputMax")
def linear_scale_range(x: Any, inputMin: Any, inputMax: Any, outputMin: Any = 0, outputMax: Any = 1) -> Any:
    """Return where a number of one range is in another range; what is beyond is at its end."""
    x, start, end = (np.asarray(each, np.float64)[()] for each in (x, inputMin, inputMax))
    least, most = np.minimum(start, end), np.maximum(start, end)
    inside = np.minimum(np.maximum(x, least), most)
    found = _quotient(inside - start, end - start) * (outputMax - outputMin) + outputMin
    return found if isinstance(found, np.ndarray) else float(found)


def _accumulated(
    compute: Callable[[Any, Any], Any], start: int, data: Any, ignore_nodata: bool = True
) -> Any:
    """Return what is made of all elements of an array."""
    found = elements_of(data)
    whole = [each for each in found.items if each is not None]
    is_complete = len(whole) == len(found.items) or ignore_nodata is not False
    if whole and is_complete and all(isinstance(each, int) for each in whole):
        # Integers are exact however large they are.
        return reduce(lambda one, other: bounded(compute(one, other)), whole, start)
    with np.errstate(all="ignore"):
        values = np.where(found.there, found.values, start)
        result = np.where(found.there.any(axis=0), folded(compute, values, float(start)), np.nan)
        if ignore_nodata is False:
            result = np.where(found.there.all(axis=0), result, np.nan)
    return found.one(result)


FUNCTIONS |= {
    "pi": lambda: math.pi,
    "e": lambda: math.e,
    "nan": lambda: math.nan,
    "constant": lambda x: x,
    "sum": partial(_accumulated, operator.add, 0),
    "product": partial(_accumulated, operator.mul, 1),
}
