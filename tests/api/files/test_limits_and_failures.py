"""Quotas, sizes, and uploads, contents and stores that fail."""

import asyncio
import threading

import pytest

from mock_backend import Fault, MockBackend
from mock_backend.settings import AppSettings
from mock_backend.stores import MemoryStore, StoreError
from mock_backend.transports.asgi_driver import request_scope

from .conftest import paths_of, put


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


def test_faults_can_be_ordered(api, mock_backend, assert_error):
    mock_backend.inject(Fault(status=503), "PUT /files/{path}")

    assert_error(api("PUT /files/a/b", data=b"x"), 503, "InfrastructureBusy")
    assert put(api, "a/b")
    assert [each.body for each in mock_backend.requests.select("PUT /files/{path}")] == [b"x", b"content"]


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


def test_content_that_nothing_refers_to_is_not_kept(api_of):
    store = MemoryStore()
    with MockBackend("https://kept.test", store=store) as backend:
        api = api_of(backend)
        put(api, "a", b"1")
        put(api, "a", b"2")
        [entry] = store.resources.page("files", "alice").entries
        api("DELETE /files/a")

        with pytest.raises(KeyError):
            store.blobs.read(entry[1]["blob"])


def test_a_reset_waits_for_uploads_and_forgets_their_sizes(api_of, monkeypatch):
    settings, store, resets = AppSettings(storage_quota=10), MemoryStore(), []
    with MockBackend("https://reset.test", settings=settings, users={"ann": "a"}, store=store) as backend:
        ann, resources = api_of(backend, "ann"), store.resources
        stored = resources.put

        def put_and_reset(*facts):
            stored(*facts)
            resets.append(threading.Thread(target=backend.reset))
            resets[0].start()
            resets[0].join(0.2)  # what does not wait has ended by then

        monkeypatch.setattr(resources, "put", put_and_reset)
        put(ann, "one", b"12345678")
        monkeypatch.undo()
        resets[0].join(60)

        assert api_of(backend, "ann")("GET /me").json()["storage"] == {"free": 10, "quota": 10}
