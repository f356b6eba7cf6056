"""Labels as names and instants."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.results.formats.labels import instants, since_epoch, unique_names, variable_name


@given(st.lists(st.one_of(st.text(max_size=3), st.integers(0, 5)), max_size=8), st.sets(st.text(max_size=3)))
def test_names_are_unique_and_not_taken(labels, taken):
    names = unique_names(labels, taken)

    assert len(names) == len(labels)
    assert len(set(names)) == len(names)
    assert not set(names) & taken


def test_names_are_the_labels_where_they_can():
    assert unique_names(["B04", 1, "B04", "x"], {"x"}) == ["B04", "1", "B04_", "x_"]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("B04", "B04"),
        (0, "0"),
        ("a/b", "a_b"),
        (" a b ", "a b"),
        ("", "_"),
        ("-1", "_-1"),
        ("é", "é"),
        ("e\u0301", "é"),
        ("a\nb", "a_b"),
    ],
)
def test_names_that_netcdf_allows(label, name):
    assert variable_name(label) == name


def test_instants_are_dates_and_times():
    labels = ["2024-06-01", "2024-06-01T10:00:00+02:00"]

    assert instants(labels) == [datetime(2024, 6, 1, tzinfo=UTC), datetime(2024, 6, 1, 8, tzinfo=UTC)]


@pytest.mark.parametrize("labels", [["first_date"], ["2024-06-01", 5], ["2024-13-01"], ["2024"]])
def test_others_are_no_instants(labels):
    assert instants(labels) is None


@pytest.mark.parametrize(
    ("time", "unit", "count"),
    [
        (datetime(1970, 1, 2, tzinfo=UTC), "days", 1),
        (datetime(1969, 12, 31, tzinfo=UTC), "days", -1),
        (datetime(1970, 1, 1, 0, 0, 7, tzinfo=UTC), "seconds", 7),
        (datetime(1970, 1, 1, 0, 0, 0, 5, tzinfo=UTC), "microseconds", 5),
    ],
)
def test_time_is_counted_in_the_largest_unit_that_fits(time, unit, count):
    assert since_epoch([datetime(1970, 1, 1, tzinfo=UTC), time]) == ([0, count], f"{unit} since 1970-01-01")


@given(st.lists(st.datetimes(timezones=st.just(UTC)), max_size=4))
def test_no_time_is_lost_in_counting(times):
    counts, units = since_epoch(times)

    span = timedelta(**{units.split()[0]: 1})
    assert [datetime(1970, 1, 1, tzinfo=UTC) + count * span for count in counts] == times
