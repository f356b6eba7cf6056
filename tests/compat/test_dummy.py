"""The stand-in for the openeo client's stub, by itself and beside other mocks."""

import pytest
import requests

from mock_backend.compat import DummyBackend

ADD = {"add": {"process_id": "add", "arguments": {"x": 3, "y": 5}, "result": True}}
ODD = {"odd": {"process_id": "no_such_process", "arguments": {"data": None}, "result": True}}


@pytest.fixture
def dummy():
    with DummyBackend() as dummy:
        yield dummy


def test_anything_is_accepted(dummy):
    job = dummy.connection.create_job(ODD, title="odd")
    assert dummy.get_batch_pg() == ODD
    assert dummy.batch_jobs[job.job_id] == {
        "job_id": "job-000",
        "pg": ODD,
        "status": "created",
        "title": "odd",
    }
    assert dummy.backend.jobs.one(title="odd").process_graph == ODD


def test_a_status_is_told_at_each_look(dummy):
    dummy.setup_simple_job_status_flow(
        queued=2, running=1, final="error", final_per_job={"job-001": "finished"}
    )
    first, second = (dummy.connection.create_job(ADD) for _ in range(2))
    first.start()
    second.start()
    assert [first.status() for _ in range(3)] == ["queued", "running", "error"]
    assert [second.status() for _ in range(3)] == ["queued", "running", "finished"]
    assert first.status() == "error", "the last one stays"


def test_a_refused_start_leaves_an_error(dummy):
    dummy.setup_job_start_failure(job_id="job-000", status_code=503)
    job = dummy.connection.create_job(ADD)
    with pytest.raises(Exception, match="No job starting for you"):
        job.start()
    assert job.status() == "error"


def test_ids_follow_from_process_graphs(dummy):
    dummy.job_id_generator = lambda process_graph: f"job-{process_graph['add']['arguments']['x']}"
    ids = [dummy.connection.create_job(ADD).job_id for _ in range(2)]
    assert ids == ["job-3", "job-001"], "one that is taken falls back to the number"


def test_jobs_are_planted_in_the_dict(dummy):
    dummy.batch_jobs["job-123"] = {"job_id": "job-123", "pg": ADD, "status": "running"}
    dummy.job_status_updater = lambda job_id, current_status: current_status
    assert dummy.connection.job("job-123").status() == "running"


@pytest.mark.off_contract("a stub's document of results has no more than clients read")
def test_results_are_the_next_result(dummy, tmp_path):
    dummy.next_result = {"answer": 42}
    assert dummy.connection.execute(ADD) == {"answer": 42}
    assert dummy.get_sync_pg() == ADD
    job = dummy.connection.create_job(ADD)
    job.start_and_wait()
    job.get_results().download_files(tmp_path, include_stac_metadata=False)
    assert (tmp_path / "result.data").read_bytes() == b'{"answer": 42}'


def test_validation_answers_as_ordered(dummy):
    dummy.next_validation_errors = [{"code": "Oops", "message": "No."}]
    assert dummy.connection.validate_process_graph(ADD) == [{"code": "Oops", "message": "No."}]
    assert dummy.get_validation_pg() == ADD


def test_more_than_one_graph_is_refused(dummy):
    for _ in range(2):
        dummy.connection.create_job(ADD)
    with pytest.raises(AssertionError, match="Expected single process graph, but found 2"):
        dummy.get_pg()


class Mocker:
    """The part of requests-mock that is used: the tests do not depend on it."""

    def __init__(self):
        self.routes = []

    def register_uri(self, method, pattern, content):
        self.routes.append((method, pattern, content))

    def get(self, url, json):
        self.routes.append(("GET", url, json))


def test_beside_requests_mock_nothing_of_the_process_changes():
    mocker = Mocker()
    before = requests.adapters.PoolManager
    dummy = DummyBackend(mocker, url_only("https://dummy.test/"))
    assert not dummy.backend.is_open
    assert requests.adapters.PoolManager is before
    assert ("POST", "https://dummy.test/+jobs($|[?])") in [
        (method, pattern.pattern.replace("\\", "")) for method, pattern, _ in mocker.routes
    ]
    dummy.close()
    assert requests.adapters.PoolManager is before


def url_only(url):
    class Connection:
        root_url = url

    return Connection()


def test_nothing_is_left_after_close():
    dummy = DummyBackend(url="https://gone.test")
    assert requests.get("https://gone.test/").status_code == 200
    dummy.close()
    with pytest.raises(requests.ConnectionError):
        requests.get("https://gone.test/", timeout=5)


def test_a_status_that_a_test_sets_stays(dummy):
    job = dummy.connection.create_job(ADD)
    dummy._set_job_status(job.job_id, "canceled")
    assert [job.status() for _ in range(2)] == ["canceled", "canceled"]
    assert dummy.backend.jobs.one().status == "canceled"
