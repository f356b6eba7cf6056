"""Options of formats as they are meant: what is none has no effect."""

import re
from collections.abc import Collection, Mapping
from typing import Any

# What is in no file name, on any system, nor in a URL without being escaped.
_ODD = re.compile(r"[^\w.+-]+")
_LONGEST = 100


def choice(options: Mapping[str, Any], name: str, choices: Collection[str], default: str) -> str:
    """Return the option that is one of some words in capitals.

    Args:
        choices: The allowed values; upper and lower case do not matter.
        default: The value in place of others.
    """
    word = options.get(name)
    return word.upper() if isinstance(word, str) and word.upper() in choices else default


def whole_option(options: Mapping[str, Any], name: str, span: range, default: int) -> int:
    """Return the option that is a whole number.

    Args:
        default: The value in place of others.
    """
    number = options.get(name)
    return number if isinstance(number, int) and not isinstance(number, bool) and number in span else default


def file_prefix(options: Mapping[str, Any]) -> str | None:
    """Return the option ``filename_prefix`` as far as it can be in a file's name; None if there is none."""
    given = options.get("filename_prefix")
    # Cut, since file systems take names of some 250 characters only.
    return (_ODD.sub("_", given[:_LONGEST]).strip("._") or None) if isinstance(given, str) else None
