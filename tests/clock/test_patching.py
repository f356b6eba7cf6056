"""Extending a clock to a module, or to everything, for a block."""

import asyncio
import inspect
import time
from datetime import timedelta
from types import ModuleType

import pytest

from mock_backend.clock import Clock
from mock_backend.clock import thread_clock as world

SHORT = 0.02

WAITERS = {
    "import time": "import time\ndef wait(seconds): time.sleep(seconds)",
    "import time as t": "import time as t\ndef wait(seconds): t.sleep(seconds)",
    "from time import sleep": "from time import sleep\ndef wait(seconds): sleep(seconds)",
    "from time import sleep as nap": "from time import sleep as nap\ndef wait(seconds): nap(seconds)",
    "import asyncio": "import asyncio\nasync def wait(seconds): await asyncio.sleep(seconds)",
    "from asyncio import sleep": "from asyncio import sleep\nasync def wait(seconds): await sleep(seconds)",
}
CLOCKS = {
    "import time": "import time\ndef now(): return time.time()",
    "from time import time": "from time import time\ndef now(): return time()",
}


@pytest.fixture(params=WAITERS.values(), ids=WAITERS.keys())
def waiter(request, make_module) -> ModuleType:
    return make_module(request.param)


@pytest.fixture
def wait(run):
    """Let a module wait, in a fresh thread whose latest request went to a clock, elsewhere, or nowhere."""

    def act(module: ModuleType, seconds: float, *latest: Clock | None) -> float:
        def work():
            for each in latest:
                world.note_request(each)
            began = time.monotonic()
            waiting = module.wait(seconds)
            if inspect.iscoroutine(waiting):
                asyncio.run(waiting)
            return time.monotonic() - began

        return run(work).result()

    return act


class TestPatch:
    def test_the_waits_of_the_module_run_on_the_clock(self, clock, waiter, wait):
        with clock.patch(waiter):
            wait(waiter, 3600)
        assert clock.elapsed == timedelta(hours=1)

    def test_the_module_may_be_given_by_name(self, clock, waiter, wait):
        with clock.patch(waiter.__name__):
            wait(waiter, 3600)
        assert clock.elapsed == timedelta(hours=1)

    def test_afterwards_everything_is_as_before(self, clock, waiter, wait):
        before = dict(vars(waiter))
        with clock.patch(waiter):
            assert vars(waiter) != before
        assert vars(waiter) == before
        assert wait(waiter, SHORT) >= SHORT
        assert clock.elapsed == timedelta(0)

    def test_afterwards_everything_is_as_before_even_if_the_block_fails(self, clock, waiter):
        before = dict(vars(waiter))
        with pytest.raises(ZeroDivisionError), clock.patch(waiter):
            raise ZeroDivisionError
        assert vars(waiter) == before

    def test_a_thread_that_talks_to_other_hosts_keeps_real_time(self, clock, waiter, wait):
        with clock.patch(waiter):
            assert wait(waiter, SHORT, None) >= SHORT
        assert clock.elapsed == timedelta(0)

    def test_a_thread_that_talks_to_another_back_end_waits_on_its_clock(self, clock, waiter, wait):
        other = Clock()
        with clock.patch(waiter):
            wait(waiter, 3600, other)
        assert (clock.elapsed, other.elapsed) == (timedelta(0), timedelta(hours=1))

    @pytest.mark.parametrize("text", CLOCKS.values(), ids=CLOCKS.keys())
    def test_the_module_reads_the_time_of_the_clock(self, clock, run, make_module, text):
        module = make_module(text)
        clock.advance(hours=1)
        with clock.patch(module):
            assert run(module.now).result() == clock.now().timestamp()
        assert run(module.now).result() == pytest.approx(time.time(), abs=600)

    def test_other_modules_are_left_alone(self, clock, make_module, wait):
        ours, theirs = make_module(WAITERS["import time"]), make_module(WAITERS["import time"])
        with clock.patch(ours):
            assert wait(theirs, SHORT) >= SHORT
        assert clock.elapsed == timedelta(0)

    @pytest.mark.parametrize("text", ["", "import os", "time = sleep = None", "from time import strftime"])
    def test_a_module_with_nothing_to_patch_is_refused_by_name(self, clock, make_module, text):
        module = make_module(text)
        with (
            pytest.raises(ValueError, match=f"{module.__name__}.*nothing to run on the clock"),
            clock.patch(module),
        ):
            pytest.fail("the block must not run")

    def test_a_module_that_does_not_exist_is_refused(self, clock):
        with pytest.raises(ModuleNotFoundError, match="no_such_module"), clock.patch("no_such_module"):
            pytest.fail("the block must not run")

    def test_attributes_that_cannot_be_compared_do_no_harm(self, clock, make_module, wait):
        # As arrays, whose comparison is no truth value.
        module = make_module(
            WAITERS["import time"]
            + "\nclass Odd:\n    __hash__ = None\n    def __eq__(self, other): raise TypeError\nodd = Odd()"
        )
        with clock.patch(module):
            wait(module, 60)
        assert clock.elapsed == timedelta(minutes=1)


class TestPatchAll:
    def test_sleeps_of_this_thread_run_on_the_clock(self, clock, run):
        def work():
            with clock.patch_all():
                time.sleep(3600)
                asyncio.run(asyncio.sleep(60))

        run(work).result()
        assert clock.elapsed == timedelta(hours=1, minutes=1)

    def test_afterwards_everything_is_as_before(self, clock):
        before = time.sleep, asyncio.sleep
        with clock.patch_all():
            assert time.sleep is not before[0]
            assert asyncio.sleep is not before[1]
        assert (time.sleep, asyncio.sleep) == before
        with pytest.raises(ZeroDivisionError), clock.patch_all():
            raise ZeroDivisionError
        assert (time.sleep, asyncio.sleep) == before

    def test_another_thread_keeps_real_time_until_it_talks_to_a_back_end(self, clock, run):
        # A heartbeat in the background must not make time race.
        def work(*latest):
            for each in latest:
                world.note_request(each)
            began = time.monotonic()
            time.sleep(SHORT)
            return time.monotonic() - began

        with clock.patch_all():
            assert run(work).result() >= SHORT
            assert clock.elapsed == timedelta(0)
            run(work, clock).result()
            assert clock.elapsed == timedelta(seconds=SHORT)

    def test_this_thread_keeps_real_time_while_it_talks_to_other_hosts(self, clock, run):
        def work():
            with clock.patch_all():
                world.note_request(None)
                began = time.monotonic()
                time.sleep(SHORT)
                return time.monotonic() - began

        assert run(work).result() >= SHORT
        assert clock.elapsed == timedelta(0)

    @pytest.mark.parametrize(
        "text", [WAITERS["from time import sleep"], WAITERS["from asyncio import sleep"]]
    )
    def test_a_module_that_holds_the_function_itself_can_be_patched_within(
        self, clock, make_module, wait, text
    ):
        module = make_module(text)
        with clock.patch_all(), clock.patch(module):
            wait(module, 60)
        assert clock.elapsed == timedelta(minutes=1)

    def test_waits_of_threads_overlap(self, clock, run):
        def work():
            world.note_request(clock)
            clock.end_request(clock.begin_request())
            for _ in range(5):
                time.sleep(100)

        with clock.patch_all():
            for thread in [run(work) for _ in range(4)]:
                thread.result()
        assert clock.elapsed == timedelta(seconds=500)
