"""A virtual clock: frozen, moved on request, or running at a rate of real time."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, timedelta
from types import ModuleType

from mock_backend.clock import thread_clock as world
from mock_backend.clock.members import TICK, Attendance, Member
from mock_backend.clock.patching import patched_everywhere, patched_module
from mock_backend.clock.real_time import RealTime
from mock_backend.clock.virtual import real_asyncio_sleep
from mock_backend.durations import Duration, to_timedelta

# Not ``monotonic``, which tools that freeze time stop even for those who took it before.
_REAL = time.perf_counter

DEFAULT_START = datetime(2025, 6, 1, 12, tzinfo=UTC)

_MICROSECOND = timedelta(microseconds=1)
# How many turns of an event loop without any activity count as "all tasks wait".
_CALM_TURNS = 10
# A rate can change while somebody waits; look again at least this often (real seconds).
_MAX_PAUSE = 0.05


class FrozenClockWarning(UserWarning):
    """Somebody polls a frozen back-end in a way that cannot make its time pass."""


class Clock:
    """A clock that a test controls.

    At rate 0 it stands still until it is moved: by ``advance`` and ``travel_to``, or by a wait
    of a thread that talks to one of its back-ends. At rate n it runs n times as fast as real
    time, and waits really take 1/n of their length. It never goes backwards.

    Args:
        start: The first instant, aware; a datetime or ISO 8601 text.
        rate: Seconds of this clock per real second.
        source: The real time source in seconds, for tests of the clock itself.
        grace: Real seconds of silence after which a thread no longer holds up a jump.

    Raises:
        ValueError: If the start has no time zone or the rate is negative.
    """

    def __init__(
        self,
        start: datetime | str = DEFAULT_START,
        *,
        rate: float = 0.0,
        source: Callable[[], float] = _REAL,
        grace: float = 0.05,
    ) -> None:
        self.start = to_instant(start)
        self._source = source
        self._rate = _checked_rate(rate)
        self._moved = 0
        self._since = source()
        self._frozen_now = self.start
        #: Where the clock has ever run; a frozen one has nothing to do with real time.
        self._real = RealTime(0, self._rate) if self._rate else None
        # One lock for time and attendance: a jump must see both at one instant.
        self._changed = threading.Condition(threading.RLock())
        self._attendance = Attendance(source, grace)
        self._deadlines: dict[_Wait, int] = {}
        self._restarts = 0
        self._listeners: list[Callable[[datetime], None]] = []
        world.add(self)

    def __repr__(self) -> str:
        return f"<Clock {self.now().isoformat()} elapsed={self.elapsed} rate={self.rate:g}>"

    # -- reading -------------------------------------------------------------------------------

    def now(self) -> datetime:
        """Return the current instant, in UTC."""
        if not self._rate:
            return self._frozen_now
        with self._changed:
            return self.start + self._elapsed_us() * _MICROSECOND

    @property
    def elapsed(self) -> timedelta:
        """How much time has passed since ``start``."""
        return self.now() - self.start

    @property
    def rate(self) -> float:
        """Seconds of this clock per real second; 0 means frozen."""
        return self._rate

    @rate.setter
    def rate(self, value: float) -> None:
        rate = _checked_rate(value)
        with self._changed:
            self._set(self._elapsed_us())
            self._rate = rate
            if self._real is not None:
                self._real.mark(self._moved, rate)
            elif rate:
                self._real = RealTime(self._moved, rate)
            self._changed.notify_all()

    def outside(self, instant: datetime | None = None) -> datetime:
        """Return what other programs' clocks showed at an instant of this one.

        That is real time, once this clock has run: such programs compare it with their own. A clock that has
        always stood still is the only one that its tests know.

        Args:
            instant: An instant that has come; now by default.
        """
        if self._real is None:
            return self.now() if instant is None else instant
        if instant is None:
            return self._real.now()
        with self._changed:
            return self._real.at((instant - self.start) // _MICROSECOND)

    # -- moving --------------------------------------------------------------------------------

    def advance(self, duration: Duration = 0, **units: float) -> datetime:
        """Move the clock forward.

        Args:
            duration: How far, e.g. ``timedelta``, seconds, ``"10m"``.
            **units: Keywords of ``timedelta``, e.g. ``minutes=10``; added to the duration.

        Returns:
            The new instant.

        Raises:
            ValueError: If the sum is negative: time cannot go backwards.
        """
        try:
            step = timedelta(**units)
        except TypeError:
            raise TypeError(
                f"advance() takes a duration, or keywords of timedelta such as minutes=10, not {units!r}."
            ) from None
        step += duration if isinstance(duration, timedelta) else to_timedelta(duration)
        if step < timedelta(0):
            raise ValueError(f"Time cannot go backwards: advance() needs a positive duration, not {step}.")
        with self._changed:
            self._set(self._elapsed_us() + step // _MICROSECOND)
            return self.now()

    def travel_to(self, when: datetime | str) -> datetime:
        """Move the clock forward to an instant.

        Raises:
            ValueError: If the instant has no time zone or lies in the clock's past.
        """
        instant = to_instant(when)
        with self._changed:
            target = (instant - self.start) // _MICROSECOND
            if target < self._elapsed_us():
                raise ValueError(
                    f"Time cannot go backwards: it is {self.now().isoformat()}, "
                    f"and travel_to() was asked for {instant.isoformat()}."
                )
            self._set(target)
            return self.now()

    def restart(self) -> None:
        """Go back to ``start``. For ``MockBackend.reset()``: nothing may remember the old time.

        Waits that are under way end: their deadlines belong to a time that is no more, and must
        not move the new one.
        """
        with self._changed:
            self._restarts += 1
            self._moved, self._since = 0, self._source()
            self._frozen_now = self.start
            self._real = RealTime(0, self._rate) if self._rate else None
            self._changed.notify_all()

    def on_move(self, listener: Callable[[datetime], None]) -> Callable[[], None]:
        """Call a listener with the new instant after each move; return what unregisters it."""

        def call(instant: datetime) -> None:
            listener(instant)

        def unregister() -> None:
            if call in self._listeners:
                self._listeners.remove(call)

        self._listeners.append(call)
        return unregister

    # -- waiting -------------------------------------------------------------------------------

    def sleep(self, duration: Duration) -> None:
        """Wait in this thread.

        On a frozen clock this costs no real time beyond what other threads need: the clock
        jumps to the earliest deadline as soon as every thread that takes part is waiting or
        silent. Waits of several threads overlap.
        """
        with self._changed:
            deadline, restarts = self._deadline(duration), self._restarts
            member = self._attendance.me()
            wait = _Wait(member.thread)
            self._deadlines[wait] = deadline
            self._attendance.begin_wait(member)
            try:
                while restarts == self._restarts and (missing := deadline - self._elapsed_us()) > 0:
                    pause = self._rated_pause(missing) if self._rate else self._jump_or_pause()
                    if pause:
                        self._changed.wait(pause)
            finally:
                del self._deadlines[wait]
                self._attendance.end_wait(member)

    async def asleep(self, duration: Duration) -> None:
        """Wait in this task; other tasks of the event loop go on.

        On a frozen clock the jump comes when the loop has gone round a few times without any
        of its tasks talking to a back-end or starting a wait.
        """
        with self._changed:
            deadline, restarts = self._deadline(duration), self._restarts
            member = self._attendance.begin_task_wait()
            wait = _Wait(member.thread, asyncio.get_running_loop())
            self._deadlines[wait] = deadline
        calm, stir = 0, -1
        try:
            while True:
                with self._changed:
                    missing = deadline - self._elapsed_us()
                    if missing <= 0 or restarts != self._restarts:
                        return
                    pause = 0.0
                    if self._rate:
                        pause = self._rated_pause(missing)
                    elif stir != self._attendance.stir:
                        calm, stir = 0, self._attendance.stir
                    elif (calm := calm + 1) >= _CALM_TURNS:
                        pause = self._jump_or_pause(besides=member)
                await real_asyncio_sleep(pause)
        finally:
            with self._changed:
                del self._deadlines[wait]
                self._attendance.end_task_wait(member)

    def patch(self, module: str | ModuleType) -> AbstractContextManager[None]:
        """Let a module's ``time`` and ``asyncio.sleep`` run on this clock, for a block.

        Args:
            module: The module or its name. Both ``import time`` and ``from time import sleep``
                in it are covered. Threads that talk to other hosts keep real time.
        """
        return patched_module(self, module)

    def patch_all(self) -> AbstractContextManager[None]:
        """Let all of ``time.sleep`` and ``asyncio.sleep`` run on this clock, for a block.

        It applies to this thread and to threads whose latest request went to a back-end.
        """
        return patched_everywhere(self)

    # -- who takes part (called by transports) ---------------------------------------------------

    def begin_request(self) -> Member:
        """Hold the clock still while a request of this thread is being answered."""
        with self._changed:
            return self._attendance.begin_request()

    def end_request(self, member: Member) -> None:
        """End what ``begin_request`` began."""
        with self._changed:
            self._attendance.end_request(member)

    @contextmanager
    def visitor(self) -> Iterator[None]:
        """Hold the clock still while a request that came over a socket is being answered."""
        with self._changed:
            self._attendance.visit(+1)
        try:
            yield
        finally:
            with self._changed:
                self._attendance.visit(-1)

    def leave(self) -> None:
        """Let this thread no longer hold up the clock."""
        with self._changed:
            self._attendance.leave()
            self._changed.notify_all()

    def pledge_task(self) -> "Pledge":
        """Hold the clock still until work handed to another thread is done or waits."""
        return Pledge(self._changed, self._attendance)

    # -- inside ----------------------------------------------------------------------------------

    def _elapsed_us(self) -> int:
        if not self._rate:
            return self._moved
        return self._moved + int((self._source() - self._since) * self._rate * 1_000_000)

    def _set(self, elapsed_us: int) -> None:
        instant = self._instant(elapsed_us)
        moved = elapsed_us != self._moved
        self._moved, self._since = elapsed_us, self._source()
        self._frozen_now = instant
        if moved:
            if self._real is not None:
                self._real.mark(elapsed_us, self._rate)
            self._changed.notify_all()
            for listener in tuple(self._listeners):
                listener(instant)

    def _instant(self, elapsed_us: int) -> datetime:
        try:
            return self.start + elapsed_us * _MICROSECOND
        except OverflowError:
            raise ValueError(f"A clock ends with the year {MAXYEAR}; it cannot go further.") from None

    def _deadline(self, duration: Duration) -> int:
        deadline = self._elapsed_us() + to_timedelta(duration) // _MICROSECOND
        self._instant(deadline)  # refused here, not in the thread that happens to make the jump
        return deadline

    def _rated_pause(self, missing_us: int) -> float:
        return min(missing_us / 1e6 / self._rate, _MAX_PAUSE)

    def _can_wake(self, wait: "_Wait") -> bool:
        # While its loop stands still, a task cannot take its turn, so nobody may wait for it.
        # It will wake late, as it would in real life.
        return wait.loop is None or (wait.loop.is_running() and not self._attendance.is_blocked(wait.thread))

    def _jump_or_pause(self, besides: Member | None = None) -> float:
        """Jump to the earliest deadline (and return 0), or return the real seconds to wait first."""
        earliest = min(deadline for wait, deadline in self._deadlines.items() if self._can_wake(wait))
        if earliest <= self._moved:
            return TICK  # its thread is free to go and has not come round to it yet
        pause = self._attendance.unsettled_for(besides)
        if not pause:
            self._set(earliest)
        return pause


@dataclass(eq=False, frozen=True, slots=True)
class _Wait:
    """A wait under way, of a thread or (with a loop) of a task."""

    thread: threading.Thread
    loop: asyncio.AbstractEventLoop | None = None


class Pledge:
    """Work handed from one thread to another: begun and ended once each, or withdrawn."""

    def __init__(self, lock: threading.Condition, attendance: Attendance) -> None:
        self._lock = lock
        self._attendance = attendance
        self._member: Member | None = None
        self._open = True
        with lock:
            attendance.pledge(+1)

    def begin(self) -> None:
        """Start the work, in the thread that does it."""
        with self._lock:
            if self._open:
                self._open = False
                self._member = self._attendance.begin_task()

    def end(self) -> None:
        """End the work, or withdraw it if it never began."""
        with self._lock:
            if self._member is not None:
                self._attendance.end_task(self._member)
                self._member = None
            elif self._open:
                self._open = False
                self._attendance.pledge(-1)
            self._lock.notify_all()


def to_instant(value: datetime | str) -> datetime:
    """Read an aware instant; raises ValueError if it has no time zone or cannot be read."""
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(
            f"Cannot read {value!r} as an instant: write it like '2025-06-01T12:00:00Z'."
        ) from None
    if not isinstance(instant, datetime):
        raise TypeError(f"An instant is a datetime or an ISO 8601 text, not {value!r}.")
    if instant.tzinfo is None:
        raise ValueError(f"An instant needs a time zone, e.g. '2025-06-01T12:00:00Z'; {value!r} has none.")
    return instant.astimezone(UTC)


def _checked_rate(rate: float) -> float:
    if isinstance(rate, bool) or not isinstance(rate, (int, float)):
        raise TypeError(f"A clock's rate is a number of seconds per real second, not {rate!r}.")
    if not 0 <= rate < float("inf"):
        raise ValueError(f"A clock's rate is 0 (frozen) or a positive number, not {rate!r}.")
    return float(rate)
