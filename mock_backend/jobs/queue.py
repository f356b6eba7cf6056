"""The queue of a back-end whose capacity is limited: which jobs have a place, and since when."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mock_backend.control.capacity import Capacity
from mock_backend.dataclass import dataclass
from mock_backend.errors import OpenEOError
from mock_backend.jobs.job import Job
from mock_backend.lifecycle import Run
from mock_backend.lifecycle.places import Demand, begins, later_or_none, most_at_once

#: The instant at which what never happens happens.
_NEVER = datetime.max.replace(tzinfo=UTC)

#: The id of a job, and the number of its start; that of a synchronous request is 0.
Key = tuple[str, int]


@dataclass(frozen=True)
class Stats:
    """Numbers on the work of a back-end until now."""

    most_running: int = 0  #: The most jobs that have run at once, synchronous requests included
    most_running_by_user: Mapping[str, int] = field(default_factory=dict)  #: The same by user
    #: Times that jobs and synchronous requests have waited for a place, by id; of several starts of a job the
    #: last one. Only of those that needed one.
    waits: Mapping[str, timedelta] = field(default_factory=dict)
    refused: int = 0  #: The number of starts and synchronous requests that were refused for want of a place

    @property
    def longest_wait(self) -> timedelta:
        """The longest of the waits."""
        return max(self.waits.values(), default=timedelta(0))


class JobQueue:
    """Places and waiting jobs, derived from the facts about all jobs."""

    def __init__(self, capacity: Capacity, jobs: Iterable[Job], now: datetime) -> None:
        self._lock = threading.RLock()
        self.capacity = capacity
        #: Those that have not ended, or whose end is not known yet.
        self._demands: dict[Key, Demand] = {}
        #: All that have got a place, and when; what has begun never changes.
        self._begun: dict[Key, datetime] = {}
        self._begins: dict[Key, datetime] = {}
        self._over: dict[Key, Demand] = {}
        #: Those that have never needed a place.
        self._unlimited: set[Key] = set()
        self._refused = 0
        for job in jobs:
            self._add(job)
        # Those of a store that is opened again have waited for places before.
        self._derive(min((each.since for each in self._demands.values()), default=now))
        self._settle(now)

    def change(self, capacity: Capacity, now: datetime) -> None:
        """Change the capacity from now on; what runs goes on."""
        with self._lock:
            self._settle(now)
            self.capacity = capacity
            self._derive(now)

    def note(self, job: Job, now: datetime) -> None:
        """Take notice of what has changed about a job."""
        with self._lock:
            self._add(job)
            self._settle(now)
            self._derive(now)

    def _add(self, job: Job) -> None:
        run = job.run
        if run is None:
            return
        key, course = (job.job_id, run.number), run.latest
        # What is known of an earlier course counts no more.
        self._demands.pop(key, None)
        if not _needs_place(run):
            return
        lasts = course.plan.left(course.done)
        since = course.running_since
        if since is not None:
            self._begun[key] = since
            lasts = None if lasts is None else course.at - since + lasts
        elif (since := later_or_none(course.at, course.plan.queued_for or timedelta(0))) is None:
            return
        elif not run.placed:
            self._begun[key] = since
            self._unlimited.add(key)
        rank = (-self._priority(job), run.started.timestamp(), job.number)
        self._demands[key] = Demand(
            user=job.user_id,
            rank=rank,
            since=since,
            lasts=lasts,
            # One that is going to resume keeps its place.
            leaves=run.canceled if course.plan.resumes_after is None else None,
        )

    def remove(self, job: Job, now: datetime) -> None:
        """Take notice of the deletion of a job."""
        key = job.job_id, 0 if job.run is None else job.run.number
        with self._lock:
            if (demand := self._demands.get(key)) is not None and demand.leaves is None:
                self._settle(now)
                self._demands[key] = replace(demand, leaves=now)
                self._derive(now)

    def place(self, run: Run, job_id: str) -> Run:
        """Return a run that knows when it gets its place."""
        key = job_id, run.number
        with self._lock:
            if not run.placed or not _needs_place(run):
                return run
            return replace(run, begins=self._begun.get(key) or self._begins.get(key) or _NEVER)

    def admit(self, user: str, now: datetime) -> None:
        """Check that another job of a user may run or wait; raise ``ConcurrentJobLimit`` if it may not."""
        with self._lock:
            self._settle(now)
            if (queue := self.capacity.queue) is None:
                return
            active = Counter(each.user for each in self._demands.values())
            for most, count, whose in (
                (self.capacity.running, active.total(), ""),
                (self.capacity.per_user, active[user], " of yours"),
            ):
                if most is not None and count >= most + queue:
                    self._refused += 1
                    raise OpenEOError(
                        f"{count} other jobs{whose} are queued or running; the limit is {most} running and "
                        f"{queue} queued.",
                        code="ConcurrentJobLimit",
                        status=400,
                    )

    def book(self, job: Job, now: datetime) -> timedelta:
        """Take a place for a synchronous request, and return the time until it is done.

        Raises ``ConcurrentJobLimit`` if there is no place, and never will be.
        """
        with self._lock:
            self.admit(job.user_id, now)
            key, rank = (job.job_id, 0), (-self._priority(job), now.timestamp(), float("inf"))
            demand = Demand(user=job.user_id, rank=rank, since=now, lasts=self.capacity.holds)
            self._demands[key] = demand
            self._derive(now)
            begin = self._begins.get(key)
            end = None if begin is None else demand.end(begin)
            if end is None:
                del self._demands[key]
                self._refused += 1
                raise OpenEOError("No place will ever be free.", code="ConcurrentJobLimit", status=400)
            # It is told when it will be answered, so that stays.
            self._demands[key] = replace(demand, leaves=end)
            return end - now

    def stats(self, now: datetime) -> Stats:
        """Return what the back-end was busy with until an instant."""
        with self._lock:
            self._settle(now)
            known = {**self._over, **self._demands}
            begun = {key: at for key, at in self._begun.items() if key in known and at <= now}
            spans = {key: (at, known[key].end(at)) for key, at in begun.items()}
            by_user: dict[str, list[tuple[datetime, datetime | None]]] = {}
            for key, span in spans.items():
                by_user.setdefault(known[key].user, []).append(span)
            return Stats(
                most_running=most_at_once(spans.values()),
                most_running_by_user={user: most_at_once(each) for user, each in by_user.items()},
                waits={
                    key[0]: at - known[key].since for key, at in begun.items() if key not in self._unlimited
                },
                refused=self._refused,
            )

    def _settle(self, now: datetime) -> None:
        """Keep what has begun, and put away what has ended."""
        self._begun.update({key: at for key, at in self._begins.items() if at <= now})
        for key, demand in list(self._demands.items()):
            at = self._begun.get(key)
            end = demand.leaves if at is None else demand.end(at)
            if end is not None and end <= now:
                self._over[key] = self._demands.pop(key)

    def _derive(self, since: datetime) -> None:
        capacity = self.capacity
        self._begins = begins(
            self._demands,
            {key: self._begun[key] for key in self._demands if key in self._begun},
            running=capacity.running,
            per_user=capacity.per_user,
            since=since,
        )

    def _priority(self, job: Job) -> float:
        if self.capacity.order == "fifo":
            return 0
        options = job.additional.get("job_options")
        of_options = options.get("priority") if isinstance(options, Mapping) else None
        given: tuple[Any, ...] = job.additional.get("priority"), of_options
        return next((each for each in given if _is_number(each)), 0)


def _needs_place(run: Run) -> bool:
    course = run.latest
    queues = course.running_since is None and course.plan.queued_for is None
    return not (course.plan.counts_polls or queues)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value
