"""Transitions of jobs: requests allowed in each status, by the dialect of the back-end, and by budgets."""

from collections.abc import Callable, Mapping
from datetime import datetime

from mock_backend.api.models import Estimate
from mock_backend.errors import EstimateComplexity, PaymentRequired
from mock_backend.jobs.job import Job
from mock_backend.lifecycle import Run
from mock_backend.profiles.dialect import CANCELED_WITH_RESULTS, Dialect, Refusal, ShownResults

_TOO_MANY = Refusal(
    "ConcurrentJobLimit",
    400,
    "The job was not started: {count} other jobs are {status}, the limit is {most}.",
)


def check_start(job: Job, dialect: Dialect, count: Callable[[str], Mapping[str, int]]) -> bool:
    """Tell whether a start of a job begins a run; raise ``OpenEOError`` if the job cannot be started.

    ``count`` counts the jobs of a user by status.
    """
    if job.status in dialect.starts:
        if (refusal := dialect.starts[job.status]) is not None:
            raise refusal.error(status=job.status.value, identifier=job.job_id)
        return False
    if dialect.most_jobs:
        counts = count(job.user_id)
        for status, most in dialect.most_jobs.items():
            if (found := counts.get(status, 0)) >= most:
                raise _TOO_MANY.error(count=found, status=status, most=most)
    return True


def check_budget(job: Job, left: float | None, estimate: Callable[[Job], Estimate]) -> None:
    """Check that a job's budget and its owner's cover what it would cost, as far as that can be told.

    Args:
        left: The remaining budget of its owner; None without a limit.
        estimate: Returns what it would cost.
    """
    if left is not None and left <= 0:
        raise PaymentRequired("Nothing is left of the budget of the user.")
    if job.budget is None and left is None:
        return
    try:
        costs = estimate(job).costs or 0
    except EstimateComplexity:
        return
    if left is not None and costs > left:
        raise PaymentRequired(
            f"The user has {left:g} left, which does not cover the job's estimated costs of {costs:g}."
        )
    if job.budget is not None and costs > job.budget:
        raise PaymentRequired(
            f"The job's budget of {job.budget:g} does not cover its estimated costs of {costs:g}."
        )


def canceled(job: Job, now: datetime, dialect: Dialect) -> Run | None:
    """Return the run of a job once cancelled, the same if that changes nothing, or raise ``OpenEOError``."""
    outcome = dialect.cancels.get(job.status)
    if isinstance(outcome, Refusal):
        raise outcome.error(status=job.status.value)
    if outcome is None or job.run is None:
        return job.run
    return job.run.cancel(now, None if outcome == CANCELED_WITH_RESULTS else outcome)


def check_results(job: Job, dialect: Dialect, *, partial: bool) -> ShownResults:
    """Return what a request for the (perhaps partial) results of a job shows, or raise ``OpenEOError``."""
    answer = dialect.results[job.status][partial]
    if isinstance(answer, Refusal):
        raise answer.error(status=job.status.value, identifier=job.job_id)
    return answer


def check_log(job: Job, dialect: Dialect) -> bool:
    """Tell whether a job has a log; raise ``OpenEOError`` if it has none, and the back-end says so."""
    if job.status not in dialect.no_logs:
        return True
    if (refusal := dialect.no_logs[job.status]) is not None:
        raise refusal.error(status=job.status.value, identifier=job.job_id)
    return False
