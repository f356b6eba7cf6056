"""Work on its way from one thread to another, which holds the clock still."""

import threading

from mock_backend.clock.members import Attendance, Member


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
