"""Registers get what they work with from the back-end."""

import pytest
import requests

from mock_backend import Clock, MockBackend
from mock_backend.api.models import Endpoint
from mock_backend.api.register import EndpointRegister, KeepingRegister, Part, Parts, optional
from mock_backend.jobs import JobsRegister
from mock_backend.stores import JobStore, MemoryStore


class Shop(EndpointRegister):
    """Works with the clock and the jobs, and keeps a method with the name of a part."""

    def _initialize_endpoints(self):
        return [Endpoint(path="/shop", methods=["GET"], handler="store")]

    def connect(self, parts):
        self.clock, self.jobs, self.shelf = parts.one(Clock), parts.one(JobsRegister), parts.one(JobStore)

    def store(self):
        return {"now": self.clock.now().year, "same": self.shelf is self.jobs.store}


class OwnJobs(JobsRegister):
    """Takes the place of ours."""


def test_parts_are_found_by_their_classes_those_of_subclasses_included():
    with MockBackend("https://shop.test", registers=[Shop, OwnJobs]) as backend:
        assert requests.get("https://shop.test/shop", timeout=5).json() == {"now": 2025, "same": True}
        assert isinstance(backend.registers[-1].jobs, OwnJobs)


def test_a_part_that_is_not_there_is_none_or_an_error_that_names_it():
    parts = Parts([], [MemoryStore()])

    assert parts.find(Clock) is None
    with pytest.raises(LookupError, match=r"The back-end has no Clock\."):
        parts.one(Clock)


class Missing:
    """A part that no back-end has."""


class Late(KeepingRegister):
    """Works with its store while it is made, and with parts that no back-end has."""

    missing = optional(Missing)
    own = Part(Missing, Missing)

    def __init__(self, settings, links):
        super().__init__(settings, links)
        self.first = self.store, self.clock


def test_parts_that_a_register_has_made_for_itself_give_way_to_those_of_the_back_end():
    with MockBackend("https://shop.test", registers=[Late]) as backend:
        register = backend.registers[-1]

        assert (register.store, register.clock) == (backend.registers.one(JobsRegister).store, backend.clock)
        assert register.first[0] is not register.store
        assert register.first[1] is not register.clock
        assert register.parts.one(JobsRegister) is backend.registers.one(JobsRegister)


def test_parts_that_the_back_end_has_not():
    with MockBackend("https://shop.test", registers=[Late]) as backend:
        register = backend.registers[-1]

        assert register.missing is None
        assert isinstance(register.own, Missing)
        assert register.own is register.own


def test_a_register_that_is_used_alone_makes_its_parts_once():
    register = Late(None, None)

    assert (register.store, register.clock) == register.first
    assert register.missing is None
