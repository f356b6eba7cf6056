"""Threads that make answers behind a socket, so that its event loop can go on with other requests."""

import threading
from collections import Counter, deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any

from mock_backend.clock.members import OwnThread

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
