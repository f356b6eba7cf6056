"""The faults of a back-end."""

from collections import deque
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from starlette.types import ASGIApp

from mock_backend.clock import Clock
from mock_backend.control.faults.kind import AboutJob, FaultRequest, Struck
from mock_backend.control.faults.order import FaultOrder, Strike
from mock_backend.control.orders import OrderBook

#: Of more strikes the oldest are forgotten.
_MOST_STRIKES = 10_000


class FaultBook(OrderBook[FaultOrder]):
    """The faults of a back-end; earlier ones come first, so that sequences can be ordered.

    Args:
        clock: The clock of the back-end.
        seed: Decides what is left to chance.
    """

    def __init__(self, clock: Clock, seed: int = 0) -> None:
        super().__init__()
        self._clock = clock
        self._seed = seed
        self._given = 0
        #: The strikes until now, oldest first: the number of the order, and an order of that very strike.
        self.strikes: deque[tuple[int, dict[str, Any]]] = deque(maxlen=_MOST_STRIKES)
        #: True if an order is about the titles of jobs that requests create.
        self.reads_titles = False
        #: Returns a job by its id; None if there is none.
        self.find_job: Callable[[str], AboutJob | None] = lambda _: None
        #: Called with each order that is entered.
        self.entered: Callable[[FaultOrder], object] = lambda _: None

    @property
    def armed(self) -> bool:
        """True if there is any order; requests look at nothing else as long as there is none."""
        return bool(self._orders)

    def add(  # type: ignore[override]  # the route has to be one of them
        self, order: FaultOrder, *, operations: Collection[tuple[str, str]]
    ) -> FaultOrder:
        """Enter a fault.

        Raises:
            ValueError: If none of these operations (method and path template) could run into it.
        """
        order.route.check(operations)
        with self._lock:
            self._given += 1
            order.number, order.seed, order.given = self._given, self._seed, self._clock.now()
            self.reads_titles |= order.conditions.title is not None
            super().add(order)
        self.entered(order)
        return order

    def clear(self) -> None:
        """Remove all faults."""
        super().clear()
        self._given = 0
        self.strikes.clear()
        self.reads_titles = False

    def strike(self, request: FaultRequest) -> list[Strike]:
        """Return the faults that a request runs into, outermost first, and count them.

        Of those that replace or break an answer it is the first one; others compose.
        """
        found: list[Strike] = []
        is_broken = False
        for order in self.active():
            composes = order.fault.composes
            if (strike := order.strike(request, is_taken=is_broken and not composes)) is not None:
                found.append(strike)
                is_broken |= not composes
        self.strikes.extend((each.order.number, each.alone) for each in found if request.template)
        # What changes how a back-end reads is of no use behind an answer that replaces it.
        return sorted(found, key=lambda each: not each.order.fault.composes)

    def around(self, app: ASGIApp, struck: list[Strike], **exchange: Any) -> ASGIApp:
        """Return what answers a request that runs into faults.

        Args:
            app: The application that answers without them.
            struck: The result of ``strike`` for it.
            **exchange: The ``url``, ``render``, ``read_body`` and ``signal`` of ``Struck``.
        """
        for strike in reversed(struck):
            request, order, chance = strike.request, strike.order, strike.chance
            facts = Struck(request=request, order=order, chance=chance, clock=self._clock, **exchange)
            app = partial(order.fault.strike, facts, app)
        return app
