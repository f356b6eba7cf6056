"""Curves: parameters that fit values best, and values that follow from parameters."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from mock_backend.engine.functions.arrays import _positions, array_of, labels_of
from mock_backend.engine.functions.elements import elements_of, items_of, total
from mock_backend.engine.functions.pixelwise import has_pixels
from mock_backend.engine.functions.registry import InvalidArgument, process
from mock_backend.engine.instants import instant_of
from mock_backend.engine.values import Callback, Field, Reals, Stack

#: So often the parameters are improved; curves that are sums of parameters times something need it once.
_ROUNDS = 12


@process
def fit_curve(data: Any, parameters: Any, function: Callback, ignore_nodata: bool = True) -> Any:
    """Return the parameters of a function with which it is nearest to values, by the least squares."""
    _check_function(function)
    array = array_of(data)
    values = elements_of(array).values
    guess = [float(each) for each in items_of(parameters, "parameters") if isinstance(each, int | float)]
    if not guess:
        raise InvalidArgument("parameters", f"{parameters!r} has no numbers to begin with")
    shape = values.shape[1:]
    xs = _positions(array).reshape(-1, *(1,) * len(shape))
    found = np.stack([np.full(shape, each) for each in guess])
    there = ~np.isnan(values)
    if ignore_nodata is False:
        there = there & there.all(axis=0)
    with np.errstate(all="ignore"):
        for _ in range(_ROUNDS):
            step = _improved(function, xs, values, there, found)
            found = found + np.where(np.isfinite(step), step, 0)
        found = np.where(np.add.reduce(there, axis=0) > 0, found, np.nan)
    if isinstance(array, Stack):
        return Stack(found)
    return [None if np.isnan(each) else float(each) for each in found]


def _improved(function: Callback, xs: Any, values: Reals, there: Any, found: Reals) -> Reals:
    """Return how much better parameters are away, pixel by pixel (Gauss and Newton)."""
    at = _values(function, xs, found, values.shape)
    slopes = []
    for place, each in enumerate(found):
        step = np.maximum(np.abs(each), 1.0) * 1e-6
        moved = found.copy()
        moved[place] = each + step
        slopes.append((_values(function, xs, moved, values.shape) - at) / step)
    gaps = np.where(there, values - at, 0)
    slopes = [np.where(there, each, 0) for each in slopes]
    matrix = [[total(one * other) for other in slopes] for one in slopes]
    return _solved(matrix, [total(each * gaps) for each in slopes])


def _values(function: Callback, xs: Any, parameters: Reals, shape: tuple[int, ...]) -> Reals:
    result = function(x=Field(np.broadcast_to(xs, shape)), parameters=Stack(parameters))
    values = result.values if isinstance(result, Field) else np.float64(np.nan if result is None else result)
    return np.broadcast_to(values, shape)


def _solved(matrix: list[list[Any]], right: list[Any]) -> Reals:
    """Return the solution of linear equations, pixel by pixel, by Gauss's elimination."""
    count = len(right)
    rows = [[*each, value] for each, value in zip(matrix, right, strict=True)]
    for pivot in range(count):
        # A little more on the diagonal: what the values do not decide stays where it is.
        scale = rows[pivot][pivot]
        rows[pivot][pivot] = np.where(np.abs(scale) < 1e-12, 1.0, scale)
        for other in range(count):
            if other != pivot:
                share = rows[other][pivot] / rows[pivot][pivot]
                rows[other] = [a - share * b for a, b in zip(rows[other], rows[pivot], strict=True)]
    return np.stack([rows[place][count] / rows[place][place] for place in range(count)])


@process
def predict_curve(parameters: Any, function: Callback, labels: Any = None, data: Any = None) -> Any:
    """Return the values of a function with some parameters, for each of some labels."""
    _check_function(function)
    found = array_of(parameters, "parameters")
    given = labels_of(array_of(data)) if labels is None and data is not None else labels
    if given is None:
        raise InvalidArgument("labels", "there is none to predict values for")
    wanted = list(items_of(given, "labels"))
    results = [function(x=each, parameters=found) for each in _numbers(wanted)]
    if isinstance(found, Stack) or has_pixels(results):
        shape = found.values.shape[1:] if isinstance(found, Stack) else ()
        rows = [np.broadcast_to(each.values, shape) for each in results if isinstance(each, Field)]
        return Stack(np.stack(rows) if rows else np.empty((0, *shape)), labels=wanted)
    return results


def _check_function(function: Any) -> None:
    if not callable(function):
        raise InvalidArgument("function", f"{function!r} is no process")


def _numbers(labels: Sequence[Any]) -> list[float]:
    found = []
    for each in labels:
        at = instant_of(each)
        if at is None and not isinstance(each, int | float):
            raise InvalidArgument("labels", f"{each!r} is neither a number nor an instant")
        found.append(float(each) if at is None else at.timestamp())
    return found
