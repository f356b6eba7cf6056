"""Files are stored, listed, downloaded and deleted by path."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_backend import Fault, MockBackend
from mock_backend.api.files import FileWorkspace
from mock_backend.api.files.workspace import check_path
from mock_backend.errors import FilePathInvalid
from mock_backend.settings import AppSettings
from mock_backend.stores import MemoryStore, StoreError
from mock_backend.transports.asgi_driver import request_scope


def put(api, path, content=b"content", **options):
    response = api(f"PUT /files/{path}", data=content, **options)
    assert response.status_code == 200, response.text
    return response.json()


def paths_of(response):
    return [file["path"] for file in response.json()["files"]]


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


@pytest.mark.parametrize(
    "kind",
    ["application/octet-stream", "application/json", "image/tiff", "multipart/form-data; boundary=x", None],
)
@pytest.mark.parametrize("content", [b"", b"{", b'{"a": 1}', bytes(range(256)) * 40])
@pytest.mark.parametrize("own_app", [False, True])
def test_content_of_any_kind_is_kept_as_it_is(api, mock_backend, kind, content, own_app):
    if own_app:
        mock_backend.app  # noqa: B018  # asking for it is what makes the difference

    put(api, "any", content, headers={"Content-Type": kind})

    assert api("GET /files/any").content == content


@pytest.mark.parametrize(
    ("encoded", "path"),
    [
        ("europe/%C3%B6sterreich/m%C3%BCnster.shp", "europe/österreich/münster.shp"),
        ("a%20b/c+d%2Be.txt", "a b/c+d+e.txt"),
        ("%E9%9B%AA/%F0%9F%9B%B0", "雪/🛰"),
        ("100%25.txt", "100%.txt"),
        ("a%3Fb%23c;d=e,f@g!$()*~", "a?b#c;d=e,f@g!$()*~"),
        ("x/.hidden/...", "x/.hidden/..."),
        ("a%2Fb", "a/b"),
        ("files", "files"),
        ("a{path}", "a{path}"),
    ],
)
@pytest.mark.parametrize("own_app", [False, True])
def test_paths_are_decoded(api, mock_backend, encoded, path, own_app):
    if own_app:
        mock_backend.app  # noqa: B018  # asking for it is what makes the difference

    assert put(api, encoded, b"here")["path"] == path
    assert paths_of(api("GET /files")) == [path]
    assert api(f"GET /files/{encoded}").content == b"here"
    assert mock_backend.requests[-1].route == "/files/{path}"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/a.txt", ["slash", "root"]),
        ("a//b.txt", ["two slashes"]),
        ("a/", ["ends with a slash"]),
        ("a%5Cb", ["\\"]),
        ("c:/a", ["':'"]),
        ("it%27s", ["'"]),
        ("%22a%22", ['"']),
        ("a%00b", ["x00"]),
        ("a%0Ab", ["\\n"]),
        ("a%7F", ["x7f"]),
        ("%FF", ["UTF-8"]),
        ("a/" + "b" * 256, ["255 bytes"]),
        ("%C3%BC" * 128, ["255 bytes"]),
        ("/".join(["a" * 100] * 11), ["1024 bytes"]),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_paths_that_no_file_can_have(api, assert_error, method, path, words):
    assert_error(api(f"{method} /files/{path}", data=b"x"), 400, "FilePathInvalid", *words)
    assert paths_of(api("GET /files")) == []


@pytest.mark.parametrize("path", ["..", "../a", "a/../b", "a/..", ".", "./a", "a/./b"])
def test_relative_references_are_no_paths(path):
    # Clients resolve them before they send them, or else these are what arrives.
    with pytest.raises(FilePathInvalid, match="relative reference"):
        check_path(path)


@given(st.text(min_size=1, max_size=40))
@settings(deadline=None)
def test_a_path_is_what_the_specification_takes(path):
    try:
        check_path(path)
    except FilePathInvalid:
        return
    assert path.strip("/") == path
    assert not set(path) & set("\r\n\\:'\"")
    assert not {"", ".", ".."} & set(path.split("/"))


@pytest.mark.parametrize("path", ["folder", "folder/", "folder/sub"])
def test_folders_are_no_files(api, assert_error, path):
    put(api, "folder/sub/file.txt")

    assert_error(api(f"GET /files/{path}"), 400, "FileOperationUnsupported", "folder")
    assert_error(api(f"DELETE /files/{path}"), 400, "FileOperationUnsupported", "folder")
    code = "FilePathInvalid" if path.endswith("/") else "FolderOperationUnsupported"
    assert_error(api(f"PUT /files/{path}", data=b"x"), 400, code, "folder")
    assert paths_of(api("GET /files")) == ["folder/sub/file.txt"]


def test_nothing_is_inside_a_file(api, assert_error):
    put(api, "a/b")

    assert_error(api("PUT /files/a/b/c/d", data=b"x"), 400, "FileOperationUnsupported", "'a/b' is a file")
    assert_error(api("GET /files/a/b/c/d"), 404, "FileNotFound")


def test_folders_go_with_their_last_file(api):
    put(api, "folder/one")
    put(api, "folder/two")
    put(api, "folder.txt")  # sorts before what is in the folder
    api("DELETE /files/folder/one")
    api("DELETE /files/folder/two")

    assert put(api, "folder")["path"] == "folder"
    assert paths_of(api("GET /files")) == ["folder", "folder.txt"]


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


# -- listings -----------------------------------------------------------------------------------------


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


# -- quota and size -------------------------------------------------------------------------------------


def test_the_quota_is_for_all_files_of_a_user(api_of, assert_error):
    settings = AppSettings(storage_quota=10)
    with MockBackend("https://small.test", settings=settings, users={"ann": "a", "bob": "b"}) as backend:
        ann, bob = api_of(backend, "ann"), api_of(backend, "bob")
        put(ann, "one", b"12345678")
        refused = ann("PUT /files/two", data=b"123")
        put(bob, "one", b"1234567890")

        assert_error(refused, 400, "StorageQuotaExceeded", "11 bytes", "10 bytes")
        assert ann("GET /me").json()["storage"] == {"free": 2, "quota": 10}
        assert bob("GET /me").json()["storage"] == {"free": 0, "quota": 10}
        # What is replaced makes room; what is refused takes none.
        put(ann, "one", b"1234567890")
        put(ann, "one", b"1234")
        put(ann, "two", b"123456")
        ann("DELETE /files/one")
        assert ann("GET /me").json()["storage"] == {"free": 4, "quota": 10}
        assert paths_of(ann("GET /files")) == ["two"]

        backend.reset()
        assert ann("GET /me").json()["storage"] == {"free": 10, "quota": 10}


def test_a_user_can_have_a_quota_of_their_own(api_of, assert_error):
    from mock_backend.auth.accounts import User

    async def authenticate() -> User:
        return User(user_id="carol", storage_quota=3)

    with MockBackend("https://carol.test", authenticate=authenticate) as backend:
        api = api_of(backend)

        assert_error(api("PUT /files/a", data=b"1234"), 400, "StorageQuotaExceeded", "3 bytes")
        assert api("GET /me").json()["storage"] == {"free": 3, "quota": 3}
        assert "storage_quota" not in api("GET /me").json()


def test_without_limits(api_of):
    settings = AppSettings(storage_quota=None, max_file_size=None, max_request_size=None)
    with MockBackend("https://wide.test", settings=settings) as backend:
        api = api_of(backend)
        put(api, "a", b"x" * 100)

        assert "storage" not in api("GET /me").json()
        assert api("GET /jobs").status_code == 200


@pytest.mark.parametrize("own_app", [False, True])
def test_the_size_of_a_file_is_limited(api_of, assert_error, own_app):
    with MockBackend(
        "https://tiny.test", settings=AppSettings(max_file_size=10, max_request_size=5)
    ) as backend:
        if own_app:
            backend.app  # noqa: B018  # asking for it is what makes the difference
        api = api_of(backend)
        put(api, "fits", b"x" * 10)

        assert_error(api("PUT /files/large", data=b"x" * 11), 400, "FileSizeExceeded", "10 bytes")
        assert paths_of(api("GET /files")) == ["fits"]


# -- parts, conditions, HEAD ------------------------------------------------------------------------------


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


# -- failures ---------------------------------------------------------------------------------------------


def test_faults_can_be_ordered(api, mock_backend, assert_error):
    mock_backend.inject(Fault(status=503), "PUT /files/{path}")

    assert_error(api("PUT /files/a/b", data=b"x"), 503, "InfrastructureBusy")
    assert put(api, "a/b")
    assert [each.body for each in mock_backend.requests.select("PUT /files/{path}")] == [b"x", b"content"]


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


@pytest.mark.parametrize("kind", ["asgi", "app"])
def test_an_upload_that_breaks_off_changes_nothing(api, mock_backend, kind):
    put(api, "a.txt", b"whole")
    messages = [{"type": "http.request", "body": b"ha", "more_body": True}, {"type": "http.disconnect"}]
    headers = [(b"host", b"openeo.test"), (b"authorization", f"Bearer {mock_backend.token()}".encode())]
    scope = request_scope("PUT", "https", "openeo.test", 443, "/files/a.txt", headers)

    async def receive():
        return messages.pop(0)

    async def send(message):
        pass

    asyncio.run(getattr(mock_backend, kind)(scope, receive, send))

    assert api("GET /files/a.txt").content == b"whole"
    [_, broken] = mock_backend.requests.select("PUT /files/{path}")
    assert (broken.status, broken.body) == (400, b"ha")
    assert "has gone" in repr(broken)


def test_a_file_whose_content_is_gone(api_of, assert_error, tmp_path):
    with MockBackend("https://gone.test", store=tmp_path / "jobs.json") as backend:
        api = api_of(backend)
        put(api, "a.txt")
        [content] = (tmp_path / "jobs.json.files").iterdir()
        content.unlink()

        assert_error(api("GET /files/a.txt"), 500, "StorageFailure", "'a.txt' is gone")
        assert put(api, "a.txt", b"again")
        assert api("GET /files/a.txt").content == b"again"


def test_a_file_whose_content_cannot_be_read(api_of, assert_error, tmp_path):
    with MockBackend("https://unreadable.test", store=tmp_path / "jobs.json") as backend:
        api = api_of(backend)
        put(api, "a.txt")
        [content] = (tmp_path / "jobs.json.files").iterdir()
        content.unlink()
        content.mkdir()

        assert_error(api("GET /files/a.txt"), 500, "StorageFailure", "cannot be read")


def test_a_store_that_cannot_be_written(api_of, assert_error):
    store = MemoryStore()
    with MockBackend("https://full.test", store=store) as backend:
        api = api_of(backend)
        put(api, "kept", b"first")
        original, store.resources.put = store.resources.put, full

        assert_error(api("PUT /files/kept", data=b"second"), 500, "StorageFailure", "disk is full")
        assert_error(api("PUT /files/new", data=b"second"), 500, "StorageFailure", "disk is full")
        store.resources.put = original
        assert api("GET /files/kept").content == b"first"
        assert paths_of(api("GET /files")) == ["kept"]
        assert api("GET /me").json()["storage"]["free"] == (1 << 30) - 5


def full(*_):
    raise StoreError("The disk is full.")


def test_content_that_nothing_refers_to_is_not_kept():
    from datetime import UTC, datetime

    store = MemoryStore()
    workspace, now = FileWorkspace(store), datetime(2025, 1, 1, tzinfo=UTC)
    workspace.write("ann", "a", b"1", now=now)
    workspace.write("ann", "a", b"2", now=now)
    [entry] = workspace.page("ann").entries
    workspace.delete("ann", "a")

    with pytest.raises(KeyError):
        store.blobs.read(entry[1]["blob"])


# -- what lasts -------------------------------------------------------------------------------------------


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
