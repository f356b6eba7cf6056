"""Bands whose values follow from those of other bands."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Self, Union

from mock_backend.catalog import Band

#: What a recipe takes: a band, what another recipe makes, a number, or nothing at all.
Operand = Union["Recipe", Band, float, None]

#: Where the values of a band are that is not chosen of others by their size.
MIDDLE = 0.5


@dataclass(frozen=True, eq=False, repr=False)
class Recipe:
    """How each value follows from those of some bands at the same place and time.

    Args:
        operation: A process that computes one number of others, or of an array of them.
        operands: The bands and numbers that it takes, in the order of its parameters.
    """

    operation: str
    operands: tuple[Operand, ...]

    @cached_property
    def size(self) -> int:
        """How many operations it has."""
        return 1 + sum(each.size for each in _within(self.operands))


@dataclass(frozen=True)
class ComputedBand(Band):
    """A band whose values follow from those of others.

    Args:
        recipe: How they are computed; None if nobody knows.
        rank: Where they are among the values that they were chosen of: 0 for the smallest, 1 for the
            largest one.
    """

    recipe: Recipe | None = field(default=None, compare=False, repr=False)
    rank: float = MIDDLE

    @classmethod
    def of(cls, band: Band, **facts: Any) -> Self:
        """Return a band with what there is to know of its values.

        Args:
            band: The band, as it is described.
            **facts: ``recipe`` and ``rank``.
        """
        known = {each.name: getattr(band, each.name) for each in fields(band)}
        return cls(**{**known, **facts})


def _within(operands: tuple[Operand, ...]) -> Iterator[Recipe]:
    for each in operands:
        found = each.recipe if isinstance(each, ComputedBand) else each
        if isinstance(found, Recipe):
            yield found
