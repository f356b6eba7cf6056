"""A job manager in chaos: every job is accounted for, in the same way each time."""

import pandas as pd
import pytest
import requests
from openeo.extra.job_management import MultiBackendJobManager, create_job_db

from mock_backend import Clock, MockBackend
from mock_backend.control.scenarios import Scenario, scenario_of

JOBS = 12


def run(scenario: Scenario, folder):
    """Run jobs on two back-ends until all have ended; return their states and what happened."""
    # Other programs may keep this machine busy: silence for less than a second is no silence.
    clock = Clock(grace=1.0)
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
