"""Members of a clock: threads that have talked to its back-ends, their waits, and work between them."""

import asyncio
import threading
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from mock_backend.clock.time_stand_ins import real_seconds
from mock_backend.dataclass import dataclass

if TYPE_CHECKING:
    from mock_backend.clock.attendance import Attendance

#: Interval of looks while a request is in flight, in real seconds.
TICK = 0.002
#: Work that needs the thread that has handed it on would wait for it in vain; in real seconds.
_PATIENCE = 10.0


class OwnThread(threading.Thread):
    """A thread of ours, which lasts beyond back-ends and waits for none of them."""

    def __init__(self, target: Callable[[], object], *, name: str) -> None:
        super().__init__(target=target, name=f"mock-backend-{name}", daemon=True)


class Member:
    """A thread that has talked to one of the clock's back-ends."""

    __slots__ = (
        *("computes", "endless", "in_flight", "is_left", "lost", "origin", "seen", "tasks", "thread"),
        "waiting",
    )

    def __init__(self, thread: threading.Thread) -> None:
        self.thread = thread
        self.in_flight = 0
        self.waiting = 0
        self.tasks = 0
        self.seen = 0.0
        #: True if it computes for long between its requests.
        self.computes = False
        #: Origin of its latest request.
        self.origin: Hashable = None
        #: Why its next wait can lead to nothing.
        self.endless: str | None = None
        #: Origins of back-ends that another thread has closed, and whether no other one is left.
        self.lost: frozenset[Hashable] = frozenset()
        self.is_left = False

    @property
    def is_busy(self) -> bool:
        """True if it is in the middle of something; a thread of a pool without a task is not."""
        return bool(self.waiting or self.in_flight or self.tasks) or self.seen != float("-inf")


@dataclass(eq=False, frozen=True)
class Wait:
    """A wait under way, of a thread or (with a loop) of a task."""

    thread: threading.Thread
    loop: asyncio.AbstractEventLoop | None = None


class Pledge:
    """Work handed from one thread to another: begun and ended once each, or withdrawn."""

    def __init__(self, attendance: "Attendance") -> None:
        self._attendance = attendance
        self._lock = attendance._changed
        self._member: Member | None = None
        self._open = True
        with self._lock:
            attendance._pledge(+1)

    def begin(self) -> None:
        """Start the work, in the thread that does it."""
        with self._lock:
            if self._open:
                self._open = False
                self._member = self._attendance._begin_task()

    def settle(self) -> None:
        """Hold the clock until the work has ended or waits on it, or for some real seconds."""
        end = real_seconds() + _PATIENCE
        with self._lock:
            member = self._attendance._me()
            member.tasks += 1
            try:
                while (self._open or self._is_at_work) and (left := end - real_seconds()) > 0:
                    self._lock.wait(min(TICK, left))
            finally:
                member.tasks -= 1
                self._attendance._me()

    @property
    def _is_at_work(self) -> bool:
        return self._member is not None and not self._member.waiting

    def end(self) -> None:
        """End the work, or withdraw it if it never began."""
        with self._lock:
            if self._member is not None:
                self._attendance._end_task(self._member)
                self._member = None
            elif self._open:
                self._open = False
                self._attendance._pledge(-1)
            self._lock.notify_all()
