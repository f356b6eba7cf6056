"""Crashes lose no write of a store in a file."""

import gc
import inspect
import json
import os
import random
import shutil
from pathlib import Path
from threading import Thread

import pytest

from files_of_stores import contents, crashed, files, opened, python
from mock_backend.stores import MemoryStore
from mock_backend.stores.tiny import TinyStore

MIB = 1 << 20


def change(store, step):
    """Make the change that comes at a step; a job is too big for a page, so that writes can tear."""
    number = step // 5 * 5 + 1
    document = {"job_id": f"j-{number}", "user_id": "alice", "number": number, "text": f"{step}-" * 3000}
    if step % 5 == 0:
        store.add(document)
    elif step % 5 == 1:
        store.replace(document)
    elif step % 5 == 2:
        store.save_state({"step": step})
    elif step % 5 == 3:
        store.add({**document, "job_id": f"k-{number + 1}", "number": number + 1})
    else:
        store.remove(f"k-{number + 1}")


WRITER = f"""
import os, sys
from mock_backend.stores.tiny import TinyStore
{inspect.getsource(change)}
store = TinyStore(sys.argv[1])
for step in range(int(sys.argv[2]), 10**9):
    change(store, step)
    os.write(1, b"%d\\n" % step)
"""


def test_killing_the_process_loses_no_acknowledged_write(path):
    chance = random.Random(20240101)
    model = MemoryStore()
    done = 0
    for _ in range(4):
        writer = python("-c", WRITER, str(path), str(done))
        for _ in range(chance.randrange(1, 250)):
            line = writer.stdout.readline()
            assert line, writer.stderr.read()
        writer.kill()
        rest = writer.stdout.read().splitlines()  # communicate() would skip what readline() buffered
        writer.communicate()
        acknowledged = int(rest[-1] if rest else line)
        for step in range(done, acknowledged + 1):
            change(model, step)
        done = acknowledged + 1
        with opened(crashed(path, path.parent.parent)) as store:
            if contents(store) != contents(model):
                # The kill came between a write and its acknowledgement.
                change(model, done)
                done += 1
            assert contents(store) == contents(model)
    assert done > 100


@pytest.mark.parametrize("writes", [1, 4])
def test_a_torn_last_line_is_dropped_wherever_it_ends(path, journal, tmp_path, job, writes):
    with opened(path) as store:
        for number in range(1, writes):
            store.add(job(number))
        start, before = journal.stat().st_size, contents(store)
        store.add(job(writes, title="è\n"))
        end, after = journal.stat().st_size, contents(store)
        copy = crashed(path, tmp_path)
    assert end - start > 50
    for size in range(start, end + 1):
        torn = shutil.copytree(copy.parent, tmp_path / f"torn-{size}") / path.name
        os.truncate(torn.with_name(journal.name), size)
        with opened(torn) as store:
            assert contents(store) == (after if size == end else before)
            store.add(job(9))
            expected = contents(store)
            again = crashed(torn, tmp_path)
        with opened(again) as store:
            assert contents(store) == expected


def test_a_crash_before_the_journal_is_emptied_is_harmless(path, journal, tmp_path, job):
    store = TinyStore(path)
    store.add(job(1))
    store.add(job(2))
    store.save_state({"rate": 1})
    left = journal.read_bytes()
    store.close()
    journal.write_bytes(left)
    with opened(path) as store:
        assert contents(store) == json.dumps([[job(1), job(2)], [job(2), job(1)], 2, {"rate": 1}])
        store.remove("j-2")
        expected = contents(store)
        copy = crashed(path, tmp_path)
    with opened(copy) as store:
        assert contents(store) == expected
    # An even older journal: its jobs have been removed since.
    journal.write_bytes(left)
    with opened(path) as store:
        assert contents(store) == expected


def test_a_crash_while_the_snapshot_is_written_is_harmless(path, tmp_path, job):
    with opened(path) as store:
        store.add(job(1))
        copy = crashed(path, tmp_path)
    copy.with_name("jobs.json.tmp").write_bytes(path.read_bytes()[:40])
    with opened(copy) as store:
        assert list(store) == [job(1)]
    assert "jobs.json.tmp" not in files(copy.parent)


def test_the_journal_does_not_outgrow_the_jobs(path, journal, tmp_path, job):
    with opened(path) as store:
        largest = 0
        for step in range(1200):
            if step % 4:
                store.replace(job(step // 4 * 4 + 1, text=f"{step}" * 1000))
            else:
                store.add(job(step + 1, text="x" * 3000))
            largest = max(largest, journal.stat().st_size)
        store.save_state({"rate": 1})
        expected = contents(store)
        copy = crashed(path, tmp_path)
        written = path.stat().st_size
    assert largest > 0.5 * MIB
    assert largest < 2.5 * MIB  # of 4 MiB written
    assert written > 0.5 * MIB  # before close
    for file in (copy, path):
        with opened(file) as store:
            assert contents(store) == expected


@pytest.mark.parametrize(("owner", "name"), [(Path, "replace"), (os, "ftruncate")])
def test_an_interrupt_while_the_file_is_replaced_is_harmless(path, tmp_path, job, monkeypatch, owner, name):
    real = getattr(owner, name)

    def interrupted(*args):
        real(*args)
        raise KeyboardInterrupt

    with opened(path) as store:
        store.add(job(1, text="x" * 2 * MIB))
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, interrupted)
            with pytest.raises(KeyboardInterrupt):
                store.add(job(2))
        store.add(job(3))
        expected = contents(store)
        copy = crashed(path, tmp_path)
    with opened(copy) as store:
        assert contents(store) == expected


def test_threads_write_whole_lines(path, tmp_path, job):
    with opened(path) as store:
        for number in range(1, 5):
            store.add(job(number))

        def work(number):
            for version in range(100):
                store.replace(job(number, version=version, text="x" * 5000))

        threads = [Thread(target=work, args=(number,)) for number in range(1, 5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        copy = crashed(path, tmp_path)
    for file in (copy, path):
        with opened(file) as store:
            assert [found["version"] for found in store] == [99] * 4


def test_a_store_that_was_not_closed_is_safe_and_silent(path, job):
    store = TinyStore(path)
    store.add(job(1))
    del store
    gc.collect()
    with opened(path) as store:
        assert list(store) == [job(1)]
