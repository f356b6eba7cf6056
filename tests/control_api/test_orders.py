"""Orders and questions of the Python API, over HTTP."""

import json
from datetime import timedelta

import pytest
import requests
from openapi_spec_validator import validate

from mock_backend import JobPlan
from mock_backend.control import FaultOrder
from mock_backend.control_api.calls import parameters_of
from mock_backend.control_api.document import described
from mock_backend.control_api.exposed import EXCEPTIONS, EXPOSED, all_members

GRAPH = {"pi": {"process_id": "pi", "arguments": {}, "result": True}}

#: Those whose members have endpoints of their own.
KINDS = {each.kind for each in EXPOSED if each.has_members} | {FaultOrder}

#: Arguments that forms cannot do without.
ARGUMENTS = {
    "/add_collection": {"collection": "OWN"},
    "/add_file_format": {"name": "OWN", "gis_data_types": ["raster"]},
    "/add_process": {"process": "own"},
    "/add_processes": {"processes": {"own2": {}}},
    "/add_remote_processes": {"processes": {"https://other.test/p.json": {"id": "p"}}},
    "/add_url": {"url": "https://other.test/x.txt", "content": "x"},
    "/at": {"instant": "2100-01-01T00:00:00Z"},
    "/clock/travel_to": {"when": "2100-01-01T00:00:00Z"},
    "/inject": {"route": "GET /services"},
    "/jobs/{job_id}/replan": {"plan": {}},
    "/jobs/{job_id}/set_progress": {"percent": 50},
    "/lag": {"by": "5s"},
    "/oidc/add_client": {"id": "own"},
    "/oidc/inject": {"route": "POST /token"},
    "/oidc_providers/add": {"id": "own"},
    "/oidc_providers/remove": {"id": "own"},
    "/plan": {"plan": {}, "title": "another"},
    "/set_result": {"result": {}},
    "/users/add": {"name": "bob"},
    "/users/remove": {"name": "bob"},
    "/users/revoke": {"name": "alice"},
}
#: Forms that need more than arguments, or end what the others need.
LEFT_OUT = {
    "/events": {"get"},
    "/jobs/{job_id}/thumbnail": {"get"},
    "/oidc/confirm": {"post"},
    "/oidc/deny": {"post"},
    "/reset": {"post"},
}


