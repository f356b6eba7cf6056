"""Elements of arrays: which there are, and where."""

from typing import Any

import numpy as np

from mock_backend.engine.core.values import Field, Labelled, Reals, Stack, number
from mock_backend.engine.functions.arrays import index_of_label, labels_of, stack_of, whole_number
from mock_backend.engine.functions.comparisons import eq
from mock_backend.engine.functions.elements import as_array, elements_of, items_of
from mock_backend.engine.functions.pixelwise import spread_over
from mock_backend.engine.functions.registry import process, process_failure


@process
def array_element(data: Any, index: Any = None, label: Any = None, return_nodata: bool = False) -> Any:
    """Return the element at an index, or with a label.

    Raises:
        OpenEOError: As the definition says, if there is no such element, or not just one of both parameters.
    """
    if index is None and label is None:
        raise process_failure(
            "ArrayElementParameterMissing", "array_element needs 'index' or 'label'; neither is there."
        )
    if index is not None and label is not None:
        raise process_failure(
            "ArrayElementParameterConflict",
            f"array_element takes either 'index' or 'label', got both: {index!r} and {label!r}.",
        )
    array = as_array(data)
    if isinstance(index, Field):
        found = elements_of(stack_of(array))
        return found.one(picked(found.values, index.values), keeps=True, gaps=True)
    if label is not None:
        if labels_of(array) is None:
            raise process_failure(
                "ArrayNotLabeled", f"The array has no labels, so none is {label!r}; 'index' goes."
            )
        place = index_of_label(array, label)
    else:
        at = whole_number("index", index, None)
        place = at if 0 <= at < len(array) else None
    if place is not None:
        if isinstance(array, Stack):
            return array.element(place)
        return array.items[place] if isinstance(array, Labelled) else array[place]
    if return_nodata is True:
        return Field(np.full(array.values.shape[1:], np.nan)) if isinstance(array, Stack) else None
    what = f"the index {index!r}" if label is None else f"the label {label!r}"
    known = f" It has {len(array)}." if label is None else f" It has {labels_of(array)}."
    raise process_failure("ArrayElementNotAvailable", f"The array has no element with {what}.{known}")


def picked(values: Reals, places: Reals) -> Reals:
    """Return the elements, along the first axis, at a place for each pixel; none where there is none."""
    shape = np.broadcast_shapes(values.shape[1:], np.shape(places))
    places = np.broadcast_to(places, shape)
    there = (places >= 0) & (places < len(values))
    if not len(values):
        return np.full(shape, np.nan)
    index = np.where(there, places, 0).astype(np.intp)
    found = np.take_along_axis(spread_over(values, shape), index[None], axis=0)[0]
    return np.where(there, found, np.nan)


@process
def array_contains(data: Any, value: Any) -> Any:
    """Tell whether an array has an element that equals a value."""
    array = as_array(data)
    if _is_of_pixels(array, value):
        return Field(_equal(array, value).any(axis=0).astype(np.float64), "bool")
    return bool(_places(array, value))


@process
def array_find(data: Any, value: Any, reverse: bool = False) -> Any:
    """Return the index of the first element, or the last, that equals a value."""
    array, last = as_array(data), reverse is True
    if _is_of_pixels(array, value):
        found = _equal(array, value)
        if not len(found):
            return Field(np.full(found.shape[1:], np.nan))
        places = len(found) - 1 - np.argmax(found[::-1], axis=0) if last else np.argmax(found, axis=0)
        return Field(np.where(found.any(axis=0), places, np.nan))
    places_ = _places(array, value)
    return places_[-1 if last else 0] if places_ else None


def _is_of_pixels(array: Any, value: Any) -> bool:
    return isinstance(array, Stack) or isinstance(value, Field | Stack)


def _places(array: Any, value: Any) -> list[int]:
    """Return which elements of an array of JSON values equal a value."""
    return [place for place, each in enumerate(items_of(array)) if eq(each, value) is True]


def _equal(array: Any, value: Any) -> Any:
    """Return which elements equal a value, pixel by pixel."""
    values = (
        array.values if isinstance(array, Stack) else np.array([number(each) for each in items_of(array)])
    )
    other = value.values if isinstance(value, Field) else np.float64(number(value))
    shape = np.broadcast_shapes(values.shape[1:], np.shape(other))
    return spread_over(values, shape) == other


@process
def array_find_label(data: Any, label: Any) -> Any:
    """Return the index of the element with a label; None if there is none."""
    return index_of_label(as_array(data), label)
