"""Which plan a job gets when it is started."""

from collections.abc import Callable, Collection
from fnmatch import fnmatchcase
from typing import Any, Protocol

from mock_backend.control.orders import Order, OrderBook
from mock_backend.lifecycle import JobPlan


class Plannable(Protocol):
    """What a plan's conditions look at."""

    @property
    def title(self) -> str | None: ...

    @property
    def process_ids(self) -> Collection[str]: ...


class PlanOrder(Order):
    """A plan and the jobs it is for.

    Args:
        plan: What happens to the jobs.
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
        super().__init__(times)
        self.plan = plan
        self._title = title
        self._process = process
        self._where = where

    def __repr__(self) -> str:
        conditions = {"title": self._title, "process": self._process, "where": self._where}
        given = ", ".join(f"{name}={value!r}" for name, value in conditions.items() if value is not None)
        return f"<{self.plan!r} for {given or 'all jobs'}: {self.hits} hits>"

    def applies_to(self, job: Plannable) -> bool:
        """Tell whether a job meets all conditions."""
        return (
            (self._title is None or fnmatchcase(job.title or "", self._title))
            and (self._process is None or self._process in job.process_ids)
            and (self._where is None or bool(self._where(job)))
        )


class PlanBook:
    """The plans of a back-end; later ones win.

    Args:
        default: The plan of jobs that no other plan is for.
    """

    def __init__(self, default: JobPlan | None = None) -> None:
        if default is not None and not isinstance(default, JobPlan):
            raise TypeError(f"plan is a JobPlan, e.g. JobPlan(queued='30s', running='10m'), not {default!r}.")
        self.default = default or JobPlan()
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

    def preview(self, job: Plannable) -> JobPlan:
        """Return the plan a job would get now."""
        order = next((each for each in self._latest_first() if each.applies_to(job)), None)
        return self.default if order is None else order.plan

    def bind(self, job: Plannable) -> JobPlan:
        """Return the plan for a start of a job, and count it."""
        order = self._orders.hit(self._latest_first(), lambda each: each.applies_to(job))
        return self.default if order is None else order.plan

    def _latest_first(self) -> list[PlanOrder]:
        return self._orders.active()[::-1]
