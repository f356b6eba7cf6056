"""Both stores, made the same way, and files for one."""

from collections.abc import Callable, Iterator

import pytest

from mock_backend.stores import JobStore, MemoryStore
from mock_backend.stores.tiny import TinyStore


@pytest.fixture(params=["memory", "tiny"])
def make_store(request, tmp_path) -> Callable[[], JobStore]:
    """Make a new, empty store."""
    count = 0

    def make() -> JobStore:
        nonlocal count
        count += 1
        return MemoryStore() if request.param == "memory" else TinyStore(tmp_path / f"jobs-{count}.json")

    return make


@pytest.fixture
def store(make_store) -> Iterator[JobStore]:
    """An empty store."""
    store = make_store()
    yield store
    store.close()


@pytest.fixture
def path(tmp_path):
    """A file that is not there yet, alone in a folder."""
    folder = tmp_path / "store"
    folder.mkdir()
    return folder / "jobs.json"


@pytest.fixture
def journal(path):
    """The file of writes beside it."""
    return path.with_name("jobs.json.journal")


@pytest.fixture
def job() -> Callable[..., dict]:
    """Write a job."""
    return lambda number, user="alice", **values: {
        "job_id": f"j-{number}",
        "user_id": user,
        "number": number,
        **values,
    }
