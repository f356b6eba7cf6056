"""Orders a test gives: each returns a handle that counts its hits and can be taken back."""

import itertools
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

from mock_backend.dataclass import dataclass

_OURS = str(Path(__file__).parents[1])
_ids = itertools.count(1)


class Order:
    """An order that is in force until it is used up or removed.

    Use it as a context manager to have it removed at the end of a block.

    Args:
        times: The number of times it applies; None means always.
    """

    def __init__(self, times: int | None = None) -> None:
        if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
            raise ValueError(f"times must be a whole number from 1, or None for always, got {times!r}.")
        #: Identity among all others of this process.
        self.id = next(_ids)
        self.hits = 0
        self.given_times = self.remaining = times
        self._removed = self._was_seen = False
        #: True if it has been taken back by name, not by the end of a block.
        self.is_withdrawn = False

    @property
    def has_applied(self) -> bool:
        """True if it has ever made a difference, were it only to an estimate."""
        return self.hits > 0 or self._was_seen

    @property
    def is_certain(self) -> bool:
        """True if it applies without any chance."""
        return True

    def note_seen(self) -> None:
        """Note that it decided something without being used up."""
        self._was_seen = True

    @property
    def active(self) -> bool:
        """True if it can still apply."""
        return not self._removed and (self.remaining is None or self.remaining > 0)

    def hit(self) -> None:
        """Count one application."""
        self.hits += 1
        if self.remaining is not None:
            self.remaining -= 1

    def remove(self) -> None:
        """Take the order back; what it already did stays done."""
        self._removed = self.is_withdrawn = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._removed = True


@dataclass(frozen=True)
class GivenOrder:
    """An order and where it was given."""

    order: Order
    place: str  #: The file and the line


_watching: list[list[GivenOrder]] = []


@contextmanager
def orders_given() -> Iterator[list[GivenOrder]]:
    """Watch the orders of all back-ends for a block, to find those that never apply.

    Yields the list that they are noted in. Of blocks in one another, the innermost notes them.
    """
    given: list[GivenOrder] = []
    _watching.append(given)
    try:
        yield given
    finally:
        _watching.remove(given)


def _note_order(order: Order) -> None:
    if _watching:
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_code.co_filename.startswith(_OURS):
            frame = frame.f_back
        given = GivenOrder(order, f"{frame.f_code.co_filename}:{frame.f_lineno}")
        _watching[-1].append(given)


OrderT = TypeVar("OrderT", bound=Order)


class OrderBook(Generic[OrderT]):
    """The orders of one kind, in the sequence in which they were given."""

    def __init__(self) -> None:
        self._orders: list[OrderT] = []
        self._lock = threading.RLock()

    def add(self, order: OrderT) -> OrderT:
        """Enter an order and return it."""
        with self._lock:
            self._orders.append(order)
        _note_order(order)
        return order

    def active(self) -> list[OrderT]:
        """Return the orders in force, oldest first; the others are forgotten."""
        if not self._orders:
            return []
        with self._lock:
            if not all(order.active for order in self._orders):
                self._orders = [order for order in self._orders if order.active]
            return list(self._orders)

    def hit(self, applies: Callable[[OrderT], bool]) -> OrderT | None:
        """Count the latest order that applies, and return it; None without one."""
        for order in reversed(self.active()):
            if applies(order):
                with self._lock:
                    # Another thread may have used it up since.
                    if order.active:
                        order.hit()
                        return order
        return None

    def clear(self) -> None:
        """Remove all orders."""
        with self._lock:
            for order in self._orders:
                order.remove()
            self._orders.clear()
