"""Arrays: their elements, and others made of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mock_backend.engine.core.bands import shared_band, with_gaps
from mock_backend.engine.core.instants import instant_of
from mock_backend.engine.core.values import (
    Callback,
    Field,
    Labelled,
    Reals,
    Stack,
    items_in,
    number,
    shared_kind,
)
from mock_backend.engine.functions.comparisons import eq, same, truth
from mock_backend.engine.functions.elements import as_array, elements_of, items_of
from mock_backend.engine.functions.pixelwise import has_pixels, spread_over, stacked_pixels
from mock_backend.engine.functions.registry import InvalidArgument, process, process_failure
from mock_backend.workload import amount_of, check_room


def stack_of(array: Any) -> Stack:
    """Return an array as one for each pixel.

    Raises:
        InvalidArgument: If some of its elements are no numbers.
    """
    if isinstance(array, Stack):
        return array
    items = list(items_of(array))
    if has_pixels(items):
        array = stacked_pixels(items)
        assert isinstance(array, Stack)  # as lists are made into
        return array
    kind = "bool" if items and all(isinstance(each, bool) for each in items) else "float32"
    return Stack(elements_of(items).values, kind)


def labels_of(array: Any) -> list[Any] | None:
    """Return the labels of an array; None if it has none."""
    found = array.labels if isinstance(array, Stack | Labelled) else None
    return None if found is None else list(found)


def index_of_label(array: Any, label: Any) -> int | None:
    """Return where the element with a label is; None if there is none."""
    labels = labels_of(array) or []
    found = next((place for place, each in enumerate(labels) if same(each, label)), None)
    if found is None and isinstance(array, Stack) and isinstance(label, str):
        meant = array.aliases.get(label, ())
        return labels.index(meant[0]) if meant and meant[0] in labels else None
    return found


def element_positions(array: Any) -> Reals:
    """Return where the elements of an array are: numbers or seconds, as its labels say, or their indices."""
    labels = labels_of(array) or []
    if labels and all(isinstance(each, int | float) and not isinstance(each, bool) for each in labels):
        return np.array(labels, np.float64)
    instants = [instant_of(each) for each in labels]
    known = [each.timestamp() for each in instants if each is not None]
    return np.array(known if labels and len(known) == len(labels) else range(len(array)), np.float64)


def part_of(array: Any, places: Sequence[int]) -> Any:
    """Return the elements at some places, with their labels."""
    if isinstance(array, Stack):
        return array.only(places)
    if isinstance(array, Labelled):
        return Labelled([array.items[each] for each in places], [array.labels[each] for each in places])
    return [array[each] for each in places]


def whole_number(name: str, value: Any, least: int | None = 0) -> int:
    """Return an argument that is a whole number; raise ``InvalidArgument`` if it is none, or too small."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not float(value).is_integer():
        raise InvalidArgument(name, f"{value!r} is not an integer")
    if least is not None and value < least:
        raise InvalidArgument(name, f"{value!r} is less than {least}")
    return int(value)


@process
def array_labels(data: Any) -> Any:
    """Return the labels of an array, or its indices if it has none."""
    array = as_array(data)
    labels = labels_of(array)
    return list(range(len(array))) if labels is None else labels


@process
def array_create(data: Any = (), repeat: Any = 1) -> Any:
    """Return an array of some elements, repeated."""
    # How long an array is cannot depend on the values of pixels.
    count = 1 if repeat is None or isinstance(repeat, Field) else whole_number("repeat", repeat, 1)
    items = [data] if not isinstance(data, list | tuple | Labelled | Stack) else data
    if isinstance(items, Labelled):
        items = items.items
    of_pixels = isinstance(items, Stack) or has_pixels(items)
    check_room(max(len(items) if of_pixels else amount_of(items), 1) * count)
    if isinstance(items, Stack):
        bands = items.bands if len(items.bands) < 2 else items.bands * count
        values = np.concatenate([items.values] * count)
        return replace(items, values=values, bands=bands, labels=None, aliases={})
    return as_array(list(items) * count)


@process
def array_create_labeled(data: Any, labels: Any) -> Any:
    """Return an array with labels."""
    array, names = as_array(data), list(items_of(labels, "labels"))
    if len(array) != len(names):
        raise process_failure(
            "ArrayLengthMismatch",
            f"There are {len(array)} values and {len(names)} labels; as many are right.",
        )
    if isinstance(array, Stack):
        return replace(array, labels=names, aliases={})
    return Labelled(list(items_of(array)), names)


@process
def array_append(data: Any, value: Any, label: Any = None) -> Any:
    """Return an array with one more element."""
    array = as_array(data)
    labels = labels_of(array)
    if labels is None:
        if label is not None:
            raise process_failure(
                "ArrayNotLabeled", f"The array has no labels, so its new element has none: {label!r}."
            )
        return _joined(array, [value])
    name = len(labels) if label is None else label
    if index_of_label(array, name) is not None:
        raise process_failure("LabelExists", f"The array has an element with the label {name!r} already.")
    return _joined(array, Labelled([value], [name]))


