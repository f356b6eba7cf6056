"""Changes of jobs by tests, beside those by their owners: moves of active jobs, and planted ones."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, TypedDict

from mock_backend.errors import OpenEOError
from mock_backend.errors.suggestions import did_you_mean
from mock_backend.jobs.ids import check_job_id
from mock_backend.jobs.register import JobsRegister
from mock_backend.lifecycle import JobPlan, Move, Run, Status, moves
from mock_backend.lifecycle.plan import DEFAULT_ERROR

#: The process graph of planted jobs that are given none.
_GRAPH = {"add": {"process_id": "add", "arguments": {"x": 3, "y": 5}, "result": True}}


def move(register: JobsRegister, job_id: str, change: Callable[[Run, datetime], Run]) -> None:
    """Change the course of a job that is queued or running.

    Args:
        change: Returns its run with another course at an instant.

    Raises:
        LookupError: If there is no such job.
        ValueError: If it is not queued or running, or cannot be changed like that.
    """
    with register.lock:
        job = register.find(job_id)
        if job is None:
            raise LookupError(f"Job {job_id!r} does not exist any more.")
        if job.run is None or not job.status.is_active:
            raise ValueError(
                f"The job {job_id!r} is {job.status.value}; only a queued or running job can be moved."
            )
        job.run = change(job.run, register.clock.now())
        register.keep(job)


class JobFacts(TypedDict, total=False):
    """The facts about a job that a test begins with.

    Keys:
        id: Its id; a made-up one by default.
        status: The status that it has now; ``created`` by default.
        process_graph: Its process graph, which nothing checks.
        title: Its title.
        description: Its description.
        created: When it was created; now by default.
        progress: The progress of a running job in percent.
        error: The message of the failure of a failed job.
        plan: The course of the job from now on; by default that of a job started now.
        additional: Other members of it, e.g. ``job_options``.
    """

    id: str | None
    status: str
    process_graph: Mapping[str, Any] | None
    title: str | None
    description: str | None
    created: datetime | None
    progress: float
    error: str
    plan: JobPlan
    additional: Mapping[str, Any]


def _check_facts(facts: JobFacts, now: datetime) -> None:
    for name in facts:
        if name not in JobFacts.__annotations__:
            raise TypeError(f"A job has no fact {name!r}.{did_you_mean(name, JobFacts.__annotations__)}")
    status, statuses = facts.get("status", "created"), [each.value for each in Status]
    if status not in statuses:
        raise ValueError(f"A job has no status {status!r}.{did_you_mean(status, statuses)}")
    for name, needed in (("progress", "running"), ("error", "error")):
        if name in facts and status != needed:
            raise ValueError(f"{name} needs a job with status {needed!r}, got {status!r}.")
    created = facts.get("created")
    if created is not None and created > now:
        raise ValueError(f"The job cannot have been created at {created.isoformat()}, which is to come.")


def plant(register: JobsRegister, user: str, facts: JobFacts) -> str:
    """Add a job as if it had been created and started before, and return its id.

    Raises ``ValueError`` if its facts do not go together.
    """
    with register.lock:
        now, number = register.clock.now(), register.store.last_number + 1
        _check_facts(facts, now)
        job_id, status = facts.get("id"), facts.get("status", "created")
        if job_id is not None:
            check_job_id(job_id, register.store.get)
        job = register.job_class(
            job_id=job_id or register.new_job_id(number),
            process={"process_graph": dict(facts.get("process_graph") or _GRAPH)},
            user_id=user,
            created=facts.get("created") or now,
            number=number,
            title=facts.get("title"),
            description=facts.get("description"),
            additional=dict(facts.get("additional") or {}),
        )
        if status != Status.created:
            # What is there already has been seen.
            plan = replace(facts.get("plan") or register.plan_of_start(job, 1), lag=0)
            job.run = planted_run(status, now, plan, facts=facts)
            with suppress(OpenEOError):  # Nothing has checked its process.
                register.produced.begin(job)
        if (found := job.state(now).status) != status:
            raise ValueError(
                f"With its plan, the job is {found.value} now, not {status}; give it another plan."
            )
        register.store.add(job.to_document())
        register.keep(job)
        return job.job_id


def planted_run(
    status: str, now: datetime, plan: JobPlan, number: int = 1, *, facts: JobFacts | None = None
) -> Run | None:
    """Return a run that has a status at an instant, with progress and error of the facts."""
    facts = {} if facts is None else facts
    run = Run(number=number, started=now, plan=plan)
    match status:
        case Status.created:
            return None
        case Status.queued:
            return run
        case Status.finished:
            return moves.finished(_running(run, now), now)
        case Status.error:
            return moves.failed(_running(run, now), now, facts.get("error") or DEFAULT_ERROR)
        case Status.canceled:
            return _running(run, now).cancel(now, Status.canceled)
    return _running(run, now, facts.get("progress", 0))


def _running(run: Run, now: datetime, percent: float = 0) -> Run:
    done = run.plan.curve.fraction(percent)
    return run.moved(Move(at=now, plan=run.plan, running_since=now, done=done))
