"""Attendance: the threads that take part in a clock's time, and whether all of them are settled.


A frozen clock may jump only when no thread is in the middle of something. A thread takes part once
it has talked to one of the clock's back-ends. It is settled while it waits on the clock, when it
has ended, or when it has been silent for a short real *grace*. A thread that has just appeared
has not had its say yet, so each newcomer restarts the grace for all: eight threads started in a
loop all get to send their first request before the first of them makes time jump. The same goes
for a thread that becomes active after a long silence: its fellows may be about to.

The grace is counted in turns: during a wait for it, a look counts as one turn at most, and the less
the later it comes. If the whole process was stalled (a long call that held the GIL), or the machine
is busy, silence says little, because other threads could not have spoken, either.
"""

import asyncio
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from weakref import WeakSet

from mock_backend.clock import thread_clock
from mock_backend.clock.members import TICK, Member, OwnThread, Pledge, Wait
from mock_backend.clock.stalls import EndlessWait

# How much of the grace one look can use up, in real seconds: the usual grace takes five.
_TURN = 0.01
#: The grace of a thread that computes between its requests, and of a task at work, in real seconds.
LONG_GRACE = 1.0
# A look that comes later than this tells of a busy machine, which keeps other threads waiting, too.
_LATE = 0.015
# So long a fork waits for requests of other threads, in real seconds.
_FORK_SECONDS = 1.0


