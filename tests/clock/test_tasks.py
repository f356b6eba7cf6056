"""Waits of asyncio tasks on a frozen clock."""

import asyncio
import threading
import time
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_backend.clock import Clock

# What a task does: waits (in seconds of the clock), requests, and turns of the loop.
scripts = st.lists(st.integers(1, 5000) | st.sampled_from(["request", "turn"]), min_size=1, max_size=8)
looped = settings(
    max_examples=40,
    deadline=None,
    # The fixtures hold no state from one example to the next.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def seconds_in(script):
    return sum(step for step in script if isinstance(step, int))


@pytest.fixture
def play():
    """Do what a script says, and see to it that each wait ends at its exact instant."""

    async def follow(clock: Clock, script) -> timedelta:
        expected = clock.elapsed
        for step in script:
            if step == "turn":
                await asyncio.sleep(0)
            elif step == "work":
                time.sleep(0.01)
            elif step == "request":
                request = clock.begin_request()
                await asyncio.sleep(0)
                clock.end_request(request)
            else:
                expected += timedelta(seconds=step)
                await clock.asleep(step)
                assert clock.elapsed == expected
        return clock.elapsed

    return follow


@looped
@given(st.lists(scripts, min_size=1, max_size=12))
def test_parallel_tasks_overlap_exactly(play, plans):
    async def main():
        clock = Clock()
        await asyncio.gather(*(play(clock, script) for script in plans))
        return clock.elapsed

    assert asyncio.run(main()) == timedelta(seconds=max(map(seconds_in, plans)))


@looped
@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=20, unique=True))
def test_tasks_wake_in_the_order_of_their_deadlines(waits):
    async def main():
        clock, woke = Clock(), []

        async def wait(seconds):
            await clock.asleep(seconds)
            woke.append(seconds)

        await asyncio.gather(*map(wait, waits))
        return woke

    assert asyncio.run(main()) == sorted(waits)


@pytest.mark.asyncio
async def test_a_wait_of_an_hour_takes_no_hour(clock):
    began = time.monotonic()
    await clock.asleep("1h")
    assert clock.elapsed == timedelta(hours=1)
    assert time.monotonic() - began < 3600


@pytest.mark.asyncio
async def test_a_wait_of_nothing_moves_nothing(clock):
    await clock.asleep(0)
    assert clock.elapsed == timedelta(0)


@pytest.mark.asyncio
async def test_a_task_started_later_still_overlaps(clock):
    async with asyncio.TaskGroup() as group:
        first = group.create_task(clock.asleep(100))
        await clock.asleep(30)
        group.create_task(clock.asleep(200))
        await first
        assert clock.elapsed == timedelta(seconds=100)
    assert clock.elapsed == timedelta(seconds=230)


@pytest.mark.asyncio
async def test_a_canceled_wait_does_not_move_the_clock(clock):
    waiting = asyncio.create_task(clock.asleep("1h"))
    # While there is a visitor nothing moves the clock, so that the wait is still on its way.
    with clock.visitor():
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    await clock.asleep(1)
    assert clock.elapsed == timedelta(seconds=1)


@pytest.mark.asyncio
async def test_a_visitor_holds_it(clock):
    with clock.visitor():
        waiting = asyncio.create_task(clock.asleep(60))
        await asyncio.sleep(0.1)
        assert not waiting.done()
    await waiting
    assert clock.elapsed == timedelta(seconds=60)


@pytest.mark.asyncio
async def test_moving_the_clock_ends_the_waits_it_passes(clock):
    with clock.visitor():
        waiting = asyncio.create_task(clock.asleep(60))
        await asyncio.sleep(0.05)
        clock.advance(minutes=10)
        await waiting
    assert clock.elapsed == timedelta(minutes=10)


@pytest.mark.asyncio
async def test_a_restart_ends_the_waits_of_the_old_time(clock):
    with clock.visitor():
        waiting = asyncio.create_task(clock.asleep(60))
        await asyncio.sleep(0.05)
        clock.restart()
        await waiting
    assert clock.elapsed == timedelta(0)


@pytest.mark.asyncio
@pytest.mark.parametrize("duration", ["soon", -1, float("nan"), "3000000d"])
async def test_an_impossible_duration_is_refused(clock, duration):
    with pytest.raises(ValueError, match=r"\w"):
        await clock.asleep(duration)
    await clock.asleep(1)
    assert clock.elapsed == timedelta(seconds=1), "nothing is left behind"


@pytest.mark.asyncio
async def test_a_running_clock_really_waits():
    clock = Clock(rate=10_000)
    began = time.monotonic()
    await asyncio.gather(*(clock.asleep(1000) for _ in range(5)))
    assert time.monotonic() - began >= 0.1
    assert clock.elapsed >= timedelta(seconds=1000)


@pytest.mark.asyncio
async def test_a_running_clock_waits_for_its_source(source):
    clock = Clock(rate=60, source=source)
    waiting = asyncio.create_task(clock.asleep(60))
    for _ in range(2):
        await asyncio.sleep(0.1)
        assert not waiting.done()
        source.seconds += 0.5
    await asyncio.wait_for(waiting, 20)


class TestBesideThreads:
    def test_tasks_and_threads_overlap(self, run, clock, slept, play):
        async def main():
            await asyncio.gather(play(clock, [100, "work"] * 10), play(clock, [30, "request"] * 20))
            return clock.elapsed

        loop, thread = run(lambda: asyncio.run(main())), run(slept, clock, 5000)
        assert loop.result() == timedelta(seconds=1000)
        assert thread.result() == timedelta(seconds=5000)

    def test_two_loops_overlap(self, run, clock, play):
        scripts = [100, "work"] * 5, [70, "request"] * 5
        loops = [run(lambda script=script: asyncio.run(play(clock, script))) for script in scripts]
        assert [loop.result() for loop in loops] == [timedelta(seconds=500), timedelta(seconds=350)]

    def test_a_request_in_flight_in_a_thread_holds_the_tasks(self, run, clock):
        request = clock.begin_request()
        waiting = run(lambda: asyncio.run(clock.asleep(60)))
        assert waiting.is_held
        clock.end_request(request)
        waiting.result()
        assert clock.elapsed == timedelta(seconds=60)

    def test_a_wait_that_blocks_its_loop_makes_the_tasks_in_it_late(self, run, clock):
        # A synchronous client in a coroutine: the loop stands still, the clock does not.
        async def main():
            task = asyncio.create_task(clock.asleep(60))
            await asyncio.sleep(0)
            clock.sleep(600)
            await task
            return clock.elapsed

        assert run(lambda: asyncio.run(main())).result() == timedelta(seconds=600)

    def test_a_loop_that_stopped_holds_no_thread(self, run, clock, slept):
        stopped, proceed = threading.Event(), threading.Event()

        def leave_a_task_behind():
            loop = asyncio.new_event_loop()
            task = loop.create_task(clock.asleep(60))
            loop.run_until_complete(asyncio.sleep(0))
            stopped.set()
            proceed.wait()
            loop.run_until_complete(task)
            loop.close()
            return clock.elapsed

        owner = run(leave_a_task_behind)
        stopped.wait()
        assert run(slept, clock, 600).result() == timedelta(seconds=600)
        proceed.set()
        assert owner.result() == timedelta(seconds=600)
