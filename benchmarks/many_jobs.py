"""Cost of many stored jobs: time and memory."""

import gc
import json
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.clients import ENDLESS, GRAPH, start_job
from benchmarks.measuring import Benchmark, Effort, Row, compare, seconds, timed
from mock_backend import MockBackend
from mock_backend.api.models import JobsRequest
from mock_backend.auth.accounts import User
from mock_backend.control import PlanBook
from mock_backend.jobs import JobsRegister
from mock_backend.stores import JobStore, MemoryStore, open_store

_LISTING = "a listing's page with 100,000 jobs stored, to 1,000"
_ADVANCE = "clock.advance with 100,000 running jobs, to 10"
_TINY = "TinyDB create with 10,000 jobs stored, to 100"
_TINY_MEAN = "TinyDB create, mean up to 10,000, rewrites of the file included"
_JOB_MEMORY = "memory of a stored job beyond its process graph"
_EXCHANGE_MEMORY = "memory of a status request in the journal"

_USER = User(user_id="alice")
_BODY = JobsRequest(process={"process_graph": GRAPH}, title="benchmark")


def _listing_and_clock(effort: Effort) -> Iterator[Row]:
    large, middle, small = 100_000 // effort.scale, 1_000 // effort.scale + 100, 10
    with _holding(large) as backend:
        connection = backend.connect()
        with _holding(middle, "https://few.test") as few:
            fewer = few.connect()
            ours = timed(lambda: connection.get("/jobs", params={"limit": 100}))
            theirs = timed(lambda: fewer.get("/jobs", params={"limit": 100}))
            yield compare(ours, theirs, effort.rounds).as_ratio(_LISTING, goal=1.5)
        with _holding(small, "https://few.test") as few:
            ours = timed(lambda: backend.clock.advance(1), 200)
            theirs = timed(lambda: few.clock.advance(1), 200)
            yield compare(ours, theirs, effort.rounds).as_ratio(_ADVANCE, goal=1.5)


def _holding(count: int, url: str | None = None) -> MockBackend:
    """Return a back-end with this number of running jobs, which differ in their ids only."""
    store, register = MemoryStore(), JobsRegister(plans=PlanBook(ENDLESS))
    register.create_job(_BODY, _USER)
    (job,) = register.store
    register.start_job(job["job_id"], _USER)
    (job,) = register.store
    for number in range(1, count + 1):
        store.add(job | {"job_id": f"j-{number:020}", "number": number})
    return MockBackend(url, store=store)


def _tiny_create(effort: Effort) -> Iterator[Row]:
    many, few = 10_000 // effort.scale, 100
    with (
        TemporaryDirectory() as folder,
        closing(open_store(Path(folder) / "many.json")) as large,
        closing(open_store(Path(folder) / "few.json")) as small,
    ):
        register, other = JobsRegister(store=large), JobsRegister(store=small)
        mean = timed(lambda: register.create_job(_BODY, _USER), many)()
        for _ in range(few):
            other.create_job(_BODY, _USER)
        costs = compare(_creation(register, many), _creation(other, few), effort.rounds)
        yield costs.as_ratio(_TINY, goal=2.0)
        yield Row(_TINY_MEAN, seconds(mean), "", seconds(mean))


def _creation(register: JobsRegister, size: int) -> Callable[[], float]:
    store: JobStore = register.store

    def shrink() -> None:
        for job in store.page(_USER.user_id, limit=len(store) - size):
            store.remove(job["job_id"])

    return timed(lambda: register.create_job(_BODY, _USER), 10, before=shrink)


def _memory(effort: Effort) -> Iterator[Row]:
    count = 10_000 // effort.scale
    register = JobsRegister()
    graph = len(json.dumps(GRAPH, separators=(",", ":")))
    each = _growth(lambda: register.create_job(_BODY, _USER), count) - graph
    yield Row(_JOB_MEMORY, _kib(each + graph), _kib(graph), f"+{_kib(each)}", "<= +4.00 KiB", each <= 4096)
    with MockBackend(plan=ENDLESS) as backend:
        job = start_job(backend.connect())

        def request() -> None:
            backend.clock.advance(1)
            job.describe()

        each = _growth(request, count // 10)
        yield Row(_EXCHANGE_MEMORY, _kib(each), "", _kib(each))


def _growth(function: Callable[[], Any], times: int) -> float:
    """Return the bytes that one call leaves behind."""
    for _ in range(20):
        function()  # fills caches
    tracemalloc.start()
    try:
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(times):
            function()
        gc.collect()
        return (tracemalloc.get_traced_memory()[0] - before) / times
    finally:
        tracemalloc.stop()


def _kib(size: float) -> str:
    return f"{size / 1024:.2f} KiB"


BENCHMARKS = (
    Benchmark((_LISTING, _ADVANCE), _listing_and_clock),
    Benchmark((_TINY, _TINY_MEAN), _tiny_create),
    Benchmark((_JOB_MEMORY, _EXCHANGE_MEMORY), _memory),
)
