"""Payment terms of processing: a billing plan and a budget."""

from mock_backend.api.models import JobsRequest, ServicePatch
from mock_backend.errors import BillingPlanInvalid, BudgetInvalid
from mock_backend.settings import AppSettings


def check_terms(asked: JobsRequest | ServicePatch, settings: AppSettings) -> None:
    """Check the budget and the billing plan that a client asks for.

    Raises:
        BudgetInvalid: If the budget is negative.
        BillingPlanInvalid: If there is no such plan; case does not matter.
    """
    if asked.budget is not None and asked.budget < 0:
        raise BudgetInvalid(f"The budget cannot be negative: {asked.budget:g}.")
    plans = settings.billing_plans
    if asked.plan is not None and asked.plan.lower() not in map(str.lower, plans):
        raise BillingPlanInvalid(f"Unknown billing plan {asked.plan!r}. Available: {', '.join(plans)}.")


def billing_plan(asked: JobsRequest | ServicePatch, users_default: str | None, settings: AppSettings) -> str:
    """Return the billing plan that a new job or service is on, whatever plans there will be later.

    Args:
        users_default: The plan that ``GET /me`` names; None if it names none of the user's own.
    """
    return asked.plan or users_default or settings.billing_plans[0]
