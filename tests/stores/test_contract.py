"""The contract of stores."""

import json
from collections import OrderedDict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from threading import Thread

import pytest

from mock_backend.stores import MemoryStore, StoreError, open_store
from mock_backend.stores.tiny import TinyStore


class Color(StrEnum):
    red = "red"


def nested(levels):
    value = 1
    for _ in range(levels):
        value = [value]
    return value


def test_new_store_is_empty(store):
    assert len(store) == 0
    assert list(store) == []
    assert store.page("alice") == []
    assert store.get("j-1") is None
    assert store.last_number == 0
    assert store.state == {}


def test_job_comes_back_as_it_was_stored(store, job):
    values = {
        "n": None,
        "f": 1.0,
        "i": 10**30,
        "b": True,
        "t": "é\n\u2028\0🛰",
        "l": [[], {}],
        "z": -0.0,
        "a": 1,
    }
    store.add(job(1, values=values))
    assert json.dumps(store.get("j-1")) == json.dumps(job(1, values=values))
    assert type(store.get("j-1")) is dict


def test_a_caller_cannot_reach_into_the_store(store, job):
    given = job(1, tags=["a"])
    store.add(given)
    given["tags"].append("b")
    store.get("j-1")["tags"].append("c")
    store.page("alice")[0]["tags"].append("d")
    next(iter(store))["tags"].append("e")
    state = {"tags": ["a"]}
    store.save_state(state)
    state["tags"].append("b")
    store.state["tags"].append("c")
    assert store.get("j-1")["tags"] == ["a"]
    assert store.state == {"tags": ["a"]}


def test_jobs_are_listed_newest_first_for_each_user(store, job):
    for number, user in enumerate(["alice", "bob", "alice", "alice", "bob"], start=1):
        store.add(job(number, user))
    assert [found["number"] for found in store.page("alice")] == [4, 3, 1]
    assert [found["number"] for found in store.page("bob")] == [5, 2]
    assert store.page("carol") == []
    assert [found["number"] for found in store] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("limit", "before", "numbers"),
    [
        (2, None, [9, 7]),
        (2, 7, [5, 3]),
        (2, 6, [5, 3]),
        (None, 4, [3, 1]),
        (9, 1, []),
        (0, None, []),
        (9, 99, [9, 7, 5, 3, 1]),
    ],
)
def test_pages(store, job, limit, before, numbers):
    for number in range(1, 11):
        store.add(job(number, "alice" if number % 2 else "bob"))
    assert [found["number"] for found in store.page("alice", limit=limit, before=before)] == numbers


def test_numbers_may_have_gaps_and_are_never_used_again(store, job):
    store.add(job(3))
    store.add(job(7))
    assert store.remove("j-7")
    assert store.last_number == 7
    with pytest.raises(ValueError, match="does not exceed 7"):
        store.add(job(7))
    store.add(job(8))
    assert [found["number"] for found in store] == [3, 8]


def test_adding_an_id_twice_is_refused(store, job):
    store.add(job(1, title="first"))
    with pytest.raises(ValueError, match="'j-1' already"):
        store.add({**job(1), "number": 2})
    assert list(store) == [job(1, title="first")]
    assert store.last_number == 1


@pytest.mark.parametrize(
    "changes",
    [{"job_id": None}, {"user_id": 5}, {"number": None}, {"number": 2.0}, {"number": True}, {"number": "2"}],
)
def test_a_job_needs_id_owner_and_number(store, job, changes):
    with pytest.raises(ValueError, match=r"needs"):
        store.add({**job(2), **changes})
    with pytest.raises(ValueError, match=r"needs"):
        store.add({key: value for key, value in job(2).items() if key not in changes})
    with pytest.raises(ValueError, match=r"needs"):
        store.replace({**job(2), **changes})
    assert len(store) == 0
    assert store.last_number == 0


#: Values that JSON does not have, and what is said of them.
NO_JSON = [
    (datetime(2024, 1, 1, tzinfo=UTC), r"'extra'\[0\]\['x'\] is a datetime"),
    ({1, 2}, "is a set"),
    (b"bytes", "is a bytes"),
    (b"\xff", "is a bytes"),
    ({1: "a"}, "has the key 1"),
    ({None: "a"}, "has the key None"),
    ((datetime(2024, 1, 1, tzinfo=UTC),), "is a datetime"),
    (float("nan"), "is nan"),
    (float("inf"), "is inf"),
    (object(), "is a object"),
    (Path("a"), "is a PosixPath|is a WindowsPath"),
    ("\ud800", "surrogates"),
    (nested(500), "nested too deeply"),
]


def test_what_json_does_not_have_is_refused(store, job, example):
    store.add(job(1))
    for value, reason in NO_JSON:
        for refused in (
            lambda document: store.add({**document, "number": 2, "job_id": "j-2"}),
            store.replace,
            store.save_state,
        ):
            with example(value), pytest.raises(TypeError, match=reason):
                refused(job(1, extra=[{"x": value}]))
        with example(value):
            assert list(store) == [job(1)]
            assert store.state == {}


