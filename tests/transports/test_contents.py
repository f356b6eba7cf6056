"""Binary content goes and comes by every way alike: whole, in parts, as a head."""

import pytest

CONTENT = bytes(range(256)) * 16 * 1024  # 4 MB, more than one chunk of an answer


def test_a_file_goes_there_and_back(caller):
    uploaded = caller("PUT", "/files/%C3%BC/a%20b.bin", content=CONTENT)
    listed = caller("GET", "/files")
    downloaded = caller("GET", "/files/%C3%BC/a%20b.bin")
    deleted = caller("DELETE", "/files/%C3%BC/a%20b.bin")
    gone = caller("GET", "/files/%C3%BC/a%20b.bin")

    assert uploaded.json.items() >= {"path": "ü/a b.bin", "size": len(CONTENT)}.items()
    assert listed.json["files"] == [uploaded.json]
    assert downloaded.status == 200
    assert downloaded.body == CONTENT
    assert downloaded.headers["content-length"] == str(len(CONTENT))
    assert (deleted.status, deleted.body) == (204, b"")
    assert (gone.status, gone.json["code"]) == (404, "FileNotFound")


def test_parts_of_a_file(caller):
    caller("PUT", "/files/a", content=b"0123456789" * 200)

    whole, head = caller("GET", "/files/a"), caller("HEAD", "/files/a")
    part = caller("GET", "/files/a", headers={"Range": "bytes=-5"})
    none = caller("GET", "/files/a", headers={"Range": "bytes=2000-"})
    other = caller("GET", "/files/a", headers={"Range": "bytes=0-1", "If-Range": '"other"'})

    assert (head.status, head.body) == (200, b"")
    for name in ("content-length", "content-type", "etag", "last-modified", "accept-ranges"):
        assert head.headers[name] == whole.headers[name]
    assert (part.status, part.body, part.headers["content-range"]) == (206, b"56789", "bytes 1995-1999/2000")
    assert part.headers["content-length"] == "5"
    assert (none.status, none.headers["content-range"], none.json["code"]) == (
        416,
        "bytes */2000",
        "RequestInvalid",
    )
    assert (other.status, other.body) == (200, whole.body)


def test_several_parts_and_none(caller):
    caller("PUT", "/files/a", content=b"0123456789")

    several = caller("GET", "/files/a", headers={"Range": "bytes=0-1,8-"})
    known = caller("GET", "/files/a", headers={"If-None-Match": several.headers["etag"]})

    assert several.status == 206
    assert several.headers["content-type"].startswith("multipart/byteranges; boundary=")
    assert several.body.count(b"Content-Range: bytes ") == 2
    assert (known.status, known.body) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/", "/jobs", "/processes", "/collections/SENTINEL2_L2A", "/jobs/x", "/nowhere"]
)
def test_heads(caller, path):
    # Whether an answer gets compressed is no matter of the way that this is about.
    plain = {"Accept-Encoding": "identity"}
    get, head = caller("GET", path, headers=plain), caller("HEAD", path, headers=plain)

    assert (head.status, head.body) == (get.status, b"")
    for name in ("content-type", "content-length"):
        assert head.headers[name] == get.headers[name]
    assert head.headers["content-length"] == str(len(get.body))


def test_a_body_that_no_client_reads_to_the_end(caller):
    caller.backend.app  # noqa: B018  # both ways have the same limit; this is the longer one
    answer = caller("POST", "/jobs", content=b"[" * 100_000, headers={"Content-Type": "application/json"})
    again = caller("GET", "/jobs")

    assert (answer.status, answer.json["code"]) == (400, "RequestInvalid")
    assert again.status == 200
