"""Bodies of requests and answers: large ones, of any kind, compressed, and of redirects."""

import asyncio
import contextlib
import gzip
import io
import json
import tracemalloc

import httpx
import pytest
import requests
import urllib3
from fastapi.responses import RedirectResponse, StreamingResponse
from starlette.middleware.gzip import GZipMiddleware

from mock_backend import MockBackend

MEGABYTE = 1 << 20


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

    def test_a_redirect_to_another_host(self, backend, foreign, fetch):
        @backend.app.get("/away")
        async def away():
            return RedirectResponse(foreign.url)

        assert json.loads(fetch(backend.url + "/away"))["id"] == "foreign"

    def test_a_redirect_from_another_host(self, backend, foreign, fetch):
        foreign.moods.append((302, {"Location": backend.url + "/plain"}))

        assert fetch(foreign.url) == b'{"kind":"plain"}'
