"""Changes of the course of a run that has not ended: each is one more fact about it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from mock_backend.lifecycle.plan import DEFAULT_ERROR, JobPlan
from mock_backend.lifecycle.run import Move, Run
from mock_backend.lifecycle.state import JobState, state_at

#: Members of plans that say how a run ends, or that count polls until then.
_ENDINGS = ("fails_at", "error", "code", "stacktrace", "canceled_at", "queued_polls", "running_polls")


def finished(run: Run, now: datetime) -> Run:
    """Return a run that finishes at an instant."""
    return _ended(run, now, 1.0)


def failed(
    run: Run,
    now: datetime,
    error: str = DEFAULT_ERROR,
    *,
    code: str | None = None,
    stacktrace: str | None = None,
) -> Run:
    """Return a run that fails at an instant, with a code and a stack trace in its log."""
    done = done_at(run, _active(run, now), now)
    return _ended(run, now, done, fails_at=done, error=error, code=code, stacktrace=stacktrace)


def progressed(run: Run, now: datetime, percent: float) -> Run:
    """Return a run that has got to a percentage at an instant, and goes on from there."""
    told = f"Progress must be a percentage from 0 to 100, got {percent!r}."
    if isinstance(percent, bool) or not isinstance(percent, int | float):
        raise TypeError(told)
    if not 0 <= percent <= 100:
        raise ValueError(told)
    state, plan = _active(run, now), run.course(now).plan
    if state.running_since is None:
        raise ValueError(
            "The job is queued; only a running job has progress. Let it run: replan(JobPlan(queued=0))."
        )
    if plan.counts_polls:
        raise ValueError("The job's plan counts polls; give it one in time first: replan(JobPlan(…)).")
    done = plan.curve.fraction(percent)
    return run.moved(Move(at=now, plan=plan, running_since=state.running_since, done=done))


def replanned(run: Run, now: datetime, plan: JobPlan) -> Run:
    """Return a run that has another plan from an instant on; what it has done counts.

    A queued job waits from then on as long as the new plan says; one that runs has done the same fraction of
    the new run as of the old one. A plan cannot count polls, or end before the place where the job is.
    """
    if not isinstance(plan, JobPlan):
        raise TypeError(f"replan() takes a JobPlan, e.g. JobPlan(running='10m'), got {plan!r}.")
    if plan.counts_polls:
        raise ValueError("A job that has been started gets no plan that counts polls; give one in time.")
    state = _active(run, now)
    done = done_at(run, state, now)
    if done > plan.end:
        raise ValueError(
            f"{done:.0%} of the job's run are over; a plan that ends at {plan.end:.0%} comes too late."
        )
    return run.moved(Move(at=now, plan=plan, running_since=state.running_since, done=done))


def done_at(run: Run, state: JobState, now: datetime) -> float:
    """Return the fraction of a run that is over at an instant."""
    course = run.course(now)
    plan = course.plan
    if state.running_since is None:
        return 0.0
    if plan.counts_polls:
        return plan.curve.fraction(state.progress)
    if not plan.full_run:
        return course.done
    since = state.running_since if course.running_since is None else course.at
    return min(course.done + (now - since) / plan.full_run, 1.0)


def _active(run: Run, now: datetime) -> JobState:
    state = state_at(run.started, run, now)
    if not state.status.is_active:
        raise ValueError(f"The job is {state.status.value}; only a queued or running job can be moved.")
    return state


def _ended(run: Run, now: datetime, done: float, **failure: Any) -> Run:
    state = _active(run, now)
    plan = replace(run.course(now).plan, **{**dict.fromkeys(_ENDINGS), **failure})
    return run.moved(Move(at=now, plan=plan, running_since=state.running_since or now, done=done))
