"""Full disks lose no write of a store in a file, and writes wait for disks if that is wanted."""

import os

import pytest

from files_of_stores import contents, crashed, opened
from mock_backend.stores import StoreError
from mock_backend.stores.tiny import TinyStore


def test_fsync_keeps_the_same(path, tmp_path, job):
    store = TinyStore(path, fsync=True)
    store.add(job(1))
    with opened(crashed(path, tmp_path)) as copy:
        assert list(copy) == [job(1)]
    store.close()
    with opened(path) as store:
        assert list(store) == [job(1)]


def test_fsync_waits_for_each_write(path, job, monkeypatch):
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (synced.append(os.fstat(file).st_ino), real(file)))
    with opened(path) as store:
        store.add(job(1))
    assert synced == []
    store = TinyStore(path, fsync=True)
    synced.clear()
    store.add(job(2))
    assert synced == [path.with_name("jobs.json.journal").stat().st_ino]
    synced.clear()
    store.close()
    assert synced == [path.stat().st_ino, path.parent.stat().st_ino]


@pytest.mark.parametrize("room", [0, 1, 500])
def test_a_full_disk_loses_nothing(path, journal, tmp_path, job, room, full_disk):
    with opened(path) as store:
        store.add(job(1))
        store.save_state({"rate": 1})
        before = contents(store)
        with full_disk(journal.stat().st_size + room):
            for attempt in (
                lambda: store.add(job(2, text="x" * 2000)),
                lambda: store.replace(job(1, text="x" * 2000)),
            ):
                with pytest.raises(StoreError, match=r"jobs\.json cannot be written, so nothing was stored"):
                    attempt()
                assert contents(store) == before
            copy = crashed(path, tmp_path)
        with opened(copy) as found:
            assert contents(found) == before
        store.add(job(2))  # there is room again
        store.remove("j-1")
        expected = contents(store)
        with opened(crashed(path, tmp_path)) as copy:
            assert contents(copy) == expected
    with opened(path) as store:
        assert contents(store) == expected


def test_a_disk_that_is_full_at_the_end_loses_nothing(path, job, full_disk):
    store = TinyStore(path)
    store.add(job(1))
    with full_disk(100), pytest.raises(StoreError, match="The journal has it all"):
        store.close()
    with pytest.raises(StoreError, match="closed"):
        store.get("j-1")
    with opened(path) as store:
        assert list(store) == [job(1)]
