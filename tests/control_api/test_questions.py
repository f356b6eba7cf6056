"""Questions of the Python API, and its stream of events, over HTTP."""

import json
from datetime import timedelta

import requests

GRAPH = {"pi": {"process_id": "pi", "arguments": {}, "result": True}}


class TestQuestions:
    def test_what_it_is(self, control, start):
        start()
        told = control.ask("/")

        assert told["urls"] == {f"{control.root}/openeo/1.2": "1.2"}
        assert told["kept"]["jobs"] == 1
        assert told["users"][0]["password"] == "secret"
        assert "POST /jobs" in told["routes"]

    def test_a_job(self, control, start):
        job_id = start("mine")
        job = control.ask(f"/jobs/{job_id}")

        assert (job["title"], job["status"], job["owner"]) == ("mine", "queued", "alice")
        assert job["process"]["process_graph"] == control.backend.jobs[0].process_graph
        assert job["running"] > job["queued"]
        assert control.ask(f"/jobs/{job_id}/progress") == 0
        assert [each["process_id"] for each in control.ask(f"/jobs/{job_id}/nodes?process_id=pi")] == ["pi"]
        assert "created" in control.ask(f"/jobs/{job_id}/logs")[0]["message"]
        assert control.ask("/jobs/one", params={"title": "mine"})["id"] == job_id
        assert control.ask("/jobs/select", params={"status": "finished"}) == []
        assert control.ask("/jobs/nothing", 404)["code"] == "NotFound"
        assert control.ask(f"/jobs/{job_id}/files") == []
        assert control.ask(f"/jobs/{job_id}/thumbnail", 404)["code"] == "NotFound"

    def test_a_job_is_moved(self, control, start):
        ids = {name: start(name) for name in ("one", "two", "three")}
        control.order("/clock/advance", duration="2m")
        control.order(f"/jobs/{ids['one']}/finish")
        control.order(f"/jobs/{ids['two']}/fail", error="boom")
        control.order(f"/jobs/{ids['three']}/replan", plan={"running": None})
        control.order("/clock/advance", days=30)

        assert [job["status"] for job in control.ask("/jobs")["jobs"]] == ["finished", "error", "running"]
        assert "is finished" in control.order(f"/jobs/{ids['one']}/finish", 400)["message"]

    def test_a_look_at_another_instant(self, control, start):
        start()
        later = control.backend.clock.now() + timedelta(minutes=5)
        told = control.ask("/at", params={"instant": later.isoformat()})

        assert (told["jobs"][0]["status"], control.backend.jobs[0].status) == ("running", "queued")

    def test_lists_in_pages(self, control, start):
        ids = [start(f"{number}", is_started=False) for number in range(5)]
        first = control.ask("/jobs", params={"limit": 2})
        rest = control.session.get(first["next"].replace("limit=2", "limit=9"), timeout=5).json()

        assert [job["id"] for job in (*first["jobs"], *rest["jobs"])] == ids
        assert (first["total"], rest["next"]) == (5, None)
        assert "limit" in control.ask("/jobs", 400, params={"limit": "-1"})["message"]

    def test_the_requests(self, control, start):
        start()
        requests.get(f"{control.root}/openeo/1.2/jobs/x?token=hush", auth=("alice", "hush"), timeout=5)
        last = control.ask("/requests/-1")

        assert (last["status"], last["route"]) == (403, "/jobs/{job_id}")
        assert last["error"].startswith("AuthenticationSchemeInvalid")
        assert (last["user"], last["token"]) == (None, "bad")
        assert "hush" not in json.dumps(last)
        results = control.ask("/requests", params={"route": "POST /jobs/{job_id}/results"})["requests"]
        assert [each["status"] for each in results] == [202]
        assert control.ask("/requests", params={"status": "403"})["total"] == 1
        assert "no such" not in control.ask("/requests", 400, params={"route": "GET /job"})["message"]

    def test_what_was_validated_and_processed_at_once(self, control):
        connection = control.backend.connect()
        connection.validate_process_graph(GRAPH)
        connection.execute(GRAPH)

        assert control.ask("/synchronous")[0]["process_graph"] == GRAPH
        # The client validates what it is about to execute as well.
        assert [
            each["status"] for each in control.ask("/validations/select", params={"user_id": "alice"})
        ] == [200] * 2
        assert control.ask("/validations/nodes", params={"process_id": "add"}) == []
        assert control.ask("/stats")["most_running"] == 0
        assert control.ask("/lapses") == []

    def test_log_ins(self, control):
        control.set("/oidc", interactive=True, rotate_refresh_tokens=True)
        token = control.ask("/oidc/tokens", params={"user": "alice"})["access_token"]
        me = f"{control.root}/openeo/1.2/me"
        headers = {"Authorization": f"Bearer oidc/mock/{token}"}
        control.order("/oidc_providers/add", id="egi")
        issuer = f"{control.root}/oidc/.well-known/openid-configuration"

        assert requests.get(me, headers=headers, timeout=5).json()["user_id"] == "alice"
        assert [each["id"] for each in control.ask("/oidc_providers")] == ["mock", "egi"]
        assert requests.get(issuer, timeout=5).ok
        assert control.ask("/oidc/requests")[0]["route"] == "/.well-known/openid-configuration"
        assert control.backend.oidc.interactive
        assert "must be True or False" in control.set("/oidc", 400, interactive=1)["message"]

    def test_everything_else(self, control):
        for path in ("/services", "/leniencies", "/user_processes", "/oidc", "/orders", "/url"):
            control.ask(path)
        assert "openapi.json" in control.ask("/nothing", 404)["message"]


def events_of(control, count):
    """Return the first events of the stream."""
    found = []
    with control.session.get(f"{control.root}/mock/events", stream=True, timeout=20) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = None
        for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                found.append((name, json.loads(line.removeprefix("data: "))))
                if len(found) == count:
                    return found
    return found


def test_events_tell_what_there_is(control, start):
    job_id = start("mine")
    control.order("/plan", plan={})
    (_, clock), (_, orders), (_, exchanges), (_, jobs), (_, ready) = events_of(control, 5)

    assert clock["now"] == control.ask("/clock")["now"]
    assert [order["kind"] for order in orders] == ["plan"]
    assert exchanges["total"] == len(control.backend.requests)
    assert [job["id"] for job in jobs] == [job_id]
    assert ready == {"jobs": 1}
