"""A look at the jobs of a back-end at any instant, past or to come."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from mock_backend.clock.past import reading_as_of
from mock_backend.jobs.job import Job
from mock_backend.jobs.register import JobsRegister
from mock_backend.jobs.views import JobsView
from mock_backend.lifecycle import Run
from mock_backend.profiles.dialect import Dialect


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
