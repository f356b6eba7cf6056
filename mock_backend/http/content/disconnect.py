"""Notice that a client has gone while a long body is being sent to it."""

import asyncio
from types import TracebackType

from starlette.types import Receive, Scope


class Departure:
    """Watch for a client's leaving, between the parts of a body.

    Servers accept data for clients that have gone, so the sender must ask. In this process no
    client leaves unnoticed: a call is ended by whoever drives it.

    Args:
        scope: The scope of the request.
        receive: The source of the client's messages; its request has been read.
    """

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._is_noticed = "mock_backend.by_hand" in scope
        self._watch: asyncio.Task[None] | None = None

    async def has_come(self) -> bool:
        """Let others have their turn, and tell whether the client has gone."""
        if self._is_noticed:
            return False
        if self._watch is None:
            self._watch = asyncio.create_task(self._wait())
        await asyncio.sleep(0)
        return self._watch.done()

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def __enter__(self) -> "Departure":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watch is not None:
            self._watch.cancel()
