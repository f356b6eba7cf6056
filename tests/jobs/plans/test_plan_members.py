"""Members of plans besides times and endings, as clients see them."""

from datetime import timedelta

import pytest

from mock_backend import JobPlan


@pytest.fixture
def run(mock_backend, api):
    """Start a job with a plan, let time pass, and return its id."""

    def start(plan: JobPlan, duration: str = "1h", **members) -> str:
        mock_backend.plan(plan)
        job_id = api.create(**members)
        api.start(job_id)
        mock_backend.clock.advance(duration)
        return job_id

    return start


def test_lines_of_ones_own_are_logged_at_their_place(mock_backend, api, run):
    lines = [
        {"at": 0.5, "message": "Half of it.", "level": "warning", "code": "Halfway", "data": {"tiles": 7}},
        {"at": "1m", "message": "A minute."},
        {"at": 1, "message": "Too late.", "level": "error"},
    ]
    job_id = run(JobPlan(queued=0, running="10m", fails_at=0.8, error="no", logs=lines), "6m")
    mock_backend.clock.advance("1h")

    entries = api(f"GET /jobs/{job_id}/logs").json()["logs"]
    own = [entry for entry in entries if entry["message"] in ("A minute.", "Half of it.", "Too late.", "no")]
    assert [entry["message"] for entry in own] == ["A minute.", "Half of it.", "no"]
    assert own[1]["code"] == "Halfway"
    assert own[1]["data"] == {"tiles": 7}
    started = mock_backend.clock.start
    assert mock_backend.jobs[0].logs[-2].time - started == timedelta(minutes=5)


def test_progress_follows_its_curve(mock_backend, run):
    run(JobPlan(queued=0, running="10m", progress=[(0.5, 10), (0.9, 90)]), "5m")
    job, seen = mock_backend.jobs[0], []
    for _ in range(5):
        seen.append(job.progress)
        mock_backend.clock.advance("1m")
    assert seen == [10, 30, 50, 70, 90]


@pytest.mark.parametrize("ending", [{}, {"error": "no"}, {"canceled_at": 0.5}])
def test_usage_and_costs_are_settable_however_a_job_ends(api, run, ending):
    plan = JobPlan.immediate(
        costs=270, usage={"cpu": 5, "credits": {"value": 270, "unit": "coins"}}, **ending
    )
    told = api(f"GET /jobs/{run(plan)}").json()
    assert told["costs"] == 270
    assert told["usage"]["cpu"] == {"value": 5, "unit": "cpu-seconds"}
    assert told["usage"]["credits"] == {"value": 270, "unit": "coins"}


def test_results_come_from_a_fraction_on(mock_backend, api, run):
    job_id = run(JobPlan(queued=0, running="10m", partial_results=0.5), "4m")
    assert not api(f"GET /jobs/{job_id}/results?partial=true").json()["assets"]
    mock_backend.clock.advance("5m")
    assert api(f"GET /jobs/{job_id}/results?partial=true").json()["assets"]
    api(f"DELETE /jobs/{job_id}/results")
    assert api.status(job_id) == "canceled"


def test_an_operator_cancels(mock_backend, api, run):
    job_id = run(JobPlan(queued=0, running="10m", canceled_at=0.6))
    told = api(f"GET /jobs/{job_id}").json()
    assert (told["status"], told["progress"]) == ("canceled", 60)
    assert mock_backend.jobs[0].logs[-1].message == "Processing canceled by the operator."


def test_a_job_vanishes_for_its_owner(mock_backend, api, assert_error, run):
    job_id = run(JobPlan(vanishes_after="10m"), "9m")
    assert api.status(job_id) == "finished"
    mock_backend.clock.advance("1m")
    assert_error(api(f"GET /jobs/{job_id}"), 404, "JobNotFound")
    assert api("GET /jobs").json()["jobs"] == []


def test_a_refused_start_leaves_an_error(api, mock_backend, assert_error):
    mock_backend.plan(JobPlan.refusal("No workers.", 503, code="NoWorkers"))
    job_id = api.create()
    assert_error(api(f"POST /jobs/{job_id}/results"), 503, "NoWorkers", "No workers.")
    assert api.status(job_id) == "error"
    assert mock_backend.jobs[0].logs[-1].code == "NoWorkers"


