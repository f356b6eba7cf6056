"""Waits that make no progress: noticing them, and telling which threads hold them up."""

import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from types import FrameType

#: Real seconds without any progress after which an idle process counts as stuck.
IDLE_SECONDS = 5.0
#: The same for a process that computes: perhaps the clock is held by work that takes so long.
BUSY_SECONDS = 60.0
# A process that uses less of a processor than this computes nothing.
_IDLE_LOAD = 0.05
# After this long without progress it is enough to look again every so often (real seconds).
_CALM_AFTER, _CALM_PAUSE = 0.5, 0.02
# A gap between two looks says nothing about the time between them: a debugger may have stopped everything.
_MAX_GAP = 0.1
# No more threads are told.
_MOST = 20

#: Said to a thread that is about to wait for a back-end that is no more.
CLOSED = (
    "The back-end that this thread talks to has been closed by another thread: the wait would be a real one, "
    "and lead to nothing. Let the thread end first, e.g. by thread.join() before the back-end is closed."
)

_DEBUGGERS = frozenset({"bdb", "pdb", "ipdb", "pydevd", "_pydevd_bundle", "debugpy"})


@lru_cache(maxsize=1)
def _libraries() -> tuple[str, ...]:
    """Return the folders of the standard library, of installed packages and of this one."""
    import sysconfig  # only for the text of an error

    paths = sysconfig.get_paths()
    folders = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders.add(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return tuple(os.path.join(folder, "") for folder in folders)


class EndlessWait(RuntimeError):
    """A wait on a clock that can never end, or that could lead to nothing."""


class ProgressWatch:
    """Tells when a wait has seen no progress for too long.

    Args:
        source: The real time source, in seconds.
        used: The processor time that this process has used, in seconds.
    """

    def __init__(self, source: Callable[[], float], used: Callable[[], float] = time.process_time) -> None:
        self._source, self._used = source, used
        self._mark: Hashable = None
        self._looked = self._idle = self._used_before = 0.0

    def pause(self, mark: Hashable, pause: float) -> float | None:
        """Return the real seconds to wait before the next look; None if nothing is going to change.

        Args:
            mark: A value that changes with each progress.
            pause: The seconds that would be right if all goes well.
        """
        now = self._source()
        if mark != self._mark:
            self._mark, self._idle, self._used_before = mark, 0.0, self._used()
        else:
            self._idle += min(now - self._looked, _MAX_GAP)
        self._looked = now
        if self._idle < _CALM_AFTER:
            return pause
        if self._idle >= IDLE_SECONDS:
            load = (self._used() - self._used_before) / self._idle
            if (load < _IDLE_LOAD or self._idle >= BUSY_SECONDS) and not _is_debugged():
                return None
        return max(pause, _CALM_PAUSE)


def held_text(now: datetime, roles: Mapping[threading.Thread, str], others: Iterable[str]) -> str:
    """Tell what holds a clock still.

    Args:
        now: The instant at which it stands.
        others: The holders that have no thread of their own.
    """
    frames = frames_of_threads()
    threads = sorted(threading.enumerate(), key=lambda thread: (thread not in roles, thread.ident or 0))
    lines = [
        f"thread {thread.name!r} {roles.get(thread, 'takes no part')}, {_place(frames[thread.ident])}"
        for thread in threads[:_MOST]
        if thread.ident in frames
    ]
    told = "".join(f"\n  - {line}" for line in (*lines, *others))
    return (
        f"This wait can never end: the clock stands still at {now.isoformat()}, and nothing has happened for "
        f"{IDLE_SECONDS:g} real seconds. It cannot move while a request is answered or a task is under way:"
        f"{told}\nWhat holds it seems to wait for a thread that waits on the clock. Do not wait for such a "
        "thread there, move the clock by hand with clock.advance(), or let it run with clock.rate = 60."
    )


def frames_of_threads() -> dict[int, FrameType]:
    """Return the frame that each thread is in, by the identifier of the thread.

    Before Python 3.12 the interpreter locks its list of threads meanwhile, and destructors that garbage
    collection calls may wait for that lock: the process would stand still.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        return sys._current_frames()
    finally:
        if collects:
            gc.enable()


def innermost_own(frame: FrameType | None) -> FrameType | None:
    """Return the innermost frame that belongs to no library."""
    while frame is not None and frame.f_code.co_filename.startswith(_libraries()):
        frame = frame.f_back
    return frame


def _place(frame: FrameType) -> str:
    """Tell where a thread is: the innermost line that belongs to no library, and what it calls there."""
    inner, found = frame.f_code, innermost_own(frame)
    if found is None:
        return f"in {inner.co_qualname}"
    code = found.f_code
    where = f"at {code.co_filename}:{found.f_lineno} in {code.co_qualname}"
    return where if code is inner else f"{where} (in {inner.co_qualname})"


def _is_debugged() -> bool:
    for found in frames_of_threads().values():
        frame: FrameType | None = found
        while frame is not None:
            if str(frame.f_globals.get("__name__")).partition(".")[0] in _DEBUGGERS:
                return True
            frame = frame.f_back
    return False
