"""What is refused of a request about a job: terms, budgets, limits, values that nothing can hold."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from mock_backend.errors import (
    BillingPlanInvalid,
    BudgetInvalid,
    EstimateComplexity,
    PaymentRequired,
    RequestInvalid,
)
from mock_backend.jobs.job import Job
from mock_backend.jobs.presenting import estimate_of
from mock_backend.lifecycle import JobPlan
from mock_backend.models import JobsRequest
from mock_backend.settings import BILLING_PLANS
from mock_backend.stores import DocumentError

# What counts more than this is nothing a log has ever counted.
_ENTRY_ID = re.compile(r"([0-9]{1,12})-([0-9]{1,12})")


def check_terms(body: JobsRequest) -> None:
    """Check the budget and the billing plan that a client asks for.

    Raises:
        BudgetInvalid: If the budget is negative.
        BillingPlanInvalid: If there is no such plan; case does not matter.
    """
    if body.budget is not None and body.budget < 0:
        raise BudgetInvalid(f"The budget cannot be negative: {body.budget:g}.")
    if body.plan is not None and body.plan.lower() not in BILLING_PLANS:
        raise BillingPlanInvalid(
            f"There is no billing plan {body.plan!r}; the plans are: {', '.join(BILLING_PLANS)}."
        )


def check_budget(job: Job, plan: JobPlan) -> None:
    """Check that a job's budget covers what it would cost, as far as that can be told.

    Raises:
        PaymentRequired: If it does not.
    """
    if job.budget is None:
        return
    try:
        costs = estimate_of(job, plan).costs or 0
    except EstimateComplexity:
        return
    if costs > job.budget:
        raise PaymentRequired(
            f"The job's budget of {job.budget:g} does not cover its estimated costs of {costs:g}."
        )


def log_position(entry_id: str) -> tuple[int, int]:
    """Return the start and the place in its log that the id of an entry stands for.

    Raises:
        RequestInvalid: If it is no such id.
    """
    if (match := _ENTRY_ID.fullmatch(entry_id)) is None:
        raise RequestInvalid(f"offset is the id of a log entry, not {entry_id!r}.")
    return int(match[1]), int(match[2])


@contextmanager
def refusing() -> Iterator[None]:
    """Refuse what JSON can say but a job cannot hold, e.g. NaN or half a surrogate pair.

    Raises:
        RequestInvalid: If the block meets such a value.
    """
    try:
        yield
    except ValidationError as error:
        problems = (f"Member {'.'.join(map(str, each['loc']))!r}: {each['msg']}." for each in error.errors())
        raise RequestInvalid(" ".join(problems)) from error
    except (DocumentError, PydanticSerializationError, UnicodeEncodeError) as error:
        raise RequestInvalid(f"The request holds a value that is no proper JSON: {error}.") from error
