"""Runs that a test moves: one more fact, so that every instant keeps its one reading."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.lifecycle import JobPlan, Run, Status, log_entries, moves, state_at

CREATED = datetime(2025, 6, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def started(run_of, created):
    """A run of ten minutes without a queue, and what its state is some minutes after the start."""
    run = run_of(JobPlan(queued=0, running="10m"))

    def state(run: Run, minutes: float):
        return state_at(created, run, created + minutes * MINUTE)

    return run, state


def test_finishing_ends_the_run_now_and_leaves_the_past(started, created):
    run, state = started
    run = moves.finished(run, created + 3 * MINUTE)

    assert [state(run, minutes).status.value for minutes in (2.9, 3, 60)] == [
        "running",
        "finished",
        "finished",
    ]
    assert [state(run, minutes).progress for minutes in (2.5, 3)] == [25, 100]
    assert state(run, 60).ran == 3 * MINUTE


def test_failing_ends_the_run_at_its_place_with_its_message(started, created):
    run, state = started
    run = moves.failed(run, created + 3 * MINUTE, "out of memory", code="OutOfMemory", stacktrace="here")

    assert (state(run, 5).status, state(run, 5).progress) == (Status.error, 30)
    last = log_entries(created, run, state(run, 5))[-1]
    assert (last.message, last.code, last.stacktrace) == ("out of memory", "OutOfMemory", "here")


def test_progress_jumps_and_goes_on_from_there(started, created):
    run, state = started
    run = moves.progressed(run, created + MINUTE, 90)

    assert [state(run, minutes).progress for minutes in (0.5, 1, 1.5, 2)] == [5, 90, 95, 100]
    assert state(run, 2).status is Status.finished


def test_a_new_plan_counts_what_is_done(started, created):
    run, state = started
    run = moves.replanned(run, created + 5 * MINUTE, JobPlan(running="1h", error="no"))

    assert [state(run, minutes).progress for minutes in (5, 35 - 1 / 60)] == [50, 99]
    assert state(run, 35).status is Status.error


def test_a_queued_job_waits_as_long_as_the_new_plan_says(run_of, created):
    run = moves.replanned(
        run_of(JobPlan.stuck("queued")), created + MINUTE, JobPlan(queued="1m", running="1m")
    )

    seen = [state_at(created, run, created + minutes * MINUTE).status.value for minutes in (1.9, 2, 3)]
    assert seen == ["queued", "running", "finished"]


def test_a_job_that_is_queued_for_ever_can_end(run_of, created):
    run = run_of(JobPlan.stuck("queued"))
    ended = [state_at(created, move(run, created), created) for move in (moves.finished, moves.failed)]
    assert [(each.status.value, each.progress) for each in ended] == [("finished", 100), ("error", 0)]


def test_a_job_that_counts_polls_can_end(run_of, created, poll):
    run, _ = poll(run_of(JobPlan.polls(queued=0, running=4)), 2)
    run = moves.finished(run, created + MINUTE)
    assert state_at(created, run, created + MINUTE).status is Status.finished
    assert run.polled(created + 2 * MINUTE) is run, "polls count no more"


@pytest.mark.parametrize(
    ("move", "message"),
    [
        (
            lambda run, now: moves.progressed(run, now, 101),
            "Progress must be a percentage from 0 to 100, got 101.",
        ),
        (lambda run, now: moves.replanned(run, now, JobPlan.polls()), "no plan that counts polls"),
        (
            lambda run, now: moves.replanned(run, now, JobPlan(fails_at=0.2)),
            "50% of the job's run are over; a plan that ends at 20% comes too late.",
        ),
        (
            lambda run, now: moves.finished(moves.failed(run, now), now),
            "The job is error; only a queued or running job can be moved.",
        ),
    ],
)
def test_what_cannot_be_is_refused(started, created, move, message):
    with pytest.raises(ValueError, match=message):
        move(started[0], created + 5 * MINUTE)


def test_what_is_no_plan_and_no_percentage_is_refused(started, created):
    with pytest.raises(TypeError, match=r"replan\(\) takes a JobPlan"):
        moves.replanned(started[0], created, "1h")
    with pytest.raises(TypeError, match=r"Progress must be a percentage from 0 to 100, got 'half'."):
        moves.progressed(started[0], created, "half")


_moves = st.one_of(
    st.just(moves.finished),
    st.just(moves.failed),
    st.floats(0, 100).map(lambda percent: lambda run, now: moves.progressed(run, now, percent)),
    st.builds(
        JobPlan,
        queued=st.none() | st.integers(0, 100),
        running=st.none() | st.integers(0, 100),
        logs=st.lists(st.builds(dict, at=st.floats(0, 1) | st.just("5s"), message=st.just("planned"))),
    ).map(lambda plan: lambda run, now: moves.replanned(run, now, plan)),
)


@given(
    plan=st.from_type(JobPlan),
    story=st.lists(st.tuples(st.integers(0, 100), _moves), max_size=5),
    instants=st.lists(st.integers(0, 1000), min_size=1, max_size=5),
)
def test_a_move_changes_no_reading_of_an_earlier_instant(plan, story, instants):
    run = Run(number=1, started=CREATED, plan=plan)
    now, readings = CREATED, {}
    for after, move in story:
        for seconds in range(0, after, 7):
            instant = now + timedelta(seconds=seconds)
            readings[instant] = state_at(CREATED, run, instant)
        now += timedelta(seconds=after)
        told = log_entries(CREATED, run, state_at(CREATED, run, now))
        try:
            run = move(run, now)
        except ValueError:
            continue
        assert Run.from_json(json.loads(json.dumps(run.to_json()))) == run
        again = log_entries(CREATED, run, state_at(CREATED, run, now))
        assert again[: len(told)] == told, "a log only grows"
        assert state_at(CREATED, run, now).status in {"running", "queued", "finished", "error"}
    for instant, state in readings.items():
        assert state_at(CREATED, run, instant) == state
    later = sorted(now + timedelta(seconds=seconds) for seconds in instants)
    logs = [log_entries(CREATED, run, state_at(CREATED, run, instant)) for instant in later]
    for shorter, longer in pairwise(logs):
        assert longer[: len(shorter)] == shorter, "a log only grows"
