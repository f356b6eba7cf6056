"""Operations on batch jobs in every state (openEO API 1.2)."""

import copy
from datetime import timedelta

import pytest

from mock_backend import JobPlan

STATES = ["created", "queued", "running", "finished", "error", "canceled"]


@pytest.fixture
def job_in(mock_backend, api):
    """Bring a new job into a state."""

    def make(state: str, **members) -> str:
        fails = {"error": "out of memory"} if state == "error" else {}
        with mock_backend.plan(JobPlan(queued="30s", running="10m", **fails)):
            job_id = api.create(**members)
            if state != "created":
                api.start(job_id)
        steps = {"running": "30s", "canceled": "2m", "finished": "11m", "error": "11m"}
        mock_backend.clock.advance(steps.get(state, 0))
        if state == "canceled":
            api(f"DELETE /jobs/{job_id}/results")
        assert api.status(job_id) == state
        return job_id

    return make


def test_a_new_job_is_created(api, mock_backend):
    job_id = api.create(title="ndvi", description="June", plan="Free", budget=10)

    job = api(f"GET /jobs/{job_id}").json()

    assert job["id"] == job_id
    assert (job["status"], job["progress"], job["title"], job["description"]) == (
        "created",
        0,
        "ndvi",
        "June",
    )
    assert job["created"] == "2025-06-01T12:00:00Z"
    assert job["process"]["process_graph"]["ndvi"]["process_id"] == "ndvi"
    assert "usage" not in job
    assert "costs" not in job


