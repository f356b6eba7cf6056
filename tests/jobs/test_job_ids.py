"""Ids of jobs that a test orders."""

import pytest

from mock_backend import MockBackend


def numbered(graph, number):
    return f"{next(iter(graph))}-{number:03}"


@pytest.mark.mock_backend(job_id=numbered)
def test_they_follow_from_the_graph_and_the_number(mock_backend, mock_backend_connection, graph):
    jobs = [mock_backend_connection.create_job({"process_graph": graph}) for _ in range(2)]

    assert [job.job_id for job in jobs] == ["load-001", "load-002"]
    assert [job.job_id for job in mock_backend.jobs] == ["load-001", "load-002"]
    jobs[0].start_and_wait(print=lambda _: None)
    assert jobs[0].status() == "finished"


@pytest.mark.mock_backend(job_id=lambda graph, number: None if number == 1 else "mine")
def test_others_are_made_up(mock_backend, api):
    assert [api.create(), api.create()] == [mock_backend.jobs[0].job_id, "mine"]
    assert mock_backend.jobs[0].job_id.startswith("j-")


@pytest.mark.mock_backend(job_id=numbered)
def test_numbers_count_on_after_a_job_is_deleted(api):
    api(f"DELETE /jobs/{api.create()}")

    assert api.create() == "load-002"


def test_numbers_count_on_in_a_store(tmp_path, api_of):
    for expected in ("load-001", "load-002"):
        with MockBackend("https://kept.test", store=tmp_path / "jobs.json", job_id=numbered) as backend:
            assert api_of(backend).create() == expected


@pytest.mark.mock_backend(job_id=numbered)
def test_a_reset_begins_anew(mock_backend, api):
    api.create()
    mock_backend.reset()

    assert api.create() == "load-001"


@pytest.mark.parametrize("wrong", ["", "a/b", "ä", 7, "a b"])
def test_what_can_be_no_id(mock_backend_factory, api_of, assert_error, wrong):
    api = api_of(mock_backend_factory(job_id=lambda graph, number: wrong))
    body = {"process": {"process_graph": {"a": {"process_id": "pi", "arguments": {}, "result": True}}}}

    assert_error(api("POST /jobs", json=body), 500, "Internal", repr(wrong), "letters, digits and -._~")
    assert api("GET /jobs").json()["jobs"] == []


def test_an_id_that_is_taken(mock_backend_factory, api_of, assert_error):
    api = api_of(mock_backend_factory(job_id=lambda graph, number: "mine"))
    api.create()
    body = {"process": {"process_graph": {"a": {"process_id": "pi", "arguments": {}, "result": True}}}}

    assert_error(api("POST /jobs", json=body), 500, "Internal", "'mine'", "another job")
