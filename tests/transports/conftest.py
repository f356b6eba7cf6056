"""Servers that are not ours on loopback, and one way to call a back-end over every transport."""

import asyncio
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from weakref import WeakSet

import httpx
import pytest
import requests
import urllib3

from mock_backend import MockBackend

#: For httpx, which otherwise reads all certificates for each client.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
#: Real seconds after which a thread that should have ended counts as hanging.
PATIENCE = 30


@dataclass
class Answer:
    """An answer, whatever brought it."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


# -- servers that are not ours ------------------------------------------------------------------------


@dataclass
class Foreign:
    """An HTTP server that is not ours; notes what it is asked, and when."""

    url: str
    asked: list[str] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    #: Statuses and headers of the next answers; then it answers normally.
    moods: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    #: A job is finished when its status has been asked for so often.
    polls: int = 3

    def count(self, line: str) -> int:
        return self.asked.count(line)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    foreign: Foreign

    def answer(self) -> None:
        foreign = self.foreign
        line = f"{self.command} {self.path}"
        foreign.asked.append(line)
        foreign.at.append(time.monotonic())
        body = self._body()
        if foreign.moods:
            status, headers = foreign.moods.pop(0)
            self._send(status, {"code": "Foreign", "message": "not now"}, headers)
        elif self.command == "POST" and self.path == "/echo":
            self._send(200, {"length": len(body)}, {})
        elif line == "POST /jobs":
            self._send(
                201, None, {"OpenEO-Identifier": "foreign-job", "Location": foreign.url + "/jobs/foreign-job"}
            )
        elif line == "POST /jobs/foreign-job/results":
            self._send(202, None, {})
        elif line == "GET /jobs/foreign-job":
            done = foreign.count(line) >= foreign.polls
            self._send(200, {"id": "foreign-job", "status": "finished" if done else "running"}, {})
        elif self.command in ("GET", "HEAD"):
            self._send(200, self._capabilities(), {})
        else:
            self._send(404, {"code": "NotFound", "message": "no"}, {})

    def __getattr__(self, name: str) -> Any:
        # The methods that http.server looks for are called do_GET and so on.
        if name.removeprefix("do_") in ("GET", "HEAD", "POST", "PUT", "DELETE"):
            return self.answer
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def _capabilities(self) -> dict[str, Any]:
        # Also a well-known document, which lists itself.
        paths = {"/jobs": ["GET", "POST"], "/jobs/{job_id}": ["GET"], "/jobs/{job_id}/results": ["POST"]}
        return {
            "api_version": "1.2.0",
            "backend_version": "1",
            "stac_version": "1.0.0",
            "id": "foreign",
            "title": "foreign",
            "description": "Not ours.",
            "endpoints": [{"path": path, "methods": methods} for path, methods in paths.items()],
            "links": [],
            "versions": [{"url": self.foreign.url, "api_version": "1.2.0", "production": True}],
        }

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _send(self, status: int, content: Any, headers: dict[str, str]) -> None:
        body = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def _serve() -> Iterator[Foreign]:
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        handler.foreign = Foreign(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield handler.foreign
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def foreign() -> Iterator[Foreign]:
    """A server that is not ours on loopback, which is also a little openEO back-end."""
    with _serve() as server:
        yield server


# -- threads ----------------------------------------------------------------------------------------


@pytest.fixture
def in_threads():
    """Call functions at once, each in a thread of its own; return what they returned."""

    def call(functions: list[Callable[[], Any]]) -> list[Any]:
        with ThreadPoolExecutor(len(functions)) as pool:
            futures = [pool.submit(function) for function in functions]
            return [future.result(PATIENCE) for future in futures]

    return call


# -- one way to call, over every transport ------------------------------------------------------------

Send = Callable[..., Answer]


@dataclass
class Caller:
    """A way to reach a back-end."""

    backend: MockBackend
    #: The root URL that this way goes by.
    url: str
    send: Send

    def __call__(
        self,
        method: str,
        path: str,
        *,
        user: str | None = "",
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
    ) -> Answer:
        """Send a request, logged in unless the user is None."""
        sent = dict(headers or {})
        if user is not None:
            sent["Authorization"] = f"Bearer {self.backend.token(user or None)}"
        if json is not None:
            content = _to_json(json)
            sent["Content-Type"] = "application/json"
        url = path if path.startswith("http") else self.url + path
        return self.send(method, url, sent, content)


def _to_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _by_requests(method: str, url: str, headers: dict[str, str], content: bytes | None) -> Answer:
    with requests.Session() as session:
        response = session.request(method, url, headers=headers, data=content, allow_redirects=False)
    return Answer(response.status_code, _lower(response.headers), response.content)


def _by_urllib3(method: str, url: str, headers: dict[str, str], content: bytes | None) -> Answer:
    with urllib3.PoolManager() as pools:
        response = pools.request(method, url, headers=headers, body=content, redirect=False, retries=False)
        return Answer(response.status, _lower(response.headers), response.data)


def _by_httpx(method: str, url: str, headers: dict[str, str], content: bytes | None) -> Answer:
    with httpx.Client(verify=NO_CERTIFICATES) as client:
        return _of_httpx(client.request(method, url, headers=headers, content=content))


def _by_async_httpx(**options: Any) -> Send:
    def send(method: str, url: str, headers: dict[str, str], content: bytes | None) -> Answer:
        async def call() -> Answer:
            async with httpx.AsyncClient(verify=NO_CERTIFICATES, **options) as client:
                return _of_httpx(await client.request(method, url, headers=headers, content=content))

        return asyncio.run(call())

    return send


def _of_httpx(response: httpx.Response) -> Answer:
    return Answer(response.status_code, _lower(response.headers), response.content)


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _in_process(send: Send) -> Callable[[MockBackend], Caller]:
    return lambda backend: Caller(backend, backend.url, send)


def _live(send: Send) -> Callable[[MockBackend], Caller]:
    return lambda backend: Caller(backend, backend.live().url, send)


def _own_app(backend: MockBackend) -> Caller:
    assert backend.app is backend.asgi
    return Caller(backend, backend.url, _by_requests)


def _asgi_transport(backend: MockBackend) -> Caller:
    return Caller(backend, backend.url, _by_async_httpx(transport=httpx.ASGITransport(backend.app)))


_WAYS: dict[str, Callable[[MockBackend], Caller]] = {
    "requests": _in_process(_by_requests),
    "urllib3": _in_process(_by_urllib3),
    "httpx": _in_process(_by_httpx),
    "async httpx": _in_process(_by_async_httpx()),
    "live by requests": _live(_by_requests),
    "live by httpx": _live(_by_httpx),
    "own app": _own_app,
    "own app by ASGITransport": _asgi_transport,
}

WAYS = tuple(_WAYS)


@pytest.fixture(scope="module")
def live_backend() -> Iterator[MockBackend]:
    """One back-end behind a socket for a whole module: ending a server takes a while."""
    with MockBackend("https://live.openeo.test") as backend:
        backend.live()
        yield backend


@pytest.fixture(params=WAYS)
def caller(request: pytest.FixtureRequest) -> Iterator[Caller]:
    """Each way to reach a back-end in turn."""
    way: str = request.param
    if not way.startswith("live"):
        yield _WAYS[way](request.getfixturevalue("mock_backend"))
        return
    backend = request.getfixturevalue("live_backend")
    yield _WAYS[way](backend)
    backend.reset()


@pytest.fixture
def callers() -> Iterator[Mapping[str, Caller]]:
    """All ways by name, each to a fresh back-end of its own at the same URL."""
    opened: list[MockBackend] = []

    class OneByOne(dict[str, Caller]):
        others = WAYS[1:]

        # They share a URL, so only one can be open at a time.
        def __missing__(self, way: str) -> Caller:
            while opened:
                opened.pop().close()
            opened.append(MockBackend().open())
            return _WAYS[way](opened[-1])

    yield OneByOne()
    while opened:
        opened.pop().close()


@pytest.fixture
def graph() -> dict[str, Any]:
    """A process graph that every back-end of ours runs."""
    return {"add": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}


@pytest.fixture
def port_without_server() -> int:
    """A loopback port that nothing listens on."""
    import socket

    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def nothing_left_behind(monkeypatch):
    """Put the client's names back, which threads that other tests have left may keep on a clock."""
    monkeypatch.setattr("mock_backend.transports.inprocess._left", WeakSet())
    with MockBackend("https://fresh.test"):
        pass
