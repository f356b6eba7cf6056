"""The file of a store: it keeps everything, and TinyDB reads it."""

import json

import pytest
import tinydb

from files_of_stores import contents, crashed, files, opened, python
from mock_backend.stores import StoreError
from mock_backend.stores.tiny import JournaledStorage, TinyStore


def test_plain_tinydb_reads_the_file_after_close(path, job):
    jobs = [job(number, title=f"Größe {number}") for number in (1, 2, 5)]
    with opened(path) as store:
        for document in jobs:
            store.add(document)
        store.remove("j-2")
        store.save_state({"rate": 1})
    with tinydb.TinyDB(path) as database:
        assert database.table("jobs").all() == [jobs[0], jobs[2]]
        assert database.table("jobs").get(doc_id=5) == jobs[2]
        assert database.table("meta").get(tinydb.where("format") == "openeo-mock-backend")["version"] == 1
        assert database.table("meta").get(tinydb.where("last_number") == 5)["state"] == {"rate": 1}
    assert path.read_bytes().isascii()  # so that the platform's encoding does not matter


def test_plain_tinydb_may_change_the_file_between_uses(path, job):
    with opened(path) as store:
        store.add(job(1))
    with tinydb.TinyDB(path) as database:
        database.table("jobs").update({"title": "edited"}, doc_ids=[1])
        database.table("jobs").insert(tinydb.table.Document(job(7), doc_id=7))
        database.table("notes").insert({"text": "é"})
    with opened(path) as store:
        assert list(store) == [job(1, title="edited"), job(7)]
        assert store.last_number == 7
        store.add(job(8))
    with tinydb.TinyDB(path) as database:
        assert database.table("notes").all() == [{"text": "é"}]
        assert len(database.table("jobs")) == 3


def test_tiny_db_reads_beside_the_open_store(path, job):
    with opened(path) as store:
        store.add(job(1))
        store.close()
        store = TinyStore(path)
        store.add(job(4))
        database = tinydb.TinyDB(path, storage=JournaledStorage)
        assert database.table("jobs").all() == [job(1), job(4)]
        store.close()


@pytest.mark.parametrize("content", [None, b""])
def test_a_missing_or_empty_file_is_a_new_store(path, job, content):
    if content is not None:
        path.write_bytes(content)
    with opened(path) as store:
        assert len(store) == 0
        assert path.exists()
        store.add(job(1))
    with opened(path) as store:
        assert list(store) == [job(1)]


def test_only_the_file_and_an_empty_lock_remain_after_close(path, job):
    with opened(path) as store:
        store.add(job(1))
    with opened(path) as store:
        store.replace(job(1, title="new"))
    remaining = files(path.parent)
    assert set(remaining) - {"jobs.json.lock"} == {"jobs.json"}
    assert remaining.get("jobs.json.lock", b"") == b""


def test_looking_does_not_change_the_file(path, job):
    with opened(path) as store:
        store.add(job(1))
    before = path.stat()
    with opened(path) as store:
        assert len(store) == 1
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_everything_survives_reopening(path, job):
    with opened(path) as store:
        for number in range(1, 13):
            store.add(job(number, "alice" if number % 3 else "bob"))
        store.remove("j-12")
        store.replace(job(2, title="new"))
        store.save_state({"now": "2024-01-01T00:00:00Z"})
        before = contents(store)
    for _ in range(3):
        with opened(path) as store:
            assert contents(store) == before
            with pytest.raises(ValueError, match="does not exceed 12"):
                store.add(job(12))


def test_what_is_accepted_can_be_read_however_deep(path, tmp_path, job):
    accepted, value = [], 1
    with opened(path) as store:
        for number in range(1, 300):
            value = [value]
            try:
                store.add(job(number, value=value))
            except TypeError:
                continue
            accepted.append(number)
        copy = crashed(path, tmp_path)
    assert 100 < len(accepted) < 299
    for file in (copy, path):
        with opened(file) as store:
            assert [found["number"] for found in store] == accepted


def test_clearing_survives_reopening(path, job):
    with opened(path) as store:
        store.add(job(9))
        store.save_state({"rate": 1})
        store.clear()
        store.add(job(1))
    with opened(path) as store:
        assert contents(store) == json.dumps([[job(1)], [job(1)], 1, {}])


def test_the_file_keeps_its_permissions_and_links(path, job, tmp_path):
    with opened(path):
        pass
    path.chmod(0o600)
    link = tmp_path / "link.json"
    link.symlink_to(path)
    with opened(link) as store:
        store.add(job(1))
        with pytest.raises(StoreError, match="is open in another process"):
            TinyStore(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert link.is_symlink()
    with opened(path) as store:
        assert list(store) == [job(1)]


def test_the_working_directory_may_change(tmp_path, job, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = TinyStore("jobs.json")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    store.add(job(1))
    store.close()
    with opened(tmp_path / "jobs.json") as store:
        assert list(store) == [job(1)]
    assert files(tmp_path / "elsewhere") == {}


def test_repr_names_the_file(path):
    with opened(path) as store:
        assert str(path) in repr(store)


def marker(**values):
    return {"format": "openeo-mock-backend", "version": 1, "generation": 1, **values}


def test_a_file_without_a_table_of_jobs_has_no_jobs(path):
    path.write_text(json.dumps({"meta": {"1": marker()}}))
    with opened(path) as store:
        assert contents(store) == "[[], [], 0, {}]"


def test_tinydb_is_imported_only_for_a_file(path):
    code = """
import sys
from mock_backend.stores import open_store
open_store(None)
assert "tinydb" not in sys.modules and "filelock" not in sys.modules
open_store(sys.argv[1]).close()
assert "tinydb" in sys.modules
"""
    assert python("-c", code, str(path)).communicate(timeout=30) == ("", "")
