"""Members of a clock: the threads that take part in its time, and whether all of them are settled.

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

import threading
from collections.abc import Callable, Hashable, Iterable
from weakref import WeakSet

#: Interval of looks while a request is in flight, in real seconds.
TICK = 0.002
# How much of the grace one look can use up, in real seconds: the usual grace takes five.
_TURN = 0.01
#: The grace of a thread that computes between its requests, and of a task at work, in real seconds.
LONG_GRACE = 1.0
# A look that comes later than this tells of a busy machine, which keeps other threads waiting, too.
_LATE = 0.015


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


class Attendance:
    """Keep the members of one clock. All calls are made under that clock's lock.

    Args:
        source: The real time source, in seconds.
        grace: The silence after which a thread counts as settled, in real seconds.
    """

    def __init__(self, source: Callable[[], float], grace: float) -> None:
        self._source = source
        self._grace = grace
        self._looked = source()
        self._counted = 0.0
        self._waits = 0
        self._members: dict[threading.Thread, Member] = {}
        self._local = threading.local()
        self._known: WeakSet[threading.Thread] = WeakSet(threading.enumerate())
        self._newcomers: dict[threading.Thread, float] = {}
        self._changed = float("-inf")
        self._pledges = 0
        self._pledged = float("-inf")
        self._visitors = 0
        self.stir = 0
        self._join(threading.current_thread())

    def me(self) -> Member:
        """Return the calling thread's membership, which begins here if it has none."""
        member = self._membership()
        now = self._count()
        is_busy = member.waiting or member.in_flight or member.tasks
        if not is_busy and now - member.seen > self._grace_of(member):
            self._changed = now
        return member

    def _grace_of(self, member: Member) -> float:
        return max(self._grace, LONG_GRACE) if member.computes else self._grace

    def begin_wait(self, member: Member) -> None:
        """Note that a thread is blocked until time moves."""
        self._begin_watch()
        member.waiting += 1

    def end_wait(self, member: Member) -> None:
        member.waiting -= 1
        self._end_watch(member)

    def begin_task_wait(self) -> Member:
        """Note that a task of the calling thread's event loop waits; the thread itself goes on."""
        member = self.me()
        self._begin_watch()
        self.stir += 1
        return member

    def end_task_wait(self, member: Member) -> None:
        self._end_watch(member)
        self.stir += 1

    def has_turn(self, member: Member, due: Callable[[], Iterable[threading.Thread]]) -> bool:
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

    def is_blocked(self, thread: threading.Thread) -> bool:
        """Tell whether a thread, with any event loop in it, is blocked until time moves."""
        member = self._members.get(thread)
        return member is not None and member.waiting > 0

    def leave(self) -> None:
        """End the calling thread's membership."""
        if self.known() is not None:
            self._local.member = None
            self.stir += 1
            self._members.pop(threading.current_thread(), None)

    def begin_request(self, origin: Hashable) -> Member:
        member = self.me()
        member.origin = origin
        member.in_flight += 1
        member.is_left = False
        self.stir += 1
        return member

    def end_request(self, member: Member) -> None:
        member.in_flight -= 1
        member.seen = self._count()
        self.stir += 1

    def visit(self, change: int) -> None:
        """Count requests in flight that come from outside this process's threads."""
        self._visitors += change
        self.stir += 1

    def pledge(self, change: int) -> None:
        """Count work that was handed to a thread which has not begun it."""
        self._pledges += change
        self._pledged = self._count()
        self.stir += 1

    def begin_task(self) -> Member:
        """Turn a pledge into a task of the calling thread, busy until ``end_task``."""
        self._pledges -= 1
        member = self._membership()
        member.tasks += 1
        member.seen = self._count()
        self.stir += 1
        return member

    def end_task(self, member: Member) -> None:
        """End a task; its thread goes back to idling and is settled at once."""
        member.tasks -= 1
        member.seen = float("-inf")
        self.stir += 1

    def known(self) -> Member | None:
        """Return the calling thread's membership, if it has one."""
        member: Member | None = getattr(self._local, "member", None)
        return member

    def leave_others(self, origins: Iterable[Hashable], *, for_good: bool) -> list[threading.Thread]:
        """Note for other threads that nothing answers any more where they sent their latest requests.

        Returns those threads; ``for_good`` tells that no back-end is left for them.
        """
        mine = self.known()
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
        return [member.thread for member in others]

    def is_serving_others(self) -> bool:
        """Tell whether requests of other threads are in flight."""
        mine = self.known()
        return bool(self._visitors) or any(
            member.in_flight for member in self._members.values() if member is not mine
        )

    def forked(self) -> None:
        """Begin anew in a child process, whose only thread is the calling one."""
        member = self.known()
        self._members = {} if member is None else {member.thread: member}
        self._newcomers.clear()
        self._pledges = self._visitors = 0

    def roles(self) -> dict[threading.Thread, str]:
        """Tell of threads what they do that holds the clock still."""
        return {
            member.thread: "answers a request" if member.in_flight else "has a task to do"
            for member in self._members.values()
            if not member.waiting and (member.in_flight or member.tasks)
        }

    def unseen(self) -> list[str]:
        """Tell what holds the clock still and has no thread of its own."""
        counts = (
            (self._pledges, "tasks handed to other threads that have not begun"),
            (self._visitors, "requests over a socket that are being answered"),
        )
        return [f"{text}: {count}" for count, text in counts if count]

    def unsettled_for(self, besides: Member | None = None) -> float:
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
                quiet_from.append(max(member.seen + self._grace_of(member), self._changed + self._grace))
        pause = max(quiet_from, default=float("-inf")) - now
        return min(max(pause, TICK), _TURN) if pause > 0 else 0.0

    def _count(self) -> float:
        """Return real seconds, of which a late look counts the less the later it comes."""
        now = self._source()
        gap, self._looked = now - self._looked, now
        if not self._waits or gap <= _TURN:
            self._counted += gap
        else:
            self._counted += _TURN if gap <= _LATE else _TURN * _TURN / gap
        return self._counted

    def _begin_watch(self) -> None:
        self._count()
        self._waits += 1

    def _end_watch(self, member: Member) -> None:
        member.seen = self._count()
        self._waits -= 1

    def _membership(self) -> Member:
        return self.known() or self._join(threading.current_thread())

    def _greet_newcomers(self, now: float) -> None:
        for thread in threading.enumerate():
            if thread not in self._known:
                self._known.add(thread)
                self._newcomers[thread] = self._changed = now
        for thread, since in list(self._newcomers.items()):
            if now - since > self._grace:
                del self._newcomers[thread]

    def _join(self, thread: threading.Thread) -> Member:
        self._known.add(thread)
        self._newcomers.pop(thread, None)
        member = self._members[thread] = self._local.member = Member(thread)
        # Not "now": a thread that is alone pays no grace for having just joined.
        member.seen = float("-inf")
        return member
