"""Notice clients that would poll for ever: at an instant that stands still, or for a job that never ends."""

import sys
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from types import FrameType, ModuleType
from typing import Any

from mock_backend.clock import Clock, FrozenClockWarning
from mock_backend.clock.stalls import innermost_own
from mock_backend.clock.time_stand_ins import VirtualTime, real_seconds, real_sleep
from mock_backend.errors import Internal

WARN_AFTER = 100
# A poller that sleeps for real is slow: it is warned after this number of reads within these real seconds.
SLOW_READS = 5
SLOW_SECONDS = 5.0
REFUSE_AFTER = 1000

#: So often, and for so long a time of the clock, a client may ask for the status of a job that never ends;
#: within a shorter time it may do so with more requests.
ENDLESS_READS = 5000
ENDLESS_TIME = timedelta(hours=25)
ENDLESS_READS_AT_ONCE = 20_000


class PollGuard:
    """Count reads that tell nothing new; warn first, then refuse, or end the waits of the client.

    Args:
        source: The real time source, in seconds.
    """

    def __init__(self, source: Callable[[], float] = real_seconds) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._at: datetime | None = None
        self._since = 0.0
        self._reads: Counter[str] = Counter()
        self._warned: set[str] = set()
        self._endless: dict[str, tuple[int, datetime]] = {}

    def note(self, subject: str, clock: Clock) -> None:
        """Note that something was asked for that is going to change with time.

        Args:
            subject: The subject of the requests, for a sentence.
            clock: The clock.

        Raises:
            Internal: When it has been asked for too often for the poller to mean anything else.
        """
        if clock.rate:
            return
        now = clock.now()
        with self._lock:
            if now != self._at:
                self._at, self._since = now, self._source()
                self._reads.clear()
                self._warned.clear()
            self._reads[subject] += 1
            reads = self._reads[subject]
            is_slow = reads >= SLOW_READS and self._source() - self._since >= SLOW_SECONDS
            is_told = (is_slow or reads == WARN_AFTER) and subject not in self._warned
            if is_told:
                self._warned.add(subject)
        if is_told:
            # Deep in the app no stack level is the poller's own code.
            warnings.warn(_advice(subject, reads, now), FrozenClockWarning, stacklevel=2)
        if reads > REFUSE_AFTER:
            raise Internal(message=_advice(subject, reads, now))

    def note_status(self, job_id: str, status: str, clock: Clock, ends: Callable[[], bool]) -> None:
        """Note that a client has seen a job which has not ended; end its waits if that is for ever.

        Args:
            job_id: The job.
            status: Its status.
            clock: The clock.
            ends: Tells whether time alone leads to another status.
        """
        if clock.rate:
            return
        now, key = clock.now(), f"{job_id} {status}"
        with self._lock:
            reads, first = self._endless.get(key, (0, now))
            self._endless[key] = reads + 1, first
        if reads < ENDLESS_READS or (now - first < ENDLESS_TIME and reads < ENDLESS_READS_AT_ONCE):
            return
        with self._lock:
            del self._endless[key]
        if not ends():
            clock.give_up(
                f"This wait can never end: the job {job_id!r} has been {status} since {first.isoformat()}, "
                f"in {reads + 1} looks at it, and no time leads to another status. Give it a plan that ends, "
                "e.g. JobPlan(running='10m'), start or cancel it, or let the client stop after a time."
            )


def _advice(subject: str, reads: int, now: datetime) -> str:
    return (
        f"{subject} was asked for {reads} times while the clock stood still at {now.isoformat()}: it will "
        f"never change by itself. {advice()}; or let the clock run with clock.rate = 60."
    )


def advice() -> str:
    """Return what the caller of the request that is being answered should write."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not str(frame.f_globals.get("__name__")).startswith(
        "mock_backend.transports."
    ):
        frame = frame.f_back
    replaced = _replaced_in_client(frame)
    if replaced is not None:
        return (
            f"The sleep of the openeo client is replaced by {replaced!r}, so that its waits move no clock. "
            "Remove that patch: without it they move the clock, and take no real time"
        )
    own = innermost_own(frame)
    if own is None:
        return "Move it with clock.advance(minutes=10)"
    module = str(own.f_globals.get("__name__"))
    place = f"{own.f_code.co_filename}:{own.f_lineno}"
    is_ours = time.sleep is real_sleep or isinstance(getattr(time.sleep, "__self__", None), VirtualTime)
    if not is_ours:
        line = f"with clock.patch({module!r}):" if _sleeps(own.f_globals) else "clock.advance(minutes=10)"
        return (
            f"time.sleep is replaced by {time.sleep!r}, so that no time passes for the poller at {place}. "
            f"Remove that patch, and write `{line}` there"
        )
    if _sleeps(own.f_globals):
        return f"Put the waits of the poller at {place} on it: `with clock.patch({module!r}):`"
    return f"Write `clock.advance(minutes=10)` between the looks at {place}"


def _replaced_in_client(frame: FrameType | None) -> Any:
    """Return the replacement of the sleep of a module of the client that is polling."""
    while frame is not None:
        module = frame.f_globals
        if str(module.get("__name__")).startswith("openeo.") and isinstance(module.get("time"), VirtualTime):
            return vars(module["time"]).get("sleep")
        frame = frame.f_back
    return None


def _sleeps(names: dict[str, Any]) -> bool:
    """Tell whether a module has something to wait with that ``Clock.patch`` would find."""
    return any(
        (isinstance(each, ModuleType) and each.__name__ in ("time", "asyncio")) or each is real_sleep
        for each in names.values()
    )
