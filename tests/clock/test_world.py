"""The clock of each thread, and the stand-ins for ``time`` and ``asyncio``.

Everything here happens in threads of their own: what the test's thread talked to before is
its own business.
"""

import asyncio
import threading
import time
from datetime import timedelta

import pytest

from mock_backend.clock import Clock
from mock_backend.clock import thread_clock as world
from mock_backend.clock.time_stand_ins import Reading, VirtualAsyncio, VirtualTime

SHORT = 0.02


@pytest.fixture
def virtual():
    return VirtualTime()


@pytest.fixture
def in_thread(run):
    """Call a function in a fresh thread and return what it returns."""

    def call(function):
        return run(function).result()

    return call


def test_a_thread_that_never_talked_to_us_sleeps_really(in_thread, clock, virtual):
    def sleep():
        began = time.monotonic()
        virtual.sleep(SHORT)
        return time.monotonic() - began

    assert in_thread(sleep) >= SHORT
    assert clock.elapsed == timedelta(0)


def test_a_thread_sleeps_on_the_clock_of_its_latest_request(in_thread, virtual):
    ours, other = Clock(), Clock()

    def sleep():
        world.note_request(ours)
        virtual.sleep(100)
        world.note_request(other)
        virtual.sleep(10)
        world.note_request(ours)
        virtual.sleep(1)

    in_thread(sleep)
    assert (ours.elapsed, other.elapsed) == (timedelta(seconds=101), timedelta(seconds=10))


def test_a_request_elsewhere_brings_real_time_back(in_thread, clock, virtual):
    def sleep():
        world.note_request(clock)
        virtual.sleep(100)
        world.note_request(None)
        began = time.monotonic()
        virtual.sleep(SHORT)
        return time.monotonic() - began

    assert in_thread(sleep) >= SHORT
    assert clock.elapsed == timedelta(seconds=100)


def test_threads_live_in_worlds_of_their_own(run, clock, virtual):
    noted, ended = threading.Event(), threading.Event()

    def ours():
        world.note_request(clock)
        noted.set()
        ended.wait()
        virtual.sleep(100)

    def foreign():
        noted.wait()
        began = time.monotonic()
        virtual.sleep(SHORT)
        ended.set()
        return time.monotonic() - began, world.clock_of_thread(), world.is_undecided()

    thread = run(ours)
    took, its_clock, undecided = run(foreign).result()
    thread.result()
    assert took >= SHORT
    assert its_clock is None
    assert undecided
    assert clock.elapsed == timedelta(seconds=100)


def test_a_thread_is_undecided_until_its_first_request(in_thread, clock):
    def visit(target):
        before = world.is_undecided()
        world.note_request(target)
        return before, world.is_undecided(), world.clock_of_thread()

    assert in_thread(lambda: visit(clock)) == (True, False, clock)
    assert in_thread(lambda: visit(None)) == (True, False, None)


class TestVirtualTime:
    def test_it_is_the_real_thing_but_for_what_follows_the_clock(self, virtual):
        assert virtual.strftime is time.strftime
        assert virtual.gmtime is time.gmtime
        with pytest.raises(AttributeError, match="nonsense"):
            _ = virtual.nonsense

    def test_it_tells_the_time_of_the_clock(self, in_thread, clock, virtual):
        def read():
            world.note_request(clock)
            clock.advance(minutes=1)
            return virtual.time(), virtual.monotonic(), virtual.perf_counter()

        assert in_thread(read) == (clock.now().timestamp(), 60, 60)

    def test_it_tells_real_time_elsewhere(self, in_thread, clock, virtual):
        def read():
            return (
                time.time(),
                virtual.time(),
                time.time(),
                time.monotonic(),
                virtual.monotonic(),
                time.monotonic(),
            )

        before, now, after, *monotonic = in_thread(read)
        assert before <= now <= after
        assert monotonic == sorted(monotonic)

    @pytest.mark.parametrize("seconds", [-1, -0.001])
    def test_a_negative_sleep_is_refused_as_by_the_real_one(self, in_thread, clock, virtual, seconds):
        def sleep():
            world.note_request(clock)
            virtual.sleep(seconds)

        with pytest.raises(ValueError, match="sleep length must be non-negative"):
            in_thread(sleep)


class TestReading:
    """Clients subtract a reading taken before their first request from one taken after it."""

    @pytest.fixture(params=["time", "monotonic", "perf_counter"])
    def read(self, request, virtual):
        return getattr(virtual, request.param)

    def test_before_and_after_the_first_request(self, in_thread, clock, read):
        def measure():
            before = read()
            world.note_request(clock)
            clock.sleep(3600)
            return read() - before

        assert in_thread(measure) == 3600

    def test_before_and_after_a_request_elsewhere(self, in_thread, clock, read):
        def measure():
            world.note_request(clock)
            before = read()
            clock.sleep(3600)
            world.note_request(None)
            time.sleep(SHORT)
            return read() - before

        assert SHORT <= in_thread(measure) < 3600

    def test_on_two_clocks(self, in_thread, read):
        ours, other = Clock("2020-01-01T00:00:00Z"), Clock("2030-01-01T00:00:00Z")

        def measure():
            world.note_request(ours)
            before = read()
            ours.sleep(3600)
            world.note_request(other)
            other.sleep(60)
            return read() - before

        assert in_thread(measure) == 60

    def test_on_a_clock_that_did_not_exist_at_the_earlier_one(self, in_thread, clock, read):
        def measure():
            world.note_request(clock)
            before = read()
            clock.sleep(3600)
            younger = Clock("2030-01-01T00:00:00Z")
            world.note_request(younger)
            younger.sleep(60)
            return read() - before

        assert in_thread(measure) == 3600

    def test_in_one_world(self, in_thread, clock, read):
        def measure():
            world.note_request(clock)
            before = read()
            clock.sleep(10)
            return read() - before

        assert in_thread(measure) == 10

    def test_it_is_a_number_like_any_other(self, in_thread, clock, read):
        reading = in_thread(read)
        assert isinstance(reading, float)
        assert isinstance(reading, Reading)
        assert reading - 1.0 == float(reading) - 1.0
        assert 1.0 - reading == 1.0 - float(reading)
        assert reading + 1 == float(reading) + 1


class TestVirtualAsyncio:
    def test_it_is_the_real_thing_but_for_sleep(self):
        loops = VirtualAsyncio(world.clock_of_thread)
        assert loops.gather is asyncio.gather
        assert loops.Event is asyncio.Event

    def test_it_sleeps_on_the_clock_or_really(self, in_thread, clock):
        loops = VirtualAsyncio(world.clock_of_thread)

        async def main():
            world.note_request(clock)
            results = [await loops.sleep(3600, "late"), await loops.sleep(0, "now")]
            world.note_request(None)
            began = time.monotonic()
            results.append(await loops.sleep(SHORT, "real"))
            return results, time.monotonic() - began

        results, took = in_thread(lambda: asyncio.run(main()))
        assert results == ["late", "now", "real"]
        assert took >= SHORT
        assert clock.elapsed == timedelta(hours=1)
