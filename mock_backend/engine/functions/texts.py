"""Texts: what is in them, and others made of them."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from mock_backend.engine.functions.elements import items_of
from mock_backend.engine.functions.registry import FUNCTIONS, InvalidArgument, process
from mock_backend.workload import check_room


def _compared(
    compute: Callable[[str, str], Any], data: Any, pattern: Any, case_sensitive: bool = True
) -> Any:
    """Return what is told of a text and a pattern, None if there is no text; refuse what is no text."""
    if data is None:
        return None
    for name, each in (("data", data), ("pattern", pattern)):
        if not isinstance(each, str):
            raise InvalidArgument(name, f"{each!r} is not a string")
    texts = (data, pattern) if case_sensitive is not False else (data.casefold(), pattern.casefold())
    return compute(*texts)


def _place(data: str, pattern: str) -> int | None:
    place = data.find(pattern)
    return None if place < 0 else place


FUNCTIONS |= {
    "text_begins": partial(_compared, str.startswith),
    "text_contains": partial(_compared, str.__contains__),
    "text_ends": partial(_compared, str.endswith),
    "text_find": partial(_compared, _place),
}


@process
def text_concat(data: Any, separator: Any = "") -> str:
    """Return the texts of some values as one, with a separator between them."""
    texts = [_text_of("data", each) for each in items_of(data)]
    between = _text_of("separator", "" if separator is None else separator)
    check_room((sum(map(len, texts)) + len(between) * len(texts)) // 8)
    return between.join(texts)


#: Its former name in CDSE.
FUNCTIONS["text_merge"] = text_concat


def _text_of(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, bool | int | float | None):
        raise InvalidArgument(name, f"{value!r} is neither text nor number, true, false or null")
    return json.dumps(value)