class TestTheListOfThem:
    def test_every_public_member_has_a_form_or_a_reason(self, control):
        paths = control.ask("/openapi.json")["paths"]
        without = []
        for exposed in EXPOSED:
            for member in all_members(exposed.kind) if exposed.has_members else ():
                path = f"{exposed.prefix}/{member.name}"
                method = "get" if member.is_question else "post"
                if method not in paths.get(path, {}) and member.key not in EXCEPTIONS:
                    without.append(path)
        assert without == []

    def test_every_form_answers(self, control, start):
        """The document follows from the classes, whatever becomes of a request."""
        order, wrong = control.backend.lag("5s"), []
        control.backend.plan(JobPlan(queued=0))
        for path, methods in control.ask("/openapi.json")["paths"].items():
            for method in methods.keys() - LEFT_OUT.get(path, set()):
                job_id = start() if "{job_id}" in path else None
                names = {"job_id": job_id, "order_id": order.id, "index": "-1", "name": "x.bin"}
                requests.get(control.backend.url, timeout=5)
                given = ARGUMENTS.get(path, {})
                where = {"params": given} if method == "get" else {"json": given}
                url = f"{control.root}/mock{path.format_map(names)}"
                answer = control.session.request(method, url, timeout=20, **where)
                if answer.status_code != 200 and "Expected one" not in answer.text:
                    wrong.append((method, path, answer.text))
        assert wrong == []

    def test_every_exception_is_of_something(self):
        members = {member.key for kind in KINDS for member in all_members(kind)}
        ours = {key for key in EXCEPTIONS if key.partition(".")[0] in {kind.__name__ for kind in KINDS}}
        assert ours - members == set()

    def test_only_callables_have_no_form_among_parameters(self):
        callables = {
            f"{member.key}({name})"
            for exposed in EXPOSED
            for member in exposed.members.values()
            if member.is_method and "fault" not in member.value.__annotations__
            for name in described(member.doc)
            if name not in parameters_of(member.value)[0] and not name.startswith("conditions")
        }
        assert {each for each in callables if "(where)" not in each} <= {
            "MockBackend.add_collection(facts)",
            "MockBackend.add_process(members)",
            "Clock.advance(units)",
            "Users.add(facts)",
        }

    def test_the_document_is_openapi(self, control):
        document = control.ask("/openapi.json")

        validate(document)
        plan = document["paths"]["/plan"]["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert "where" not in plan["properties"]
        assert "Only jobs with this title" in plan["properties"]["title"]["description"]
        assert plan["required"] == ["plan"]


class TestTheClock:
    def test_is_read_moved_and_sped_up(self, control):
        before = control.ask("/clock")
        control.order("/clock/advance", duration="10m", hours=1)
        control.order("/clock/travel_to", when="2100-01-01T00:00:00Z")

        assert (before["rate"], before["elapsed"]) == (0, 0)
        assert control.ask("/clock")["now"] == "2100-01-01T00:00:00+00:00"
        assert control.set("/clock", rate=60)["rate"] == 60
        assert control.backend.clock.rate == 60

    def test_jumps_to_the_next_event(self, control, start):
        start()
        for status in ("running", "finished"):
            assert control.order("/clock/next")["moved"]
            assert control.backend.jobs[0].status == status
        assert not control.order("/clock/next")["moved"]

    @pytest.mark.parametrize(
        ("path", "arguments", "words"),
        [
            ("/clock/advance", {"duration": "-1s"}, "negative"),
            ("/clock/advance", {"minuets": 5}, "minuets"),
            ("/clock/advance", {"duration": {}}, "A duration must be"),
            ("/clock/travel_to", {"when": "2020-01-01T00:00:00Z"}, "backwards"),
            ("/clock/travel_to", {}, "needs when"),
            ("/clock/travel_to", {"wen": 1}, "'wen'"),
        ],
    )
    def test_refuses_what_makes_no_sense(self, control, path, arguments, words):
        error = control.order(path, 400, **arguments)

        assert error["code"] == "RequestInvalid"
        assert words in error["message"]


class TestOrders:
    def test_a_plan(self, control, start):
        order = control.order("/plan", plan={"queued": 0, "running": 0, "error": "boom"}, title="b*", times=1)
        start("broken")
        start("as usual")

        assert (order["kind"], order["for"], order["remaining"]) == ("plan", "title='b*'", 1)
        assert [job["status"] for job in control.ask("/jobs")["jobs"]] == ["error", "queued"]
        assert control.ask("/orders") == []
        assert control.ask(f"/orders/{order['id']}")["hits"] == 1
        assert "no order" in control.ask("/orders/0", 404)["message"]

    def test_a_fault(self, control):
        control.order("/inject", kind="error", status=503, route="GET /collections", times=2)
        first = requests.get(f"{control.root}/openeo/1.2/collections", timeout=5)
        (order,) = control.ask("/orders")

        assert first.status_code == 503
        assert (order["hits"], order["remaining"]) == (1, 1)
        assert control.ask(f"/orders/{order['id']}") == order
        control.session.delete(f"{control.root}/mock/orders/{order['id']}", timeout=5)
        assert requests.get(f"{control.root}/openeo/1.2/collections", timeout=5).status_code == 200

    def test_answers_to_validations_and_to_polls_of_devices(self, control):
        order = control.order("/set_validation", errors=["No."], process="pi")
        control.order("/set_validation", times=1)
        script = control.order("/oidc/script_device", steps=["slow_down", "denied"])

        assert [each["text"] for each in control.ask("/orders")] == [
            "Validation for process='pi': 0 hits",
            "Validation for all process graphs: 0 hits, 1 left",
        ]
        assert (order["kind"], order["errors"]) == (
            "validation",
            [{"code": "ProcessInvalid", "message": "No."}],
        )
        assert control.ask(f"/orders/{script['id']}")["steps"] == ["slow_down", "denied"]
        assert script["text"] == "Device for the default user: 0 hits"

    def test_a_result_as_json_or_as_an_upload(self, control, start):
        control.session.put(f"{control.root}/mock/uploads/mine.bin", data=b"\0\1", timeout=5)
        control.order("/set_result", result={"answer": 42}, title="json")
        control.order("/set_result", result={"upload": "mine.bin"}, title="file")
        for title in ("json", "file"):
            start(title)
        control.order("/clock/advance", duration="1h")
        found = {
            job["title"]: requests.get(control.ask(f"/jobs/{job['id']}/files")[0]["url"], timeout=5).content
            for job in control.ask("/jobs")["jobs"]
        }
        assert (json.loads(found["json"]), found["file"]) == ({"answer": 42}, b"\0\1")

    def test_collections_processes_and_users(self, control):
        control.order(
            "/add_collection",
            collection="MINE",
            bands=["B1"],
            spatial_extent={"west": 0, "south": 0, "east": 1, "north": 1},
        )
        control.order("/add_process", process="mine", parameters=["x"], returns={"type": "number"})
        control.order("/users/add", name="bob", password="b", budget=5)
        control.set("/users", token_ttl="10m")

        assert "MINE" in control.backend.connect().list_collection_ids()
        assert control.backend.users.authenticate("bob", "b").budget == 5
        assert [each["user_id"] for each in control.ask("/users")] == ["alice", "bob"]
        assert control.backend.users.token_ttl.total_seconds() == 600
        assert control.ask("/token", params={"user": "bob"}) == control.backend.token("bob")

    def test_a_scenario(self, control):
        told = control.order("/scenario", name="busy-day")
        given = len(control.ask("/orders"))
        control.order("/reset")
        again = len(control.ask("/orders"))
        own = control.order(
            "/scenario", faults=[{"kind": "error", "status": 503, "route": "GET /jobs"}], seed=7
        )

        assert told["name"] == "busy-day"
        assert given == again
        assert control.ask("/")["capacity"] is not None
        assert own["not_applied"] == ["seed"]
        assert len(control.ask("/orders")) == given + 1

    def test_a_scenario_names_uploads_and_no_files_of_the_server(self, control, start, tmp_path):
        (tmp_path / "secret.txt").write_text("secret")
        secret = str(tmp_path / "secret.txt")
        for members in (
            {"results": [{"path": secret}]},
            {"collections": [{"id": "OWN", "data": secret}]},
            {"collections": [{"id": secret}]},
        ):
            assert "upload" in control.order("/scenario", 400, **members)["message"]
        control.session.put(f"{control.root}/mock/uploads/x.txt", data=b"given", timeout=5)
        told = control.order("/scenario", results=[{"path": "x.txt"}], catalog=str(tmp_path))
        start()
        control.backend.clock.advance(hours=1)
        (asset,) = control.backend.connect().job(control.backend.jobs[0].job_id).get_results().get_assets()

        assert asset.load_bytes() == b"given"
        assert told["not_applied"] == ["catalog"]

    def test_tokens_expire(self, control):
        token = control.ask("/token")
        headers = {"Authorization": f"Bearer {token}"}
        control.order("/users/expire_tokens")

        assert requests.get(f"{control.root}/openeo/1.2/me", headers=headers, timeout=5).status_code == 403

    @pytest.mark.parametrize(
        ("path", "arguments", "words"),
        [
            ("/plan", {"plan": {"runing": "1m"}}, "Did you mean 'running'"),
            ("/plan", {"plan": "1m"}, "takes a JobPlan"),
            ("/plan", {"plan": {}, "where": "x"}, "'where'"),
            ("/inject", {"kind": "eror", "route": "* *"}, "Did you mean 'error'"),
            ("/inject", {"kind": "error", "route": "GET /job"}, "/jobs"),
            ("/users/add", {}, "needs name"),
            ("/users/remove", {"name": "unknown"}, "Unknown account 'unknown'"),
            ("/set_result", {"result": {"upload": "nothing"}}, "Nothing was uploaded"),
            ("/scenario", {"name": "busy-dya"}, "Did you mean 'busy-day'"),
            ("/scenario", {"name": "/etc/passwd.json"}, "no ready scenario"),
            ("/scenario", {"name": "x", "fault": []}, "Did you mean 'faults'"),
            ("/add_processes", {"processes": "/etc"}, "upload the file"),
            ("/add_collection", {"collection": "/etc/passwd.json"}, "upload the file"),
            ("/add_collection", {"collection": "X", "data": "/etc/passwd"}, "upload the file"),
        ],
    )
    def test_refuses_what_makes_no_sense(self, control, path, arguments, words):
        assert words in control.order(path, 400, **arguments)["message"]

    def test_refuses_other_bodies(self, control):
        url = f"{control.root}/mock/clock/advance"
        answers = [
            control.session.post(url, data=b'{"hours": 1}', timeout=5),
            control.session.post(url, data=b"[]", headers={"Content-Type": "application/json"}, timeout=5),
            control.session.post(url, data=b"{", headers={"Content-Type": "application/json"}, timeout=5),
            control.session.put(f"{control.root}/mock/uploads/..%2Fx", data=b"", timeout=5),
            control.session.get(url, timeout=5),
            control.session.post(f"{control.root}/mock/clock/rate", timeout=5),
            control.session.patch(f"{control.root}/mock/clock", json={"now": 1}, timeout=5),
            control.session.delete(f"{control.root}/mock/clock", timeout=5),
        ]
        assert [answer.status_code for answer in answers] == [400, 400, 400, 404, 405, 405, 400, 405]
        assert control.backend.clock.elapsed.total_seconds() == 0


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


def test_reset_goes_back_to_what_was_started(make_control):
    control = make_control(after_reset=lambda: control.backend.users.add("from-the-start"))
    control.order("/users/add", name="bob")
    control.order("/plan", plan={})
    control.session.put(f"{control.root}/mock/uploads/x", data=b"1", timeout=5)
    control.order("/reset")

    assert [*control.backend.users] == ["alice", "from-the-start"]
    assert control.ask("/orders") == []
    assert "there is: nothing" in control.order("/set_result", 400, result={"upload": "x"})["message"]


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
