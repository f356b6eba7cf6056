"""Choosing from what a test looks at; a choice that finds nothing tells what was nearest."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from mock_backend.errors.suggestions import did_you_mean

_Item = TypeVar("_Item")
#: The most items that a message names.
_MOST = 5


def select(items: Sequence[_Item], kind: type[_Item], conditions: Mapping[str, object]) -> list[_Item]:
    """Return the items whose attributes have some values.

    Raises:
        TypeError: If they have no such attribute.
    """
    for name in conditions:
        if not isinstance(getattr(kind, name, None), property) and name not in _fields(kind):
            known = [each for each in dir(kind) if isinstance(getattr(kind, each), property)]
            raise TypeError(
                f"{kind.__name__} has no attribute {name!r} to select by.{did_you_mean(name, known)}"
            )
    return [item for item in items if not _misses(item, conditions)]


def one(items: Sequence[_Item], kind: type[_Item], conditions: Mapping[str, object], noun: str) -> _Item:
    """Return the only item whose attributes have some values.

    Raises:
        LookupError: If there is none, or more than one; the message tells the nearest one.
    """
    found = select(items, kind, conditions)
    if len(found) == 1:
        return found[0]
    wanted = ", ".join(f"{name}={value!r}" for name, value in conditions.items())
    text = f"Expected one {noun}{' with ' + wanted if wanted else ''}, found {len(found)}"
    if not items:
        raise LookupError(f"{text}. There is no {noun} at all.")
    text = f"{text}. There are: <{len(items)} in all: {', '.join(map(repr, items[:_MOST]))}>."
    if found:
        raise LookupError(f"{text} Give more conditions, or use select().")
    nearest = min(items, key=lambda item: len(_misses(item, conditions)))
    missed = ", ".join(f"{name}={value!r}" for name, value in _misses(nearest, conditions).items())
    raise LookupError(f"{text} The nearest one has {missed}: leave that condition out to find it.")


def _fields(kind: type[Any]) -> Sequence[str]:
    return getattr(kind, "selectable", ())


def _misses(item: object, conditions: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, wanted in conditions.items() if (value := getattr(item, name)) != wanted}
