"""Waits of the openeo client: on the clock for our back-ends, really for all others."""

import asyncio
import concurrent.futures
import contextlib
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import Future
from datetime import timedelta
from functools import reduce
from itertools import pairwise

import openeo
import openeo.rest.job
import openeo.util
import pytest
import requests
import urllib3.util.retry
from fastapi import Depends
from openeo.rest.auth.auth import BasicBearerAuth

from mock_backend import Clock, Fault, JobPlan, MockBackend
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.jobs import JobsRegister
from mock_backend.transports.client_waits import LATE_POINTS, POINTS, _Futures

#: The longest wait of the client between two looks at a job.
POLL = timedelta(seconds=60)


@pytest.fixture
def create_job(graph):
    """Create a job at a back-end, by a connection of its own."""

    def create(backend, **members):
        return backend.connect().create_job({"process_graph": graph}, validate=False, **members)

    return create


@pytest.fixture
def connect_to():
    """Connect the openeo client to a server that is not ours."""

    def connect(server, **options):
        connection = openeo.connect(server.url, **options)
        connection.auth = BasicBearerAuth("foreign")
        return connection

    return connect


class TestOneJob:
    def test_a_job_of_two_hours(self, mock_backend, create_job):
        lines = []
        began = time.monotonic()
        mock_backend.plan(JobPlan(queued="5m", running="2h"))

        create_job(mock_backend, title="long").start_and_wait(print=lines.append)

        # 5 s, then a quarter longer each time, up to a minute.
        assert len(mock_backend.requests.select("GET /jobs/{job_id}")) == 134
        assert (
            timedelta(hours=2, minutes=5)
            <= mock_backend.clock.elapsed
            <= timedelta(hours=2, minutes=5) + POLL
        )
        assert mock_backend.jobs.one(title="long").status == "finished"
        assert time.monotonic() - began < 7200
        told = [line.split(" ")[0] for line in lines]
        assert told[:4] == ["0:00:00", "0:00:00", "0:00:05", "0:00:11"]
        assert told[-1] == "2:05:31"

    def test_the_client_may_choose_its_interval(self, mock_backend, create_job):
        mock_backend.plan(JobPlan(queued=0, running="1h"))

        create_job(mock_backend).start_and_wait(max_poll_interval=1000)

        assert timedelta(hours=1) <= mock_backend.clock.elapsed <= timedelta(hours=1, seconds=1000)

    def test_on_a_running_clock_the_client_waits_for_its_share(self, create_job):
        with MockBackend(clock=Clock(rate=1000)) as backend:
            backend.plan(JobPlan(queued=0, running="100s"))
            began = time.monotonic()

            create_job(backend).start_and_wait()

        assert 0.1 <= time.monotonic() - began < 100


class TestManyJobs:
    def test_parallel_waits_overlap(self, in_threads, create_job):
        """Eight jobs of half an hour take no four hours; repeated, for threads differ in each run."""
        for _ in range(3):
            with MockBackend() as backend:
                backend.plan(JobPlan(queued="5m", running="30m"))
                jobs = [create_job(backend, title=str(number)) for number in range(8)]

                in_threads([lambda job=job: job.start_and_wait(print=lambda _: None) for job in jobs])

                assert {job.status for job in backend.jobs} == {"finished"}
                true = timedelta(minutes=35)
                assert true <= backend.clock.elapsed <= true + POLL

    def test_jobs_of_different_length_end_when_they_should(self, mock_backend, in_threads, create_job):
        for hours in (1, 2, 3):
            mock_backend.plan(JobPlan(queued=0, running=f"{hours}h"), title=str(hours))
        jobs = [create_job(mock_backend, title=str(hours)) for hours in (1, 2, 3)]

        def wait(job):
            job.start_and_wait(print=lambda _: None)
            return mock_backend.clock.elapsed

        for hours, ended in zip(
            (1, 2, 3), in_threads([lambda job=job: wait(job) for job in jobs]), strict=True
        ):
            assert timedelta(hours=hours) <= ended <= timedelta(hours=hours) + POLL

    def test_back_ends_with_clocks_of_their_own_do_not_mix(self, in_threads, create_job):
        with MockBackend() as short, MockBackend("https://openeo-2.test") as long:
            short.plan(JobPlan(queued=0, running="10m"))
            long.plan(JobPlan(queued=0, running="10h"))
            jobs = [create_job(short), create_job(long)]

            in_threads([lambda job=job: job.start_and_wait(print=lambda _: None) for job in jobs])

            assert timedelta(minutes=10) <= short.clock.elapsed <= timedelta(minutes=10) + POLL
            assert timedelta(hours=10) <= long.clock.elapsed <= timedelta(hours=10) + POLL


