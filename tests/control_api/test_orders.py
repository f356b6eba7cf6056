"""Orders of the Python API, over HTTP."""

import json

import pytest
import requests


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


def test_reset_goes_back_to_what_was_started(make_control):
    control = make_control(after_reset=lambda: control.backend.users.add("from-the-start"))
    control.order("/users/add", name="bob")
    control.order("/plan", plan={})
    control.session.put(f"{control.root}/mock/uploads/x", data=b"1", timeout=5)
    control.order("/reset")

    assert [*control.backend.users] == ["alice", "from-the-start"]
    assert control.ask("/orders") == []
    assert "there is: nothing" in control.order("/set_result", 400, result={"upload": "x"})["message"]
