"""Dialect: how the API of a back-end behaves where back-ends differ."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """How a back-end behaves where the specification leaves room, or where it leaves the specification.

    The defaults are the specification's.

    Args:
        name: The name of the profile that it is part of.
    """

    name: str
