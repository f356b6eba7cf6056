"""Files that are not a store's, or are damaged, are refused and stay as they are."""

import json

import pytest

from files_of_stores import files, opened
from mock_backend.stores import StoreError
from mock_backend.stores.tiny import TinyStore


def marker(**values):
    return {"format": "openeo-mock-backend", "version": 1, "generation": 1, **values}


def a_store(jobs=None, meta=None, **tables):
    return json.dumps({"meta": {"1": marker(), "2": meta or {}}, "jobs": jobs or {}, **tables}).encode()


def a_job(number, name):
    return {"job_id": name, "user_id": "alice", "number": number}


FOREIGN_OR_DAMAGED = [
    (b"Dear diary", "not a store of ours"),
    (b"\xff\xfe\x00", "not a store of ours"),
    (b"\0" * 512, "not a store of ours"),
    (b"[]", "not a store of ours"),
    (b"5", "not a store of ours"),
    (b"{}", "not a store of ours"),
    (b'{"_default": {"1": {"a": 1}}}', "not a store of ours"),
    (b'{"meta": []}', "not a store of ours"),
    (b'{"meta": {"1": 5}}', "not a store of ours"),
    (b'{"meta": {"1": {"format": "other", "version": 1}}}', "not a store of ours"),
    (b'{"meta": {"1": {"format": "openeo-mock-backend", "version": 1}}}', "not a store of ours"),
    (a_store()[:-9], "not a store of ours"),
    (a_store(meta={"last_number": float("nan")}), "not a store of ours"),
    (b'{"meta": {"1": {"format": "openeo-mock-backend", "version": 2}}}', "format version 2.*Upgrade"),
    (a_store(jobs={"1": {}}), "damaged"),
    (a_store(jobs={"1": 5}), "damaged"),
    (a_store(jobs={"1": a_job(2, "j")}), "damaged"),
    (a_store(jobs={"1": a_job(1, "j"), "2": a_job(2, "j")}), "damaged"),
    (a_store(meta={"last_number": "x"}), "damaged"),
    (a_store(meta={"state": []}), "damaged"),
    (a_store(meta=[1]), "damaged"),
    (json.dumps({"meta": {"1": marker()}, "jobs": []}).encode(), "damaged"),
]


def test_foreign_and_damaged_files_are_refused_and_untouched(path, example):
    path.with_name("neighbour").write_bytes(b"text")
    for content, reason in FOREIGN_OR_DAMAGED:
        path.write_bytes(content)
        before = files(path.parent)
        for _ in range(2):
            with example(content), pytest.raises(StoreError, match=rf"{path}.*{reason}"):
                TinyStore(path)
            with example(content):
                assert files(path.parent) == before


def test_a_folder_is_refused(path):
    path.mkdir()
    (path / "file").write_bytes(b"text")
    with pytest.raises(StoreError, match=rf"{path} is a folder: name a file in it"):
        TinyStore(path)
    assert files(path.parent) == {"file": b"text"}


def test_a_missing_folder_is_refused(path):
    with pytest.raises(StoreError, match=rf"{path.parent / 'none'} first"):
        TinyStore(path.parent / "none" / "jobs.json")
    assert list(path.parent.iterdir()) == []


def test_what_the_system_refuses_is_a_store_error(path):
    with opened(path):
        pass
    path.with_name("jobs.json.journal").mkdir()
    with pytest.raises(StoreError, match=rf"{path} cannot be opened"):
        TinyStore(path)


@pytest.fixture
def left_behind(path, job):
    """The files of a process that was killed after five writes."""
    store = TinyStore(path)
    for number in range(1, 6):
        store.add(job(number))
    kept = files(path.parent)
    store.close()
    for name, content in kept.items():
        path.with_name(name).write_bytes(content)
    return kept


@pytest.mark.parametrize(
    ("line", "damage", "reason"),
    [
        (3, b"\0\0\0", "Line 3 of .* is damaged"),
        (3, b'{"put": NaN}', "Line 3 of .* is damaged"),
        (3, b"[1]", "Line 3 of .* is not a write"),
        (3, b'{"jump": 1}', "not of ours"),
        (3, b'{"put": {}}', "not of ours"),
        (3, b'{"put": 5}', "not of ours"),
        (3, b"{}", "not of ours"),
        (6, b'{"put": {"job_id"', "Line 6 of .* is damaged"),
        (1, b"Dear diary", "not a journal of ours"),
        (1, b'{"format":"openeo-mock-backend-journal","generation":"x"}', "not a journal of ours"),
    ],
)
def test_a_damaged_journal_is_refused_and_untouched(path, journal, left_behind, line, damage, reason):
    lines = left_behind[journal.name].split(b"\n")
    lines[line - 1] = damage
    journal.write_bytes(b"\n".join(lines))
    before = files(path.parent)
    with pytest.raises(StoreError, match=reason) as caught:
        TinyStore(path)
    assert str(journal) in str(caught.value)
    assert files(path.parent) == before


def test_a_text_without_lines_is_not_a_journal(path, journal):
    with opened(path):
        pass
    journal.write_bytes(b"Dear diary")
    before = files(path.parent)
    with pytest.raises(StoreError, match="not a journal of ours"):
        TinyStore(path)
    assert files(path.parent) == before


@pytest.mark.parametrize("content", [None, b""])
def test_a_journal_without_its_file_is_refused(path, journal, left_behind, content):
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    before = files(path.parent)
    with pytest.raises(StoreError, match=r"gone or empty, but jobs\.json\.journal has writes"):
        TinyStore(path)
    assert files(path.parent) == before
    journal.unlink()
    with opened(path) as store:
        assert len(store) == 0


def test_a_journal_of_a_later_file_is_refused(path, journal, job, left_behind):
    with opened(path):
        pass
    store = TinyStore(path)
    store.add(job(6))
    later = journal.read_bytes()
    store.close()
    path.write_bytes(left_behind[path.name])
    journal.write_bytes(later)
    before = files(path.parent)
    with pytest.raises(StoreError, match="continues a later version"):
        TinyStore(path)
    assert files(path.parent) == before
