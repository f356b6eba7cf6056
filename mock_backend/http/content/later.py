"""Answers that take time to make."""

from collections.abc import Callable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_Made = TypeVar("_Made")


async def made(make: Callable[[], _Made], scope: Scope) -> _Made:
    """Return what is made; behind a socket, others are served meanwhile.

    Args:
        make: Makes it.
        scope: The scope of the request that waits for it.
    """
    return make() if "mock_backend.by_hand" in scope else await run_in_threadpool(make)


class LaterResponse(Response):
    """An answer that is made when it is sent.

    Args:
        make: Makes it.
    """

    def __init__(self, make: Callable[[], Response]) -> None:
        super().__init__()
        self._make = make

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        response = await made(self._make, scope)
        await response(scope, receive, send)
