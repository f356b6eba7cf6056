"""``backend.requests``: what was asked."""

import pytest

from mock_backend import Fault


def test_exchanges_are_noted_in_order(api, mock_backend):
    job_id = api.create(title="ndvi")
    mock_backend.clock.advance("1m")
    api(f"GET /jobs/{job_id}/results?partial=true&empty=")
    api("GET /nowhere")

    created, results, nowhere = mock_backend.requests

    assert (created.method, created.route, created.path, created.status) == ("POST", "/jobs", "/jobs", 201)
    assert created.json["title"] == "ndvi"
    assert results.route == "/jobs/{job_id}/results"
    assert results.path == f"/jobs/{job_id}/results"
    assert results.query == {"partial": "true", "empty": ""}
    assert (results.status, results.json, results.body) == (400, None, b"")
    assert results.at - created.at == mock_backend.clock.elapsed
    assert (nowhere.route, nowhere.status) == (None, 404)
    assert repr(nowhere) == "<GET /nowhere -> 404 NotFound: Resource not found.>"
    assert "partial=true" in repr(mock_backend.requests)


def test_selecting(api, mock_backend):
    for _ in range(2):
        api.create()
    api("POST /jobs", json={})
    api("GET /jobs")

    requests = mock_backend.requests
    assert [each.status for each in requests.select("POST /jobs")] == [201, 201, 400]
    assert len(requests.select("POST /jobs", status=201)) == 2
    assert len(requests.select("post /jobs")) == 3
    assert len(requests.select("* /jobs")) == 4
    assert len(requests.select("GET *")) == 1
    assert requests[0:2] == list(requests)[:2]


@pytest.mark.parametrize("route", ["/jobs", "GET", "GET jobs", "", "GET /jobs extra", None])
def test_routes_that_select_nothing_by_mistake_are_refused(mock_backend, route):
    with pytest.raises(ValueError, match="A route is a method and a path template"):
        mock_backend.requests.select(route)


def test_secrets_are_blotted_out(api, mock_backend):
    api("GET /me")
    api("GET /credentials/basic", auth=("alice", "secret"))

    me, log_in = mock_backend.requests
    assert me.headers["authorization"] == "Bearer basic//***"
    assert log_in.headers["authorization"] == "Basic ***"


def test_huge_bodies_are_cut(api, mock_backend, monkeypatch):
    monkeypatch.setattr("mock_backend.control.journal.MAX_BODY", 10)

    api("POST /jobs", data=b"x" * 100)

    assert mock_backend.requests[-1].body == b"x" * 10


@pytest.mark.parametrize("route", ["GET /job", "DELETE /jobs", "FETCH *", "PUT /jobs/{job_id}"])
def test_routes_that_could_never_match_are_refused(mock_backend, route):
    with pytest.raises(ValueError, match=r"No endpoint|nothing would ever match"):
        mock_backend.requests.select(route)


def test_routes_that_were_added_can_be_selected(mock_backend, api):
    @mock_backend.app.get("/hello/{name}")
    async def hello(name: str):
        return name

    api("GET /hello/openEO")

    assert mock_backend.requests.select("GET /hello/{name}")[0].status == 200


def test_bodies_that_nobody_read_are_noted_all_the_same(mock_backend, api):
    mock_backend.inject(Fault(503), "POST /jobs")
    api("POST /jobs", json={"title": "struck"})
    api("PUT /jobs", json={"title": "misled"})
    api("POST /nowhere", json={"title": "lost"})

    assert [each.json["title"] for each in mock_backend.requests] == ["struck", "misled", "lost"]


def test_preflights_can_be_selected(mock_backend, anonymous):
    anonymous("OPTIONS /jobs")

    assert mock_backend.requests.select("OPTIONS /jobs")[0].status == 204


def test_a_long_journal_forgets_its_beginning(api, mock_backend, monkeypatch):
    monkeypatch.setattr("mock_backend.control.journal.MAX_EXCHANGES", 20)

    for number in range(50):
        api(f"GET /jobs?before={number}")

    numbers = [int(each.query["before"]) for each in mock_backend.requests]
    assert numbers == list(range(50))[-len(numbers) :]
    assert 10 <= len(numbers) <= 20
