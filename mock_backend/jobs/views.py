"""Views of the jobs of a back-end for tests: as they are, or at any instant, past or to come."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from mock_backend.clock.past import reading_as_of
from mock_backend.control.view import View
from mock_backend.inspection.graphs import ProcessGraph
from mock_backend.jobs.changing import move
from mock_backend.jobs.job import Job
from mock_backend.jobs.metadata import costs_of, log_of
from mock_backend.jobs.register import JobsRegister
from mock_backend.lifecycle import JobPlan, LogEntry, Run, Status, moves
from mock_backend.lifecycle.plan import DEFAULT_ERROR
from mock_backend.processes.definitions import Node
from mock_backend.profiles.dialect import Dialect


class JobView:
    """A job as it is now, each time it is looked at.

    Args:
        register: The register that keeps it.
        job_id: Its id.
    """

    #: Attributes to select by besides properties.
    selectable = ("job_id",)

    def __init__(self, register: JobsRegister, job_id: str) -> None:
        self._register = register
        self.job_id = job_id

    @property
    def job(self) -> Job:
        """The stored facts.

        Raises:
            LookupError: If the job has been deleted.
        """
        job = self._register.find(self.job_id)
        if job is None:
            raise LookupError(f"Job {self.job_id!r} does not exist any more.")
        return job

    @property
    def now(self) -> datetime:
        """The clock's instant."""
        return self._register.clock.now()

    @property
    def title(self) -> str | None:
        """The job's title."""
        return self.job.title

    @property
    def description(self) -> str | None:
        """The job's description."""
        return self.job.description

    @property
    def user_id(self) -> str:
        """Its owner."""
        return self.job.user_id

    @property
    def created(self) -> datetime:
        """Instant of its creation."""
        return self.job.created

    @property
    def status(self) -> Status:
        """Its status now; compares equal to the API's text, e.g. ``"finished"``."""
        return self.job.status

    @property
    def progress(self) -> int:
        """Its progress in percent."""
        return self.job.state(self.now).progress

    @property
    def costs(self) -> float:
        """Its costs so far."""
        job, price = self.job, self._register.dialect.price or 0
        return costs_of(job, job.state(self.now), price) or 0

    @property
    def process_graph(self) -> ProcessGraph:
        """Its process graph, which equals all that differ in the ids of nodes only."""
        return ProcessGraph(self.job.process_graph)

    @property
    def additional(self) -> dict[str, Any]:
        """Members beside those of the API that the client sent, e.g. ``job_options``."""
        return self.job.additional

    @property
    def logs(self) -> list[LogEntry]:
        """Its log, oldest entry first."""
        return log_of(self.job, self.now)

    # -- moving it: only while it is queued or running -------------------------------------------

    def finish(self) -> None:
        """Let it finish now.

        Raises:
            ValueError: If it is not queued or running.
        """
        move(self._register, self.job_id, moves.finished)

    def fail(
        self, error: str = DEFAULT_ERROR, *, code: str | None = None, stacktrace: str | None = None
    ) -> None:
        """Let it fail now.

        Args:
            error: The message of the failure.
            code: Its code in the log; ``Internal`` by default.
            stacktrace: Its stack trace in the log, which API 1.3 shows.

        Raises:
            ValueError: If it is not queued or running.
        """
        fails = partial(moves.failed, error=error, code=code, stacktrace=stacktrace)
        move(self._register, self.job_id, fails)

    def replan(self, plan: JobPlan) -> None:
        """Give it another plan from now on; what it has done counts.

        Raises:
            ValueError: If it is not queued or running, or the plan does not fit.
        """
        move(self._register, self.job_id, partial(moves.replanned, plan=plan))

    def set_progress(self, percent: float) -> None:
        """Let it be at a percentage now, and go on from there.

        Raises:
            ValueError: If it is not running, or the percentage is out of range.
        """
        move(self._register, self.job_id, partial(moves.progressed, percent=percent))

    def nodes(self, process_id: str | None = None) -> list[Node]:
        """Return the nodes of its process graph, of nested graphs too.

        Args:
            process_id: Only calls of this process.
        """
        return [node for node in self.job.nodes if process_id in (None, node.process_id)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JobView) and (self._register, self.job_id) == (other._register, other.job_id)

    def __hash__(self) -> int:
        return hash(self.job_id)

    def __repr__(self) -> str:
        job = self._register.find(self.job_id)
        state = "deleted" if job is None else job.status.value
        title = f" {job.title!r}" if job is not None and job.title else ""
        return f"<Job {self.job_id}{title} {state}>"


class JobsView(View[JobView]):
    """All jobs of a back-end, of all its users, in the order of creation."""

    kind, noun = JobView, "job"

    def __init__(self, register: JobsRegister) -> None:
        self._register = register

    def __iter__(self) -> Iterator[JobView]:
        for document in self._register.store:
            yield JobView(self._register, document["job_id"])

    def __len__(self) -> int:
        return len(self._register.store)

    def nodes(self, process_id: str | None = None) -> list[Node]:
        """Return the nodes of all process graphs.

        Args:
            process_id: Only calls of this process.
        """
        return [node for job in self for node in job.nodes(process_id)]


class Moment:
    """The jobs of a back-end at an instant; the future is told as if there were no requests until then.

    Looking changes nothing. Of a job that has been started again, only the latest run is known; and jobs that
    have been deleted are not there.
    """

    def __init__(self, register: JobsRegister, at: datetime) -> None:
        self.at = at
        self.jobs = JobsView(_JobsThen(register, at))  # type: ignore[arg-type]  # all of it that a view reads

    def __repr__(self) -> str:
        return f"<{self.at.isoformat()}: {self.jobs!r}>"


class _JobsThen:
    """The part of a register that views read, as of an instant."""

    def __init__(self, register: JobsRegister, at: datetime) -> None:
        self._register = register
        self._at = at
        self.clock = self.store = self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _JobsThen) and (self._register, self._at) == (other._register, other._at)

    def __hash__(self) -> int:
        return hash(self._at)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"A look at an instant is read-only, and has no {name!r}.")

    @property
    def dialect(self) -> Dialect:
        return self._register.dialect

    def now(self) -> datetime:
        return self._at

    def find(self, job_id: str) -> Job | None:
        with reading_as_of(self._at):
            document = self._register.store.get(job_id)
        if document is None:
            return None
        job = self._register._read(document, self._at)
        if job.created > self._at:
            return None
        # Not by assignment, which pydantic makes costly.
        job.__dict__["run"] = _known(job, self._at)
        job.__dict__["status"] = job.state(self._at).status
        return job

    def __iter__(self) -> Iterator[dict[str, Any]]:
        with reading_as_of(self._at):
            documents = list(self._register.store)
        return iter([each for each in documents if datetime.fromisoformat(each["created"]) <= self._at])

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _known(job: Job, at: datetime) -> Run | None:
    """Return the run of a job as far as it was known at an instant."""
    run = job.run
    if run is None or run.started > at:
        if run is not None and run.number > 1:
            raise LookupError(
                f"Job {job.job_id!r} has been started again at {run.started.isoformat()}; the run before "
                f"is not kept, so its state at {at.isoformat()} is unknown."
            )
        return None
    if run.canceled is not None and run.canceled > at:
        run = replace(run, canceled=None, canceled_to=None)
    return replace(run, polls=tuple(poll for poll in run.polls if poll <= at)) if run.polls else run
