"""Choice of the plan of a job."""

import pytest

from mock_backend import JobPlan, MockBackend


@pytest.fixture
def status_after(mock_backend, api):
    """Create and start a job, and tell its status some time later."""

    def run(duration: str, **members) -> str:
        job_id = api.create(**members)
        api.start(job_id)
        mock_backend.clock.advance(duration)
        return api.status(job_id)

    return run


def test_later_plans_win(mock_backend, status_after):
    mock_backend.plan(JobPlan(queued=0, running="1h"))
    mock_backend.plan(JobPlan(queued=0, running="1m"))

    assert status_after("2m") == "finished"


def test_titles_match_like_file_names(mock_backend, status_after):
    mock_backend.plan(JobPlan.immediate(error="out of memory"), title="tile-7*")

    assert [status_after("1d", title=title) for title in ("tile-7", "tile-71", "tile-6", None)] == [
        "error",
        "error",
        "finished",
        "finished",
    ]


def test_processes_match_in_nested_graphs_too(mock_backend, status_after):
    mock_backend.plan(JobPlan.immediate(error="no mean"), process="mean")
    nested = {
        "load": {
            "process_id": "load_collection",
            "arguments": {"id": "SENTINEL2_L2A", "spatial_extent": None, "temporal_extent": None},
        },
        "reduce": {
            "process_id": "reduce_dimension",
            "arguments": {
                "data": {"from_node": "load"},
                "dimension": "t",
                "reducer": {
                    "process_graph": {
                        "mean": {
                            "process_id": "mean",
                            "arguments": {"data": {"from_parameter": "data"}},
                            "result": True,
                        }
                    }
                },
            },
            "result": True,
        },
    }

    assert status_after("0s", graph=nested) == "error"
    assert status_after("1d") == "finished"


def test_a_predicate_sees_the_job(mock_backend, status_after):
    mock_backend.plan(JobPlan.immediate(), where=lambda job: job.budget == 7)

    assert status_after("0s", budget=7) == "finished"
    assert status_after("0s", budget=8) == "queued"


def test_a_plan_can_be_for_some_starts_only(mock_backend, status_after):
    order = mock_backend.plan(JobPlan.immediate(error="flaky"), times=2)

    assert [status_after("1h") for _ in range(3)] == ["error", "error", "finished"]
    assert (order.hits, order.remaining) == (2, 0)


def test_a_plan_is_bound_at_the_start(mock_backend, api):
    job_id = api.create()
    with mock_backend.plan(JobPlan(queued=0, running="1h")) as order:
        api.start(job_id)
    mock_backend.plan(JobPlan.immediate())
    mock_backend.clock.advance("59m")

    assert order.hits == 1
    assert api.status(job_id) == "running"


def test_a_removed_plan_is_gone(mock_backend, status_after):
    mock_backend.plan(JobPlan.immediate()).remove()

    assert status_after("0s") == "queued"


def test_a_back_end_can_have_another_default(api_of):
    with MockBackend("https://other.test", plan=JobPlan.immediate()) as backend:
        api = api_of(backend)
        job_id = api.create()
        api.start(job_id)
        assert api.status(job_id) == "finished"


@pytest.mark.parametrize("times", [0, -1, 1.5, True, "2"])
def test_senseless_times_are_refused(mock_backend, times):
    with pytest.raises(ValueError, match="times must be a whole number from 1"):
        mock_backend.plan(JobPlan(), times=times)


def test_only_plans_are_plans(mock_backend):
    with pytest.raises(TypeError, match="plan\\(\\) takes a JobPlan"):
        mock_backend.plan("2h")


def test_negative_durations_are_refused():
    with pytest.raises(ValueError, match=r"queued.*negative"):
        JobPlan(queued=-1)
