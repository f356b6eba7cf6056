"""Plans of jobs: their course once they are started."""

import math
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, lru_cache
from typing import Any, Literal

from mock_backend.durations import Duration, to_timedelta

DEFAULT_ERROR = "Processing failed."

# 0.57 of 100 is 56.99999999999999 in binary: rounded to this, it is what the plan's author meant.
_DIGITS = 9


@dataclass(frozen=True, kw_only=True)
class JobPlan:
    """Course of a job: how long it is queued and runs, and how it ends.

    Args:
        queued: Time in the queue, three seconds by default: a client that waits sees the job
            queued, running and finished in a few polls. None means for ever.
        running: Length of the run, 15 seconds by default; None means for ever.
        fails_at: The fraction of the run (0 to 1) at which it fails; None means it finishes.
        error: The message of the failure. Given alone, the job fails at the end of its run.
        stacktrace: The stack trace of the failure in the job's log, which API 1.3 shows.
        partial_results: True if there are results before the end. Decides what cancelling a
            running job leads to: ``canceled`` with them, ``created`` without.
        lag: Time after the start while the job still seems to be ``created``; it can be started again then.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If a duration is negative or unreadable, or the fraction is out of range.

    Example:
        >>> JobPlan(queued="30s", running="10m", fails_at=0.6, error="out of memory").lasts
        datetime.timedelta(seconds=390)
    """

    queued: Duration | None = timedelta(seconds=3)
    running: Duration | None = timedelta(seconds=15)
    fails_at: float | None = None
    error: str | None = None
    stacktrace: str | None = field(default=None, repr=False)
    partial_results: bool = True
    lag: Duration = timedelta(0)
    #: The same two phases counted in requests of the owner instead of time; see ``polls``.
    queued_polls: int | None = field(default=None, repr=False)
    running_polls: int | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name in ("queued", "running", "lag"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, _phase(name, value))
        for name in ("queued_polls", "running_polls"):
            count = getattr(self, name)
            if count is not None:
                _check_count(name, count)
        if self.counts_polls != (self.running_polls is not None):
            raise ValueError("JobPlan: queued_polls and running_polls go together; see JobPlan.polls().")
        if self.error is not None and not isinstance(self.error, str):
            raise TypeError(f"JobPlan: error is the message of the failure, not {self.error!r}.")
        if not isinstance(self.partial_results, bool):
            raise TypeError(f"JobPlan: partial_results is True or False, not {self.partial_results!r}.")
        if self.error is not None and self.fails_at is None:
            object.__setattr__(self, "fails_at", 1.0)
        if self.fails_at is not None:
            _check_fraction(self.fails_at)
        if self.stacktrace is not None and self.fails_at is None:
            raise ValueError("JobPlan: a stacktrace is that of a failure; give an error, too.")

    @classmethod
    def polls(
        cls, *, queued: int = 1, running: int = 4, fails_at: float | None = None, error: str | None = None
    ) -> "JobPlan":
        """Plan by the number of the owner's ``GET /jobs/{job_id}`` instead of by time.

        Args:
            queued: Number of these requests that see the job queued.
            running: Number of those after them that see it running; the next one sees the end.
            fails_at: The fraction of the running requests after which it fails.
            error: The message of the failure.
        """
        return cls(queued_polls=queued, running_polls=running, fails_at=fails_at, error=error)

    @classmethod
    def immediate(cls, *, error: str | None = None) -> "JobPlan":
        """Plan a job that ends at the instant it is started."""
        return cls(queued=0, running=0, error=error)

    @classmethod
    def stuck(cls, phase: Literal["queued", "running"] = "running") -> "JobPlan":
        """Plan a job that never leaves a phase by itself."""
        if phase not in ("queued", "running"):
            raise ValueError(f"JobPlan.stuck: a job is stuck 'queued' or 'running', not {phase!r}.")
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

    @cached_property
    def runs_for(self) -> timedelta | None:
        """Real length of the run, up to its failure if it fails; None means for ever."""
        if self.full_run is None or self.fails_at is None:
            return self.full_run
        return self.full_run * self.fails_at

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
        running = (self.running_polls or 0) * (1.0 if self.fails_at is None else self.fails_at)
        return self.polls_until_running + math.ceil(round(running, _DIGITS))

    @cached_property
    def final_progress(self) -> int:
        """The percentage at which the job ends."""
        return 100 if self.fails_at is None else math.floor(round(100 * self.fails_at, _DIGITS))

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON values; ``from_json`` reads them back."""
        if self.counts_polls:
            phases: dict[str, Any] = {"queued_polls": self.queued_polls, "running_polls": self.running_polls}
        else:
            phases = {
                name: None if value is None else value.total_seconds()
                for name, value in (("queued", self.queued_for), ("running", self.full_run))
            }
        ending = {"fails_at": self.fails_at, "error": self.error, "partial_results": self.partial_results}
        trace = {} if self.stacktrace is None else {"stacktrace": self.stacktrace}
        lag = {"lag": self.unseen_for.total_seconds()} if self.unseen_for else {}
        return phases | ending | trace | lag

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "JobPlan":
        """Read what ``to_json`` returned."""
        # A job is read at every request, and a test has few plans.
        return _plan_of(tuple(values.items()))


@lru_cache(maxsize=256)
def _plan_of(values: tuple[tuple[str, Any], ...]) -> JobPlan:
    return JobPlan(**dict(values))


def _phase(name: str, value: Duration) -> timedelta:
    try:
        return to_timedelta(value)
    except (TypeError, ValueError) as error:
        raise type(error)(f"JobPlan: {name}: {error}") from None


def _check_count(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"JobPlan: {name} is a number of requests, not {value!r}.")
    if value < 0:
        raise ValueError(f"JobPlan: {name} is a number of requests, 0 or more, not {value!r}.")


def _check_fraction(value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"JobPlan: fails_at is a fraction of the run from 0 to 1, not {value!r}.")
    if not 0 <= value <= 1:
        raise ValueError(f"JobPlan: fails_at is a fraction of the run from 0 to 1, not {value!r}.")
