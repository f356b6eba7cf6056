"""Curves through values: parameters that fit them best, values that follow, and lines between neighbours."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mock_backend.dataclass import dataclass
from mock_backend.engine.core.bands import computed
from mock_backend.engine.core.instants import instant_of
from mock_backend.engine.core.values import Callback, Field, Labelled, Reals, Stack, number
from mock_backend.engine.functions.arrays import element_positions, labels_of, stack_of
from mock_backend.engine.functions.elements import as_array, elements_of, items_of, total
from mock_backend.engine.functions.registry import InvalidArgument, process

#: Maximum number of iterations when fitting a curve that is not linear in its parameters.
_ROUNDS = 40
#: A column of equations that others make up but for this share of it decides nothing.
_WEAK = 1e-12


@process
def fit_curve(data: Any, parameters: Any, function: Callback, ignore_nodata: bool = True) -> Any:
    """Return the parameters of a function with which it is nearest to values, by the least squares.

    There are none where fewer values than parameters are.
    """
    array = as_array(data)
    values, guess = elements_of(array).values, _guess(parameters)
    pixels = values.shape[1:]
    there = ~np.isnan(values)
    if ignore_nodata is False:
        there = there & there.all(axis=0)
    found = np.full((len(guess), *pixels), np.nan)
    if len(values):
        model = _Model(_checked(function), element_positions(array).reshape(-1, *(1,) * len(pixels)), guess)
        with np.errstate(all="ignore"):
            found = _fit_linear(model, values, there) if model.is_linear else _fit(model, values, there)
            found = np.where(np.add.reduce(there, axis=0) >= len(guess), found, np.nan)
    if isinstance(array, Stack):
        return Stack(found)
    return [None if np.isnan(each) else float(each) for each in found]


def _guess(parameters: Any) -> list[float]:
    found = [number(each) for each in items_of(parameters, "parameters")]
    if not found or not np.isfinite(found).all():
        raise InvalidArgument("parameters", f"the initial values must be numbers, got {parameters!r}")
    return found


def _checked(function: Any) -> Callback:
    if not callable(function):
        raise InvalidArgument("function", f"{function!r} is not a process")
    checked: Callback = function
    return checked


def _values(function: Callback, xs: Reals, parameters: Stack) -> Reals:
    """Return the values of a function, the places along the first axis."""
    result = function(x=Field(xs), parameters=parameters)
    if isinstance(result, Stack | Labelled | list):
        raise InvalidArgument("function", "it makes an array, not a number")
    values = result.values if isinstance(result, Field) else np.float64(number(result))
    shape = np.broadcast_shapes(xs.shape, parameters.values.shape[1:], np.shape(values))
    return np.broadcast_to(values, shape)


@dataclass(frozen=True, eq=False)
class _Model:
    """A function with parameters, and where values are that it is to fit."""

    function: Callback
    xs: Reals  #: The places, along the first axis, with as many other axes as pixels have
    guess: list[float]

    @property
    def start(self) -> Reals:
        """The parameters to begin with, the same for all pixels."""
        return np.array(self.guess).reshape(-1, *(1,) * (self.xs.ndim - 1))

    @property
    def is_linear(self) -> bool:
        """Is true of a sum of parameters times something that depends on nothing but the place."""
        start = self.start
        one, other = np.stack(self.slopes(start)), np.stack(self.slopes(2 * start + 1))
        if one[0].size > len(self.xs):
            # It takes values of pixels from elsewhere, and no decision depends on those.
            return False
        largest = np.abs(one).max(axis=1, keepdims=True)
        return bool((np.abs(one - other) <= 1e-6 * largest).all())

    def at(self, parameters: Reals) -> Reals:
        """Return the values for some parameters."""
        return _values(self.function, self.xs, Stack(parameters))

    def slopes(self, parameters: Reals) -> list[Reals]:
        """Return how the values change with each of the parameters."""
        found = []
        for place, guess in enumerate(self.guess):
            # Not too small, as some functions are rounded to 32 bits.
            step = np.maximum(np.abs(parameters[place]), abs(guess) or 1.0) / 1024
            moved, back = parameters.copy(), parameters.copy()
            moved[place] += step
            back[place] -= step
            found.append((self.at(moved) - self.at(back)) / (2 * step))
        return found


def _fit_linear(model: _Model, values: Reals, there: Any) -> Reals:
    """Return the parameters of a linear function: one step leads to them, one more to their digits."""
    slopes = model.slopes(model.start)
    found = model.start + _least_squares(slopes, values - model.at(model.start), there)
    return found + _least_squares(slopes, values - model.at(found), there)


def _fit(model: _Model, values: Reals, there: Any) -> Reals:
    """Return the parameters of any function (Levenberg and Marquardt), pixel by pixel."""
    found = np.broadcast_to(model.start, (len(model.guess), *values.shape[1:])).copy()
    gaps = values - model.at(found)
    least = _squares(gaps, there)
    damping = np.full(least.shape, 1e-3)
    is_done = np.zeros(least.shape, bool)
    scale = np.maximum(np.abs(model.start), np.where(model.start == 0, 1.0, 0.0))
    for _ in range(_ROUNDS):
        step = _damped(model.slopes(found), gaps, there, damping)
        tried = found + step
        tried_gaps = values - model.at(tried)
        squares = _squares(tried_gaps, there)
        is_better = ~is_done & (squares < least)
        found, gaps = np.where(is_better, tried, found), np.where(is_better, tried_gaps, gaps)
        least = np.where(is_better, squares, least)
        # Each pixel ends by itself: what becomes of it depends on no other one.
        is_small = (np.abs(step) <= 1e-10 * np.maximum(np.abs(found), scale)).all(axis=0)
        damping = np.where(is_better, damping / 10, damping * 10)
        is_done |= is_small | (damping > 1e12)
        if is_done.all():
            break
    return np.where(np.isfinite(least), found, np.nan)


def _squares(gaps: Reals, there: Any) -> Any:
    found = total(np.where(there, gaps * gaps, 0))
    return np.where(np.isnan(found), np.inf, found)


def _damped(slopes: list[Reals], gaps: Reals, there: Any, damping: Any) -> Reals:
    """Return a step to better parameters that is the shorter the more it is damped."""
    count = len(slopes)
    more = np.zeros((count, *gaps.shape[1:]))
    columns = []
    for place, each in enumerate(slopes):
        own = more.copy()
        own[place] = np.sqrt(damping * _squares(np.broadcast_to(each, gaps.shape), there))
        columns.append(np.concatenate([np.broadcast_to(each, gaps.shape), own]))
    return _least_squares(columns, np.concatenate([gaps, more]), np.concatenate([there, more == 0]))


def _least_squares(columns: Sequence[Reals], right: Reals, there: Any) -> Reals:
    """Return what to multiply columns with so that their sum is nearest to values, pixel by pixel.

    By Gram's and Schmidt's method, which squares no large numbers more often than needed. What the values
    do not decide is zero.
    """
    right = np.where(there, right, 0)
    bases: list[Any] = []
    shares: list[list[Any]] = []
    parts = []
    for column in columns:
        column = np.where(there, column, 0)
        length = np.sqrt(total(column * column))
        own = []
        for base in bases:
            own.append(total(base * column))
            column = column - own[-1] * base
        left = np.sqrt(total(column * column))
        is_weak = ~(left > _WEAK * length)
        own.append(np.where(is_weak, 1.0, left))
        bases.append(np.where(is_weak, 0.0, column / own[-1]))
        parts.append(total(bases[-1] * right))
        right = right - parts[-1] * bases[-1]
        shares.append(own)
    found: list[Any] = [None] * len(parts)
    for place in reversed(range(len(parts))):
        rest = parts[place]
        for later in range(place + 1, len(parts)):
            rest = rest - shares[later][place] * found[later]
        found[place] = rest / shares[place][place]
    return np.stack(found)


@process
def predict_curve(parameters: Any, function: Callback, labels: Any = None, data: Any = None) -> Any:
    """Return the values of a function with some parameters, for each of some labels."""
    found = as_array(parameters, "parameters")
    given = labels_of(as_array(data)) if labels is None and data is not None else labels
    if given is None:
        raise InvalidArgument("labels", "there is none to predict values for")
    wanted = list(items_of(given, "labels"))
    stack = stack_of(found)
    xs = np.array([_position(each) for each in wanted]).reshape(-1, *(1,) * (stack.values.ndim - 1))
    values = _values(_checked(function), xs, stack)
    if isinstance(found, Stack):
        return Stack(values, labels=wanted)
    return Labelled([None if np.isnan(each) else float(each) for each in values], wanted)


def _position(label: Any) -> float:
    at = instant_of(label)
    if at is None and (isinstance(label, bool) or not isinstance(label, int | float)):
        raise InvalidArgument("labels", f"{label!r} is neither a number nor an instant")
    return float(label) if at is None else at.timestamp()


@process
def array_interpolate_linear(data: Any) -> Any:
    """Return an array without gaps: what is missing is on a line between its neighbours."""
    array = as_array(data)
    found = elements_of(array)
    values = _interpolated(found.values, found.there, element_positions(array))
    if isinstance(array, Stack):
        return replace(array, values=values, kind="float32", bands=tuple(map(computed, array.bands)))
    items = [
        own if is_there or np.isnan(new) else new
        for own, is_there, new in zip(items_of(array), found.there, values.tolist(), strict=True)
    ]
    return Labelled(items, array.labels) if isinstance(array, Labelled) else items


def _interpolated(values: Reals, there: Any, xs: Reals) -> Reals:
    """Return values along the first axis without gaps, as far as there are others before and after them."""
    found, ends, ends_at = values.copy(), np.empty(values.shape), np.empty(values.shape)
    end = end_at = np.full(values.shape[1:], np.nan)
    # One element at a time, as all of them together would not fit where it is fast.
    for place in reversed(range(len(values))):
        end = ends[place] = np.where(there[place], values[place], end)
        end_at = ends_at[place] = np.where(there[place], xs[place], end_at)
    start = start_at = np.full(values.shape[1:], np.nan)
    for place, own in enumerate(values):
        start = np.where(there[place], own, start)
        start_at = np.where(there[place], xs[place], start_at)
        if np.all(there[place]):
            continue
        end = ends[place]
        with np.errstate(all="ignore"):
            share = (xs[place] - start_at) / (ends_at[place] - start_at)
            # An infinite neighbour is as far from all that is between.
            is_finite = np.isfinite(start) & np.isfinite(end)
            between = np.where(is_finite, start + (end - start) * share, start + end)
        found[place] = np.where(there[place], own, between)
    return found
