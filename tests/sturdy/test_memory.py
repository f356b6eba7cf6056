"""Nothing that requests leave behind grows without a bound."""

import gc
import hashlib
import json
import subprocess
import sys
import tracemalloc

import pytest
import requests

from mock_backend import MockBackend
from mock_backend.settings import AppSettings

MEGABYTE = 1 << 20


@pytest.fixture
def backend():
    """A back-end with little room for its journal."""

    def make(**settings):
        made = MockBackend("https://memory.test", settings=AppSettings(**settings)).open()
        opened.append(made)
        return made

    opened = []
    yield make
    for each in opened:
        each.close()


def put(backend, content, *, path="f.bin", token=True):
    headers = {"Authorization": f"Bearer {backend.token()}"} if token else {}
    return requests.put(f"{backend.url}/files/{path}", data=content, headers=headers, timeout=5)


# -- refusals ---------------------------------------------------------------------------------------------

MANY_ERRORS = """
import resource
import requests
from mock_backend import MockBackend

count = 200_000
node = {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}
arguments = {"data": [], "extent": ["a"] * count}
interval = {"process_id": "filter_temporal", "arguments": arguments, "result": True}
choice = {"anyOf": [{"type": "array", "items": {"type": "number"}}, {"type": "string"}]}
nested = {"type": "object", "properties": {"all": choice}}
own = [{"name": "x", "description": "", "schema": nested}]
wrong = {"process_id": "own", "arguments": {"x": {"all": ["a"] * count}}, "result": True}
odd = {"name": "x", "description": "", "schema": {"items": [1] * count}}
same = {"name": "x", "description": "", "schema": {}}
alike = [{"type": "string"}] * 20_000

with MockBackend("https://memory.test", profile="spec") as backend:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {backend.token()}"

    def told(path, **body):
        answer = session.request("PUT" if "graphs/" in path else "POST", backend.url + path, json=body)
        errors = answer.json().get("errors", ()) if answer.content else ()
        return [answer.status_code, *(each["code"] for each in errors)]

    # What is imported late, and what the own process needs.
    assert told("/process_graphs/own", process_graph={"a": node}, parameters=own) == [200]
    assert told("/validation", process_graph={"a": {**wrong, "arguments": {"x": {"all": ["a"]}}}})[1:]
    small = {**odd, "schema": {"items": 1}}
    assert told("/process_graphs/p", process_graph={"a": node}, parameters=[small]) == [400]
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (256 << 20), used + (256 << 20)))

    assert told("/validation", process_graph={"a": interval}) == [200] + ["ProcessParameterInvalid"] * 2
    assert told("/validation", process_graph={"a": wrong}) == [200, "ProcessParameterInvalid"]
    # Each error of the validator has copies of what is wrong.
    arguments["extent"] = [["x" * 3_000] * 7_000, "2024-06-01"]
    assert told("/validation", process_graph={"a": interval}) == [200] + ["ProcessParameterInvalid"] * 2
    for members in (
        *({name: ["a"] * count} for name in ("links", "examples", "parameters")),
        {"exceptions": {f"e{number}": 1 for number in range(count)}},
        {"parameters": [odd]},
        {"parameters": [{**same, "schema": alike}]},
        {"parameters": [same] * 20_000},
    ):
        assert told("/process_graphs/p", process_graph={"a": node}, **members) == [400], [*members]
"""


def test_of_many_errors_not_all_are_listed():
    """Those of 200,000 texts that are no dates took ten seconds and a gigabyte."""
    done = subprocess.run([sys.executable, "-c", MANY_ERRORS], stderr=subprocess.PIPE, text=True, check=False)

    assert not done.stderr
    assert done.returncode == 0


# -- the journal ------------------------------------------------------------------------------------------


def test_the_bodies_of_a_journal_have_a_bound(backend):
    """Three hundred uploads of 3 MB to one file took a gigabyte."""
    small = backend(journal_size=4 * MEGABYTE)
    content = bytes(MEGABYTE)
    tracemalloc.start()
    for _ in range(40):
        assert put(small, content).status_code == 200
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    first, last = small.requests[0], small.requests[-1]
    assert peak < 12 * MEGABYTE
    assert len(small.requests) == 40
    assert last.body == content
    assert (first.body, first.body_length) == (b"", MEGABYTE)
    assert first.body_digest == last.body_digest == hashlib.sha256(content).hexdigest()


