"""Usage and costs of processing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.lifecycle import Usage, Work

METRICS = ("cpu", "memory", "duration", "input_pixel", "max_executor_memory", "network_received")
spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=1000))
amounts = st.integers(0, 10**12)
works = st.builds(Work, read=amounts, written=amounts, memory=amounts)
usages = st.builds(Usage, ran=spans, done=st.floats(0, 1), work=works)
# Both are rounded, to cents and to thousandths.
CENT, THOUSANDTH = 0.0101, 0.00101


def values(usage):
    return {name: metric["value"] for name, metric in usage.metrics(METRICS).items()}


def test_nothing_processed_costs_nothing():
    assert Usage(timedelta(0), work=Work()).costs() == 0
    assert set(values(Usage(timedelta(0), work=Work())).values()) == {0}


@given(spans, spans, works)
def test_times_add_up(first, second, work):
    total, a, b = (Usage(ran, 0.0, work) for ran in (first + second, first, second))
    assert total.costs() == pytest.approx(a.costs() + b.costs(), rel=1e-12, abs=2 * CENT)
    for name in ("cpu", "memory", "duration"):
        both = values(a)[name] + values(b)[name]
        assert values(total)[name] == pytest.approx(both, rel=1e-12, abs=2 * THOUSANDTH)


@given(usages, spans, works)
def test_more_never_costs_less(usage, ran, work):
    more = Usage(
        usage.ran + ran,
        1.0,
        Work(usage.work.read + work.read, usage.work.written + work.written, usage.work.memory + work.memory),
    )
    assert 0 <= usage.costs() <= more.costs()
    assert all(0 <= value <= values(more)[name] for name, value in values(usage).items())


def test_an_hour_costs_something():
    assert Usage(timedelta(hours=1)).costs() > 0


def test_the_duration_is_the_time_of_processing():
    assert values(Usage(timedelta(minutes=5)))["duration"] == 300


@given(usages)
def test_values_that_are_read_are_counted_as_they_are_done(usage):
    found = values(usage)
    assert found["input_pixel"] == pytest.approx(usage.work.read * usage.done / 1e6, abs=1e-6)
    assert values(replace(usage, work=None)).keys() == set(METRICS) - {"input_pixel", "network_received"}


@given(spans, works)
def test_each_kind_of_work_counts(ran, work):
    some, ran = 10**9, ran + timedelta(hours=1)
    usage = Usage(ran, work=work)
    for name, metric in (("read", "cpu"), ("written", "cpu"), ("memory", "memory")):
        more = Usage(ran, work=replace(work, **{name: getattr(work, name) + some}))
        assert more.costs() > usage.costs()
        assert values(more)[metric] > values(usage)[metric]
