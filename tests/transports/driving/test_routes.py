"""Routes of people who extend the app, bodies of any kind, and loops that run already."""

import asyncio
import contextlib
import gzip
import io
import json
import logging
import ssl
import threading
import tracemalloc
from typing import Annotated

import httpx
import pytest
import requests
import urllib3
from fastapi import BackgroundTasks, Depends, Request
from fastapi.responses import FileResponse, RedirectResponse, StreamingResponse
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.gzip import GZipMiddleware

from mock_backend import MockBackend
from mock_backend.jobs import JobsRegister
from mock_backend.transports import httpx_router

MEGABYTE = 1 << 20
#: For httpx, which otherwise reads all certificates for each client.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture(params=["", "/api/v1"], ids=["at the root", "below a path"])
def backend(request, tmp_path):
    """A back-end whose app has routes of all kinds."""
    with MockBackend("https://openeo.test" + request.param) as backend:
        _add_routes(backend, tmp_path)
        yield backend


def _add_routes(backend, folder):
    app = backend.app
    backend.calls = []

    @app.get("/plain")
    def plain():
        return {"kind": "plain"}

    def open_resource():
        backend.calls.append("opened")
        yield "resource"
        backend.calls.append("closed")

    @app.get("/dependency")
    async def dependency(resource: Annotated[str, Depends(open_resource)]):
        return {"kind": resource}

    (folder / "file.bin").write_bytes(bytes(range(256)) * 4000)

    @app.get("/file")
    async def file():
        return FileResponse(folder / "file.bin")

    @app.get("/iterator")
    async def iterator():
        return StreamingResponse(iter([b"one ", b"two"]))

    async def sleeper(value):
        await asyncio.sleep(0.01)
        return value

    @app.get("/sleep")
    async def sleep():
        return {"kind": await sleeper("sleep")}

    @app.get("/gather")
    async def gather():
        return {"kind": "".join(await asyncio.gather(sleeper("gat"), sleeper("her")))}

    @app.get("/wait_for")
    async def wait_for():
        return {"kind": await asyncio.wait_for(sleeper("wait_for"), 10)}

    @app.get("/timeout")
    async def timeout():
        async with asyncio.timeout(10):
            return {"kind": await sleeper("timeout")}

    @app.get("/group")
    async def group():
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(sleeper("group"))
        return {"kind": task.result()}

    @app.get("/thread")
    async def thread():
        return {"kind": await asyncio.to_thread(lambda: "thread")}

    @app.get("/late")
    async def late():
        async def parts():
            yield b"one "
            await asyncio.sleep(0.01)
            yield b"two"

        return StreamingResponse(parts())

    @app.get("/background")
    async def background(tasks: BackgroundTasks):
        tasks.add_task(backend.calls.append, "background")
        return {"kind": "background"}

    @app.get("/redirect")
    async def redirect():
        return RedirectResponse(backend.url + "/plain")

    @app.api_route("/echo", methods=["POST", "PUT"])
    async def echo(request: Request):
        body = await request.body()
        return {"body": body.decode(), "type": request.headers.get("content-type")}

    @app.post("/slow-echo")
    async def slow_echo(request: Request):
        body = await request.body()
        backend.calls.append(body)
        await asyncio.sleep(0.001)
        return {"body": body.decode()}

    @app.get("/fail")
    async def fail():
        raise ValueError("a route of a user's own")

    @app.get("/fail-in-thread")
    def fail_in_thread():
        raise ValueError("a route of a user's own")

    @app.get("/break")
    async def break_off():
        async def parts():
            yield b"one "
            raise ValueError("half-way")

        return StreamingResponse(parts())


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


def by_requests(url):
    return requests.get(url, timeout=5).content


def by_httpx(url):
    return httpx.get(url, follow_redirects=True, verify=NO_CERTIFICATES).content


async def by_async_httpx(url):
    async with httpx.AsyncClient(follow_redirects=True, verify=NO_CERTIFICATES) as client:
        return (await client.get(url)).content


@pytest.fixture(params=[by_requests, by_httpx], ids=["requests", "httpx"])
def fetch(request):
    return request.param


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


