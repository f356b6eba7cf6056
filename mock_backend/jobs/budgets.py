"""Budgets of jobs and of their owners."""

from collections.abc import Callable

from mock_backend.api.models import Estimate
from mock_backend.errors import EstimateComplexity, PaymentRequired
from mock_backend.jobs.job import Job


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
