"""One client of a server cannot keep the others waiting, and none can keep it from ending."""

import contextlib
import logging
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from starlette.responses import Response

from mock_backend import Clock, MockBackend
from mock_backend.api.models import Endpoint
from mock_backend.api.parameters import Depends
from mock_backend.api.register import EndpointRegister
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.http.content import BinaryResponse
from mock_backend.http.content.deferred import ClientThreads
from mock_backend.jobs import JobsRegister

#: Maximum wait for what should be there at once, in seconds.
SOON = 10


class Gate:
    """Holds up whoever comes until it is opened."""

    def __init__(self):
        self.is_open = threading.Event()
        self.waiting = threading.Semaphore(0)

    def wait(self):
        self.waiting.release()
        assert self.is_open.wait(SOON)

    def has(self, count):
        """Wait for a number of them."""
        return all(self.waiting.acquire(timeout=SOON) for _ in range(count))


class Held:
    """Content that takes time to make."""

    size = 1 << 20

    def read(self, start, stop):
        yield bytes(1 << 16)
        gate.wait()
        yield bytes(stop - start - (1 << 16))


class SlowRegister(EndpointRegister):
    """Operations that take as long as the gate is closed."""

    def _initialize_endpoints(self):
        return [
            Endpoint(path="/slow", methods=("GET", "POST"), handler="slow", listed=False),
            Endpoint(path="/held", methods=("GET",), handler="held", listed=False),
            Endpoint(path="/mine", methods=("GET",), handler="mine", listed=False),
        ]

    def slow(self):
        gate.wait()

    def held(self):
        return BinaryResponse(Held(), etag='"1"')

    def mine(self, user: User = Depends(Authenticator.validate)):
        if user.user_id == "alice":
            gate.wait()
        return Response()


class SlowJobs(JobsRegister):
    """Batch jobs that take as long to list."""

    def list_jobs(self, limit: int | None = 10, user: User = Depends(Authenticator.validate)):
        gate.wait()
        return super().list_jobs(limit, user)


gate = Gate()


@pytest.fixture
def backend():
    global gate  # registers are made from classes, which know nothing of a test
    gate = Gate()
    with MockBackend(
        "https://slow.test",
        clock=Clock(rate=1),
        users={"alice": "a", "bob": "b"},
        registers=[SlowRegister, SlowJobs],
    ) as made:
        yield made
        gate.is_open.set()


def get(server, path="/", user=None, **options):
    headers = {"Authorization": f"Bearer {user}"} if user else {}
    return requests.get(server.url + path, headers=headers, timeout=SOON, **options)


@pytest.mark.parametrize("request_", ["GET /slow", "POST /slow", "GET /held", "GET /jobs"])
def test_who_takes_long_keeps_no_client_waiting(backend, request_):
    server, (method, path) = backend.live(), request_.split()
    headers = {"Authorization": f"Bearer {backend.token()}"}
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(requests.request, method, server.url + path, headers=headers, timeout=SOON)
        assert gate.has(1)
        assert get(server).status_code == 200
        assert get(server, "/collections").status_code == 200
        assert not slow.done()
        gate.is_open.set()
        assert slow.result().ok


def test_no_client_gets_all_threads(backend):
    server = backend.live()
    alice, bob = backend.token("alice"), backend.token("bob")
    with ThreadPoolExecutor(12) as pool:
        slow = [pool.submit(get, server, "/mine", alice) for _ in range(10)]
        assert gate.has(2)
        assert get(server, "/mine", bob).status_code == 200
        gate.is_open.set()
        assert all(each.result().ok for each in slow)


# -- workers ----------------------------------------------------------------------------------------------


def test_clients_take_turns():
    done, begun, begin = [], threading.Event(), threading.Event()
    workers = ClientThreads(threads=1, each=1)
    first = workers.submit("a", lambda: begun.set() or begin.wait())
    assert begun.wait(SOON)
    others = [
        workers.submit(client, lambda client=client: done.append(client))
        for client in ["a", "a", "a", "b", "c", "b"]
    ]
    begin.set()
    for each in [first, *others]:
        each.result(SOON)
    assert done == ["a", "b", "c", "a", "b", "a"]


def test_failures_come_back_and_threads_go_on():
    workers = ClientThreads(threads=1)
    with pytest.raises(ZeroDivisionError):
        workers.submit("a", lambda: 1 / 0).result(SOON)
    assert workers.submit("a", lambda: 1).result(SOON) == 1


def test_what_was_called_off_is_not_begun():
    begin = threading.Event()
    workers = ClientThreads(threads=1, each=1)
    first, second = workers.submit("a", begin.wait), workers.submit("a", lambda: 1 / 0)
    assert second.cancel()
    begin.set()
    assert first.result(SOON)
    assert workers.submit("a", lambda: 2).result(SOON) == 2


def test_idle_threads_end(monkeypatch):
    monkeypatch.setattr("mock_backend.http.content.deferred._IDLE", 0.01)
    workers = ClientThreads(threads=2)
    threads = {workers.submit(client, threading.current_thread).result(SOON) for client in "ab"}
    for each in threads:
        each.join(SOON)
    assert not any(each.is_alive() for each in threads)
    assert workers.submit("a", lambda: 3).result(SOON) == 3