def test_creating_answers_with_location_and_id(api):
    response = api("POST /jobs", json={"process": {"process_graph": {"one": {
        "process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}}})  # fmt: skip

    assert response.status_code == 201
    assert response.headers["Location"] == f"{api.url}/jobs/{response.headers['OpenEO-Identifier']}"
    assert api(f"GET {response.headers['Location']}").status_code == 200


def test_a_job_moves_with_the_clock_and_with_nothing_else(api, mock_backend):
    mock_backend.plan(JobPlan(queued="5m", running="2h"))
    job_id = api.create()
    api.start(job_id)

    seen = []
    for step in ("0s", "4m59s", "1s", "1h", "59m59s", "1s", "1d"):
        mock_backend.clock.advance(step)
        job = api(f"GET /jobs/{job_id}").json()
        seen.append((job["status"], job["progress"]))

    assert seen == [
        ("queued", 0),
        ("queued", 0),
        ("running", 0),
        ("running", 50),
        ("running", 99),
        ("finished", 100),
        ("finished", 100),
    ]


def test_a_finished_job_tells_usage_costs_and_when_it_changed(api, job_in):
    job = api(f"GET /jobs/{job_in('finished')}").json()

    assert job["usage"]["duration"] == {"value": 600.0, "unit": "seconds"}
    assert job["costs"] > 0
    assert job["updated"] == "2025-06-01T12:10:30Z"


@pytest.fixture
def area(graph):
    """Return a process graph with an area of a width in degrees, and until a date."""

    def make(width, until="2024-07-01"):
        graph["load"]["arguments"]["spatial_extent"] |= {"east": 5.0 + width, "north": 51.2 + width}
        graph["load"]["arguments"]["temporal_extent"][1] = until
        return copy.deepcopy(graph)

    return make


def test_usage_and_costs_follow_from_what_is_computed(api, mock_backend, area):
    usages, costs = [], []
    for graph in (area(0.02), area(1.0), area(1.0, "2024-09-01")):
        job_id = api.create(graph)
        estimate = api(f"GET /jobs/{job_id}/estimate").json()
        api.start(job_id)
        mock_backend.clock.advance("1h")
        job = api(f"GET /jobs/{job_id}").json()
        assert job["costs"] == estimate["costs"]
        listed = next(each for each in api("GET /jobs").json()["jobs"] if each["id"] == job_id)
        assert listed["costs"] == job["costs"]
        costs.append(job["costs"])
        usages.append({name: each["value"] for name, each in job["usage"].items()})

    assert costs == sorted(set(costs))
    for name in ("cpu", "input_pixel"):
        used = [each[name] for each in usages]
        assert used == sorted(set(used))
    assert len({each["duration"] for each in usages}) == 1


def test_what_is_cancelled_has_used_a_part(api, mock_backend, area):
    mock_backend.plan(JobPlan(queued=0, running="1h"))
    usages = []
    for ends in ("30m", "1h"):
        job_id = api.create(area(1.0))
        api.start(job_id)
        mock_backend.clock.advance(ends)
        api(f"DELETE /jobs/{job_id}/results")
        usages.append(api(f"GET /jobs/{job_id}").json()["usage"])

    for name in ("cpu", "memory", "duration", "input_pixel"):
        assert usages[0][name]["value"] == pytest.approx(usages[1][name]["value"] / 2, abs=1e-3)


@pytest.mark.parametrize("state", ["created", "finished", "error", "canceled"])
def test_starting_begins_a_run(api, mock_backend, job_in, state):
    job_id = job_in(state)

    assert api(f"POST /jobs/{job_id}/results").status_code == 202
    assert api.status(job_id) == "queued"


@pytest.mark.parametrize("state", ["queued", "running"])
def test_starting_an_active_job_changes_nothing(api, mock_backend, job_in, state):
    job_id = job_in(state)
    before = api(f"GET /jobs/{job_id}").json()

    assert api(f"POST /jobs/{job_id}/results").status_code == 202
    assert api(f"GET /jobs/{job_id}").json() == before


def test_a_restart_binds_a_new_plan_and_discards_the_results(api, mock_backend, job_in):
    job_id = job_in("finished")
    assets = api(f"GET /jobs/{job_id}/results").json()["assets"]
    asset = next(iter(assets.values()))["href"]
    mock_backend.plan(JobPlan(queued=0, running="1h", error="disk full"))

    api.start(job_id)

    assert api.status(job_id) == "running"
    assert api(f"GET {asset}").status_code == 404
    mock_backend.clock.advance("1h")
    assert api.status(job_id) == "error"


@pytest.mark.parametrize(
    ("state", "then"),
    [
        ("created", "created"),
        ("queued", "created"),
        ("running", "canceled"),
        ("finished", "finished"),
        ("error", "error"),
        ("canceled", "canceled"),
    ],
)
def test_cancelling_acts_on_queued_and_running_jobs_only(api, mock_backend, job_in, state, then):
    job_id = job_in(state)

    assert api(f"DELETE /jobs/{job_id}/results").status_code == 204
    assert api.status(job_id) == then
    mock_backend.clock.advance("1d")
    assert api.status(job_id) == then


def test_cancelling_a_run_without_partial_results_leads_back_to_created(api, mock_backend):
    mock_backend.plan(JobPlan(queued=0, running="10m", partial_results=False))
    job_id = api.create()
    api.start(job_id)
    mock_backend.clock.advance("5m")

    api(f"DELETE /jobs/{job_id}/results")

    assert api.status(job_id) == "created"


@pytest.mark.parametrize("state", STATES)
def test_deleting_works_in_every_state(api, assert_error, job_in, state):
    job_id = job_in(state)

    assert api(f"DELETE /jobs/{job_id}").status_code == 204
    assert_error(api(f"GET /jobs/{job_id}"), 404, "JobNotFound", job_id)
    assert job_id not in [job["id"] for job in api("GET /jobs").json()["jobs"]]


@pytest.mark.parametrize("state", ["created", "finished", "error", "canceled"])
def test_updating_changes_what_is_sent_and_nothing_else(api, mock_backend, job_in, state, graph):
    job_id = job_in(state, title="old", description="kept")
    mock_backend.clock.advance("1m")

    response = api(f"PATCH /jobs/{job_id}", json={"title": "new"})

    job = api(f"GET /jobs/{job_id}").json()
    assert (response.status_code, response.content) == (204, b"")
    assert (job["title"], job["description"], job["status"]) == ("new", "kept", state)
    assert job["updated"] == mock_backend.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def test_an_update_can_take_members_back(api):
    job_id = api.create(title="old", budget=5)

    api(f"PATCH /jobs/{job_id}", json={"title": None, "budget": None, "log_level": None})

    job = api(f"GET /jobs/{job_id}").json()
    assert "title" not in job
    assert "budget" not in job
    assert job["log_level"] == "info"


def test_an_empty_update_is_none(api):
    job_id = api.create(title="old")

    assert api(f"PATCH /jobs/{job_id}", json={}).status_code == 204
    assert api(f"GET /jobs/{job_id}").json()["title"] == "old"


def test_an_update_replaces_the_process_graph(api, mock_backend):
    job_id = api.create()
    other = {"add": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}

    assert api(f"PATCH /jobs/{job_id}", json={"process": {"process_graph": other}}).status_code == 204
    assert [node.process_id for node in mock_backend.jobs[0].nodes()] == ["add"]


@pytest.mark.parametrize("state", ["queued", "running"])
def test_active_jobs_are_locked(api, assert_error, job_in, state):
    job_id = job_in(state, title="old")

    assert_error(api(f"PATCH /jobs/{job_id}", json={"title": "new"}), 400, "JobLocked")
    assert api(f"GET /jobs/{job_id}").json()["title"] == "old"


@pytest.mark.parametrize(
    "route",
    [
        "GET /jobs/{}",
        "PATCH /jobs/{}",
        "DELETE /jobs/{}",
        "GET /jobs/{}/estimate",
        "GET /jobs/{}/logs",
        "GET /jobs/{}/results",
        "POST /jobs/{}/results",
        "DELETE /jobs/{}/results",
    ],
)
@pytest.mark.mock_backend(users={"alice": "a", "bob": "b"})
def test_jobs_that_do_not_exist_and_jobs_of_others_look_alike(mock_backend, api, api_of, assert_error, route):
    others = api_of(mock_backend, "bob").create()

    for job_id in ("j-nothing", others):
        assert_error(api(route.format(job_id), json={"title": "mine"}), 404, "JobNotFound", job_id)
    assert api_of(mock_backend, "bob").status(others) == "created"


def test_a_job_can_be_planned_by_polls(api, mock_backend):
    mock_backend.plan(JobPlan.polls(queued=1, running=2))
    job_id = api.create()
    api.start(job_id)

    assert [api.status(job_id) for _ in range(5)] == ["queued", "running", "running", "finished", "finished"]
    assert mock_backend.clock.elapsed == timedelta(0)


def test_looking_from_the_test_does_not_count_as_a_poll(api, mock_backend):
    mock_backend.plan(JobPlan.polls(queued=1, running=1))
    job_id = api.create()
    api.start(job_id)

    assert [mock_backend.jobs[0].status for _ in range(4)] == ["queued"] * 4
    assert api("GET /jobs").json()["jobs"][0]["status"] == "queued"
    assert api.status(job_id) == "queued"


def test_immediate_and_stuck_jobs(api, mock_backend):
    mock_backend.plan(JobPlan.immediate(), title="now")
    mock_backend.plan(JobPlan.immediate(error="no"), title="fails now")
    mock_backend.plan(JobPlan.stuck("queued"), title="waits")
    mock_backend.plan(JobPlan.stuck(), title="runs")
    ids = [api.create(title=title) for title in ("now", "fails now", "waits", "runs")]
    for job_id in ids:
        api.start(job_id)
    first = [api.status(job_id) for job_id in ids]

    mock_backend.clock.advance("365d")

    assert first == ["finished", "error", "queued", "queued"]
    assert [api.status(job_id) for job_id in ids] == ["finished", "error", "queued", "running"]


def test_a_fraction_of_the_run_can_fail(api, mock_backend):
    mock_backend.plan(JobPlan(queued=0, running="10m", fails_at=0.6, error="out of memory"))
    job_id = api.create()
    api.start(job_id)

    mock_backend.clock.advance("5m59s")
    before = api.status(job_id)
    mock_backend.clock.advance("1s")

    job = api(f"GET /jobs/{job_id}").json()
    assert (before, job["status"], job["progress"]) == ("running", "error", 60)
    assert job["usage"]["duration"]["value"] == 360
