"""Answers with binary content, whole and in parts, from memory and from a file."""

import re
from datetime import UTC, datetime
from email.parser import BytesParser

import pytest
import requests
from fastapi import Depends

from mock_backend import MockBackend
from mock_backend.api.models import Endpoint
from mock_backend.api.register import EndpointRegister
from mock_backend.http.content import BinaryResponse, etag_of, raw_body

CONTENT = bytes(range(256)) * 16
LONG = CONTENT * 1024  # more than one chunk of it


@pytest.fixture(params=["memory", "file"])
def source(request, tmp_path):
    """Hand content over in one of the two ways."""

    def make(content):
        if request.param == "memory":
            return content
        (tmp_path / "content").write_bytes(content)
        return tmp_path / "content"

    return make


class Content(EndpointRegister):
    """One class for all tests: routes are compiled for each class."""

    content = b""
    source = None

    def _initialize_endpoints(self):
        return [Endpoint(path="/content", methods=["GET"], handler="answer")]

    def answer(self):
        return BinaryResponse(
            self.source,
            media_type="image/tiff",
            etag=etag_of(self.content),
            modified=datetime(2025, 1, 1, tzinfo=UTC),
            filename="Würze 1.tif",
            headers={"X-More": "1"},
        )


@pytest.fixture(params=["short way", "own app"])
def ask(request, source, monkeypatch):
    """Serve content and ask for it."""
    with MockBackend("https://content.test", registers=[Content]) as backend:
        if request.param == "own app":
            backend.app  # noqa: B018  # asking for it is what makes the difference

        def ask(content=CONTENT, method="GET", stream=False, **headers):
            monkeypatch.setattr(Content, "content", content)
            monkeypatch.setattr(Content, "source", source(content))
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            url = "https://content.test/content"
            return requests.request(method, url, headers=names, stream=stream, timeout=5)

        yield ask


def test_the_whole(ask):
    response = ask()

    assert (response.status_code, response.content) == (200, CONTENT)
    assert response.headers["Content-Type"] == "image/tiff"
    assert response.headers["Content-Length"] == str(len(CONTENT))
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["ETag"] == etag_of(CONTENT)
    assert response.headers["Last-Modified"] == "Wed, 01 Jan 2025 00:00:00 GMT"
    assert response.headers["Content-Disposition"] == "attachment; filename*=UTF-8''W%C3%BCrze%201.tif"
    assert response.headers["X-More"] == "1"


@pytest.mark.parametrize("content", [b"", b"x", LONG], ids=["empty", "one byte", "long"])
def test_content_of_any_length(ask, content):
    response = ask(content)

    assert response.content == content
    assert response.headers["Content-Length"] == str(len(content))


def test_the_head(ask):
    get, head = ask(), ask(method="HEAD", Range="bytes=0-9")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers


@pytest.mark.parametrize(
    ("asked", "start", "stop"), [("bytes=0-9", 0, 10), ("bytes=4000-", 4000, 4096), ("bytes=-5", 4091, 4096)]
)
def test_a_part(ask, asked, start, stop):
    response = ask(Range=asked)

    assert (response.status_code, response.content) == (206, CONTENT[start:stop])
    assert response.headers["Content-Range"] == f"bytes {start}-{stop - 1}/4096"
    assert response.headers["Content-Length"] == str(stop - start)
    assert response.headers["Content-Type"] == "image/tiff"
    assert response.headers["ETag"] == etag_of(CONTENT)


def test_a_long_part(ask):
    response = ask(LONG, Range=f"bytes=100-{len(LONG) - 101}")

    assert (response.status_code, response.content) == (206, LONG[100:-100])


def test_several_parts(ask):
    response = ask(Range="bytes=0-1,10-19,-3")
    kind = response.headers["Content-Type"]
    parts = (
        BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + response.content).get_payload()
    )

    assert response.status_code == 206
    assert re.fullmatch(r"multipart/byteranges; boundary=\w+", kind)
    assert "Content-Range" not in response.headers
    assert response.headers["Content-Length"] == str(len(response.content))
    assert [part["Content-Range"] for part in parts] == [
        "bytes 0-1/4096",
        "bytes 10-19/4096",
        "bytes 4093-4095/4096",
    ]
    assert {part["Content-Type"] for part in parts} == {"image/tiff"}
    assert [part.get_payload(decode=True) for part in parts] == [CONTENT[:2], CONTENT[10:20], CONTENT[-3:]]


def test_parts_that_are_not_there(ask, assert_error):
    response = ask(Range="bytes=4096-")

    assert_error(response, 416, "RequestInvalid", "4096 bytes")
    assert response.headers["Content-Range"] == "bytes */4096"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_a_part_of_another_version_is_the_whole(ask):
    assert ask(Range="bytes=0-9", If_Range=etag_of(CONTENT)).status_code == 206
    assert ask(Range="bytes=0-9", If_Range='"older"').content == CONTENT


def test_what_the_client_has_already_is_not_sent(ask):
    response = ask(If_None_Match=etag_of(CONTENT), Range="bytes=0-9")

    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["ETag"] == etag_of(CONTENT)
    assert "Content-Length" not in response.headers
    assert ask(If_Modified_Since="Wed, 01 Jan 2025 00:00:00 GMT").status_code == 304
    assert ask(If_Modified_Since="Tue, 31 Dec 2024 00:00:00 GMT").status_code == 200
    assert ask(method="HEAD", If_None_Match=etag_of(CONTENT)).status_code == 304


def test_another_version_than_the_client_means(ask, assert_error):
    assert_error(ask(If_Match='"older"'), 412, "RequestInvalid", etag_of(CONTENT))


def test_reading_may_stop_half_way(ask):
    response = ask(LONG, stream=True)

    assert response.raw.read(10) == LONG[:10]
    response.close()


class Echo(EndpointRegister):
    def _initialize_endpoints(self):
        return [Endpoint(path="/echo/{name}", methods=["POST"], handler="echo")]

    def echo(self, name: str, content: bytes = Depends(raw_body)):
        return BinaryResponse(name.encode() + content)


@pytest.mark.parametrize("own_app", [False, True])
def test_a_body_that_is_not_looked_into(own_app):
    with MockBackend("https://echo.test", registers=[Echo]) as backend:
        if own_app:
            backend.app  # noqa: B018  # asking for it is what makes the difference
        for kind in ("application/json", "text/plain", None):
            headers = {"Content-Type": kind}
            answer = requests.post("https://echo.test/echo/a", data=b'{"x', headers=headers, timeout=5)
            assert answer.content == b'a{"x'
