"""Errors of back-ends and of the proxies in front of them, in each dialect."""

import pytest
import requests
from openeo.rest import OpenEoApiError, OpenEoApiPlainError

from dialect_tables import deviates, drivers
from mock_backend import Fault


@drivers
def test_logs_that_cannot_be_read(mock_backend, mock_backend_connection):
    job = mock_backend_connection.load_collection("SENTINEL2_L2A").create_job()
    order = mock_backend.inject(Fault(status=500, message="Log store is gone."), "GET /jobs/{job_id}/logs")

    assert [(each.level, each.message) for each in job.logs()] == [("error", "Log store is gone.")]
    assert order.hits == 1
    assert [each.level for each in job.logs()] != ["error"]


def test_logs_that_cannot_be_read_are_an_error_elsewhere(mock_backend, mock_backend_connection):
    job = mock_backend_connection.load_collection("SENTINEL2_L2A").create_job()
    mock_backend.inject(Fault(status=500), "GET /jobs/{job_id}/logs")

    with pytest.raises(OpenEoApiError, match="500"):
        job.logs()


@pytest.mark.parametrize(
    ("mock_backend_profile", "status"),
    [("spec", 403), ("cdse", 403), ("eodc", 401)],
    indirect=["mock_backend_profile"],
)
def test_tokens_that_are_invalid(mock_backend, api, status, assert_error):
    mock_backend.users.revoke("alice")

    assert_error(api("GET /me"), status, "TokenInvalid")


class TestFailuresOfProxies:
    @drivers
    @deviates
    @pytest.mark.parametrize("status", [502, 503, 504])
    def test_they_are_html(self, mock_backend, anonymous, status):
        mock_backend.inject(Fault(status=status, retry_after=7), "GET /collections")

        response = anonymous("GET /collections")

        assert response.status_code == status
        assert response.headers["Content-Type"].startswith("text/html")
        assert response.headers["Retry-After"] == "7"
        assert f"<h1>{status} " in response.text

    @drivers
    @deviates
    def test_the_clients_polling_survives_them(self, mock_backend, mock_backend_connection):
        job = mock_backend_connection.load_collection("SENTINEL2_L2A").create_job()
        mock_backend.inject(Fault(status=502), "GET /jobs/{job_id}", times=3)

        job.start_and_wait(print=lambda line: None)

        assert job.status() == "finished"

    @pytest.mark.mock_backend(profile="cdse")
    def test_errors_with_a_code_of_their_own_are_not_theirs(self, mock_backend, anonymous, assert_error):
        mock_backend.inject(Fault(code="InfrastructureMaintenance"), "GET /collections")

        assert_error(anonymous("GET /collections"), 503, "InfrastructureMaintenance")


class TestAfterTheEffect:
    """The client is told of an error, and what it has asked for has happened."""

    @pytest.mark.parametrize(
        "mock_backend_profile", ["spec", pytest.param("cdse", marks=deviates)], indirect=True
    )
    def test_a_start(self, mock_backend, mock_backend_connection):
        job = mock_backend_connection.load_collection("SENTINEL2_L2A").create_job()
        mock_backend.inject(Fault(status=502, after_effect=True), "POST /jobs/{job_id}/results")

        with pytest.raises(OpenEoApiPlainError, match="502"):
            job.start()

        assert job.status() == "queued"
        assert [each.status for each in mock_backend.requests.select("POST /jobs/{job_id}/results")] == [502]

    def test_a_job_that_is_unknown(self, mock_backend, api, graph, assert_error):
        mock_backend.inject(Fault(status=500, after_effect=True), "POST /jobs")
        body = {"process": {"process_graph": graph}, "title": "lost"}

        assert_error(api("POST /jobs", json=body), 500, "Internal", "ordered")

        assert mock_backend.jobs.one().title == "lost"
        assert mock_backend.requests[-1].json == body

    def test_what_the_request_would_have_got_does_not_matter(self, mock_backend, api, assert_error):
        mock_backend.inject(Fault(status=503, after_effect=True), "GET /jobs/{job_id}")

        assert_error(api("GET /jobs/none"), 503, "InfrastructureBusy")
        assert_error(api("GET /jobs/none"), 404, "JobNotFound")

    def test_behind_a_socket(self, mock_backend_live, mock_backend, api):
        job_id = api.create()
        mock_backend.inject(Fault(status=502, after_effect=True), "POST /jobs/{job_id}/results")
        headers = {"Authorization": f"Bearer {mock_backend.token()}"}

        response = requests.post(f"{mock_backend_live.url}/jobs/{job_id}/results", headers=headers)

        assert response.status_code == 502
        assert api.status(job_id) == "queued"
