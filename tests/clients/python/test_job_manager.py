"""The openeo client's job manager; how it waits is tested with the clock."""

import json

import openeo
import pytest
from openeo.api.process import Parameter
from openeo.processes import process
from pandas import DataFrame

from mock_backend import JobPlan


@pytest.fixture
def manager(mock_backend, tmp_path):
    # Imported by the tests that need it: that takes a second.
    from openeo.extra.job_management import MultiBackendJobManager

    manager = MultiBackendJobManager(root_dir=tmp_path / "jobs")
    manager.add_backend("ours", connection=mock_backend.connect)
    return manager


@pytest.fixture
def database(tmp_path):
    from openeo.extra.job_management import create_job_db

    def make(**columns):
        return create_job_db(tmp_path / "jobs.csv", df=DataFrame(columns))

    return make


def start_job(row, connection, **_) -> openeo.BatchJob:
    first_days = [f"{row['year']}-01-01", f"{row['year']}-01-06"]
    cube = connection.load_collection("SENTINEL2_L2A", temporal_extent=first_days, bands=["B04"])
    return cube.create_job(title=f"year {row['year']}")


@pytest.mark.calls("MultiBackendJobManager.run_jobs", "MultiBackendJobManager.on_job_error")
def test_jobs_are_run_and_their_results_fetched(mock_backend, manager, database):
    mock_backend.plan(JobPlan(running="5m", fails_at=0.5, error="out of memory"), title="year 2021")
    table = database(year=[2020, 2021, 2022])

    stats = manager.run_jobs(job_db=table, start_job=start_job)

    rows = table.read()
    assert list(rows["status"]) == ["finished", "error", "finished"]
    assert (stats["job finished"], stats["job failed"]) == (2, 1)
    [error] = json.loads(manager.get_error_log_path(rows["id"][1]).read_text())
    assert error["message"] == "out of memory"
    for number in (0, 2):
        folder = manager.get_job_dir(rows["id"][number])
        names = {path.name for path in folder.iterdir()}
        [name] = [each for each in names if not each.startswith("job")]
        assert name.startswith(f"openEO_{rows['year'][number]}-01-0")
        assert len(names) == 3, "an asset, the results' metadata, the job's metadata"
        assert (rows["costs"][number] > 0, rows["cpu"][number].endswith("cpu-seconds")) == (True, True)


@pytest.mark.calls("MultiBackendJobManager.start_job_thread", later=True)
def test_jobs_are_run_in_a_thread(manager, database):
    table = database(year=[2020])

    manager.start_job_thread(start_job, table)
    manager._thread.join(30)
    manager.stop_job_thread()

    assert list(table.read()["status"]) == ["finished"]


@pytest.mark.calls("MultiBackendJobManager.run_jobs", "ConnectedTask.get_connection")
def test_threads_of_the_manager_log_in_by_token(mock_backend, manager, database):
    manager.run_jobs(job_db=database(year=[2020]), start_job=start_job)

    assert {
        each.headers["authorization"] for each in mock_backend.requests.select("POST /jobs/{job_id}/results")
    } == {"Bearer basic//***"}


@pytest.mark.calls("ProcessBasedJobCreator.start_job", "ProcessBasedJobCreator.__call__")
def test_jobs_of_a_stored_process(mock_backend, manager, database):
    from openeo.extra.job_management import ProcessBasedJobCreator

    x, y = (Parameter.number(name, description="A number.") for name in "xy")
    connection = mock_backend.connect()
    connection.save_user_defined_process("times", process("multiply", x=x, y=y), parameters=[x, y])
    creator = ProcessBasedJobCreator(process_id="times", parameter_defaults={"y": 2})
    table = database(x=[1, 2])

    manager.run_jobs(job_db=table, start_job=creator)

    assert list(table.read()["status"]) == ["finished", "finished"]
    [first, second] = [
        each.json["process"]["process_graph"]["times1"] for each in mock_backend.requests.select("POST /jobs")
    ]
    assert (first["arguments"], second["arguments"]) == ({"x": 1, "y": 2}, {"x": 2, "y": 2})


@pytest.mark.calls("MultiBackendJobManager.on_job_done", later=True)
def test_results_are_fetched_by_hand(manager, finished, database):
    rows = DataFrame({"id": [finished.job_id]})

    manager.on_job_done(finished, rows.loc[0])
    if manager._worker_pool is not None:
        manager._worker_pool.shutdown()

    folder = manager.get_job_dir(finished.job_id)
    assert json.loads((folder / "job-results.json").read_text())["id"] == finished.job_id
