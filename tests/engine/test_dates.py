"""Processes of instants, beyond the official examples."""

import pytest

from mock_backend.engine.functions import call
from mock_backend.errors import OpenEOError


@pytest.mark.parametrize(
    ("date", "value", "unit", "expected"),
    [
        ("2024-01-31", 1, "month", "2024-02-29"),
        ("2024-03-31T10:00:00+02:00", -1, "month", "2024-02-29T10:00:00+02:00"),
        ("2024-02-29", 1, "year", "2025-02-28"),
        ("2024-01-01", 2, "week", "2024-01-15"),
        # What has no time gets none.
        ("2024-01-01", 36, "hour", "2024-01-02"),
        ("2024-01-01T23:59:60Z", 1, "second", "2024-01-02T00:00:00Z"),
        ("2024-01-01T00:00:00.500Z", 1, "minute", "2024-01-01T00:01:00.500Z"),
    ],
)
def test_dates_are_shifted(date, value, unit, expected):
    assert call("date_shift", {"date": date, "value": value, "unit": unit}) == expected


@pytest.mark.parametrize(
    ("date1", "date2", "unit", "expected"),
    [
        ("2024-01-01", "2024-01-02", "hour", 24),
        ("2024-01-02", "2024-01-01", "day", -1),
        ("2024-01-01", "2024-01-02T12:00:00+12:00", "day", 1),
        ("2024-01-31", "2024-02-29", "month", 1),
        ("2023-03-01", "2024-03-01", "year", 1),
        ("2024-01-01", "2024-01-16T12:00:00Z", "month", 0.5),
        ("2024-01-01", "2024-01-01T00:00:01.5Z", "millisecond", 1500),
    ],
)
def test_differences_are_counted_in_a_unit(date1, date2, unit, expected):
    assert call("date_difference", {"date1": date1, "date2": date2, "unit": unit}) == expected


@pytest.mark.parametrize(
    ("x", "exclusive", "expected"),
    [("2024-01-01", False, True), ("2024-01-31T00:00:00+01:00", True, True), ("2024-01-31", True, False)],
)
def test_instants_are_between_others(x, exclusive, expected):
    arguments = {"x": x, "min": "2024-01-01", "max": "2024-01-31", "exclude_max": exclusive}

    assert call("date_between", arguments) is expected


def test_times_of_the_day_are_between_others():
    assert call("date_between", {"x": "12:00:00", "min": "06:30:00", "max": "18:00:00"}) is True
    assert call("date_between", {"x": "12:00:00", "min": "18:00:00", "max": "06:30:00"}) is False


@pytest.mark.parametrize(
    ("value", "component", "expected"),
    [
        (2023, "year", "2023-02-28T10:30:00Z"),
        (4, "month", "2024-04-29T10:30:00Z"),
        (1, "day", "2024-02-01T10:30:00Z"),
    ],
)
def test_components_are_replaced(value, component, expected):
    arguments = {"date": "2024-02-29T10:30:00Z", "value": value, "component": component}

    assert call("date_replace_component", arguments) == expected


@pytest.mark.parametrize(
    ("process_id", "arguments", "parameter"),
    [
        ("date_shift", {"date": "2024-01-01", "value": 1.5, "unit": "day"}, "value"),
        ("date_shift", {"date": "2024-01-01", "value": 10**9, "unit": "year"}, "value"),
        ("date_shift", {"date": "2024-01-01", "value": 1, "unit": ["day"]}, "unit"),
        ("date_shift", {"date": "2024-02-30", "value": 1, "unit": "day"}, "date"),
        ("date_difference", {"date1": "2024-01-01", "date2": 5}, "date2"),
        ("date_between", {"x": "12:00:00", "min": "2024-01-01", "max": "2024-01-02"}, "x"),
        ("date_replace_component", {"date": "2024-01-01", "value": 13, "component": "month"}, "value"),
        ("date_replace_component", {"date": "2024-01-01", "value": 1, "component": "week"}, "component"),
    ],
)
def test_what_does_not_go_is_refused(process_id, arguments, parameter):
    with pytest.raises(OpenEOError, match=f"'{parameter}'") as raised:
        call(process_id, arguments)

    assert raised.value.openeo_code == "ProcessParameterInvalid"
