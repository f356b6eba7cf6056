"""Starts of jobs that wait for a place: a pure function of the starts, ends and cancellations."""

import heapq
from bisect import insort
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from mock_backend.dataclass import dataclass

Key = TypeVar("Key")


@dataclass(frozen=True, kw_only=True)
class Demand:
    """The demand of a run for a place."""

    user: str
    rank: tuple[float, ...]  #: Its rank among those that wait; the lowest comes first
    since: datetime  #: When it could begin at the earliest
    lasts: timedelta | None  #: The length of its run; None for ever
    leaves: datetime | None = None  #: When it was cancelled or deleted; None if it was not

    def end(self, begun: datetime) -> datetime | None:
        """Return when it ends if it begins at an instant; None for never."""
        end = None if self.lasts is None else later_or_none(begun, self.lasts)
        ends = [each for each in (end, self.leaves) if each is not None]
        return min(ends) if ends else None


def later_or_none(instant: datetime, duration: timedelta) -> datetime | None:
    """Return a later instant; None if it is beyond what can be named."""
    try:
        return instant + duration
    except OverflowError:
        return None


class _Places:
    """The places at an instant, and who waits for one."""

    def __init__(self, running: int | None, per_user: int | None) -> None:
        self._most, self._most_of_user = running, per_user
        self._ends: list[tuple[datetime, str]] = []
        self._taken, self._all_taken = Counter[str](), 0

    def take(self, user: str, end: datetime | None) -> None:
        """Take a place until an instant."""
        self._taken[user] += 1
        self._all_taken += 1
        if end is not None:
            heapq.heappush(self._ends, (end, user))

    def free(self, now: datetime) -> None:
        """Free the places of what has ended."""
        while self._ends and self._ends[0][0] <= now:
            self._taken[heapq.heappop(self._ends)[1]] -= 1
            self._all_taken -= 1

    @property
    def next_end(self) -> datetime | None:
        """Instant at which the next place comes free; None for never."""
        return self._ends[0][0] if self._ends else None

    @property
    def is_full(self) -> bool:
        """True if no place is free for anyone."""
        return self._most is not None and self._all_taken >= self._most

    def has_one_for(self, user: str) -> bool:
        """Tell whether a place is free for a user."""
        return not self.is_full and (self._most_of_user is None or self._taken[user] < self._most_of_user)


def begins(
    demands: Mapping[Key, Demand],
    begun: Mapping[Key, datetime],
    *,
    running: int | None,
    per_user: int | None,
    since: datetime,
) -> dict[Key, datetime]:
    """Return when each demand gets its place; those that never do are missing.

    Args:
        begun: When those have begun that have.
        running: The most places; None for any number.
        per_user: The most places of one user; None for any number.
        since: The instant from which on others can begin.
    """
    places = _Places(running, per_user)
    found = {key: begun[key] for key in demands if key in begun}
    for key, at in found.items():
        places.take(demands[key].user, demands[key].end(at))
    missing = (key for key in demands if key not in found)
    coming = deque(sorted(missing, key=lambda key: _arrival(demands[key], since)))
    waiting: list[Key] = []
    now = since
    while coming or waiting:
        arrives = _arrival(demands[coming[0]], since)[0] if coming else None
        instants = [each for each in (arrives, places.next_end if waiting else None) if each is not None]
        if not instants:
            break
        now = max(now, min(instants))
        places.free(now)
        if arrives is not None and arrives <= now:
            # One by one: who comes first at an instant finds the place free.
            insort(waiting, coming.popleft(), key=lambda key: demands[key].rank)
        for key in tuple(waiting):
            demand = demands[key]
            if demand.leaves is not None and demand.leaves <= now:
                waiting.remove(key)
            elif places.has_one_for(demand.user):
                waiting.remove(key)
                found[key] = now
                places.take(demand.user, demand.end(now))
                places.free(now)
            elif places.is_full:
                break
    return found


def _arrival(demand: Demand, since: datetime) -> tuple[datetime, tuple[float, ...]]:
    return max(demand.since, since), demand.rank[1:]


def most_at_once(spans: Iterable[tuple[datetime, datetime | None]]) -> int:
    """Return how many spans overlap at most; one that ends does not overlap with one that begins then."""
    moves = sorted(
        move
        for begin, end in spans
        if begin != end
        for move in ((begin, 1), *(() if end is None else ((end, -1),)))
    )
    most = count = 0
    for _, step in moves:
        count += step
        most = max(most, count)
    return most
