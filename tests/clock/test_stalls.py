"""Waits that make no progress end with an error that tells what holds the clock."""

import os
import subprocess
import sys
import threading
import time

import pytest

from mock_backend import Clock, EndlessWait
from mock_backend.clock import stalls
from mock_backend.clock.stalls import ProgressWatch


@pytest.fixture
def impatient(monkeypatch):
    """Let a wait count as stuck after a moment, whatever else this process does."""
    monkeypatch.setattr(stalls, "IDLE_SECONDS", 0.1)
    monkeypatch.setattr(stalls, "BUSY_SECONDS", 0.1)


class TestWatching:
    """Stuck waits: how long a wait without progress may last."""

    @pytest.fixture
    def used(self, source):
        return type(source)()

    @pytest.fixture
    def look(self, source, used):
        watch = ProgressWatch(source, used)

        def look(seconds, mark=0, load=0.0):
            for _ in range(round(seconds / 0.05)):
                source.seconds += 0.05
                used.seconds += 0.05 * load
                if (pause := watch.pause(mark, 0.002)) is None:
                    break
            return pause

        return look

    def test_an_idle_process_for_five_seconds(self, look):
        assert look(4.9) == 0.02
        assert look(0.3) is None

    def test_not_after_progress(self, look):
        for mark in range(10):
            assert look(4.9, mark) == 0.02

    def test_at_first_looks_are_quick(self, look):
        assert look(0.3) == 0.002

    def test_a_process_that_computes_has_a_minute(self, look):
        assert look(59, load=0.5) == 0.02
        assert look(2, load=0.5) is None

    def test_not_after_a_long_stop_of_everything(self, source, look):
        look(1)
        source.seconds += 1000
        assert look(1) == 0.02

    def test_not_below_a_debugger(self, look, run):
        proceed, frames = threading.Event(), {"__name__": "pdb", "wait": None}
        frames["wait"] = proceed.wait
        debugger = run(eval, "wait(20)", frames)
        try:
            assert look(100) == 0.02
        finally:
            proceed.set()
        debugger.result()


class TestTelling:
    def test_a_request_that_waits_for_a_thread_on_the_clock(self, run, clock, impatient):
        ended = threading.Event()

        def request_that_waits():
            member = clock.begin_request()
            ended.wait(20)
            clock.end_request(member)

        request = run(request_that_waits)
        time.sleep(0.01)
        with pytest.raises(EndlessWait) as caught:
            clock.sleep(60)
        ended.set()
        request.result()
        told = str(caught.value)
        assert "the clock stands still at 2025-06-01T12:00:00+00:00" in told
        assert f"waits until 12:01:00, at {__file__}:" in told
        assert f"answers a request, at {__file__}:" in told
        assert "request_that_waits (in Condition.wait)" in told
        assert "clock.advance()" in told
        clock.sleep(60)
        assert clock.elapsed.total_seconds() == 60

    def test_a_task_that_no_thread_begins(self, clock, impatient):
        pledge = clock.pledge_task()
        with pytest.raises(EndlessWait, match="tasks handed to other threads that have not begun: 1"):
            clock.sleep(60)
        pledge.end()

    def test_a_request_over_a_socket(self, clock, impatient):
        with clock.visitor(), pytest.raises(EndlessWait, match="over a socket that are being answered: 1"):
            clock.sleep(60)

    @pytest.mark.asyncio
    async def test_a_task_of_an_event_loop(self, clock, impatient):
        with clock.visitor(), pytest.raises(EndlessWait, match="over a socket"):
            await clock.asleep(60)
        await clock.asleep(60)
        assert clock.elapsed.total_seconds() == 60

    def test_while_garbage_waits_for_the_interpreter(self):
        """Before Python 3.12 a collection meanwhile could stop the whole process."""
        script = """if True:
            import gc, threading
            from datetime import datetime
            from mock_backend.clock import stalls
            for allocations in range(1, 60):
                threading.Thread(target=threading.Event().wait, daemon=True).start()
                garbage = [threading.local()]
                garbage.append(garbage)
                gc.collect()
                gc.set_threshold(allocations)
                del garbage
                stalls.held_text(datetime.now(), {}, [])
                gc.set_threshold(0)
            assert gc.isenabled()
        """
        subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
class TestForking:
    """A child process has one thread; nothing that others held or began holds its clock."""

    @pytest.fixture
    def in_child(self):
        def fork(function):
            child = os.fork()
            if not child:
                try:
                    function()
                    os._exit(0)
                finally:
                    os._exit(1)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

        return fork

    def test_waits_go_on(self, run, clock, in_child):
        proceed = threading.Event()

        def busy():
            pledge = clock.pledge_task()
            with clock.visitor():
                proceed.wait(20)
            pledge.end()

        busy_thread, waiting = run(busy), run(clock.sleep, 30)
        assert waiting.is_held

        def child():
            clock.sleep(60)
            assert clock.elapsed.total_seconds() == 60

        in_child(child)
        proceed.set()
        busy_thread.result()
        waiting.result()
        assert clock.elapsed.total_seconds() == 30

    def test_no_lock_of_another_thread_is_left(self, run, in_child):
        clocks = [Clock() for _ in range(3)]
        stop = threading.Event()

        def busy():
            while not stop.is_set():
                for clock in clocks:
                    clock.advance(1)

        thread = run(busy)
        for _ in range(10):
            in_child(lambda: [clock.advance(1) for clock in clocks])
        stop.set()
        thread.result()