class TestAnotherProjectsBackEnd:
    def test_polling_it_takes_real_time(self, mock_backend, create_job, foreign, connect_to):
        create_job(mock_backend).start_and_wait()
        virtual = mock_backend.clock.elapsed
        foreign.polls = 4
        job = connect_to(foreign).create_job({"process_graph": {}}, validate=False)

        began = time.monotonic()
        job.start_and_wait(max_poll_interval=0.1)

        assert foreign.count("GET /jobs/foreign-job") == 4
        assert time.monotonic() - began >= 0.3
        assert mock_backend.clock.elapsed == virtual

    def test_its_elapsed_times_are_real(self, mock_backend, create_job, foreign, connect_to):
        """The client reads the time before its first request, and subtracts that after it."""
        lines = []
        job = connect_to(foreign).create_job({"process_graph": {}}, validate=False)
        create_job(mock_backend).start_and_wait()

        job.start_and_wait(max_poll_interval=0.05, print=lines.append)

        assert {line.split(" ")[0] for line in lines} <= {"0:00:00", "0:00:01", "0:00:02"}

    def test_a_glitch_is_waited_out_for_real(self, mock_backend, foreign, connect_to):
        mock_backend.connect().list_jobs()
        job = connect_to(foreign, retry=False).create_job({"process_graph": {}}, validate=False)
        job.start()
        foreign.polls = 1
        # A plain error without openEO's JSON is what the client takes for a glitch.
        foreign.moods += [(202, {}), (502, {"Content-Type": "text/plain"})]

        began = time.monotonic()
        job.start_and_wait(max_poll_interval=0.01, connection_retry_interval=0.3)

        assert time.monotonic() - began >= 0.3
        assert not mock_backend.clock.elapsed

    def test_retry_after_takes_real_time_between_waits_on_the_clock(
        self, mock_backend, create_job, foreign, connect_to
    ):
        connection = connect_to(foreign)
        ours = create_job(mock_backend)

        for turn in (1, 2):
            mock_backend.inject(Fault(status=429, retry_after=50), "GET /jobs/{job_id}")
            began = time.monotonic()
            ours.status()
            assert time.monotonic() - began < 50
            assert mock_backend.clock.elapsed == timedelta(seconds=50) * turn

            foreign.moods.append((503 if turn == 1 else 429, {"Retry-After": "1"}))
            foreign.asked.clear()
            began = time.monotonic()
            connection.job("foreign-job").status()
            assert foreign.asked == ["GET /jobs/foreign-job"] * 2
            assert time.monotonic() - began >= 0.9
            assert mock_backend.clock.elapsed == timedelta(seconds=50) * turn

    def test_it_does_not_hold_up_our_waits(self, mock_backend, create_job, foreign, connect_to, in_threads):
        """A thread that waits for real elsewhere, and one whose two hours cost nothing."""
        mock_backend.plan(JobPlan(queued=0, running="2h"))
        foreign.polls = 3
        theirs = connect_to(foreign).create_job({"process_graph": {}}, validate=False)
        ours = create_job(mock_backend)

        in_threads(
            [
                lambda: theirs.start_and_wait(max_poll_interval=0.2, print=lambda _: None),
                lambda: ours.start_and_wait(print=lambda _: None),
            ]
        )

        assert timedelta(hours=2) <= mock_backend.clock.elapsed <= timedelta(hours=2) + POLL
        polled = [
            at for line, at in zip(foreign.asked, foreign.at, strict=True) if line == "GET /jobs/foreign-job"
        ]
        assert all(later - earlier >= 0.19 for earlier, later in pairwise(polled))


