"""Plans that jobs get when they are started."""

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

from mock_backend.control.job_orders import JobOrder, Selectable
from mock_backend.control.orders import OrderBook
from mock_backend.control.plain import check_names, members_of, names_of
from mock_backend.lifecycle import JobPlan


class PlanOrder(JobOrder):
    """A plan and the jobs it is for.

    Args:
        plan: The course of the jobs.
        title: Only jobs with this title; ``*``, ``?`` and ``[…]`` as in file names.
        process: Only jobs whose process graph calls this process, nested graphs included.
        where: Only jobs for which this function returns something true.
        times: For how many starts; None means for all.
    """

    def __init__(
        self,
        plan: JobPlan,
        *,
        title: str | None = None,
        process: str | None = None,
        where: Callable[[Any], object] | None = None,
        times: int | None = None,
    ) -> None:
        if not isinstance(plan, JobPlan):
            raise TypeError(
                f"plan() takes a JobPlan, e.g. JobPlan(queued='30s', running='10m'), not {plan!r}."
            )
        super().__init__(title=title, process=process, where=where, times=times)
        self.plan = plan

    def to_dict(self) -> dict[str, Any]:
        """Return the order as JSON values; ``from_dict`` reads them back.

        Raises:
            ValueError: If it has a condition ``where``, which is code.
        """
        if "where" in self.conditions:
            raise ValueError("where is a function, which a file cannot hold; use title or process.")
        times = {} if self.given_times is None else {"times": self.given_times}
        return {**members_of(self.plan), **self.conditions, **times}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "PlanOrder":
        """Read what ``to_dict`` returned.

        Raises:
            TypeError: If a member is of the wrong type.
            ValueError: If a member is unknown or makes no sense.
        """
        if not isinstance(values, Mapping):
            raise TypeError(f"A plan must be an object, got {values!r}.")
        own = signature(cls).parameters.keys() - {"plan", "where"}
        check_names("A plan", values, [*names_of(JobPlan), *sorted(own)])
        plan = JobPlan(**{name: value for name, value in values.items() if name not in own})
        return cls(plan, **{name: value for name, value in values.items() if name in own})

    def __repr__(self) -> str:
        return f"<{self.plan!r} for {self.meant}: {self.hits} hits>"


_DEFAULT = JobPlan()


class PlanBook:
    """The plans of a back-end; later ones win.

    Args:
        default: The plan of jobs that no other plan is for.
    """

    def __init__(self, default: JobPlan | None = None) -> None:
        if default is not None and not isinstance(default, JobPlan):
            raise TypeError(f"plan is a JobPlan, e.g. JobPlan(queued='30s', running='10m'), not {default!r}.")
        self.default = default or _DEFAULT
        self._orders: OrderBook[PlanOrder] = OrderBook()

    def add(self, order: PlanOrder) -> PlanOrder:
        """Enter a plan."""
        return self._orders.add(order)

    def clear(self) -> None:
        """Remove all plans but the default."""
        self._orders.clear()

    def active(self) -> list[PlanOrder]:
        """Return the plans in force, oldest first; the default is not among them."""
        return self._orders.active()

    def preview(self, job: Selectable) -> JobPlan:
        """Return the plan a job would get now."""
        order = next((each for each in self._latest_first() if each.applies_to(job)), None)
        if order is None:
            return self.default
        order.note_seen()
        return order.plan

    def bind(self, job: Selectable) -> JobPlan:
        """Return the plan for a start of a job, and count it."""
        order = self._orders.hit(self._latest_first(), lambda each: each.applies_to(job))
        return self.default if order is None else order.plan

    def _latest_first(self) -> list[PlanOrder]:
        return self._orders.active()[::-1]
