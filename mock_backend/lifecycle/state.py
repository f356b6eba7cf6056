"""A job's state as a pure function of the facts about it and of now."""

import math
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from mock_backend.lifecycle.curve import DIGITS
from mock_backend.lifecycle.plan import JobPlan
from mock_backend.lifecycle.run import Run


class Status(StrEnum):
    """The states of a batch job, openEO API 1.2."""

    created = "created"
    queued = "queued"
    running = "running"
    canceled = "canceled"
    finished = "finished"
    error = "error"

    @property
    def is_active(self) -> bool:
        """True if the job waits for or does processing, so that it is locked."""
        return self in (Status.queued, Status.running)


class JobState(NamedTuple):
    """State of a job at an instant.

    Args:
        status: The openEO status.
        progress: Percent, 0 to 100.
        since: When the status last changed.
        running_since: When processing began, if it did.
        ended: When processing stopped, if it did.
        ran: The processing time so far.
    """

    status: Status
    since: datetime
    progress: int = 0
    running_since: datetime | None = None
    ended: datetime | None = None
    ran: timedelta = timedelta(0)

    @property
    def has_results(self) -> bool:
        """True if the complete results can be downloaded."""
        return self.status is Status.finished


def state_at(created: datetime, run: Run | None, now: datetime) -> JobState:
    """Compute a job's state.

    Args:
        created: When the job was created.
        run: Its latest start, or None if it was never started.
        now: The instant to compute it for.
    """
    if run is None:
        return JobState(status=Status.created, since=created)
    if run.canceled is not None and not run.has_resumed(now):
        return _after_cancel(run, run.canceled)
    # Most runs are on the course that they began on: it is read at each request, and need not be made.
    course = run.course(now) if run.moves else None
    plan = run.plan if course is None else course.plan
    if plan.unseen_for and now - run.started < plan.unseen_for:
        return JobState(Status.created, created)
    if plan.counts_polls:
        return _by_polls(plan, run, now)
    if course is not None and course.running_since is not None:
        return _running(plan, course.running_since, course.at, course.done, now)
    begins = run.running_from(run.started if course is None else course.at, plan, now)
    if begins is None:
        return JobState(Status.queued, run.started)
    return _running(plan, begins, begins, 0.0 if course is None else course.done, now)


def _after_cancel(run: Run, canceled: datetime) -> JobState:
    # The state at that very instant without the cancellation.
    before = state_at(run.started, replace(run, canceled=None), canceled)
    has_results = before.status is Status.running and run.course(canceled).plan.has_results(before.progress)
    if run.canceled_to == Status.canceled or (run.canceled_to is None and has_results):
        return before._replace(status=Status.canceled, since=canceled, ended=canceled)
    return before._replace(status=Status.created, since=canceled, ended=canceled, progress=0)


def _running(plan: JobPlan, running_since: datetime, since: datetime, done: float, now: datetime) -> JobState:
    """Return the state of a run in time, of which a fraction was done at an instant."""
    left, ran = plan.left(done), now - since
    if left is not None and ran >= left:
        return _ended(plan, running_since, since + left)
    progress = plan.percent(done, ran)
    return JobState(Status.running, running_since, progress, running_since, None, now - running_since)


def _by_polls(plan: JobPlan, run: Run, now: datetime) -> JobState:
    polls = run.polls
    # The n-th poll sees the state that n polls lead to, itself included.
    if len(polls) <= plan.polls_until_running:
        return JobState(status=Status.queued, since=run.started)
    running_since = polls[plan.polls_until_running]
    if len(polls) <= plan.polls_until_end:
        done = len(polls) - plan.polls_until_running
        # A job that fails half-way never claims more than that half.
        told = plan.curve.percent(done / ((plan.running_polls or 0) + 1))
        progress = min(math.floor(round(told, DIGITS)), plan.final_progress)
        return JobState(Status.running, running_since, progress, running_since, None, now - running_since)
    return _ended(plan, running_since, polls[plan.polls_until_end])


def _ended(plan: JobPlan, running_since: datetime, ended: datetime) -> JobState:
    status = Status.error if plan.fails else Status.finished
    if plan.canceled_at is not None:
        status = Status.canceled
    return JobState(status, ended, plan.final_progress, running_since, ended, ended - running_since)
