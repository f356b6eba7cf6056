"""The part of a clock that knows who takes part in its time."""

import asyncio
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager

from mock_backend.clock import thread_clock
from mock_backend.clock.members import TICK, Attendance, Member
from mock_backend.clock.pledges import Pledge
from mock_backend.clock.stalls import EndlessWait
from mock_backend.dataclass import dataclass

# So long a fork waits for requests of other threads, in real seconds.
_FORK_SECONDS = 1.0


@dataclass(eq=False, frozen=True)
class Wait:
    """A wait under way, of a thread or (with a loop) of a task."""

    thread: threading.Thread
    loop: asyncio.AbstractEventLoop | None = None


class Attended:
    """Reports of transports to a clock: requests, work that is handed on, back-ends that close, forks.

    Args:
        source: The real time source, in seconds.
        grace: Real seconds of silence after which a thread no longer holds up a jump.
    """

    def __init__(self, source: Callable[[], float], grace: float) -> None:
        self._source = source
        # One lock for time and attendance: a jump must see both at one instant.
        self._changed = threading.Condition(threading.RLock())
        self._attendance = Attendance(source, grace)
        self._deadlines: dict[Wait, int] = {}
        self._endless: str | None = None

    def begin_request(self, origin: Hashable = None) -> Member:
        """Hold the clock still while a request of this thread is being answered.

        Args:
            origin: The origin of its URL.
        """
        with self._changed:
            member = self._attendance.begin_request(origin)
            if origin is not None and not thread_clock.is_open(self):
                # Another thread has closed the back-end since this one found it.
                member.lost, member.is_left = member.lost | {origin}, True
            return member

    def note_origin(self, origin: Hashable) -> None:
        """Note that a request of this thread goes to an origin by a socket."""
        with self._changed:
            member = self._attendance.me()
            member.origin, member.is_left = origin, False

    def end_request(self, member: Member) -> None:
        """End what ``begin_request`` began."""
        with self._changed:
            self._attendance.end_request(member)

    def note_computing(self, computes: bool) -> None:
        """Note that this thread computes for long between its requests, or does so no more."""
        with self._changed:
            self._attendance.me().computes = computes

    @contextmanager
    def visitor(self) -> Iterator[None]:
        """Hold the clock still while a request that came over a socket is being answered."""
        with self._changed:
            self._attendance.visit(+1)
        try:
            yield
        finally:
            with self._changed:
                self._attendance.visit(-1)

    def leave(self) -> None:
        """Let this thread no longer hold up the clock."""
        with self._changed:
            self._attendance.leave()
            self._changed.notify_all()

    def pledge_task(self) -> Pledge:
        """Hold the clock still until work handed to another thread is done or waits."""
        return Pledge(self._changed, self._attendance)

    def leave_others(self, origins: Iterable[Hashable], *, for_good: bool) -> list[threading.Thread]:
        """Note that nothing answers at some origins any more.

        Args:
            origins: The origins that threads may have sent requests to.
            for_good: True if no back-end is left on this clock: other threads' waits end then.

        Returns:
            The threads that were in the middle of a conversation.
        """
        with self._changed:
            if left := self._attendance.leave_others(origins, for_good=for_good):
                self._changed.notify_all()
            return left

    def is_left(self) -> bool:
        """Tell whether another thread has closed all that this one could talk to."""
        member = self._attendance.known()
        return member is not None and member.is_left

    def has_lost(self, origin: Hashable) -> bool:
        """Tell whether another thread has closed what this one talked to at an origin."""
        member = self._attendance.known()
        return member is not None and origin in member.lost

    def give_up(self, reason: str) -> None:
        """Let the next wait of the thread that is served end with an error; from a socket, any next wait."""
        with self._changed:
            member = self._attendance.known()
            if member is not None and member.in_flight:
                member.endless = reason
            else:
                self._endless = reason

    @contextmanager
    def forking(self) -> Iterator[Callable[[], None]]:
        """Hold the clock, with no request in flight in other threads, while this process forks.

        Yields:
            What the child calls: its only thread is this one.
        """
        with self._changed:
            # Requests take locks of stores and registers, which no thread of the child would give back.
            until = self._source() + _FORK_SECONDS
            while self._attendance.is_serving_others() and self._source() < until:
                self._changed.wait(TICK)
            yield self._after_fork

    def _check_endless(self, member: Member) -> None:
        reason = member.endless or self._endless
        member.endless = self._endless = None
        if reason is not None:
            raise EndlessWait(reason)

    def _after_fork(self) -> None:
        this = threading.current_thread()
        self._attendance.forked()
        self._deadlines = {wait: at for wait, at in self._deadlines.items() if wait.thread is this}
