"""Checks of the arguments of plans."""

import math


def check_text(name: str, value: object) -> None:
    """Check that a value is a text or None; raise ``TypeError`` if it is not."""
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} must be a str, got {value!r}.")


def check_count(name: str, value: object) -> None:
    """Check that a value is a number of requests or None.

    Raises:
        TypeError: If it is of another type.
        ValueError: If it is negative.
    """
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be a number of requests, got {value!r}.")
    if value < 0:
        raise ValueError(f"{name} must be a number of requests ≥ 0, got {value!r}.")


def check_fraction(name: str, value: object) -> None:
    """Check that a value is a fraction of the run.

    Args:
        name: The subject and verb of the message.

    Raises:
        TypeError: If it is no number.
        ValueError: If it is not between 0 and 1.
    """
    told = f"{name} a number from 0 to 1, the fraction of the run, got {value!r}."
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(told)
    if not 0 <= value <= 1:
        raise ValueError(told)


def check_amount(name: str, value: object) -> None:
    """Check that a value is a number from 0, or None.

    Raises:
        TypeError: If it is no number.
        ValueError: If it is negative or not finite.
    """
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} must be a number, got {value!r}.")
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{name} must be a number ≥ 0, got {value!r}.")
