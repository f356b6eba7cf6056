"""Files are stored, listed, downloaded and deleted by path."""

from itertools import pairwise

import pytest

from mock_backend import MockBackend

from .conftest import paths_of, put


def test_a_file_from_its_upload_to_its_end(api, mock_backend, assert_error):
    mock_backend.clock.advance("1h")
    uploaded = put(api, "borders/europe.geojson", b"\x00\xff\r\n{")
    listed = api("GET /files").json()
    downloaded = api("GET /files/borders/europe.geojson")
    deleted = api("DELETE /files/borders/europe.geojson")

    assert uploaded == {"path": "borders/europe.geojson", "size": 5, "modified": "2025-06-01T13:00:00Z"}
    assert listed == {"files": [uploaded], "links": []}
    assert (downloaded.status_code, downloaded.content) == (200, b"\x00\xff\r\n{")
    assert downloaded.headers["Content-Type"] == "application/octet-stream"
    assert downloaded.headers["Last-Modified"] == "Sun, 01 Jun 2025 13:00:00 GMT"
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert_error(api("GET /files/borders/europe.geojson"), 404, "FileNotFound", "borders/europe.geojson")
    assert_error(api("DELETE /files/borders/europe.geojson"), 404, "FileNotFound", "borders/europe.geojson")
    assert api("GET /files").json()["files"] == []


def test_an_upload_replaces_the_file_at_its_path(api, mock_backend):
    first = put(api, "a.txt", b"first")
    tag = api("GET /files/a.txt").headers["ETag"]
    mock_backend.clock.advance("1m")
    second = put(api, "a.txt", b"second!")
    response = api("GET /files/a.txt")

    assert response.content == b"second!"
    assert response.headers["ETag"] != tag
    assert second["modified"] > first["modified"]
    assert api("GET /files").json()["files"] == [second]


KINDS = [
    "application/octet-stream",
    "application/json",
    "image/tiff",
    "multipart/form-data; boundary=x",
    None,
]


@pytest.mark.parametrize("own_app", [False, True])
def test_content_of_any_kind_is_kept_as_it_is(api, mock_backend, own_app, example):
    for kind in KINDS:
        for content in [b"", b"{", b'{"a": 1}', bytes(range(256)) * 40]:
            with example(kind, content):
                if own_app:
                    mock_backend.app  # noqa: B018  # asking for it is what makes the difference

                put(api, "any", content, headers={"Content-Type": kind})

                assert api("GET /files/any").content == content


def test_each_user_has_files_of_their_own(api_of, assert_error):
    with MockBackend("https://two.test", users={"ann": "a", "bob": "b"}) as backend:
        ann, bob = api_of(backend, "ann"), api_of(backend, "bob")
        put(ann, "same", b"ann's")
        put(bob, "same", b"bob's")
        bob("DELETE /files/same")

        assert ann("GET /files/same").content == b"ann's"
        assert_error(bob("GET /files/same"), 404, "FileNotFound")
        assert paths_of(bob("GET /files")) == []


@pytest.mark.parametrize("route", ["GET /files", "GET /files/a", "PUT /files/a", "DELETE /files/a"])
def test_files_need_a_log_in(anonymous, assert_error, route):
    assert_error(anonymous(route), 401, "AuthenticationRequired")


def test_the_listing_is_in_the_order_of_paths(api):
    for path in ("b", "a/z", "c", "a/b/c", "B", "ä"):
        put(api, path)

    assert paths_of(api("GET /files")) == ["B", "a/b/c", "a/z", "b", "c", "ä"]


def test_a_listing_in_pages(api):
    paths = sorted(f"folder {number}/ü&{number}" for number in range(7))
    for path in paths:
        put(api, path)

    pages = [api("GET /files?limit=3").json()]
    while following := [link["href"] for link in pages[-1]["links"] if link["rel"] == "next"]:
        pages.append(api(f"GET {following[0]}").json())

    assert [[file["path"] for file in page["files"]] for page in pages] == [paths[:3], paths[3:6], paths[6:]]
    for earlier, later in pairwise(pages):
        [back] = [link["href"] for link in later["links"] if link["rel"] == "prev"]
        assert api(f"GET {back}").json()["files"] == earlier["files"]
    assert [link["rel"] for link in pages[0]["links"]] == ["next"]


@pytest.mark.parametrize("limit", ["0", "-1", "x"])
def test_limits_that_make_no_sense(api, assert_error, limit):
    assert_error(api(f"GET /files?limit={limit}"), 400, "RequestInvalid", "limit")


def test_parts_and_the_head(api):
    put(api, "data/image.tif", b"0123456789")
    whole = api("GET /files/data/image.tif")
    part = api("GET /files/data/image.tif", headers={"Range": "bytes=2-4"})
    head = api("HEAD /files/data/image.tif")

    assert whole.headers["Accept-Ranges"] == "bytes"
    assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", "10")


def test_what_a_client_has_already_is_not_sent(api, mock_backend):
    put(api, "a", b"1")
    headers = api("GET /files/a").headers
    by_tag, by_date = {"If-None-Match": headers["ETag"]}, {"If-Modified-Since": headers["Last-Modified"]}

    assert [api("GET /files/a", headers=each).status_code for each in (by_tag, by_date)] == [304, 304]
    mock_backend.clock.advance("1s")
    put(api, "a", b"2")
    assert [api("GET /files/a", headers=each).content for each in (by_tag, by_date)] == [b"2", b"2"]


def test_a_date_does_not_stand_for_two_contents(api, mock_backend):
    put(api, "a.txt", b"first")
    known = {"If-Modified-Since": api("GET /files/a.txt").headers["Last-Modified"]}
    assert api("GET /files/a.txt", headers=known).status_code == 304

    put(api, "a.txt", b"second")  # the clock is frozen, so this is the same second
    part = {"If-Range": known["If-Modified-Since"], "Range": "bytes=0-1"}
    again = api("GET /files/a.txt", headers=known)
    assert (again.status_code, again.content) == (200, b"second")
    assert "Last-Modified" not in again.headers
    assert api("GET /files/a.txt", headers=part).content == b"second"
    assert api("GET /files/a.txt", headers={"If-None-Match": again.headers["ETag"]}).status_code == 304

    mock_backend.clock.advance("1s")
    put(api, "a.txt", b"third")
    assert "Last-Modified" in api("GET /files/a.txt").headers
    assert api("GET /files/a.txt", headers=known).content == b"third"


def test_files_survive_a_restart(api_of, tmp_path):
    for content in (b"first", b"second", b"third"):
        with MockBackend("https://kept.test", store=tmp_path / "store.json") as backend:
            api = api_of(backend)
            put(api, "folder/file", content)
            put(api, f"folder/{content.decode()}", content)
            backend.clock.advance("1h")

    with MockBackend("https://kept.test", store=tmp_path / "store.json") as backend:
        api = api_of(backend)
        assert paths_of(api("GET /files")) == ["folder/file", "folder/first", "folder/second", "folder/third"]
        assert api("GET /files/folder/file").content == b"third"
        assert api("GET /files").json()["files"][0]["modified"] == "2025-06-01T14:00:00Z"
        quota = api("GET /me").json()["storage"]
        assert quota["quota"] - quota["free"] == len(b"third" + b"first" + b"second" + b"third")
        backend.reset()
        assert paths_of(api("GET /files")) == []
    assert not [each for each in tmp_path.rglob("*") if each.is_file() and each.parent != tmp_path]
