"""Routes that need an event loop, whose callers may have one, may be called from many threads, or fail."""

import asyncio
import logging
import ssl
import threading

import httpx
import pytest
import requests
from starlette.middleware.base import BaseHTTPMiddleware

from mock_backend import MockBackend
from mock_backend.jobs import JobsRegister
from mock_backend.transports import httpx_router

#: For httpx, which otherwise reads all certificates for each client.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

KINDS = {
    "/plain": b'{"kind":"plain"}',
    "/dependency": b'{"kind":"resource"}',
    "/iterator": b"one two",
    "/late": b"one two",
    "/sleep": b'{"kind":"sleep"}',
    "/gather": b'{"kind":"gather"}',
    "/wait_for": b'{"kind":"wait_for"}',
    "/timeout": b'{"kind":"timeout"}',
    "/group": b'{"kind":"group"}',
    "/thread": b'{"kind":"thread"}',
    "/background": b'{"kind":"background"}',
    "/redirect": b'{"kind":"plain"}',
    "/file": bytes(range(256)) * 4000,
}


async def by_async_httpx(url):
    async with httpx.AsyncClient(follow_redirects=True, verify=NO_CERTIFICATES) as client:
        return (await client.get(url)).content


class TestRoutesThatNeedALoop:
    """A coroutine that cannot be driven by hand is called again on a loop, wherever the caller is."""

    def fetch_all(self, backend, fetch):
        for path, expected in KINDS.items():
            assert fetch(backend.url + path) == expected, path

    def test_in_the_main_thread(self, backend, fetch):
        self.fetch_all(backend, fetch)

    def test_in_another_thread(self, backend, fetch, in_threads):
        in_threads([lambda: self.fetch_all(backend, fetch)] * 2)

    def test_inside_a_running_loop(self, backend, fetch):
        """A cell of a notebook calls synchronously while a loop runs in its thread."""

        async def cell():
            self.fetch_all(backend, fetch)
            return asyncio.get_running_loop() is not None and asyncio.current_task() is not None

        assert asyncio.run(cell())

    @pytest.mark.asyncio
    async def test_under_pytest_asyncio(self, backend, fetch):
        self.fetch_all(backend, fetch)
        await asyncio.sleep(0)

    @pytest.mark.asyncio
    async def test_by_an_async_client(self, backend):
        for path, expected in KINDS.items():
            assert await by_async_httpx(backend.url + path) == expected, path

    @pytest.mark.asyncio
    async def test_by_async_clients_at_once(self, backend):
        bodies = await asyncio.gather(*(by_async_httpx(backend.url + path) for path in KINDS))

        assert dict(zip(KINDS, bodies, strict=True)) == KINDS

    def test_a_dependency_is_closed(self, backend, fetch):
        fetch(backend.url + "/dependency")

        # The call by hand ended before it was opened.
        assert backend.calls == ["opened", "closed"]

    def test_a_background_task_runs_once(self, backend, fetch):
        fetch(backend.url + "/background")

        assert backend.calls == ["background"]

    def test_the_exchange_is_noted_once_and_whole(self, backend):
        requests.post(backend.url + "/slow-echo", data=b"abc", timeout=5)

        [exchange] = backend.requests
        assert (exchange.method, exchange.path, exchange.status, exchange.body) == (
            "POST",
            "/slow-echo",
            200,
            b"abc",
        )

    def test_the_repeated_call_gets_the_body_again(self, backend):
        assert requests.post(backend.url + "/slow-echo", data=b"abc", timeout=5).json() == {"body": "abc"}
        assert set(backend.calls) == {b"abc"}

    def test_middleware_with_a_loop_of_its_own(self, backend, fetch):
        class Stamp(BaseHTTPMiddleware):
            async def dispatch(self, request, call_next):
                response = await call_next(request)
                response.headers["x-stamp"] = request.url.path
                return response

        backend.app.add_middleware(Stamp)

        answer = requests.get(backend.url + "/plain", timeout=5)

        assert answer.json() == {"kind": "plain"}
        assert answer.headers["x-stamp"]
        self.fetch_all(backend, fetch)
        assert backend.connect().list_collection_ids()

    def test_it_is_said_at_debug_level(self, backend, caplog):
        with caplog.at_level(logging.DEBUG, "mock_backend"):
            requests.get(backend.url + "/echo-is-not-here", timeout=5)
            assert not caplog.records
            requests.get(backend.url + "/sleep", timeout=5)

        assert [record.message for record in caplog.records if "event loop" in record.message]
        assert {record.levelno for record in caplog.records} == {logging.DEBUG}

    def test_our_own_routes_need_none(self, backend, caplog, graph):
        with caplog.at_level(logging.DEBUG, "mock_backend"):
            backend.connect().create_job({"process_graph": graph}).start_and_wait()

        assert not caplog.records


