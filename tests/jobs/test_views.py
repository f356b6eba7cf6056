"""Views of jobs for tests."""

import pytest

from mock_backend import JobPlan


@pytest.fixture
def jobs(mock_backend, api):
    mock_backend.plan(JobPlan(queued=0, running="1h"))
    for title in ("a", "b", "b"):
        api.create(title=title)
    return mock_backend.jobs


def test_jobs_are_a_sequence_in_the_order_of_creation(jobs):
    assert [job.title for job in jobs] == ["a", "b", "b"]
    assert (len(jobs), jobs[0].title, jobs[-1].title) == (3, "a", "b")
    assert [job.title for job in jobs[1:]] == ["b", "b"]


def test_one_finds_the_only_one(jobs):
    assert jobs.one(title="a") == jobs[0]
    assert jobs.one(title="b", job_id=jobs[2].job_id) == jobs[2]


@pytest.mark.parametrize(("title", "count"), [("b", 2), ("c", 0)])
def test_one_says_what_there_is_instead(jobs, title, count):
    with pytest.raises(LookupError, match=f"title='{title}', found {count}") as failure:
        jobs.one(title=title)
    assert jobs[0].job_id in str(failure.value)


def test_selecting_by_a_made_up_attribute_is_a_type_error(jobs):
    with pytest.raises(TypeError, match="'tilte'"):
        jobs.one(tilte="a")


def test_a_view_follows_the_job(jobs, api, mock_backend):
    job = jobs.one(title="a")
    api.start(job.job_id)
    mock_backend.clock.advance("30m")

    assert (job.status, job.progress, job.costs) == ("running", 50, 2.0)
    assert job.logs[-1].message == "Processing started."
    assert job.user_id == "alice"
    assert job.created == mock_backend.clock.start
    assert job.process_graph["ndvi"]["process_id"] == "ndvi"
    assert [node.id for node in job.nodes()] == ["load", "ndvi", "save"]
    assert job.nodes("save_result")[0].arguments["format"] == "GTiff"
    assert job.nodes("mean") == []
    assert job.description is None


def test_a_view_of_a_deleted_job_says_so(jobs, api):
    job = jobs[0]
    api(f"DELETE /jobs/{job.job_id}")

    with pytest.raises(LookupError, match="does not exist any more"):
        _ = job.title
    assert "deleted" in repr(job)
    assert len(jobs) == 2


def test_views_tell_what_they_show(jobs):
    assert repr(jobs[0]) == f"<Job {jobs[0].job_id} 'a' created>"
    assert repr(jobs).startswith("<3 jobs: <Job ")
    assert len({jobs[0], jobs[0], jobs[1]}) == 2
