"""Arrays of what child processes make of each element of others, or tell of it."""

from dataclasses import replace
from typing import Any

import numpy as np

from mock_backend.engine.core.bands import shared_band, with_gaps
from mock_backend.engine.core.values import Callback, Field, Labelled, Stack, items_in
from mock_backend.engine.functions.arrays import labels_of, part_of, stack_of
from mock_backend.engine.functions.comparisons import truth
from mock_backend.engine.functions.elements import as_array
from mock_backend.engine.functions.pixelwise import has_pixels, stacked_pixels
from mock_backend.engine.functions.registry import InvalidArgument, process


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
