"""Members that a client makes up are its own, whatever they are called."""

import pytest

from mock_backend import JobPlan, MockBackend
from mock_backend.api.models import BatchJob
from mock_backend.jobs import Job, JobsRegister

FACTS = {
    "run": None,
    "synchronous": "x",
    "additional": {},
    "status": "error",
    "number": -1,
    "updated": "never",
    "user_id": "bob",
    "job_id": "mine",
    "created": 0,
    "links": "foo",
    "id": "mine",
    "progress": "half",
    "costs": "none",
    "usage": 7,
}


@pytest.mark.parametrize(("name", "value"), FACTS.items())
@pytest.mark.parametrize("operation", ["create", "update"])
def test_no_member_of_a_clients_passes_for_a_fact(mock_backend, api, operation, name, value):
    mock_backend.plan(JobPlan.immediate())
    members = {"job_options": {"a": 1}, "title": "mine"}
    job_id = api.create(**(members | ({name: value} if operation == "create" else {})))
    api.start(job_id)
    before = api(f"GET /jobs/{job_id}").json()

    if operation == "update":
        response = api(f"PATCH /jobs/{job_id}", json={name: value})
        assert response.status_code == (400 if name in BatchJob.model_fields else 204)

    after = api(f"GET /jobs/{job_id}").json()
    facts = ("id", "status", "created", "progress", "costs", "usage", "job_options", "title")
    assert {fact: after[fact] for fact in facts} == {fact: before[fact] for fact in facts}
    assert (after["id"], after["status"], after["progress"]) == (job_id, "finished", 100)
    assert [job["id"] for job in api("GET /jobs").json()["jobs"]] == [job_id]
    refused = operation == "update" and name in BatchJob.model_fields
    assert refused or mock_backend.jobs[0].additional[name] == value


@pytest.mark.parametrize(
    "name", ["id", "status", "progress", "created", "updated", "costs", "usage", "links"]
)
def test_what_only_the_back_end_sets_cannot_be_edited(api, assert_error, name):
    job_id = api.create(title="kept")

    response = api(f"PATCH /jobs/{job_id}", json={"title": "new", name: None})

    assert_error(response, 400, "PropertyNotEditable", f"'{name}'")
    assert api(f"GET /jobs/{job_id}").json()["title"] == "kept"


class PinnedJob(Job):
    pinned: bool = False


class PinRegister(JobsRegister):
    job_class = PinnedJob


@pytest.mark.parametrize("operation", ["create", "update"])
def test_a_field_of_ones_own_is_checked(api_of, assert_error, graph, operation):
    with MockBackend("https://pins.test", registers=[PinRegister]) as backend:
        api = api_of(backend)
        job_id = api.create(pinned=True)
        if operation == "create":
            response = api("POST /jobs", json={"process": {"process_graph": graph}, "pinned": "maybe"})
        else:
            response = api(f"PATCH /jobs/{job_id}", json={"pinned": "maybe", "title": "not taken"})

        assert_error(response, 400, "RequestInvalid", "'pinned'")
        assert (len(backend.jobs), backend.jobs[0].job.pinned, backend.jobs[0].title) == (1, True, None)
        assert api(f"PATCH /jobs/{job_id}", json={"pinned": False}).status_code == 204
        assert backend.jobs[0].job.pinned is False


def test_what_errors_repeat_may_be_half_a_character(api):
    process = '{"process_graph": {"a": {"process_id": "\\ud800", "arguments": {}, "result": true}}}'

    response = api(
        "POST /jobs", data=f'{{"process": {process}}}', headers={"Content-Type": "application/json"}
    )

    assert (response.status_code, response.json()["code"]) == (400, "ProcessUnsupported")


def test_estimates_beyond_all_time(mock_backend, api, assert_error):
    mock_backend.plan(JobPlan(queued="999999999d", running="999999999d"))

    assert_error(api(f"GET /jobs/{api.create()}/estimate"), 500, "EstimateComplexity")
