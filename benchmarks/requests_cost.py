"""Cost of requests: one, a long wait, a whole job."""

from collections.abc import Iterator

import requests_mock

from benchmarks.clients import (
    ENDLESS,
    GRAPH,
    POLLED,
    dummy_backend,
    run_job,
    scratch_file,
    start_job,
    without_backend,
)
from benchmarks.measuring import Benchmark, Effort, Row, compare, timed
from mock_backend import JobPlan, MockBackend

_REQUEST = "status request, beyond a no-op adapter"
_WAIT = "start_and_wait for two hours, to a no-op adapter"
_FRESH = "fresh back-end and a job, to DummyBackend"
_JOB = "the job alone, to DummyBackend"
_VALIDATED = "the job alone, with POST /validation, to DummyBackend"
_VALIDATION = "create_job with POST /validation, to without"

#: Few enough for a sample to fit between two interruptions by other programs.
_READS = 10


def _one_request(effort: Effort) -> Iterator[Row]:
    with MockBackend(plan=ENDLESS) as backend:
        job = start_job(backend.connect())
        floor = without_backend(backend, job)
        ours = timed(job.describe, _READS, before=lambda: backend.clock.advance(1))
        theirs = timed(floor.describe, _READS)
        # The goal is absolute, so this takes long enough to see a quiet phase of the machine.
        yield compare(ours, theirs, 3 * effort.rounds).as_difference(_REQUEST, goal=110e-6)


def _long_wait(effort: Effort) -> Iterator[Row]:
    with MockBackend(plan=JobPlan(queued="5m", running="2h")) as backend:
        connection = backend.connect()
        first = start_job(connection)
        floor = without_backend(backend, first)
        backend.requests.clear()
        job = connection.create_job(GRAPH, validate=False)
        job.start_and_wait(print=_swallow)
        polls = len(backend.requests.select("GET /jobs/{job_id}"))

        def next_job() -> None:
            nonlocal job
            job = connection.create_job(GRAPH, validate=False)

        ours = timed(lambda: job.start_and_wait(print=_swallow), before=next_job)
        theirs = timed(floor.describe, polls, operations=1)
        yield compare(ours, theirs, effort.rounds // 2).as_ratio(_WAIT, goal=1.7)


def _whole_job(effort: Effort) -> Iterator[Row]:
    with scratch_file() as file:

        def fresh() -> None:
            with MockBackend(plan=POLLED) as backend:
                run_job(backend.connect(), file)

        def fresh_dummy() -> None:
            with requests_mock.Mocker() as mocker:
                run_job(dummy_backend(mocker).connection, file)

        costs = compare(timed(fresh), timed(fresh_dummy), effort.rounds)
        yield costs.as_ratio(_FRESH, goal=1.2)

        mocker = requests_mock.Mocker()
        with mocker:
            dummy = dummy_backend(mocker)
        with MockBackend(plan=POLLED) as backend:
            connection = backend.connect()
            theirs = timed(lambda: run_job(dummy.connection, file))

            def sample_dummy() -> float:
                # It takes over every session, so it is in force for its own turns only.
                with mocker:
                    return theirs()

            ours = timed(lambda: run_job(connection, file))
            yield compare(ours, sample_dummy, effort.rounds).as_ratio(_JOB, goal=1.35)
            # The client asks for it wherever a back-end offers it; DummyBackend offers nothing.
            ours = timed(lambda: run_job(connection, file, validate=True))
            yield compare(ours, sample_dummy, effort.rounds).as_ratio(_VALIDATED)


def _validation(effort: Effort) -> Iterator[Row]:
    with MockBackend() as backend:
        connection = backend.connect()
        connection.create_job(GRAPH, validate=True)
        assert backend.requests.select("POST /validation"), "the client did not ask for it"
        ours = timed(lambda: connection.create_job(GRAPH, validate=True), 2)
        theirs = timed(lambda: connection.create_job(GRAPH, validate=False), 2)
        yield compare(ours, theirs, effort.rounds).as_difference(_VALIDATION)


def _swallow(line: object) -> None:
    pass


BENCHMARKS = (
    Benchmark((_REQUEST,), _one_request),
    Benchmark((_WAIT,), _long_wait),
    Benchmark((_FRESH, _JOB, _VALIDATED), _whole_job),
    Benchmark((_VALIDATION,), _validation),
)
