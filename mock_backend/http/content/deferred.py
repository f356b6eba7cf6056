"""Answers that take time to make, and threads for them, so that a server's event loop can go on meanwhile."""

import asyncio
import threading
from collections import Counter, deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from contextvars import copy_context
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_backend.clock import Clock
from mock_backend.clock.members import OwnThread
from mock_backend.control.faults import wait

_Made = TypeVar("_Made")


#: Number of threads, and of those that one client can keep busy.
_THREADS, _EACH = 4, 2
#: A thread that has nothing to do for so long ends, in seconds.
_IDLE = 1.0

_Task = tuple["Future[Any]", Callable[[], Any]]


class ClientThreads:
    """A few threads that work for clients in turn; no client gets all of them.

    Args:
        each: The maximum number of threads for one client.
    """

    def __init__(self, threads: int = _THREADS, each: int = _EACH) -> None:
        self._most, self._each = threads, each
        self._changed = threading.Condition()
        #: By client, whose turn it is first.
        self._waiting: dict[Hashable, deque[_Task]] = {}
        self._running: Counter[Hashable] = Counter()
        self._threads = self._idle = 0

    @property
    def are_idle(self) -> bool:
        """True if they work for no client, so that nothing they hold has to be waited for."""
        return not (self._running or self._waiting)

    def submit(self, client: Hashable, work: Callable[[], Any]) -> "Future[Any]":
        """Let a thread do something."""
        future: Future[Any] = Future()
        with self._changed:
            self._waiting.setdefault(client, deque()).append((future, work))
            if sum(map(len, self._waiting.values())) <= self._idle or self._threads == self._most:
                self._changed.notify()
            else:
                self._threads += 1
                # A daemon: the end of a server does not wait for answers without a client.
                OwnThread(self._run, name="worker").start()
        return future

    def _run(self) -> None:
        while (task := self._take()) is not None:
            client, (future, work) = task
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work())
                except BaseException as error:  # whoever waits for it has to know
                    future.set_exception(error)
            # What it has led to is no longer this thread's to keep.
            del task, future, work
            with self._changed:
                self._running[client] -= 1
                if not self._running[client]:
                    del self._running[client]
                self._changed.notify()

    def _take(self) -> tuple[Hashable, _Task] | None:
        """Wait for something to do; None if there is nothing for long."""
        with self._changed:
            self._idle += 1
            try:
                while (client := self._next()) is None:
                    if not self._changed.wait(_IDLE) and self._next() is None:
                        self._threads -= 1
                        return None
            finally:
                self._idle -= 1
            tasks = self._waiting.pop(client)
            task = tasks.popleft()
            if tasks:
                # Its next turn comes after those of the others.
                self._waiting[client] = tasks
            self._running[client] += 1
            return client, task

    def _next(self) -> Hashable | None:
        return next((each for each in self._waiting if self._running[each] < self._each), None)


#: Those of this process.
workers = ClientThreads()


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
