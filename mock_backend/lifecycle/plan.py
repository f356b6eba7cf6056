"""Plans of jobs: their course once they are started."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, fields, replace
from datetime import timedelta
from functools import cached_property, lru_cache
from typing import Any, Literal

from mock_backend.dataclass import dataclass
from mock_backend.durations import Duration, named_duration, to_iso
from mock_backend.errors.suggestions import check_members
from mock_backend.lifecycle.curve import DIGITS, Curve
from mock_backend.lifecycle.lines import PlannedLine, check_amount, check_count, check_fraction, check_text
from mock_backend.lifecycle.plain import members_of
from mock_backend.lifecycle.usage import UNITS

DEFAULT_ERROR = "Processing failed."

#: The fields that are durations; those of the second row may be left out.
_PHASES = ("queued", "running", "lag")
_DELAYS = ("vanishes_after", "resumes_after")


@dataclass(frozen=True, kw_only=True, repr=False)
class JobPlan:
    """Course of a job: how long it is queued and runs, what it tells meanwhile, and how it ends.

    Args:
        queued: Time in the queue, three seconds by default: a client that waits sees the job
            queued, running and finished in a few polls. None means for ever.
        running: Length of the run, eight seconds by default; None means for ever.
        fails_at: The fraction of the run (0 to 1) at which it fails; None means it finishes.
        error: The message of the failure. Given alone, the job fails at the end of its run.
        code: The code of the failure in the job's log, ``Internal`` by default.
        stacktrace: The stack trace of the failure in the job's log, which API 1.3 shows.
        canceled_at: The fraction of the run at which the operator of the back-end cancels it.
        partial_results: True if there are results before the end, or the fraction of the run from which on
            they can. Decides what cancelling a running job leads to: ``canceled`` with them, ``created``
            without.
        lag: Time after the start while the job still seems to be ``created``; it can be started again then.
        vanishes_after: Time after the start until the job is gone for its owner; None means it stays.
        resumes_after: Time after a cancellation until the job goes on as if it had not been cancelled; None
            means never.
        refused: The HTTP status with which its start is refused; the job is left with status ``error``.
        logs: Lines of its log: ``PlannedLine`` objects or mappings with ``at``, ``message``, and perhaps
            ``level``, ``code``, ``data`` and ``stacktrace``.
        progress: The progress that it tells, as pairs of the fraction of the run that is over and the
            percentage that is told, e.g. ``[(0.5, 10), (0.9, 95)]``; it grows evenly between them.
        usage: Usage at its end, by name of the metric: a number, or ``value`` and ``unit``;
            instead of what follows from its process.
        costs: Costs at its end, however it ends; likewise.
        estimate: ``costs``, ``duration`` or ``size`` of its estimate; likewise.
        jitter: The fraction by which durations differ from the plan at most, decided by seed, job and start.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If a duration is negative or unreadable, or the fraction is out of range.

    Example:
        >>> JobPlan(queued="30s", running="10m", fails_at=0.6, error="out of memory").lasts
        datetime.timedelta(seconds=390)
    """

    queued: Duration | None = timedelta(seconds=3)
    running: Duration | None = timedelta(seconds=8)
    fails_at: float | None = None
    error: str | None = None
    code: str | None = None
    stacktrace: str | None = None
    canceled_at: float | None = None
    partial_results: bool | float = True
    lag: Duration = timedelta(0)
    vanishes_after: Duration | None = None
    resumes_after: Duration | None = None
    refused: int | None = None
    logs: Sequence[PlannedLine | Mapping[str, Any]] = field(default=(), hash=False)
    progress: Sequence[tuple[float, float]] | None = None
    usage: Mapping[str, Any] | None = field(default=None, hash=False)
    costs: float | None = None
    estimate: Mapping[str, Any] | None = field(default=None, hash=False)
    jitter: float = 0.0
    #: The same two phases counted in requests of the owner instead of time; see ``polls``.
    queued_polls: int | None = None
    running_polls: int | None = None

    def __post_init__(self) -> None:
        for name in (*_PHASES, *_DELAYS):
            value = getattr(self, name)
            if value is not None:
                self._set(name, named_duration(f"JobPlan: {name}", value))
        for name in ("queued_polls", "running_polls"):
            check_count(f"JobPlan: {name}", getattr(self, name))
        if self.counts_polls != (self.running_polls is not None):
            raise ValueError("JobPlan: queued_polls and running_polls go together; see JobPlan.polls().")
        if self.error is not None and not isinstance(self.error, str):
            raise TypeError(f"JobPlan: error must be a str, the message of the failure, got {self.error!r}.")
        check_text("JobPlan: code", self.code)
        if not isinstance(self.partial_results, bool):
            check_fraction("JobPlan: partial_results must be True, False, or", self.partial_results)
        if self.error is not None and self.fails_at is None:
            self._set("fails_at", 1.0)
        for name in ("fails_at", "canceled_at", "jitter"):
            if (value := getattr(self, name)) is not None:
                check_fraction(f"JobPlan: {name} must be", value)
        if self.fails_at is not None and self.canceled_at is not None:
            raise ValueError(
                "JobPlan: a job fails or is canceled; fails_at and canceled_at exclude each other."
            )
        if self.fails_at is None and (self.stacktrace is not None or self.code is not None):
            name = "code" if self.stacktrace is None else "stacktrace"
            raise ValueError(f"JobPlan: a {name} is that of a failure; give an error, too.")
        if self.refused is not None and (type(self.refused) is not int or not 400 <= self.refused <= 599):
            raise ValueError(
                f"JobPlan: refused must be an HTTP status from 400 to 599, got {self.refused!r}."
            )
        self._set("logs", tuple(map(PlannedLine.of, self.logs)))
        if self.progress is not None:
            self._set("progress", Curve.of(self.progress).points)
        check_amount("JobPlan: costs", self.costs)
        if self.usage is not None:
            self._set("usage", {name: _metric(name, value) for name, value in self.usage.items()})
        if self.estimate is not None:
            self._set("estimate", _checked_estimate(self.estimate))

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.to_dict().items())
        return f"JobPlan({told})"

    def _set(self, name: str, value: object) -> None:
        # The way in which a frozen dataclass sets its own fields.
        object.__setattr__(self, name, value)

    @classmethod
    def polls(cls, *, queued: int = 1, running: int = 4, **others: Any) -> "JobPlan":
        """Plan by the number of the owner's ``GET /jobs/{job_id}`` instead of by time.

        Args:
            queued: Number of these requests that see the job queued.
            running: Number of those after them that see it running; the next one sees the end.
            **others: Other arguments of ``JobPlan``; ``fails_at`` is the fraction of the running requests.
        """
        return cls(queued_polls=queued, running_polls=running, **others)

    @classmethod
    def immediate(cls, **others: Any) -> "JobPlan":
        """Plan a job that ends at the instant it is started.

        Args:
            **others: Other arguments of ``JobPlan``, e.g. ``error``.
        """
        return cls(queued=0, running=0, **others)

    @classmethod
    def refusal(
        cls, error: str = "The job cannot be started.", status: int = 500, **others: Any
    ) -> "JobPlan":
        """Plan a job whose start is refused, and which is left with status ``error``.

        Args:
            error: The message of the error.
            status: The HTTP status of the answer.
            **others: Other arguments of ``JobPlan``, e.g. ``code``.
        """
        return cls(queued=0, running=0, error=error, refused=status, **others)

    @classmethod
    def stuck(cls, phase: Literal["queued", "running"] = "running") -> "JobPlan":
        """Plan a job that never leaves a phase.

        Args:
            phase: The phase: ``queued`` or ``running``.
        """
        if phase not in ("queued", "running"):
            raise ValueError(f"JobPlan.stuck: phase must be 'queued' or 'running', got {phase!r}.")
        return cls(queued=None) if phase == "queued" else cls(running=None)

    @property
    def counts_polls(self) -> bool:
        """True if requests move the job instead of time."""
        return self.queued_polls is not None

    @property
    def fails(self) -> bool:
        """True if the job ends with status ``error``."""
        return self.fails_at is not None

    @property
    def queued_for(self) -> timedelta | None:
        """Time in the queue; None means for ever."""
        return self.queued  # type: ignore[return-value]  # made a timedelta in __post_init__

    @property
    def full_run(self) -> timedelta | None:
        """Length of a run without failure; None means for ever."""
        return self.running  # type: ignore[return-value]  # made a timedelta in __post_init__

    @property
    def unseen_for(self) -> timedelta:
        """Time for which the start goes unnoticed."""
        return self.lag  # type: ignore[return-value]  # made a timedelta in __post_init__

    @property
    def lines(self) -> tuple[PlannedLine, ...]:
        """The lines of its log that it brings along."""
        return self.logs  # type: ignore[return-value]  # made such lines in __post_init__

    @cached_property
    def curve(self) -> Curve:
        """The progress that it tells in the course of its run."""
        return Curve(self.progress)  # type: ignore[arg-type]  # made points in __post_init__

    @cached_property
    def end(self) -> float:
        """The fraction of the run at which it ends."""
        return next((each for each in (self.fails_at, self.canceled_at) if each is not None), 1.0)

    @cached_property
    def runs_for(self) -> timedelta | None:
        """Real length of the run, up to its failure if it fails; None means for ever."""
        return self.left(0)

    def left(self, done: float) -> timedelta | None:
        """Return how long the job still runs when a fraction of the full run is done; None means for ever."""
        if done >= self.end:
            return timedelta(0)
        if self.full_run is None or (self.end == 1 and not done):
            return self.full_run
        return self.full_run * (self.end - done)

    def reaches(self, fraction: float, done: float) -> timedelta | None:
        """Return how long it takes to a fraction of the run when another one is done; None means for ever."""
        if fraction > self.end or fraction < done:
            return None
        if not self.full_run:
            return timedelta(0) if fraction == done or self.full_run is not None else None
        return self.full_run * (fraction - done)

    def percent(self, done: float, ran: timedelta) -> int:
        """Return the progress that the job tells while it runs.

        Args:
            done: The fraction of the full run that was done at an instant.
            ran: Length of the run since.
        """
        if not self.full_run:
            return self._told(done)
        if self.progress is None and not done:
            return 100 * ran // self.full_run
        told = self._told(done + ran / self.full_run)
        return min(told, self.final_progress, 100 if self.progress else 99)

    def has_results(self, percent: int) -> bool:
        """Tell whether there are results before the end, at a percentage of progress."""
        least = self.partial_results
        return least if isinstance(least, bool) else percent >= self._told(least)

    @property
    def lasts(self) -> timedelta | None:
        """Time from start to end; None means for ever, or that polls decide."""
        if self.counts_polls or self.queued_for is None or self.runs_for is None:
            return None
        return self.queued_for + self.runs_for

    @property
    def polls_until_running(self) -> int:
        """Number of polls until the job is first seen running."""
        return self.queued_polls or 0

    @cached_property
    def polls_until_end(self) -> int:
        """Number of polls until the end is first seen."""
        return self.polls_until_running + math.ceil(round((self.running_polls or 0) * self.end, DIGITS))

    @cached_property
    def final_progress(self) -> int:
        """The percentage at which the job ends."""
        return 100 if self.end == 1 else self._told(self.end)

    def _told(self, done: float) -> int:
        return math.floor(round(self.curve.percent(min(done, 1)), DIGITS))

    def settled(self, draw: Callable[[str], float]) -> "JobPlan":
        """Return the plan of one start: its durations are what they will be.

        Args:
            draw: Returns a number from 0 to 1 for the name of a duration.
        """
        if not self.jitter:
            return self
        given = {name: getattr(self, name) for name in (*_PHASES, *_DELAYS)}
        drawn = {
            name: value * (1 + self.jitter * (2 * draw(name) - 1)) for name, value in given.items() if value
        }
        return replace(self, jitter=0.0, **drawn)

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as JSON values; ``from_dict`` reads them back."""
        # How a value is written, 0 or 0.0, tells a plan by polls from others.
        return members_of(self)

    @cached_property
    def members(self) -> Mapping[str, Any]:
        """The same as ``to_dict``, made once: few plans are stored by many starts of jobs, at each poll."""
        return self.to_dict()

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "JobPlan":
        """Read what ``to_dict`` returned.

        Raises:
            TypeError: If a member is of the wrong type.
            ValueError: If a member is unknown or makes no sense.
        """
        if type(values) is not dict and not isinstance(values, Mapping):
            raise TypeError(f"A job plan must be an object, got {values!r}.")
        # A job is read at every request, and a test has few plans.
        try:
            return _flat_plan_of(**values)
        except TypeError:
            return _plan_of(json.dumps(values, sort_keys=True))


