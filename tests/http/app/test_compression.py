"""Long texts are compressed for clients behind a socket that take that."""

import gzip
import http.client
import json
from urllib.parse import urlsplit

import pytest

from mock_backend import MockBackend
from mock_backend.settings import AppSettings


@pytest.fixture(scope="module")
def live():
    """One server for this module: ending one takes a while."""
    settings = AppSettings(max_request_size=100_000, max_file_size=200_000)
    with MockBackend("https://packed.test", settings=settings) as backend:
        backend.live()
        yield backend


@pytest.fixture
def ask(live):
    """Send a request as it is written here, and nothing else."""

    def ask(method, path, body=None, encode_chunked=False, **headers):
        connection = http.client.HTTPConnection(urlsplit(live.live().url).netloc, timeout=10)
        sent = {"Authorization": f"Bearer {live.token()}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        # Unlike higher clients, this one sends paths and headers as they are.
        connection.putrequest(method, path, skip_accept_encoding=True)
        if body is not None and not encode_chunked:
            sent["Content-Length"] = str(len(body))
        for name, value in sent.items():
            connection.putheader(name, value)
        connection.endheaders(body, encode_chunked=encode_chunked)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response, content

    yield ask
    live.reset()


def test_long_texts_are_compressed(ask):
    plain, text = ask("GET", "/processes")
    packed, content = ask("GET", "/processes", Accept_Encoding="gzip, deflate, br")

    assert plain.headers["Content-Encoding"] is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Length"] == str(len(content))
    assert len(content) < len(text) / 3
    assert json.loads(gzip.decompress(content)) == json.loads(text)
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("*", "gzip"),
        ("br, gzip;q=0.5", "gzip"),
        ("gzip; q=1.0", "gzip"),
        ("gzip;q=0", None),
        ("identity", None),
        ("br", None),
        ("xgzip", None),
        ("gzip;q=nonsense", None),
        ("", None),
    ],
)
def test_what_clients_accept(ask, accepted, coding):
    assert ask("GET", "/processes", Accept_Encoding=accepted)[0].headers["Content-Encoding"] == coding


def test_a_head_is_that_of_the_compressed_answer(ask):
    get, _ = ask("GET", "/processes", Accept_Encoding="gzip")
    head, content = ask("HEAD", "/processes", Accept_Encoding="gzip")

    assert content == b""
    for name in ("Content-Encoding", "Content-Length", "Vary"):
        assert head.headers[name] == get.headers[name]


def test_short_texts_are_not_worth_it(ask):
    response, content = ask("GET", "/jobs", Accept_Encoding="gzip")

    assert response.headers["Content-Encoding"] is None
    assert json.loads(content)["jobs"] == []


@pytest.mark.parametrize("requested", [None, "bytes=0-4999"])
def test_what_comes_in_parts_is_left_alone(ask, requested):
    content = b"a" * 10_000
    ask("PUT", "/files/a.txt", content)
    headers = {"Accept_Encoding": "gzip"} | ({"Range": requested} if requested else {})

    response, received = ask("GET", "/files/a.txt", **headers)

    assert response.headers["Content-Encoding"] is None
    assert response.headers["Vary"] is None
    assert received == (content[:5000] if requested else content)


def test_errors_can_be_read_in_the_journal(ask, live):
    response, _ = ask("GET", f"/jobs/{'x' * 1200}", Accept_Encoding="gzip")

    assert response.headers["Content-Encoding"] is None
    assert "JobNotFound" in repr(live.requests[-1])


# -- and what only raw requests can ask for -----------------------------------------------------------------


@pytest.mark.parametrize("path", ["/files/../a", "/files/a/../b", "/files/%2E%2E/a", "/files/a/%2e"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_relative_references_lead_nowhere(ask, method, path):
    response, content = ask(method, path, b"x" if method == "PUT" else None)

    assert (response.status, json.loads(content)["code"]) == (400, "FilePathInvalid")


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    ("route", "size", "status", "code"),
    [
        ("POST /jobs", 99_999, 400, "RequestInvalid"),
        ("POST /jobs", 3_000_000, 413, "RequestInvalid"),
        ("POST /nowhere", 3_000_000, 413, "RequestInvalid"),
        ("PUT /files/a", 3_000_000, 400, "FileSizeExceeded"),
    ],
)
def test_long_bodies_are_not_read_to_the_end(ask, live, route, size, status, code, chunked):
    method, _, path = route.partition(" ")
    parts = [b"x" * 1000] * (size // 1000) if chunked else b"x" * size
    headers = {"Transfer_Encoding": "chunked"} if chunked else {}

    response, content = ask(
        method, path, parts, encode_chunked=chunked, Content_Type="application/json", **headers
    )

    assert (response.status, json.loads(content)["code"]) == (status, code)
    assert len(live.requests[-1].body) < 1_500_000
    assert ask("GET", "/jobs")[0].status == 200


def test_long_files_come_in_chunks(ask):
    content = b"x" * 150_000
    response, _ = ask(
        "PUT",
        "/files/a",
        [content[:70_000], content[70_000:]],
        encode_chunked=True,
        Transfer_Encoding="chunked",
    )

    assert response.status == 200
    assert ask("GET", "/files/a")[1] == content