def test_the_oldest_exchanges_are_forgotten_when_there_is_no_room(backend):
    small = backend(journal_size=20_000)
    for number in range(100):
        requests.get(f"{small.url}/jobs?before={number}", timeout=5)

    numbers = [int(each.query["before"]) for each in small.requests]
    assert numbers == list(range(100))[-len(numbers) :]
    assert 5 < len(numbers) < 40

    small.requests.clear()
    assert len(small.requests) == 0
    requests.get(small.url, timeout=5)
    assert len(small.requests) == 1


def test_an_exchange_that_is_larger_than_the_journal_is_in_it_as_the_only_one(backend):
    small = backend(journal_size=20_000)
    requests.get(small.url, timeout=5)
    put(small, bytes(MEGABYTE))

    assert [(each.body_length, each.body) for each in small.requests][-1] == (MEGABYTE, b"")


def test_a_setting_says_how_much_of_bodies_is_kept(backend):
    short = backend(journal_body=10)
    put(short, b"0123456789")
    put(short, b"0123456789+")

    assert [each.body for each in short.requests] == [b"0123456789", b""]
    assert [each.body_length for each in short.requests] == [10, 11]


def test_served_settings_keep_less_unless_they_are_set():
    assert AppSettings().journal_body is None
    assert AppSettings().served().journal_body == 4096
    assert AppSettings(journal_body=100).served().journal_body == 100
    assert AppSettings().served().journal_size < AppSettings().journal_size


# -- bodies that are refused ------------------------------------------------------------------------------

_TEXT = "x" * MEGABYTE
_GRAPH = {"pi": {"process_id": "pi", "arguments": {}, "result": True}}


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        ("{" + _TEXT, "application/json"),
        (json.dumps(_TEXT), "application/json"),
        (json.dumps({"process": _TEXT}), "application/json"),
        (json.dumps({"process": {"process_graph": _GRAPH}, "budget": _TEXT}), "application/json"),
        (_TEXT, "image/png"),
    ],
    ids=["no JSON", "no object", "no process", "a wrong member", "another type"],
)
def test_a_body_that_is_refused_does_not_wait_for_the_garbage_collector(backend, body, media_type):
    small = backend(journal_body=10)
    headers = {"Authorization": f"Bearer {small.token()}", "Content-Type": media_type}

    def refuse():
        answer = requests.post(f"{small.url}/jobs", data=body, headers=headers, timeout=5)
        assert answer.status_code == 400

    refuse()
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(5):
            refuse()
        left, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()

    assert left < MEGABYTE


# -- log-ins ----------------------------------------------------------------------------------------------

MOST, COUNT = 100, 120


ASKED = {
    "response_type": "code",
    "client_id": "openeo-default",
    "redirect_uri": "http://localhost/callback",
    "code_challenge": "x" * 43,
    "code_challenge_method": "S256",
}
FORMS = {
    "pages": ("GET", "/authorize", True),
    "codes": ("GET", "/authorize", False),
    "devices": ("POST", "/device_authorization", True),
}


@pytest.mark.parametrize("what", FORMS)
def test_what_any_client_can_ask_of_a_provider_is_forgotten(mock_backend, monkeypatch, what):
    for module in ("authorization_code", "device"):
        monkeypatch.setattr(f"mock_backend.auth.oidc.flows.{module}._MOST", MOST)
    method, path, interactive = FORMS[what]
    provider = mock_backend.oidc
    provider.interactive = interactive
    part = provider.devices if what == "devices" else provider.authorization

    def ask(count):
        for number in range(count):
            given = ASKED | {"state": f"{number}"}
            where = {"params": given} if method == "GET" else {"data": given}
            assert requests.request(method, provider.url + path, allow_redirects=False, timeout=5, **where).ok
        state = {name: each for name, each in vars(part).items() if name != "_provider"}
        return sum(len(each) for each in state.values() if isinstance(each, dict))

    assert ask(COUNT) == ask(50) <= COUNT


