"""Faults of what an answer says: broken, of another type, or as of some time ago."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_backend.clock.past import reading_as_of
from mock_backend.control.faults.connection import Cut, with_length
from mock_backend.control.faults.kind import (
    FaultKind,
    FaultRequest,
    FieldCheck,
    Struck,
    chance,
    check_fraction_field,
)
from mock_backend.control.route_pattern import RoutePattern
from mock_backend.dataclass import dataclass
from mock_backend.durations import Duration, named_duration, to_timedelta

if TYPE_CHECKING:
    from mock_backend.control.faults.order import FaultOrder

_LOGS = "GET /jobs/{job_id}/logs"


@dataclass(frozen=True)
class Truncate(FaultKind):
    """A body that ends early without saying so, as after a broken cache.

    Args:
        at: The fraction of the body that is sent.

    Raises:
        ValueError: If that is no fraction.
    """

    kind: ClassVar[str] = "truncate"
    checks: ClassVar[Mapping[str, FieldCheck]] = {"at": check_fraction_field}

    at: float = 0.5

    async def strike(self, struck: Struck, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the beginning of the body."""
        await app(scope, receive, Cut(send, self.at, ends=True))


@dataclass(frozen=True)
class BrokenJson(FaultKind):
    """A body that is as long as it should be, but no longer JSON."""

    kind: ClassVar[str] = "broken-json"

    async def strike(self, struck: Struck, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the body with another last character."""
        await _changed(app, scope, receive, send, lambda body: body[:-1] + b",")


@dataclass(frozen=True)
class ContentType(FaultKind):
    """An answer that claims to be of another media type.

    Args:
        media_type: The media type; empty for none at all.
    """

    kind: ClassVar[str] = "content-type"

    media_type: str = "text/html"

    def __post_init__(self) -> None:
        if not isinstance(self.media_type, str) or not self.media_type.isascii():
            raise ValueError(
                f"ContentType: media_type must be a text HTTP can send, got {self.media_type!r}."
            )

    async def strike(self, struck: Struck, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer with the other media type."""

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [each for each in message["headers"] if each[0].lower() != b"content-type"]
                named = [(b"content-type", self.media_type.encode())] if self.media_type else []
                message = {**message, "headers": [*kept, *named]}
            await send(message)

        await app(scope, receive, send_on)


@dataclass(frozen=True)
class LogFault(FaultKind):
    """Log entries that are not what they should be.

    Args:
        share: The share of the entries; which ones these are is decided by the seed and their ids.

    Raises:
        ValueError: If that is no fraction.
    """

    usual_times: ClassVar[int | None] = None
    composes: ClassVar[bool] = True
    checks: ClassVar[Mapping[str, FieldCheck]] = {"share": check_fraction_field}
    #: Number of copies of each of these entries.
    copies: ClassVar[int]

    share: float = 1.0

    def check(self, route: RoutePattern) -> None:
        """Check that a route is that of logs."""
        if not route.matches("GET", "/jobs/{job_id}/logs", None) and "/logs" not in route.template:
            raise ValueError(
                f"{type(self).__name__} is about logs, so {route} would never run into it. "
                f"The route that could: {_LOGS!r}."
            )

    async def strike(self, struck: Struck, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the log with other entries."""
        facts = struck.order.seed, struck.order.number, struck.request.job_id

        def change(body: bytes) -> bytes:
            try:
                told = json.loads(body)
                told["logs"] = [
                    entry
                    for entry in told["logs"]
                    for _ in range(self.copies if chance(*facts, entry["id"]) < self.share else 1)
                ]
            except (ValueError, LookupError, TypeError):
                return body  # an error, or a log that another fault has broken already
            return json.dumps(told).encode()

        await _changed(app, scope, receive, send, change)


@dataclass(frozen=True)
class DuplicateLogs(LogFault):
    """Log entries that are told twice."""

    kind: ClassVar[str] = "duplicate-logs"
    copies: ClassVar[int] = 2


@dataclass(frozen=True)
class LoseLogs(LogFault):
    """Log entries that are missing."""

    kind: ClassVar[str] = "lose-logs"
    copies: ClassVar[int] = 0


@dataclass(frozen=True)
class Stale(FaultKind):
    """``GET`` requests for jobs that are answered as of some time ago, as by a lagging replica.

    Args:
        by: The age of the data. What changed before the order was given is never seen unchanged.

    Raises:
        TypeError: If that is no duration.
        ValueError: If it is negative.
    """

    kind: ClassVar[str] = "stale"
    checks: ClassVar[Mapping[str, FieldCheck]] = {"by": named_duration}
    usual_times: ClassVar[int | None] = None
    composes: ClassVar[bool] = True

    by: Duration

    def check(self, route: RoutePattern) -> None:
        """Check that a route reads."""
        if route.method not in ("GET", "*"):
            raise ValueError(
                f"Stale is about reading, so {route} would never run into it. "
                f"The route that could: 'GET {route.template}'."
            )

    def is_met(self, request: FaultRequest, order: "FaultOrder") -> bool:
        """Tell whether a request reads."""
        return request.method == "GET"

    async def strike(self, struck: Struck, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as of that time."""
        with reading_as_of(struck.request.now - to_timedelta(self.by)):
            await app(scope, receive, send)


async def _changed(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, change: Callable[[bytes], bytes]
) -> None:
    """Send an answer whose whole body is changed if it is JSON; others may be too long to be kept."""
    head: Message = {}
    parts: list[bytes] = []

    async def collect(message: Message) -> None:
        if message["type"] == "http.response.start":
            types = [value for name, value in message["headers"] if name.lower() == b"content-type"]
            if any(b"json" in each for each in types):
                head.update(message)
                return
        if not head:
            await send(message)
            return
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            body = b"".join(parts)
            body = change(body) if body else body
            await send({**head, "headers": with_length(head["headers"], len(body))})
            await send({"type": "http.response.body", "body": body})

    await app(scope, receive, collect)
