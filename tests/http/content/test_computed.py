"""Computed content: any part of it, no more of it than is asked for, and never all of it in memory."""

import asyncio
import hashlib
import socket
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest
import requests
from openeo.rest.connection import Connection
from openeo.rest.job import ResultAsset

from mock_backend import MockBackend
from mock_backend.api.models import Endpoint
from mock_backend.api.register import EndpointRegister
from mock_backend.http.content import BinaryResponse

MB = 1 << 20
#: Many times what may be in memory at once.
LARGE = 128 * MB
#: Maximum memory of a download on either side, in bytes: a chunk of the openeo client has ten million.
MOST = 48 * MB


class Computed(EndpointRegister):
    """One class for all tests: routes are compiled for each class."""

    content = None

    def _initialize_endpoints(self):
        return [Endpoint(path="/computed", methods=["GET"], handler="answer")]

    def answer(self):
        return BinaryResponse(self.content, media_type="image/tiff", etag='"1"')


@pytest.fixture(scope="module")
def served():
    with MockBackend("https://computed.test", registers=[Computed]) as backend:
        yield backend


@pytest.fixture
def serve(served, monkeypatch):
    """Serve content at the path /computed."""

    def serve(content):
        monkeypatch.setattr(Computed, "content", content)
        return content

    return serve


@pytest.fixture(params=["in process", "live"])
def url(request, served):
    return (served.url if request.param == "in process" else served.live().url) + "/computed"


@pytest.mark.parametrize("size", [0, 1, 100, MB, 3 * MB + 5])
def test_the_whole(serve, pattern, url, size):
    content = serve(pattern(size))

    response = requests.get(url, timeout=30)

    assert response.content == content.expected(0, size)
    assert response.headers["Content-Length"] == str(size)
    assert content.computed == size


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=1000000-1000006", 1_000_000, 1_000_007),
        ("bytes=-11", 5 * MB - 11, 5 * MB),
        ("bytes=7-2097159", 7, 2 * MB + 8),
    ],
)
def test_a_part_is_computed_alone(serve, pattern, url, asked, start, stop):
    content = serve(pattern(5 * MB))

    response = requests.get(url, headers={"Range": asked}, timeout=30)

    assert (response.status_code, response.content) == (206, content.expected(start, stop))
    assert response.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{5 * MB}"
    assert content.computed == stop - start


def test_several_parts(serve, pattern, url):
    content = serve(pattern(5 * MB))

    response = requests.get(url, headers={"Range": "bytes=0-15,2000000-2000007,-8"}, timeout=30)

    assert response.headers["Content-Type"].startswith("multipart/byteranges")
    assert response.headers["Content-Length"] == str(len(response.content))
    for start, stop in ((0, 16), (2_000_000, 2_000_008), (5 * MB - 8, 5 * MB)):
        part = f"Content-Range: bytes {start}-{stop - 1}/{5 * MB}\r\n\r\n".encode()
        assert part + content.expected(start, stop) + b"\r\n--" in response.content
    assert content.computed == 32


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("HEAD", {}, 200),
        ("HEAD", {"Range": "bytes=0-9"}, 200),
        ("GET", {"If-None-Match": '"1"'}, 304),
        ("GET", {"If-Match": '"2"'}, 412),
        ("GET", {"Range": f"bytes={1 << 40}-"}, 416),
    ],
)
def test_what_needs_no_bytes_computes_none(serve, pattern, url, method, headers, status):
    content = serve(pattern(1 << 40))

    response = requests.request(method, url, headers=headers, timeout=30)

    assert response.status_code == status
    assert content.computed == 0
    if method == "HEAD":
        assert response.headers["Content-Length"] == str(1 << 40)


def test_parts_of_another_version(serve, pattern, url):
    serve(pattern(100))

    def ask(version):
        return requests.get(url, headers={"Range": "bytes=0-9", "If-Range": version}, timeout=30)

    assert len(ask('"1"').content) == 10
    assert len(ask('"2"').content) == 100


