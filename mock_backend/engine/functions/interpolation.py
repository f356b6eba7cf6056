"""Arrays without gaps."""

from dataclasses import replace
from typing import Any

import numpy as np

from mock_backend.engine.bands import computed
from mock_backend.engine.functions.arrays import array_of, positions_of
from mock_backend.engine.functions.elements import elements_of, items_of
from mock_backend.engine.functions.registry import process
from mock_backend.engine.values import Labelled, Reals, Stack


@process
def array_interpolate_linear(data: Any) -> Any:
    """Return an array without gaps: what is missing is on a line between its neighbours."""
    array = array_of(data)
    found = elements_of(array)
    values = _interpolated(found.values, found.there, positions_of(array))
    if isinstance(array, Stack):
        return replace(array, values=values, kind="float32", bands=tuple(map(computed, array.bands)))
    items = [
        own if is_there or np.isnan(new) else new
        for own, is_there, new in zip(items_of(array), found.there, values.tolist(), strict=True)
    ]
    return Labelled(items, array.labels) if isinstance(array, Labelled) else items


def _interpolated(values: Reals, there: Any, xs: Reals) -> Reals:
    """Return values with those in the place of missing ones that have others before and after them.

    Args:
        values: The values, along the first axis.
        there: Which of them are there.
        xs: Where they are.
    """
    count = len(values)
    if not count:
        return values
    # For each element the nearest one that is there: before it, -1 if there is none, and after it.
    places = np.arange(count).reshape(count, *(1,) * (values.ndim - 1))
    before = np.maximum.accumulate(np.where(there, places, -1), axis=0)
    after = np.minimum.accumulate(np.where(there, places, count)[::-1], axis=0)[::-1]
    low, high = np.maximum(before, 0), np.minimum(after, count - 1)
    start, end = (np.take_along_axis(values, each, axis=0) for each in (low, high))
    with np.errstate(all="ignore"):
        share = (xs[places] - xs[low]) / (xs[high] - xs[low])
        # An infinite neighbour is as far from all that is between.
        is_finite = np.isfinite(start) & np.isfinite(end)
        found = np.where(is_finite, start + (end - start) * share, start + end)
    return np.where(~there & (before >= 0) & (after < count), found, values)
