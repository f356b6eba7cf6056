"""A store that can be read as of an instant."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mock_backend import Clock
from mock_backend.clock.past import reading_as_of
from mock_backend.stores import MemoryStore
from mock_backend.stores.history import HistoryStore


def document(number, job_id, user="alice", **values):
    return {"job_id": job_id, "user_id": user, "number": number, **values}


class CountingStore(MemoryStore):
    """A store that counts the documents that it hands out."""

    count = 0

    def get(self, job_id):
        self.count += 1
        return super().get(job_id)

    def page(self, *arguments, **named):
        found = super().page(*arguments, **named)
        self.count += len(found)
        return found

    def __iter__(self):
        for each in super().__iter__():
            self.count += 1
            yield each


_ids, _users = some.sampled_from(["a", "b", "c"]), some.sampled_from(["alice", "bob"])
_numbers = some.none() | some.integers(0, 10)


@given(
    earlier=some.integers(0, 2),
    steps=some.lists(
        some.tuples(some.just("add"), _ids, _users)
        | some.tuples(some.just("replace") | some.just("remove"), _ids)
        | some.tuples(some.just("advance"), some.integers(0, 2)),
        max_size=12,
    ),
    part=some.fixed_dictionaries(
        {"limit": some.none() | some.integers(1, 4), "before": _numbers, "after": _numbers}
    ),
)
def test_it_tells_what_it_told_at_an_instant(earlier, steps, part):
    clock, plain, told = Clock(), MemoryStore(), {}
    for number in range(earlier):
        plain.add(document(number + 1, "abc"[number]))
    store = HistoryStore(plain, clock)
    for step, *what in [("advance", 1), *steps]:
        there = store.get(what[0]) if step != "advance" else None
        if step == "advance":
            clock.advance(*what)
        elif step == "add" and there is None:
            store.add(document(store.last_number + 1, *what))
        elif step == "replace" and there is not None:
            store.replace({**there, "title": str(len(told))})
        elif step == "remove":
            store.remove(*what)
        pages = [store.page(user, **part) for user in ("alice", "bob")]
        # Of one instant, what was told last.
        told[clock.now()] = pages, list(store), len(store), [store.get(job_id) for job_id in "abc"]

    for instant, (pages, jobs, count, found) in told.items():
        with reading_as_of(instant):
            assert [store.page(user, **part) for user in ("alice", "bob")] == pages
            assert (list(store), len(store)) == (jobs, count)
            assert [store.get(job_id) for job_id in "abc"] == found


@pytest.mark.parametrize("direction", ["before", "after"])
def test_pages_look_at_the_documents_that_they_hold(direction):
    clock, plain = Clock(), CountingStore()
    for number in range(1, 1001):
        plain.add(document(number, f"j-{number}", "alice" if number % 2 else "bob"))
    store = HistoryStore(plain, clock)
    instant = clock.now()
    clock.advance(1)
    store.remove("j-501")
    plain.count, cursor, seen = 0, {direction: 1001 if direction == "before" else 0}, []

    with reading_as_of(instant):
        while found := store.page("alice", limit=10, **cursor):
            seen += found if direction == "before" else found[::-1]
            cursor[direction] = seen[-1]["number"]

    assert [each["number"] for each in seen] == list(range(1, 1001, 2))[:: -1 if direction == "before" else 1]
    assert plain.count == len(seen)


def test_writes_as_of_an_instant_leave_no_trace():
    clock, store = Clock(), HistoryStore(MemoryStore(), Clock())
    store.add(document(1, "a"))

    with reading_as_of(clock.now()):
        store.replace(document(1, "a", title="new"))

    assert store.get("a") == document(1, "a")
    store.clear()
    assert (list(store), store.page("alice")) == ([], [])
