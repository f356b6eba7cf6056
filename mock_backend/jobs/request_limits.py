"""Refusals of requests about a job: budgets, places in a log."""

import re
from collections.abc import Callable

from mock_backend.api.models import Estimate
from mock_backend.errors import EstimateComplexity, PaymentRequired, RequestInvalid
from mock_backend.jobs.job import Job

# What counts more than this is nothing a log has ever counted.
_ENTRY_ID = re.compile(r"([0-9]{1,12})-([0-9]{1,12})")


def check_budget(job: Job, left: float | None, estimate: Callable[[Job], Estimate]) -> None:
    """Check that a job's budget and its owner's cover what it would cost, as far as that can be told.

    Args:
        left: The remaining budget of its owner; None without a limit.
        estimate: Returns what it would cost.

    Raises:
        PaymentRequired: If it does not.
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


def log_position(entry_id: str) -> tuple[int, int]:
    """Return the start and the place in its log that the id of an entry stands for.

    Raises:
        RequestInvalid: If it is no such id.
    """
    if (match := _ENTRY_ID.fullmatch(entry_id)) is None:
        raise RequestInvalid(f"offset must be the id of a log entry, got {entry_id!r}.")
    return int(match[1]), int(match[2])
