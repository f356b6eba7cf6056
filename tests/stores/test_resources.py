"""The contract of stores for resources and blobs."""

import json
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tinydb import TinyDB

from mock_backend.stores import DocumentError, StoreError
from mock_backend.stores.tiny import TinyStore


def keys(page):
    return [key for key, _ in page.entries]


@pytest.fixture
def services(store):
    """Five services of alice's, one of bob's."""
    for key in "caebd":
        store.resources.put("services", "alice", key, {"id": key})
    store.resources.put("services", "bob", "z", {"id": "z"})
    return store.resources


def test_what_was_put_comes_back_as_a_copy(store):
    document = {"values": [1, "é"]}
    store.resources.put("services", "alice", "a", document)
    document["values"].append(2)
    store.resources.get("services", "alice", "a")["values"].append(3)

    assert store.resources.get("services", "alice", "a") == {"values": [1, "é"]}


def test_kinds_and_owners_are_apart(services):
    assert services.get("services", "bob", "a") is None
    assert services.get("files", "alice", "a") is None
    assert services.get("services", "bob", "z") == {"id": "z"}
    assert services.find("services", "z") == ("bob", {"id": "z"})
    assert services.find("files", "z") is None


def test_owners_are_those_who_have_something(services):
    assert services.owners("services") == ["alice", "bob"]
    assert services.owners("files") == []
    services.remove("services", "bob", "z")
    assert services.owners("services") == ["alice"]


def test_a_put_replaces(services):
    services.put("services", "alice", "a", {"id": "new"})

    assert services.get("services", "alice", "a") == {"id": "new"}
    assert keys(services.page("services", "alice")) == list("abcde")


def test_removal(services):
    assert services.remove("services", "alice", "c")
    assert not services.remove("services", "alice", "c")
    assert not services.remove("services", "unknown", "c")
    assert keys(services.page("services", "alice")) == list("abde")


@pytest.mark.parametrize(
    ("options", "expected", "earlier", "later"),
    [
        ({}, "abcde", False, False),
        ({"limit": 2}, "ab", False, True),
        ({"limit": 2, "after": "b"}, "cd", True, True),
        ({"limit": 2, "after": "d"}, "e", True, False),
        ({"limit": 2, "before": "d"}, "bc", True, True),
        ({"limit": 3, "before": "c"}, "ab", False, True),
        ({"after": "bb"}, "cde", True, False),
        ({"limit": 5}, "abcde", False, False),
    ],
)
def test_pages(services, options, expected, earlier, later):
    page = services.page("services", "alice", **options)

    assert ("".join(keys(page)), page.has_earlier, page.has_later) == (expected, earlier, later)