class TestRegisters:
    def test_a_method_may_be_overridden_by_a_coroutine(self, graph):
        class Jobs(JobsRegister):
            async def delete_job(self, job_id, user=JobsRegister.delete_job.__defaults__[0]):
                await asyncio.sleep(0.001)
                return super().delete_job(job_id, user)

        with MockBackend(registers=[Jobs]) as backend:
            connection = backend.connect()
            job = connection.create_job({"process_graph": graph})

            job.delete()

            assert connection.list_jobs() == []
            assert len(backend.requests.select("DELETE /jobs/{job_id}", status=204)) == 1


class TestFailures:
    @pytest.mark.parametrize("path", ["/fail", "/fail-in-thread"])
    def test_a_route_that_fails_gives_an_error_object(self, backend, path, caplog):
        for get in (lambda url: requests.get(url, timeout=5), httpx.get):
            answer = get(backend.url + path)

            assert answer.status_code == 500
            assert answer.json() == {"code": "Internal", "message": "ValueError: a route of a user's own"}
        # The traceback goes to the log.
        assert any(record.exc_info for record in caplog.records)

    def test_the_back_end_goes_on(self, backend, caplog):
        requests.get(backend.url + "/fail", timeout=5)

        assert backend.connect().list_jobs() == []

    def test_an_answer_that_breaks_off_is_a_broken_connection(self, backend, caplog):
        with pytest.raises(requests.exceptions.ChunkedEncodingError, match="half-way"):
            requests.get(backend.url + "/break", timeout=5)
        with pytest.raises(httpx.RemoteProtocolError, match="half-way"):
            httpx.get(backend.url + "/break")
        with requests.get(backend.url + "/break", stream=True, timeout=5) as answer:
            assert answer.status_code == 200
            assert answer.raw.read(4) == b"one "


def test_many_threads_at_once(backend, in_threads):
    def work():
        for _ in range(20):
            assert requests.get(backend.url + "/", timeout=5).json()["endpoints"]
            assert httpx_client.get(backend.url + "/sleep").json() == {"kind": "sleep"}

    with httpx.Client() as httpx_client:
        in_threads([work] * 8)

    assert len(backend.requests) == 8 * 20 * 2


def test_the_first_requests_by_httpx_come_from_two_threads(backend, monkeypatch):
    """The second waits until the router that the first has made answers."""
    found = []
    second = threading.Thread(target=lambda: found.append(httpx.get(backend.url + "/plain").json()))

    make = httpx_router.make_router

    def make_slow_router():
        router = make()
        start = router.start_answering

        def start_slowly():
            second.start()
            second.join(0.2)
            start()

        router.start_answering = start_slowly
        return router

    monkeypatch.setattr(httpx_router, "make_router", make_slow_router)
    assert httpx.get(backend.url + "/plain").json() == {"kind": "plain"}
    second.join(20)

    assert found == [{"kind": "plain"}]


def test_a_slow_route_does_not_block_other_threads(backend):
    """Only a register's method holds the back-end's lock, not a route that waits."""
    entered, leave = threading.Event(), threading.Event()

    @backend.app.get("/blocking")
    def blocking():
        entered.set()
        return {"left": leave.wait(20)}

    thread = threading.Thread(target=requests.get, args=(backend.url + "/blocking",), kwargs={"timeout": 5})
    thread.start()
    assert entered.wait(20)

    assert requests.get(backend.url + "/", timeout=5).status_code == 200

    assert thread.is_alive()
    leave.set()
    thread.join()
