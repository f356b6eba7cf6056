"""Every kind of fault over every transport: what the user's code sees."""

import asyncio
import json
from dataclasses import dataclass

import httpx
import openeo
import pytest
import requests
import urllib3
from urllib3.util import Retry

from mock_backend import Delay, Fault, JobPlan, MockBackend
from mock_backend.control.faults import (
    BrokenJson,
    ContentType,
    Disconnect,
    DuplicateLogs,
    FaultKind,
    LoseLogs,
    Maintenance,
    NotFoundYet,
    Quota,
    RateLimit,
    RedirectLoop,
    SlowBody,
    Stale,
    Truncate,
)
from mock_backend.control.faults.kind import all_kinds

from .conftest import NO_CERTIFICATES

TIMEOUT = 5


@dataclass
class Seen:
    """An answer as a client sees it, or an error of its own."""

    status: int | None = None
    type: str | None = None
    body: bytes = b""
    error: Exception | None = None


def _by_requests(url, headers):
    response = requests.get(url, headers=headers, timeout=TIMEOUT)
    return Seen(response.status_code, response.headers.get("Content-Type"), response.content)


def _by_urllib3(url, headers):
    # Redirects are its retries, too.
    retries = Retry(total=None, connect=False, read=False, redirect=3)
    response = urllib3.PoolManager().request("GET", url, headers=headers, timeout=TIMEOUT, retries=retries)
    return Seen(response.status, response.headers.get("Content-Type"), response.data)


def _of_httpx(response):
    return Seen(response.status_code, response.headers.get("Content-Type"), response.content)


def _by_httpx(url, headers):
    options = {"verify": NO_CERTIFICATES, "timeout": TIMEOUT, "follow_redirects": True}
    with httpx.Client(**options) as client:
        return _of_httpx(client.get(url, headers=headers))


def _by_async_httpx(url, headers):
    async def call():
        options = {"verify": NO_CERTIFICATES, "timeout": TIMEOUT, "follow_redirects": True}
        async with httpx.AsyncClient(**options) as client:
            return _of_httpx(await client.get(url, headers=headers))

    return asyncio.run(call())


CLIENTS = {
    "requests": _by_requests,
    "urllib3": _by_urllib3,
    "httpx": _by_httpx,
    "async httpx": _by_async_httpx,
}
WAYS = [*CLIENTS, *(f"live by {name}" for name in CLIENTS)]

LOST = {
    "requests": requests.ConnectionError,
    "urllib3": urllib3.exceptions.ProtocolError,
    "httpx": httpx.RemoteProtocolError,
}
BROKEN_OFF = LOST | {"requests": requests.exceptions.ChunkedEncodingError}
LATE = {
    "requests": requests.ReadTimeout,
    "urllib3": urllib3.exceptions.ReadTimeoutError,
    "httpx": httpx.ReadTimeout,
}
#: requests calls it so when a body stops coming.
STOPPED = LATE | {"requests": requests.ConnectionError}
LOOPS = {
    "requests": requests.TooManyRedirects,
    "urllib3": urllib3.exceptions.MaxRetryError,
    "httpx": httpx.TooManyRedirects,
}

JSON = "application/json"


def _is_whole(body):
    return json.loads(body)["id"] == "SENTINEL2_L2A"


def _is_broken(body):
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|delimiter|property name"):
        json.loads(body)
    return True


def _is_code(code):
    return lambda body: json.loads(body)["code"] == code


#: The fault; status, media type and a test of the body, or the error of each client.
SEEN = [
    (Fault(503), (503, JSON, _is_code("InfrastructureBusy"))),
    (
        Fault(303, body="", headers={"Location": "/conformance"}),
        (200, JSON, lambda body: b"conformsTo" in body),
    ),
    (Fault(204, body=""), (204, None, lambda body: body == b"")),
    (Fault(502, body="Bad Gateway"), (502, "text/plain; charset=utf-8", lambda body: body == b"Bad Gateway")),
    (Fault(502, body="<html>"), (502, "text/html; charset=utf-8", lambda body: body == b"<html>")),
    (
        Fault(206, body=b"\x00\xff", content_type="image/tiff"),
        (206, "image/tiff", lambda body: body == b"\x00\xff"),
    ),
    (Fault(500, after_effect=True), (500, JSON, _is_code("Internal"))),
    (Delay("4s"), (200, JSON, _is_whole)),
    (Delay("6s"), LATE),
    (Disconnect(), LOST),
    (Disconnect("after"), LOST),
    (Disconnect("body"), BROKEN_OFF),
    (Disconnect("body", at=0), BROKEN_OFF),
    (SlowBody("16s", parts=4), (200, JSON, _is_whole)),
    (SlowBody("24s", parts=4), STOPPED),
    (Truncate(0.5), (200, JSON, _is_broken)),
    (BrokenJson(), (200, JSON, _is_broken)),
    (ContentType("text/html"), (200, "text/html", _is_whole)),
    (ContentType(""), (200, None, _is_whole)),
    (RedirectLoop(), LOOPS),
    (Maintenance(), (503, JSON, _is_code("InfrastructureMaintenance"))),
    (Stale("5s"), (200, JSON, _is_whole)),
]
#: For these a timeout of the client is real behind a socket, and the clock is not.
VIRTUAL = (Delay, SlowBody)