class TestJobManager:
    """openeo's ``MultiBackendJobManager``, unchanged: its pauses, thread pools and timestamps."""

    @pytest.fixture
    def run_jobs(self, tmp_path, create_job):
        # Imported by the tests that need it: that takes a second.
        from openeo.extra.job_management import MultiBackendJobManager, create_job_db
        from pandas import DataFrame

        runs = iter(range(1000))

        def run(backends, count, *, parallel=10, **options):
            manager = MultiBackendJobManager(root_dir=tmp_path / f"run-{next(runs)}", **options)
            for name, backend in backends.items():
                manager.add_backend(name, connection=backend.connect, parallel_jobs=parallel)
            table = DataFrame({"title": [f"job-{number}" for number in range(count)]})
            database = create_job_db(tmp_path / f"{manager._root_dir.name}.csv", df=table)

            def start_job(row, connection, **_):
                return connection.create_job(
                    {
                        "process_graph": {
                            "add": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}
                        }
                    },
                    title=row["title"],
                    validate=False,
                )

            stats = manager.run_jobs(job_db=database, start_job=start_job)
            return stats, database.read()

        return run

    def test_forty_jobs_at_two_back_ends(self, mock_backend_factory, run_jobs, tmp_path):
        backends = {"one": mock_backend_factory(), "two": mock_backend_factory()}
        began = time.monotonic()

        _, table = run_jobs(backends, 40, parallel=4)

        assert set(table["status"]) == {"finished"}
        assert {name: len(backend.jobs) for name, backend in backends.items()} == {"one": 20, "two": 20}
        assert {job.status for backend in backends.values() for job in backend.jobs} == {"finished"}
        fetched = [backend.requests.select("GET /jobs/{job_id}/results") for backend in backends.values()]
        assert [len({each.path for each in exchanges}) for exchanges in fetched] == [20, 20]
        # Five rounds of four jobs each, which are finished at the next poll; two polls more.
        assert abs(backends["one"].clock.elapsed - timedelta(minutes=7)) <= POLL
        assert time.monotonic() - began < 60

    def test_it_takes_the_same_time_in_each_run(self, run_jobs):
        took = set()
        for _ in range(3):
            with MockBackend() as one, MockBackend("https://openeo-2.test", clock=one.clock) as two:
                _, table = run_jobs({"one": one, "two": two}, 10, parallel=3)
                assert set(table["status"]) == {"finished"}
                took.add(one.clock.elapsed)

        assert max(took) - min(took) <= POLL

    def test_its_pool_shows_that_a_task_has_ended_before_the_clock_goes_on(self, mock_backend, monkeypatch):
        def late(future, result, original=Future.set_result):
            time.sleep(0.05)
            original(future, result)

        monkeypatch.setattr(Future, "set_result", late)
        monkeypatch.setattr("mock_backend.clock.members.LONG_GRACE", 60.0)
        requests.get(mock_backend.url)
        with _Futures(concurrent.futures).ThreadPoolExecutor(1) as pool:
            assert pool.submit(requests.get, mock_backend.url).done()
            waiting = pool.submit(mock_backend.clock.sleep, 60)
            behind = pool.submit(requests.get, mock_backend.url)
            assert not waiting.done()
            mock_backend.clock.sleep(60)
            assert waiting.done()
            assert behind.done()

    def test_its_timestamps_are_those_of_the_clock(self, mock_backend, run_jobs):
        # Polled each minute, shorter jobs are never seen running.
        mock_backend.plan(JobPlan(queued="30s", running="5m"))
        _, table = run_jobs({"one": mock_backend}, 3)

        first, last = mock_backend.clock.start, mock_backend.clock.now()
        for column in ("start_time", "running_start_time"):
            for text in table[column]:
                assert first <= openeo.util.rfc3339.parse_datetime(text, with_timezone=True) <= last

    def test_it_cancels_what_runs_too_long(self, mock_backend, run_jobs):
        mock_backend.plan(JobPlan(queued="1m", running="10h"), title="job-1")

        _, table = run_jobs({"one": mock_backend}, 3, cancel_running_job_after=3600)

        assert dict(zip(table["title"], table["status"], strict=True)) == {
            "job-0": "finished",
            "job-1": "canceled",
            "job-2": "finished",
        }
        [canceled] = mock_backend.requests.select("DELETE /jobs/{job_id}/results")
        ran = canceled.at - mock_backend.clock.start
        assert timedelta(hours=1) <= ran <= timedelta(hours=1) + 4 * POLL

    def test_it_starts_again_what_is_refused_for_a_while(self, mock_backend, run_jobs):
        """The manager's own threads repeat a start that gets a 429; their waits are on the clock, too."""
        # As often as the client repeats one request: threads may come in any order, and one may get them all.
        fault = mock_backend.inject(Fault(status=429, retry_after=30), "POST /jobs/{job_id}/results", times=3)

        _, table = run_jobs({"one": mock_backend}, 3)

        assert fault.hits == 3
        assert set(table["status"]) == {"finished"}

    def test_a_failed_job_is_reported(self, mock_backend, run_jobs):
        mock_backend.plan(JobPlan(running="5m", fails_at=0.5, error="out of memory"), title="job-0")

        _, table = run_jobs({"one": mock_backend}, 2)

        assert list(table["status"]) == ["error", "finished"]

    def test_it_runs_in_a_thread_of_its_own(self, mock_backend, tmp_path, graph):
        from openeo.extra.job_management import MultiBackendJobManager, create_job_db
        from pandas import DataFrame

        manager = MultiBackendJobManager(root_dir=tmp_path)
        manager.add_backend("one", connection=mock_backend.connect())
        database = create_job_db(tmp_path / "jobs.csv", df=DataFrame({"title": ["a", "b"]}))

        def start_job(connection, **_):
            return connection.create_job({"process_graph": graph}, validate=False)

        manager.start_job_thread(start_job=start_job, job_db=database)
        manager._thread.join(30)

        assert not manager._thread.is_alive()
        manager.stop_job_thread()
        assert set(database.read()["status"]) == {"finished"}

    def test_its_clock_stands_while_the_thread_that_started_it_computes(
        self, mock_backend, tmp_path, graph, monkeypatch
    ):
        """A notebook shows the table of its jobs, which the manager writes each time that it has waited."""
        from openeo.extra.job_management import MultiBackendJobManager, create_job_db
        from pandas import DataFrame

        monkeypatch.setattr("mock_backend.clock.members.LONG_GRACE", 60.0)
        manager = MultiBackendJobManager(root_dir=tmp_path)
        manager.add_backend("one", connection=mock_backend.connect())
        database = create_job_db(tmp_path / "jobs.csv", df=DataFrame({"title": ["a"]}))

        manager.start_job_thread(
            start_job=lambda connection, **_: connection.create_job({"process_graph": graph}, validate=False),
            job_db=database,
        )
        manager._thread.join(0.4)
        elapsed = mock_backend.clock.elapsed
        manager.stop_job_thread()

        assert not elapsed
        assert mock_backend.clock.elapsed

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_it_may_be_imported_before_or_after_the_back_end_opens(self, when):
        """In a process of its own, where it is not imported yet."""
        program = """
            import sys, time
            from mock_backend import MockBackend
            if {before}:
                import openeo.extra.job_management
            backend = MockBackend().open()
            assert ("openeo.extra.job_management" in sys.modules) == {before}, "imported for nothing"
            import openeo.extra.job_management._manager as manager
            import openeo.extra.job_management._thread_worker as worker
            import concurrent.futures
            backend.connect().list_jobs()
            began = time.monotonic()
            manager.time.sleep(3600)
            assert time.monotonic() - began < 60
            assert backend.clock.elapsed.total_seconds() == 3600
            assert worker.concurrent is not concurrent
            backend.close()
            assert manager.time is time
            assert worker.concurrent is concurrent
        """
        program = textwrap.dedent(program).format(before=when == "before")
        subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, timeout=60)


