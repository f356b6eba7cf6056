"""Arrays in another order."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from mock_backend.engine.core.instants import instant_of
from mock_backend.engine.core.values import Reals, Stack
from mock_backend.engine.functions.arrays import part_of, picked, stack_of, whole_number
from mock_backend.engine.functions.elements import as_array, elements_of, items_of
from mock_backend.engine.functions.registry import InvalidArgument, process


@process
def order(data: Any, asc: bool = True, nodata: Any = None) -> Any:
    """Return the indices of the elements in ascending or descending order.

    Arrays of pixels keep their length: where elements are missing there are no data at the end.
    """
    array = as_array(data)
    if isinstance(array, Stack):
        places = _order_of_pixels(array.values, asc, nodata)
        if nodata is None:
            places = np.where(np.isnan(np.take_along_axis(array.values, places, axis=0)), np.nan, places)
        return Stack(places.astype(np.float64))
    return _ordered(items_of(array), asc, nodata)


@process
def sort(data: Any, asc: bool = True, nodata: Any = None) -> Any:
    """Return the elements in ascending or descending order.

    Arrays of pixels keep their length: those of their elements that are missing come last.
    """
    array = as_array(data)
    if isinstance(array, Stack):
        places = _order_of_pixels(array.values, asc, nodata)
        return elements_of(array).many(np.take_along_axis(array.values, places, axis=0), keeps=True)
    items = items_of(array)
    return [items[place] for place in _ordered(items, asc, nodata)]


@process
def rearrange(data: Any, order: Any) -> Any:
    """Return the elements at some indices."""
    array, places = as_array(data), as_array(order, "order")
    if not isinstance(places, Stack):
        indices = [whole_number("order", each) for each in items_of(places)]
        if any(each >= len(array) for each in indices):
            raise InvalidArgument("order", f"{indices!r} are not all indices of {len(array)} elements")
        return part_of(array, indices)
    found = elements_of(stack_of(array))
    rows = [picked(found.values, each) for each in places.values]
    arranged = np.stack(rows) if rows else np.empty((0, *found.values.shape[1:]))
    return found.many(arranged, keeps=True, gaps=True)


def _ordered(items: Sequence[Any], asc: Any, nodata: Any) -> list[int]:
    keys = _keys(items)
    missing = [place for place, each in enumerate(keys) if each is None]
    # What is no number comes after those that are.
    broken = [place for place, each in enumerate(keys) if each is not None and each != each]
    apart = {*missing, *broken}
    there = [place for place in range(len(keys)) if place not in apart]
    there.sort(key=lambda place: keys[place], reverse=asc is False)
    there += broken
    if nodata is None:
        return there
    return [*missing, *there] if nodata is False else [*there, *missing]


def _keys(items: Sequence[Any]) -> list[Any]:
    """Return what elements are ordered by: instants for texts that name them; refuse what has no order."""
    there = [each for each in items if each is not None]
    if all(isinstance(each, str) for each in there):
        instants = [None if each is None else instant_of(each) for each in items]
        return list(items) if instants.count(None) > len(items) - len(there) else instants
    if not all(isinstance(each, int | float) for each in there):
        raise InvalidArgument("data", "its elements are neither all numbers nor all instants")
    return list(items)


def _order_of_pixels(values: Reals, asc: Any, nodata: Any) -> Any:
    """Return the places of the elements in their order, pixel by pixel; missing ones come last."""
    places = np.argsort(-values if asc is False else values, axis=0, kind="stable")
    if nodata is not False:
        return places
    # Missing ones first: what comes last goes round to the beginning.
    count = np.add.reduce(np.isnan(values), axis=0)
    turned = (np.arange(len(values)).reshape(-1, *(1,) * (values.ndim - 1)) - count) % max(len(values), 1)
    return np.take_along_axis(places, turned, axis=0)
