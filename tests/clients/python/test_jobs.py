"""Batch jobs by the openeo client: creating, starting, watching, stopping, deleting them."""

import logging
from datetime import timedelta

import openeo
import pytest
from openeo.internal.warnings import UserDeprecationWarning
from openeo.rest import JobFailedException

from mock_backend import JobPlan


@pytest.mark.calls("Connection.create_job", "BatchJob.describe", "BatchJob.describe_job", "BatchJob.status")
def test_a_job_keeps_what_it_was_created_with(connection, cube):
    job = connection.create_job(
        cube.save_result("GTiff"),
        title="monthly",
        description="All of June.",
        plan="free",
        budget=12.5,
        additional={"tag": "a"},
        job_options={"driver-memory": "2g"},
        log_level="warning",
    )

    described = job.describe()
    assert (described["id"], described["title"], described["status"]) == (job.job_id, "monthly", "created")
    assert (described["description"], described["plan"]) == ("All of June.", "free")
    assert (described["budget"], described["log_level"], described["tag"]) == (12.5, "warning", "a")
    assert described["job_options"] == {"driver-memory": "2g"}
    assert described["process"]["process_graph"] == cube.save_result("GTiff").flat_graph()
    assert job.describe_job() == described
    assert job.status() == "created"


@pytest.mark.calls("Connection.create_job")
def test_what_is_no_process_graph_makes_no_job(mock_backend, connection, refused):
    graph = {"only": {"process_id": "made_up", "arguments": {}, "result": True}}

    with refused("ProcessUnsupported", 400):
        connection.create_job(graph, validate=False)
    assert len(mock_backend.jobs) == 0


@pytest.mark.calls("Connection.create_job")
def test_a_job_is_checked_before_it_is_created(connection, cube, caplog, refused):
    with refused("ProcessUnsupported"):
        connection.create_job(cube.process("made_up", data=cube))

    [warning] = [each for each in caplog.messages if "Preflight" in each]
    assert "[ProcessUnsupported]" in warning


@pytest.mark.calls("Connection.list_jobs", "Connection.user_jobs")
def test_jobs_are_listed_newest_first(mock_backend, connection, cube):
    first, second, third = (cube.create_job(title=str(number)).job_id for number in (1, 2, 3))

    listing = connection.list_jobs()
    assert [each["id"] for each in listing] == [third, second, first]
    assert all("process" not in each for each in listing)
    page = connection.list_jobs(limit=2)
    assert [each["id"] for each in page] == [third, second]
    assert "next" in {link.rel for link in page.links}
    assert mock_backend.connect().list_jobs(limit=None) == listing
    with pytest.warns(UserDeprecationWarning, match="list_jobs"):
        assert connection.user_jobs() == listing


@pytest.mark.calls("Connection.list_jobs")
@pytest.mark.mock_backend(users={"alice": "secret", "bob": "builder"})
def test_jobs_of_another_user(mock_backend, connection, job, refused):
    bob = mock_backend.connect(user="bob")

    assert bob.list_jobs() == []
    with refused("JobNotFound", 404):
        bob.job(job.job_id).describe()


@pytest.mark.calls("BatchJob.estimate", "BatchJob.estimate_job")
def test_estimates(mock_backend, job):
    mock_backend.plan(JobPlan(queued="10m", running="2h"))

    estimate = job.estimate()

    assert estimate["duration"] == "PT2H10M"
    assert estimate["costs"] > 0
    assert estimate.parameters["currency"] == mock_backend.settings.currency
    assert job.estimate_job() == estimate


@pytest.mark.calls("BatchJob.start", "BatchJob.start_job", "BatchJob.status")
def test_a_started_job_goes_its_way(mock_backend, job):
    mock_backend.plan(JobPlan(queued="1m", running="10m"))

    assert job.start() is job
    assert job.status() == "queued"
    mock_backend.clock.advance("6m")
    described = job.describe()
    assert (described["status"], described["progress"]) == ("running", 50)
    # Starting what runs changes nothing.
    assert job.start_job().status() == "running"
    mock_backend.clock.advance("5m")
    assert (job.status(), job.describe()["progress"]) == ("finished", 100)
    assert job.describe()["costs"] > 0


