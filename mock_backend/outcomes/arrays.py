"""What is known of the results of processes that make arrays of arrays, or look into them."""

from dataclasses import replace
from typing import Any

from mock_backend.outcomes.aggregates import MOST, USUAL, array_in, floating_type, numbers_in
from mock_backend.outcomes.asking import Asked
from mock_backend.outcomes.numbers import (
    Array,
    Function,
    Number,
    any_of,
    array_of,
    integer_type,
    known,
    listed,
    made,
    number_of,
    repeated,
    truth,
)


def _element(asked: Asked) -> Any:
    array = array_in(asked)
    label, index = asked.get("label"), asked.get("index")
    if label is not None:
        place = array.place_of(label.low if isinstance(label, Number) else label)
        return array.element(0 if place is None else place)
    number = number_of(index)
    return array.element(0 if number is None else int(number.low))


def _create(asked: Asked) -> Any:
    value = asked.get("data")
    array = array_of(value) or (listed([value]) if value is not None else listed(()))
    times = number_of(asked.get("repeat"))
    return _repeated(array, 1 if times is None else max(int(times.low), 1))


def _repeated(array: Array, times: int) -> Array:
    if array.length is None:
        return array
    if array.is_listed and array.length * times <= MOST:
        return listed(array.items * times)
    return repeated(_any_item(array), array.length * times)


def _create_labeled(asked: Asked) -> Any:
    return replace(array_in(asked), labels=asked.list("labels"))


def _append(asked: Asked) -> Any:
    array, value, label = array_in(asked), asked.get("value"), asked.get("label")
    found = _joined(array, listed([value]))
    labels = [*array.labels, label] if array.labels is not None and label is not None else None
    return replace(found, labels=labels)


def _concat(asked: Asked) -> Any:
    one, other = array_in(asked, "array1"), array_in(asked, "array2")
    found = _joined(one, other)
    if one.labels is not None and other.labels is not None and not set(one.labels) & set(other.labels):
        return replace(found, labels=[*one.labels, *other.labels])
    return found


def _joined(one: Array, other: Array) -> Array:
    if one.is_listed and other.is_listed:
        return listed((*one.items, *other.items))
    length = None if one.length is None or other.length is None else one.length + other.length
    return repeated(any_of([*one.items, *other.items]), length)


def _modify(asked: Asked) -> Any:
    array, values = array_in(asked), array_in(asked, "values")
    index, length = number_of(asked.get("index")), asked.get("length")
    given = number_of(length)
    if index is None or not (array.is_listed and values.is_listed):
        return repeated(any_of([*array.items, *values.items]), array.length)
    start = max(int(index.low), 0)
    stop = start + (len(values.items) if given is None else max(int(given.low), 0))
    head = (*array.items[:start], *[None] * min(max(start - len(array.items), 0), MOST))
    return listed((*head, *values.items, *array.items[stop:]))


def _apply(asked: Asked) -> Any:
    array = array_in(asked)
    labels = list(array.labels) if array.labels is not None else None

    def follow(item: Any, place: int) -> Any:
        label = labels[place] if labels is not None and place < len(labels) else None
        return asked.child("process", x=item, index=place, label=label)

    if array.is_listed and len(array.items) <= MOST:
        return Array(
            tuple(follow(item, place) for place, item in enumerate(array.items)), array.length, labels
        )
    return Array((follow(_any_item(array), 0),), array.length, labels)


def _filter(asked: Asked) -> Any:
    array = array_in(asked)
    if not array.is_listed or len(array.items) > MOST:
        return Array((_any_item(array),), None)
    labels = list(array.labels) if array.labels is not None else [None] * len(array.items)
    kept, kept_labels, certain = [], [], True
    for place, item in enumerate(array.items):
        label = labels[place] if place < len(labels) else None
        found = number_of(asked.child("condition", x=item, index=place, label=label))
        certain = certain and (found is None or found.is_known)
        if found is not None and found.high:
            kept.append(item)
            kept_labels.append(label)
    if certain:
        return listed(kept, kept_labels if array.labels is not None else None)
    return Array((any_of(kept),), None)


