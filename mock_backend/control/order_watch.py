"""Orders that are given during a watch, to find those that never applied."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mock_backend.dataclass import dataclass

if TYPE_CHECKING:
    from mock_backend.control.orders import Order

_OURS = str(Path(__file__).parents[1])


@dataclass(frozen=True)
class GivenOrder:
    """An order and where it was given."""

    order: "Order"
    place: str  #: The file and the line


_watching: list[list[GivenOrder]] = []


@contextmanager
def orders_given() -> Iterator[list[GivenOrder]]:
    """Watch the orders of all back-ends for a block; yields the list that they are noted in.

    Of blocks in one another, the innermost notes them.
    """
    given: list[GivenOrder] = []
    _watching.append(given)
    try:
        yield given
    finally:
        _watching.remove(given)


def note_order(order: "Order") -> None:
    """Note that an order is entered, if a watch is on."""
    if _watching:
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_code.co_filename.startswith(_OURS):
            frame = frame.f_back
        given = GivenOrder(order, f"{frame.f_code.co_filename}:{frame.f_lineno}")
        _watching[-1].append(given)
