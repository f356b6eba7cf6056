"""Waits of threads on a frozen clock: they cost nothing, overlap, and never add up."""

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
from mock_backend.clock import thread_clock as world
from mock_backend.clock.members import Attendance

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


@pytest.fixture
def play(request_on):
    """Do what a script says, and see to it that each wait ends at its exact instant."""

    def follow(clock: Clock, script) -> timedelta:
        expected = clock.elapsed
        for step in script:
            if step == "request":
                request_on(clock, real_seconds=0.001)
            else:
                expected += timedelta(seconds=step)
                clock.sleep(step)
                assert clock.elapsed == expected
        return clock.elapsed

    return follow


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


class TestHolds:
    """The clock may not jump while a thread is in the middle of something."""

    def test_a_request_in_flight(self, run, clock, slept):
        ours = clock.begin_request()
        waiting = run(slept, clock, 60)
        assert waiting.is_held
        clock.end_request(ours)
        assert waiting.result() == timedelta(seconds=60)

    def test_two_requests_in_flight(self, run, clock, slept):
        first, second = clock.begin_request(), clock.begin_request()
        waiting = run(slept, clock, 60)
        clock.end_request(first)
        assert waiting.is_held
        clock.end_request(second)
        waiting.result()

    def test_a_wait_within_a_request_is_a_wait(self, run, clock, slept):
        # As for a request that is answered late on purpose.
        def late():
            request = clock.begin_request()
            clock.sleep(10)
            clock.end_request(request)
            return clock.elapsed

        other, waiting = run(late), run(slept, clock, 60)
        assert other.result() == timedelta(seconds=10)
        assert waiting.result() == timedelta(seconds=60)

    def test_a_visitor(self, run, clock, slept):
        with clock.visitor(), clock.visitor():
            waiting = run(slept, clock, 60)
            assert waiting.is_held
        assert waiting.result() == timedelta(seconds=60)

    def test_a_visitor_whose_request_fails_holds_no_longer(self, clock):
        with pytest.raises(ZeroDivisionError), clock.visitor():
            raise ZeroDivisionError
        clock.sleep(60)
        assert clock.elapsed == timedelta(seconds=60)

    def test_a_thread_that_talked_a_moment_ago(self, run, slept, request_on):
        clock = Clock(grace=60)
        request_on(clock)
        waiting = run(slept, clock, 60)
        assert waiting.is_held
        clock.leave()
        assert waiting.result() == timedelta(seconds=60)

    def test_no_thread_that_went_elsewhere(self, run, slept, request_on):
        clock, left = Clock(grace=60), threading.Event()
        clock.leave()

        def visit_two_hosts():
            world.note_request(clock)
            request_on(clock)
            world.note_request(None)
            left.set()
            time.sleep(0.5)

        other = run(visit_two_hosts)
        left.wait()
        assert run(slept, clock, 60).result() == timedelta(seconds=60)
        other.result()

    @pytest.mark.parametrize("in_flight", [False, True])
    def test_no_thread_that_has_ended(self, run, slept, in_flight):
        clock = Clock(grace=60)
        clock.leave()

        def die():
            request = clock.begin_request()
            if not in_flight:
                clock.end_request(request)

        run(die).result()
        assert run(slept, clock, 60).result() == timedelta(seconds=60)

    def test_not_for_ever_a_thread_that_fell_silent(self, run, clock, slept, request_on):
        request_on(clock)
        assert run(slept, clock, 60).result() == timedelta(seconds=60)

    def test_not_for_ever_a_newcomer_that_never_talks_to_us(self, run, clock):
        idle = threading.Event()
        foreign = run(idle.wait)
        for _ in range(100):
            clock.sleep(60)
        idle.set()
        foreign.result()
        assert clock.elapsed == timedelta(minutes=100)

    def test_leaving_twice_or_without_having_come_does_no_harm(self, run, clock):
        run(clock.leave).result()
        clock.leave()
        clock.leave()
        clock.sleep(60)
        assert clock.elapsed == timedelta(seconds=60)

    def test_a_request_that_ends_after_its_thread_left_does_no_harm(self, run, clock, slept):
        request = clock.begin_request()
        clock.leave()
        clock.end_request(request)
        assert run(slept, clock, 60).result() == timedelta(seconds=60)


