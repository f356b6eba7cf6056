"""Stand-ins for the ``time`` and ``asyncio`` modules that follow the thread's clock."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any

from mock_backend.clock import thread_clock as world

if TYPE_CHECKING:
    from mock_backend.clock.clock import Clock

# Taken once: while ``patch_all`` is active, the modules' own attributes are ours.
real_sleep = time.sleep
real_asyncio_sleep = asyncio.sleep


def _real_source() -> Callable[[], float]:
    """Return a source of real seconds that tools which freeze time leave alone."""
    if hasattr(time, "clock_gettime"):
        return partial(time.clock_gettime, time.CLOCK_MONOTONIC)
    return partial(time.perf_counter)  # inside of something else, where such tools do not look


real_seconds = _real_source()

ClockChooser = Callable[[], "Clock | None"]


class Reading(float):
    """An instant that remembers what it was on every open clock.

    A client may read the time before its first request, when its thread has not chosen a
    world yet, and subtract that reading from one taken after. The difference of two readings
    is taken on the clock of the later one (the minuend), so it never mixes two clocks. If that
    clock did not exist at the earlier reading, it is taken on the clock of the earlier one.
    """

    __slots__ = ("on_clock", "world")

    world: "Clock | None"
    on_clock: "dict[Clock | None, float]"

    def __sub__(self, earlier: float) -> float:
        if isinstance(earlier, Reading) and earlier.world is not self.world:
            if self.world in earlier.on_clock:
                return float(self) - earlier.on_clock[self.world]
            return self.on_clock.get(earlier.world, float(self)) - float(earlier)
        return float(self) - float(earlier)


class StandIn:
    """Stand in for a module; whatever is not an attribute of its own is the real thing."""

    def __init__(self, original: ModuleType, **others: Any) -> None:
        self._original = original
        vars(self).update(others)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)


class VirtualTime(StandIn):
    """Stand in for the ``time`` module.

    Args:
        choose: Tells the clock of the calling thread; None means real time.
    """

    def __init__(self, choose: ClockChooser = world.clock_of_thread) -> None:
        super().__init__(time)
        self._choose = choose

    def sleep(self, seconds: float) -> None:
        """Wait on the thread's clock, or really."""
        clock = self._choose()
        if clock is None:
            world.check_not_left()
            real_sleep(seconds)
        elif seconds < 0:
            raise ValueError("sleep length must be non-negative")  # as time.sleep does
        else:
            clock.sleep(seconds)

    def time(self) -> float:
        """Return seconds since the epoch on the thread's clock."""
        return self._read(time.time(), lambda clock: clock.now().timestamp())

    def monotonic(self) -> float:
        """Return a count of seconds that never goes back, on the thread's clock."""
        return self._read(time.monotonic(), lambda clock: clock.elapsed.total_seconds())

    perf_counter = monotonic

    def _read(self, real: float, virtual: "Callable[[Clock], float]") -> Reading:
        clock = self._choose()
        on_clock: dict[Clock | None, float] = {each: virtual(each) for each in world.open_clocks()}
        on_clock[None] = real
        value = real if clock is None else virtual(clock)
        reading = Reading(value)
        reading.world, reading.on_clock = clock, on_clock
        return reading


class VirtualAsyncio(StandIn):
    """Stand in for the ``asyncio`` module: ``sleep`` runs on the thread's clock."""

    def __init__(self, choose: ClockChooser) -> None:
        super().__init__(asyncio)
        self._choose = choose

    async def sleep(self, delay: float, result: Any = None) -> Any:
        """Wait on the thread's clock, or really."""
        clock = self._choose()
        if clock is None or delay <= 0:
            return await real_asyncio_sleep(delay, result)
        await clock.asleep(delay)
        return result
