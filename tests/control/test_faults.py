"""``backend.inject``: failures to order."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from mock_backend import Fault
from mock_backend.errors import BY_CODE


def test_a_fault_strikes_as_often_as_ordered(api, mock_backend, assert_error):
    order = mock_backend.inject(Fault(503, retry_after=23), "GET /jobs", times=2)

    first = api("GET /jobs")
    assert_error(first, 503, "InfrastructureBusy")
    assert first.headers["Retry-After"] == "23"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert (order.hits, order.remaining) == (1, 1)
    assert [api("GET /jobs").status_code for _ in range(3)] == [503, 200, 200]
    assert (order.hits, order.remaining, order.active) == (2, 0, False)


def test_a_fault_strikes_its_route_only(api, mock_backend):
    job_id = api.create()
    mock_backend.inject(Fault(500), "GET /jobs/{job_id}", times=None)

    assert api("GET /jobs").status_code == 200
    assert api(f"DELETE /jobs/{job_id}/results").status_code == 204
    assert api(f"GET /jobs/{job_id}").status_code == 500


def test_a_struck_request_changes_nothing(api, mock_backend, graph):
    mock_backend.inject(Fault(502), "POST /jobs")

    assert api("POST /jobs", json={"process": {"process_graph": graph}}).status_code == 502
    assert len(mock_backend.jobs) == 0


def test_earlier_faults_come_first(api, mock_backend):
    mock_backend.inject(Fault(429), "GET *")
    mock_backend.inject(Fault(503), "GET *")

    assert [api("GET /jobs").status_code for _ in range(3)] == [429, 503, 200]


def test_a_fault_ends_with_its_block(api, mock_backend):
    with mock_backend.inject(Fault(500), "* *", times=None) as order:
        assert api("GET /").status_code == 500
    assert api("GET /").status_code == 200
    assert order.hits == 1


@pytest.mark.parametrize("code", BY_CODE)
def test_every_error_of_the_api_can_be_ordered(api, mock_backend, assert_error, code):
    mock_backend.inject(Fault(code=code), "GET /jobs")

    response = api("GET /jobs")

    assert_error(response, BY_CODE[code].status, code)
    assert "{" not in response.json()["message"]


def test_a_code_may_come_with_another_status(api, mock_backend, assert_error):
    mock_backend.inject(Fault(401, code="TokenInvalid"), "GET /jobs")

    assert_error(api("GET /jobs"), 401, "TokenInvalid", "expired")


def test_a_fault_says_what_it_was_told_to(api, mock_backend, assert_error):
    mock_backend.inject(
        Fault(418, code="Teapot", message="Short and stout.", headers={"X-Spout": "1"}), "GET /"
    )

    response = api("GET /")

    assert_error(response, 418, "Teapot", "Short and stout.")
    assert response.headers["X-Spout"] == "1"


def test_a_fault_on_no_route_is_refused(mock_backend):
    with pytest.raises(ValueError, match=r"/job/\{job_id\}.*nothing would ever match.*/jobs/\{job_id\}"):
        mock_backend.inject(Fault(500), "GET /job/{job_id}")


@pytest.mark.parametrize("status", [100, 199, 600, "503"])
def test_a_fault_has_the_status_of_an_answer(status):
    with pytest.raises(ValueError, match="200 to 599"):
        Fault(status)


def test_a_fault_cannot_ask_to_retry_in_the_past():
    with pytest.raises(ValueError, match="negative"):
        Fault(503, retry_after=-1)


@pytest.mark.parametrize("value", [5, None, "a\r\nb", "€"])
def test_a_fault_has_headers_that_can_be_sent(value):
    with pytest.raises(ValueError, match="X-Mine"):
        Fault(503, headers={"X-Mine": value})


@pytest.mark.parametrize("member", ["code", "message"])
def test_a_fault_says_a_text(member):
    with pytest.raises(TypeError, match=member):
        Fault(503, **{member: 5})


def test_only_faults_are_injected(mock_backend):
    with pytest.raises(TypeError, match="inject\\(\\) takes a Fault"):
        mock_backend.inject(503, "GET /jobs")


@pytest.mark.parametrize("route", ["FETCH /jobs", "DELETE /jobs", "GTE *"])
def test_a_fault_on_no_method_is_refused(mock_backend, route):
    with pytest.raises(ValueError, match=r"does not take|No endpoint takes"):
        mock_backend.inject(Fault(500), route)


def test_a_fault_for_once_strikes_once_in_many_threads(mock_backend, api_of):
    for _ in range(20):
        order = mock_backend.inject(Fault(503), "GET /")
        with ThreadPoolExecutor(8) as executor:
            answers = list(executor.map(lambda _: api_of(mock_backend)("GET /").status_code, range(8)))
        assert answers.count(503) == 1
        assert (order.hits, order.remaining) == (1, 0)


def test_a_code_that_the_api_does_not_have_needs_a_status():
    with pytest.raises(ValueError, match="Did you mean 'PaymentRequired'"):
        Fault(code="PaymentRequierd")
