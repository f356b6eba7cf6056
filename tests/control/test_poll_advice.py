"""Advice for waits that move no clock: the line to write."""

import time
from unittest import mock

import openeo.rest.job
import pytest

from mock_backend import FrozenClockWarning, JobPlan
from mock_backend.control import poll_guard

MODULE = """
    import {imports}

    def poll(job):
        while job.status() != "finished":
            {wait}
"""


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(poll_guard, "WARN_AFTER", 5)


@pytest.fixture
def job(mock_backend):
    mock_backend.plan(JobPlan(running="10m"))
    job = mock_backend.connect().load_collection("SENTINEL2_L2A").create_job()
    job.start()
    return job


@pytest.fixture
def write(pytester):
    """Write a module of the user's and import it."""

    def write(imports, wait):
        pytester.syspathinsert()
        pytester.makepyfile(their_polling=MODULE.format(imports=imports, wait=wait))
        import their_polling

        return their_polling

    return write


def advice(call):
    with pytest.warns(FrozenClockWarning) as caught, pytest.raises(StopIteration):
        call()
    (warning,) = caught
    return str(warning.message)


def test_a_mocked_sleep(mock_backend, job, write, pytester):
    polling = write("time", "time.sleep(10)")
    slept = mock.Mock(side_effect=[None] * 6, name="sleep")

    with mock.patch("time.sleep", slept):
        told = advice(lambda: polling.poll(job))

    assert told == (
        f"The status of job {job.job_id!r} was asked for 5 times while the clock stood still at "
        "2025-06-01T12:00:00+00:00: it will never change by itself. "
        f"time.sleep is replaced by {slept!r}, so that no time passes for the poller at "
        f"{pytester.path}/their_polling.py:4. Remove that patch, and write "
        "`with clock.patch('their_polling'):` there; or let the clock run with clock.rate = 60."
    )
    # It is the right line.
    with mock_backend.clock.patch("their_polling"):
        polling.poll(job)


def test_a_mocked_sleep_of_the_client(job):
    slept = mock.Mock(side_effect=[None] * 9, name="sleep")

    with mock.patch.object(openeo.rest.job.time, "sleep", slept):
        told = advice(job.start_and_wait)

    assert (
        f"The sleep of the openeo client is replaced by {slept!r}, so that its waits move no clock. "
        "Remove that patch: without it they move the clock, and take no real time; or let"
    ) in told
    job.start_and_wait()


def test_a_sleep_of_its_own(job, write, pytester):
    polling = write("time, itertools", "next(waits)")
    polling.waits = iter([None] * 6)

    told = advice(lambda: polling.poll(job))

    assert (
        f"Put the waits of the poller at {pytester.path}/their_polling.py:4 on it: "
        "`with clock.patch('their_polling'):`; or let"
    ) in told


def test_no_sleep_at_all(job, write, pytester):
    polling = write("itertools", "next(waits)")
    polling.waits = iter([None] * 6)

    told = advice(lambda: polling.poll(job))

    assert (
        f"Write `clock.advance(minutes=10)` between the looks at {pytester.path}/their_polling.py:4;" in told
    )


def test_the_sleep_of_time_is_as_it_was():
    assert time.sleep.__module__ == "time"
