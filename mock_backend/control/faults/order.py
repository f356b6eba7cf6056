"""The order of a fault: which requests run into it."""

import threading
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from types import EllipsisType
from typing import Any

from mock_backend.control.faults.kind import FaultKind, FaultRequest, chance, check_count_field
from mock_backend.control.orders import Order
from mock_backend.control.route_pattern import RoutePattern
from mock_backend.dataclass import dataclass
from mock_backend.durations import Duration, named_duration
from mock_backend.lifecycle.plain import members_of


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """The requests that an order is for, of those to its route.

    Args:
        job: Only requests about the job with this id; ``*``, ``?`` and ``[…]`` as in file names.
        title: Only requests about jobs with this title, their creation included; likewise.
        user: Only requests of this user; likewise.
        after: The number of requests that pass before.
        nth: Only the request with this number, counted from 1 after those.
        every: Only every n-th request after those.
        per_job: True if ``after``, ``nth`` and ``every`` count the requests about each job apart.
        probability: The probability of each; decided by the seed, the order, the route, the job, and the
            number of requests like it.
        since: The time from the order to the first request that can be meant.
        until: The time from the order after which no request is meant any more.

    Raises:
        TypeError: If a value is of the wrong type.
        ValueError: If a value makes no sense.
    """

    job: str | None = None
    title: str | None = None
    user: str | None = None
    after: int = 0
    nth: int | None = None
    every: int = 1
    per_job: bool = False
    probability: float = 1.0
    since: Duration | None = None
    until: Duration | None = None

    def __post_init__(self) -> None:
        for name in ("job", "title", "user"):
            if not isinstance(text := getattr(self, name), str | None):
                raise TypeError(f"{name} must be a str, got {text!r}.")
        check_count_field("after", self.after, 0)
        if self.nth is not None:
            check_count_field("nth", self.nth)
        check_count_field("every", self.every)
        if self.nth is not None and self.every != 1:
            raise ValueError("nth and every exclude each other: nth is one request, every is many.")
        is_number = isinstance(self.probability, int | float) and not isinstance(self.probability, bool)
        if not is_number or not 0 < self.probability <= 1:
            raise ValueError(f"probability must be a number above 0 and up to 1, got {self.probability!r}.")
        for name in ("since", "until"):
            if (value := getattr(self, name)) is not None:
                # The way in which a frozen dataclass sets its own fields.
                object.__setattr__(self, name, named_duration(name, value))
        if self.until is not None and self.until <= (self.since or timedelta(0)):  # type: ignore[operator]  # both are timedeltas by now
            raise ValueError(f"until must be after since, got {self.since or 0!s} and {self.until!s}.")

    def __str__(self) -> str:
        return "".join(f", {name}={value}" for name, value in members_of(self).items())


_CONDITIONS = tuple(each.name for each in fields(Conditions))