def test_it_is_never_compressed(serve, pattern, url):
    content = serve(pattern(2 * MB))

    for asked in ({}, {"Range": "bytes=0-99999"}, {"Range": "bytes=0-9,99999-199999"}):
        answer = requests.get(url, headers={"Accept-Encoding": "gzip"} | asked, timeout=30, stream=True)
        assert "Content-Encoding" not in answer.headers
        assert len(answer.raw.read(decode_content=False)) == int(answer.headers["Content-Length"])
    assert content.computed > 2 * MB


def test_in_this_process_it_is_computed_as_it_is_read(serve, repeated, served):
    content = serve(repeated(1 << 40))

    with requests.get(f"{served.url}/computed", stream=True, timeout=30) as response:
        assert content.computed <= MB
        read = response.raw.read(10 * MB)
        assert read == content.expected(0, 10 * MB)
        assert content.computed <= 11 * MB
    assert content.over.wait(30)


def test_no_handler_computes_for_a_client_that_has_gone(serve, repeated, served):
    content = serve(repeated(1 << 40))
    parts = urlsplit(served.live().url)

    with socket.create_connection((parts.hostname, parts.port)) as client:
        client.sendall(b"GET /computed HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(1000)
    # It would take hours to the end.
    assert content.over.wait(30)

    assert requests.head(f"{served.live().url}/computed", timeout=30).status_code == 200


def test_others_are_answered_while_one_downloads(serve, repeated, served):
    serve(repeated(1 << 40))
    live = served.live().url

    with requests.get(f"{live}/computed", stream=True, timeout=30) as download:
        for _ in range(3):
            assert len(download.raw.read(5 * MB)) == 5 * MB
            assert requests.get(f"{live}/", timeout=30).status_code == 200


def test_a_download_does_not_hold_the_clock(serve, repeated, served):
    serve(repeated(1 << 40))
    add = {"add": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}

    def wait_for_a_job():
        return served.connect().create_job(add).start_and_wait().status()

    with (
        requests.get(f"{served.live().url}/computed", stream=True, timeout=30) as download,
        ThreadPoolExecutor(1) as pool,
    ):
        assert download.raw.read(100)
        try:
            assert pool.submit(wait_for_a_job).result(60) == "finished"
        finally:
            download.close()


@pytest.mark.parametrize("own_app", [False, True])
def test_a_handler_that_waits(pattern, own_app):
    content = pattern(3 * MB + 1)

    class Waiting(EndpointRegister):
        def _initialize_endpoints(self):
            return [Endpoint(path="/computed", methods=["GET"], handler="answer")]

        async def answer(self):
            await asyncio.sleep(0)
            return BinaryResponse(content)

    with MockBackend("https://waiting.test", registers=[Waiting]) as backend:
        if own_app:
            backend.app  # noqa: B018  # asking for it is what makes the difference
        assert requests.get(f"{backend.url}/computed", timeout=30).content == content.expected(
            0, content.size
        )
        live = requests.get(f"{backend.live().url}/computed", timeout=30)
        assert live.content == content.expected(0, content.size)


def by_requests(url, target):
    with requests.get(url, stream=True, timeout=30) as response, target.open("wb") as file:
        for chunk in response.iter_content(MB):
            file.write(chunk)


def by_httpx(url, target):
    with httpx.stream("GET", url, timeout=30) as response, target.open("wb") as file:
        for chunk in response.iter_bytes():
            file.write(chunk)


def by_openeo(url, target):
    connection = Connection(url.rpartition("/")[0])
    ResultAsset(connection.job("any"), "large", url, {}).download(target)


@pytest.mark.parametrize("download", [by_requests, by_httpx, by_openeo])
def test_a_large_download_takes_little_memory(serve, repeated, url, tmp_path, download):
    content = serve(repeated(LARGE))
    target = tmp_path / "large"
    download(url, target)  # whatever is imported and cached the first time is not what this is about
    tracemalloc.start()
    try:
        download(url, target)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert target.stat().st_size == LARGE
    expected = hashlib.sha256()
    for start in range(0, LARGE, MB):
        expected.update(content.expected(start, start + MB))
    with target.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").digest() == expected.digest()
    assert peak < MOST
