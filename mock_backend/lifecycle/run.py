"""The facts of one start of a job."""

from collections.abc import Callable
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Any

from mock_backend.dataclass import dataclass
from mock_backend.lifecycle.lines import Line
from mock_backend.lifecycle.plan import JobPlan
from mock_backend.lifecycle.usage import Work


@dataclass(frozen=True)
class UdfRules:
    """Rules by which it is decided whether user-defined functions run."""

    #: None to run those that can, True to run all or to fail, False to run none.
    run: bool | None = False
    archives: tuple[str, ...] = ()  #: The folders that archives are unpacked to for them


@dataclass(frozen=True, kw_only=True)
class Move:
    """A course that a run is on from an instant on.

    Args:
        at: The instant.
        plan: The plan that counts from then on.
        running_since: Since when the job has been running then; None if it is queued.
        done: The fraction of its run that is over then.
    """

    at: datetime
    plan: JobPlan
    running_since: datetime | None = None
    done: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values; ``from_json`` reads them back."""
        since = {} if self.running_since is None else {"running_since": self.running_since.isoformat()}
        return {"at": self.at.isoformat(), "plan": self.plan.to_dict(), "done": self.done, **since}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Move":
        """Read what ``to_json`` returned."""
        since = values.get("running_since")
        return cls(
            at=datetime.fromisoformat(values["at"]),
            plan=JobPlan.from_dict(values["plan"]),
            running_since=since and datetime.fromisoformat(since),
            done=values["done"],
        )


@dataclass(frozen=True, kw_only=True)
class Run:
    """The facts of one start of a job.

    Args:
        number: 1 for the first start, 2 for the first restart, and so on.
        started: When the start was asked for.
        plan: The plan that was bound at that instant.
        canceled: When it was cancelled, if it was.
        canceled_to: The status that cancelling has led to, ``created`` or ``canceled``; None if it follows
            from the plan.
        polls: When its owner asked for its status, as far as the plan counts that.
        lines: The log lines of its user-defined functions.
        process: The process of the run if the job has been given another since; None if it is the job's.
        work: The amount of data that it processes; None if that is not known.
        placed: True if it waits for a place before it runs.
        moves: The changes of the test since.
        begins: When it gets its place, the last instant there is if it never does; None if it needs none.
            This follows from the facts about all jobs, so it is not stored.
    """

    number: int
    started: datetime
    plan: JobPlan
    canceled: datetime | None = None
    canceled_to: str | None = None
    polls: tuple[datetime, ...] = ()
    lines: tuple[Line, ...] = ()
    process: dict[str, Any] | None = None
    work: Work | None = None
    placed: bool = False
    moves: tuple[Move, ...] = ()
    begins: datetime | None = field(default=None, compare=False)

    @property
    def latest(self) -> Move:
        """The course that it is on: its plan, and from when on it counts."""
        return self.moves[-1] if self.moves else Move(at=self.started, plan=self.plan)

    @property
    def _latest_plan(self) -> JobPlan:
        return self.moves[-1].plan if self.moves else self.plan

    @property
    def courses(self) -> tuple[Move, ...]:
        """All courses that it has been on, oldest first."""
        return Move(at=self.started, plan=self.plan), *self.moves

    def course(self, now: datetime) -> Move:
        """Return the course that it was on at an instant."""
        if not self.moves or self.moves[-1].at <= now:
            return self.latest
        return [self.courses[0], *(each for each in self.moves if each.at <= now)][-1]

    def running_from(self, at: datetime, plan: JobPlan, now: datetime) -> datetime | None:
        """Return since when it has run at an instant, with a plan that began in the queue; None if not yet.

        Args:
            at: When the plan began.
        """
        if self.begins is not None:
            return self.begins if self.begins <= now else None
        waits = plan.queued_for
        # Differences, not sums: a plan may last beyond the last year a datetime can name.
        return None if waits is None or now - at < waits else at + waits

    def has_resumed(self, now: datetime) -> bool:
        """Tell whether it goes on at an instant although it was cancelled."""
        after: timedelta | None = self._latest_plan.resumes_after  # type: ignore[assignment]  # made one
        return after is not None and self.canceled is not None and now - self.canceled >= after

    def has_vanished(self, now: datetime) -> bool:
        """Tell whether the job is gone for its owner at an instant."""
        after: timedelta | None = self._latest_plan.vanishes_after  # type: ignore[assignment]  # made one
        return after is not None and now - self.started >= after

    def polled(self, now: datetime) -> "Run":
        """Note a status request, if the plan still counts them."""
        plan = self._latest_plan
        is_canceled = self.canceled is not None and not self.has_resumed(now)
        if is_canceled or not plan.counts_polls or len(self.polls) > plan.polls_until_end:
            return self
        # Not by ``replace``: the course stays, and what is known of it.
        noted = object.__new__(type(self))
        noted.__dict__.update(self.__dict__, polls=(*self.polls, now))
        return noted

    def moved(self, move: Move) -> "Run":
        """Note that its course has changed."""
        return replace(self, moves=(*self.moves, move))

    def cancel(self, now: datetime, to: str | None = None) -> "Run":
        """Note that it was cancelled.

        Args:
            now: When.
            to: The status that this leads to; None if it follows from the plan.
        """
        return replace(self, canceled=now, canceled_to=to)

    def to_json(self) -> dict[str, Any]:
        """Return the run as JSON values; ``from_json`` reads them back."""
        # What is false is the default of its member.
        return {name: write(each) for name, (write, _) in _FORMS.items() if (each := getattr(self, name))}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Run":
        """Read what ``to_json`` returned."""
        # Few of the members are there, and a job is read at every request: the others are those of the class.
        read = {name: _FORMS[name][1](value) for name, value in values.items()}
        if not read.keys() >= {"number", "started", "plan"}:
            return cls(**read)  # which tells what is missing
        run = object.__new__(cls)
        run.__dict__.update(read)
        return run


_INSTANT = datetime.isoformat, datetime.fromisoformat

#: Functions that write and read each member.
_FORMS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "number": (int, int),
    "started": _INSTANT,
    "plan": (lambda plan: dict(plan.members), JobPlan.from_dict),
    "canceled": _INSTANT,
    "canceled_to": (str, str),
    "polls": (
        lambda instants: [each.isoformat() for each in instants],
        lambda values: tuple(map(datetime.fromisoformat, values)),
    ),
    "lines": (
        lambda lines: [each.to_json() for each in lines],
        lambda values: tuple(Line(**each) for each in values),
    ),
    "process": (dict, dict),
    "work": (lambda work: dict(vars(work)), lambda values: Work(**values)),
    "placed": (bool, bool),
    "moves": (
        lambda moves: [each.to_json() for each in moves],
        lambda values: tuple(map(Move.from_json, values)),
    ),
}
