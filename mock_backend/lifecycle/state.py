"""A job's state as a pure function of the facts about it and of now."""

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from mock_backend.lifecycle.lines import Line
from mock_backend.lifecycle.plan import JobPlan
from mock_backend.lifecycle.usage import Work


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


@dataclass(frozen=True, kw_only=True)
class Run:
    """The facts of one start of a job.

    Args:
        number: 1 for the first start, 2 for the first restart, and so on.
        started: When the start was asked for.
        plan: The plan that was bound at that instant.
        canceled: When it was cancelled, if it was.
        canceled_to: The status that cancelling has led to, ``created`` or ``canceled``; None if it follows
            from the plan.
        polls: When its owner asked for its status, as far as the plan counts that.
        lines: The log lines of its user-defined functions.
        process: The process of the run if the job has been given another since; None if it is the job's.
        work: The amount of data that it processes; None if that is not known.
        placed: True if it waits for a place before it runs.
        begins: When it gets its place, the last instant there is if it never does; None if it needs none.
            This follows from the facts about all jobs, so it is not stored.
    """

    number: int
    started: datetime
    plan: JobPlan
    canceled: datetime | None = None
    canceled_to: str | None = None
    polls: tuple[datetime, ...] = ()
    lines: tuple[Line, ...] = ()
    process: dict[str, Any] | None = None
    work: Work | None = None
    placed: bool = False
    begins: datetime | None = field(default=None, compare=False)

    @property
    def waits(self) -> timedelta | None:
        """Time in the queue; None for ever."""
        return self.plan.queued_for if self.begins is None else self.begins - self.started

    def polled(self, now: datetime) -> "Run":
        """Note a status request, if the plan still counts them."""
        if (
            self.canceled is not None
            or not self.plan.counts_polls
            or len(self.polls) > self.plan.polls_until_end
        ):
            return self
        return replace(self, polls=(*self.polls, now))

    def cancel(self, now: datetime, to: str | None = None) -> "Run":
        """Note that it was cancelled.

        Args:
            now: When.
            to: The status that this leads to; None if it follows from the plan.
        """
        return replace(self, canceled=now, canceled_to=to)

    def to_json(self) -> dict[str, Any]:
        """Return the run as JSON values; ``from_json`` reads them back."""
        values: dict[str, Any] = {
            "number": self.number,
            "started": self.started.isoformat(),
            "plan": self.plan.to_json(),
        }
        if self.canceled is not None:
            values["canceled"] = self.canceled.isoformat()
        if self.canceled_to is not None:
            values["canceled_to"] = self.canceled_to
        if self.polls:
            values["polls"] = [instant.isoformat() for instant in self.polls]
        if self.lines:
            values["lines"] = [each.to_json() for each in self.lines]
        if self.process is not None:
            values["process"] = self.process
        if self.work is not None:
            values["work"] = asdict(self.work)
        if self.placed:
            values["placed"] = True
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Run":
        """Read what ``to_json`` returned."""
        canceled = values.get("canceled")
        return cls(
            number=values["number"],
            started=datetime.fromisoformat(values["started"]),
            plan=JobPlan.from_json(values["plan"]),
            canceled=canceled and datetime.fromisoformat(canceled),
            canceled_to=values.get("canceled_to"),
            polls=tuple(map(datetime.fromisoformat, values.get("polls", ()))),
            lines=tuple(Line(**each) for each in values.get("lines", ())),
            process=values.get("process"),
            work=Work(**values["work"]) if "work" in values else None,
            placed=values.get("placed", False),
        )


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
    if run.canceled is not None:
        return _after_cancel(run, run.canceled)
    if run.plan.unseen_for and now - run.started < run.plan.unseen_for:
        return JobState(status=Status.created, since=created)
    return _by_polls(run, now) if run.plan.counts_polls else _by_time(run, now)


def _after_cancel(run: Run, canceled: datetime) -> JobState:
    # The state at that very instant without the cancellation.
    before = state_at(run.started, replace(run, canceled=None), canceled)
    has_results = before.status is Status.running and run.plan.partial_results
    if run.canceled_to == Status.canceled or (run.canceled_to is None and has_results):
        return before._replace(status=Status.canceled, since=canceled, ended=canceled)
    return before._replace(status=Status.created, since=canceled, ended=canceled, progress=0)


def _by_time(run: Run, now: datetime) -> JobState:
    plan = run.plan
    # Differences, not sums: a plan may last beyond the last year a datetime can name.
    if (waits := run.waits) is None or now - run.started < waits:
        return JobState(status=Status.queued, since=run.started)
    running_since = run.started + waits
    ran = now - running_since
    if plan.runs_for is not None and ran >= plan.runs_for:
        return _ended(plan, running_since, running_since + plan.runs_for)
    progress = 100 * ran // plan.full_run if plan.full_run else 0
    return JobState(
        status=Status.running, since=running_since, running_since=running_since, ran=ran, progress=progress
    )


def _by_polls(run: Run, now: datetime) -> JobState:
    plan, polls = run.plan, run.polls
    # The n-th poll sees the state that n polls lead to, itself included.
    if len(polls) <= plan.polls_until_running:
        return JobState(status=Status.queued, since=run.started)
    running_since = polls[plan.polls_until_running]
    if len(polls) <= plan.polls_until_end:
        done = len(polls) - plan.polls_until_running
        # A job that fails half-way never claims more than that half.
        progress = min(100 * done // ((plan.running_polls or 0) + 1), plan.final_progress)
        return JobState(
            status=Status.running,
            since=running_since,
            running_since=running_since,
            ran=now - running_since,
            progress=progress,
        )
    return _ended(plan, running_since, polls[plan.polls_until_end])


def _ended(plan: JobPlan, running_since: datetime, ended: datetime) -> JobState:
    return JobState(
        status=Status.error if plan.fails else Status.finished,
        since=ended,
        running_since=running_since,
        ended=ended,
        ran=ended - running_since,
        progress=plan.final_progress,
    )
