"""Extend a clock to a module, or to everything, for a block."""

import asyncio
import importlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

from mock_backend.clock import thread_clock as world
from mock_backend.clock.time_stand_ins import VirtualAsyncio, VirtualTime, real_asyncio_sleep, real_sleep

if TYPE_CHECKING:
    from mock_backend.clock.clock import Clock


@contextmanager
def patched_module(clock: "Clock", module: str | ModuleType) -> Iterator[None]:
    """Replace what a module imported from ``time`` and ``asyncio``; see ``Clock.patch``."""
    # Imported here: it brings unittest, which takes as long as all of the clock.
    from unittest import mock

    target = importlib.import_module(module) if isinstance(module, str) else module

    def choose() -> "Clock | None":
        # The caller named this module for this clock, so that is where a thread begins.
        return clock if world.is_undecided() else world.clock_of_thread()

    virtual, loops = VirtualTime(choose), VirtualAsyncio(choose)
    # Compared by identity below: attributes of a module can be anything, arrays included.
    stand_ins: list[tuple[object, Any]] = [
        (time, virtual),
        (real_sleep, virtual.sleep),
        (time.time, virtual.time),
        (time.monotonic, virtual.monotonic),
        (time.perf_counter, virtual.perf_counter),
        (asyncio, loops),
        (real_asyncio_sleep, loops.sleep),
    ]
    found = {
        name: replacement
        for name, value in vars(target).items()
        for original, replacement in stand_ins
        if value is original
    }
    if not found:
        raise ValueError(
            f"Module {target.__name__!r} has no attribute that is `time`, `time.sleep`, `asyncio` or "
            "`asyncio.sleep`: there is nothing to run on the clock. Name the module that does the waiting."
        )
    with mock.patch.multiple(target, **found):
        yield


@contextmanager
def patched_everywhere(clock: "Clock") -> Iterator[None]:
    """Replace ``time.sleep`` and ``asyncio.sleep`` themselves; see ``Clock.patch_all``."""
    from unittest import mock

    owner = threading.get_ident()

    def choose() -> "Clock | None":
        if world.is_undecided():
            # Not for every thread: a background heartbeat would make time race.
            return clock if threading.get_ident() == owner else None
        return world.clock_of_thread()

    with (
        mock.patch.object(time, "sleep", VirtualTime(choose).sleep),
        mock.patch.object(asyncio, "sleep", VirtualAsyncio(choose).sleep),
    ):
        yield
