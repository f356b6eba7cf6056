"""Summaries of collections, as far as items have properties of their names."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from mock_backend.dataclass import dataclass

#: Summaries that describe the collection's data and no property of an item.
_NO_PROPERTIES = frozenset({"eo:bands", "sar:bands", "raster:bands", "bands"})


@dataclass(frozen=True)
class Summary:
    """Range or values of a property of a collection's items."""

    name: str  #: The name of the property
    given: Any  #: The summary as STAC has it
    limits: tuple[float, float] | None  #: The ends of a range of numbers; None if it is something else
    values: Sequence[Any]  #: All values, if they are all texts, or all numbers


def summaries_of(metadata: Mapping[str, Any]) -> list[Summary]:
    """Return the summaries of a collection that properties of items go with."""
    return [
        Summary(name, given, _limits(given), _values(given))
        for name, given in metadata.get("summaries", {}).items()
        if name not in _NO_PROPERTIES
    ]


def _limits(given: Any) -> tuple[float, float] | None:
    if not isinstance(given, Mapping):
        return None
    facts = dict(given)
    for part in given.get("allOf", ()):
        facts |= part if isinstance(part, Mapping) else {}
    low, high = facts.get("minimum"), facts.get("maximum")
    return (low, high) if _is_number(low) and _is_number(high) else None


def _values(given: Any) -> list[Any]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        return []
    same = all(isinstance(each, str) for each in given) or all(map(_is_number, given))
    return list(given) if same else []


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
