"""The base of all kinds of faults, and the request that runs into one."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import MISSING, fields
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_backend.clock import Clock
from mock_backend.clock.time_stand_ins import real_asyncio_sleep
from mock_backend.control.route_pattern import RoutePattern
from mock_backend.dataclass import dataclass
from mock_backend.errors.suggestions import check_members, did_you_mean
from mock_backend.lifecycle import JobState
from mock_backend.lifecycle.plain import members_of, names_of

if TYPE_CHECKING:
    from mock_backend.control.faults.answers import Fault
    from mock_backend.control.faults.order import FaultOrder

#: Checks the value of a field, whose name its error tells.
FieldCheck = Callable[[str, Any], object]

#: The type of the ASGI message by which an application makes a client of this process wait.
WAIT = "mock_backend.wait"


def check_fraction_field(name: str, value: Any) -> None:
    """Check that a value is a number from 0 to 1; raise ``ValueError`` if it is not."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"{name} must be a number from 0 to 1, got {value!r}.")


def check_count_field(name: str, value: Any, least: int = 1) -> None:
    """Check that a value is a whole number from 1, or another; raise ``ValueError`` if it is not."""
    if type(value) is not int or value < least:
        raise ValueError(f"{name} must be a whole number from {least}, got {value!r}.")


class ConnectionLost(ConnectionResetError):
    """The connection to the client is closed without an answer, or within one."""


class AboutJob(Protocol):
    """The job that a request is about."""

    title: str | None
    created: datetime

    def state(self, now: datetime) -> JobState: ...


@dataclass(kw_only=True)
class FaultRequest:
    """A request, as conditions of orders see it.

    Args:
        method: The HTTP method.
        template: The path template of the endpoint; None if there is none at the path.
        path: The path below the API's URL.
        now: The clock's instant.
        job_id: The job that the path names; empty if it names none.
        find_job: Returns that job; None if there is none.
        user_name: Returns the user; None without a valid log-in.
        new_title: The title of the job that the request would create.
    """

    method: str
    template: str | None
    path: str
    now: datetime
    job_id: str = ""
    find_job: Callable[[str], AboutJob | None] = lambda _: None
    user_name: Callable[[], str | None] = lambda: None
    new_title: str | None = None

    @property
    def job(self) -> AboutJob | None:
        """The job that it is about; None if there is none."""
        return self.find_job(self.job_id) if self.job_id else None

    @property
    def title(self) -> str:
        """The title of the job that it is about; empty if there is none."""
        return (job.title if (job := self.job) is not None else self.new_title) or ""

    @property
    def user(self) -> str:
        """The user; empty without a valid log-in."""
        return self.user_name() or ""


@dataclass(kw_only=True)
class Struck:
    """A request that runs into a fault."""

    request: FaultRequest
    order: "FaultOrder"
    chance: float  #: A number from 0 to 1 that follows from the seed, the order and the request
    clock: Clock
    url: str  #: The URL that was asked for
    render: "Callable[[Fault], ASGIApp]"  #: Makes the answer that tells of an error
    read_body: Callable[[], Awaitable[object]]  #: Reads the body of the request, for the journal
    signal: Send  #: The transport's own ``send``

    async def wait(self, duration: timedelta, scope: Scope) -> None:
        """Let the client wait, on the back-end's clock."""
        await wait(duration, self.clock, scope, self.signal)


async def wait(duration: timedelta, clock: Clock, scope: Scope, send: Send) -> None:
    """Let a client wait for what is sent next.

    Args:
        duration: The length of the wait.
        clock: The clock that this is on.
        scope: The request. If it was made in this process its transport waits, for no longer than the
            client's timeout: in here the request would hold the clock still.
        send: The transport's own ``send``.
    """
    if "mock_backend.by_hand" in scope:
        await send({"type": WAIT, "duration": duration})
    elif clock.rate:
        await real_asyncio_sleep(duration.total_seconds() / clock.rate)
    else:
        clock.advance(duration)


async def discard(message: Message) -> None:
    """Drop an answer that the client never gets."""


class FaultKind:
    """A kind of fault: a frozen dataclass whose fields say how bad it is."""

    #: Its name in scenario files.
    kind: ClassVar[str]
    #: Default number of times that an order applies; None means always.
    usual_times: ClassVar[int | None] = 1
    #: True if orders after this one apply to the same request, too.
    composes: ClassVar[bool] = False
    #: Checks of fields, by their names.
    checks: ClassVar[Mapping[str, FieldCheck]] = {}
    _kinds: ClassVar[dict[str, type["FaultKind"]]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "kind" in vars(cls):
            FaultKind._kinds[cls.kind] = cls

    def __post_init__(self) -> None:
        for name, check in self.checks.items():
            check(f"{type(self).__name__}: {name}", getattr(self, name))

    def check(self, route: RoutePattern) -> None:
        """Check that requests to a route can run into it.

        Raises:
            ValueError: If they cannot; names the nearest route that could.
        """

    def is_met(self, request: FaultRequest, order: "FaultOrder") -> bool:
        """Tell whether a request that meets the conditions of an order runs into it."""
        return True

    def without_chance(self, chance: float) -> "FaultKind":
        """Return the fault that strikes in the same way whatever the chances are."""
        return self

    async def strike(self, struck: Struck, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request.

        Args:
            struck: The request.
            app: The application that would answer.
            scope: The ASGI scope.
            receive: Hands out the body of the request.
            send: Takes the answer.

        Raises:
            ConnectionLost: If the client loses the connection.
        """
        raise NotImplementedError

    def __str__(self) -> str:
        members = ", ".join(f"{name}={value!r}" for name, value in members_of(self).items())
        return f"{type(self).__name__}({members})"

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values; ``from_dict`` reads them back."""
        return {"kind": self.kind, **members_of(self)}

    @staticmethod
    def from_dict(values: dict[str, Any]) -> "FaultKind":
        """Read what ``to_dict`` returned.

        Raises:
            ValueError: If there is no such kind, or a member makes no sense.
            TypeError: If a member is of the wrong type.
        """
        name = values.get("kind", "error")
        known = all_kinds()
        kind = known.get(name) if isinstance(name, str) else None
        if kind is None:
            raise ValueError(f"Unknown kind of fault {name!r}.{did_you_mean(name, sorted(known))}")
        members = {name: value for name, value in values.items() if name != "kind"}
        check_members(f"A fault of the kind {kind.kind!r}", members, names_of(kind))
        for each in fields(kind):  # type: ignore[arg-type]  # all kinds are dataclasses
            if each.default is MISSING and each.default_factory is MISSING and each.name not in members:
                raise ValueError(f"A fault of the kind {kind.kind!r} needs the member {each.name!r}.")
        return kind(**members)


def all_kinds() -> Mapping[str, type[FaultKind]]:
    """Return all kinds by their names, ours and those of others."""
    from mock_backend.control.faults import KINDS

    list(KINDS.values())  # each enters itself when its class is made

    return FaultKind._kinds


def chance(*facts: object) -> float:
    """Return a number from 0 to below 1 that follows from some facts.

    Threads cannot change such chances, as they would those of a shared sequence.
    """
    digest = blake2b("\0".join(map(str, facts)).encode("utf-8", "replace"), digest_size=7).digest()
    # 2 ** 53 numbers, as many as a float has in this range.
    return (int.from_bytes(digest) >> 3) / (1 << 53)
