"""Aggregated periods: labels as the process definitions have them, and the time that they stand for."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine_cases.reflectances import SMALL, UTM
from mock_backend.engine.core.instants import PERIODS, Period, calendar_labels, instant_of, period_of
from validation_cases.building import call, graph, load, reducer


def _midnight(day):
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


_END = datetime(9999, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "first", "last", "labels"),
    [
        (
            "hour",
            "2020-06-01T22:30:00Z",
            "2020-06-02T00:00:00Z",
            ["2020-06-01-22", "2020-06-01-23", "2020-06-02-00"],
        ),
        ("day", "2020-12-30", "2021-01-01", ["2020-365", "2020-366", "2021-001"]),
        ("day", "2020-01-05", "2020-01-05", ["2020-005"]),
        ("week", "2022-12-06", "2023-01-01", ["2022-49", "2022-50", "2022-51", "2022-52"]),
        ("week", "2020-12-31", "2021-01-04", ["2020-53", "2021-01"]),
        ("dekad", "2024-01-28", "2024-02-29", ["2024-03", "2024-04", "2024-05", "2024-06"]),
        ("dekad", "2024-12-31", "2025-01-01", ["2024-36", "2025-01"]),
        ("month", "2024-11-28", "2025-01-15", ["2024-11", "2024-12", "2025-01"]),
        # The winter has the number of the year that it begins in.
        ("season", "2024-01-28", "2024-10-01", ["2023-djf", "2024-mam", "2024-jja", "2024-son"]),
        ("tropical-season", "2024-01-28", "2024-11-30", ["2023-ndjfma", "2024-mjjaso", "2024-ndjfma"]),
        ("year", "2023-05-01", "2024-02-01", ["2023", "2024"]),
        ("decade", "2019-05-01", "2020-01-01", ["2010", "2020"]),
        ("decade-ad", "2020-05-01", "2021-01-01", ["2011", "2021"]),
    ],
)
def test_labels_of_calendars(period, first, last, labels):
    found = calendar_labels(period, instant_of(first), instant_of(last))

    assert [label for label, _ in found] == labels


@given(
    st.sampled_from([each for each in PERIODS if each not in ("hour", "day")]),
    st.dates().map(_midnight),
    st.timedeltas(timedelta(0), timedelta(days=1100)),
)
def test_calendars_have_no_gaps(name, first, duration):
    last = min(first, _END - duration) + duration
    found = list(calendar_labels(name, first, last))

    assert found[0][1].start <= first or found[0][1].start.year == 1
    for (_, one), (_, other) in pairwise(found):
        assert one.end == other.start
        assert one.has(one.start)
        assert not one.has(one.end)
    assert found[-1][1].end is None or found[-1][1].end > last
    assert len({label for label, _ in found}) == len(found)


@pytest.mark.parametrize("name", PERIODS)
def test_calendars_end_with_the_year_9999(name):
    last = datetime(9999, 12, 31, 23, tzinfo=UTC)

    (*_, (_, period)) = calendar_labels(name, last, last)

    assert period == Period(period.start, None)
    assert period.start <= last


@pytest.mark.parametrize(
    ("period", "labels"),
    [
        ("week", ["2022-22", "2022-23", "2022-24", "2022-25", "2022-26"]),
        ("month", ["2022-06"]),
        ("season", ["2022-jja"]),
        ("year", ["2022"]),
        ("decade-ad", ["2021"]),
    ],
)
def test_aggregate_temporal_period(after, period, labels):
    source = load(spatial_extent=UTM, temporal_extent=["2022-06-01", "2022-07-01"])

    cube = after(call("aggregate_temporal_period", period=period, reducer=reducer()), source=source)

    assert list(cube.times) == list(cube.spans) == labels
    assert cube.period == ("2022-06-01T00:00:00Z", "2022-07-01T00:00:00Z")


def test_the_time_that_a_month_stands_for(after):
    cube = after(call("aggregate_temporal_period", period="month", reducer=reducer()))

    assert cube.spans == {"2024-06": ("2024-06-01T00:00:00Z", "2024-07-01T00:00:00Z")}


def test_years_of_months(after):
    months = call("aggregate_temporal_period", period="month", reducer=reducer())
    years = call("aggregate_temporal_period", period="year", reducer=reducer())
    source = load(spatial_extent=UTM, temporal_extent=["2022-01-01", "2024-01-01"])

    assert after(months, years, source=source).times == ("2022", "2023")


@pytest.mark.parametrize(
    ("arguments", "labels"),
    [
        ({}, ["2022-06-01", "2022-06-07", "2022-06-14"]),
        ({"labels": ["a", "b", "c"]}, ["a", "b", "c"]),
        ({"dimension": "t"}, ["2022-06-01", "2022-06-07", "2022-06-14"]),
    ],
)
def test_aggregate_temporal(after, numbers, arguments, labels):
    source = load(spatial_extent=SMALL, temporal_extent=["2022-06-01", "2022-07-01"])
    intervals = [["2022-06-01", "2022-06-07"], ["2022-06-07", "2022-06-14"], ["2022-06-14", "2022-06-21"]]

    cube = after(
        call("aggregate_temporal", intervals=intervals, reducer=reducer("sum"), **arguments), source=source
    )

    assert list(cube.times) == labels
    assert cube.spans[labels[1]] == ("2022-06-07T00:00:00Z", "2022-06-14T00:00:00Z")
    # There are data on the 5th, 10th, 15th and so on.
    values = np.moveaxis(numbers(after(source=source)), 2, 0)
    expected = np.stack([values[0], values[1], values[2] + values[3]], axis=2)
    assert np.array_equal(numbers(cube), expected)


@pytest.mark.parametrize(
    ("period", "count", "first"),
    [
        ("day", 365, "001"),
        ("month", 12, "01"),
        ("season", 4, "djf"),
        ("tropical-season", 2, "ndjfma"),
        ("climatology-period", 1, "climatology-period"),
    ],
)
def test_climatological_normal(after, period, count, first):
    cube = after(call("climatological_normal", period=period))

    assert (len(cube.times), cube.times[0]) == (count, first)
    assert cube.data_type == "float32"


def test_anomaly(content, numbers):
    source = load(spatial_extent=SMALL, temporal_extent=["2022-05-01", "2024-01-01"])
    nodes = {
        "l": source,
        "m": call("aggregate_temporal_period", data={"from_node": "l"}, period="month", reducer=reducer()),
    }
    cube = content(
        graph(
            **nodes,
            n=call(
                "climatological_normal",
                data={"from_node": "m"},
                period="month",
                climatology_period=[2022, 2023],
            ),
            a=call("anomaly", data={"from_node": "m"}, normals={"from_node": "n"}, period="month"),
        )
    )

    months = content(graph(**nodes))
    values = np.moveaxis(numbers(months), 2, 0)
    assert cube.times == months.times == ("2022-05", *months.times[1:])
    # The months from May to December were seen twice, all others once.
    normal = [
        values[[place % 12, place % 12 + 12][: 1 + (place % 12 < 8)]].mean(axis=0) for place in range(20)
    ]
    expected = np.stack([each - mean for each, mean in zip(values, normal, strict=True)], axis=2)
    assert numbers(cube) == pytest.approx(expected, abs=1e-2)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-06-01", datetime(2024, 6, 1, tzinfo=UTC)),
        ("2024-06", datetime(2024, 6, 1, tzinfo=UTC)),
        ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("2024-06-01T12:00:00+02:00", datetime(2024, 6, 1, 10, tzinfo=UTC)),
        ("12:00:00", None),
        ("now", None),
        (7, None),
        (None, None),
    ],
)
def test_instants(text, instant):
    assert instant_of(text) == instant


def test_what_is_no_interval_is_open():
    assert period_of("2024") == period_of([None, None]) == period_of(["2024"])