@pytest.mark.usefixtures("nothing_left_behind")
class TestPatchPoints:
    def test_they_are_put_back_with_the_last_back_end(self):
        def look():
            return (
                openeo.rest.job.time,
                openeo.rest.auth.oidc.time,
                urllib3.util.retry.time,
                openeo.util.rfc3339.now_utc,
            )

        before = look()
        with MockBackend():
            with MockBackend("https://openeo-2.test"):
                pass
            during = look()
        after = look()

        assert [one is two for one, two in zip(before, during, strict=True)] == [False] * 4
        assert before[:3] == after[:3] == (time, time, time)
        assert before[3] == after[3]

    def test_a_thread_of_ours_keeps_none(self):
        class Relay(JobsRegister):
            async def list_jobs(self, limit: int | None = 10, user: User = Depends(Authenticator.validate)):
                await asyncio.sleep(0.001)  # from here on a loop of ours, which stays, sends the requests
                requests.get(inner.url, timeout=10)
                return super().list_jobs(limit, user)

        with (
            MockBackend("https://inner.test") as inner,
            MockBackend("https://outer.test", registers=[Relay]) as outer,
        ):
            outer.connect().list_jobs()

        assert openeo.rest.job.time is time

    def test_outside_of_a_back_end_the_client_waits_for_real(self, foreign, connect_to):
        with MockBackend() as backend:
            backend.connect().list_jobs()
        foreign.polls = 3

        began = time.monotonic()
        connect_to(foreign).create_job({"process_graph": {}}, validate=False).start_and_wait(
            max_poll_interval=0.1
        )

        assert time.monotonic() - began >= 0.2

    @pytest.mark.parametrize(
        "point",
        [each for each in (*POINTS, *LATE_POINTS) if "rfc3339" not in each.attribute],
        ids=lambda p: f"{p.module}.{p.attribute}",
    )
    def test_one_that_has_moved_is_named(self, monkeypatch, point):
        import importlib

        *path, name = point.attribute.split(".")
        owner = reduce(getattr, path, importlib.import_module(point.module))
        monkeypatch.delattr(owner, name)

        with pytest.raises(RuntimeError) as raised:
            MockBackend().open()

        for word in (point.package, f"{point.module}.{point.attribute}", _version(point.package)):
            assert word in str(raised.value)

    def test_one_that_is_something_else_by_now_is_named(self, monkeypatch):
        monkeypatch.setattr(openeo.rest.job, "time", object())

        with pytest.raises(RuntimeError, match=r"openeo \S+ has no `openeo\.rest\.job\.time`"):
            MockBackend().open()

    def test_a_moved_one_leaves_nothing_behind(self, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(urllib3.util.retry, "time", None)
            with contextlib.suppress(RuntimeError):
                MockBackend().open()

        assert openeo.rest.job.time is time
        with MockBackend() as backend:
            assert backend.connect().list_jobs() == []

    def test_a_urllib3_without_our_hook_is_named(self, monkeypatch):
        monkeypatch.delattr(urllib3.PoolManager, "connection_from_host")

        with pytest.raises(RuntimeError, match=r"urllib3 \S+ has no PoolManager\.connection_from_host"):
            MockBackend().open()

    def test_each_thread_decides_for_itself(self, mock_backend):
        mock_backend.connect().list_jobs()
        took = []

        def sleep():
            began = time.monotonic()
            openeo.rest.job.time.sleep(0.2)
            took.append(time.monotonic() - began)

        thread = threading.Thread(target=sleep)
        thread.start()
        thread.join()
        openeo.rest.job.time.sleep(1000)

        assert took[0] >= 0.19
        assert mock_backend.clock.elapsed == timedelta(seconds=1000)


def _version(package):
    from importlib.metadata import version

    return version(package)
