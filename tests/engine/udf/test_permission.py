"""Permission to run user-defined functions: always in this process, elsewhere if they are allowed."""

import httpx
import pytest
import requests

from mock_backend import MockBackend
from mock_backend.api.services import ServicesRegister
from mock_backend.api.urls import is_loopback
from mock_backend.cli import main
from mock_backend.http.app import create_app
from mock_backend.jobs import JobsRegister
from mock_backend.settings import AppSettings

GRAPH = {"process_graph": {"pi": {"process_id": "pi", "arguments": {}, "result": True}}}
MAP = {
    "process_graph": {
        "load": {
            "process_id": "load_collection",
            "arguments": {"id": "SENTINEL2_L2A", "spatial_extent": None, "temporal_extent": None},
            "result": True,
        }
    }
}


def permission(backend: MockBackend, root: str, *, path: str = "jobs") -> bool | None:
    """Return what a job or service that is created by requests to a URL may do."""
    headers = {"Authorization": f"Bearer {backend.token()}"}
    body = {"process": MAP if path == "services" else GRAPH, "type": "XYZ"}
    answer = requests.post(f"{root}/{path}", json=body, headers=headers, timeout=10)
    assert answer.status_code == 201, answer.text
    found = answer.headers["openeo-identifier"]
    kept = ServicesRegister if path == "services" else JobsRegister
    made = backend.registers.one(kept).find(found)
    assert made is not None
    return made.run_udfs


@pytest.mark.parametrize(("allowed", "live"), [(None, False), (True, True), (False, False)])
@pytest.mark.parametrize("path", ["jobs", "services"])
def test_requests_over_a_socket_need_an_explicit_permission(allowed, live, path):
    with MockBackend(run_udfs=allowed) as backend:
        assert permission(backend, backend.url, path=path) is allowed
        assert permission(backend, backend.live().api_url, path=path) is live


@pytest.mark.parametrize("path", ["jobs", "services"])
def test_the_permission_is_that_of_the_process_graph(mock_backend, path):
    headers = {"Authorization": f"Bearer {mock_backend.token()}"}
    kept = mock_backend.registers.one(ServicesRegister if path == "services" else JobsRegister)
    process = MAP if path == "services" else GRAPH
    answer = requests.post(
        f"{mock_backend.url}/{path}", json={"process": process, "type": "XYZ"}, headers=headers, timeout=10
    )
    made, live = answer.headers["openeo-identifier"], mock_backend.live().api_url
    for root, body, expected in [
        (live, {"title": "x"}, None),
        (live, {"process": process}, False),
        (mock_backend.url, {"title": "y"}, False),
        (mock_backend.url, {"process": process}, None),
    ]:
        answer = requests.patch(f"{root}/{path}/{made}", json=body, headers=headers, timeout=10)
        assert answer.status_code == 204
        assert kept.find(made).run_udfs is expected


def test_a_federation_does_not_hide_where_requests_come_from():
    with (
        MockBackend("https://a.test") as member,
        MockBackend("https://f.test", federation={"a": member}) as all_,
    ):
        find = member.registers.one(JobsRegister).find
        for root, expected in [(all_.url, None), (all_.live().api_url, False)]:
            headers = {"Authorization": f"Bearer {all_.token()}"}
            answer = requests.post(f"{root}/jobs", json={"process": GRAPH}, headers=headers, timeout=10)
            job = answer.headers["openeo-identifier"].removeprefix("a-")
            assert find(job).run_udfs is expected


@pytest.mark.parametrize(
    ("address", "expected"), [("127.0.0.1", True), ("::1", True), ("192.0.2.1", False), ("testclient", False)]
)
@pytest.mark.asyncio
async def test_clients_elsewhere_have_none(address, expected):
    backend = MockBackend(run_udfs=True)
    transport = httpx.ASGITransport(create_app(backend), client=(address, 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://other.test") as client:
        headers = {"Authorization": f"Bearer {backend.token()}"}
        answer = await client.post("/jobs", json={"process": GRAPH}, headers=headers)
    job = backend.registers.one(JobsRegister).find(answer.headers["openeo-identifier"])
    assert job.run_udfs is expected


@pytest.mark.mock_backend(run_udfs=True)
def test_the_marker(mock_backend):
    assert mock_backend.settings.run_udfs is True


def test_the_environment(monkeypatch):
    monkeypatch.setenv("MOCK_BACKEND_RUN_UDFS", "0")
    with MockBackend(settings=AppSettings()) as backend:
        assert permission(backend, backend.url) is False
    with MockBackend(settings=AppSettings(), run_udfs=True) as backend:
        assert permission(backend, backend.url) is True


def test_serve_refuses_to_run_those_of_other_machines(capsys):
    assert main(["serve", "--run-udfs", "--host", "0.0.0.0", "--port", "0"]) == 2
    assert (
        "--run-udfs: only on a loopback address, e.g. 127.0.0.1, and not on 0.0.0.0"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("x", False),
    ],
)
def test_loopback_addresses(host, expected):
    assert is_loopback(host) is expected