@given(st.sets(st.text(max_size=3)), st.integers(1, 4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_pages_lead_to_everything_and_back(make_store, names, limit):
    store = make_store()
    for name in names:
        store.resources.put("files", "alice", name, {})
    pages = [store.resources.page("files", "alice", limit=limit)]
    while pages[-1].has_later:
        pages.append(store.resources.page("files", "alice", limit=limit, after=keys(pages[-1])[-1]))
    back = [pages[-1]]
    while back[-1].has_earlier:
        back.append(store.resources.page("files", "alice", limit=limit, before=keys(back[-1])[0]))
    store.close()

    assert [key for page in pages for key in keys(page)] == sorted(names)
    assert [key for page in reversed(back) for key in keys(page)] == sorted(names)


def test_only_json_is_taken(store):
    with pytest.raises(DocumentError, match="'x'"):
        store.resources.put("services", "alice", "a", {"x": object()})
    assert store.resources.get("services", "alice", "a") is None


def test_what_is_accepted_can_be_read_however_deep(tmp_path):
    store, accepted, value = TinyStore(tmp_path / "jobs.json"), [], 1
    for number in range(300):
        value = [value]
        try:
            store.resources.put("services", "alice", f"{number:03d}", {"value": value})
        except DocumentError:
            continue
        accepted.append(f"{number:03d}")
    store.close()

    assert 100 < len(accepted) < 299
    store = TinyStore(tmp_path / "jobs.json")
    assert keys(store.resources.page("services", "alice")) == accepted
    store.close()


def test_clearing_forgets_resources_and_blobs(store):
    name = store.blobs.add(b"content")
    store.resources.put("files", "alice", "a", {"blob": name})
    store.clear()

    assert store.resources.page("files", "alice").entries == []
    with pytest.raises(KeyError):
        store.blobs.read(name)


def test_a_closed_store_says_so(make_store):
    store = make_store()
    resources = store.resources
    store.close()

    with pytest.raises(StoreError, match="closed"):
        resources.get("services", "alice", "a")


def test_blobs(store):
    name, other = store.blobs.add(b"one"), store.blobs.add(b"")

    assert (store.blobs.read(name), store.blobs.read(other)) == (b"one", b"")
    store.blobs.remove(name)
    store.blobs.remove(name)
    with pytest.raises(KeyError):
        store.blobs.read(name)


def test_a_file_keeps_resources_and_blobs(tmp_path):
    path = tmp_path / "jobs.json"
    store = TinyStore(path)
    store.resources.put("files", "alice", "a.txt", {"blob": store.blobs.add(b"kept")})
    store.resources.put("files", "alice", "b.txt", {"size": 1})
    store.resources.remove("files", "alice", "b.txt")
    store.close()

    again = TinyStore(path)
    again.resources.put("services", "bob", "s", {"id": "s"})
    document = again.resources.get("files", "alice", "a.txt")
    assert again.blobs.read(document["blob"]) == b"kept"
    assert again.resources.get("files", "alice", "b.txt") is None
    again.close()

    with TinyDB(path) as database:
        found = {(each["kind"], each["owner"], each["key"]) for each in database.table("resources")}
    assert found == {("files", "alice", "a.txt"), ("services", "bob", "s")}


def test_killing_the_process_loses_nothing(tmp_path):
    path = tmp_path / "jobs.json"
    code = """
import os, sys
from mock_backend.stores import open_store
store = open_store(sys.argv[1])
store.resources.put("files", "alice", "gone", {})
store.resources.put("files", "alice", "kept", {"blob": store.blobs.add(b"content")})
store.resources.remove("files", "alice", "gone")
store.blobs.add(b"nothing refers to this")
os._exit(1)
"""
    subprocess.run([sys.executable, "-c", code, str(path)], check=False, timeout=60)

    store = TinyStore(path)
    assert keys(store.resources.page("files", "alice")) == ["kept"]
    assert store.blobs.read(store.resources.get("files", "alice", "kept")["blob"]) == b"content"
    assert len(list((tmp_path / "jobs.json.files").iterdir())) == 1
    store.close()


def test_what_another_program_has_put_beside_the_content_stays(tmp_path):
    folder = tmp_path / "jobs.json.files"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    store = TinyStore(tmp_path / "jobs.json")
    store.blobs.add(b"content")
    store.clear()
    store.close()

    assert [file.name for file in folder.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("resource", [{"kind": "files"}, {"kind": 1, "owner": "a", "key": "k"}, None])
def test_damage_is_told(tmp_path, resource):
    path = tmp_path / "jobs.json"
    TinyStore(path).close()
    content = json.loads(path.read_text())
    content["resources"] = {"1": resource}
    path.write_text(json.dumps(content))

    with pytest.raises(StoreError, match="damaged"):
        TinyStore(path)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [5, 4, 3, 2, 1]),
        ({"limit": 2, "after": 2}, [4, 3]),
        ({"after": 3}, [5, 4]),
        ({"limit": 2, "before": 4}, [3, 2]),
        ({"limit": 9, "after": 5}, []),
    ],
)
def test_jobs_page_both_ways(store, job, options, expected):
    for number in range(1, 6):
        store.add(job(number))

    assert [each["number"] for each in store.page("alice", **options)] == expected
