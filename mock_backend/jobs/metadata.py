"""Representation of a job in the API: metadata, log, estimate."""

import re
from datetime import datetime
from typing import Any

from mock_backend.api.models import BatchJob, Estimate, LogLine
from mock_backend.api.urls import current_version
from mock_backend.durations import later, to_iso
from mock_backend.errors import EstimateComplexity, RequestInvalid
from mock_backend.jobs.job import Job
from mock_backend.lifecycle import (
    JobPlan,
    JobState,
    LogEntry,
    Report,
    Status,
    Usage,
    Work,
    log_entries,
    severity,
)
from mock_backend.settings import AppSettings

#: Id of a log entry: the start and the place in its log, in digits that a log can reach.
_ENTRY_ID = re.compile(r"([0-9]{1,12})-([0-9]{1,12})")
_ENDED = (Status.finished, Status.error, Status.canceled)


def job_summary(job: Job, state: JobState, settings: AppSettings) -> BatchJob:
    """Return a job's metadata as listings show it."""
    return BatchJob(**_facts(job, state, settings))


def job_metadata(job: Job, state: JobState, settings: AppSettings) -> BatchJob:
    """Return a job's full metadata."""
    usage = None
    if job.run is not None and state.status in _ENDED:
        ordered = job.run.latest.plan.usage or {}
        usage = usage_of(job, state).metrics(settings.profile.dialect.usage) | dict(ordered)
    known = _facts(job, state, settings) | {
        "process": job.process,
        "usage": usage or None,
        "log_level": job.log_level,
    }
    # Members the client made up are shown, but none of them passes for one of ours.
    made_up = {name: value for name, value in job.additional.items() if name not in BatchJob.model_fields}
    return BatchJob(**known, **made_up)


def job_times(job: Job, state: JobState, settings: AppSettings) -> dict[str, datetime]:
    """Return the times that API 1.3 adds to a job and its results: queued, started, unpublished."""
    if job.run is None or not current_version(settings.api_version).job_times:
        return {}
    times = {
        "queued": job.run.started,
        "started": state.running_since,
        "unpublished": end_of_results(state, settings),
    }
    return {name: time for name, time in times.items() if time is not None}


def end_of_results(state: JobState, settings: AppSettings) -> datetime | None:
    """Return until when the results of a job are kept; None if it has none, or if they are kept for ever."""
    kept = settings.result_lifetime
    if kept is None or state.ended is None or state.status not in (Status.finished, Status.canceled):
        return None
    return later(state.ended, kept)


def log_of(job: Job, now: datetime, *, at_least: str = "debug", report: Report = Report()) -> list[LogEntry]:
    """Return what the job has logged, oldest first, from a level on, as far as its ``log_level`` keeps it."""
    level = effective_level(job, at_least)
    return log_entries(job.created, job.run, job.state(now), at_least=level, report=report)


def effective_level(job: Job, at_least: str) -> str:
    """Return the lowest level of log entries that a job can show for a requested level."""
    return max(job.log_level, at_least, key=severity)


def log_line(entry: LogEntry, settings: AppSettings) -> LogLine:
    """Return a log entry as the API shows it."""
    shown = current_version(settings.api_version).stacktraces
    return LogLine(
        id=entry.id,
        level=entry.level,
        message=entry.message,
        time=entry.time,
        code=entry.code,
        stacktrace=entry.stacktrace if shown else None,
        data=entry.data,
    )


def costs_of(job: Job, state: JobState, price: float | None) -> float | None:
    """Return what a job has cost until now; None if the back-end tells no costs."""
    ordered = job.run.latest.plan.costs if job.run is not None and state.status in _ENDED else None
    if ordered is not None or price is None:
        return ordered
    return usage_of(job, state).costs(price)


def usage_of(job: Job, state: JobState) -> Usage:
    """Return the resources that a job has used until now."""
    return Usage(state.ran, state.progress / 100, None if job.run is None else job.run.work)


def estimate_of(
    job: Job, plan: JobPlan, price: float | None, *, work: Work | None, size: int | None = None
) -> Estimate:
    """Return what a job would cost if nothing went wrong.

    Args:
        price: Credits for an hour of a CPU; None if costs are not told.
        work: The amount of data that it would process, if that is known.
        size: The size of its results in bytes, if known.

    Raises:
        EstimateComplexity: With user-defined functions, or if the plan has no end in time.
    """
    if plan.estimate is not None:
        return Estimate(**plan.estimate)
    if "run_udf" in job.process_ids:
        raise EstimateComplexity("A process graph with user-defined functions cannot be estimated.")
    if plan.counts_polls or plan.queued_for is None or plan.full_run is None:
        raise EstimateComplexity
    try:
        lasts = plan.queued_for + plan.full_run
    except OverflowError:
        raise EstimateComplexity from None
    costs = None if price is None else Usage(plan.full_run, work=work).costs(price)
    return Estimate(costs=costs, duration=to_iso(lasts), size=size)


def _facts(job: Job, state: JobState, settings: AppSettings) -> dict[str, Any]:
    costs = costs_of(job, state, settings.profile.dialect.price) if state.status in _ENDED else None
    own = ("title", "description", "created", "plan", "budget")
    return {
        **job_times(job, state, settings),
        **{name: getattr(job, name) for name in own},
        "id": job.job_id,
        "status": state.status,
        "progress": state.progress,
        "updated": max(job.updated or job.created, state.since),
        "costs": costs,
    }


def log_position(entry_id: str) -> tuple[int, int]:
    """Return the start and the place in its log that an entry has by its id, or raise ``RequestInvalid``."""
    if (match := _ENTRY_ID.fullmatch(entry_id)) is None:
        raise RequestInvalid(f"offset must be the id of a log entry, got {entry_id!r}.")
    return int(match[1]), int(match[2])
