"""Refusals, repetitions and histories of urllib3 are those of requests to a server."""

import pytest
import urllib3
from urllib3.util.retry import Retry

from mock_backend import Fault


def test_a_refused_request_leaves_nothing_behind(mock_backend):
    """urllib3 refuses some requests before it asks for a connection."""
    pool = urllib3.PoolManager().connection_from_host("openeo.test", scheme="https")
    mock_backend.inject(Fault(503), "GET *")

    with pytest.raises(urllib3.exceptions.HostChangedError):
        pool.urlopen("GET", "https://elsewhere.test/", retries=Retry(0), assert_same_host=True)
    assert len(mock_backend.requests) == 0
    failure, answer = (pool.urlopen("GET", "/conformance", retries=Retry(0)) for _ in range(2))

    assert (failure.status, answer.status, "conformsTo" in answer.json()) == (503, 200, True)


def test_a_success_that_a_client_wants_repeated_is_repeated(mock_backend):
    retries = Retry(total=2, status_forcelist=[200], raise_on_status=False)

    answer = urllib3.PoolManager().request("GET", mock_backend.url, retries=retries)

    assert answer.status == 200
    assert len(mock_backend.requests) == 3
    assert len(answer.retries.history) == 2


def test_an_answer_knows_its_retries(mock_backend):
    mock_backend.inject(Fault(503, retry_after=1), "GET /")

    answer = urllib3.PoolManager().request("GET", mock_backend.url, retries=Retry(3, status_forcelist=[503]))

    assert [entry.status for entry in answer.retries.history] == [503]
    assert answer.json()["api_version"] == "1.2.0"