@pytest.mark.calls("BatchJob.stop", "BatchJob.stop_job")
def test_stopping_before_a_job_runs(job):
    job.stop()
    assert job.status() == "created"

    job.start().stop_job()
    assert job.status() == "created"


@pytest.mark.calls("BatchJob.stop")
@pytest.mark.parametrize(("partial_results", "status"), [(True, "canceled"), (False, "created")])
def test_stopping_a_job_that_runs(mock_backend, job, partial_results, status):
    mock_backend.plan(JobPlan(queued="1m", running="10m", partial_results=partial_results))
    job.start()
    mock_backend.clock.advance("6m")

    job.stop()

    mock_backend.clock.advance("1h")
    assert job.status() == status
    assert [entry.message for entry in job.logs(level="warning")] == ["Processing canceled by the user."]
    assert job.start().status() == "queued"


@pytest.mark.calls("BatchJob.delete", "BatchJob.delete_job")
def test_deleting(mock_backend, connection, job, cube, refused):
    other = cube.create_job()
    other.start()

    job.delete()
    assert [each["id"] for each in connection.list_jobs()] == [other.job_id]
    other.delete_job()
    assert connection.list_jobs() == []
    for operation in (job.describe, job.start, job.stop, job.delete, job.logs, job.estimate):
        with refused("JobNotFound", 404):
            operation()
    assert mock_backend.connect().list_jobs() == []


@pytest.mark.calls("BatchJob.logs", "Connection.job_logs")
def test_logs(mock_backend, connection, cube):
    job = cube.create_job(log_level="debug")
    [created] = job.logs()
    assert (created.level, created.message) == ("info", "Batch job created.")

    job.start()
    mock_backend.clock.advance("1h")
    everything = job.logs()
    assert everything[0] == created
    assert len({entry.id for entry in everything}) == len(everything) > 3
    assert {"debug", "info"} == {entry.level for entry in everything}
    assert [entry["time"] for entry in everything] == sorted(entry["time"] for entry in everything)
    assert job.logs(offset=everything[1].id) == everything[2:]
    assert job.logs(level=logging.INFO) == [entry for entry in everything if entry.level == "info"]
    assert job.logs(level="error") == []
    with pytest.warns(UserDeprecationWarning, match="logs"):
        assert connection.job_logs(job.job_id, everything[1].id) == everything[2:]


@pytest.mark.calls("BatchJob.start_and_wait")
def test_waiting_for_a_job(mock_backend, job):
    mock_backend.plan(JobPlan(queued="10m", running="2h"))
    told: list[str] = []

    assert job.start_and_wait(print=told.append) is job

    assert job.status() == "finished"
    assert mock_backend.clock.elapsed >= timedelta(hours=2, minutes=10)
    assert told[0] == f"0:00:00 Job {job.job_id!r}: send 'start'"
    assert any("running (progress" in line for line in told)
    assert told[-1].endswith("finished (progress 100%)")


@pytest.mark.calls("BatchJob.start_and_wait")
def test_waiting_for_a_job_that_fails(mock_backend, job):
    mock_backend.plan(JobPlan(running="10m", fails_at=0.5, error="out of memory"))
    told: list[str] = []

    with pytest.raises(JobFailedException, match="Status: error") as caught:
        job.start_and_wait(print=lambda text: told.append(str(text)))

    assert caught.value.job is job
    assert any("out of memory" in line for line in told)
    assert job.logs(level="error")[-1].message == "out of memory"


@pytest.mark.calls("BatchJob.run_synchronous")
def test_running_a_job_and_downloading_by_its_old_name(job, tmp_path, quiet):
    target = tmp_path / "result"
    with pytest.warns(UserDeprecationWarning, match="start_and_wait"):
        job.run_synchronous(target, **quiet)

    assert job.status() == "finished"
    assert target.read_bytes() == job.get_results().get_asset().load_bytes()


def test_a_handle_of_a_job_asks_nothing(mock_backend, connection):
    before = len(mock_backend.requests)

    job = connection.job("made-up")

    assert isinstance(job, openeo.BatchJob)
    assert len(mock_backend.requests) == before
