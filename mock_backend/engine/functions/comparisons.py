"""Comparisons, and logic with three values: true, false, and none."""

import math
import operator
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from mock_backend.engine.core.values import Field, Stack
from mock_backend.engine.functions.elements import elements_of, folded, items_of
from mock_backend.engine.functions.pixelwise import broadcast, for_pixels, has_pixels, like, stacked_pixels
from mock_backend.engine.functions.registry import FUNCTIONS, PIXELWISE, InvalidArgument, process


def _compared(x: Any, y: Any, compute: Callable[[Any, Any], Any], second: str = "y") -> Any:
    """Return what a comparison of the values of pixels tells, nothing where there are no data."""

    def told(one: Any, other: Any) -> Any:
        return np.where(np.isnan(one) | np.isnan(other), np.nan, compute(one, other))

    return for_pixels(told, {"x": x, second: y}, "bool")


def _equality(wanted: bool, x: Any, y: Any, delta: Any = None, case_sensitive: bool = True) -> Any:
    """Tell whether two values are equal, or whether they are not; numbers may differ by ``delta``."""
    if has_pixels((x, y)):
        return _compared(x, y, lambda one, other: _are_equal(one, other, delta) == wanted)
    if x is None or y is None:
        return None
    if isinstance(x, list | dict) or isinstance(y, list | dict):
        return None if type(x) is type(y) else not wanted
    return same(x, y, delta, case_sensitive=case_sensitive is not False) == wanted


eq = partial(_equality, True)


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
    "eq": eq,
    "neq": partial(_equality, False),
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
PIXELWISE |= {"between", *_OF_VALUES}


def truth(name: str, value: Any) -> bool | None:
    """Return a value that is true, false or missing; raise ``InvalidArgument`` if it is something else."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return None if math.isnan(value) else value != 0
    raise InvalidArgument(name, f"{value!r} is neither true nor false")


PIXELWISE |= {"and", "or", "xor", "not", "if"}


def _conjunction(x: Any, y: Any) -> Any:
    """Return, of 1, 0 and NaN, whether both are true."""
    found = np.where(np.isnan(x) | np.isnan(y), np.nan, 1.0)
    return np.where((x == 0) | (y == 0), 0.0, found)


def _disjunction(x: Any, y: Any) -> Any:
    found = np.where(np.isnan(x) | np.isnan(y), np.nan, 0.0)
    is_true = (~np.isnan(x) & (x != 0)) | (~np.isnan(y) & (y != 0))
    return np.where(is_true, 1.0, found)


def _exclusion(x: Any, y: Any) -> Any:
    return np.where(np.isnan(x) | np.isnan(y), np.nan, (x != 0) != (y != 0))


def _of_two(compute: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
    if has_pixels((x, y)):
        return for_pixels(compute, {"x": x, "y": y}, "bool")
    first, second = truth("x", x), truth("y", y)
    found = float(compute(*(np.float64(np.nan if each is None else each) for each in (first, second))))
    return None if np.isnan(found) else bool(found)


@process
def not_(x: Any) -> Any:
    """Tell whether a value is false."""
    if has_pixels((x,)):
        return for_pixels(lambda values: np.where(np.isnan(values), np.nan, values == 0), {"x": x}, "bool")
    found = truth("x", x)
    return None if found is None else not found


def _of_many(compute: Callable[[Any, Any], Any], start: float, data: Any, ignore_nodata: bool = True) -> Any:
    if not has_pixels((data,)):
        for each in items_of(data):
            truth("data", each)
    found = elements_of(data)
    values = np.where(np.isnan(found.values), np.nan, found.values != 0)
    if ignore_nodata is not False:
        # What does not count is what there is at the start.
        values = np.where(np.isnan(values), start, values)
    return found.one(folded(compute, values, start), "bool")


FUNCTIONS |= {
    "and": partial(_of_two, _conjunction),
    "or": partial(_of_two, _disjunction),
    "xor": partial(_of_two, _exclusion),
    "all": partial(_of_many, _conjunction, 1.0),
    "any": partial(_of_many, _disjunction, 0.0),
}


@process
def if_(value: Any, accept: Any, reject: Any = None) -> Any:
    """Return one value or another one; what is not true, or missing, is rejected."""
    if not has_pixels((value,)):
        return accept if truth("value", value) else reject
    condition, operands = stacked_pixels(value), [stacked_pixels(accept), stacked_pixels(reject)]
    # All arrays are of one length: what is missing of the shorter one has no data.
    longest = max((len(each) for each in operands if isinstance(each, Stack)), default=0)
    operands = [_padded(each, longest) if isinstance(each, Stack) else each for each in operands]
    given = {"value": condition, "accept": operands[0], "reject": operands[1]}
    told, first, second = broadcast(given).values()
    chosen = ~np.isnan(told) & (told != 0)
    found = np.where(chosen, first, second)
    fields = [each for each in operands if each is not None]
    if all(isinstance(each, bool) for each in fields):
        return like([condition], found, "bool")
    if not has_pixels(fields):
        return like([condition, *fields], found)
    return like(fields, found, keeps=True, gaps=len(fields) < len(operands))


def _padded(stack: Stack, length: int) -> Stack:
    if len(stack) == length:
        return stack
    gap = np.full((length - len(stack), *stack.values.shape[1:]), np.nan)
    return Stack(np.concatenate([stack.values, gap]))
