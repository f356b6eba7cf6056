"""A back-end for requests that schemathesis makes up, with one resource of each kind."""

import copy

import pytest

from mock_backend import JobPlan, MockBackend
from mock_backend.settings import default_settings
from openeo_contract import References
from openeo_contract.hints import add_hints

GRAPH = {"add": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}
PROCESS = {"process_graph": GRAPH}
COMPLETE_PROCESS = PROCESS | {"summary": "A sum.", "parameters": [], "returns": {"schema": {}}}

#: Valid values by the names of schemas and parameters; they are offered to schemathesis.
HINTS = {
    "process_graph": [GRAPH],
    "service_type": ["XYZ"],
    "billing_plan": ["free"],
    "billing_plan_null": ["free"],
    "billing_plan_null_default": ["free"],
    "path": ["folder/mine.txt"],
}


class Samples:
    """One resource of each kind at a back-end, so that there is something to ask for."""

    def __init__(self, backend, api):
        self._backend = backend
        self._api = api
        self.job_id = self._job()
        self.service_id = self._service()

    def reset(self, path="/{job_id}/{service_id}/{process_graph_id}/{path}"):
        """Bring the back-end into the same state again, with what the path of an operation needs."""
        self._backend.reset()
        if "{job_id}" in path:
            self._job()
        if "{service_id}" in path:
            self._service()
        if "{process_graph_id}" in path:
            assert self._api("PUT /process_graphs/mine", json=PROCESS).status_code == 200
        if "{path}" in path:
            assert self._api("PUT /files/folder/mine.txt", data=b"mine").status_code == 200

    def _job(self):
        job_id = self._api.create(GRAPH)
        self._api.start(job_id)
        return job_id

    def _service(self):
        response = self._api("POST /services", json={"type": "XYZ", "process": PROCESS})
        assert response.status_code == 201, response.text
        return response.headers["OpenEO-Identifier"]


@pytest.fixture(scope="module")
def document(shared):
    return References().document(default_settings().api_version)


@pytest.fixture(scope="module")
def known_processes(document):
    """The document with no processes but two that are valid."""
    known = copy.deepcopy(document)
    add_hints(known, {"process_graph_with_metadata": [PROCESS, COMPLETE_PROCESS]}, alone=True)
    return known


@pytest.fixture(scope="module")
def backend():
    plan = JobPlan(queued="1m", running="1m")
    with MockBackend("https://fuzzed.test", plan=plan, profile="spec") as backend:
        yield backend


@pytest.fixture(scope="module")
def samples(backend, api_of):
    return Samples(backend, api_of(backend))


@pytest.fixture(scope="module")
def hints(samples):
    """Values that the back-end knows, by the names of schemas and parameters."""
    return HINTS | {
        "job_id": [samples.job_id],
        "service_id": [samples.service_id],
        "collection_id": ["SENTINEL2_L2A"],
        "process_id": ["mine", "add"],
    }
