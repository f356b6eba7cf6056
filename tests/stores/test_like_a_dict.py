"""Stores do what a dict would do, whatever is asked of them, and after crashes, too."""

import json
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mock_backend.stores import MemoryStore
from mock_backend.stores.tiny import TinyStore

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(st.text(), VALUES, max_size=3)
USERS = st.sampled_from(["alice", "bob", ""])
NUMBERS = st.integers(0, 12)


class Machine(RuleBasedStateMachine):
    """A store beside a dict: they never differ."""

    durable = False

    @initialize()
    def start(self):
        self.folder = Path(tempfile.mkdtemp())
        self.store = self.make()
        self.jobs, self.last, self.state = {}, 0, {}

    def make(self):
        return MemoryStore()

    def document(self, number, user, values):
        return {**values, "job_id": f"j-{number}", "user_id": user, "number": number}

    @rule(gap=st.integers(0, 2), user=USERS, values=OBJECTS)
    def add(self, gap, user, values):
        number = self.last + gap
        document = self.document(number, user, values)
        if gap == 0:
            with pytest.raises(ValueError, match=r"already|does not exceed"):
                self.store.add(document)
        else:
            self.store.add(document)
            self.jobs[number], self.last = document, number

    @rule(number=NUMBERS, user=USERS, values=OBJECTS)
    def replace(self, number, user, values):
        document = self.document(number, user, values)
        if number not in self.jobs:
            with pytest.raises(KeyError):
                self.store.replace(document)
        elif self.jobs[number]["user_id"] != user:
            with pytest.raises(ValueError, match="cannot change"):
                self.store.replace(document)
        else:
            self.store.replace(document)
            self.jobs[number] = document

    @rule(number=NUMBERS)
    def remove(self, number):
        assert self.store.remove(f"j-{number}") == (self.jobs.pop(number, None) is not None)

    @rule(number=NUMBERS)
    def get(self, number):
        assert json.dumps(self.store.get(f"j-{number}")) == json.dumps(self.jobs.get(number))

    @rule(user=USERS, limit=st.none() | st.integers(0, 4), before=st.none() | NUMBERS)
    def page(self, user, limit, before):
        mine = [
            job
            for number, job in self.jobs.items()
            if job["user_id"] == user and (before is None or number < before)
        ]
        assert json.dumps(self.store.page(user, limit=limit, before=before)) == json.dumps(mine[::-1][:limit])

    @rule(state=OBJECTS)
    def save_state(self, state):
        self.store.save_state(state)
        self.state = state

    @rule()
    def clear(self):
        self.store.clear()
        self.jobs, self.last, self.state = {}, 0, {}

    @precondition(lambda self: self.durable)
    @rule()
    def reopen(self):
        self.store.close()
        self.store = self.make()

    @precondition(lambda self: self.durable)
    @rule()
    def crash(self):
        # What another machine would find on the disk, had this one stopped here.
        copy = Path(tempfile.mkdtemp(dir=self.folder.parent))
        shutil.copytree(self.folder, copy, dirs_exist_ok=True)
        self.store.close()
        shutil.rmtree(self.folder)
        self.folder = copy
        self.store = self.make()

    @invariant()
    def same(self):
        assert json.dumps(list(self.store)) == json.dumps(list(self.jobs.values()))
        assert (len(self.store), self.store.last_number) == (len(self.jobs), self.last)
        assert json.dumps(self.store.state) == json.dumps(self.state)

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)


class TinyMachine(Machine):
    """The same with a file."""

    durable = True

    def make(self):
        return TinyStore(self.folder / "jobs.json")


TestMemoryLikeADict = Machine.TestCase
TestTinyLikeADict = TinyMachine.TestCase
TestMemoryLikeADict.settings = TestTinyLikeADict.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
