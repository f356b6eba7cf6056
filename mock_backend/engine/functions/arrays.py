"""Arrays: what is in them, and others made of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mock_backend.engine.functions.comparisons import eq, same
from mock_backend.engine.functions.elements import elements_of, items_of
from mock_backend.engine.functions.pixelwise import has_pixels, like, spread_over, stacked
from mock_backend.engine.functions.registry import InvalidArgument, failed, process
from mock_backend.engine.instants import instant_of
from mock_backend.engine.values import Callback, Field, Labelled, Reals, Stack, shared_kind
from mock_backend.errors import ProcessGraphComplexity

#: The largest number of elements of an array.
_MOST = 1 << 20


def array_of(data: Any, name: str = "data") -> Any:
    """Return an argument as an array: a list, ``Labelled``, or one for each pixel.

    Raises:
        InvalidArgument: If it is none.
    """
    if isinstance(data, Field):
        return Stack(data.values[None], data.kind, () if data.band is None else (data.band,))
    if isinstance(data, list | tuple) and has_pixels(data):
        return stacked(data)
    if isinstance(data, Stack | Labelled):
        return data
    return list(items_of(data, name))


def labels_of(array: Any) -> list[Any] | None:
    """Return the labels of an array; None if it has none."""
    found = array.labels if isinstance(array, Stack | Labelled) else None
    return None if found is None else list(found)


def _place(array: Any, label: Any) -> int | None:
    """Return where the element with a label is; None if there is none."""
    labels = labels_of(array) or []
    found = next((place for place, each in enumerate(labels) if same(each, label)), None)
    if found is None and isinstance(array, Stack) and isinstance(label, str):
        meant = array.aliases.get(label, ())
        return labels.index(meant[0]) if meant and meant[0] in labels else None
    return found


@process
def array_element(data: Any, index: Any = None, label: Any = None, return_nodata: bool = False) -> Any:
    """Return the element at an index, or with a label.

    Raises:
        OpenEOError: As the definition says, if there is no such element, or not just one of both parameters.
    """
    if index is None and label is None:
        raise failed(
            "ArrayElementParameterMissing", "array_element needs 'index' or 'label'; neither is there."
        )
    if index is not None and label is not None:
        raise failed(
            "ArrayElementParameterConflict",
            f"array_element takes 'index' or 'label', not both: {index!r} and {label!r}.",
        )
    array = array_of(data)
    if isinstance(index, Field):
        return _picked(elements_of(array).values, index, array)
    if label is not None:
        if labels_of(array) is None:
            raise failed("ArrayNotLabeled", f"The array has no labels, so none is {label!r}; 'index' goes.")
        place = _place(array, label)
    else:
        if not isinstance(index, int | float) or isinstance(index, bool) or not float(index).is_integer():
            raise InvalidArgument("index", f"{index!r} is no whole number")
        place = int(index) if 0 <= index < len(array) else None
    if place is not None:
        if isinstance(array, Stack):
            return array.element(place)
        return array.items[place] if isinstance(array, Labelled) else array[place]
    if return_nodata is True:
        return _nothing(array)
    what = f"the index {index!r}" if label is None else f"the label {label!r}"
    known = f" It has {len(array)}." if label is None else f" It has {labels_of(array)}."
    raise failed("ArrayElementNotAvailable", f"The array has no element with {what}.{known}")


def _nothing(array: Any) -> Any:
    return Field(np.full(array.values.shape[1:], np.nan), array.kind) if isinstance(array, Stack) else None


def _picked(values: Reals, index: Field, array: Any) -> Field:
    """Return the elements at indices that differ from pixel to pixel; none where there is no such element."""
    shape = np.broadcast_shapes(values.shape[1:], np.shape(index.values))
    places = np.broadcast_to(index.values, shape)
    there = (places >= 0) & (places < len(values))
    whole = np.where(there, places, 0).astype(np.intp)
    rows = np.broadcast_to(values, (len(values), *shape))
    found = np.take_along_axis(rows, whole[None], axis=0)[0] if len(values) else np.full(shape, np.nan)
    band = array.band_of(0) if isinstance(array, Stack) and len(array.bands) == 1 else None
    kind = array.kind if isinstance(array, Stack) else "float32"
    return Field(np.where(there, found, np.nan), kind, band)


@process
def array_contains(data: Any, value: Any) -> Any:
    """Tell whether an array has an element that equals a value."""
    array = array_of(data)
    if isinstance(array, Stack) or has_pixels((value,)):
        found = _equal(array, value)
        return Field(found.any(axis=0).astype(np.float64), "bool")
    return _find(array, value) is not None


@process
def array_find(data: Any, value: Any, reverse: bool = False) -> Any:
    """Return the index of the first element, or the last, that equals a value."""
    array = array_of(data)
    if isinstance(array, Stack) or has_pixels((value,)):
        found = _equal(array, value)
        places = np.argmax(found[::-1] if reverse else found, axis=0) if len(found) else 0
        places = len(found) - 1 - places if reverse else places
        return Field(np.where(found.any(axis=0), places, np.nan))
    place = _find(array[::-1] if reverse and isinstance(array, list) else array, value)
    return len(array) - 1 - place if reverse and place is not None else place


def _find(array: Any, value: Any) -> int | None:
    return next((place for place, each in enumerate(items_of(array)) if eq(each, value) is True), None)


def _equal(array: Any, value: Any) -> Any:
    """Return which elements equal a value, pixel by pixel."""
    values = elements_of(array).values
    other = value.values if isinstance(value, Field) else value
    if not isinstance(other, np.ndarray | np.generic | int | float):
        return np.zeros(values.shape, bool)
    shape = np.broadcast_shapes(values.shape[1:], np.shape(other))
    rows = values.reshape(len(values), *(1,) * (len(shape) - values.ndim + 1), *values.shape[1:])
    return np.broadcast_to(rows == other, (len(values), *shape))


@process
def array_find_label(data: Any, label: Any) -> Any:
    """Return the index of the element with a label; None if there is none."""
    return _place(array_of(data), label)


@process
def array_labels(data: Any) -> Any:
    """Return the labels of an array, or its indices if it has none."""
    array = array_of(data)
    labels = labels_of(array)
    return list(range(len(array))) if labels is None else labels


@process
def array_create(data: Any = (), repeat: Any = 1) -> Any:
    """Return an array of some elements, repeated."""
    # How long an array is cannot depend on the values of pixels.
    count = 1 if repeat is None or isinstance(repeat, Field) else repeat
    if not isinstance(count, int | float) or isinstance(count, bool) or count < 1:
        raise InvalidArgument("repeat", f"{repeat!r} is no number from 1 on")
    items = [data] if not isinstance(data, list | tuple | Labelled | Stack) else data
    if isinstance(items, Labelled):
        items = items.items
    _check_length(len(items) * int(count))
    if isinstance(items, Stack):
        bands = items.bands if len(items.bands) < 2 else items.bands * int(count)
        values = np.concatenate([items.values] * int(count))
        return replace(items, values=values, bands=bands, labels=None, aliases={})
    return array_of(list(items) * int(count))


@process
def array_create_labeled(data: Any, labels: Any) -> Any:
    """Return an array with labels."""
    array, names = array_of(data), list(items_of(labels, "labels"))
    if len(array) != len(names):
        raise failed(
            "ArrayLengthMismatch",
            f"There are {len(array)} values and {len(names)} labels; as many are right.",
        )
    if isinstance(array, Stack):
        return replace(array, labels=names, aliases={})
    return Labelled(list(items_of(array)), names)


@process
def array_append(data: Any, value: Any, label: Any = None) -> Any:
    """Return an array with one more element."""
    array = array_of(data)
    labels = labels_of(array)
    if label is not None:
        if labels is None and len(array):
            raise failed(
                "ArrayNotLabeled", f"The array has no labels, so its new element has none: {label!r}."
            )
        if _place(array, label) is not None:
            raise failed("LabelExists", f"The array has an element with the label {label!r} already.")
        return _joined(array, Labelled([value], [label]))
    return _joined(array, [value], drops=False)


@process
def array_concat(array1: Any, array2: Any) -> Any:
    """Return the elements of one array, and then those of another one."""
    return _joined(array_of(array1, "array1"), array_of(array2, "array2"))


def _joined(first: Any, second: Any, *, drops: bool = True) -> Any:
    one, other = labels_of(first), labels_of(second)
    if one is None and not len(first):
        one = []
    if other is None and not len(second):
        other = []
    if one is not None and other is None and not drops:
        other = [len(one)]
    labels = None if one is None or other is None or not (one or other) else [*one, *other]
    if labels is not None and other is not None and one is not None:
        shared = [each for each in other if any(same(each, label) for label in one)]
        if shared:
            raise failed("ArrayLabelConflict", f"Both arrays have elements with the labels {shared}.")
    _check_length(len(first) + len(second))
    if isinstance(first, Stack) or isinstance(second, Stack) or has_pixels((first, second)):
        parts = [_stack(first), _stack(second)]
        shape = np.broadcast_shapes(*(each.values.shape[1:] for each in parts))
        values = np.concatenate([spread_over(each.values, shape) for each in parts])
        kind = shared_kind([each.kind for each in parts if len(each)])
        bands = [each.band_of(place) for each in parts for place in range(len(each))]
        known = tuple(each for each in bands if each is not None)
        return Stack(values, kind, known if len(known) == len(bands) else (), labels)
    items = [*items_of(first), *items_of(second)]
    return items if labels is None else Labelled(items, labels)


def _stack(array: Any) -> Stack:
    if isinstance(array, Stack):
        return array
    found = stacked(list(items_of(array)))
    assert isinstance(found, Stack)  # as lists are made into
    return found


def _check_length(count: int) -> None:
    if count > _MOST:
        raise ProcessGraphComplexity(
            f"The process is too complex: an array would have {count:,} elements; {_MOST:,} is the most."
        )


@process
def array_modify(data: Any, values: Any, index: Any, length: Any = 0) -> Any:
    """Return an array with some elements in the place of others."""
    array, new = array_of(data), array_of(values, "values")
    count = 0 if length is None else length
    if not isinstance(index, int) or isinstance(index, bool) or index < 0:
        raise InvalidArgument("index", f"{index!r} is no index")
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise InvalidArgument("length", f"{length!r} is no number of elements")
    if isinstance(array, Stack):
        # In child processes back-ends take what is beyond the end for the end.
        index = min(index, len(array))
    if index > len(array):
        raise failed(
            "ArrayElementNotAvailable", f"The index {index} is beyond the {len(array)} elements of the array."
        )
    before, after = _part(array, range(index)), _part(array, range(index + count, len(array)))
    return _joined(_joined(before, new), after)


def _part(array: Any, places: Sequence[int]) -> Any:
    if isinstance(array, Stack):
        return array.only(places)
    if isinstance(array, Labelled):
        return Labelled([array.items[each] for each in places], [array.labels[each] for each in places])
    return [array[each] for each in places]


@process
def array_apply(data: Any, process: Callback, context: Any = None) -> Any:
    """Return what a process makes of each element."""
    array = array_of(data)
    labels = labels_of(array)
    results = _each(array, process, context)
    if isinstance(array, Stack) or has_pixels(results):
        found = stacked(results)
        return replace(found, labels=labels, aliases=array.aliases if isinstance(array, Stack) else {})
    return results if labels is None else Labelled(results, labels)


def _each(array: Any, callback: Callback, context: Any) -> list[Any]:
    """Return what a child process makes of each element."""
    if not callable(callback):
        raise InvalidArgument("process", f"{callback!r} is no process")
    labels = labels_of(array)
    items = (
        [array.element(place) for place in range(len(array))] if isinstance(array, Stack) else items_of(array)
    )
    return [
        callback(x=each, index=place, label=None if labels is None else labels[place], context=context)
        for place, each in enumerate(items)
    ]


@process
def array_filter(data: Any, condition: Callback, context: Any = None) -> Any:
    """Return the elements that fulfil a condition.

    Of arrays of pixels an element of which the condition depends on its value stays, without data in the
    pixels that do not fulfil it: how long they are cannot depend on values.
    """
    array = array_of(data)
    results = _each(array, condition, context)
    kept = [place for place, each in enumerate(results) if isinstance(each, Field) or each is True]
    found = _part(array, kept)
    if not isinstance(found, Stack):
        return found
    rows = []
    for row, place in zip(found.values, kept, strict=True):
        told = results[place]
        holds = told.values if isinstance(told, Field) else np.float64(1)
        rows.append(np.where(~np.isnan(holds) & (holds != 0), row, np.nan))
    return replace(found, values=np.stack(rows)) if rows else found


@process
def array_interpolate_linear(data: Any) -> Any:
    """Return an array without gaps: what is missing is on a line between its neighbours."""
    array = array_of(data)
    found = elements_of(array)
    xs = _positions(array)
    values = found.values.copy()
    count = len(values)
    if count:
        before = np.full(values.shape, -1)
        after = np.full(values.shape, count)
        for place in range(count):
            near = before[place - 1] if place else -1
            before[place] = np.where(found.there[place], place, near)
        for place in reversed(range(count)):
            near = after[place + 1] if place + 1 < count else count
            after[place] = np.where(found.there[place], place, near)
        between = ~found.there & (before >= 0) & (after < count)
        low, high = np.maximum(before, 0), np.minimum(after, count - 1)
        start, end = (np.take_along_axis(found.values, each, axis=0) for each in (low, high))
        at = xs.reshape(count, *(1,) * (values.ndim - 1))
        with np.errstate(all="ignore"):
            share = (at - xs[low]) / (xs[high] - xs[low])
            # An infinite neighbour is as far from all that is between.
            whole = np.isfinite(start) & np.isfinite(end)
            values = np.where(between, np.where(whole, start + (end - start) * share, start + end), values)
    if isinstance(array, Stack):
        return like([array], values)
    new = [
        each if own is None or own != own else own
        for own, each in zip(items_of(array), values.tolist(), strict=True)
    ]
    items = [
        None if own is None and each != each else each for own, each in zip(items_of(array), new, strict=True)
    ]
    return Labelled(items, array.labels) if isinstance(array, Labelled) else items


def _positions(array: Any) -> Any:
    """Return where the elements of an array are: what their labels say, or their indices."""
    labels = labels_of(array) or []
    if labels and all(isinstance(each, int | float) and not isinstance(each, bool) for each in labels):
        return np.array(labels, np.float64)
    instants = [instant_of(each) for each in labels]
    known = [each.timestamp() for each in instants if each is not None]
    return np.array(known if labels and len(known) == len(labels) else range(len(array)), np.float64)


def _keys(items: Sequence[Any]) -> list[Any]:
    """Return what elements are ordered by: instants for texts that name them.

    Raises:
        InvalidArgument: If they have no order.
    """
    there = [each for each in items if each is not None]
    if all(isinstance(each, str) for each in there):
        instants = [instant_of(each) for each in there]
        if all(each is not None for each in instants):
            found = iter(instants)
            return [None if each is None else next(found) for each in items]
        return list(items)
    if not all(isinstance(each, int | float) for each in there):
        raise InvalidArgument("data", "its elements are neither all numbers nor all instants")
    return list(items)


def _ordered(items: Sequence[Any], asc: Any, nodata: Any) -> list[int]:
    keys = _keys(items)
    there = [place for place, each in enumerate(keys) if each is not None]
    missing = [place for place, each in enumerate(keys) if each is None]
    there.sort(key=lambda place: keys[place], reverse=asc is False)
    if nodata is None:
        return there
    return [*there, *missing] if nodata is True else [*missing, *there]


def _order_of_pixels(values: Reals, asc: Any, nodata: Any) -> tuple[Any, Any]:
    """Return the places of the elements in their order, pixel by pixel, and which of them there are."""
    missing = np.isnan(values)
    # Those that are missing come last when sorted.
    keys = np.where(missing, np.nan, values if asc is not False else -values)
    places = np.argsort(keys, axis=0, kind="stable")
    if nodata is False:
        # Missing ones first: what comes last goes round to the beginning.
        count = np.add.reduce(missing, axis=0)
        turned = (np.arange(len(values)).reshape(-1, *(1,) * (values.ndim - 1)) - count) % max(len(values), 1)
        places = np.take_along_axis(places, turned.astype(np.intp), axis=0)
    return places, np.take_along_axis(~missing, places, axis=0)


@process
def order(data: Any, asc: bool = True, nodata: Any = None) -> Any:
    """Return the indices of the elements in ascending or descending order."""
    array = array_of(data)
    if isinstance(array, Stack):
        places, there = _order_of_pixels(array.values, asc, nodata)
        return Stack(np.where(there | (nodata is not None), places, np.nan))
    return _ordered(items_of(array), asc, nodata)


@process
def rearrange(data: Any, order: Any) -> Any:
    """Return the elements at some indices."""
    array = array_of(data)
    if isinstance(array, Stack) or has_pixels((order,)):
        places = elements_of(order, "order").values
        values = elements_of(array).values
        shape = np.broadcast_shapes(values.shape[1:], places.shape[1:])
        rows = [_picked(values, Field(np.broadcast_to(each, shape)), array).values for each in places]
        return like([array], np.stack(rows) if rows else np.empty((0, *shape)), keeps=True)
    places_ = list(items_of(order, "order"))
    if not all(isinstance(each, int) and 0 <= each < len(array) for each in places_):
        raise InvalidArgument("order", f"{places_!r} are not all indices of {len(array)} elements")
    return _part(array, places_)


@process
def sort(data: Any, asc: bool = True, nodata: Any = None) -> Any:
    """Return the elements in ascending or descending order; of pixels those that are missing come last."""
    array = array_of(data)
    if isinstance(array, Stack):
        places, _ = _order_of_pixels(array.values, asc, True if nodata is None else nodata)
        found = np.take_along_axis(array.values, places, axis=0)
        return replace(
            array,
            values=found,
            labels=None,
            aliases={},
            bands=array.bands[:1] if len(array.bands) == 1 else (),
        )
    items = items_of(array)
    return [items[place] for place in _ordered(items, asc, nodata)]
