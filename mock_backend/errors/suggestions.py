"""The part of an error message that says what would be right."""

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from mock_backend.workload import current_workload

_MOST = 12
#: Longer names are not misspelt.
_LONGEST = 200


def did_you_mean(name: Any, known: Iterable[Any]) -> str:
    """Return a sentence, after a space, that names what is like a wrong name, or else what there is."""
    work = current_workload()
    if work is not None and not work.may_compare(0):
        return ""  # The errors before have named the alternatives often enough.
    names = list(dict.fromkeys(map(str, known)))
    if not names:
        return " There are none."
    by_case = {each.lower(): each for each in names}
    if (same := by_case.get(str(name).lower())) is not None:
        return f" Did you mean {same!r}?"
    close = []
    if len(str(name)) <= _LONGEST and (work is None or work.may_compare(len(names))):
        close = get_close_matches(str(name).lower(), by_case, n=3, cutoff=0.6)
    if close:
        return f" Did you mean {' or '.join(repr(by_case[each]) for each in close)}?"
    more = f" … ({len(names)} in all)" if len(names) > _MOST else ""
    return f" Available: {', '.join(map(repr, names[:_MOST]))}{more}."


def check_members(about: str, given: object, known: Collection[str]) -> None:
    """Check that something is an object with known members.

    Raises:
        TypeError: If it is no object.
        ValueError: If a member is unknown.
    """
    if not isinstance(given, Mapping):
        raise TypeError(f"{about} must be an object, got {given!r}.")
    for name in given:
        if name not in known:
            raise ValueError(f"{about} has no member {name!r}.{did_you_mean(name, known)}")
