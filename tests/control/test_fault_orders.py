"""Requests that run into a fault, and orders as plain data."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend import Delay, Fault
from mock_backend.control.faults import (
    Disconnect,
    DuplicateLogs,
    FaultOrder,
    Maintenance,
    NotFoundYet,
    Quota,
    RateLimit,
    SlowBody,
    Stale,
    Truncate,
)


def statuses(api, route, count):
    return [api(route).status_code for _ in range(count)]


class TestConditions:
    def test_one_path_of_many(self, api, mock_backend):
        one, other = api.create(), api.create()
        mock_backend.inject(Fault(500), f"GET /jobs/{one}", times=None)

        assert api(f"GET /jobs/{one}").status_code == 500
        assert api(f"GET /jobs/{other}").status_code == 200

    @pytest.mark.parametrize("condition", [{"job": "j-*"}, {"title": "ndvi ?"}, {"user": "alice"}])
    def test_a_job_by_its_id_or_title_or_user(self, api_of, mock_backend, condition):
        mock_backend.users.add("bob", "secret")
        alice, bob = api_of(mock_backend, "alice"), api_of(mock_backend, "bob")
        job_id = alice.create(title="ndvi 1")
        others = alice.create(title="other")
        mock_backend.inject(Fault(500), "GET /jobs/{job_id}", times=None, **condition)

        assert alice(f"GET /jobs/{job_id}").status_code == 500
        expected = 200 if "title" in condition else 500
        assert alice(f"GET /jobs/{others}").status_code == expected
        assert bob(f"GET /jobs/{others}").status_code == (500 if "job" in condition else 404)

    def test_the_creation_of_a_job_by_its_title(self, api, mock_backend, graph):
        mock_backend.inject(Fault(500), "POST /jobs", title="bad", times=None)

        def create(title):
            return api("POST /jobs", json={"title": title, "process": {"process_graph": graph}}).status_code

        assert [create("good"), create("bad"), create("good")] == [201, 500, 201]
        assert [job.title for job in mock_backend.jobs] == ["good", "good"]

    @pytest.mark.parametrize(
        ("conditions", "struck"),
        [
            ({"after": 2, "times": 1}, {3}),
            ({"nth": 2}, {2}),
            ({"after": 1, "nth": 2}, {3}),
            ({"every": 3, "times": None}, {3, 6}),
            ({"after": 1, "every": 2, "times": 2}, {3, 5}),
        ],
    )
    def test_requests_by_number(self, api, mock_backend, conditions, struck):
        mock_backend.inject(Fault(500), "GET /conformance", **conditions)

        seen = statuses(api, "GET /conformance", 7)

        assert {number for number, status in enumerate(seen, start=1) if status == 500} == struck

    def test_the_requests_of_each_job_by_number(self, api, mock_backend):
        jobs = [api.create(), api.create()]
        mock_backend.inject(Fault(500), "GET /jobs/{job_id}", nth=2, per_job=True, times=None)

        seen = [[api(f"GET /jobs/{job}").status_code for job in jobs] for _ in range(3)]

        assert seen == [[200, 200], [500, 500], [200, 200]]

    def test_a_window_of_time(self, api, mock_backend):
        mock_backend.clock.advance("1h")
        mock_backend.inject(Maintenance("Moving house."), "* *", since="10m", until="20m")
        seen = []
        for _ in range(3):
            seen.append(api("GET /conformance").status_code)
            mock_backend.clock.advance("10m")

        assert seen == [200, 503, 200]
        assert mock_backend.requests[1].error_text.endswith("Moving house.")

    def test_maintenance_tells_when_it_ends(self, api, mock_backend):
        mock_backend.inject(Maintenance(), until="20m")
        mock_backend.clock.advance(minutes=5, milliseconds=1)

        assert api("GET /conformance").headers["Retry-After"] == "900"

    def test_persistent_faults_compose_with_others(self, api, mock_backend):
        job_id = api.create()
        mock_backend.lag("5s")
        mock_backend.inject(Fault(503), "GET /jobs/{job_id}")
        api.start(job_id)

        assert api(f"GET /jobs/{job_id}").status_code == 503
        assert api.status(job_id) == "created"
        mock_backend.clock.advance("5s")
        assert api.status(job_id) == "queued"


class TestChance:
    ROUTE = "GET /jobs/{job_id}"

    def test_the_story_of_a_job_does_not_depend_on_others(self, mock_backend_factory, api_of):
        def struck(order):
            backend = mock_backend_factory(url="https://chance.test")
            api = api_of(backend)
            jobs = [api.create() for _ in range(6)]
            backend.inject(Fault(500), self.ROUTE, times=None, probability=0.4)
            seen = {job: [] for job in jobs}
            for index in order:
                seen[jobs[index]].append(api(f"GET /jobs/{jobs[index]}").status_code)
            backend.close()
            return list(seen.values())

        in_turn = struck([index for _ in range(10) for index in range(6)])
        one_by_one = struck([index for index in range(6) for _ in range(10)])

        assert in_turn == one_by_one
        assert 10 < sum(each.count(500) for each in in_turn) < 40

    def test_threads_do_not_change_it(self, mock_backend_factory, api_of):
        def struck(workers):
            backend = mock_backend_factory(url="https://chance.test")
            api = api_of(backend)
            jobs = [api.create() for _ in range(8)]
            backend.inject(Fault(500), self.ROUTE, times=None, probability=0.5)

            def story(job):
                own = api_of(backend)
                return [own(f"GET /jobs/{job}").status_code for _ in range(8)]

            with ThreadPoolExecutor(workers) as pool:
                seen = list(pool.map(story, jobs))
            backend.close()
            return seen

        assert struck(1) == struck(8)

    def test_the_seed_decides(self, mock_backend_factory, api_of):
        def struck(seed):
            backend = mock_backend_factory(url="https://chance.test", seed=seed)
            backend.inject(Fault(500), "GET /conformance", times=None, probability=0.5)
            seen = statuses(api_of(backend), "GET /conformance", 30)
            backend.close()
            return seen

        assert struck(1) == struck(1)
        assert struck(1) != struck(2)

    def test_jitter(self, mock_backend, api):
        mock_backend.inject(Delay("10s", jitter="10s"), "GET /conformance", times=20)
        waits = []
        for _ in range(20):
            before = mock_backend.clock.elapsed
            api("GET /conformance")
            waits.append(mock_backend.clock.elapsed - before)

        assert (
            timedelta(seconds=10) <= min(waits) < timedelta(seconds=15) < max(waits) < timedelta(seconds=20)
        )


class TestRefusals:
    @pytest.mark.parametrize(
        ("fault", "route", "conditions", "words"),
        [
            (Fault(), "GET /job/{job_id}", {}, r"'/job/\{job_id\}'.*Did you mean '/jobs/\{job_id\}'"),
            (Fault(), "GET /jobs/j-1/result", {}, r"nothing would ever match"),
            (Fault(), "PUT /jobs/j-1", {}, r"does not take PUT.*DELETE, GET, HEAD, PATCH"),
            (Fault(), "GET /collections", {"title": "ndvi"}, r"title='ndvi'.*'GET /jobs/\{job_id\}'"),
            (Fault(), "GET /jobs", {"per_job": True}, r"per_job=True"),
            (DuplicateLogs(), "GET /jobs", {}, r"'GET /jobs/\{job_id\}/logs'"),
            (Stale(5), "POST /jobs", {}, r"'GET /jobs'"),
            (NotFoundYet(5), "GET /jobs", {}, r"'GET /jobs/\{job_id\}'"),
            (Fault(), "* *", {"since": "5m", "until": "5m"}, "until must be after since"),
            (Fault(), "* *", {"probability": 0}, "probability must be a number above 0 and up to 1, got 0"),
            (Fault(), "* *", {"nth": 0}, "nth must be a whole number from 1, got 0"),
            (Fault(), "* *", {"nth": 1, "every": 2}, "exclude each other"),
            (Fault(), "* *", {"since": "soon"}, "since: .*'soon'"),
        ],
    )
    def test_an_order_that_never_applies(self, mock_backend, fault, route, conditions, words):
        with pytest.raises(ValueError, match=words):
            mock_backend.inject(fault, route, **conditions)

    @pytest.mark.parametrize(
        ("make", "words"),
        [
            (lambda: Disconnect("never"), "'before', 'after' or 'body', got 'never'"),
            (lambda: Truncate(1.5), "at must be a number from 0 to 1, got 1.5"),
            (lambda: SlowBody("1m", parts=0), "parts must be a whole number from 1, got 0"),
            (lambda: RateLimit(5, per=0), "per must be longer than 0, got 0"),
            (lambda: Quota(5, code="PaymentRequierd"), "Did you mean 'PaymentRequired'"),
            (lambda: Fault(502, body="x", message="y"), "body replaces it"),
        ],
    )
    def test_a_fault_that_makes_no_sense(self, make, words):
        with pytest.raises(ValueError, match=words):
            make()

    def test_a_provider_has_no_jobs(self, mock_backend):
        with pytest.raises(ValueError, match="is about a job"):
            mock_backend.oidc.inject(Fault(500), "POST /token", title="ndvi")


class TestPlainData:
    ORDERS: ClassVar = [
        FaultOrder(Fault(503, retry_after="20s"), "GET /jobs/{job_id}", times=3, title="ndvi*"),
        FaultOrder(Fault(502, body="<html>", after_effect=True), "POST /jobs", probability=0.25),
        FaultOrder(Fault(200, body=b"\x00\xff", headers={"X-Mine": "1"}), "GET /jobs", after=1, every=2),
        FaultOrder(Delay("90s", jitter=timedelta(minutes=5)), "* *", since="1h", until=timedelta(hours=2)),
        FaultOrder(Disconnect("body", at=0.25), "GET *", nth=3, per_job=False),
        FaultOrder(RateLimit(60), "* *"),
        FaultOrder(RateLimit(60), "* *", times=5),
        FaultOrder(Fault(), "* *", times=None),
    ]

    @pytest.mark.parametrize("order", ORDERS, ids=repr)
    def test_it_comes_back(self, order):
        data = json.loads(json.dumps(order.to_dict()))

        again = FaultOrder.from_dict(data)

        assert (again.route, again.conditions) == (order.route, order.conditions)
        assert again.remaining == order.remaining
        assert again.to_dict() == data

    def test_it_reads_well(self):
        assert self.ORDERS[0].to_dict() == {
            "kind": "error",
            "status": 503,
            "retry_after": "20s",
            "route": "GET /jobs/{job_id}",
            "times": 3,
            "title": "ndvi*",
        }

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({"kind": "eror"}, "Unknown kind of fault 'eror'. Did you mean 'error'"),
            (
                {"kind": "delay", "by": "5s", "jiter": "1s"},
                "'delay' has no member 'jiter'. Did you mean 'jitter'",
            ),
            ({"kind": "delay"}, "'delay' needs the member 'by'"),
            ({"body": {"base64": "!"}}, "member 'base64'"),
            ([], "must be an object"),
        ],
    )
    def test_what_cannot_be_read(self, data, words):
        with pytest.raises((ValueError, TypeError), match=words):
            FaultOrder.from_dict(data)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner), max_leaves=3
        ),
        st.sampled_from(
            [
                "kind",
                "status",
                "by",
                "route",
                "times",
                "title",
                "probability",
                "since",
                "body",
                "headers",
                "retry_after",
                "at",
            ]
        ),
    )
    def test_nonsense_is_refused(self, value, name):
        for kind in ("error", "delay", "disconnect"):
            needed = {"by": 1} if kind == "delay" else {}
            with suppress(ValueError, TypeError):
                FaultOrder.from_dict({"kind": kind, **needed, name: value})


def test_without_orders_a_request_asks_for_none(mock_backend, api, monkeypatch):
    monkeypatch.setattr(type(mock_backend.faults), "strike", None)

    assert api("GET /conformance").status_code == 200
