"""Differences of JSON documents, told in one line each."""

import json
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

#: The longest value that is shown.
_WIDTH = 60


def changes(before: Mapping[str, Any], after: Mapping[str, Any], ignored: Sequence[str] = ()) -> list[str]:
    """Return the differences of two sets of documents.

    Args:
        ignored: Places that do not count, with all that is inside, e.g. ``collections/*.extent.temporal``;
            ``*`` stands for any text.
    """
    found = _differences(before, after, "")
    return [f"{place}: {text}" for place, text in found if not any(_is_in(place, each) for each in ignored)]


def _is_in(place: str, pattern: str) -> bool:
    # Brackets are those of positions, not of sets of letters.
    pattern = pattern.replace("[", "[[]")
    return any(fnmatchcase(place, pattern + end) for end in ("", ".*", "[[]*"))


def _differences(before: Any, after: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        dot = f"{place}." if place else ""
        for name in dict.fromkeys((*before, *after)):
            yield from _of_members(before, after, name, f"{dot}{name}")
    elif isinstance(before, list) and isinstance(after, list):
        yield from _of_lists(before, after, place)
    elif before != after:
        yield place, f"{_short(before)} → {_short(after)}"


def _of_members(
    before: Mapping[str, Any], after: Mapping[str, Any], name: str, place: str
) -> Iterator[tuple[str, str]]:
    if name not in after:
        yield place, "removed"
    elif name not in before:
        yield place, "added"
    else:
        yield from _differences(before[name], after[name], place)


def _of_lists(before: list[Any], after: list[Any], place: str) -> Iterator[tuple[str, str]]:
    one, other = _by_name(before), _by_name(after)
    if one is not None and other is not None:
        for name in dict.fromkeys((*one, *other)):
            yield from _of_members(one, other, name, f"{place}[{name}]")
        if [each for each in one if each in other] != [each for each in other if each in one]:
            yield place, "in another order"
    elif len(before) == len(after):
        for number, (was, now) in enumerate(zip(before, after, strict=True)):
            yield from _differences(was, now, f"{place}[{number}]")
    else:
        yield place, f"{len(before)} entries → {len(after)}"


def _by_name(entries: list[Any]) -> dict[str, Any] | None:
    """Return the entries by what tells them apart; None if nothing does."""
    for member in ("id", "name", "path"):
        names = [each[member] for each in entries if isinstance(each, Mapping) and member in each]
        if len(names) == len(entries) == len({str(each) for each in names}):
            return dict(zip(map(str, names), entries, strict=True))
    if all(isinstance(each, str) for each in entries) and len(set(entries)) == len(entries):
        return {each: each for each in entries}
    return None


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
