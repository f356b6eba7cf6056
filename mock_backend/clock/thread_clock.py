"""Which clock a thread lives by: that of the back-end it last talked to, or real time."""

import threading
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    from mock_backend.clock.clock import Clock


class _Latest(threading.local):
    clock: "Clock | None" = None
    decided: bool = False


_latest = _Latest()

#: Clocks of open back-ends, or of none yet. A reading of time notes the instant on each (see ``Reading``).
_open_clocks: "WeakSet[Clock]" = WeakSet()
# Somebody may make a clock while somebody else goes through them.
_lock = threading.Lock()


def add(clock: "Clock") -> None:
    """Let threads live by a clock."""
    with _lock:
        _open_clocks.add(clock)


def discard(clock: "Clock") -> None:
    """Let no thread live by a clock any more, until its next request to a back-end on it."""
    with _lock:
        _open_clocks.discard(clock)


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


def is_undecided() -> bool:
    """Tell whether this thread has not sent any request, or its latest went to what is closed now."""
    return not _latest.decided or (_latest.clock is not None and _latest.clock not in _open_clocks)
