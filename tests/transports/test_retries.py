"""Faults meet the client's own retries: urllib3's ``Retry`` runs for real, its waits on the clock."""

import time
from datetime import timedelta

import pytest
from openeo.rest import OpenEoApiError
from urllib3.util import Retry

from mock_backend import Fault


@pytest.fixture
def connection(mock_backend):
    return mock_backend.connect()


@pytest.fixture
def job(mock_backend, connection):
    """A job; the exchanges that made it are not counted."""
    job = connection.load_collection("SENTINEL2_L2A").create_job(title="retried")
    mock_backend.requests.clear()
    return job


def statuses(backend, route):
    return [each.status for each in backend.requests.select(route)]


def test_the_client_waits_as_long_as_it_is_told_to(mock_backend, job):
    began = time.monotonic()
    mock_backend.inject(Fault(status=429, retry_after=23), "GET /jobs/{job_id}", times=2)

    assert job.status() == "created"

    assert statuses(mock_backend, "GET /jobs/{job_id}") == [429, 429, 200]
    assert mock_backend.clock.elapsed == timedelta(seconds=46)
    assert time.monotonic() - began < 46


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_without_being_told_the_client_waits_longer_each_time(mock_backend, job, status):
    mock_backend.inject(Fault(status=status), "GET /jobs/{job_id}", times=3)

    assert job.status() == "created"

    at = [each.at - mock_backend.clock.start for each in mock_backend.requests.select("GET /jobs/{job_id}")]
    assert at == [timedelta(seconds=seconds) for seconds in (0, 0, 5, 15)]


@pytest.mark.parametrize("status", [400, 403, 500, 501])
def test_other_errors_are_final(mock_backend, job, status):
    mock_backend.inject(Fault(status=status, retry_after=23), "GET /jobs/{job_id}")

    with pytest.raises(OpenEoApiError, match=rf"^\[{status}\]"):
        job.status()

    assert statuses(mock_backend, "GET /jobs/{job_id}") == [status]
    assert not mock_backend.clock.elapsed


def test_the_client_gives_up_after_three_retries(mock_backend, job):
    fault = mock_backend.inject(Fault(status=429, retry_after=10), "GET /jobs/{job_id}", times=None)

    with pytest.raises(Exception, match="too many 429 error responses"):
        job.status()

    assert fault.hits == 4
    assert mock_backend.clock.elapsed == timedelta(seconds=30)


@pytest.mark.parametrize("status", [429, 503])
def test_a_post_is_not_repeated(mock_backend, job, status):
    """The client's default is urllib3's: what may have had an effect is not done twice."""
    fault = mock_backend.inject(Fault(status=status, retry_after=23), "POST /jobs/{job_id}/results", times=2)

    with pytest.raises(OpenEoApiError, match=rf"^\[{status}\]"):
        job.start()

    assert (fault.hits, fault.remaining) == (1, 1)
    assert not mock_backend.clock.elapsed


def test_a_post_is_repeated_by_a_client_that_allows_it(mock_backend, job):
    retry = Retry(total=3, status_forcelist=[429], allowed_methods=["POST"])
    mock_backend.inject(Fault(status=429, retry_after=23), "POST /jobs/{job_id}/results", times=2)

    mock_backend.connect(retry=retry).job(job.job_id).start()

    assert statuses(mock_backend, "POST /jobs/{job_id}/results") == [429, 429, 202]
    assert mock_backend.clock.elapsed == timedelta(seconds=46)


def test_a_repeated_request_carries_its_body_again(mock_backend, job):
    retry = Retry(total=3, status_forcelist=[503], allowed_methods=["PATCH"])
    mock_backend.inject(Fault(status=503), "PATCH /jobs/{job_id}")

    mock_backend.connect(retry=retry).patch(f"/jobs/{job.job_id}", json={"title": "new"}, expected_status=204)

    assert [each.status for each in mock_backend.requests.select("PATCH /jobs/{job_id}")] == [503, 204]
    assert mock_backend.jobs.one(title="new")


def test_a_delete_is_repeated(mock_backend, job):
    mock_backend.inject(Fault(status=503, retry_after=7), "DELETE /jobs/{job_id}")

    job.delete()

    assert statuses(mock_backend, "DELETE /jobs/{job_id}") == [503, 204]
    assert mock_backend.clock.elapsed == timedelta(seconds=7)


def test_a_client_without_retries_sees_each_fault(mock_backend, job):
    mock_backend.inject(Fault(status=429, retry_after=23), "GET /jobs/{job_id}")

    with pytest.raises(OpenEoApiError, match=r"^\[429\] TooManyRequests"):
        mock_backend.connect(retry=False).job(job.job_id).status()

    assert not mock_backend.clock.elapsed


def test_polling_outlasts_a_back_end_that_is_busy_for_a_while(mock_backend, job):
    mock_backend.inject(Fault(status=503, retry_after=600), "GET /jobs/{job_id}", times=3)

    job.start_and_wait()

    assert mock_backend.clock.elapsed >= timedelta(minutes=30)
    assert statuses(mock_backend, "GET /jobs/{job_id}")[:4] == [503, 503, 503, 200]


class TestHandles:
    def test_they_count(self, mock_backend, job):
        fault = mock_backend.inject(Fault(status=500), "GET /jobs/{job_id}", times=2)
        assert (fault.hits, fault.remaining) == (0, 2)

        with pytest.raises(OpenEoApiError):
            job.status()

        assert (fault.hits, fault.remaining) == (1, 1)

    def test_a_removed_fault_strikes_no_more(self, mock_backend, job):
        fault = mock_backend.inject(Fault(status=500), "* *", times=None)
        with pytest.raises(OpenEoApiError):
            job.status()

        fault.remove()

        assert job.status() == "created"
        assert fault.hits == 1

    def test_a_fault_can_be_for_a_block(self, mock_backend, job):
        with mock_backend.inject(
            Fault(status=500, code="Mine", message="down"), "* /jobs/{job_id}", times=None
        ):
            with pytest.raises(OpenEoApiError, match=r"^\[500\] Mine: down"):
                job.status()
            with pytest.raises(OpenEoApiError, match=r"^\[500\] Mine: down"):
                job.delete()

        assert job.status() == "created"

    def test_faults_follow_each_other(self, mock_backend, job):
        mock_backend.inject(Fault(status=503), "GET /jobs/{job_id}")
        mock_backend.inject(Fault(status=429), "GET /jobs/{job_id}")

        job.status()

        assert statuses(mock_backend, "GET /jobs/{job_id}") == [503, 429, 200]

    def test_a_route_that_no_endpoint_has_is_refused(self, mock_backend):
        with pytest.raises(ValueError, match=r"No endpoint has the path template '/job/\{id\}'"):
            mock_backend.inject(Fault(), "GET /job/{id}")