class TestLargeBodies:
    SIZE = 64

    @pytest.fixture
    def flow(self, backend):
        """Serve a large body; note how far it got."""
        flow = {"sent": 0, "ended": None}

        @backend.app.get("/flow")
        async def serve():
            async def parts():
                try:
                    for _ in range(self.SIZE):
                        flow["sent"] += 1
                        yield bytes(MEGABYTE)
                    flow["ended"] = "whole"
                except BaseException:
                    flow["ended"] = "closed"
                    raise

            return StreamingResponse(parts())

        backend.connect()
        return flow

    @staticmethod
    @contextlib.contextmanager
    def low_memory():
        tracemalloc.start()
        try:
            yield
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 8 * MEGABYTE

    def test_by_requests(self, backend, flow):
        with self.low_memory(), requests.get(backend.url + "/flow", stream=True, timeout=5) as answer:
            assert sum(len(part) for part in answer.iter_content(MEGABYTE)) == self.SIZE * MEGABYTE
        assert flow == {"sent": self.SIZE, "ended": "whole"}

    def test_by_urllib3(self, backend, flow):
        with self.low_memory(), urllib3.PoolManager() as pools:
            answer = pools.request("GET", backend.url + "/flow", preload_content=False)
            assert sum(len(part) for part in answer.stream(MEGABYTE)) == self.SIZE * MEGABYTE

    def test_by_httpx(self, backend, flow):
        with (
            httpx.Client() as client,
            self.low_memory(),
            client.stream("GET", backend.url + "/flow") as answer,
        ):
            assert sum(len(part) for part in answer.iter_bytes()) == self.SIZE * MEGABYTE

    @pytest.mark.asyncio
    async def test_by_async_httpx(self, backend, flow):
        async with httpx.AsyncClient() as client:
            with self.low_memory():
                async with client.stream("GET", backend.url + "/flow") as answer:
                    size = 0
                    async for part in answer.aiter_bytes():
                        size += len(part)
        assert size == self.SIZE * MEGABYTE

    @pytest.mark.parametrize("inside", ["no loop", "a running loop"])
    def test_a_reader_that_stops_half_way_ends_it(self, backend, flow, inside):
        def read():
            with requests.get(backend.url + "/flow", stream=True, timeout=5) as answer:
                next(answer.iter_content(MEGABYTE))
            assert flow["ended"] == "closed"

        async def cell():
            read()

        read() if inside == "no loop" else asyncio.run(cell())

        assert flow["sent"] < self.SIZE

    @pytest.mark.asyncio
    async def test_an_async_reader_that_stops_half_way_ends_it(self, backend, flow):
        async with httpx.AsyncClient() as client, client.stream("GET", backend.url + "/flow") as answer:
            async for _ in answer.aiter_bytes():
                break

        assert flow["ended"] == "closed"
        assert flow["sent"] < self.SIZE

    def test_two_may_be_read_at_once(self, backend, flow):
        """Each keeps its own state, whichever ends first."""
        first = requests.get(backend.url + "/flow", stream=True, timeout=5)
        second = requests.get(backend.url + "/flow", stream=True, timeout=5)
        parts = first.iter_content(MEGABYTE)
        next(parts)
        sizes = [len(second.content), MEGABYTE + sum(map(len, parts))]

        assert sizes == [self.SIZE * MEGABYTE] * 2
        assert requests.get(backend.url + "/", timeout=5).json()["endpoints"]

    def test_one_may_be_read_in_another_thread(self, backend, flow, in_threads):
        answer = requests.get(backend.url + "/flow", stream=True, timeout=5)

        [size] = in_threads([lambda: len(answer.content)])

        assert size == self.SIZE * MEGABYTE

    @pytest.mark.asyncio
    async def test_one_may_be_read_in_another_task(self, backend, flow):
        async with httpx.AsyncClient() as client:
            answer = await client.send(client.build_request("GET", backend.url + "/flow"), stream=True)
            body = await asyncio.create_task(answer.aread())

        assert len(body) == self.SIZE * MEGABYTE

    def test_links_in_other_answers_are_not_mixed_up(self, flow, backend):
        """An answer that is half read must not lend its host to those read meanwhile."""
        with MockBackend("https://openeo-2.test") as other:
            half = requests.get(backend.url + "/flow", stream=True, timeout=5)
            version = requests.get(other.url + "/.well-known/openeo", timeout=5).json()["versions"][0]
            half.close()

        assert version["url"].rstrip("/") == other.url