def _labels(asked: Asked) -> Any:
    array = array_in(asked)
    if array.labels is not None:
        return listed(array.labels)
    return (
        listed(range(array.length))
        if array.length is not None and array.length <= 1 << 20
        else repeated(known(0), None)
    )


def _contains(asked: Asked) -> Any:
    place = _place(asked)
    return truth(place is not None) if place is not False else truth()


def _find(asked: Asked) -> Any:
    place = _place(asked)
    if place is not False:
        return None if place is None else known(place)
    length = array_in(asked).length or USUAL
    return Number(0, length - 1, integer_type(0, length))


def _place(asked: Asked) -> Any:
    """Return where a value is in an array, None if it is not there, False if nobody knows."""
    array, value = array_in(asked), asked.get("value")
    items = [each.low if isinstance(each, Number) and each.is_known else each for each in array.items]
    value = value.low if isinstance(value, Number) and value.is_known else value
    if not array.is_listed or any(isinstance(each, Number) for each in (*items, value)):
        return False
    places = [place for place, each in enumerate(items) if each == value and type(each) is type(value)]
    return None if not places else places[-1 if asked.get("reverse") is True else 0]


def _find_label(asked: Asked) -> Any:
    place = array_in(asked).place_of(asked.get("label"))
    return None if place is None else known(place)


def _rearrange(asked: Asked) -> Any:
    array, order = array_in(asked), asked.list("order")
    if not order:
        return _shuffled(array)
    if array.is_listed and all(isinstance(each, int) for each in order):
        return listed(array.element(each) for each in order)
    return repeated(_any_item(array), len(order))


def _order(asked: Asked) -> Any:
    array = array_in(asked)
    length = array.length or USUAL
    return Array((Number(0, max(length - 1, 0), integer_type(0, length)),), array.length)


def _sort(asked: Asked) -> Any:
    array = array_in(asked)
    values = [each.low if isinstance(each, Number) and each.is_known else each for each in array.items]
    if array.is_listed and all(
        isinstance(each, int | float) and not isinstance(each, bool) for each in values
    ):
        return listed(sorted(values, reverse=asked.get("asc") is False))
    return _shuffled(array)


def _shuffled(array: Array) -> Array:
    """Return an array of as many elements, of which nobody knows which is where."""
    return Array((_any_item(array),), array.length)


def _cumulated(asked: Asked) -> Any:
    array = array_in(asked)
    numbers = numbers_in(array)
    if not numbers:
        return array
    item = any_of(numbers) or numbers[0]
    if asked.process_id in ("cumsum", "cumproduct"):
        count = array.length or USUAL
        if asked.process_id == "cumsum":
            item = made(
                min(item.low, item.low * count),
                max(item.high, item.high * count),
                data_type=floating_type(numbers),
            )
    return Array((item,), array.length)


def _interpolate(asked: Asked) -> Any:
    array = array_in(asked)
    numbers = numbers_in(array)
    if not array.is_listed:
        return array
    items = [each for each in array.items if each is not None]
    found = any_of(numbers)
    return array if len(items) == len(array.items) or found is None else Array((found,), array.length)


def _fit(asked: Asked) -> Any:
    count = len(asked.list("parameters")) or 1
    return repeated(made(-1.0, 1.0), count)


def _any_item(array: Array) -> Any:
    if not array.items:
        return None
    return array.items[0] if len(array.items) == 1 else any_of(array.items)


ARRAYS: dict[str, Function] = {
    **dict.fromkeys(("cummax", "cummin", "cumproduct", "cumsum"), _cumulated),
    "array_element": _element,
    "array_create": _create,
    "array_create_labeled": _create_labeled,
    "array_append": _append,
    "array_concat": _concat,
    "array_modify": _modify,
    "array_apply": _apply,
    "array_filter": _filter,
    "array_labels": _labels,
    "array_contains": _contains,
    "array_find": _find,
    "array_find_label": _find_label,
    "array_interpolate_linear": _interpolate,
    "rearrange": _rearrange,
    "order": _order,
    "sort": _sort,
    "fit_curve": _fit,
}
