"""Logic with three values: true, false, and none."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from mock_backend.engine.core.values import Stack
from mock_backend.engine.functions.comparisons import truth
from mock_backend.engine.functions.elements import elements_of, folded, items_of
from mock_backend.engine.functions.pixelwise import broadcast, for_pixels, has_pixels, like, stacked_pixels
from mock_backend.engine.functions.registry import FUNCTIONS, PIXELWISE, process

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
