"""A file is open in one store of one process at a time."""

import os
from threading import Thread

import pytest

from files_of_stores import files, opened, python
from mock_backend.stores import StoreError
from mock_backend.stores.tiny import TinyStore


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
