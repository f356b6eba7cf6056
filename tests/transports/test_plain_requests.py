"""Plain answers for ``requests`` skip its adapter and urllib3's pools; no client can tell."""

import json
from datetime import timedelta

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from mock_backend import Fault, JobPlan, MockBackend
from mock_backend.control.faults import Delay, Disconnect
from mock_backend.http.app import Gateway
from mock_backend.settings import AppSettings
from mock_backend.transports import plain_requests


class OtherAdapter(HTTPAdapter):
    """An adapter of another class: its requests go the complete way."""


def _seen(response, adapter):
    """Return all that a response tells."""
    raw = response.raw
    return {
        "response": (
            type(response),
            response.status_code,
            response.reason,
            type(response.headers),
            list(response.headers.items()),
            response.encoding,
            response.url,
            response.content,
            response.history,
            dict(response.cookies),
            response.is_redirect,
            response.links,
            response.connection is adapter,
            response.request.method,
            isinstance(response.elapsed, timedelta),
        ),
        "raw": (
            isinstance(raw, requests.packages.urllib3.HTTPResponse),
            raw.status,
            raw.reason,
            raw.version,
            list(raw.headers.items()),
            raw.retries and (raw.retries.total, raw.retries.history),
            raw.tell(),
            raw.closed,
            raw.read(),
            raw.closed,
            raw.length_remaining,
            raw.url,
            raw.decode_content,
            raw.readable(),
            raw.data,
        ),
    }


def _each_way(play, retries=0, **options):
    """Return what a function makes of a session and a back-end, the short way and the complete one."""
    made = []
    for kind, at_once in ((HTTPAdapter, True), (OtherAdapter, True), (OtherAdapter, False)):
        with (
            pytest.MonkeyPatch.context() as patch,
            MockBackend(plan=JobPlan(queued="1m", running="9m"), **options) as backend,
            requests.Session() as session,
        ):
            if not at_once:
                patch.setattr(Gateway, "answer_at_once", lambda *_: None)
            session.mount(backend.url, adapter := kind(max_retries=retries))
            session.headers["Authorization"] = f"Bearer {backend.token()}"
            seen = play(session, backend, adapter)
            made.append((seen, [_noted(each) for each in backend.requests]))
    short, complete, by_asgi = made
    assert by_asgi == complete
    return short, complete


def _noted(exchange):
    return (
        exchange.method,
        exchange.path,
        exchange.route,
        exchange.status,
        dict(exchange.headers),
        exchange.query,
        exchange.body,
        exchange.user_id,
        exchange.token,
        exchange.error,
        exchange.made,
        exchange.fault,
        exchange.at,
    )


@pytest.fixture
def in_short(monkeypatch):
    """Count answers of the short way."""
    made = []
    new = plain_requests.PlainResponse.__init__
    monkeypatch.setattr(
        plain_requests.PlainResponse, "__init__", lambda self, *a: made.append(a) or new(self, *a)
    )
    return made


def test_both_ways_tell_the_same(in_short, graph):
    def play(session, backend, adapter):
        def ask(method, path, **options):
            answer = session.request(method, backend.url + path, allow_redirects=False, **options)
            seen.append(_seen(answer, adapter))
            return answer

        seen = []
        for path in (
            "/",
            "/me",
            "/jobs?limit=1",
            "/jobs?limit=0",
            "/jobs/",
            "//jobs",
            "/%6Aobs",
            "/jobs?limit=1#part",
            "/jobs/none",
            "/nowhere",
            "/processes",
            "/collections/SENTINEL2_L2A",
            "/file_formats",
            "/.well-known/openeo",
        ):
            ask("GET", path)
        for method in ("HEAD", "OPTIONS", "DELETE", "PUT"):
            ask(method, "/jobs")
            ask(method, "/jobs/none")
        for options in (
            {},
            {"data": b"{"},
            {"data": "no JSON", "headers": {"Content-Type": "application/json"}},
            {"json": [1]},
            {"json": {"process": 1}},
            {"json": {}, "headers": {"Content-Encoding": "gzip"}},
            {"json": {}, "headers": {"Authorization": "Bearer basic//no"}},
            {"json": {"title": "x" * 5000}},
            {"json": {"title": "x" * 5000}, "headers": {"Authorization": ""}},
        ):
            ask("POST", "/jobs", **options)
            ask("POST", "/validation", **options)
        ask("GET", "/me", headers={"Authorization": "Bearer basic//no"})
        body = {"process": {"process_graph": graph}, "title": "same"}
        job = "/jobs/" + ask("POST", "/jobs", json=body).headers["openeo-identifier"]
        ask("POST", "/result", json=body)
        ask("POST", "/jobs", data=iter([json.dumps(body).encode()]))
        ask("GET", job)
        ask("POST", job + "/results")
        for instant in ("0s", "30s", "31s", "1m", "1h"):
            backend.clock.advance(instant)
            for path in ("", "/results", "/logs", "/estimate", ""):
                ask("GET", job + path)
        asset = next(iter(session.get(backend.url + job + "/results").json()["assets"].values()))["href"]
        for headers in ({}, {"Range": "bytes=1-2"}, {"If-None-Match": "*"}, {"If-Match": '"none"'}):
            ask("GET", asset.removeprefix(backend.url), headers=headers)
            ask("HEAD", asset.removeprefix(backend.url), headers=headers)
        ask("GET", asset.removeprefix(backend.url) + "0")
        ask("GET", job + "/results", headers={"Accept": "application/geo+json"})
        ask("PATCH", job, json={"title": "other"})
        ask("GET", job)
        ask("DELETE", job)
        ask("GET", job)
        return seen

    short, complete = _each_way(play, settings=AppSettings(max_request_size=4000))

    assert short == complete
    assert len(in_short) > 35


