"""Work on its way from one thread to another, which holds the clock still."""

import threading

from mock_backend.clock.members import TICK, Attendance, Member
from mock_backend.clock.time_stand_ins import real_seconds

#: Work that needs the thread that has handed it on would wait for it in vain; in real seconds.
_PATIENCE = 10.0


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

    def settle(self) -> None:
        """Hold the clock until the work has ended or waits on it, or for some real seconds."""
        end = real_seconds() + _PATIENCE
        with self._lock:
            member = self._attendance.me()
            member.tasks += 1
            try:
                while (self._open or self._is_at_work) and (left := end - real_seconds()) > 0:
                    self._lock.wait(min(TICK, left))
            finally:
                member.tasks -= 1
                self._attendance.me()

    @property
    def _is_at_work(self) -> bool:
        return self._member is not None and not self._member.waiting

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
