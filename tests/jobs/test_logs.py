"""``GET /jobs/{job_id}/logs``."""

import pytest

from mock_backend import JobPlan


@pytest.fixture
def failed(mock_backend, api):
    mock_backend.plan(JobPlan(queued="30s", running="10m", fails_at=0.6, error="out of memory"))
    job_id = api.create(log_level="debug")
    api.start(job_id)
    mock_backend.clock.advance("1h")
    return job_id


def entries(api, job_id, query=""):
    response = api(f"GET /jobs/{job_id}/logs{query}")
    assert response.status_code == 200, response.text
    return response.json()["logs"]


def test_there_is_a_log_in_every_state(api, mock_backend):
    job_id = api.create()
    counts = [len(entries(api, job_id))]
    api.start(job_id)
    for step in ("0s", "30s", "5m"):
        mock_backend.clock.advance(step)
        counts.append(len(entries(api, job_id)))

    assert counts == sorted(counts)
    assert counts[0] >= 1
    assert counts[-1] > counts[0]


def test_entries_are_complete_and_in_order(api, failed):
    log = entries(api, failed)

    assert all(isinstance(entry["id"], str) and entry["message"] for entry in log)
    assert {entry["level"] for entry in log} <= {"debug", "info", "warning", "error"}
    assert [entry["time"] for entry in log] == sorted(entry["time"] for entry in log)
    assert (log[-1]["level"], log[-1]["message"]) == ("error", "out of memory")
    assert log[-1]["time"] == "2025-06-01T12:06:30Z"


def test_an_offset_continues_after_the_last_entry_seen(api, failed):
    log = entries(api, failed)

    for place, entry in enumerate(log):
        assert entries(api, failed, f"?offset={entry['id']}") == log[place + 1 :]


def test_an_empty_offset_is_none(api, failed):
    assert entries(api, failed, "?offset=") == entries(api, failed)


def test_an_empty_level_is_none(api, failed):
    assert entries(api, failed, "?level=") == entries(api, failed)


@pytest.mark.parametrize(
    ("kept", "asked", "told"), [("error", "debug", "error"), ("info", "warning", "warning")]
)
def test_the_level_that_is_told_is_the_lowest_that_can_show(api, kept, asked, told):
    job_id = api.create(log_level=kept)

    assert api(f"GET /jobs/{job_id}/logs?level={asked}").json()["level"] == told


def test_a_growing_log_can_be_followed_by_offset(api, mock_backend):
    job_id = api.create(log_level="debug")
    api.start(job_id)
    seen, last = [], ""
    for _ in range(12):
        new = entries(api, job_id, last and f"?offset={last}")
        seen += new
        last = new[-1]["id"] if new else last
        mock_backend.clock.advance("1m")

    assert seen == entries(api, job_id)


def test_the_log_of_a_restart_begins_anew_whatever_the_offset(api, mock_backend, failed):
    old = entries(api, failed)[-1]["id"]
    api.start(failed)

    assert entries(api, failed, f"?offset={old}") == entries(api, failed) != []


@pytest.mark.parametrize(
    ("level", "kept"),
    [
        ("debug", {"debug", "info", "error"}),
        ("info", {"info", "error"}),
        ("warning", {"error"}),
        ("error", {"error"}),
    ],
)
def test_a_level_filters(api, failed, level, kept):
    response = api(f"GET /jobs/{failed}/logs?level={level}").json()

    assert {entry["level"] for entry in response["logs"]} == kept
    assert response["level"] == level


def test_the_jobs_log_level_decides_what_is_kept(api, mock_backend):
    mock_backend.plan(JobPlan.immediate(error="no"))
    job_id = api.create(log_level="error")
    api.start(job_id)

    assert [entry["message"] for entry in entries(api, job_id)] == ["no"]


def test_logs_are_paged(api, failed):
    log, seen, url = entries(api, failed), [], f"/jobs/{failed}/logs?limit=2"
    while url:
        page = api(f"GET {url}").json()
        assert len(page["logs"]) <= 2
        seen += page["logs"]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)

    assert seen == log


@pytest.mark.parametrize("query", ["level=loud", "offset=nonsense", "offset=1-x", "limit=0", "limit=x"])
def test_bad_parameters_are_refused(api, assert_error, failed, query):
    assert_error(api(f"GET /jobs/{failed}/logs?{query}"), 400, "RequestInvalid", query.partition("=")[0])
