"""Arrays without gaps."""

from dataclasses import replace
from typing import Any

import numpy as np

from mock_backend.engine.core.bands import computed
from mock_backend.engine.core.values import Labelled, Reals, Stack
from mock_backend.engine.functions.arrays import as_array, element_positions
from mock_backend.engine.functions.elements import elements_of, items_of
from mock_backend.engine.functions.registry import process


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
    """Return values with those in the place of missing ones that have others before and after them.

    Args:
        values: The values, along the first axis.
        there: Mask of the elements that have a value.
    """
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
