"""Batch jobs and synchronous processing in API 1.3, and that nothing of it is in 1.2."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from openeo.rest.connection import Connection

from mock_backend import JobPlan, MockBackend
from mock_backend.settings import AppSettings

ADDED = ("queued", "started", "unpublished")


@pytest.fixture
def job_id(newer):
    return newer.create()


def times(document):
    return {name: document[name] for name in ADDED if name in document}


def link(document, relation):
    return next(each["href"] for each in document["links"] if each["rel"] == relation)


def test_a_job_tells_when_it_was_queued_and_started(backend, newer, older, job_id):
    assert times(newer(f"GET /jobs/{job_id}").json()) == {}

    start = backend.clock.now()
    newer.start(job_id)
    queued = {"queued": f"{start:%Y-%m-%dT%H:%M:%SZ}"}
    assert times(newer(f"GET /jobs/{job_id}").json()) == queued
    backend.clock.advance("5m")
    running = times(newer(f"GET /jobs/{job_id}").json())
    assert running["started"] > running["queued"]
    backend.clock.advance("10m")
    finished = newer(f"GET /jobs/{job_id}").json()
    assert set(times(finished)) == set(ADDED)
    assert finished["unpublished"] > finished["updated"]
    assert times(newer("GET /jobs").json()["jobs"][0]) == times(finished)
    assert times(older(f"GET /jobs/{job_id}").json()) == times(older("GET /jobs").json()["jobs"][0]) == {}


def test_the_times_are_those_of_the_latest_start(backend, newer, job_id):
    newer.start(job_id)
    backend.clock.advance("1h")
    first = times(newer(f"GET /jobs/{job_id}").json())
    newer.start(job_id)
    again = times(newer(f"GET /jobs/{job_id}").json())

    assert set(again) == {"queued"}
    assert again["queued"] > first["started"]


def test_a_failed_job_keeps_no_results(backend, newer, job_id):
    backend.plan(JobPlan.immediate(error="no"))
    newer.start(job_id)

    assert set(times(newer(f"GET /jobs/{job_id}").json())) == {"queued", "started"}


def test_clients_cannot_set_the_times(newer, job_id, assert_error):
    for name in ADDED:
        response = newer(f"PATCH /jobs/{job_id}", json={name: "2026-01-01T00:00:00Z"})
        assert_error(response, 400, "PropertyNotEditable", name)


def test_results_have_all_times_of_the_job(backend, newer, older, job_id):
    newer.start(job_id)
    backend.clock.advance("1h")
    job = newer(f"GET /jobs/{job_id}").json()
    item_headers = {"Accept": "application/geo+json"}

    collection = newer(f"GET /jobs/{job_id}/results").json()
    whole = newer(f"GET /jobs/{job_id}/results", headers=item_headers).json()["properties"]
    item = newer(f"GET {link(collection, 'item')}").json()["properties"]
    for document in (collection, whole, item):
        assert {name: document[name] for name in ("created", "updated", *ADDED)} == {
            name: job[name] for name in ("created", "updated", *ADDED)
        }
        assert document["expires"] < document["unpublished"]
    assert times(older(f"GET /jobs/{job_id}/results").json()) == {}


def test_results_are_gone_when_they_are_said_to_be(api_of, assert_error):
    settings = AppSettings(result_lifetime=3600)
    with MockBackend("https://short.test", api_version="1.3", settings=settings) as backend:
        api = api_of(backend)
        job_id = api.create()
        api.start(job_id)
        backend.clock.advance("1h")
        document = api(f"GET /jobs/{job_id}/results").json()
        assert document["expires"] == document["unpublished"]
        backend.clock.advance("1h")

        assert_error(api(f"GET /jobs/{job_id}/results"), 410, "ResultsExpired", document["unpublished"][:19])
        assert_error(api(f"GET {link(document, 'canonical')}"), 410, "ResultLinkExpired")
        assert api.status(job_id) == "finished"
        api.start(job_id)
        backend.clock.advance("30m")
        assert api(f"GET /jobs/{job_id}/results").status_code == 200


@pytest.mark.parametrize("partial", ["true", ""])
def test_links_of_partial_results_lead_to_partial_results(backend, newer, job_id, partial):
    newer.start(job_id)
    backend.clock.advance("5m")

    document = newer(f"GET /jobs/{job_id}/results?partial={partial}").json()
    canonical = link(document, "canonical")
    assert parse_qs(urlsplit(canonical).query)["partial"] == ["true"]
    assert link(document, "self").endswith("/results?partial=true")
    again = newer(f"GET {canonical}").json()
    assert (again["openeo:status"], again["assets"].keys()) == ("running", document["assets"].keys())
    whole = re.sub("&partial=true", "", canonical)
    assert newer(f"GET {whole}").json()["code"] == "JobNotFinished"


def test_canonical_links_are_made_anew(backend, newer, job_id):
    newer.start(job_id)
    backend.clock.advance("1h")
    first = link(newer(f"GET /jobs/{job_id}/results").json(), "canonical")
    backend.clock.advance("1h")
    second = link(newer(f"GET /jobs/{job_id}/results").json(), "canonical")

    assert first != second
    assert "partial" not in first
    assert newer(f"GET {second}").status_code == 200


def test_a_failure_has_a_stack_trace(backend, newer, older, job_id):
    trace = 'Traceback (most recent call last):\n  File "udf.py", line 1\nValueError: no'
    backend.plan(JobPlan(queued=0, running=0, error="UDF failed.", stacktrace=trace))
    newer.start(job_id)

    def traces(api):
        entries = api(f"GET /jobs/{job_id}/logs").json()["logs"]
        return [entry.get("stacktrace") for entry in entries if entry["level"] == "error"]

    assert traces(newer) == [trace]
    assert traces(older) == [None]
    assert newer(f"GET /jobs/{job_id}/results").json()["stacktrace"] == trace
    connection = Connection(newer.url).authenticate_basic("alice", "secret")
    assert [each.stacktrace for each in connection.job(job_id).logs() if each.level == "error"] == [trace]


def test_a_stack_trace_is_that_of_a_failure():
    with pytest.raises(ValueError, match="stacktrace is that of a failure"):
        JobPlan(stacktrace="Traceback")


def test_a_plan_with_a_stack_trace_survives_a_restart(tmp_path, api_of):
    plan = JobPlan(queued=0, running=0, error="no", stacktrace="Traceback")
    with MockBackend("https://a.test", store=tmp_path / "jobs", plan=plan, api_version="1.3") as backend:
        job_id = api_of(backend).create()
        api_of(backend).start(job_id)
    with MockBackend("https://a.test", store=tmp_path / "jobs", api_version="1.3") as backend:
        entries = api_of(backend)(f"GET /jobs/{job_id}/logs").json()["logs"]
        assert entries[-1]["stacktrace"] == "Traceback"


def test_synchronous_requests_have_identifiers(newer, older, graph):
    found = [
        api("POST /result", json={"process": {"process_graph": graph}}).headers["OpenEO-Identifier"]
        for api in (newer, older, newer)
    ]

    assert all(re.fullmatch(r"r-\d{6}[0-9a-f]+", each) for each in found)
    assert len(set(found)) == 3


@pytest.mark.parametrize("version", ["older", "newer"])
def test_members_of_clients_are_listed_and_can_be_changed(request, version):
    api = request.getfixturevalue(version)
    job_id = api.create(job_options={"memory": "1G"}, label="a")
    assert api(f"PATCH /jobs/{job_id}", json={"job_options": {"memory": "2G"}}).status_code == 204
    service = {"type": "XYZ", "process": api(f"GET /jobs/{job_id}").json()["process"], "label": "a"}
    service_id = api("POST /services", json=service).headers["OpenEO-Identifier"]
    assert api(f"PATCH /services/{service_id}", json={"label": "b"}).status_code == 204

    job = api(f"GET /jobs/{job_id}").json()
    assert (job["job_options"], job["label"]) == ({"memory": "2G"}, "a")
    assert api(f"GET /services/{service_id}").json()["label"] == "b"
