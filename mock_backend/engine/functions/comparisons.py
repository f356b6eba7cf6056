"""Comparisons, and what is a number at all."""

import math
import operator
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from mock_backend.engine.core.values import Field, Stack
from mock_backend.engine.functions.pixelwise import for_pixels, has_pixels, like
from mock_backend.engine.functions.registry import FUNCTIONS, PIXELWISE, InvalidArgument, process


def _compared(x: Any, y: Any, compute: Callable[[Any, Any], Any], second: str = "y") -> Any:
    """Return what a comparison of the values of pixels tells, nothing where there are no data."""

    def told(one: Any, other: Any) -> Any:
        return np.where(np.isnan(one) | np.isnan(other), np.nan, compute(one, other))

    return for_pixels(told, {"x": x, second: y}, "bool")


@process
def eq(x: Any, y: Any, delta: Any = None, case_sensitive: bool = True) -> Any:
    """Tell whether two values are equal; numbers may differ by ``delta``."""
    if has_pixels((x, y)):
        return _compared(x, y, lambda one, other: _are_equal(one, other, delta))
    if x is None or y is None:
        return None
    if isinstance(x, list | dict) or isinstance(y, list | dict):
        return None if type(x) is type(y) else False
    return same(x, y, delta, case_sensitive=case_sensitive is not False)


@process
def neq(x: Any, y: Any, delta: Any = None, case_sensitive: bool = True) -> Any:
    """Tell whether two values are not equal, see ``eq``."""
    if has_pixels((x, y)):
        return _compared(x, y, lambda one, other: ~_are_equal(one, other, delta))
    found = eq(x, y, delta, case_sensitive)
    return None if found is None else not found


def _are_equal(x: Any, y: Any, delta: Any) -> Any:
    """Tell of numbers, or of those of pixels, whether they are equal; infinite ones equal themselves."""
    return (x == y) | (abs(x - y) <= delta) if isinstance(delta, int | float) else x == y


def same(x: Any, y: Any, delta: Any = None, *, case_sensitive: bool = True) -> bool:
    """Tell whether two JSON values are equal as openEO has it: true is not 1."""
    if isinstance(x, bool) or isinstance(y, bool):
        return x is y
    if isinstance(x, int | float) and isinstance(y, int | float):
        return bool(_are_equal(x, y, delta))
    if isinstance(x, str) and isinstance(y, str):
        return x == y if case_sensitive else x.casefold() == y.casefold()
    return type(x) is type(y) and bool(x == y)


def _ordered(compute: Callable[[Any, Any], Any], second: str, x: Any, y: Any) -> Any:
    """Return what a comparison tells of two numbers, of which ``second`` is the name of the second one.

    It is None if one is missing, false if one is no number.
    """
    if has_pixels((x, y)):
        return _compared(x, y, compute, second)
    if x is None or y is None:
        return None
    # Of anything but numbers neither is before the other; for dates there is ``date_between``.
    numbers = isinstance(x, int | float) and isinstance(y, int | float)
    return bool(compute(x, y)) if numbers and not isinstance(x, bool) and not isinstance(y, bool) else False


@process
def between(x: Any, min: Any, max: Any, exclude_max: bool = False) -> Any:
    """Tell whether a value is in a range; its end belongs to it unless ``exclude_max`` is true."""
    least = _ordered(operator.ge, "min", x, min)
    most = _ordered(operator.lt if exclude_max is True else operator.le, "max", x, max)
    if has_pixels((least, most)):
        return for_pixels(operator.mul, {"min": least, "max": most}, "bool")
    if least is None or most is None:
        return None
    return least and most


def _told(of_pixels: Callable[[Any], Any], of_json: Callable[[Any], bool], x: Any) -> Any:
    """Return what is told of a value; where there are no data pixels have NaN."""
    if isinstance(x, Field | Stack):
        return like([x], np.asarray(of_pixels(x.values), np.float64), "bool")
    return of_json(x)


_OF_VALUES = {
    "gt": partial(_ordered, operator.gt, "y"),
    "gte": partial(_ordered, operator.ge, "y"),
    "lt": partial(_ordered, operator.lt, "y"),
    "lte": partial(_ordered, operator.le, "y"),
    "is_nan": partial(_told, np.isnan, lambda x: isinstance(x, float) and math.isnan(x)),
    "is_nodata": partial(_told, np.isnan, lambda x: x is None),
    "is_valid": partial(
        _told, np.isfinite, lambda x: math.isfinite(x) if isinstance(x, float) else x is not None
    ),
    "is_infinite": partial(_told, np.isinf, lambda x: isinstance(x, float) and math.isinf(x)),
}
FUNCTIONS |= _OF_VALUES
PIXELWISE |= {"eq", "neq", "between", *_OF_VALUES}


def truth(name: str, value: Any) -> bool | None:
    """Return a value that is true, false or missing; raise ``InvalidArgument`` if it is something else."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return None if math.isnan(value) else value != 0
    raise InvalidArgument(name, f"{value!r} is neither true nor false")