def test_tokens_and_grants_have_a_bound(mock_backend, monkeypatch):
    for module in ("tokens", "tokens.grants", "issuer"):
        name = "_MOST_ISSUERS" if module == "issuer" else "_MOST"
        monkeypatch.setattr(f"mock_backend.auth.oidc.{module}.{name}", 20)
    provider = mock_backend.oidc
    form = {"grant_type": "client_credentials", "client_id": "openeo-service", "client_secret": "secret"}
    for number in range(40):
        host = {"Host": f"h{number}.test"}
        requests.post(f"{mock_backend.url}/oidc/token", data=form, headers=host, timeout=5).raise_for_status()

    assert len(provider.book.tokens()) == 20
    assert 15 <= len(provider.grants) <= 20
    assert provider.has_answered_as("http://h39.test/oidc") is False  # https, as the request came in
    assert provider.has_answered_as("https://h39.test/oidc")
    assert not provider.has_answered_as("https://h0.test/oidc")


def test_tokens_that_were_used_have_a_bound(mock_backend, monkeypatch):
    monkeypatch.setattr("mock_backend.auth.accounts.users._MOST_TOKENS", 20)
    users = mock_backend.users
    for number in range(50):
        token = users.log_in("Basic YWxpY2U6c2VjcmV0", jwt_base=f"https://h{number}.test")
        assert users.by_token(f"basic//{token}").user_id == "alice"
    assert len(users._known_tokens) == 20


def test_results_of_jobs_go_with_them(mock_backend, api):
    mock_backend.set_result({"value": 1})
    for _ in range(3):
        job_id = api.create()
        api.start(job_id)
        assert api(f"DELETE /jobs/{job_id}").status_code == 204
    assert not mock_backend._results._runs


# -- uploads ----------------------------------------------------------------------------------------------


class Body:
    """A body that counts what is read of it."""

    def __init__(self, size, part=1 << 16):
        self.left, self.read, self.part = size, 0, part

    async def receive(self):
        part = min(self.part, self.left)
        self.left -= part
        self.read += part
        return {"type": "http.request", "body": bytes(part), "more_body": self.left > 0}


async def sent(backend, method, path, body, **headers):
    """Send a request as a server does; return the status of its answer."""
    answers = []

    async def send(message):
        answers.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "scheme": "http",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await backend.asgi(scope, body.receive, send)
    return answers[0]["status"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "method_and_path", ["PUT /files/f.bin", "POST /jobs", "POST /result", "PATCH /jobs/x"]
)
@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer basic//nonsense"}])
async def test_uploads_without_a_user_are_not_read(mock_backend, method_and_path, headers):
    body = Body(100 * MEGABYTE)
    status = await sent(mock_backend, *method_and_path.split(), body, **headers)

    assert status in (401, 403)
    assert body.read == 0


@pytest.mark.asyncio
async def test_bodies_that_are_too_large_are_not_read(mock_backend_factory):
    backend = mock_backend_factory(settings=AppSettings(max_file_size=MEGABYTE))
    token = {"authorization": f"Bearer {backend.token()}"}

    told = Body(100 * MEGABYTE)
    assert await sent(backend, "PUT", "/files/f", told, content_length=f"{100 * MEGABYTE}", **token) == 400
    assert told.read == 0

    untold = Body(100 * MEGABYTE)
    assert await sent(backend, "PUT", "/files/f", untold, **token) == 400
    assert untold.read <= 2 * MEGABYTE

    unwanted = Body(100 * MEGABYTE)
    assert await sent(backend, "PUT", "/nowhere", unwanted) == 404
    assert unwanted.read <= 2 * MEGABYTE


# -- garbage ----------------------------------------------------------------------------------------------


def test_requests_over_a_socket_leave_no_garbage(mock_backend, mock_backend_live):
    """Cyclic garbage takes memory until it is collected, bodies of requests included."""
    headers = {"Authorization": f"Bearer {mock_backend.token()}"}

    def ask():
        url = mock_backend_live.url
        for method, path in [
            ("GET", "/"),
            ("GET", "/jobs"),
            ("GET", "/nowhere"),
            ("PUT", "/files/f"),
            ("GET", "/files/f"),
        ]:
            requests.request(method, url + path, headers=headers, data=b"x" * 1000, timeout=5)

    def left():
        # Its connection may be about to be closed.
        return sum(type(each).__name__ == "RequestResponseCycle" for each in gc.get_objects())

    ask()
    gc.collect()
    gc.disable()
    try:
        before = left()
        for _ in range(10):
            ask()
        assert left() - before < 10
    finally:
        gc.enable()
