"""Processes that make one value of many, or a few."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from mock_backend.engine.core.values import Field, Stack
from mock_backend.engine.functions.elements import Elements, elements_of, items_of, total
from mock_backend.engine.functions.pixelwise import real
from mock_backend.engine.functions.registry import FUNCTIONS, InvalidArgument, process, process_failure


def _ignoring(found: Elements, values: Any, ignore_nodata: Any) -> Any:
    """Return values, none of them where an element is missing if those are not to be ignored."""
    return np.where(found.there.all(axis=0), values, np.nan) if ignore_nodata is False else values


def _statistic(
    compute: Callable[[Elements], Any], how: dict[str, Any], data: Any, ignore_nodata: bool = True
) -> Any:
    """Return what is computed of the elements; ``how`` says what it is, see ``Elements.one``."""
    found = elements_of(data)
    return found.one(_ignoring(found, compute(found), ignore_nodata), **how)


def _extreme(compute: Any, found: Elements) -> Any:
    if not len(found.values):
        return np.full(found.values.shape[1:], np.nan)
    return compute.reduce(found.values, axis=0)


@process
def extrema(data: Any, ignore_nodata: bool = True) -> Any:
    """Return the smallest and the largest element."""
    found = elements_of(data)
    ends = [_ignoring(found, _extreme(each, found), ignore_nodata) for each in (np.fmin, np.fmax)]
    return found.many(np.stack(ends), keeps=True)


def _mean(found: Elements) -> Any:
    with np.errstate(all="ignore"):
        return total(np.where(found.there, found.values, 0)) / np.add.reduce(found.there, axis=0)


def _variance(found: Elements) -> Any:
    with np.errstate(all="ignore"):
        away = np.where(found.there, found.values - _mean(found), 0)
        count = np.add.reduce(found.there, axis=0)
        return np.where(count > 1, total(away * away) / (count - 1), np.nan)


@process
def count(data: Any, condition: Any = None, context: Any = None) -> Any:
    """Return how many elements are valid, or fulfil a condition, or are there at all."""
    if condition is False:  # which back-ends take for none, where its form is let pass
        condition = None
    found = elements_of(data) if _is_of_pixels(data) else items_of(data)
    if not (condition is None or condition is True or callable(condition)):
        raise InvalidArgument("condition", f"{condition!r} is neither true nor a process")
    if isinstance(found, Elements):
        if condition is True:
            counted = np.ones(found.values.shape, bool)
        elif condition is None:
            counted = np.isfinite(found.values)
        else:
            truths = [
                _holds(condition(x=(x := Field(each)), element=x, context=context), each)
                for each in found.values
            ]
            counted = np.array(truths, bool).reshape(found.values.shape)
        kind = "uint16" if len(found.values) < 2**16 else "uint32"
        return found.one(np.add.reduce(counted.astype(np.float64), axis=0), kind)
    if condition is True:
        return len(found)
    if condition is None:
        return sum(
            each is not None and (not isinstance(each, float) or math.isfinite(each)) for each in found
        )
    return sum(condition(x=each, element=each, context=context) is True for each in found)


def _is_of_pixels(data: Any) -> bool:
    return isinstance(data, Field | Stack) or (
        isinstance(data, list) and any(isinstance(each, Field) for each in data)
    )


def _holds(result: Any, like: Any) -> Any:
    """Return where a condition is true."""
    values = result.values if isinstance(result, Field) else float(result is True)
    found = np.broadcast_to(np.asarray(values, np.float64), np.shape(like))
    return ~np.isnan(found) & (found != 0)


def _outer(step: int, data: Any, ignore_nodata: bool = True) -> Any:
    """Return the first element, or the last if the step is -1."""
    if not _is_of_pixels(data):
        items = list(items_of(data))[::step]
        if ignore_nodata is not False:
            items = [each for each in items if each is not None]
        return items[0] if items else None
    found = elements_of(data)
    values = found.values[::step]
    if not len(values):
        return found.one(np.full(values.shape[1:], np.nan), keeps=True)
    result = values[0]
    if ignore_nodata is not False:
        for each in values[1:]:
            result = np.where(np.isnan(result), each, result)
    return found.one(result, keeps=True)


@process
def quantiles(data: Any, probabilities: Any = None, q: Any = None, ignore_nodata: bool = True) -> Any:
    """Return the values below which shares of the elements are, interpolated between elements.

    Raises:
        OpenEOError: As the definition says, if not just one of ``probabilities`` and ``q`` is there, or the
            probabilities do not rise.
    """
    if isinstance(probabilities, int | float) and not isinstance(probabilities, bool):
        # As the older definition has it.
        probabilities, q = None, probabilities if q is None else q
    if probabilities is None and q is None:
        raise process_failure(
            "QuantilesParameterMissing", "quantiles needs 'probabilities' or 'q'; neither is there."
        )
    if probabilities is not None and q is not None:
        raise process_failure(
            "QuantilesParameterConflict",
            f"quantiles takes either 'probabilities' or 'q', got both: {probabilities!r} and {q!r}.",
        )
    if probabilities is None:
        if not isinstance(q, int | float) or not 2 <= q <= 10_000:
            raise InvalidArgument("q", f"the number of intervals must be ≥ 2, got {q!r}")
        shares = [each / int(q) for each in range(1, int(q))]
    else:
        given = [each for each in items_of(probabilities, "probabilities") if each is not None]
        shares = [float(real("probabilities", each)) for each in given]
        if shares != sorted(shares):
            raise process_failure(
                "AscendingProbabilitiesRequired", f"The probabilities {probabilities!r} are not ascending."
            )
        if any(not 0 <= each <= 1 for each in shares):
            raise InvalidArgument("probabilities", f"{probabilities!r} are not all from 0 to 1")
    found = elements_of(data)
    results = [_ignoring(found, each, ignore_nodata) for each in _quantiles(found, shares)]
    return found.many(np.stack(results) if results else np.empty((0, *found.values.shape[1:])))


def _quantiles(found: Elements, shares: list[float]) -> list[Any]:
    """Return quantiles of type 7: between two elements they are interpolated."""
    ordered = np.sort(found.values, axis=0)
    if not len(ordered):
        return [np.full(ordered.shape[1:], np.nan) for _ in shares]
    # Those that are missing come last: where the last one is there, all are.
    most = len(ordered) - 1
    if is_uneven := bool(np.isnan(ordered[-1]).any()):
        counts = np.add.reduce(found.there, axis=0)
        tops = np.maximum(counts - 1, 0)
        # If all pixels have as many, all take the same elements.
        most = int(tops.flat[0])
        is_uneven = not (counts == counts.flat[0]).all()
    results = []
    for share in shares:
        if not is_uneven:
            place = share * most
            below = int(place)
            low, high = ordered[below], ordered[min(below + 1, most)]
            part: Any = place - below
        else:
            places = share * tops
            below_ = np.floor(places).astype(np.intp)
            above = np.minimum(below_ + 1, tops)
            low, high = (np.take_along_axis(ordered, each[None], axis=0)[0] for each in (below_, above))
            part = places - below_
        with np.errstate(all="ignore"):
            # An infinite one is as far from all that is between.
            between = np.where(np.isfinite(low) & np.isfinite(high), low + (high - low) * part, low + high)
            results.append(np.where((low == high) | (part == 0), low, between))
    return results


def _cumulated(compute: Any, data: Any, ignore_nodata: bool = True) -> Any:
    """Return what is made of the elements up to each of them."""
    found = elements_of(data)
    rows: list[Any] = []
    last: Any = None
    for each in found.values:
        row = each if last is None else compute(last, each)
        if last is not None and ignore_nodata is not False:
            # What is missing changes nothing, and stays missing.
            row = np.where(np.isnan(each), last, np.where(np.isnan(last), each, row))
        rows.append(np.where(np.isnan(each), np.nan, row) if ignore_nodata is not False else row)
        last = row
    return found.many(np.stack(rows) if rows else found.values, keeps=compute in (np.maximum, np.minimum))


FUNCTIONS |= {
    "min": partial(_statistic, partial(_extreme, np.fmin), {"keeps": True}),
    "max": partial(_statistic, partial(_extreme, np.fmax), {"keeps": True}),
    "mean": partial(_statistic, _mean, {"averages": True}),
    "median": partial(_statistic, lambda found: _quantiles(found, [0.5])[0], {"averages": True}),
    "variance": partial(_statistic, _variance, {}),
    "sd": partial(_statistic, lambda found: np.sqrt(_variance(found)), {}),
    "first": partial(_outer, 1),
    "last": partial(_outer, -1),
    "cumsum": partial(_cumulated, np.add),
    "cumproduct": partial(_cumulated, np.multiply),
    "cummax": partial(_cumulated, np.maximum),
    "cummin": partial(_cumulated, np.minimum),
}
