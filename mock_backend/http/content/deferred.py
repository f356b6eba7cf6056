"""Answers that take time to make."""

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from datetime import timedelta
from functools import partial
from typing import TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_backend.clock import Clock
from mock_backend.control.faults import wait
from mock_backend.http.content.client_threads import workers

_Made = TypeVar("_Made")


async def made(make: Callable[[], _Made], scope: Scope, *, is_brief: bool = False) -> _Made:
    """Return what is made; behind a socket, others are served meanwhile.

    Args:
        is_brief: True if it takes less time than to hand it to a thread, unless one holds what it needs.
    """
    if "mock_backend.by_hand" in scope or (is_brief and workers.are_idle):
        return make()
    client = dict(scope["headers"]).get(b"authorization") or (scope.get("client") or ("",))[0]
    return await asyncio.wrap_future(workers.submit(client, partial(copy_context().run, make)))


class LateResponse(Response):
    """An answer that comes late, on the back-end's clock."""

    def __init__(self, response: Response, by: timedelta, clock: Clock) -> None:
        super().__init__()
        self._response = response
        self._by = by
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        await wait(self._by, self._clock, scope, scope["mock_backend.send"])
        await self._response(scope, receive, send)


class LaterResponse(Response):
    """An answer that is made when it is sent."""

    def __init__(self, make: Callable[[], Response]) -> None:
        super().__init__()
        self._make = make

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        response = await made(self._make, scope)
        await response(scope, receive, send)