class FaultOrder(Order):
    """A fault and the requests that run into it.

    Args:
        fault: The fault.
        route: A method and a path template, or a path; ``*`` for any.
        times: The number of times it applies; None means always. By default as its kind does.
        **conditions: Fields of ``Conditions``.

    Raises:
        TypeError: If that is no fault, or a condition is of the wrong type.
        ValueError: If no request could ever meet the conditions, or one makes no sense.
    """

    def __init__(
        self,
        fault: FaultKind,
        route: str = "* *",
        times: int | EllipsisType | None = ...,
        **conditions: Any,
    ) -> None:
        if not isinstance(fault, FaultKind):
            raise TypeError(
                "inject() takes a Fault, e.g. Fault(status=503), or another kind of fault, "
                f"e.g. Delay('30s'), got {fault!r}."
            )
        super().__init__(fault.usual_times if times is ... else times)
        self.fault = fault
        self.route = RoutePattern.parse(route)
        self.conditions = Conditions(**conditions)
        fault.check(self.route)
        self._check_subject()
        #: Set by the book that it is in.
        self.number, self.seed = 0, 0
        self.given: datetime | None = None
        #: The requests that a limit has let pass, by user.
        self.passed: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self._seen: Counter[tuple[str, ...]] = Counter()
        self._lock = threading.Lock()

    @property
    def has_applied(self) -> bool:
        """True if a request has run into it, or counts for its limit."""
        return super().has_applied or any(self.passed.values())

    @property
    def is_certain(self) -> bool:
        """True if it meets each request that its conditions are for."""
        return self.conditions.probability == 1

    @property
    def ends(self) -> datetime | None:
        """The instant from which on no request is meant; None if there is none."""
        until: timedelta | None = self.conditions.until  # type: ignore[assignment]  # made one
        return None if until is None or self.given is None else self.given + until

    def strike(self, request: FaultRequest, *, is_taken: bool = False) -> "Strike | None":
        """Count a request; return the strike if it runs into the fault, else None.

        Args:
            request: The request.
            is_taken: True if it has run into a fault already that leaves nothing to this one.
        """
        conditions = self.conditions
        if not self.route.matches(request.method, request.template, request.path) or not self._is_about(
            request
        ):
            return None
        with self._lock:
            counted = request.job_id if conditions.per_job else ""
            like = request.method, request.template or "", request.job_id
            self._seen[like] += 1
            if not self._is_in_window(request.now):
                return None
            self._seen[counted,] += 1
            number, of_its_kind = self._seen[counted,] - conditions.after, self._seen[like]
            if is_taken or number < 1 or number % conditions.every or conditions.nth not in (None, number):
                return None
            own = chance(self.seed, self.number, *like, of_its_kind)
            if own >= conditions.probability or not self.fault.is_met(request, self) or not self.active:
                return None
            self.hit()
            # What is left of the chance once it is known to be below the probability.
            return Strike(self, request, of_its_kind, own / conditions.probability)

    def _is_about(self, request: FaultRequest) -> bool:
        wanted = self.conditions
        patterns = {"job_id": wanted.job, "title": wanted.title, "user": wanted.user}
        return all(
            pattern is None or fnmatchcase(getattr(request, name), pattern)
            for name, pattern in patterns.items()
        )

    def _is_in_window(self, now: datetime) -> bool:
        since: timedelta | None = self.conditions.since  # type: ignore[assignment]  # made one
        if since is not None and self.given is not None and now - self.given < since:
            return False
        return (ends := self.ends) is None or now < ends

    def _check_subject(self) -> None:
        """Check that requests to the route can be about what the conditions name."""
        wanted, route = self.conditions, self.route
        creates = str(route) in ("POST /jobs", "* /jobs", "POST /result", "* /result")
        for name in ("job", "title", "per_job"):
            if not getattr(wanted, name) or route.names_job or (name == "title" and creates):
                continue
            raise ValueError(
                f"No request to {route} is about a job that there is, so {name}={getattr(wanted, name)!r} "
                "would never match. Routes that could: 'GET /jobs/{job_id}', 'POST /jobs/{job_id}/results'."
            )

    def to_dict(self) -> dict[str, Any]:
        """Return the order as JSON values; ``from_dict`` reads them back."""
        times = {} if self.given_times == self.fault.usual_times else {"times": self.given_times}
        return {**self.fault.to_dict(), "route": str(self.route), **times, **members_of(self.conditions)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "FaultOrder":
        """Read what ``to_dict`` returned.

        Raises:
            TypeError: If a member is of the wrong type.
            ValueError: If a member is unknown or makes no sense.
        """
        if not isinstance(values, Mapping):
            raise TypeError(f"The order of a fault must be an object, got {values!r}.")
        own = {"route", "times", *_CONDITIONS}
        fault = FaultKind.from_dict({name: value for name, value in values.items() if name not in own})
        return cls(fault, **{name: value for name, value in values.items() if name in own})

    def __repr__(self) -> str:
        left = "always" if self.remaining is None else f"{self.remaining} left"
        return f"<{self.fault} on {self.route}{self.conditions}: {self.hits} hits, {left}>"


@dataclass(frozen=True)
class Strike:
    """A request that has run into a fault."""

    order: FaultOrder
    request: FaultRequest
    number: int  #: Its number among the requests like it (method, path template and job), counted from 1
    chance: float  #: A number from 0 to 1 that is its own

    @property
    def alone(self) -> dict[str, Any]:
        """The order, as JSON values, of this very strike without the others."""
        request, order = self.request, self.order
        about = {"job": request.job_id} if request.job_id else {"title": order.conditions.title}
        wanted = about | {"user": order.conditions.user}
        return {
            **order.fault.without_chance(self.chance).to_dict(),
            "route": f"{request.method} {request.template}",
            **{name: value for name, value in wanted.items() if value is not None},
            "nth": self.number,
        }