@pytest.mark.parametrize(
    "read",
    [
        lambda it: it.raw.read(),
        lambda it: (it.raw.read(5), it.raw.read(3), it.raw.tell(), it.content),
        lambda it: (list(it.iter_content(7)), it.raw.tell(), it.raw.read()),
        lambda it: (list(it.iter_content(None)), it.raw.closed),
        lambda it: list(it.iter_lines()),
        lambda it: (next(it.raw.stream(4)), it.raw.tell()),
        lambda it: (list(it.raw.stream(4, decode_content=True)), it.raw.data),
        lambda it: (list(it.raw), it.raw.read()),
        lambda it: (it.content, list(it.iter_content(5)), it.raw.data, it.json()),
        lambda it: (it.close(), it.raw.closed),
        lambda it: (it.raw.close(), it.raw.closed, hasattr(it.raw, "other")),
        lambda it: (setattr(it.raw, "decode_content", True), it.raw.decode_content, it.raw.read()),
        lambda it: (it.raw.release_conn(), it.raw.drain_conn(), it.raw.read()),
        lambda it: it.raw.readinto(bytearray(9)),
    ],
)
def test_a_body_can_be_read_in_any_way(in_short, read):
    def play(session, backend, adapter):
        request = session.prepare_request(requests.Request("GET", backend.url + "/me"))
        return read(adapter.send(request, stream=True)), read(session.send(request, stream=True))

    short, complete = _each_way(play)

    assert short == complete
    assert len(in_short) == 2


def test_hooks_elapsed_and_sessions_see_the_same(in_short):
    def play(session, backend, adapter):
        seen = []
        session.hooks["response"].append(lambda answer, **_: seen.append(answer.raw.read(3)))
        session.cookies.set("taste", "sweet")
        answer = session.get(backend.url + "/me", timeout=(3, 4), verify=False)
        return seen, _seen(answer, adapter)

    short, complete = _each_way(play)

    assert short == complete
    assert len(in_short) == 1


@pytest.mark.parametrize(
    ("order", "retries"),
    [
        (
            lambda backend: backend.inject(Fault(503, retry_after=2), "GET /me"),
            Retry(2, status_forcelist=[503]),
        ),
        (lambda backend: backend.inject(Fault(503), "GET /me"), 0),
        (lambda backend: backend.inject(Disconnect(), "GET /me"), 0),
        (lambda backend: backend.inject(Delay("5s"), "GET /me"), 0),
        (lambda backend: None, Retry(1, status_forcelist=[200], raise_on_status=False)),
        (lambda backend: None, Retry(0, read=False)),
    ],
)
def test_faults_and_retries_are_the_same(order, retries):
    def play(session, backend, adapter):
        order(backend)
        before = backend.clock.now()
        try:
            seen = _seen(session.get(backend.url + "/me", timeout=1), adapter)
        except requests.RequestException as error:
            seen = type(error), [type(each) for each in error.args]
        return seen, backend.clock.now() - before

    short, complete = _each_way(play, retries)

    assert short == complete


@pytest.mark.parametrize("options", [{"cert": "/no/such/file"}, {"verify": "/no/such/file"}, {"timeout": 0}])
def test_what_is_not_plain_goes_the_complete_way(in_short, options):
    def play(session, backend, adapter):
        try:
            return session.get(backend.url + "/me", **options).content
        except (OSError, ValueError) as error:
            return type(error), str(error)

    short, complete = _each_way(play)

    assert short == complete
    assert not in_short


@pytest.mark.parametrize("name", ["build_response", "add_headers", "send"])
@pytest.mark.parametrize("of_class", [True, False])
def test_an_adapter_that_something_has_changed_is_asked(monkeypatch, mock_backend, name, of_class):
    session, asked = requests.Session(), []
    owner = HTTPAdapter if of_class else session.get_adapter(mock_backend.url)
    original = getattr(owner, name)
    monkeypatch.setattr(owner, name, lambda *a, **k: asked.append(name) or original(*a, **k))

    assert session.get(mock_backend.url).status_code == 200
    assert asked == [name]


def test_a_custom_route_may_set_cookies(in_short):
    def play(session, backend, adapter):
        @backend.app.get("/cookie")
        def cookie():
            from starlette.responses import Response

            return Response("{}", headers={"Set-Cookie": "a=b"}, media_type="application/json")

        return _seen(session.get(backend.url + "/cookie"), adapter), dict(session.cookies)

    short, complete = _each_way(play)

    assert short == complete
    assert not in_short
