"""Shared fixtures: a bare HTTP client of the test's back-end, and where the references are."""

import copy
import gc
import importlib
import os
import pkgutil
import socketserver
import ssl
import sys
from contextlib import contextmanager, suppress
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import pytest
import requests

# The only plugin there is imports trio, which takes longer than most test files.
os.environ.setdefault("HYPOTHESIS_NO_PLUGINS", "1")
from hypothesis import settings

import mock_backend
from openeo_contract import References

# How often servers look whether they shall end: the client's, to which browsers are sent back, has no option.
socketserver.BaseServer.serve_forever.__defaults__ = (0.02,)

# Each client of httpx reads all certificates that it may trust, which takes longer than most tests.
ssl.create_default_context = lru_cache(ssl.create_default_context)

# How long an example takes depends on the machine. Continuous integration tries more of them.
settings.register_profile("unhurried", deadline=None, max_examples=20)
settings.register_profile("ci", deadline=None, max_examples=50)
# By hand, for those tests that leave the number to profiles: --hypothesis-profile=thorough
settings.register_profile("thorough", deadline=None, max_examples=2000)
settings.load_profile("ci" if os.environ.get("CI") else "unhurried")


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Spare garbage collections the thousands of tests, which stay."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


GRAPH = {
    "load": {
        "process_id": "load_collection",
        "arguments": {
            "id": "SENTINEL2_L2A",
            "spatial_extent": {"west": 5.0, "south": 51.2, "east": 5.005, "north": 51.204},
            "temporal_extent": ["2024-06-01", "2024-07-01"],
            "bands": ["B04", "B08"],
        },
    },
    "ndvi": {"process_id": "ndvi", "arguments": {"data": {"from_node": "load"}, "nir": "B08", "red": "B04"}},
    "save": {
        "process_id": "save_result",
        "arguments": {"data": {"from_node": "ndvi"}, "format": "GTiff"},
        "result": True,
    },
}


class Api:
    """A bare HTTP client: no retries, no judgement."""

    def __init__(self, url: str, token: str | None) -> None:
        self.url = url
        self._session = requests.Session()
        # Looking for proxies and .netrc takes requests longer than the back-end takes to answer.
        self._session.trust_env = False
        if token is not None:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def __call__(self, route: str, **options) -> requests.Response:
        """Send a request: ``api("GET /jobs")``."""
        method, _, path = route.partition(" ")
        url = path if path.startswith("http") else self.url + path
        return self._session.request(method, url, allow_redirects=False, **options)

    def create(self, graph=None, **members) -> str:
        """Create a job and return its id."""
        body = {"process": {"process_graph": GRAPH if graph is None else graph}} | members
        response = self("POST /jobs", json=body)
        assert response.status_code == 201, response.text
        return response.headers["OpenEO-Identifier"]

    def start(self, job_id: str) -> None:
        """Start a job."""
        response = self(f"POST /jobs/{job_id}/results")
        assert response.status_code == 202, response.text

    def status(self, job_id: str) -> str:
        """Return a job's status."""
        return self(f"GET /jobs/{job_id}").json()["status"]


@pytest.fixture(scope="session")
def imported_for_good():
    """Import what in-process runs of pytester would forget: half-forgotten libraries break what follows."""
    ours = (each.name for each in pkgutil.walk_packages(mock_backend.__path__, "mock_backend."))
    for module in ("openeo.rest.auth.config", "respx", "joserfc.jwk", "joserfc.jwt", *ours):
        if not module.endswith("__main__"):
            importlib.import_module(module)
    # Dask imports it: it takes Python's own finder of packages away, and its own would be forgotten.
    with suppress(ImportError):
        importlib.import_module("importlib_metadata")


class Installed:
    """An installed distribution, whose files are read once."""

    def __init__(self, found):
        self.found = found

    def __getattr__(self, name):
        value = getattr(self.found, name)
        setattr(self, name, value)
        return value


@pytest.fixture(scope="session")
def installed(imported_for_good):
    """Return what is installed."""
    return [Installed(each) for each in metadata.distributions()]


@pytest.fixture
def pytester(installed, pytester, monkeypatch):
    """A project that has told pytest-asyncio what it would otherwise complain about."""
    # A run looks through all of it, file by file, which takes longer than most of its tests.
    monkeypatch.setattr(metadata, "distributions", lambda: installed)
    # As in pyproject.toml: they are not used here, and each run takes seconds to import them.
    unused = ("schemathesis", "syrupy", "zarr", "respx", "anyio")
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(f"-p no:{name}" for name in unused))
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    return pytester


@pytest.fixture
def graph():
    return copy.deepcopy(GRAPH)


@pytest.fixture
def api(mock_backend) -> Api:
    return Api(mock_backend.url, mock_backend.token())


@pytest.fixture(scope="session")
def api_of():
    """A client of any back-end, as any of its users."""

    def make(backend, user=None) -> Api:
        return Api(backend.url, backend.token(user))

    return make


@pytest.fixture
def anonymous(mock_backend) -> Api:
    return Api(mock_backend.url, None)


@pytest.fixture
def assert_error():
    """Check that a response is an openEO error object."""

    def check(response: requests.Response, status: int, code: str, *words: str) -> None:
        assert (response.status_code, response.json().get("code")) == (status, code), response.text
        assert response.headers["Content-Type"].startswith("application/json")
        message = response.json()["message"]
        for word in words:
            assert word in message, message

    return check


@pytest.fixture(scope="session")
def example():
    """Name the example at which a test of many fails: each test of its own would take a millisecond more."""

    @contextmanager
    def named(*values):
        try:
            yield
        except BaseException as error:  # pytest's own outcomes are no Exceptions
            error.add_note(f"with {', '.join(map(repr, values))}")
            raise

    return named


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with openEO's specification and process definitions."""
    references = References()
    if references.missing and references.required:
        pytest.fail(references.missing)
    if references.missing:
        pytest.skip(references.missing)
    return references.folder


@pytest.fixture
def full_disk(monkeypatch):
    """Let no file of this process grow beyond a size in a block of code, as on a full disk."""
    resource = pytest.importorskip("resource", reason="POSIX limits stand in for a full disk")
    # What is imported meanwhile would be cut short, too, and fail to be imported ever after.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    @contextmanager
    def limit(size):
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return limit