@pytest.mark.parametrize("document", [[], None, "text", 5])
def test_only_objects_are_documents(store, document):
    with pytest.raises(TypeError, match="JSON objects"):
        store.add(document)
    with pytest.raises(TypeError, match="JSON objects"):
        store.save_state(document)


def test_relatives_of_json_types_become_json_types(store, job):
    store.add(job(1, extra=OrderedDict(color=Color.red, pair=(1, (2,)))))
    extra = store.get("j-1")["extra"]
    assert json.dumps(extra) == '{"color": "red", "pair": [1, [2]]}'
    assert [type(extra), type(extra["color"]), type(extra["pair"][1])] == [dict, str, list]


def test_replacing_keeps_the_place_in_listings(store, job):
    for number in (1, 2, 3):
        store.add(job(number))
    store.replace(job(2, title="new"))
    assert store.get("j-2")["title"] == "new"
    assert [found["number"] for found in store] == [1, 2, 3]
    assert [found["number"] for found in store.page("alice")] == [3, 2, 1]
    assert store.last_number == 3


def test_replacing_what_is_not_there_is_refused(store, job):
    with pytest.raises(KeyError, match="j-1"):
        store.replace(job(1))
    assert len(store) == 0


@pytest.mark.parametrize("changes", [{"user_id": "bob"}, {"number": 2}])
def test_owner_and_number_cannot_change(store, job, changes):
    store.add(job(1))
    with pytest.raises(ValueError, match="cannot change"):
        store.replace({**job(1), **changes})
    assert list(store) == [job(1)]
    assert store.page("bob") == []


def test_removing(store, job):
    store.add(job(1))
    store.add(job(2, "bob"))
    assert store.remove("j-1") is True
    assert store.remove("j-1") is False
    assert store.get("j-1") is None
    assert store.page("alice") == []
    assert list(store) == [job(2, "bob")]


def test_state_is_replaced_as_a_whole(store):
    store.save_state({"now": "2024-01-01T00:00:00Z", "rate": 0})
    store.save_state({"rate": 1})
    assert store.state == {"rate": 1}


def test_clearing_forgets_everything(store, job):
    store.add(job(5))
    store.save_state({"rate": 1})
    store.clear()
    assert (len(store), list(store), store.page("alice"), store.last_number, store.state) == (
        0,
        [],
        [],
        0,
        {},
    )
    store.add(job(1))
    assert list(store) == [job(1)]


def test_jobs_may_change_during_an_iteration(store, job):
    for number in (1, 2, 3):
        store.add(job(number))
    seen = []
    for found in store:
        seen.append(found["number"])
        store.remove(found["job_id"])
        store.add(job(found["number"] + 10))
    assert seen == [1, 2, 3]
    assert [found["number"] for found in store] == [11, 12, 13]


USES = [
    lambda store, job: store.add(job(2)),
    lambda store, job: store.get("j-1"),
    lambda store, job: store.replace(job(1)),
    lambda store, job: store.remove("j-1"),
    lambda store, job: store.page("alice"),
    lambda store, job: len(store),
    lambda store, job: iter(store),
    lambda store, job: store.last_number,
    lambda store, job: store.state,
    lambda store, job: store.save_state({}),
    lambda store, job: store.clear(),
]


def test_a_closed_store_cannot_be_used(store, job, example):
    store.add(job(1))
    store.close()
    store.close()
    for place, use in enumerate(USES):
        with example(place), pytest.raises(StoreError, match="closed"):
            use(store, job)
    assert "closed" in repr(store)


def test_repr_tells_how_many_jobs_there_are(store, job):
    store.add(job(1))
    assert "jobs=1" in repr(store)


def test_two_stores_do_not_share_jobs(make_store, job):
    one, other = make_store(), make_store()
    one.add(job(1))
    assert list(other) == []
    one.close()
    other.close()


def test_threads_can_add_at_the_same_time(store, job):
    def work(user):
        added = 0
        while added < 100:
            try:
                store.add(job(store.last_number + 1, user))
            except ValueError:
                continue  # the other thread was faster
            added += 1

    threads = [Thread(target=work, args=(user,)) for user in ("alice", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found["number"] for found in store] == list(range(1, 201))
    assert [len(store.page(user)) for user in ("alice", "bob")] == [100, 100]


def test_open_store_takes_a_path_a_store_or_nothing(tmp_path):
    memory = open_store(None)
    assert isinstance(memory, MemoryStore)
    assert not isinstance(memory, TinyStore)
    assert open_store(memory) is memory
    for path in (tmp_path / "a.json", str(tmp_path / "b.json")):
        tiny = open_store(path)
        assert isinstance(tiny, TinyStore)
        tiny.close()
        assert Path(path).exists()
