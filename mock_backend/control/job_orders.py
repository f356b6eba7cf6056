"""Orders for jobs: which jobs each is for; and the plans that they get when they are started."""

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Protocol, TypedDict, Unpack

from mock_backend.control.orders import Order, OrderBook
from mock_backend.errors import Internal
from mock_backend.errors.suggestions import check_members, did_you_mean
from mock_backend.lifecycle import JobPlan
from mock_backend.lifecycle.plain import names_of


class CalledProcess(Protocol):
    """A node of a process graph."""

    @property
    def process_id(self) -> str: ...

    @property
    def arguments(self) -> dict[str, Any]: ...


class Selectable(Protocol):
    """Job as the conditions of an order see it."""

    title: str | None
    user_id: str
    number: int
    additional: dict[str, Any]

    @property
    def process_ids(self) -> Collection[str]: ...

    @property
    def nodes(self) -> Sequence[CalledProcess]: ...


class JobConditions(TypedDict, total=False):
    """The jobs that an order is for; those that meet all conditions.

    Keys:
        title: Only jobs with this title; ``*``, ``?`` and ``[…]`` as in file names.
        user: Only jobs of this user; likewise.
        process: Only jobs whose process graph calls this process, nested graphs included.
        arguments: Only jobs with a call (of this process, if one is given) with these arguments.
        options: Only jobs with these job options.
        number: Only the job with this number, counted from 1 in the order of creation.
        where: Only jobs (``mock_backend.jobs.Job``) for which this function returns something true.
    """

    title: str | None
    user: str | None
    process: str | None
    arguments: Mapping[str, Any] | None
    options: Mapping[str, Any] | None
    number: int | None
    where: Callable[[Any], object] | None


_TEXTS = ("title", "user", "process")
_MAPPINGS = ("arguments", "options")


class JobOrder(Order):
    """An order for all jobs, or for those that meet conditions.

    Args:
        times: The number of times it applies; None means always.
        **conditions: See ``JobConditions``.

    Raises:
        TypeError: If there is no such condition, or its value is of the wrong type.
    """

    def __init__(self, *, times: int | None = None, **conditions: Unpack[JobConditions]) -> None:
        super().__init__(times)
        given = {name: value for name, value in conditions.items() if value is not None}
        for name, value in given.items():
            if name not in JobConditions.__annotations__:
                raise TypeError(
                    f"Unknown condition {name!r}.{did_you_mean(name, JobConditions.__annotations__)}"
                )
            if name in _TEXTS and not isinstance(value, str):
                raise TypeError(f"{name} must be a str, got {value!r}.")
            if name in _MAPPINGS and not isinstance(value, Mapping):
                raise TypeError(f"{name} must be a mapping of names to values, got {value!r}.")
            if name == "number" and (type(value) is not int or value < 1):
                raise TypeError(f"number must be that of a job, a whole number from 1, got {value!r}.")
        if (where := conditions.get("where")) is not None:
            _check_condition(where)
        #: The conditions that were given.
        self.conditions: dict[str, Any] = given

    @property
    def meant(self) -> str:
        """The jobs it is for, in words."""
        names = (each for each in JobConditions.__annotations__ if each in self.conditions)
        return ", ".join(f"{name}={self.conditions[name]!r}" for name in names) or "all jobs"

    def applies_to(self, job: Selectable) -> bool:
        """Tell whether a job meets all conditions."""
        return all(self._meets(job, name, wanted) for name, wanted in self.conditions.items())

    def _meets(self, job: Selectable, name: str, wanted: Any) -> bool:
        match name:
            case "title":
                return fnmatchcase(job.title or "", wanted)
            case "user":
                return fnmatchcase(job.user_id, wanted)
            case "process":
                return wanted in job.process_ids
            case "arguments":
                process = self.conditions.get("process")
                calls = (each for each in job.nodes if process in (None, each.process_id))
                return any(_has(each.arguments, wanted) for each in calls)
            case "options":
                options = job.additional.get("job_options")
                return isinstance(options, Mapping) and _has(options, wanted)
            case "number":
                return bool(job.number == wanted)
        try:
            return bool(wanted(job))
        except Exception as error:
            raise Internal(f"where={wanted!r} failed: {type(error).__name__}: {error}") from error


def _has(given: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(name in given and given[name] == value for name, value in wanted.items())


def _check_condition(where: object) -> None:
    if not callable(where):
        raise TypeError(
            f"where must be a function that takes a job, e.g. lambda job: job.synchronous, got {where!r}."
        )
    try:
        signature = inspect.signature(where)
    except (TypeError, ValueError):
        return  # Some functions of C do not tell.
    try:
        signature.bind(None)
    except TypeError:
        raise TypeError(f"where takes a job, e.g. lambda job: job.synchronous; {where!r} does not.") from None


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
        if "where" in self.conditions:
            raise ValueError(f"where={self.conditions['where']!r} is a function, which no file can hold.")
        times = {} if self.given_times is None else {"times": self.given_times}
        return {**self.plan.to_dict(), **self.conditions, **times}

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
