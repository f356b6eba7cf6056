"""Options of formats as they are meant: what is none has no effect."""

from collections.abc import Collection, Mapping
from typing import Any

from mock_backend.results.formats.labels import file_stems

_LONGEST = 100


def choice(options: Mapping[str, Any], name: str, choices: Collection[str], default: str) -> str:
    """Return the option that is one of some words in capitals.

    Args:
        choices: The allowed values; upper and lower case do not matter.
    """
    word = options.get(name)
    return word.upper() if isinstance(word, str) and word.upper() in choices else default


def whole_option(options: Mapping[str, Any], name: str, span: range, default: int) -> int:
    """Return the option that is a whole number."""
    number = options.get(name)
    return number if isinstance(number, int) and not isinstance(number, bool) and number in span else default


def file_prefix(options: Mapping[str, Any]) -> str | None:
    """Return the option ``filename_prefix`` as far as it can be in a file's name; None if there is none."""
    given = options.get("filename_prefix")
    # Cut, since file systems take names of some 250 characters only.
    return (file_stems([given[:_LONGEST]])[0] or None) if isinstance(given, str) else None
