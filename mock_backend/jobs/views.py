"""Views of the jobs of a back-end for tests."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from mock_backend.control.view import View
from mock_backend.inspection.graphs import ProcessGraph
from mock_backend.jobs.changing import move
from mock_backend.jobs.job import Job
from mock_backend.jobs.metadata import costs_of, log_of
from mock_backend.jobs.register import JobsRegister
from mock_backend.lifecycle import JobPlan, LogEntry, Status, moves
from mock_backend.lifecycle.plan import DEFAULT_ERROR
from mock_backend.processes.definitions import Node


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
