"""Who takes part in a clock's time, and whether all of them are settled.

A frozen clock may jump only when nobody is in the middle of something. A thread takes part once
it has talked to one of the clock's back-ends. It is settled while it waits on the clock, when it
has ended, or when it has been silent for a short real *grace*. A thread that has just appeared
has not had its say yet, so each newcomer restarts the grace for all: eight threads started in a
loop all get to send their first request before the first of them makes time jump.
"""

import threading
from collections.abc import Callable
from weakref import WeakSet

#: How soon to look again while a request is in flight, in real seconds.
TICK = 0.002


class Member:
    """A thread that has talked to one of the clock's back-ends."""

    __slots__ = ("in_flight", "seen", "tasks", "thread", "waiting")

    def __init__(self, thread: threading.Thread) -> None:
        self.thread = thread
        self.in_flight = 0
        self.waiting = 0
        self.tasks = 0
        self.seen = 0.0


class Attendance:
    """Keep the members of one clock. All calls are made under that clock's lock.

    Args:
        source: The real time source, in seconds.
        grace: How long a thread must be silent to count as settled, in real seconds.
    """

    def __init__(self, source: Callable[[], float], grace: float) -> None:
        self._source = source
        self._grace = grace
        self._members: dict[threading.Thread, Member] = {}
        self._local = threading.local()
        self._known: WeakSet[threading.Thread] = WeakSet(threading.enumerate())
        self._changed = float("-inf")
        self._pledges = 0
        self._visitors = 0
        self.stir = 0
        self._join(threading.current_thread())

    def me(self) -> Member:
        """Return the calling thread's membership, which begins here if it has none."""
        member: Member | None = getattr(self._local, "member", None)
        if member is None:
            thread = threading.current_thread()
            if thread not in self._known:
                self._known.add(thread)
                self._changed = self._source()
            member = self._join(thread)
        return member

    def leave(self) -> None:
        """End the calling thread's membership."""
        if getattr(self._local, "member", None) is not None:
            self._local.member = None
            self._members.pop(threading.current_thread(), None)

    def begin_request(self) -> Member:
        member = self.me()
        member.in_flight += 1
        self.stir += 1
        return member

    def end_request(self, member: Member) -> None:
        member.in_flight -= 1
        member.seen = self._source()
        self.stir += 1

    def visit(self, change: int) -> None:
        """Count requests in flight that come from outside this process's threads."""
        self._visitors += change
        self.stir += 1

    def pledge(self, change: int) -> None:
        """Count work that was handed to a thread which has not begun it."""
        self._pledges += change

    def begin_task(self) -> Member:
        """Turn a pledge into a task of the calling thread, busy until ``end_task``."""
        self._pledges -= 1
        member = self.me()
        member.tasks += 1
        return member

    def end_task(self, member: Member) -> None:
        """End a task; its thread goes back to idling and is settled at once."""
        member.tasks -= 1
        member.seen = float("-inf")

    def unsettled_for(self, besides: Member | None = None) -> float:
        """Return 0 if the clock may jump, else the real seconds after which to ask again.

        Args:
            besides: A member that vouches for itself.
        """
        if self._pledges or self._visitors:
            return TICK
        if threading.active_count() > 1:
            self._greet_newcomers()
        pause = 0.0
        for member in list(self._members.values()):
            if member.waiting or member is besides:
                continue
            if not member.thread.is_alive():
                del self._members[member.thread]
            elif member.in_flight or member.tasks:
                return TICK
            else:
                quiet = self._source() - max(member.seen, self._changed)
                pause = max(pause, self._grace - quiet)
        return max(pause, TICK) if pause > 0 else 0.0

    def _greet_newcomers(self) -> None:
        for thread in threading.enumerate():
            if thread not in self._known:
                self._known.add(thread)
                self._changed = self._source()

    def _join(self, thread: threading.Thread) -> Member:
        member = self._members[thread] = self._local.member = Member(thread)
        # Not "now": a thread that is alone pays no grace for having just joined.
        member.seen = float("-inf")
        return member
