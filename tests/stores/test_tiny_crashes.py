"""The store in a file beyond the contract: it survives, refuses, and is readable by TinyDB."""

import gc
import inspect
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
import tinydb

from mock_backend.stores import MemoryStore, StoreError
from mock_backend.stores.tiny import JobDatabase, JobDocument, JournaledStorage, TinyStore

ROOT = Path(__file__).parents[2]
MIB = 1 << 20


@pytest.fixture
def path(tmp_path):
    folder = tmp_path / "store"
    folder.mkdir()
    return folder / "jobs.json"


@pytest.fixture
def journal(path):
    return path.with_name("jobs.json.journal")


def contents(store):
    """Everything that can be asked of a store, in a comparable form."""
    return json.dumps([list(store), store.page("alice"), store.last_number, store.state])


def files(folder):
    """Each file of a folder and its bytes."""
    return {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@contextmanager
def opened(path):
    store = TinyStore(path)
    try:
        yield store
    finally:
        store.close()


def crashed(path, tmp_path):
    """Return the path of what a killed process would leave behind."""
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    return shutil.copytree(path.parent, folder, dirs_exist_ok=True) / path.name


def python(*args, **options):
    """Start a Python process that finds the package."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **options,
    )


# --- A file that TinyDB reads


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


def test_the_table_hands_out_job_documents(path, job):
    with opened(path) as store:
        store.add(job(1))
        store.close()
        store = TinyStore(path)
        store.add(job(4))
        database = JobDatabase(path, storage=JournaledStorage)  # reads beside the open store
        documents = database.table("jobs").all()
        assert documents == [job(1), job(4)]
        assert [(type(document), document.doc_id) for document in documents] == [
            (JobDocument, 1),
            (JobDocument, 4),
        ]
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


# --- Crashes


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


# --- One at a time


def test_a_second_store_on_the_same_file_is_refused_at_once(path, job):
    with opened(path) as store:
        store.add(job(1))
        before = files(path.parent)
        with pytest.raises(
            StoreError, match=r"jobs\.json is open in another process.*jobs-\{PYTEST_XDIST_WORKER\}\.json"
        ):
            TinyStore(path)
        assert files(path.parent) == before
        store.add(job(2))
    with opened(path) as store:
        assert len(store) == 2


def test_a_second_process_is_refused_at_once(path):
    code = "import sys; from mock_backend.stores import open_store; open_store(sys.argv[1]).close()"
    with opened(path):
        error = python("-c", code, str(path)).communicate(timeout=30)[1]
        assert "StoreError" in error
        assert "PYTEST_XDIST_WORKER" in error
    assert python("-c", code, str(path)).communicate(timeout=30) == ("", "")


def test_a_store_may_be_closed_from_another_thread(path):
    store = TinyStore(path)
    thread = Thread(target=store.close)
    thread.start()
    thread.join()
    with opened(path) as store:
        assert len(store) == 0


FORK = """
import os, sys
from mock_backend.stores import StoreError
from mock_backend.stores.tiny import TinyStore
job = {"job_id": "j-1", "user_id": "alice", "number": 1}
store = TinyStore(sys.argv[1])
store.add(job)
child = os.fork()
if not child:
    try:
        store.remove("j-1")
    except StoreError as error:
        print(error, flush=True)
    store.close()
    os._exit(0)
os.waitpid(child, 0)
try:
    TinyStore(sys.argv[1])
except StoreError as error:
    print(error, flush=True)
store.replace({**job, "title": "parent"})
store.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only POSIX can fork")
def test_a_forked_process_leaves_the_file_to_its_parent(path, job):
    output, error = python("-c", FORK, str(path)).communicate(timeout=30)
    assert error == ""
    first, second = output.splitlines()
    assert "opened before a fork" in first
    assert "is open in another process" in second
    with opened(path) as store:
        assert list(store) == [job(1, title="parent")]


# --- Files that are not ours, or not any more


def marker(**values):
    return {"format": "openeo-mock-backend", "version": 1, "generation": 1, **values}


def a_store(jobs=None, meta=None, **tables):
    return json.dumps({"meta": {"1": marker(), "2": meta or {}}, "jobs": jobs or {}, **tables}).encode()


def a_job(number, name):
    return {"job_id": name, "user_id": "alice", "number": number}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
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
    ],
)
def test_a_foreign_or_damaged_file_is_refused_and_untouched(path, content, reason):
    path.write_bytes(content)
    path.with_name("neighbour").write_bytes(b"text")
    before = files(path.parent)
    for _ in range(2):
        with pytest.raises(StoreError, match=rf"{path}.*{reason}"):
            TinyStore(path)
        assert files(path.parent) == before


def test_a_file_without_a_table_of_jobs_has_no_jobs(path):
    path.write_text(json.dumps({"meta": {"1": marker()}}))
    with opened(path) as store:
        assert contents(store) == "[[], [], 0, {}]"


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


# --- Imports


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
