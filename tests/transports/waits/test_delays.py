"""Answers that come late: on the clock, over every transport, and longer than a client has patience for."""

import asyncio
import threading
from datetime import timedelta

import httpx
import openeo.rest.auth.oidc
import pytest
import requests
import urllib3
from urllib3.util import Retry

from mock_backend import Delay, MockBackend

from ..conftest import NO_CERTIFICATES, PATIENCE

#: Less than httpx has patience for by default.
LATE = timedelta(seconds=4)


def test_an_answer_that_comes_late_is_the_same(caller):
    at_once = caller("GET", "/collections/SENTINEL2_L2A")
    before = caller.backend.clock.now()
    with caller.backend.inject(Delay(LATE), "GET /collections/{collection_id}"):
        late = caller("GET", "/collections/SENTINEL2_L2A")

    assert (late.status, late.json) == (200, at_once.json)
    assert caller.backend.clock.now() - before == LATE


def test_a_late_answer_to_a_route_that_needs_an_event_loop(mock_backend):
    @mock_backend.app.get("/jobs/{job_id}/slowly")
    async def slowly(job_id: str) -> dict[str, str]:
        await asyncio.sleep(0)
        return {"job": job_id}

    mock_backend.inject(Delay(LATE), "* *")
    answer = requests.get(f"{mock_backend.url}/jobs/x/slowly")

    assert answer.json() == {"job": "x"}
    assert mock_backend.clock.elapsed == LATE


def _by_requests(url):
    requests.post(url, json={}, timeout=5)


def _by_urllib3(url):
    urllib3.PoolManager(retries=False).request("POST", url, json={}, timeout=5)


def _by_httpx(url):
    with httpx.Client(verify=NO_CERTIFICATES, timeout=5) as client:
        client.post(url, json={})


def _by_async_httpx(url):
    async def call():
        async with httpx.AsyncClient(verify=NO_CERTIFICATES, timeout=5) as client:
            await client.post(url, json={})

    asyncio.run(call())


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (_by_requests, requests.ReadTimeout),
        (_by_urllib3, urllib3.exceptions.ReadTimeoutError),
        (_by_httpx, httpx.ReadTimeout),
        (_by_async_httpx, httpx.ReadTimeout),
    ],
)
def test_a_client_gives_up_when_its_patience_ends(mock_backend, ask, error):
    order = mock_backend.inject(Delay("30s"), "POST /validation")

    with pytest.raises(error):
        ask(mock_backend.url + "/validation")

    assert mock_backend.clock.elapsed == timedelta(seconds=5)
    assert (order.hits, order.remaining) == (1, 0)


def test_what_was_asked_for_is_done_although_no_client_waited_for_the_answer(mock_backend, api, graph):
    mock_backend.inject(Delay("2m"), "POST /jobs")

    with pytest.raises(requests.ReadTimeout):
        api("POST /jobs", json={"process": {"process_graph": graph}}, timeout=60)

    assert [job.status for job in mock_backend.jobs] == ["created"]


def test_who_has_more_patience_gets_the_answer(mock_backend, api):
    mock_backend.inject(Delay("30s"), "GET /jobs")

    assert api("GET /jobs", timeout=31).json()["jobs"] == []


def test_urllib3_repeats_a_request_that_took_too_long(mock_backend):
    mock_backend.inject(Delay("30s"), "GET /conformance", times=2)

    answer = urllib3.PoolManager().request(
        "GET", mock_backend.url + "/conformance", timeout=5, retries=Retry(read=2)
    )

    assert answer.status == 200
    assert [each.status for each in mock_backend.requests] == [200, 200, 200]
    assert mock_backend.clock.elapsed == timedelta(seconds=10)


def test_late_answers_to_several_threads_do_not_add_up(mock_backend, in_threads):
    mock_backend.inject(Delay("10m"), "GET /conformance", times=None)
    all_on_their_way = threading.Barrier(5)

    def body():
        all_on_their_way.wait(PATIENCE)
        yield b"of a request that is on its way"

    def ask():
        return requests.get(mock_backend.url + "/conformance", data=body()).status_code

    assert in_threads([ask] * 5) == [200] * 5
    assert mock_backend.clock.elapsed == timedelta(minutes=10)


def test_a_running_clock_makes_the_client_of_a_live_server_wait():
    from mock_backend import Clock

    with MockBackend("https://hurried.test", clock=Clock(rate=100)) as backend:
        backend.inject(Delay("20s"), "GET /conformance")
        begin = backend.clock.elapsed
        assert requests.get(backend.live().url + "/conformance").status_code == 200

        assert backend.clock.elapsed - begin >= timedelta(seconds=20)


def test_orders_of_both_kinds_come_in_turn(mock_backend, api):
    from mock_backend import Fault

    late = mock_backend.inject(Delay("1m"), "GET /jobs")
    broken = mock_backend.inject(Fault(status=503), "GET /jobs")

    assert [api("GET /jobs").status_code for _ in range(3)] == [200, 503, 200]
    assert (late.hits, broken.hits) == (1, 1)
    assert repr(late) == "<Delay(by='1m') on GET /jobs: 1 hits, 0 left>"


@pytest.mark.parametrize(("by", "error"), [("soon", ValueError), (-1, ValueError), (None, TypeError)])
def test_a_delay_is_a_duration(by, error):
    with pytest.raises(error, match="Delay"):
        Delay(by)


# The client never closes the socket it listens on.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_wait_for_a_browser_is_real(mock_backend):
    connection = mock_backend.connect(user=None)

    with pytest.raises(openeo.rest.auth.oidc.OidcException, match="no request to redirect URI"):
        connection.authenticate_oidc_authorization_code(webbrowser_open=lambda url: None, timeout=0.2)

    assert mock_backend.clock.elapsed == timedelta(0)
    assert not [each for each in threading.enumerate() if "HttpServerThread" in type(each).__name__]
