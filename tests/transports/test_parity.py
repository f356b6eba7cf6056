"""One suite over every way to reach a back-end: none of them may make a difference."""

import json
import re

import pytest

from mock_backend import Fault, JobPlan


@pytest.fixture
def create(caller, graph):
    """Create a job; return its id."""

    def create(**members):
        answer = caller("POST", "/jobs", json={"process": {"process_graph": graph}, **members})
        assert answer.status == 201, answer.body
        return answer.headers["openeo-identifier"]

    return create


def test_capabilities(caller):
    answer = caller("GET", "/", user=None)

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert {"path": "/jobs", "methods": ["GET", "POST"]}.items() <= next(
        {"path": each["path"], "methods": sorted(each["methods"])}
        for each in answer.json["endpoints"]
        if each["path"] == "/jobs"
    ).items()


def test_the_well_known_document_names_the_url_it_was_asked_by(caller):
    answer = caller("GET", "/.well-known/openeo", user=None)

    assert answer.status == 200
    assert [version["url"].rstrip("/") for version in answer.json["versions"]] == [caller.url]


def test_logging_in_with_a_password(caller):
    answer = caller(
        "GET", "/credentials/basic", user=None, headers={"Authorization": "Basic YWxpY2U6c2VjcmV0"}
    )
    token = answer.json["access_token"]

    me = caller("GET", "/me", user=None, headers={"Authorization": f"Bearer basic//{token}"})

    assert (me.status, me.json["user_id"]) == (200, "alice")


def test_logging_in_with_a_wrong_password(caller):
    answer = caller(
        "GET", "/credentials/basic", user=None, headers={"Authorization": "Basic YWxpY2U6d3Jvbmc="}
    )

    assert answer.status in (401, 403)
    assert answer.json["code"]


def test_a_job_from_its_creation_to_its_end(caller, create):
    caller.backend.plan(JobPlan(queued="1m", running="9m"))
    job_id = create(title="a job")

    created = caller("GET", f"/jobs/{job_id}")
    started = caller("POST", f"/jobs/{job_id}/results")
    queued = caller("GET", f"/jobs/{job_id}")
    too_early = caller("GET", f"/jobs/{job_id}/results")
    caller.backend.clock.advance("10m")
    finished = caller("GET", f"/jobs/{job_id}")
    logs = caller("GET", f"/jobs/{job_id}/logs")
    results = caller("GET", f"/jobs/{job_id}/results")
    asset = caller("GET", next(iter(results.json["assets"].values()))["href"], user=None)
    deleted = caller("DELETE", f"/jobs/{job_id}")
    gone = caller("GET", f"/jobs/{job_id}")

    assert [each.json["status"] for each in (created, queued, finished)] == ["created", "queued", "finished"]
    assert (started.status, started.body) == (202, b"")
    assert (too_early.status, too_early.json["code"]) == (400, "JobNotFinished")
    assert logs.json["logs"]
    assert (asset.status, bool(asset.body)) == (200, True)
    assert (deleted.status, deleted.body) == (204, b"")
    assert (gone.status, gone.json["code"]) == (404, "JobNotFound")


@pytest.fixture
def asset_url(caller, create):
    """The URL of a result of a finished job."""
    job_id = create()
    caller("POST", f"/jobs/{job_id}/results")
    caller.backend.clock.advance("1d")
    results = caller("GET", f"/jobs/{job_id}/results")
    return next(iter(results.json["assets"].values()))["href"]


def test_links_follow_the_host_that_was_used(caller, asset_url):
    listing = caller("GET", "/jobs").json
    [exchange] = caller.backend.requests.select("POST /jobs")

    assert asset_url.startswith(caller.url + "/")
    assert [link["href"] for link in listing["links"] if not link["href"].startswith(caller.url)] == []
    assert exchange.headers["host"] == caller.url.partition("://")[2]


def test_the_location_of_a_new_job_can_be_asked_for(caller, graph):
    created = caller("POST", "/jobs", json={"process": {"process_graph": graph}})

    assert created.headers["location"].startswith(caller.url + "/jobs/")
    assert caller("GET", created.headers["location"]).json["id"] == created.headers["openeo-identifier"]


def test_the_head_of_an_asset_is_that_of_a_get_without_the_body(caller, asset_url):
    get = caller("GET", asset_url, user=None)
    head = caller("HEAD", asset_url, user=None)

    assert (head.status, head.body) == (200, b"")
    assert {name: head.headers[name] for name in ("content-type", "content-length")} == {
        "content-type": get.headers["content-type"],
        "content-length": str(len(get.body)),
    }


def test_a_path_that_does_not_exist(caller):
    answer = caller("GET", "/nowhere")

    assert (answer.status, answer.json["code"]) == (404, "NotFound")


def test_a_method_that_a_path_does_not_take(caller):
    answer = caller("PUT", "/jobs", json={})

    assert answer.status == 405
    assert re.split(", *", answer.headers["allow"]) == ["GET", "HEAD", "POST"]
    assert answer.json["code"] == "FeatureUnsupported"


@pytest.mark.parametrize("content", [b'{"process": ', b"\xff\xfe", b"[1, 2]"])
def test_a_body_that_is_not_a_json_object(caller, content):
    answer = caller("POST", "/jobs", content=content, headers={"Content-Type": "application/json"})

    assert answer.status == 400
    assert answer.json.keys() >= {"code", "message"}


