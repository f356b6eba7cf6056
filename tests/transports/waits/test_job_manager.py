"""Waits of the openeo client's job manager are on the clock."""

import concurrent.futures
import subprocess
import sys
import textwrap
import time
from concurrent.futures import Future
from datetime import timedelta

import openeo
import openeo.rest.job
import openeo.util
import pytest
import requests

from mock_backend import Fault, JobPlan, MockBackend
from mock_backend.transports.client_waits import _on_the_clock

#: The longest wait of the client between two looks at a job.
POLL = timedelta(seconds=60)


class TestJobManager:
    """openeo's ``MultiBackendJobManager``, unchanged: its pauses, thread pools and timestamps."""

    @pytest.fixture
    def run_jobs(self, tmp_path, graph):
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
                return connection.create_job({"process_graph": graph}, title=row["title"], validate=False)

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
        monkeypatch.setattr("mock_backend.clock.attendance.LONG_GRACE", 60.0)
        requests.get(mock_backend.url)
        with _on_the_clock(concurrent.futures.ThreadPoolExecutor)(1) as pool:
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

    @pytest.fixture
    def start_in_thread(self, mock_backend, tmp_path, graph):
        from openeo.extra.job_management import MultiBackendJobManager, create_job_db
        from pandas import DataFrame

        def start(count):
            manager = MultiBackendJobManager(root_dir=tmp_path)
            manager.add_backend("one", connection=mock_backend.connect())
            table = DataFrame({"title": [f"job-{number}" for number in range(count)]})
            database = create_job_db(tmp_path / "jobs.csv", df=table)

            def start_job(connection, **_):
                return connection.create_job({"process_graph": graph}, validate=False)

            manager.start_job_thread(start_job=start_job, job_db=database)
            return manager, database

        return start

    def test_it_runs_in_a_thread_of_its_own(self, start_in_thread):
        manager, database = start_in_thread(2)
        manager._thread.join(30)

        assert not manager._thread.is_alive()
        manager.stop_job_thread()
        assert set(database.read()["status"]) == {"finished"}

    def test_its_clock_stands_while_the_thread_that_started_it_computes(
        self, mock_backend, start_in_thread, monkeypatch
    ):
        """A notebook shows the table of its jobs, which the manager writes each time that it has waited."""
        monkeypatch.setattr("mock_backend.clock.attendance.LONG_GRACE", 60.0)

        manager, _ = start_in_thread(1)
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