def test_every_kind_is_tested():
    limits = {RateLimit, Quota, NotFoundYet, DuplicateLogs, LoseLogs}  # below, one by one
    assert {type(fault) for fault, _ in SEEN} | limits == set(all_kinds().values())


@pytest.fixture(scope="module")
def served():
    with MockBackend("https://faulty.test") as backend:
        backend.live()
        yield backend


@pytest.fixture
def backend(served):
    yield served
    served.reset()


@pytest.fixture(params=WAYS)
def see(request, backend):
    """Ask for something in one way; return what is seen."""
    name = request.param.removeprefix("live by ")

    def see(path, user=None):
        url = backend.live().url if request.param.startswith("live") else backend.url
        headers = {} if user is None else {"Authorization": f"Bearer {backend.token(user)}"}
        try:
            return CLIENTS[name](url + path, headers)
        except Exception as error:
            return Seen(error=error)

    see.client = name.removeprefix("async ")
    see.is_live = request.param != name
    return see


@pytest.mark.parametrize(
    ("fault", "expected"), SEEN, ids=lambda each: str(each) if isinstance(each, FaultKind) else ""
)
def test_what_a_client_sees(backend, see, fault, expected):
    order = backend.inject(fault, "GET /collections/{collection_id}")

    seen = see("/collections/SENTINEL2_L2A")

    if isinstance(expected, dict) and not (see.is_live and isinstance(fault, VIRTUAL)):
        assert type(seen.error) is expected[see.client], seen
    elif isinstance(expected, dict):
        assert seen.status == 200
    else:
        status, media_type, is_right = expected
        assert (seen.status, seen.type) == (status, media_type), seen
        assert is_right(seen.body)
    assert order.hits >= 1
    order.remove()
    assert _is_whole(see("/collections/SENTINEL2_L2A").body)


def test_a_rate_limit_is_one_on_the_clock(backend, see):
    backend.inject(RateLimit(2, per="1m"), "GET /conformance")

    assert [see("/conformance").status for _ in range(3)] == [200, 200, 429]
    backend.clock.advance("1m")
    assert see("/conformance").status == 200


def test_each_user_has_a_quota(backend, see):
    backend.users.add("bob", "secret")
    backend.inject(Quota(1, message="No credits left."), "GET /me")

    assert [see("/me", user).status for user in ("alice", "alice", "bob")] == [200, 402, 200]
    assert backend.requests[-2].error_text.endswith("No credits left.")


def test_logs_lose_entries_and_repeat_them(backend, see):
    job = backend.connect().load_collection("SENTINEL2_L2A").create_job()
    job.start()
    backend.clock.advance("1h")

    def ids():
        return [each["id"] for each in json.loads(see(f"/jobs/{job.job_id}/logs", "alice").body)["logs"]]

    whole = ids()
    with backend.inject(LoseLogs(), "GET /jobs/{job_id}/logs"):
        assert ids() == []
    with backend.inject(DuplicateLogs(), "GET /jobs/{job_id}/logs"):
        assert ids() == [each for each in whole for _ in range(2)]
    with backend.inject(LoseLogs(0.5), "GET /jobs/{job_id}/logs"):
        assert ids() == ids()
        assert set(ids()) < set(whole)


def test_jobs_and_results_are_not_found_for_a_while(backend, see):
    backend.plan(JobPlan(queued=0, running="1m"))
    backend.inject(NotFoundYet("30s"), "GET /jobs/{job_id}")
    backend.inject(NotFoundYet("30s"), "GET /jobs/{job_id}/results")
    job = backend.connect().load_collection("SENTINEL2_L2A").create_job()
    job.start()
    seen = []
    for seconds in (0, 30, 30, 30):
        backend.clock.advance(seconds)
        seen.append([see(f"/jobs/{job.job_id}{part}", "alice").status for part in ("", "/results")])

    assert seen == [[404, 400], [200, 400], [200, 404], [200, 200]]


