"""Small limits of work, and a count of the work that is done."""

import sys
from contextlib import contextmanager

import pytest

from mock_backend import workload
from mock_backend.engine.core import callbacks
from validation_cases.building import call, graph, ref

#: Number of calls of functions, and returns from them, that is enough for what is asked here.
ENOUGH = 4_000_000
#: Limits that are smaller than usual, so that they are reached soon.
STEPS, CALLS, VALUES, HELD = 3_000, 4_000, 100_000, 10_000


@pytest.fixture(autouse=True)
def _small_limits(monkeypatch):
    for name, most in (("STEPS", STEPS), ("CALLS", CALLS), ("VALUES", VALUES)):
        monkeypatch.setattr(workload, name, most)
    monkeypatch.setattr(callbacks, "_MOST_HELD", HELD)


class Unbounded(BaseException):
    """Not an ``Exception``, so that no handler takes it for a failure of a request."""


@contextmanager
def counted():
    """Count calls of functions, and end work without a bound, however fast or busy the machine is."""
    left = ENOUGH

    def note(*_):
        nonlocal left
        left -= 1
        if left < 0:
            raise Unbounded

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(before)


def chained(process_id, count, first, **arguments):
    """Return a graph in which each node takes the one before for each argument that is Ellipsis."""

    def filled(value, source):
        if isinstance(value, list):
            return [filled(each, source) for each in value]
        return ref(source) if value is ... else value

    nodes = {"n0": first}
    for number in range(1, count + 1):
        own = {name: filled(each, f"n{number - 1}") for name, each in arguments.items()}
        nodes[f"n{number}"] = call(process_id, **own)
    return graph(**nodes)
