"""What processing used and costs."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.lifecycle import costs_of, usage_of

spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=1000))
# Both are rounded, to cents and to thousandths.
CENT, THOUSANDTH = 0.0101, 0.00101


def test_nothing_processed_costs_nothing():
    assert costs_of(timedelta(0)) == 0
    assert {metric["value"] for metric in usage_of(timedelta(0)).values()} == {0}


@given(spans, spans)
def test_costs_add_up(first, second):
    assert costs_of(first + second) == pytest.approx(costs_of(first) + costs_of(second), abs=2 * CENT)


@given(spans, spans)
def test_usage_adds_up(first, second):
    total, a, b = usage_of(first + second), usage_of(first), usage_of(second)
    assert total.keys() == a.keys() == b.keys()
    for name, metric in total.items():
        assert metric["value"] == pytest.approx(a[name]["value"] + b[name]["value"], abs=2 * THOUSANDTH)
        assert metric["unit"] == a[name]["unit"]


@given(spans, spans)
def test_longer_never_costs_less(first, second):
    shorter, longer = sorted([first, second])
    assert 0 <= costs_of(shorter) <= costs_of(longer)


def test_an_hour_costs_something():
    assert costs_of(timedelta(hours=1)) > 0


def test_the_duration_is_the_time_of_processing():
    assert usage_of(timedelta(minutes=5))["duration"] == {"value": 300, "unit": "seconds"}
