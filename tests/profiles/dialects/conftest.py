"""Back-ends of each dialect with the same catalogue, and jobs of any status."""

import pytest

from mock_backend import JobPlan


@pytest.fixture
def mock_backend_factory(mock_backend_factory):
    """Make back-ends with the same catalogue, so that the same graphs run on each."""

    def make(**options):
        if isinstance(name := options.get("profile"), str):
            options["profile"] = {"profile": name, "catalogue": "default"}
        return mock_backend_factory(**options)

    return make


@pytest.fixture
def backend(mock_backend):
    mock_backend.plan(JobPlan(queued="1m", running="10m"))
    return mock_backend


@pytest.fixture
def job_in(backend, api, mock_backend_profile):
    """Return the id of a job that has come to a status by itself, or by being cancelled."""

    def make(status):
        job_id = api.create(title=status)
        if status == "created":
            return job_id
        if status == "error":
            backend.plan(JobPlan(queued="1m", running="10m", error="out of memory"), title="error")
        if status == "queued":
            backend.clock.advance("1h")
        api.start(job_id)
        backend.clock.advance({"queued": "0s", "running": "5m", "canceled": "5m"}.get(status, "1h"))
        if status == "canceled":
            assert api(f"DELETE /jobs/{job_id}/results").status_code == 204
        assert api.status(job_id) == status
        return job_id

    return make