def test_a_cancelled_job_runs_again(mock_backend, api, run):
    job_id = run(JobPlan(queued=0, running="10m", resumes_after="3m"), "5m")
    api(f"DELETE /jobs/{job_id}/results")
    seen = []
    for _ in range(3):
        seen.append(api.status(job_id))
        mock_backend.clock.advance("2m")
    seen.append(api.status(job_id))
    assert seen == ["canceled", "canceled", "running", "finished"]
    messages = [entry.message for entry in mock_backend.jobs[0].logs]
    assert messages.index("Processing canceled by the user.") < messages.index("Processing finished.")


def test_jitter_follows_from_the_seed(mock_backend, api):
    mock_backend.plan(JobPlan(queued=0, running="10m", jitter=0.5))
    lasts = []
    for _ in range(5):
        api.start(api.create())
        plan = mock_backend.jobs[-1].job.run.plan
        lasts.append(plan.full_run)
    assert len(set(lasts)) == 5
    assert all(timedelta(minutes=5) <= each <= timedelta(minutes=15) for each in lasts)


def test_an_estimate_is_settable(mock_backend, api):
    mock_backend.plan(JobPlan(estimate={"costs": 3, "duration": "2h", "size": 5}))
    job_id = api.create()
    assert api(f"GET /jobs/{job_id}/estimate").json() == {"costs": 3, "duration": "PT2H", "size": 5}


def test_a_job_can_cost_many_times_its_budget(mock_backend, api, run):
    plan = JobPlan.immediate(costs=270, estimate={"costs": 1})
    assert api(f"GET /jobs/{run(plan, budget=1)}").json()["costs"] == 270


def test_budgets_of_users_are_charged(mock_backend, api, assert_error, run):
    mock_backend.users["alice"].budget = 10
    first = run(JobPlan.immediate(costs=4, estimate={"costs": 4}))
    assert api("GET /me").json()["budget"] == 6
    api.start(first)  # again
    assert api("GET /me").json()["budget"] == 2
    assert_error(api(f"POST /jobs/{first}/results"), 402, "PaymentRequired", "The user has 2 left")
    api(f"DELETE /jobs/{first}")
    assert api("GET /me").json()["budget"] == 2, "what is deleted has been paid"


@pytest.mark.parametrize(
    ("conditions", "meant"),
    [
        ({"user": "bob"}, ["bob"]),
        ({"number": 2}, ["bob"]),
        ({"options": {"driver-memory": "2g"}}, ["alice"]),
        ({"process": "load_collection", "arguments": {"id": "SENTINEL2_L2A"}}, ["alice", "bob"]),
        ({"arguments": {"format": "GTiff"}, "user": "a*"}, ["alice"]),
        ({"process": "ndvi", "arguments": {"id": "SENTINEL2_L2A"}}, []),
    ],
)
def test_conditions_choose_jobs(mock_backend, api, api_of, conditions, meant):
    mock_backend.users.add("bob", "secret")
    api.create(job_options={"driver-memory": "2g", "more": 1})
    api_of(mock_backend, "bob").create()
    mock_backend.plan(JobPlan.immediate(error="chosen"), **conditions)
    for job, who in zip(mock_backend.jobs, ("alice", "bob"), strict=True):
        api_of(mock_backend, who).start(job.job_id)
    assert [job.user_id for job in mock_backend.jobs if job.status == "error"] == meant


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({"tilte": "x"}, "Unknown condition 'tilte'. Did you mean 'title'?"),
        ({"number": 0}, "number must be that of a job, a whole number from 1, got 0."),
        ({"options": "2g"}, "options must be a mapping of names to values, got '2g'."),
    ],
)
def test_a_condition_that_makes_no_sense_is_refused(mock_backend, conditions, message):
    with pytest.raises(TypeError) as caught:
        mock_backend.plan(JobPlan(), **conditions)
    assert str(caught.value) == message
