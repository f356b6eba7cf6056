"""The part of an error message that says what would be right."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

_MOST = 12


def did_you_mean(name: Any, known: Iterable[Any]) -> str:
    """Return a sentence that names what is like a wrong name, or else what there is.

    Args:
        name: The wrong name.
        known: The right ones.

    Returns:
        A sentence with a leading space.
    """
    names = [str(each) for each in known]
    if not names:
        return " There are none."
    by_case = {each.lower(): each for each in names}
    if (same := by_case.get(str(name).lower())) is not None:
        return f" Did you mean {same!r}?"
    close = get_close_matches(str(name).lower(), by_case, n=3, cutoff=0.6)
    if close:
        return f" Did you mean {' or '.join(repr(by_case[each]) for each in close)}?"
    more = f" … ({len(names)} in all)" if len(names) > _MOST else ""
    return f" Known are: {', '.join(map(repr, names[:_MOST]))}{more}."