class Attendance:
    """The part of a clock that knows who takes part in its time, from what transports report.

    Methods that begin with an underscore are called under its lock.

    Args:
        source: The real time source, in seconds.
        grace: Real seconds of silence after which a thread no longer holds up a jump.
    """

    def __init__(self, source: Callable[[], float], grace: float) -> None:
        self._source = source
        self._grace = grace
        # One lock for time and attendance: a jump must see both at one instant.
        self._changed = threading.Condition(threading.RLock())
        self._deadlines: dict[Wait, int] = {}
        self._endless: str | None = None
        self._looked = source()
        self._counted = 0.0
        self._watches = 0
        self._members: dict[threading.Thread, Member] = {}
        self._local = threading.local()
        self._seen: WeakSet[threading.Thread] = WeakSet(threading.enumerate())
        self._newcomers: dict[threading.Thread, float] = {}
        #: The latest time at which a thread appeared, or became active after a long silence.
        self._enlivened = float("-inf")
        self._pledges = 0
        self._pledged = float("-inf")
        self._visitors = 0
        self._stir = 0
        self._join(threading.current_thread())

    def begin_request(self, origin: Hashable = None) -> Member:
        """Hold the clock still while a request of this thread is being answered.

        Args:
            origin: The origin of its URL.
        """
        with self._changed:
            member = self._me()
            member.origin = origin
            member.in_flight += 1
            # If another thread has closed the back-end since this one found it, nothing is left here.
            member.is_left = origin is not None and not thread_clock.is_open(self)
            if member.is_left:
                member.lost |= {origin}
            self._stir += 1
            return member

    def note_origin(self, origin: Hashable) -> None:
        """Note that a request of this thread goes to an origin by a socket."""
        with self._changed:
            member = self._me()
            member.origin, member.is_left = origin, False

    def end_request(self, member: Member) -> None:
        """End what ``begin_request`` began."""
        with self._changed:
            member.in_flight -= 1
            member.seen = self._count()
            self._stir += 1

    def note_computing(self, computes: bool) -> None:
        """Note that this thread computes for long between its requests, or does so no more."""
        with self._changed:
            self._me().computes = computes

    @contextmanager
    def visitor(self) -> Iterator[None]:
        """Hold the clock still while a request that came over a socket is being answered."""
        with self._changed:
            self._visitors += 1
            self._stir += 1
        try:
            yield
        finally:
            with self._changed:
                self._visitors -= 1
                self._stir += 1

    def leave(self) -> None:
        """Let this thread no longer hold up the clock."""
        with self._changed:
            if self._member() is not None:
                self._local.member = None
                self._stir += 1
                self._members.pop(threading.current_thread(), None)
            self._changed.notify_all()

    def pledge_task(self) -> Pledge:
        """Hold the clock still until work handed to another thread is done or waits."""
        return Pledge(self)

    def leave_others(self, origins: Iterable[Hashable], *, for_good: bool) -> list[threading.Thread]:
        """Note that nothing answers at some origins any more.

        Args:
            origins: The origins that threads may have sent requests to.
            for_good: True if no back-end is left on this clock: other threads' waits end then.

        Returns:
            The threads that were in the middle of a conversation.
        """
        with self._changed:
            mine = self._member()
            if all(member is mine for member in self._members.values()):
                return []
            gone = frozenset(origins)
            others = [
                member
                for member in self._members.values()
                if member is not mine
                and member.thread.is_alive()
                and not isinstance(member.thread, OwnThread)
                and member.is_busy
                and member.origin in gone | member.lost
            ]
            for member in others:
                member.lost |= gone
                member.is_left = for_good
            if others:
                self._changed.notify_all()
            return [member.thread for member in others]

    def is_left(self) -> bool:
        """Tell whether another thread has closed all that this one could talk to."""
        member = self._member()
        return member is not None and member.is_left

    def has_lost(self, origin: Hashable) -> bool:
        """Tell whether another thread has closed what this one talked to at an origin."""
        member = self._member()
        return member is not None and origin in member.lost

    def give_up(self, reason: str) -> None:
        """Let the next wait of the thread that is served end with an error; from a socket, any next wait."""
        with self._changed:
            member = self._member()
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
            until, mine = self._source() + _FORK_SECONDS, self._member()
            while self._source() < until and (
                self._visitors or any(each.in_flight for each in self._members.values() if each is not mine)
            ):
                self._changed.wait(TICK)
            yield self._after_fork

    def _after_fork(self) -> None:
        this, member = threading.current_thread(), self._member()
        self._members = {} if member is None else {member.thread: member}
        self._newcomers.clear()
        self._pledges = self._visitors = 0
        self._deadlines = {wait: at for wait, at in self._deadlines.items() if wait.thread is this}

    # -- waits --------------------------------------------------------------------------------------

    def _me(self) -> Member:
        """Return the calling thread's membership, which begins here if it has none."""
        member = self._membership()
        now = self._count()
        is_busy = member.waiting or member.in_flight or member.tasks
        if not is_busy and now - member.seen > self._grace_of(member):
            self._enlivened = now
        return member

    def _grace_of(self, member: Member) -> float:
        return max(self._grace, LONG_GRACE) if member.computes else self._grace

    def _check_endless(self, member: Member) -> None:
        reason = member.endless or self._endless
        member.endless = self._endless = None
        if reason is not None:
            raise EndlessWait(reason)

    def _begin_wait(
        self, member: Member, deadline: int, loop: asyncio.AbstractEventLoop | None = None
    ) -> Wait:
        """Note that a thread is blocked until time moves; or that a task of its loop is, while it goes on."""
        self._count()
        self._watches += 1
        if loop is None:
            member.waiting += 1
        else:
            self._stir += 1
        wait = Wait(member.thread, loop)
        self._deadlines[wait] = deadline
        return wait

    def _end_wait(self, member: Member, wait: Wait) -> None:
        del self._deadlines[wait]
        if wait.loop is None:
            member.waiting -= 1
        else:
            self._stir += 1
        member.seen = self._count()
        self._watches -= 1

    def _has_turn(self, member: Member, due: Callable[[], Iterable[threading.Thread]]) -> bool:
        """Tell whether a thread may go on whose wait is over.

        Tasks that wake at the same instant go one after the other, then the threads that have none: what
        each of them does would depend on who comes first. Another task at work counts until it has been
        silent for long, since it may need this thread.

        Args:
            due: Returns the threads whose waits are over, in order.
        """
        if len(self._members) == 1 and not self._pledges:
            return True
        first = next((thread for thread in due() if self._members[thread].tasks), member.thread)
        since = self._count() - LONG_GRACE
        return first is member.thread and not (
            (self._pledges and self._pledged > since)
            or any(each.tasks and not each.waiting and each.seen > since for each in self._members.values())
        )

    def _is_blocked(self, thread: threading.Thread) -> bool:
        """Tell whether a thread, with any event loop in it, is blocked until time moves."""
        member = self._members.get(thread)
        return member is not None and member.waiting > 0

    def _pledge(self, change: int) -> None:
        """Count work that was handed to a thread which has not begun it."""
        self._pledges += change
        self._pledged = self._count()
        self._stir += 1

    def _begin_task(self) -> Member:
        """Turn a pledge into a task of the calling thread, busy until ``end_task``."""
        self._pledges -= 1
        member = self._membership()
        member.tasks += 1
        member.seen = self._count()
        self._stir += 1
        return member

    def _end_task(self, member: Member) -> None:
        """End a task; its thread goes back to idling and is settled at once."""
        member.tasks -= 1
        member.seen = float("-inf")
        self._stir += 1

    def _member(self) -> Member | None:
        """Return the calling thread's membership, if it has one."""
        member: Member | None = getattr(self._local, "member", None)
        return member

    def _roles(self) -> dict[threading.Thread, str]:
        """Tell of threads what they do that holds the clock still."""
        return {
            member.thread: "answers a request" if member.in_flight else "has a task to do"
            for member in self._members.values()
            if not member.waiting and (member.in_flight or member.tasks)
        }

    def _unseen(self) -> list[str]:
        """Tell what holds the clock still and has no thread of its own."""
        counts = (
            (self._pledges, "tasks handed to other threads that have not begun"),
            (self._visitors, "requests over a socket that are being answered"),
        )
        return [f"{text}: {count}" for count, text in counts if count]

    def _unsettled_for(self, besides: Member | None = None) -> float:
        """Return 0 if the clock may jump, else the real seconds after which to ask again.

        A member that asks for one of its tasks (``besides``) vouches for itself.
        """
        if self._pledges or self._visitors:
            return TICK
        now = self._count()
        if threading.active_count() > 1:
            self._greet_newcomers(now)
        # Without an ident it is about to start, which is not called alive yet.
        quiet_from = [
            since + self._grace
            for thread, since in self._newcomers.items()
            if thread.ident is None or thread.is_alive()
        ]
        for member in list(self._members.values()):
            if member.waiting or member is besides:
                continue
            if not member.thread.is_alive():
                del self._members[member.thread]
            elif member.in_flight or member.tasks:
                return TICK
            else:
                quiet_from.append(max(member.seen + self._grace_of(member), self._enlivened + self._grace))
        pause = max(quiet_from, default=float("-inf")) - now
        return min(max(pause, TICK), _TURN) if pause > 0 else 0.0

    def _count(self) -> float:
        """Return real seconds, of which a late look counts the less the later it comes."""
        now = self._source()
        gap, self._looked = now - self._looked, now
        if not self._watches or gap <= _TURN:
            self._counted += gap
        else:
            self._counted += _TURN if gap <= _LATE else _TURN * _TURN / gap
        return self._counted

    def _membership(self) -> Member:
        return self._member() or self._join(threading.current_thread())

    def _greet_newcomers(self, now: float) -> None:
        for thread in threading.enumerate():
            if thread not in self._seen:
                self._seen.add(thread)
                self._newcomers[thread] = self._enlivened = now
        for thread, since in list(self._newcomers.items()):
            if now - since > self._grace:
                del self._newcomers[thread]

    def _join(self, thread: threading.Thread) -> Member:
        self._seen.add(thread)
        self._newcomers.pop(thread, None)
        member = self._members[thread] = self._local.member = Member(thread)
        # Not "now": a thread that is alone pays no grace for having just joined.
        member.seen = float("-inf")
        return member
