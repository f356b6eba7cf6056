"""Pollers that would poll a frozen clock for ever."""

import warnings

import pytest

from mock_backend import Clock, FrozenClockWarning, JobPlan
from mock_backend.control import PollGuard, poll_guard


@pytest.fixture
def unhurried(monkeypatch):
    """Let no number of requests be slow, however busy the machine is."""
    monkeypatch.setattr(poll_guard, "SLOW_SECONDS", float("inf"))


@pytest.fixture
def poll(api, unhurried):
    job_id = api.create()
    api.start(job_id)
    return lambda times: [api(f"GET /jobs/{job_id}") for _ in range(times)][-1]


def test_a_hundred_identical_answers_warn_and_a_thousand_are_refused(poll, assert_error):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        poll(99)
    with pytest.warns(FrozenClockWarning, match=r"clock\.advance"):
        poll(1)
    assert poll(900).status_code == 200
    assert_error(poll(1), 500, "Internal", "clock.advance", "clock.rate")


def test_moving_the_clock_starts_over(poll, mock_backend):
    for _ in range(3):
        poll(99)
        mock_backend.clock.advance("1s")


@pytest.mark.mock_backend(rate=0.001)
def test_a_running_clock_is_not_guarded(poll):
    assert poll(150).status_code == 200


def test_a_job_that_has_ended_may_be_looked_at_for_ever(poll, mock_backend):
    mock_backend.clock.advance("1d")

    assert poll(150).json()["status"] == "finished"


def test_polls_that_move_the_job_are_fine(api, mock_backend, unhurried):
    mock_backend.plan(JobPlan.polls(queued=100, running=100))
    job_id = api.create()
    api.start(job_id)

    assert [api.status(job_id) for _ in range(202)][-1] == "finished"


def test_jobs_are_counted_one_by_one(api, unhurried):
    ids = [api.create(), api.create()]
    for job_id in ids:
        api.start(job_id)
    for _ in range(99):
        for job_id in ids:
            api.status(job_id)

    with pytest.warns(FrozenClockWarning, match=ids[1]):
        api.status(ids[1])


def test_a_poller_that_sleeps_for_real_is_warned_soon():
    seconds, clock = [0.0], Clock()
    guard = PollGuard(lambda: seconds[0])

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            guard.note("The status of job 'j-1'", clock)
            seconds[0] += 10
        guard.note("The status of job 'j-1'", clock)
    with pytest.warns(FrozenClockWarning, match=r"j-1.*5 times.*clock\.advance"):
        guard.note("The status of job 'j-1'", clock)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        guard.note("The status of job 'j-1'", clock)
        clock.advance("1s")
        guard.note("The status of job 'j-1'", clock)


def test_a_reset_starts_over(mock_backend, api, unhurried):
    for _ in range(2):
        job_id = api.create()
        api.start(job_id)
        for _ in range(60):
            api.status(job_id)
        mock_backend.reset()
