"""Jobs that a test begins with, and jobs that it moves."""

import pytest

from mock_backend import JobPlan


@pytest.mark.parametrize("status", ["created", "queued", "running", "finished", "error", "canceled"])
def test_a_planted_job_has_its_status(mock_backend, api, status):
    job = mock_backend.plant_job(id="job-1", status=status, title="planted")
    assert api.status("job-1") == status == job.status
    assert mock_backend.jobs.one(title="planted").user_id == "alice"


def test_a_planted_job_goes_on_and_has_results(mock_backend, api):
    mock_backend.plant_job(id="half", status="running", progress=50, plan=JobPlan(running="10m"))
    assert api("GET /jobs/half").json()["progress"] == 50
    mock_backend.clock.advance("5m")
    assert api.status("half") == "finished"
    assert api("GET /jobs/half/results").json()["assets"]


def test_a_planted_failure_tells_why(mock_backend, api):
    mock_backend.plant_job(id="failed", status="error", error="out of memory")
    assert api("GET /jobs/failed/logs").json()["logs"][-1]["message"] == "out of memory"


def test_a_planted_job_takes_the_place_of_none(mock_backend):
    mock_backend.plant_job(id="one")
    with pytest.raises(ValueError, match=r"There is a job 'one' already."):
        mock_backend.plant_job(id="one")


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"status": "done"}, "A job has no status 'done'."),
        ({"id": "a/b"}, "The id of a job consists of letters, digits and -._~, got 'a/b'."),
        ({"progress": 5}, "progress needs a job with status 'running', got 'created'."),
        (
            {"status": "queued", "plan": JobPlan(queued=0)},
            "With its plan, the job is running now, not queued; give it another plan.",
        ),
    ],
)
def test_facts_that_do_not_fit_are_refused(mock_backend, facts, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the message is compared as a whole
        mock_backend.plant_job(**facts)
    assert str(caught.value).startswith(message)
    assert len(mock_backend.jobs) == 0


def test_a_job_is_moved_by_its_view(mock_backend, api):
    mock_backend.plan(JobPlan(queued=0, running="1h"))
    for title in ("finishes", "fails", "jumps", "slows"):
        api.start(api.create(title=title))
    finishes, fails, jumps, slows = mock_backend.jobs
    finishes.finish()
    fails.fail("out of memory")
    jumps.set_progress(75)
    slows.replan(JobPlan(running="10h"))
    mock_backend.clock.advance("30m")
    assert [job.status.value for job in mock_backend.jobs] == ["finished", "error", "finished", "running"]
    assert slows.progress == 5
    assert fails.logs[-1].message == "out of memory"


def test_a_job_that_has_ended_is_not_moved(mock_backend):
    job = mock_backend.plant_job(id="job-1", status="finished")
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the message is compared as a whole
        job.fail()
    expected = "The job 'job-1' is finished; only a queued or running job can be moved."
    assert str(caught.value) == expected


def test_moves_survive_the_store_and_free_places(mock_backend, api):
    mock_backend.plan(JobPlan(queued=0, running="1h"))
    mock_backend.set_capacity(running=1)
    first, second = api.create(), api.create()
    api.start(first)
    api.start(second)
    mock_backend.clock.advance("10m")
    assert api.status(second) == "queued"
    mock_backend.jobs[0].finish()
    assert [job.status.value for job in mock_backend.jobs] == ["finished", "running"]
    assert mock_backend.stats.most_running == 1


def test_answers_of_validation_are_ordered(mock_backend, api):
    with mock_backend.set_validation(["No."], process="ndvi") as order:
        graph = {"add": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}
        assert api("POST /validation", json={"process_graph": graph}).json()["errors"] == []
        ndvi = {"n": {"process_id": "ndvi", "arguments": {}, "result": True}}
        errors = api("POST /validation", json={"process_graph": ndvi}).json()["errors"]
        assert errors == [{"code": "ProcessInvalid", "message": "No."}]
        assert order.hits == 1
    mock_backend.set_validation(times=1)
    assert api("POST /validation", json={"process_graph": ndvi}).json()["errors"] == []
    assert api("POST /validation", json={"process_graph": ndvi}).json()["errors"] != []