# -- patience ---------------------------------------------------------------------------------------------


@contextlib.contextmanager
def connected(server, sent):
    with socket.create_connection((server.host, server.port), timeout=SOON) as connection:
        connection.sendall(sent)
        yield connection


def read_to_the_end(connection):
    """Read until the server ends a connection."""
    with contextlib.suppress(ConnectionError):
        while connection.recv(1 << 16):
            pass


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HT",
        b"PUT /files/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %b\r\nContent-Length: 10\r\n\r\nhalf",
    ],
)
def test_half_sent_requests_are_given_up(backend, monkeypatch, sent):
    monkeypatch.setattr("mock_backend.transports.http_server.PATIENCE", 0.05)
    server = backend.live()
    with connected(server, sent.replace(b"%b", backend.token().encode())) as connection:
        read_to_the_end(connection)
    assert get(server).status_code == 200


@pytest.mark.parametrize("request_", ["POST /nowhere", "PUT /files/a", "GET /"])
def test_a_body_without_an_end_is_given_up(backend, monkeypatch, request_):
    monkeypatch.setattr("mock_backend.transports.http_server._MOST_UNWANTED", 1 << 20)
    server = backend.live()
    head = f"{request_} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()

    def send(connection):
        for _ in range(1000):
            connection.sendall(b"10000\r\n" + bytes(1 << 16) + b"\r\n")

    with connected(server, head) as connection, pytest.raises(ConnectionError):
        send(connection)


def test_many_requests_over_one_connection_are_no_body_without_an_end(backend, monkeypatch):
    monkeypatch.setattr("mock_backend.transports.http_server._MOST_UNWANTED", 1000)
    server, request_ = backend.live(), b"HEAD /conformance HTTP/1.1\r\nHost: x\r\n\r\n"
    with connected(server, b"") as connection:
        for _ in range(2000 // len(request_)):
            connection.sendall(request_)
            answer = b""
            while not answer.endswith(b"\r\n\r\n"):
                answer += connection.recv(1 << 16) or pytest.fail("It was closed.")


def test_who_takes_no_answer_is_given_up(backend, monkeypatch):
    monkeypatch.setattr("mock_backend.transports.http_server.PATIENCE", 0.05)
    server = backend.live()
    gate.is_open.set()
    with connected(server, b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n" * 30):
        for _ in range(200):
            time.sleep(0.05)
            if not server._server.server_state.connections:
                break
        assert not server._server.server_state.connections


def test_who_takes_its_time_between_requests_is_not(backend, monkeypatch):
    monkeypatch.setattr("mock_backend.transports.http_server.PATIENCE", 0.02)
    server = backend.live()
    with requests.Session() as session:
        for _ in range(3):
            with session.get(server.url, timeout=SOON) as response:
                assert response.ok
            [connection] = server._server.server_state.connections
            time.sleep(0.1)
            assert server._server.server_state.connections == {connection}


# -- the end ----------------------------------------------------------------------------------------------


def test_a_server_ends_whatever_its_clients_do(backend, caplog):
    server = backend.live()
    with ThreadPoolExecutor() as pool, caplog.at_level(logging.WARNING):
        slow = [pool.submit(get, server, path) for path in ("/slow", "/held")]
        half = (
            b"PUT /files/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %b\r\nContent-Length: 10\r\n\r\nhalf"
        )
        with connected(server, half % backend.token().encode()):
            assert gate.has(2)
            began = time.monotonic()
            backend.close()
            took = time.monotonic() - began
            gate.is_open.set()
        assert all(each.exception(SOON) for each in slow)
    assert took < 2.5  # two seconds, and half of one for a busy machine
    assert not caplog.records
    assert not server._thread.is_alive()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_ends_within_two_seconds_and_without_a_word(serving, number):
    with serving("--user", "ann:a") as server:
        stop = threading.Event()

        def ask():
            with contextlib.suppress(requests.RequestException):
                while not stop.is_set():
                    requests.get(f"{server.url}/collections", timeout=5).raise_for_status()

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for each in threads:
            each.start()
        time.sleep(0.1)
        began = time.monotonic()
        server.end(number)
        took = time.monotonic() - began
        stop.set()
        for each in threads:
            each.join()
    assert (server.process.returncode, server.errors) == (0, "")
    assert took < 4  # two seconds, and two for a busy machine


# -- time -------------------------------------------------------------------------------------------------


def test_time_is_noted_ahead_of_what_clients_are_told(tmp_path):
    path = tmp_path / "jobs.json"
    with MockBackend("https://kept.test", clock=Clock(rate=1), store=path) as backend:
        requests.get(backend.url, timeout=5)
        before = (tmp_path / "jobs.json.journal").stat().st_size
        for _ in range(50):
            requests.get(backend.url, timeout=5)
        told = backend.clock.now()
        # Not once for each answer.
        assert (tmp_path / "jobs.json.journal").stat().st_size < before + 1000
        for name in ("jobs.json", "jobs.json.journal"):
            (tmp_path / f"killed-{name}").write_bytes((tmp_path / name).read_bytes())
    with MockBackend("https://kept.test", store=tmp_path / "killed-jobs.json") as backend:
        assert backend.clock.now() >= told
