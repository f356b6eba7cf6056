"""Real times of instants of a clock, for comparison with other programs' clocks."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from mock_backend import Clock

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def real():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def running(real, rate):
    """Return a clock, and a function that lets a number of real seconds pass."""
    source = [0.0]
    clock = Clock(START, rate=rate, source=lambda: source[0])

    def wait(seconds):
        source[0] += seconds
        real.shift(seconds)

    return clock, wait


def test_a_clock_that_never_ran_is_the_only_one(real):
    clock = Clock("2020-01-01T00:00:00Z")
    clock.advance(hours=1)

    assert clock.outside() == clock.now()
    assert clock.outside(clock.start) == clock.start


def test_past_instants_have_one_real_time_each(real):
    clock, wait = running(real, 60)
    wait(60)
    clock.advance(hours=3)
    wait(60)
    clock.rate = 0
    wait(600)
    clock.advance(hours=1)
    clock.rate = 1
    wait(10)

    def seconds(hours):
        return (clock.outside(START + hours * HOUR) - START).total_seconds()

    # An hour in the first minute, three at once, an hour in the second minute; a pause, with one at its end.
    assert [seconds(hours) for hours in (-1, 0, 0.5, 1, 2, 4, 4.5, 5.5)] == [
        -3600,
        0,
        30,
        60,
        60,
        60,
        90,
        720,
    ]
    assert clock.outside(clock.now()) == clock.outside() == START + timedelta(seconds=730)


def test_a_restart_begins_anew(real):
    clock, wait = running(real, 60)
    wait(60)
    clock.restart()

    assert clock.outside(clock.start) == START + timedelta(seconds=60)


def test_many_moves_are_not_all_remembered(real):
    clock, _ = running(real, 1)
    for _ in range(2500):
        clock.advance(1)

    assert len(clock._real._marks) <= 1000
    assert clock.outside(clock.now()) == START
