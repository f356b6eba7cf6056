"""A back-end that serves API 1.2 and 1.3, and clients of each."""

import pytest

from mock_backend import JobPlan, MockBackend


@pytest.fixture
def backend():
    plan = JobPlan(queued="1m", running="10m")
    with MockBackend("https://versions.test", api_version=("1.2", "1.3"), plan=plan) as backend:
        yield backend


@pytest.fixture
def older(backend, api_of):
    return api_of(backend)


@pytest.fixture
def newer(backend, api_of):
    api = api_of(backend)
    api.url = "https://versions.test/openeo/1.3"
    return api