@process
def array_concat(array1: Any, array2: Any) -> Any:
    """Return the elements of one array, and then those of another one."""
    first, second = as_array(array1, "array1"), as_array(array2, "array2")
    _check_labels(first, second)
    return _joined(first, second)


@process
def array_modify(data: Any, values: Any, index: Any, length: Any = 0) -> Any:
    """Return an array with some elements in the place of others."""
    array, new = as_array(data), as_array(values, "values")
    at = whole_number("index", index)
    count = 0 if length is None else whole_number("length", length)
    if isinstance(array, Stack):
        # In child processes back-ends take what is beyond the end for the end.
        at = min(at, len(array))
    if at > len(array):
        raise process_failure(
            "ArrayElementNotAvailable", f"The index {at} is beyond the {len(array)} elements of the array."
        )
    _check_labels(array, new)
    if not len(new):
        new = Labelled([], [])
    elif not len(array):
        array = Labelled([], [])
    before, after = part_of(array, range(at)), part_of(array, range(at + count, len(array)))
    return _joined(_joined(before, new), after)


def _check_labels(first: Any, second: Any) -> None:
    other = set(map(_distinct, labels_of(second) or ()))
    shared = [each for each in labels_of(first) or () if _distinct(each) in other]
    if shared:
        raise process_failure("ArrayLabelConflict", f"Both arrays have elements with the labels {shared}.")


def _distinct(label: Any) -> tuple[bool, Any]:
    """Return what two labels share that are the same: true is not 1."""
    return isinstance(label, bool), repr(label) if isinstance(label, list | dict) else label


def _joined(first: Any, second: Any) -> Any:
    one, other = labels_of(first), labels_of(second)
    labels = None if one is None or other is None else [*one, *other]
    check_room(len(first) + len(second))
    if not isinstance(first, Stack) and not isinstance(second, Stack):
        items = [*items_of(first), *items_of(second)]
        if not has_pixels(items):
            return items if labels is None else Labelled(items, labels)
    parts = [stack_of(first), stack_of(second)]
    shape = np.broadcast_shapes(*(each.values.shape[1:] for each in parts))
    values = np.concatenate([spread_over(each.values, shape) for each in parts])
    bands = [each.band_of(place) for each in parts for place in range(len(each))]
    known = tuple(each for each in bands if each is not None)
    kind = shared_kind([each.kind for each in parts if len(each)])
    return Stack(values, kind, known if len(known) == len(bands) else (), labels)


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


@process
def array_apply(data: Any, process: Callback | None = None, context: Any = None) -> Any:
    """Return what a process makes of each element."""
    array = as_array(data)
    labels = labels_of(array)
    results = _each(array, process, context, "process")
    if not has_pixels(results):
        return results if labels is None else Labelled(results, labels)
    if not all(isinstance(each, Field | bool | int | float | None) for each in results):
        raise InvalidArgument("process", "of each element of pixels it must make a number")
    return replace(
        stacked_pixels(results), labels=labels, aliases=array.aliases if isinstance(array, Stack) else {}
    )


def _each(array: Any, callback: Callback | None, context: Any, name: str) -> list[Any]:
    """Return what a child process makes of each element."""
    if not len(array):
        return []
    if not callable(callback):
        raise InvalidArgument(name, f"{callback!r} is not a process")
    labels = labels_of(array)
    return [
        callback(x=each, index=place, label=None if labels is None else labels[place], context=context)
        for place, each in enumerate(items_in(array) or ())
    ]


@process
def array_filter(data: Any, condition: Callback | None = None, context: Any = None) -> Any:
    """Return the elements that fulfil a condition.

    Of arrays of pixels an element of which the condition depends on its value stays, without data in the
    pixels that do not fulfil it: how long they are cannot depend on values.
    """
    array = as_array(data)
    results = _each(array, condition, context, "condition")
    kept = [
        place
        for place, each in enumerate(results)
        if isinstance(each, Field) or truth("condition", each) is True
    ]
    found = part_of(array, kept)
    if not has_pixels(results):
        return found
    stack = replace(stack_of(found), labels=labels_of(found))
    rows = []
    for row, place in zip(stack.values, kept, strict=True):
        told = results[place]
        holds = told.values if isinstance(told, Field) else np.float64(1)
        rows.append(np.where(~np.isnan(holds) & (holds != 0), row, np.nan))
    kind, _ = shared_band([None], [stack.kind], gaps=True)
    bands = tuple(map(with_gaps, stack.bands))
    return replace(stack, values=np.stack(np.broadcast_arrays(*rows)), kind=kind, bands=bands)
