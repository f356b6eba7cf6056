"""Time of requests over one kept connection, beside other back-ends that are running.

Peers are named in the environment, with a user's name and password in the URL of their API:

    MOCK_BACKEND_BENCH_PEERS="driver=http://alice:alice123@127.0.0.1:8301/openeo/1.2 test-api=http://…"

CONTRIBUTING.md tells how to start these two.
"""

import base64
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from benchmarks.measuring import Benchmark, Effort, Row, Sampler, compare, seconds, timed

_VARIABLE = "MOCK_BACKEND_BENCH_PEERS"
_OPERATIONS = (
    "GET /",
    "GET /collections",
    "GET /processes",
    "GET /jobs",
    "POST /jobs",
    "GET /collections/{id}",
    "GET /jobs/{id}",
)
_NAMES = tuple(f"{operation} over a socket" for operation in _OPERATIONS)
#: Answers that openeo-test-api, which is written in JavaScript, keeps ready in memory.
_KEPT_BY_NODE = {"GET /", "GET /processes", "GET /collections/{id}", "GET /jobs/{id}"}
#: Number of jobs in a listing, and of requests that are measured at once.
_JOBS, _AT_ONCE = 50, 20

_GRAPH = {"add": {"process_id": "add", "arguments": {"x": 3, "y": 5}, "result": True}}


@dataclass
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class _Client:
    """One kept connection to a back-end; what it costs itself is next to nothing.

    Args:
        url: The URL of its API, with a user's name and password.
    """

    def __init__(self, url: str) -> None:
        self._parts = parts = urlsplit(url)
        self._host, self._path = f"{parts.hostname}:{parts.port}", parts.path.rstrip("/")
        self._socket = self._connected()
        self._authorization = (
            f"Basic {base64.b64encode(f'{parts.username}:{parts.password}'.encode()).decode()}"
        )
        token = json.loads(self.ask("GET /credentials/basic").body)["access_token"]
        # Those of 1.3 are tokens as they are, the ones before tell where they are from.
        self._authorization = f"Bearer {token}" if token.count(".") == 2 else f"Bearer basic//{token}"
        self._body = json.dumps({"title": "one of many", "process": {"process_graph": _GRAPH}})

    def connect_anew(self) -> None:
        """Begin another connection: some servers close one that was quiet for two seconds."""
        self._socket.close()
        self._socket = self._connected()

    def ask(self, operation: str) -> _Answer:
        """Ask something, and read the answer to its end."""
        self._socket.sendall(self.request(operation))
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        status, *lines = data[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = data[end + 4 :]
        if "content-length" in headers:
            while len(body) < int(headers["content-length"]):
                body += self._more()
        elif headers.get("transfer-encoding") == "chunked":
            while not body.endswith(b"0\r\n\r\n"):
                body += self._more()
        return _Answer(int(status.split()[1]), headers, body)

    def request(self, operation: str) -> bytes:
        """Return a request as it is sent."""
        method, path = operation.split()
        body = self._body if method == "POST" else ""
        length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        head = f"{method} {self._path}{path} HTTP/1.1\r\nHost: {self._host}\r\nAccept: */*\r\n"
        return f"{head}Authorization: {self._authorization}\r\n{length}\r\n{body}".encode()

    def close(self) -> None:
        """End the connection."""
        self._socket.close()

    def _connected(self) -> socket.socket:
        connection = socket.create_connection((self._parts.hostname or "", self._parts.port or 80))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _more(self) -> bytes:
        more = self._socket.recv(1 << 18)
        assert more, "the connection was closed"
        return more


class _Subject:
    """A back-end with jobs, and a client of it."""

    def __init__(self, url: str, jobs: int) -> None:
        self._client = _Client(url)
        made = [self._client.ask("POST /jobs") for _ in range(jobs)]
        [collection, *_] = json.loads(self._client.ask("GET /collections").body)["collections"]
        self._ids = {
            "/jobs/{id}": made[0].headers["openeo-identifier"],
            "/collections/{id}": collection["id"],
        }

    def sampler(self, operation: str) -> Sampler:
        """Return what measures an operation."""
        method, path = operation.split()
        plain = f"{method} {path.replace('{id}', self._ids.get(path, ''))}"
        self._client.connect_anew()
        assert self._client.ask(plain).status in (200, 201), f"{plain} fails"
        return timed(lambda: self._client.ask(plain), _AT_ONCE, before=self._client.connect_anew)

    def close(self) -> None:
        """End the connection."""
        self._client.close()


@contextmanager
def _ours() -> Iterator[str]:
    command = [sys.executable, "-m", "mock_backend", "serve", "--port", "0", "-q"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None  # as it was asked for
            yield server.stdout.readline().strip().replace("//", "//alice:secret@")
        finally:
            server.terminate()


def _served(effort: Effort) -> Iterator[Row]:
    peers = dict(each.split("=", 1) for each in os.environ.get(_VARIABLE, "").split())
    jobs = max(_JOBS // effort.scale, 2)
    with _ours() as url:
        subject = _Subject(url, jobs)
        others = {name: _Subject(peer, jobs) for name, peer in peers.items()}
        for operation, row in zip(_OPERATIONS, _NAMES, strict=True):
            ours = subject.sampler(operation)
            costs = {
                name: compare(ours, each.sampler(operation), effort.rounds) for name, each in others.items()
            }
            limits = {name: _goal(name, operation) for name in costs}
            yield Row(
                row,
                ", ".join(seconds(each.measured) for each in costs.values()) or seconds(ours()),
                ", ".join(f"{name} {seconds(each.peer)}" for name, each in costs.items()) or "none is named",
                ", ".join(f"{each.measured / each.peer:.2f} x" for each in costs.values()),
                ", ".join(f"<= {limit:.1f} x" for limit in limits.values()),
                all(each.measured <= limits[name] * each.peer for name, each in costs.items()),
            )
        for each in (subject, *others.values()):
            each.close()


def _goal(peer: str, operation: str) -> float:
    """Return how many times as much as its peer an operation may take."""
    return 2.0 if peer == "test-api" and operation in _KEPT_BY_NODE else 1.0


BENCHMARKS = (Benchmark(_NAMES, _served),)