@lru_cache(maxsize=256, typed=True)
def _flat_plan_of(**members: Any) -> JobPlan:
    return _plan_of(json.dumps(members))


@lru_cache(maxsize=256)
def _plan_of(text: str) -> JobPlan:
    values = json.loads(text)
    check_members("A job plan", values, [each.name for each in fields(JobPlan)])
    return JobPlan(**values)


def _metric(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        if name not in UNITS:
            raise ValueError(
                f"JobPlan: usage: {name!r} needs a unit, e.g. {{'value': 5, 'unit': 'credits'}}; "
                f"known metrics are {', '.join(UNITS)}."
            )
        value = {"value": value, "unit": UNITS[name]}
    if value.keys() != {"value", "unit"}:
        raise ValueError(f"JobPlan: usage: {name!r} must have 'value' and 'unit', got {value!r}.")
    check_amount(f"JobPlan: usage: {name!r}", value["value"])
    return dict(value)


def _checked_estimate(given: Mapping[str, Any]) -> dict[str, Any]:
    check_members("JobPlan: an estimate", given, ("costs", "duration", "size"))
    for name in ("costs", "size"):
        check_amount(f"JobPlan: estimate: {name}", given.get(name))
    if "duration" not in given:
        return dict(given)
    return {**given, "duration": to_iso(named_duration("JobPlan: estimate", given["duration"]))}
