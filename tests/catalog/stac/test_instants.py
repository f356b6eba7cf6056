"""Instants and periods."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.catalog.stac.instants import read_instant, read_period, write_instant

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-06-01T12:00:00Z",
        "2024-06-01t12:00:00z",
        "2024-06-01T14:00:00+02:00",
        "2024-06-01T12:00:00.000Z",
    ],
)
def test_instants_are_rfc_3339(text):
    assert read_instant(text) == NOON
    assert read_instant(text, end=True) == NOON


def test_a_date_is_a_whole_day():
    assert read_instant("2024-06-01") == datetime(2024, 6, 1, tzinfo=UTC)
    assert read_instant("2024-06-01", end=True) == datetime(2024, 6, 2, tzinfo=UTC) - timedelta(
        microseconds=1
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "2024",
        "2024-06",
        "2024-13-01",
        "2024-06-31",
        "2024-06-01T12:00:00",
        "2024-06-01T12:00:00+0200",
        "2024-06-01T12:00:00.Z",
        "2024-06-01T25:00:00Z",
        "2024-06-01 12:00:00Z",
        "24-06-01T12:00:00Z",
        "٢٠٢٤-06-01",
        "0001-01-01T00:00:00+12:00",
    ],
)
def test_other_texts_are_no_instants(text):
    with pytest.raises(ValueError, match="an instant must be written as"):
        read_instant(text)


def test_periods_may_be_open_at_one_end():
    first, last = datetime(2024, 6, 1, tzinfo=UTC), datetime(2024, 6, 2, tzinfo=UTC)

    assert read_period("2024-06-01T00:00:00Z/2024-06-02T00:00:00Z") == (first, last)
    assert read_period("2024-06-01/..") == (first, None)
    assert read_period("2024-06-01/") == (first, None)
    assert read_period("../2024-06-02T00:00:00Z") == (None, last)
    assert read_period("2024-06-01T12:00:00Z") == (NOON, NOON)
    assert read_period("2024-06-01") == (first, last - timedelta(microseconds=1))


@pytest.mark.parametrize("text", ["../..", "/", "../", "2024-06-02/2024-06-01", "2024-06-01/x", "a/b/c"])
def test_other_texts_are_no_periods(text):
    with pytest.raises(ValueError, match=r"period|instant"):
        read_period(text)


@given(st.datetimes(timezones=st.just(UTC)).map(lambda each: each.replace(microsecond=0)))
def test_what_is_written_is_read(instant):
    assert read_instant(write_instant(instant)) == instant