@pytest.mark.parametrize("content", [None, b""])
def test_an_empty_body_where_one_is_needed(caller, content):
    answer = caller("POST", "/jobs", content=content, headers={"Content-Type": "application/json"})

    assert answer.status == 400
    assert answer.json.keys() >= {"code", "message"}


@pytest.mark.parametrize("path", ["/", "/nowhere", "/me"])
def test_a_page_from_anywhere_may_read_the_answer(caller, path):
    answer = caller("GET", path, user=None, headers={"Origin": "https://editor.openeo.org"})

    assert answer.headers["access-control-allow-origin"] == "*"
    assert "openeo-identifier" in answer.headers["access-control-expose-headers"].lower()


@pytest.mark.parametrize("path", ["/jobs", "/nowhere"])
def test_a_preflight_needs_no_log_in(caller, path):
    asks = {"Origin": "https://editor.openeo.org", "Access-Control-Request-Method": "POST"}

    answer = caller("OPTIONS", path, user=None, headers=asks)

    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert {"POST", "DELETE"} <= set(re.split(", *", answer.headers["access-control-allow-methods"]))
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()


@pytest.mark.parametrize("path", ["//jobs", "/jobs/", "//jobs//", "/%6Aobs"])
def test_a_path_in_another_spelling_is_the_same(caller, create, path):
    job_id = create()

    answer = caller("GET", path)

    assert answer.status == 200, answer.body
    assert [job["id"] for job in answer.json["jobs"]] == [job_id]


def test_an_escaped_path_parameter_is_read(caller):
    answer = caller("GET", "/jobs/%C3%A9t%C3%A9%20%2B")

    assert answer.json["code"] == "JobNotFound"
    assert "été +" in answer.json["message"]


@pytest.mark.parametrize("title", ["Würzburg — 雪 🛰", 'quote " and \\ and \n', ""])
def test_any_title_comes_back_as_it_was(caller, create, title):
    job_id = create(title=title)

    assert caller("GET", f"/jobs/{job_id}").json.get("title", "") == title


def test_a_query_is_read(caller, create):
    ids = [create(title=str(number)) for number in range(3)]

    first = caller("GET", "/jobs?limit=2").json
    [following] = [link["href"] for link in first["links"] if link["rel"] == "next"]
    second = caller("GET", following).json

    assert [job["id"] for page in (first, second) for job in page["jobs"]] == ids[::-1]


def test_a_fault_tells_when_to_come_again(caller):
    caller.backend.inject(Fault(status=429, retry_after=23), "GET /jobs")

    struck, spared = caller("GET", "/jobs"), caller("GET", "/jobs")

    assert (struck.status, struck.headers["retry-after"]) == (429, "23")
    assert struck.json.keys() >= {"code", "message"}
    assert struck.headers["access-control-allow-origin"] == "*"
    assert spared.status == 200


def test_a_request_that_is_not_logged_in(caller):
    answer = caller("GET", "/jobs", user=None)

    assert (answer.status, answer.json["code"]) == (401, "AuthenticationRequired")


def test_each_request_is_noted_once(caller, graph):
    body = {"process": {"process_graph": graph}, "title": "noted"}
    caller("POST", "/jobs", json=body)
    caller("GET", "/jobs?limit=1")

    noted = [(each.method, each.path, each.status) for each in caller.backend.requests]
    assert noted == [("POST", "/jobs", 201), ("GET", "/jobs", 200)]
    assert caller.backend.requests[0].json == body
    assert caller.backend.requests[1].query == {"limit": "1"}


def test_every_way_gives_the_same_answers(callers, graph):
    def play(caller):
        """Ask for a bit of everything; return all that does not depend on the way."""
        answers = []

        def ask(method, path, **options):
            answers.append(caller(method, path, **options))
            return answers[-1]

        for path in ("/", "/.well-known/openeo", "/collections", "/processes", "/file_formats", "/me"):
            ask("GET", path)
        ask("POST", "/jobs", content=b"{", headers={"Content-Type": "application/json"})
        ask("POST", "/validation", json={"process_graph": graph})
        ask("POST", "/result", json={"process": {"process_graph": graph}})
        job_id = ask("POST", "/jobs", json={"process": {"process_graph": graph}, "title": "same"}).headers[
            "openeo-identifier"
        ]
        ask("POST", f"/jobs/{job_id}/results")
        ask("GET", f"/jobs/{job_id}/results")
        caller.backend.clock.advance("1d")
        for path in ("", "/logs", "/results", "/estimate"):
            ask("GET", f"/jobs/{job_id}{path}")
        assets = answers[-2].json["assets"]
        ask("GET", next(iter(assets.values()))["href"], user=None)
        ask("PATCH", f"/jobs/{job_id}", json={"title": "other"})
        ask("DELETE", "/jobs")
        ask("DELETE", f"/jobs/{job_id}")
        kept = ("content-type", "location", "openeo-identifier", "openeo-costs", "allow")
        text = [
            (answer.status, {k: v for k, v in answer.headers.items() if k in kept}, answer.body.decode())
            for answer in answers
        ]
        return json.loads(json.dumps(text).replace(caller.url, "URL"))

    expected = play(callers["requests"])
    assert {answer[0] for answer in expected} >= {200, 201, 202, 204, 400, 405}
    for way in callers.others:
        # Signatures cover the path and the expiry, not the host.
        assert play(callers[way]) == expected, way
