"""Waits of threads on a clock: on a frozen one they cost nothing, overlap, and never add up."""

import ctypes
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_backend.clock import Clock
from mock_backend.clock.attendance import Attendance

# What a thread does: waits (in seconds of the clock) and requests.
scripts = st.lists(st.integers(1, 5000) | st.just("request"), min_size=1, max_size=6)
threaded = settings(
    max_examples=10,
    deadline=None,
    # The fixtures hold no state from one example to the next.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def seconds_in(script):
    return sum(step for step in script if step != "request")


class TestParallel:
    @threaded
    @given(st.lists(scripts, min_size=2, max_size=8))
    def test_threads_started_in_a_loop(self, run, play, plans):
        clock = Clock()
        for thread in [run(play, clock, script) for script in plans]:
            thread.result()
        assert clock.elapsed == timedelta(seconds=max(map(seconds_in, plans)))

    @threaded
    @given(st.lists(scripts, min_size=2, max_size=8))
    def test_threads_released_together(self, run, play, plans):
        clock, barrier = Clock(), threading.Barrier(len(plans))

        def follow(script):
            barrier.wait()
            return play(clock, script)

        for thread in [run(follow, script) for script in plans]:
            thread.result()
        assert clock.elapsed == timedelta(seconds=max(map(seconds_in, plans)))

    @threaded
    @given(st.lists(scripts, min_size=2, max_size=5), st.integers(1, 4))
    def test_threads_started_one_after_the_other(self, run, play, plans, milliseconds):
        clock, threads = Clock(), []
        for script in plans:
            threads.append(run(play, clock, script))
            time.sleep(milliseconds / 1000)
        for thread in threads:
            thread.result()
        assert clock.elapsed == timedelta(seconds=max(map(seconds_in, plans)))

    def test_eight_jobs_of_two_hours_take_two_hours(self, run, play, clock):
        script = ["request", *[60, "request"] * 120]
        threads = [run(play, clock, script) for _ in range(8)]
        assert {thread.result() for thread in threads} == {timedelta(hours=2)}

    def test_a_pool_that_is_older_than_the_clock(self, play):
        with ThreadPoolExecutor(4) as pool:
            gate = threading.Barrier(4)
            list(pool.map(lambda _: gate.wait(), range(4)))
            clock = Clock()
            scripts = [["request", 100 * n, "request", 50] for n in (1, 2, 3, 4)]

            def follow(number):
                time.sleep(number / 200)
                return play(clock, scripts[number])

            assert list(pool.map(follow, range(4))) == [timedelta(seconds=n) for n in (150, 250, 350, 450)]

    def test_a_pool_that_idled_in_between(self, run, play, clock):
        # Its threads have long been silent: when one becomes active, the others get their say.
        gate = threading.Barrier(4)

        def rounds(number):
            for _ in range(3):
                gate.wait()
                time.sleep(0.15 + number / 200)
                play(clock, ["request", 100])

        for thread in [run(rounds, number) for number in range(4)]:
            thread.result()
        assert clock.elapsed == timedelta(seconds=300)


def test_a_wait_of_an_hour_takes_no_hour(clock):
    began = time.monotonic()
    clock.sleep("1h")
    assert clock.elapsed == timedelta(hours=1)
    assert time.monotonic() - began < 3600


def test_a_wait_of_nothing_moves_nothing(clock):
    clock.sleep(0)
    assert clock.elapsed == timedelta(0)


def test_waits_of_one_thread_follow_each_other(clock):
    for duration in (0.000001, "10m", timedelta(hours=2), 5):
        clock.sleep(duration)
    assert clock.elapsed == timedelta(hours=2, minutes=10, seconds=5, microseconds=1)


def test_a_thread_that_was_just_started_has_its_say_before_the_starter_waits(run, slept, request_on):
    # The starter is the only one who ever talked to the clock, and it waits. The grace is longer than a busy
    # machine keeps the thread from its turn; no wait here lasts for it.
    clock = Clock(grace=5)
    for _ in range(5):
        begin = clock.elapsed

        def newcomer():
            time.sleep(0.01)
            request_on(clock)
            return slept(clock, 10)

        thread = run(newcomer)
        clock.sleep(60)
        assert clock.elapsed - begin == timedelta(seconds=60)
        assert thread.result() - begin == timedelta(seconds=10)


def test_moving_the_clock_ends_the_waits_it_passes(run, clock, slept):
    with clock.visitor():  # holds the clock, so that only the order below moves it
        short, long = run(slept, clock, 60), run(slept, clock, 6000)
        assert short.is_held
        clock.advance(minutes=10)
        assert short.result() == timedelta(minutes=10)
        assert long.is_held
    assert long.result() == timedelta(seconds=6000)


def test_a_restart_ends_the_waits_of_the_old_time(run, clock, slept):
    clock.advance(hours=5)
    with clock.visitor():
        waiting = run(slept, clock, 60)
        assert waiting.is_held
        clock.restart()
        assert waiting.result() == timedelta(0)
    clock.sleep(1)
    assert clock.elapsed == timedelta(seconds=1)


@pytest.mark.skipif(sys.platform == "win32", reason="needs usleep")
def test_a_stall_of_the_whole_process_is_no_silence(run, clock):
    # PyDLL keeps the GIL during the call, as many a long call into C does.
    stall = ctypes.PyDLL(None).usleep

    def with_long_calls():
        woke = []
        for _ in range(3):
            clock.sleep(10)
            woke.append(clock.elapsed.total_seconds())
            stall(200_000)
        return woke

    thread, other = run(with_long_calls), run(clock.sleep, 100)
    assert thread.result() == [10, 20, 30]
    other.result()
    assert clock.elapsed == timedelta(seconds=100)


@pytest.mark.parametrize(("late_by", "looks"), [(0, 5), (0.004, 5), (0.01, 10), (0.04, 25), (0.19, 100)])
def test_a_busy_machine_gets_more_looks(run, source, late_by, looks):
    attendance = Attendance(source, grace=0.05)
    speaks, ends = threading.Event(), threading.Event()

    def other():
        attendance.end_request(attendance.begin_request())
        speaks.set()
        ends.wait()

    thread = run(other)
    speaks.wait()
    attendance._begin_wait(attendance._me(), 0)
    needed = 0
    while attendance._unsettled_for():
        source.seconds += 0.01 + late_by
        needed += 1
    assert looks <= needed <= looks + 1
    ends.set()
    thread.result()


class TestRunning:
    """At rate n a wait really takes 1/n of its length."""

    def test_a_wait_really_takes_its_share(self):
        clock = Clock(rate=10_000)
        began = time.monotonic()
        clock.sleep(1000)
        assert time.monotonic() - began >= 0.1
        assert clock.elapsed >= timedelta(seconds=1000)

    def test_a_wait_ends_when_the_source_says_so(self, run, source):
        clock = Clock(rate=60, source=source)
        waiting = run(clock.sleep, 60)
        for _ in range(2):
            assert waiting.is_held
            source.seconds += 0.5
        waiting.result()

    def test_parallel_waits_overlap(self, run, source):
        clock = Clock(rate=60, source=source)
        waits = [run(clock.sleep, 60) for _ in range(2)]
        assert all(wait.is_held for wait in waits)
        source.seconds += 1
        for wait in waits:
            wait.result()
        assert clock.elapsed == timedelta(seconds=60)

    def test_moving_the_clock_ends_a_wait(self, run, source):
        clock = Clock(rate=1, source=source)
        waiting = run(clock.sleep, "1h")
        assert waiting.is_held
        clock.advance(hours=1)
        waiting.result()

    def test_a_higher_rate_shortens_a_wait_under_way(self, run):
        clock = Clock(rate=1)
        waiting = run(clock.sleep, "1h")
        assert waiting.is_held
        clock.rate = 1e6
        waiting.result()

    def test_freezing_lets_a_wait_under_way_jump(self, run, slept):
        clock = Clock(rate=1)
        waiting = run(slept, clock, "1h")
        assert waiting.is_held
        clock.rate = 0
        assert timedelta(hours=1) <= waiting.result() < timedelta(hours=1, minutes=1)

    def test_no_other_thread_is_waited_for(self, run, source):
        clock = Clock(rate=1, source=source)
        request = clock.begin_request()
        waiting = run(clock.sleep, 10)
        assert waiting.is_held
        source.seconds += 10
        waiting.result()
        clock.end_request(request)
