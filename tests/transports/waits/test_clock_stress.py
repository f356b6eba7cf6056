"""Threads, pools, event loops, sockets, back-ends and closes in random order: nothing may hang.

Each story follows from its number. More of them: ``MOCK_BACKEND_STORIES=1000 pytest …``.
"""

import asyncio
import concurrent.futures
import os
import random
import threading
import traceback
from datetime import timedelta

import httpx
import openeo
import pytest
import requests

from mock_backend import Clock, Delay, EndlessWait, Fault, JobPlan, MockBackend
from mock_backend.clock import stalls
from mock_backend.transports.client_waits import _on_the_clock

STORIES = int(os.environ.get("MOCK_BACKEND_STORIES", "3"))
#: Real seconds after which a thread counts as hanging.
PATIENCE = 30
GRAPH = {"add": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}

#: Errors of clients whose back-end another thread closes.
EXPECTED = (
    EndlessWait,
    requests.RequestException,
    httpx.HTTPError,
    openeo.rest.OpenEoClientException,
    openeo.rest.OpenEoApiPlainError,
    RuntimeError,  # it has been closed for good
)

Pool = _on_the_clock(concurrent.futures.ThreadPoolExecutor)


ACTIONS = (
    *("wait_for_job", "wait_for_job", "ask", "sleep", "use_pool", "use_loop", "late", "retry", "own_backend"),
    *("close_one", "over_socket", "result_that_waits", "stuck"),
)


class Story:
    """Actions of some threads, by the number of the story."""

    def __init__(self, number: int) -> None:
        self.random = random.Random(number)
        shared = Clock()
        self.backends = [
            MockBackend(
                f"https://story-{number}-{each}.test",
                clock=self.random.choice([shared, shared, Clock(), Clock(rate=20_000)]),
                plan=JobPlan(queued=self.random.choice([0, 30]), running=self.random.choice([60, 300, 3600])),
            ).open()
            for each in range(self.random.randint(1, 3))
        ]
        self.failures: list[str] = []

    def actions(self):
        """Return the actions of a thread, with what each needs bound to it."""
        return [
            (
                getattr(self, self.random.choice(ACTIONS)),
                self.random.choice(self.backends),
                self.random.random(),
            )
            for _ in range(self.random.randint(1, 4))
        ]

    def job(self, backend, title="story"):
        # Else the client repeats what a host refuses that has never answered it, in real time.
        return backend.connect(retry=False).create_job({"process_graph": GRAPH}, title=title, validate=False)

    def wait_for_job(self, backend, chance):
        self.job(backend).start_and_wait(print=lambda _: None)

    def ask(self, backend, chance):
        for _ in range(round(20 * chance)):
            requests.get(backend.url + "/jobs", timeout=PATIENCE)

    def sleep(self, backend, chance):
        for _ in range(5):
            backend.clock.sleep(1000 * chance)

    def use_pool(self, backend, chance):
        requests.get(backend.url, timeout=PATIENCE)
        with Pool(1 + round(3 * chance)) as pool:
            for future in [pool.submit(self.wait_for_job, backend, chance) for _ in range(4)]:
                future.result(PATIENCE)

    def use_loop(self, backend, chance):
        async def main():
            async with httpx.AsyncClient() as client:
                await asyncio.gather(
                    backend.clock.asleep(100 * chance), client.get(backend.url), backend.clock.asleep(10)
                )

        asyncio.run(main())

    def late(self, backend, chance):
        backend.inject(Delay(chance * 100), "GET /conformance")
        httpx.get(backend.url + "/conformance", timeout=50)

    def retry(self, backend, chance):
        backend.inject(Fault(429, retry_after=30 * chance), "GET /jobs", times=2)
        backend.connect(retry={"status_forcelist": [429], "connect": 0}).list_jobs()

    def own_backend(self, backend, chance):
        with MockBackend(f"https://own-{threading.get_ident()}.test", clock=backend.clock) as own:
            self.wait_for_job(own, chance)

    def close_one(self, backend, chance):
        if chance < 0.5:
            backend.close()

    def over_socket(self, backend, chance):
        url = backend.live().url
        requests.get(url + "/conformance", timeout=PATIENCE)
        openeo.rest.job.time.sleep(20 * chance)
        requests.get(url + "/conformance", timeout=PATIENCE)

    def result_that_waits(self, backend, chance):
        def result(_):
            thread = threading.Thread(target=self.bounded, args=[[(self.sleep, backend, chance)]])
            thread.start()
            thread.join()
            return 3

        backend.set_result(result, title="waits", times=1)
        self.job(backend, "waits").start_and_wait(print=lambda _: None).get_results().get_asset().load_json()

    def stuck(self, backend, chance):
        backend.plan(JobPlan.stuck(), title="stuck")
        job = self.job(backend, "stuck")
        job.start()
        for _ in range(round(20 * chance)):
            job.status()
            backend.clock.sleep(60)
        job.stop()

    def bounded(self, actions):
        for action, backend, chance in actions:
            try:
                action(backend, chance)
            except EXPECTED:
                pass
            except BaseException:
                self.failures.append(traceback.format_exc())

    def run(self):
        threads = [
            threading.Thread(target=self.bounded, args=[self.actions()], daemon=True)
            for _ in range(self.random.randint(2, 6))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        hanging = [thread for thread in threads if thread.is_alive()]
        frames = stalls.frames_of_threads()
        told = ["".join(traceback.format_stack(frames[thread.ident])) for thread in hanging]
        for backend in self.backends:
            backend.close()
        assert not told, "\n\n".join(told)
        assert not self.failures, "\n".join(self.failures)


@pytest.fixture
def impatient(monkeypatch):
    """Let waits count as stuck soon, but not while a busy machine only delays them."""
    monkeypatch.setattr(stalls, "IDLE_SECONDS", 0.3)
    monkeypatch.setattr(stalls, "BUSY_SECONDS", 3.0)


@pytest.mark.parametrize("number", range(4, 4 + STORIES))
@pytest.mark.filterwarnings("ignore")  # clients and clocks warn of back-ends that close under them
def test_no_story_hangs(number, impatient):
    Story(number).run()

    with MockBackend() as backend:
        backend.connect().create_job({"process_graph": GRAPH}, validate=False).start_and_wait()
        assert timedelta(seconds=11) <= backend.clock.elapsed <= timedelta(minutes=1)
