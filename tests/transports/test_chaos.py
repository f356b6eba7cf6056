"""A job manager in chaos: every job is accounted for, in the same way each time."""

import time
from datetime import timedelta

import pandas as pd
import pytest
import requests
from openeo.extra.job_management import MultiBackendJobManager, create_job_db

from mock_backend import Clock, Fault, MockBackend
from mock_backend.control.scenarios import Scenario, scenario_of

JOBS = 8


def run(scenario: Scenario, folder):
    """Run jobs on two back-ends until all have ended; return their states and what happened."""
    clock = Clock()
    with (
        MockBackend.from_scenario(scenario, url="https://a.test", clock=clock) as a,
        MockBackend.from_scenario(scenario, url="https://b.test", clock=clock, seed=2) as b,
    ):
        manager = MultiBackendJobManager(root_dir=folder)
        for backend in (a, b):
            connection = backend.connect(user=None)
            connection.authenticate_oidc_client_credentials("openeo-service", "secret")
            manager.add_backend(backend.url, connection=connection, parallel_jobs=4)
        table = create_job_db(folder / "jobs.csv", df=pd.DataFrame({"number": range(JOBS)}))

        def create(row, connection, **_):
            return connection.load_collection("SENTINEL2_L2A").create_job(title=f"job {row['number']}")

        for _ in range(10):
            try:
                manager.run_jobs(start_job=create, job_db=table)
                break
            except requests.RequestException:
                pass  # a connection that is lost kills the manager; it goes on where it was
        found = table.read()
        exchanges = sorted(
            (
                str(each.at - clock.start),
                each.method,
                backend.url + each.path,
                str(each.status),
                str(each.fault),
            )
            for backend in (a, b)
            for each in backend.requests
        )
        for backend in (a, b):
            assert backend.stats.most_running <= 2
            assert {job.status for job in backend.jobs} <= {"finished", "error", "created"}
        known = {job.job_id for backend in (a, b) for job in backend.jobs}
        assert set(found["id"].dropna()) <= known
        return found, exchanges


@pytest.mark.filterwarnings("ignore")  # the manager warns of what it does not survive
def test_every_job_is_accounted_for_and_identically_each_time(tmp_path):
    chaos = scenario_of("chaos")
    found, exchanges = run(chaos, tmp_path / "first")
    again, others = run(chaos, tmp_path / "second")

    assert len(found) == JOBS
    assert set(found["status"]) <= {"finished", "error", "start_failed"}
    assert sum(each[-1] != "None" for each in exchanges) > 5
    assert found.to_csv() == again.to_csv()
    assert exchanges == others


def test_the_clock_stands_while_the_manager_computes(mock_backend, tmp_path):
    mock_backend.inject(Fault(429, retry_after=100), "POST /jobs/{job_id}/results")
    manager = MultiBackendJobManager(root_dir=tmp_path)
    manager.add_backend("b", connection=mock_backend.connect(), parallel_jobs=2)
    seen = []

    def create(row, connection, **_):
        # A thread that waits to try again is all that takes part meanwhile.
        before = mock_backend.clock.elapsed
        time.sleep(0.1)
        seen.append(mock_backend.clock.elapsed - before)
        return connection.load_collection("SENTINEL2_L2A").create_job()

    table = create_job_db(tmp_path / "jobs.csv", df=pd.DataFrame({"number": range(2)}))
    manager.run_jobs(start_job=create, job_db=table)

    assert seen == [timedelta(0)] * 2
    assert mock_backend.clock.elapsed >= timedelta(seconds=100)