class TestRequestBodies:
    TEXT = "Grüße, 雪"

    @pytest.mark.parametrize(
        "make",
        [
            lambda text: text.encode(),
            lambda text: text,
            lambda text: bytearray(text.encode()),
            lambda text: io.BytesIO(text.encode()),
            lambda text: iter([text.encode()[:3], text.encode()[3:]]),
        ],
        ids=["bytes", "text", "bytearray", "file", "chunked"],
    )
    def test_by_requests(self, backend, make):
        answer = requests.post(backend.url + "/echo", data=make(self.TEXT), timeout=5)

        assert answer.json()["body"] == self.TEXT
        assert backend.requests[-1].body == self.TEXT.encode()

    def test_a_file_is_sent_from_where_it_stands(self, backend):
        file = io.BytesIO(b"head" + self.TEXT.encode())
        file.seek(4)

        assert requests.post(backend.url + "/echo", data=file, timeout=5).json()["body"] == self.TEXT

    def test_a_form(self, backend):
        answer = requests.post(backend.url + "/echo", data={"a": "1", "b": "ü"}, timeout=5)

        assert answer.json() == {"body": "a=1&b=%C3%BC", "type": "application/x-www-form-urlencoded"}

    def test_by_urllib3(self, backend):
        with urllib3.PoolManager() as pools:
            for body in (self.TEXT, self.TEXT.encode(), io.StringIO(self.TEXT), [self.TEXT.encode()]):
                assert pools.request("POST", backend.url + "/echo", body=body).json()["body"] == self.TEXT

    @pytest.mark.parametrize("inside", ["bytes", "chunks"])
    def test_by_httpx(self, backend, inside):
        content = self.TEXT.encode() if inside == "bytes" else iter([b"", self.TEXT.encode()])

        assert httpx.post(backend.url + "/echo", content=content).json()["body"] == self.TEXT

    @pytest.mark.asyncio
    async def test_by_async_httpx(self, backend):
        async def parts():
            for letter in self.TEXT:
                await asyncio.sleep(0)
                yield letter.encode()

        async with httpx.AsyncClient() as client:
            answer = await client.put(backend.url + "/echo", content=parts())

        assert answer.json()["body"] == self.TEXT

    def test_headers_may_be_numbers_and_bytes(self, backend):
        with urllib3.PoolManager() as pools:
            pools.request("GET", backend.url + "/", headers={"X-Number": 5})
        requests.get(backend.url + "/", headers={"X-Bytes": b"6"}, timeout=5)

        assert backend.requests[0].headers["x-number"] == "5"
        assert backend.requests[1].headers["x-bytes"] == "6"


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


class TestEncodings:
    def test_compressed_answers_are_unpacked(self, backend):
        backend.app.add_middleware(GZipMiddleware, minimum_size=10)

        for get in (lambda url: requests.get(url, timeout=5), httpx.get):
            answer = get(backend.url + "/processes")
            assert answer.headers["content-encoding"] == "gzip"
            assert answer.json()["processes"]
        with urllib3.PoolManager() as pools:
            raw = pools.request(
                "GET", backend.url + "/processes", headers={"Accept-Encoding": "gzip"}, decode_content=False
            )
        assert json.loads(gzip.decompress(raw.data))["processes"]

    def test_redirects_are_followed_on_request_only(self, backend):
        followed = requests.get(backend.url + "/redirect", timeout=5)
        bare = requests.get(backend.url + "/redirect", allow_redirects=False, timeout=5)

        assert [each.status_code for each in followed.history] == [307]
        assert (followed.url, followed.json()) == (backend.url + "/plain", {"kind": "plain"})
        assert (bare.status_code, bare.headers["location"]) == (307, backend.url + "/plain")

    def test_a_redirect_to_another_host(self, backend, foreign):
        @backend.app.get("/away")
        async def away():
            return RedirectResponse(foreign.url)

        for get in (by_requests, by_httpx):
            assert json.loads(get(backend.url + "/away"))["id"] == "foreign"

    def test_a_redirect_from_another_host(self, backend, foreign):
        for get in (by_requests, by_httpx):
            foreign.moods.append((302, {"Location": backend.url + "/plain"}))
            assert get(foreign.url) == b'{"kind":"plain"}'


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
    thread.join()
