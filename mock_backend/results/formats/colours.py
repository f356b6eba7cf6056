"""Colours by value, as options of formats say them."""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from mock_backend.dataclass import dataclass

#: Red, green, blue and how opaque, from 0 to 255.
Colour = tuple[int, int, int, int]

_NONE: Colour = (0, 0, 0, 0)


@dataclass(frozen=True)
class Colours:
    """Colours by value."""

    values: tuple[float, ...]  #: The values that have a colour of their own, ascending
    colours: tuple[Colour, ...]

    def of(self, value: float) -> Colour:
        """Return the colour of a value: its own, or that of the next smaller value which has one."""
        place = bisect_right(self.values, value)
        return self.colours[place - 1] if place else _NONE


def colours_of(given: Any) -> Colours | None:
    """Return the colours that an option says; None if it says none.

    Args:
        given: An object with three or four numbers from 0 to 1 for each value; whatever is none is left out.
    """
    if not isinstance(given, Mapping):
        return None
    found: dict[float, Colour] = {}
    for value, colour in given.items():
        read = _colour(colour)
        try:
            number = float(value)
        except ValueError:
            continue
        if read is not None and number == number:  # NaN is not itself
            found[number] = read
    ordered = sorted(found)
    return Colours(tuple(ordered), tuple(found[value] for value in ordered)) if found else None


def _colour(given: Any) -> Colour | None:
    if not isinstance(given, list | tuple) or len(given) not in (3, 4):
        return None
    if not all(isinstance(each, int | float) and 0 <= each <= 1 for each in given):
        return None
    red, green, blue, opaque = (round(each * 255) for each in (*given, 1)[:4])
    return red, green, blue, opaque
