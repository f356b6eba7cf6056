"""Let the waits of the openeo client and of urllib3 run on the clock of the thread's back-end.

Replaced are names inside those modules, never ``time`` itself, and each wait still decides by
its thread: one that last talked to a host of others waits for real. The version of the client, which each
connection reads from disk, is read once. What sends requests by httpx is replaced, too.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from functools import lru_cache, partial
from types import ModuleType
from typing import Any

from mock_backend.clock import Clock
from mock_backend.clock import thread_clock as world
from mock_backend.clock.members import Pledge
from mock_backend.clock.time_stand_ins import StandIn, VirtualTime
from mock_backend.transports import httpx_hook, refresh_tokens
from mock_backend.transports.patch_points import Patches, PatchPoint


class _Turn:
    """A task in a thread pool, on the clock of the thread that submitted it."""

    def __init__(self, clock: Clock | None) -> None:
        self._clock = clock
        self._pledge: Pledge | None = None
        #: Held until it is known that the task's end will be noticed.
        self.submission = threading.Lock()
        self.is_over = False

    def hold(self) -> None:
        """Hold the clock still until the task ends or waits."""
        if self._clock is not None:
            self._pledge = self._clock.pledge_task()

    def begin(self) -> None:
        if self._pledge is not None:
            self._pledge.begin()
            world.note_request(self._clock)

    def end(self) -> None:
        if self._pledge is not None:
            self._pledge.end()

    def settle(self) -> None:
        """Wait until the task has ended or waits on the clock: threads take turns in one order."""
        if self._pledge is not None and self._clock is not None and not self._clock.rate:
            self._pledge.settle()


class _Turns:
    """The tasks of a thread pool, in their order.

    Only as many as there are threads hold their clock still. The others cannot begin before one
    of those ends: if they held it, too, while those wait on it, all would wait for ever.
    """

    def __init__(self, threads: int) -> None:
        self._lock = threading.Lock()
        self._free = threads
        self._behind: deque[_Turn] = deque()

    def enter(self, turn: _Turn) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                turn.hold()
            else:
                self._behind.append(turn)

    def leave(self, turn: _Turn) -> None:
        with self._lock:
            if turn.is_over:
                return
            turn.is_over = True
            if turn in self._behind:
                self._behind.remove(turn)
            elif self._behind:
                # Before this one lets go, so that the clock cannot jump in between.
                self._behind.popleft().hold()
            else:
                self._free += 1
            turn.end()


def _on_the_clock(thread_pool: Any) -> Any:
    """Return a class of thread pools that hold the clock still while they work."""

    class ThreadPoolExecutor(thread_pool):  # type: ignore[misc]  # found at run time
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._turns = _Turns(self._max_workers)

        def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
            turn = _Turn(world.clock_of_thread())
            self._turns.enter(turn)

            def task() -> Any:
                with turn.submission:
                    turn.begin()
                return function(*args, **kwargs)

            with turn.submission:
                future = super().submit(task)
                # Not in the task: the clock stands until all can see that it has ended or is cancelled.
                future.add_done_callback(lambda _: self._turns.leave(turn))
            turn.settle()
            return future

    return ThreadPoolExecutor


@lru_cache(maxsize=1)
def _concurrent(original: ModuleType) -> StandIn:
    """Stand in for ``concurrent`` in a module that starts thread pools on the client's behalf."""
    pool = _on_the_clock(original.futures.ThreadPoolExecutor)
    return StandIn(original, futures=StandIn(original.futures, ThreadPoolExecutor=pool))


def _virtual_now_utc(original: Any) -> Callable[[], str]:
    def now_utc() -> str:
        clock = world.clock_of_thread()
        text: str = original() if clock is None else original.__self__.datetime(clock.now())
        return text

    return now_utc


def _note_computing(computes: bool) -> None:
    if (clock := world.clock_of_thread()) is not None:
        clock.note_computing(computes)


def _computing(
    original: Callable[..., Any], *, computes: bool = True, until_done: bool = False
) -> Callable[..., Any]:
    """Stand in for what a thread does that computes for long between its requests, or does so no more."""

    def computing(*args: Any, **kwargs: Any) -> Any:
        _note_computing(computes)
        try:
            return original(*args, **kwargs)
        finally:
            if until_done:
                _note_computing(False)

    return computing


def _in_real_time(original: Any) -> Callable[..., Any]:
    """Stand in for what waits for a browser: the queue it waits on knows no clock."""

    def wait_for_browser(*args: Any, **kwargs: Any) -> Any:
        world.note_request(None)
        return original(*args, **kwargs)

    return wait_for_browser


def _virtual_time(_: Any) -> VirtualTime:
    return VirtualTime()


_told_once = lru_cache(maxsize=1)(lambda original: original())


def _once(original: Callable[..., Any]) -> Callable[..., Any]:
    """Stand in for what tells the client's version: reading it costs more than opening a back-end, twice."""
    return partial(_told_once, original)


_openeo = partial(PatchPoint, "openeo")
_httpx = partial(PatchPoint, "httpx", "httpx", lack="to intercept: requests would leave this process")

POINTS = (
    _openeo("openeo.rest.job", "time", _virtual_time, time),
    _openeo("openeo.rest.auth.oidc", "time", _virtual_time, time),
    _openeo("openeo.rest.auth.oidc", "drain_queue", _in_real_time),
    _openeo("openeo.util", "rfc3339.now_utc", _virtual_now_utc),
    _openeo("openeo", "client_version", _once),
    PatchPoint("urllib3", "urllib3.util.retry", "time", _virtual_time, time),
)
#: Place where the client keeps refresh tokens; replaced while issuers of ours are in the place of real ones.
TOKEN_POINTS = (
    _openeo("openeo.rest.auth.config", "RefreshTokenStore.get_refresh_token", refresh_tokens.reading),
    _openeo("openeo.rest.auth.config", "RefreshTokenStore.set_refresh_token", refresh_tokens.writing),
)
#: Heavy modules: not imported for this, but patched at their import.
LATE_POINTS = (
    _openeo("openeo.extra.job_management._manager", "time", _virtual_time, time),
    # The manager keeps its table between requests, and who has started its thread shows that table.
    *(
        _openeo("openeo.extra.job_management._manager", f"MultiBackendJobManager.{name}", stand_in)
        for name, stand_in in (
            ("_job_update_loop", _computing),
            ("run_jobs", partial(_computing, until_done=True)),
            ("start_job_thread", _computing),
            ("stop_job_thread", partial(_computing, computes=False)),
        )
    ),
    _openeo("openeo.extra.job_management._thread_worker", "concurrent", _concurrent),
    # respx is started by the first request.
    _httpx("Client.send", httpx_hook.starting),
    _httpx("AsyncClient.send", httpx_hook.starting_async),
)


waits = Patches(POINTS, LATE_POINTS)
kept_tokens = Patches(TOKEN_POINTS)
