"""Answers that come late."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.types import Message, Scope, Send

from mock_backend.clock import Clock
from mock_backend.clock.virtual import real_asyncio_sleep
from mock_backend.durations import Duration, to_timedelta


@dataclass(frozen=True)
class Delay:
    """An answer that comes late: the request is served at once, but nobody hears of it until later.

    The wait is one on the back-end's clock. A client that has no patience for it runs into its own
    timeout, and what it has asked for has been done all the same.

    Args:
        by: How late.

    Raises:
        TypeError: If that is no duration.
        ValueError: If it is negative.
    """

    by: Duration

    def __post_init__(self) -> None:
        try:
            to_timedelta(self.by)
        except (TypeError, ValueError) as error:
            raise type(error)(f"Delay: {error}") from None

    @property
    def duration(self) -> timedelta:
        """How late."""
        return to_timedelta(self.by)


def late(delay: Delay, scope: Scope, send: Send, clock: Clock) -> Send:
    """Return what sends an answer late.

    Args:
        delay: How late.
        scope: The request. If it was made in this process its transport waits, for as long as the
            client has patience: in here the request would hold the clock still.
        send: What sends answers.
        clock: The clock.
    """
    if "mock_backend.by_hand" in scope:
        scope["mock_backend.delay"] = delay.duration
        return send

    async def send_late(message: Message) -> None:
        if message["type"] == "http.response.start":
            if clock.rate:
                await real_asyncio_sleep(delay.duration.total_seconds() / clock.rate)
            else:
                clock.advance(delay.duration)
        await send(message)

    return send_late
