"""Checks of the arguments of plans."""

import math
from typing import Any


def check_text(name: str, value: object) -> None:
    """Check that a value is a text or None; raise ``TypeError`` if it is not."""
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} must be a str, got {value!r}.")


def check_count(name: str, value: object) -> None:
    """Check that a value is a number of requests or None; raise as ``check_amount``."""
    _check_number(f"{name} must be a number of requests", value, int)


def check_fraction(name: str, value: object) -> None:
    """Check that a value is a fraction of the run; ``name`` is the subject and verb of the message."""
    told = f"{name} a number from 0 to 1, the fraction of the run, got {value!r}."
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(told)
    if not 0 <= value <= 1:
        raise ValueError(told)


def check_amount(name: str, value: object) -> None:
    """Check that a value is a finite number from 0, or None; raise ``TypeError`` or ``ValueError`` if not."""
    _check_number(f"{name} must be a number", value, (int, float))


def _check_number(told: str, value: Any, kinds: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise TypeError(f"{told}, got {value!r}.")
    if not 0 <= value < math.inf:
        raise ValueError(f"{told} ≥ 0, got {value!r}.")