# -- retries ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize(
    "fault", [Disconnect(), Disconnect("after"), Disconnect("body"), Fault(503)], ids=str
)
def test_the_retries_of_urllib3_are_counted(backend, fault, live):
    order = backend.inject(fault, "GET /conformance", times=2)
    retries = Retry(3, status_forcelist=[503], backoff_factor=1)
    url = backend.live().url if live else backend.url

    response = urllib3.PoolManager().request("GET", url + "/conformance", retries=retries)

    assert (response.status, len(response.retries.history)) == (200, 2)
    assert (order.hits, len(backend.requests)) == (2, 3)


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("when", ["before", "after"])
def test_the_openeo_client_survives_lost_connections(backend, live, when):
    backend.inject(Disconnect(when), "GET /jobs/{job_id}", times=2)
    connection = openeo.connect(backend.live().url if live else backend.url)
    connection.authenticate_basic("alice", "secret")
    job = connection.load_collection("SENTINEL2_L2A").create_job()

    assert job.status() == "created"
    assert [each.status for each in backend.requests.select("GET /jobs/{job_id}")] == [None, None, 200]


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize(("when", "jobs"), [("before", 0), ("after", 1)])
def test_the_openeo_client_does_not_create_a_job_twice(backend, live, when, jobs):
    backend.inject(Disconnect(when), "POST /jobs")
    connection = openeo.connect(backend.live().url if live else backend.url)
    connection.authenticate_basic("alice", "secret")

    with pytest.raises(requests.ConnectionError, match="Connection aborted"):
        connection.load_collection("SENTINEL2_L2A").create_job()

    assert len(backend.jobs) == jobs


@pytest.mark.parametrize("live", [False, True])
def test_a_download_that_breaks_off(backend, live, tmp_path):
    backend.plan(JobPlan.immediate())
    connection = openeo.connect(backend.live().url if live else backend.url)
    connection.authenticate_basic("alice", "secret")
    job = connection.load_collection("SENTINEL2_L2A").create_job()
    job.start()
    backend.inject(Disconnect("body"), "GET /results/{job_id}/{run}/assets/{name}")

    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        job.get_results().download_files(tmp_path, include_stac_metadata=False)
    job.get_results().download_files(tmp_path, include_stac_metadata=False)


def test_a_plain_text_error_on_start_after_which_the_job_runs(backend):
    job = backend.connect().load_collection("SENTINEL2_L2A").create_job()
    backend.inject(Fault(502, body="Bad Gateway", after_effect=True), "POST /jobs/{job_id}/results")

    with pytest.raises(openeo.rest.OpenEoApiPlainError, match="Bad Gateway"):
        job.start()

    assert job.status() == "queued"


class TestLongBodies:
    """Files that are sent in many parts."""

    SIZE = 3_000_000

    @pytest.fixture
    def url(self, backend):
        backend.plan(JobPlan.immediate())
        backend.set_result(b"x" * self.SIZE, name="result.bin")
        job = backend.connect().load_collection("SENTINEL2_L2A").create_job()
        job.start()
        return job.get_results().get_asset("result.bin").href

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    @pytest.mark.parametrize(
        ("fault", "length", "seconds"),
        [
            (SlowBody("8s"), SIZE, 8),
            (Truncate(0.25), SIZE // 4, 0),
            (BrokenJson(), SIZE, 0),
            (ContentType("a/b"), SIZE, 0),
        ],
        ids=str,
    )
    def test_a_fault_is_about_all_of_it(self, backend, url, method, fault, length, seconds):
        backend.inject(fault, "* /results/{job_id}/{run}/assets/{name}")

        response = requests.request(method, url)

        assert response.headers["Content-Length"] == str(length)
        assert response.content == (b"x" * length if method == "GET" else b"")
        assert backend.clock.elapsed.total_seconds() == (seconds if method == "GET" else 0)

    def test_three_quarters_arrive(self, backend, url, tmp_path):
        backend.inject(Disconnect("body", at=0.75), "GET /results/{job_id}/{run}/assets/{name}")
        arrived = 0

        def read():
            nonlocal arrived
            with requests.get(url, stream=True) as response:
                for part in response.iter_content(50_000):
                    arrived += len(part)

        with pytest.raises(requests.exceptions.ChunkedEncodingError, match="750000 more expected"):
            read()
        assert arrived == 2_250_000
