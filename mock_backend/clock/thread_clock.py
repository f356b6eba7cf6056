"""The clock that a thread lives by: that of the back-end it last talked to, or real time."""

import os
import threading
from collections.abc import Callable, Hashable
from contextlib import ExitStack
from typing import TYPE_CHECKING
from weakref import WeakSet

from mock_backend.clock.stalls import CLOSED, EndlessWait

if TYPE_CHECKING:
    from mock_backend.clock.clock import Clock


class _Latest(threading.local):
    clock: "Clock | None" = None
    decided: bool = False


_latest = _Latest()

#: Clocks of open back-ends, or of none yet. A reading of time notes the instant on each (see ``Reading``).
_open_clocks: "WeakSet[Clock]" = WeakSet()
# One thread may make a clock while another goes through them.
_lock = threading.Lock()


def add_clock(clock: "Clock") -> None:
    """Let threads live by a clock."""
    with _lock:
        _open_clocks.add(clock)


def discard_clock(clock: "Clock") -> None:
    """Let no thread live by a clock any more, until its next request to a back-end on it."""
    with _lock:
        _open_clocks.discard(clock)


def is_open(clock: object) -> bool:
    """Tell whether threads may live by a clock."""
    with _lock:
        return clock in _open_clocks


def open_clocks() -> "list[Clock]":
    """Return the clocks that threads may live by."""
    with _lock:
        return list(_open_clocks)


def note_request(clock: "Clock | None") -> None:
    """Note that this thread's latest request went to a back-end on this clock, or elsewhere (None)."""
    previous = _latest.clock
    if previous is not None and previous is not clock:
        previous.leave()
    _latest.clock, _latest.decided = clock, True


def clock_of_thread() -> "Clock | None":
    """Return the clock this thread's waits run on; None means real time."""
    return _latest.clock if _latest.clock in _open_clocks else None


def check_not_left() -> None:
    """Raise ``EndlessWait`` if this thread waits for a back-end that another thread has closed."""
    if _latest.clock is not None and _latest.clock.is_left():
        raise EndlessWait(CLOSED)


def has_lost(origin: Hashable) -> bool:
    """Tell whether another thread has closed the back-end that this one talked to at an origin."""
    return _latest.clock is not None and _latest.clock.has_lost(origin)


def is_undecided() -> bool:
    """Tell whether this thread has not sent any request, or its latest went to what is closed now."""
    return not _latest.decided or (_latest.clock is not None and _latest.clock not in _open_clocks)


_forking = ExitStack()
_after_fork: "list[Callable[[], None]]" = []


def _before_fork() -> None:
    """Take all locks, so that a child process begins with none that another thread holds."""
    for clock in open_clocks():
        _after_fork.append(_forking.enter_context(clock.forking()))
    _forking.enter_context(_lock)


def _in_parent() -> None:
    _after_fork.clear()
    _forking.close()


def _in_child() -> None:
    for call in _after_fork:
        call()
    _in_parent()


if hasattr(os, "register_at_fork"):  # where processes fork
    os.register_at_fork(before=_before_fork, after_in_parent=_in_parent, after_in_child=_in_child)
