"""How the API shows a job: metadata, log, estimate, results."""

from datetime import datetime, timedelta
from typing import Any

from mock_backend.durations import to_iso
from mock_backend.errors import EstimateComplexity
from mock_backend.jobs.job import Job
from mock_backend.lifecycle import (
    JobPlan,
    JobState,
    LogEntry,
    Status,
    costs_of,
    log_entries,
    severity,
    usage_of,
)
from mock_backend.models import BatchJob, Estimate, LogLine
from mock_backend.results import ASSET_NAME, extent_of, result_item, sign

#: What an estimate says about the size of a result, in bytes: that of the asset, about.
_SIZE = 1024

_ENDED = (Status.finished, Status.error, Status.canceled)


def summary_of(job: Job, state: JobState) -> BatchJob:
    """Return a job's metadata as listings show it."""
    return BatchJob(**_facts(job, state))


def metadata_of(job: Job, state: JobState) -> BatchJob:
    """Return a job's full metadata."""
    ended = state.status in _ENDED
    known = _facts(job, state) | {
        "process": job.process,
        "usage": usage_of(state.ran) if ended else None,
        "log_level": job.log_level,
    }
    # Members the client made up are shown, but none of them passes for one of ours.
    made_up = {name: value for name, value in job.additional.items() if name not in BatchJob.model_fields}
    return BatchJob(**known, **made_up)


def log_of(job: Job, now: datetime, *, at_least: str = "debug") -> list[LogEntry]:
    """Return what the job has logged, oldest first, as far as its ``log_level`` keeps it."""
    level = effective_level(job, at_least)
    return log_entries(job.created, job.run, job.state(now), at_least=level)


def effective_level(job: Job, at_least: str) -> str:
    """Return the lowest level that a job's log can show to somebody who asks for a level."""
    return max(job.log_level, at_least, key=severity)


def log_line(entry: LogEntry) -> LogLine:
    """Return a log entry as the API shows it."""
    return LogLine(id=entry.id, level=entry.level, message=entry.message, time=entry.time, code=entry.code)


def estimate_of(job: Job, plan: JobPlan) -> Estimate:
    """Return what a job would cost if nothing went wrong.

    Raises:
        EstimateComplexity: If that cannot be told: with user-defined functions, or if the plan
            has no end in time.
    """
    if "run_udf" in job.process_ids:
        raise EstimateComplexity("A process graph with user-defined functions cannot be estimated.")
    if plan.counts_polls or plan.queued_for is None or plan.full_run is None:
        raise EstimateComplexity
    try:
        lasts = plan.queued_for + plan.full_run
    except OverflowError:
        raise EstimateComplexity from None
    return Estimate(costs=costs_of(plan.full_run), duration=to_iso(lasts), size=_SIZE)


def results_of(
    job: Job, state: JobState, now: datetime, *, base: str, key: str, link_lifetime: float
) -> dict[str, Any]:
    """Return the STAC Item of a job's results.

    Args:
        job: A job that has been started.
        state: What it is now.
        now: The instant from which signed URLs live.
        base: The back-end's URL.
        key: The secret that URLs are signed with.
        link_lifetime: How long signed URLs work, in seconds.
    """
    if job.run is None or state.running_since is None:
        raise ValueError(f"Job {job.job_id!r} has not begun to run, so it has no results to describe.")
    expires = now + timedelta(seconds=link_lifetime)
    path = results_path(job.job_id, job.run.number)
    canonical = sign(base, path, expires, key=key)
    downloadable = job.run.plan.partial_results or state.has_results
    return result_item(
        job_id=job.job_id,
        title=job.title,
        description=job.description,
        created=state.running_since,
        updated=state.ended or now,
        status=state.status,
        expires=expires,
        extent=extent_of((node.process_id, node.arguments) for node in job.nodes),
        asset_url=sign(base, f"{path}/{ASSET_NAME}", expires, key=key) if downloadable else None,
        links=[
            {"rel": "self", "href": f"{base}/jobs/{job.job_id}/results", "type": "application/geo+json"},
            {"rel": "canonical", "href": canonical, "type": "application/geo+json"},
        ],
    )


def results_path(job_id: str, run: int) -> str:
    """Return the path under which the results of one start of a job are downloaded."""
    return f"/results/{job_id}/{run}"


def asked_format(job: Job) -> str | None:
    """Return the file format that the process graph asks for; None if it asks for none."""
    nodes = reversed(job.process_graph.values())
    formats = (node["arguments"].get("format") for node in nodes if node["process_id"] == "save_result")
    return next((each for each in formats if isinstance(each, str)), None)


def _facts(job: Job, state: JobState) -> dict[str, Any]:
    return {
        "id": job.job_id,
        "title": job.title,
        "description": job.description,
        "status": state.status,
        "progress": state.progress,
        "created": job.created,
        "updated": max(job.updated or job.created, state.since),
        "plan": job.plan,
        "budget": job.budget,
        "costs": costs_of(state.ran) if state.status in _ENDED else None,
    }