class TestPledges:
    """Work on its way from one thread to another holds the clock."""

    def test_until_it_is_done(self, run, clock, slept):
        pledge, proceed = clock.pledge_task(), threading.Event()
        waiting = run(slept, clock, 60)
        assert waiting.is_held, "it was not begun"

        def work():
            pledge.begin()
            proceed.wait()
            pledge.end()

        worker = run(work)
        assert waiting.is_held, "it has begun and is not done"
        proceed.set()
        worker.result()
        assert waiting.result() == timedelta(seconds=60)

    def test_not_while_the_work_itself_waits(self, run, clock, slept):
        pledge, proceed = clock.pledge_task(), threading.Event()
        short, long = run(slept, clock, 60), run(slept, clock, 600)

        def work():
            pledge.begin()
            clock.sleep(300)
            proceed.wait()
            pledge.end()
            return clock.elapsed

        worker = run(work)
        assert short.result() == timedelta(seconds=60)
        assert long.is_held, "the work goes on"
        proceed.set()
        assert worker.result() == timedelta(seconds=300)
        assert long.result() == timedelta(seconds=600)

    def test_not_once_it_is_withdrawn(self, run, clock, slept):
        pledge = clock.pledge_task()
        waiting = run(slept, clock, 60)
        assert waiting.is_held
        pledge.end()
        assert waiting.result() == timedelta(seconds=60)

    def test_each_for_itself(self, run, clock, slept):
        first, second = clock.pledge_task(), clock.pledge_task()
        waiting = run(slept, clock, 60)
        first.end()
        first.end()  # twice does no harm
        assert waiting.is_held
        second.end()
        waiting.result()

    def test_work_that_was_withdrawn_may_begin_late_and_holds_nothing(self, run, clock, slept):
        pledge = clock.pledge_task()
        pledge.end()
        pledge.begin()
        assert run(slept, clock, 60).result() == timedelta(seconds=60)

    def test_work_that_begins_twice_ends_once(self, run, clock, slept):
        pledge = clock.pledge_task()
        pledge.begin()
        pledge.begin()
        waiting = run(slept, clock, 60)
        assert waiting.is_held
        pledge.end()
        waiting.result()

    def test_a_thread_is_settled_as_soon_as_its_work_is_done(self, run, slept):
        clock = Clock(grace=60)
        clock.leave()
        pledge, done, finish = clock.pledge_task(), threading.Event(), threading.Event()

        def idle_worker():
            pledge.begin()
            clock.end_request(clock.begin_request())
            pledge.end()
            done.set()
            finish.wait()

        worker = run(idle_worker)
        done.wait()

        def sleeper():
            task = clock.pledge_task()
            task.begin()
            clock.sleep(60)
            task.end()
            return clock.elapsed

        assert run(sleeper).result() == timedelta(seconds=60)
        finish.set()
        worker.result()

    def test_pledged_work_overlaps_exactly_without_any_grace(self, run, play):
        clock = Clock(grace=0)
        scripts = [[100], ["request", 30, "request", 40], [250, "request"], [10] * 20]

        def work(pledge, script):
            time.sleep(0.02)
            pledge.begin()
            play(clock, script)
            pledge.end()

        threads = [run(work, clock.pledge_task(), script) for script in scripts]
        for thread in threads:
            thread.result()
        assert clock.elapsed == timedelta(seconds=250)

    @pytest.fixture
    def wake(self, run, clock):
        """Let tasks wait until different instants, which one move of the clock passes; return who spoke."""

        def wake(*scripts):
            said = []
            pledges = [clock.pledge_task() for _ in scripts]

            def work(pledge, seconds, act):
                pledge.begin()
                clock.sleep(seconds)
                act(lambda: said.append(seconds))
                pledge.end()

            request = clock.begin_request()
            tasks = [run(work, *each) for each in zip(pledges, *zip(*scripts, strict=True), strict=True)]
            for pledge in pledges:
                pledge.settle()
            other = run(lambda: (clock.sleep(5), said.append("no task")))
            assert other.is_held
            clock.advance(60)
            for thread in (*tasks, other):
                thread.result()
            clock.end_request(request)
            return said

        return wake

    def test_tasks_that_wake_together_take_turns_before_other_threads(self, wake, monkeypatch):
        # However long a busy machine keeps one of them from its work.
        monkeypatch.setattr("mock_backend.clock.members.LONG_GRACE", 60.0)

        def act(say):
            for _ in range(3):
                say()
                time.sleep(0.01)

        assert wake((30, act), (20, act), (40, act)) == [*[20] * 3, *[30] * 3, *[40] * 3, "no task"]

    def test_a_task_that_needs_another_one_is_not_waited_for(self, wake, monkeypatch):
        monkeypatch.setattr("mock_backend.clock.members.LONG_GRACE", 0.05)
        needed = threading.Event()

        def need(say):
            assert needed.wait(10)
            say()

        def serve(say):
            say()
            needed.set()

        said = wake((10, need), (20, serve))

        assert said.index(20) < said.index(10)


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
        attendance.end_request(attendance.begin_request(None))
        speaks.set()
        ends.wait()

    thread = run(other)
    speaks.wait()
    attendance.begin_wait(attendance.me())
    needed = 0
    while attendance.unsettled_for():
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
