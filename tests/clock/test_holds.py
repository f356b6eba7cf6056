"""A frozen clock does not jump while a thread, or work on its way to one, is in the middle of something."""

import threading
import time
from datetime import timedelta

import pytest

from mock_backend.clock import Clock
from mock_backend.clock import thread_clock as world


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
        plans = [[100], ["request", 30, "request", 40], [250, "request"], [10] * 20]

        def work(pledge, script):
            time.sleep(0.02)
            pledge.begin()
            play(clock, script)
            pledge.end()

        threads = [run(work, clock.pledge_task(), script) for script in plans]
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
        monkeypatch.setattr("mock_backend.clock.attendance.LONG_GRACE", 60.0)

        def act(say):
            for _ in range(3):
                say()
                time.sleep(0.01)

        assert wake((30, act), (20, act), (40, act)) == [*[20] * 3, *[30] * 3, *[40] * 3, "no task"]

    def test_a_task_that_needs_another_one_is_not_waited_for(self, wake, monkeypatch):
        monkeypatch.setattr("mock_backend.clock.attendance.LONG_GRACE", 0.05)
        needed = threading.Event()

        def need(say):
            assert needed.wait(10)
            say()

        def serve(say):
            say()
            needed.set()

        said = wake((10, need), (20, serve))

        assert said.index(20) < said.index(10)
