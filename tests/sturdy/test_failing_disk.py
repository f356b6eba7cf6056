"""A disk without room: writes are refused and not stored, reads go on. Hosts and HTTP that are none."""

import resource
import socket

import pytest
import requests

from mock_backend import Clock, MockBackend
from mock_backend.stores.tiny import TinyStore

GRAPH = {"n": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}
JOB = {"title": "x" * 3000, "process": {"process_graph": GRAPH}}


@pytest.mark.parametrize("rate", [0, 10_000])
@pytest.mark.parametrize("fsync", [False, True])
def test_a_full_disk_refuses_writes_and_nothing_else(tmp_path, api_of, assert_error, rate, fsync, full_disk):
    path = tmp_path / "jobs.json"
    store = TinyStore(path, fsync=fsync)
    with MockBackend("https://full.test", store=store, clock=Clock(rate=rate)) as backend:
        api = api_of(backend)
        job_id = api.create(GRAPH)
        with full_disk((tmp_path / "jobs.json.journal").stat().st_size + 200):
            for route in ("POST /jobs", "PUT /process_graphs/p"):
                body = JOB if "jobs" in route else JOB["process"] | {"summary": "x" * 3000}
                assert_error(api(route, json=body), 500, "StorageFailure", "nothing was stored")
            assert_error(api("PUT /files/a", data=b"x" * 5000), 500, "StorageFailure")
            for route in ("GET /", "GET /jobs", f"GET /jobs/{job_id}", "GET /process_graphs", "GET /files"):
                assert api(route).status_code == 200
        assert [each["id"] for each in api("GET /jobs").json()["jobs"]] == [job_id]
        later = api.create(GRAPH)
    store.close()

    with MockBackend("https://full.test", store=path) as backend:
        assert {each["id"] for each in api_of(backend)("GET /jobs").json()["jobs"]} == {job_id, later}


def test_a_server_with_a_full_disk_ends_with_a_message(serving, tmp_path, monkeypatch):
    """Its file could not be written, and a traceback told so."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    path = tmp_path / "jobs.json"
    with serving("--store", str(path)) as server:
        login = requests.get(f"{server.url}/credentials/basic", auth=("alice", "secret"), timeout=5).json()
        headers = {"Authorization": f"Bearer basic//{login['access_token']}"}
        made = requests.post(f"{server.url}/jobs", json=JOB, headers=headers, timeout=5)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (100, 100))
        refused = requests.post(f"{server.url}/jobs", json=JOB, headers=headers, timeout=5)
    assert (made.status_code, refused.status_code) == (201, 500)
    assert server.process.returncode == 1
    assert "Traceback" not in server.errors
    assert "The journal has it all" in server.errors
    with MockBackend("https://full.test", store=path) as backend:
        assert [each.job_id for each in backend.jobs] == [made.headers["OpenEO-Identifier"]]


@pytest.mark.parametrize("host", ["[::1", "a b", "]", "[::1]:x", "a:99999999", "a/b"])
def test_hosts_that_are_none(api, assert_error, host):
    for route in ("GET /", "GET /.well-known/openeo", "GET /jobs", "POST /jobs"):
        assert_error(api(route, headers={"Host": host}), 400, "RequestInvalid", "Host")


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
        b"POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_what_is_no_http_gets_an_error_of_openeo(mock_backend, sent):
    server = mock_backend.live()
    with socket.create_connection((server.host, server.port), timeout=5) as client:
        client.sendall(sent)
        received = b""
        while part := client.recv(65536):
            received += part
    head, _, body = received.partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 400")
    assert b"content-type: application/json" in head.lower()
    assert b'"code": "RequestInvalid"' in body
    assert requests.get(f"{server.url}/", timeout=5).status_code == 200
