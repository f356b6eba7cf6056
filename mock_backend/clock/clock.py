"""A virtual clock: frozen, moved on request, or running at a rate of real time."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import MAXYEAR, UTC, datetime, timedelta
from functools import partial
from types import ModuleType

from mock_backend.clock import thread_clock as world
from mock_backend.clock.attendance import Attendance
from mock_backend.clock.members import TICK, Member, Wait
from mock_backend.clock.patching import patched_everywhere, patched_module
from mock_backend.clock.real_time import RealTime
from mock_backend.clock.stalls import CLOSED, EndlessWait, ProgressWatch, held_text
from mock_backend.clock.time_stand_ins import real_asyncio_sleep, real_seconds
from mock_backend.durations import Duration, to_instant, to_timedelta

DEFAULT_START = datetime(2025, 6, 1, 12, tzinfo=UTC)

_MICROSECOND = timedelta(microseconds=1)
# How many turns of an event loop without any activity count as "all tasks wait".
_CALM_TURNS = 10
# A rate can change during a wait; look again at least this often (real seconds).
_MAX_PAUSE = 0.05


class FrozenClockWarning(UserWarning):
    """A loop polls a frozen back-end in a way that cannot make its time pass."""


class Clock(Attendance):
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
        source: Callable[[], float] = real_seconds,
        grace: float = 0.05,
    ) -> None:
        self.start = to_instant(start)
        self._source = source
        self._rate = _checked_rate(rate)
        self._moved = 0
        self._since = source()
        self._frozen_now = self.start
        #: Stretches in which the clock has run; a frozen one has nothing to do with real time.
        self._real = RealTime(0, self._rate) if self._rate else None
        super().__init__(source, grace)
        self._restarts = 0
        self._listeners: list[Callable[[datetime], None]] = []
        world.add_clock(self)

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
        """Time passed since ``start``."""
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
            duration: The distance, e.g. ``timedelta``, seconds, ``"10m"``.
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
                f"advance() takes a duration, or keywords of timedelta such as minutes=10, got {units!r}."
            ) from None
        step += duration if isinstance(duration, timedelta) else to_timedelta(duration)
        if step < timedelta(0):
            raise ValueError(f"Time cannot go backwards: advance() takes a duration ≥ 0, got {step}.")
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
            self._endless = None
            self._moved, self._since = 0, self._source()
            self._frozen_now = self.start
            self._real = RealTime(0, self._rate) if self._rate else None
            self._changed.notify_all()

    def on_move(self, listener: Callable[[datetime], None]) -> Callable[[], None]:
        """Call a listener with the new instant after each move; return what unregisters it."""
        call = partial(listener)  # another object than that of the same listener given twice

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

        Raises:
            EndlessWait: If the clock is held for good, e.g. by a request that waits for this thread; if
                what the thread waits for can never happen; or if its back-end has been closed.
        """
        watch = ProgressWatch(self._source)
        with self._changed:
            deadline, restarts = self._deadline(duration), self._restarts
            member = self._me()
            self._check_endless(member)
            was_left = member.is_left
            wait = self._begin_wait(member, deadline)
            try:
                while restarts == self._restarts and (missing := deadline - self._elapsed_us()) > 0:
                    pause = self._rated_pause(missing) if self._rate else self._jump_or_pause(watch)
                    if pause:
                        self._changed.wait(pause)
                        if member.is_left and not was_left:
                            raise EndlessWait(CLOSED)
                while not self._rate and not self._has_turn(member, self._due):
                    self._changed.wait(TICK)
            finally:
                self._end_wait(member, wait)

    async def asleep(self, duration: Duration) -> None:
        """Wait in this task; other tasks of the event loop go on.

        On a frozen clock the jump comes when the loop has gone round a few times without any
        of its tasks talking to a back-end or starting a wait. Below other event loops than those of
        asyncio, a thread waits for the task.

        Raises:
            EndlessWait: As ``sleep`` does.
        """
        if asyncio._get_running_loop() is None:
            await self._sleep_in_thread(duration)
            return
        watch = ProgressWatch(self._source)
        with self._changed:
            deadline, restarts = self._deadline(duration), self._restarts
            member = self._me()
            wait = self._begin_wait(member, deadline, asyncio.get_running_loop())
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
                    elif stir != self._stir:
                        calm, stir = 0, self._stir
                    elif (calm := calm + 1) >= _CALM_TURNS:
                        pause = self._jump_or_pause(watch, besides=member)
                await real_asyncio_sleep(pause)
        finally:
            with self._changed:
                self._end_wait(member, wait)

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

    def _due(self) -> list[threading.Thread]:
        """Return the threads whose waits are over, in the order in which those were to end and began."""
        due = [
            wait for wait, deadline in self._deadlines.items() if deadline <= self._moved and not wait.loop
        ]
        return [wait.thread for wait in sorted(due, key=self._deadlines.__getitem__)]

    def _can_wake(self, wait: Wait) -> bool:
        # While its loop stands still, a task cannot take its turn, so no thread may wait for it.
        # It will wake late, as it would in real life.
        return wait.loop is None or (wait.loop.is_running() and not self._is_blocked(wait.thread))

    def _jump_or_pause(self, watch: ProgressWatch, besides: Member | None = None) -> float:
        """Jump to the earliest deadline (and return 0), or return the real seconds to wait first."""
        earliest = min(deadline for wait, deadline in self._deadlines.items() if self._can_wake(wait))
        if earliest <= self._moved:
            pause = TICK  # its thread is free to go and has not come round to it yet
        elif not (pause := self._unsettled_for(besides)):
            self._set(earliest)
            return 0.0
        next_look = watch.pause((self._moved, self._restarts, self._stir), pause)
        if next_look is None:
            waits = {
                wait.thread: f"waits until {self._instant(at):%H:%M:%S}"
                for wait, at in self._deadlines.items()
            }
            roles = waits | self._roles()
            raise EndlessWait(held_text(self.now(), roles, self._unseen()))
        return next_look

    async def _sleep_in_thread(self, duration: Duration) -> None:
        from anyio import to_thread

        pledge = self.pledge_task()

        def work() -> None:
            pledge.begin()
            try:
                self.sleep(duration)
            finally:
                pledge.end()

        try:
            await to_thread.run_sync(work)
        finally:
            pledge.end()


def _checked_rate(rate: float) -> float:
    if isinstance(rate, bool) or not isinstance(rate, (int, float)):
        raise TypeError(f"A clock's rate must be a number of seconds per real second, got {rate!r}.")
    if not 0 <= rate < float("inf"):
        raise ValueError(f"A clock's rate must be 0 (frozen) or a finite positive number, got {rate!r}.")
    return float(rate)
