"""Faults of the connection: answers that come late, slowly, in part or never."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, Literal

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_backend.control.faults.kind import (
    ConnectionLost,
    FaultKind,
    FieldCheck,
    Struck,
    check_count_field,
    check_fraction_field,
    discard,
)
from mock_backend.dataclass import dataclass
from mock_backend.durations import Duration, named_duration, to_timedelta


@dataclass(frozen=True)
class Delay(FaultKind):
    """An answer that comes late: the request is served at once, but its answer is sent later.

    The wait is one on the back-end's clock. A client whose timeout is shorter gives up, and what it has
    asked for has been done all the same.

    Args:
        by: The delay.
        jitter: At most this much later still, decided for each request by the seed.

    Raises:
        TypeError: If that is no duration.
        ValueError: If it is negative.
    """

    kind: ClassVar[str] = "delay"
    checks: ClassVar[Mapping[str, FieldCheck]] = {"by": named_duration, "jitter": named_duration}

    by: Duration
    jitter: Duration = timedelta(0)

    def without_chance(self, chance: float) -> "Delay":
        """Return the delay that it comes to."""
        return Delay(to_timedelta(self.by) + to_timedelta(self.jitter) * chance)

    async def strike(self, struck: Struck, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the client wait for the answer."""
        late = to_timedelta(self.without_chance(struck.chance).by)

        async def send_late(message: Message) -> None:
            if message["type"] == "http.response.start":
                await struck.wait(late, scope)
            await send(message)

        await app(scope, receive, send_late)


@dataclass(frozen=True)
class Disconnect(FaultKind):
    """A connection that is lost.

    Args:
        when: ``before`` the request has any effect, ``after`` its effect and before the answer, or within
            the ``body`` of the answer.
        at: The fraction of the body that still arrives.

    Raises:
        ValueError: If an argument makes no sense.
    """

    kind: ClassVar[str] = "disconnect"
    checks: ClassVar[Mapping[str, FieldCheck]] = {"at": check_fraction_field}

    when: Literal["before", "after", "body"] = "before"
    at: float = 0.5

    def __post_init__(self) -> None:
        if self.when not in ("before", "after", "body"):
            raise ValueError(f"Disconnect: when must be 'before', 'after' or 'body', got {self.when!r}.")
        super().__post_init__()

    async def strike(self, struck: Struck, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Lose the connection."""
        if self.when == "before":
            await struck.read_body()
        else:
            await app(scope, receive, Cut(send, self.at) if self.when == "body" else discard)
        raise ConnectionLost("The connection was lost.")


class Cut:
    """Send an answer up to a fraction of its body.

    Args:
        ends: True if the answer claims to end there; else the client is left waiting for the rest.
    """

    def __init__(self, send: Send, at: float, *, ends: bool = False) -> None:
        self._send = send
        self._at = at
        self._ends = ends
        self._left: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if (length := content_length(message["headers"])) is not None:
                self._left = int(length * self._at)
                if self._ends:
                    message = {**message, "headers": with_length(message["headers"], self._left)}
            await self._send(message)
            return
        body = message.get("body", b"")
        if self._left is None:
            # The end is unknown; the first part has to do.
            self._left = int(len(body) * self._at)
        part, self._left = body[: self._left], max(self._left - len(body), 0)
        more = message.get("more_body", False) if self._ends else True
        await self._send({"type": "http.response.body", "body": part, "more_body": more})


def content_length(headers: list[tuple[bytes, bytes]]) -> int | None:
    """Return the length of a body as its headers tell it; None if they do not."""
    return next((int(value) for name, value in headers if name.lower() == b"content-length"), None)


def with_length(headers: list[tuple[bytes, bytes]], length: int) -> list[tuple[bytes, bytes]]:
    """Return headers with another ``Content-Length``."""
    kept = [header for header in headers if header[0].lower() != b"content-length"]
    return [*kept, (b"content-length", str(length).encode())]


@dataclass(frozen=True)
class SlowBody(FaultKind):
    """An answer whose body comes in parts, with waits between them.

    Args:
        by: The time that the whole body takes.
        parts: The number of its parts.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If an argument makes no sense.
    """

    kind: ClassVar[str] = "slow-body"
    checks: ClassVar[Mapping[str, FieldCheck]] = {"by": named_duration, "parts": check_count_field}

    by: Duration
    parts: int = 4

    async def strike(self, struck: Struck, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the body part by part."""
        pause = to_timedelta(self.by) / self.parts
        size: int | None = None
        left = 0

        async def send_slowly(message: Message) -> None:
            nonlocal size, left
            body = message.get("body", b"")
            if message["type"] == "http.response.start" and (length := content_length(message["headers"])):
                size = -(-length // self.parts)
            if message["type"] == "http.response.start" or not body:
                await send(message)
                return
            # Without a length, the first part of the answer is all that is known of it.
            size = size or -(-len(body) // self.parts)
            while body:
                if not left:
                    await struck.wait(pause, scope)
                    left = size
                part, body = body[:left], body[left:]
                left -= len(part)
                more = bool(body) or message.get("more_body", False)
                await send({**message, "body": part, "more_body": more})

        await app(scope, receive, send_slowly)
