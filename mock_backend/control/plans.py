"""Plans that jobs get when they are started."""

from collections.abc import Mapping
from typing import Any, Unpack

from mock_backend.control.job_orders import JobConditions, JobOrder, Selectable
from mock_backend.control.orders import OrderBook
from mock_backend.errors.suggestions import check_members
from mock_backend.lifecycle import JobPlan
from mock_backend.lifecycle.plain import names_of


class PlanOrder(JobOrder):
    """A plan and the jobs it is for.

    Args:
        plan: The course of the jobs.
        times: For how many starts; None means for all.
        **conditions: See ``JobConditions``.
    """

    def __init__(
        self, plan: JobPlan, *, times: int | None = None, **conditions: Unpack[JobConditions]
    ) -> None:
        _check_plan("plan() takes", plan)
        super().__init__(times=times, **conditions)
        self.plan = plan

    def to_dict(self) -> dict[str, Any]:
        """Return the order as JSON values; ``from_dict`` reads them back.

        Raises:
            ValueError: If one of its conditions is a function.
        """
        return {**self.plan.to_dict(), **self.conditions_to_dict()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "PlanOrder":
        """Read what ``to_dict`` returned.

        Raises:
            TypeError: If a member is of the wrong type.
            ValueError: If a member is unknown or makes no sense.
        """
        own = {"times", *JobConditions.__annotations__} - {"where"}
        check_members("A plan", values, [*names_of(JobPlan), *sorted(own)])
        plan = JobPlan.from_dict({name: value for name, value in values.items() if name not in own})
        return cls(plan, **{name: value for name, value in values.items() if name in own})

    def __repr__(self) -> str:
        return f"<{self.plan!r} for {self.meant}: {self.hits} hits>"


_DEFAULT = JobPlan()


class PlanBook(OrderBook[PlanOrder]):
    """The plans of a back-end; later ones win. The default is not among them.

    Args:
        default: The plan of jobs that no other plan is for.
    """

    def __init__(self, default: JobPlan | None = None) -> None:
        if default is not None:
            _check_plan("plan must be", default)
        super().__init__()
        self.default = default or _DEFAULT

    def preview(self, job: Selectable) -> JobPlan:
        """Return the plan a job would get now."""
        order = next((each for each in reversed(self.active()) if each.applies_to(job)), None)
        if order is None:
            return self.default
        order.note_seen()
        return order.plan

    def bind(self, job: Selectable) -> JobPlan:
        """Return the plan for a start of a job, and count it."""
        order = self.hit(lambda each: each.applies_to(job))
        return self.default if order is None else order.plan


def _check_plan(words: str, plan: object) -> None:
    if not isinstance(plan, JobPlan):
        raise TypeError(f"{words} a JobPlan, e.g. JobPlan(queued='30s', running='10m'), got {plan!r}.")
