"""The openeo client doing the same work against different peers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests_mock
from openeo.rest._testing import DummyBackend
from openeo.rest.auth.auth import BasicBearerAuth
from openeo.rest.connection import Connection
from openeo.rest.job import BatchJob
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from mock_backend import JobPlan, MockBackend

GRAPH: dict[str, Any] = {
    "load": {
        "process_id": "load_collection",
        "arguments": {
            "id": "SENTINEL2_L2A",
            "spatial_extent": {"west": 5.0, "south": 51.2, "east": 5.002, "north": 51.202},
            "temporal_extent": ["2024-06-01", "2024-06-06"],
            "bands": ["B04", "B08"],
        },
    },
    "ndvi": {
        "process_id": "ndvi",
        "arguments": {"data": {"from_node": "load"}, "nir": "B08", "red": "B04"},
    },
    "save": {
        "process_id": "save_result",
        "arguments": {"data": {"from_node": "ndvi"}, "format": "GTiff"},
        "result": True,
    },
}

STATUS_REQUESTS = 4
#: The last of the status requests is the first to see the end.
POLLED = JobPlan.polls(queued=1, running=2)
ENDLESS = JobPlan(queued=0, running="1000d")


class NoOpAdapter(HTTPAdapter):
    """Answer every request with the same JSON at once: what remains is the client's own cost."""

    def __init__(self, content: object) -> None:
        super().__init__()
        self._content = json.dumps(content).encode()
        self._headers = CaseInsensitiveDict({"Content-Type": "application/json"})

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002  # requests' signature
        """Return the answer."""
        response = Response()
        response.status_code = 200
        response.headers = self._headers
        response._content = self._content
        response.url = request.url or ""
        response.request = request
        response.encoding = "utf-8"
        return response


def start_job(connection: Connection, *, validate: bool = False, graph: dict[str, Any] = GRAPH) -> BatchJob:
    """Create and start a job."""
    job: BatchJob = connection.create_job(graph, title="benchmark", validate=validate).start()
    return job


def without_backend(backend: MockBackend, job: BatchJob) -> BatchJob:
    """Return the same job through a connection whose requests a no-op adapter answers."""
    connection = backend.connect()
    # At a host that is not ours: there requests does all that it does where nothing of ours is open.
    connection._root_url = "https://floor.test"
    connection.session.mount(connection._root_url, NoOpAdapter(job.describe()))
    return BatchJob(job.job_id, connection)


def run_job(
    connection: Connection, file: Path, *, validate: bool = False, graph: dict[str, Any] = GRAPH
) -> None:
    """Do a whole job: create, start, four status requests, results, download."""
    job = start_job(connection, validate=validate, graph=graph)
    seen = [job.status() for _ in range(STATUS_REQUESTS)]
    assert seen[-2:] == ["running", "finished"], seen  # else the peers would not do the same
    job.get_results().get_asset().download(file)


@contextmanager
def scratch_file() -> Iterator[Path]:
    """Provide a path to download to."""
    with TemporaryDirectory() as folder:
        yield Path(folder) / "asset"


def dummy_backend(mocker: requests_mock.Mocker) -> DummyBackend:
    """Set up the openeo client's own test double the way its own tests do."""
    # At a host that is not ours: else our look for proxies, which costs less, would count as its own.
    dummy = DummyBackend.at_url("https://dummy.test", requests_mock=mocker)
    # One more than ours: there the start itself counts as a look at the status.
    dummy.setup_simple_job_status_flow(queued=2, running=2)
    dummy.connection.auth = BasicBearerAuth(access_token="token")
    return dummy
