"""Looks at any instant: the same as moving the clock there, and nothing changes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mock_backend import JobPlan, MockBackend

GRAPH = {"add": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}


@pytest.fixture
def job(mock_backend):
    mock_backend.plan(JobPlan(queued="1m", running="10m", fails_at=0.5, error="out of memory"))
    return mock_backend.connect().create_job({"process_graph": GRAPH}, title="mine", validate=False)


def told(moment):
    return [(each.status.value, each.progress, each.costs, each.logs) for each in moment.jobs]


@given(
    some.lists(some.sampled_from(["create", "start", "cancel", "look"]) | some.integers(0, 500), max_size=15),
    some.integers(0, 2000),
)
def test_a_look_back_and_a_look_ahead_tell_what_was_and_what_will_be(steps, later):
    with MockBackend(plan=JobPlan(queued="1m", running="5m")) as backend:
        connection, jobs, seen = backend.connect(), [], {}
        for step in steps:
            # What happens at one instant is told as it was after all of it.
            seen.pop(backend.clock.now(), None)
            if isinstance(step, int):
                backend.clock.advance(step)
            elif step == "create":
                jobs.append(connection.create_job({"process_graph": GRAPH}, validate=False))
            elif jobs and step == "start" and backend.jobs[-1].job.run is None:
                jobs[-1].start()
            elif jobs and step == "cancel" and backend.jobs[-1].status.is_active:
                jobs[-1].stop()
            seen[backend.clock.now()] = told(backend)
        for instant, was in seen.items():
            assert told(backend.at(instant)) == was
        instant = backend.clock.now() + timedelta(seconds=later)
        will_be, now = told(backend.at(instant)), told(backend)
        assert told(backend) == now
        backend.clock.travel_to(instant)
        assert told(backend) == will_be


def test_it_leaves_no_trace(mock_backend, job):
    mock_backend.plan(JobPlan.polls())
    job.start()
    requests = len(mock_backend.requests)

    assert mock_backend.at("2030-01-01T00:00:00Z").jobs.one(title="mine").status == "queued"

    assert len(mock_backend.requests) == requests
    assert mock_backend.clock.elapsed == timedelta(0)
    assert mock_backend.jobs[0].job.run.polls == ()


def test_an_instant_before_a_job(mock_backend):
    mock_backend.clock.advance("1h")
    mock_backend.connect().create_job({"process_graph": GRAPH}, validate=False)

    before = mock_backend.at(mock_backend.clock.start)

    assert (len(before.jobs), list(before.jobs)) == (0, [])
    assert repr(before) == "<2025-06-01T12:00:00+00:00: <0 jobs>>"


def test_the_message_of_an_earlier_run(mock_backend, job):
    job.start()
    mock_backend.clock.advance("1h")
    job.start()

    assert mock_backend.at("2025-06-01T13:00:00Z").jobs[0].status == "queued"
    with pytest.raises(LookupError) as caught:
        mock_backend.at("2025-06-01T12:30:00Z").jobs[0].status  # noqa: B018  # it is computed here
    assert str(caught.value) == (
        f"Job {job.job_id!r} has been started again at 2025-06-01T13:00:00+00:00; the run before is not "
        "kept, so its state at 2025-06-01T12:30:00+00:00 is unknown."
    )


@pytest.mark.parametrize("instant", ["soon", "2025-06-01T12:00:00"])
def test_what_is_no_instant_is_refused(mock_backend, instant):
    with pytest.raises(ValueError, match="2025-06-01T12:00:00Z"):
        mock_backend.at(instant)
