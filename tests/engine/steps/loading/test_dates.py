"""Dates of what is loaded."""

from datetime import UTC, date, datetime

import pytest

from engine_cases.reflectances import UTM
from mock_backend.errors import OpenEOError
from validation_cases.building import BOX, graph, load


@pytest.mark.parametrize(
    ("collection", "period", "dates"),
    [
        # Every five days, and left-closed.
        (
            "SENTINEL2_L2A",
            ["2022-06-01", "2022-07-01"],
            ["2022-06-05", "2022-06-10", "2022-06-15", "2022-06-20", "2022-06-25", "2022-06-30"],
        ),
        ("SENTINEL2_L2A", ["2022-06-05", "2022-06-10"], ["2022-06-05"]),
        ("SENTINEL2_L2A", ["2022-06-05T00:00:00Z", "2022-06-10T00:00:01Z"], ["2022-06-05", "2022-06-10"]),
        # Short periods have data, too: one day.
        ("SENTINEL2_L2A", ["2022-06-01", "2022-06-03"], ["2022-06-01"]),
        ("SENTINEL2_L2A", ["2022-06-02T10:00:00Z", "2022-06-02T11:00:00Z"], ["2022-06-02"]),
        ("AGERA5", ["2022-06-01", "2022-06-04"], ["2022-06-01", "2022-06-02", "2022-06-03"]),
        # Before the beginning and after now there are none.
        ("AGERA5", ["1978-01-01", "1979-01-03"], ["1979-01-01", "1979-01-02"]),
        ("AGERA5", ["2025-05-31", "2030-01-01"], ["2025-05-31", "2025-06-01"]),
        ("AGERA5", ["2025-05-31", None], ["2025-05-31", "2025-06-01"]),
        ("AGERA5", [None, "1979-01-02"], ["1979-01-01"]),
        # A map of a whole year is of one day.
        ("ESA_WORLDCOVER_10M_2021_V2", ["2021-05-01", "2021-06-01"], ["2021-05-01"]),
        ("ESA_WORLDCOVER_10M_2021_V2", None, ["2021-01-01"]),
    ],
)
def test_days(content, collection, period, dates):
    cube = content(graph(n=load(collection, spatial_extent=UTM, temporal_extent=period, bands=None)))

    assert cube.times == tuple(f"{date}T00:00:00Z" for date in dates)


def test_the_period_is_that_asked_for_as_far_as_there_are_data(content):
    def period(extent, collection="AGERA5"):
        return content(
            graph(n=load(collection, spatial_extent=UTM, temporal_extent=extent, bands=None))
        ).period

    assert period(["2022-06-01", "2022-07-01"]) == ("2022-06-01T00:00:00Z", "2022-07-01T00:00:00Z")
    assert period(["1970-01-01", None]) == ("1979-01-01T00:00:00Z", "2025-06-01T12:00:00Z")
    assert period(None, "COPERNICUS_30") == ("2010-12-12T00:00:00Z", "2015-01-07T23:59:59Z")


def test_many_days_are_enumerated(content):
    cube = content(graph(n=load("AGERA5", spatial_extent=UTM, temporal_extent=None, bands=["wind-speed"])))

    assert len(cube.times) == (date(2025, 6, 2) - date(1979, 1, 1)).days
    assert list(cube.times) == sorted(set(cube.times))


def test_what_has_no_time_has_no_temporal_dimension(content):
    cube = content(graph(n=load("COPERNICUS_30", spatial_extent=UTM, bands=None)))

    assert [each.name for each in cube.dimensions] == ["x", "y", "bands"]


def test_hourly_collections_have_their_instants(content, catalogue):
    catalogue.add("HOURLY", bands=["a"], step="PT1H", temporal_extent=["2020-01-01T00:30:00Z", None])
    period = ["2024-06-01T00:00:00Z", "2024-06-01T03:00:00Z"]

    cube = content(graph(n=load("HOURLY", spatial_extent=BOX, temporal_extent=period, bands=None)))

    assert cube.times == ("2024-06-01T00:30:00Z", "2024-06-01T01:30:00Z", "2024-06-01T02:30:00Z")


def test_too_many_instants_are_days(content, catalogue):
    catalogue.add("BUSY", bands=["a"], step="PT1S", temporal_extent=["2020-01-01T00:00:00Z", None])
    cube = content(
        graph(n=load("BUSY", spatial_extent=BOX, temporal_extent=["2024-06-01", "2024-06-04"], bands=None))
    )

    assert cube.times == tuple(f"2024-06-0{day}T00:00:00Z" for day in (1, 2, 3))


@pytest.mark.parametrize(
    ("collection", "arguments", "words"),
    [
        ("CGLS_SSM_1KM", {"spatial_extent": {"west": 60, "south": 36, "east": 61, "north": 37}}, "covers"),
        (
            "SENTINEL2_L2A",
            {"temporal_extent": ["2025-07-01", "2025-08-01"]},
            "2025-06-01T12:00:00Z, which is now",
        ),
        ("COPERNICUS_30", {"spatial_extent": {"west": 0, "south": 95, "east": 1, "north": 96}}, "covers"),
        ("ESA_WORLDCOVER_10M_2021_V2", {"temporal_extent": ["2022-01-01", "2022-02-01"]}, "which is its end"),
    ],
)
def test_where_nothing_is_there_are_no_data(content, collection, arguments, words):
    with pytest.raises(OpenEOError, match=words) as raised:
        content(graph(n=load(collection, bands=None, **({"spatial_extent": BOX} | arguments))))
    assert (raised.value.openeo_code, raised.value.status_code) == ("NoDataAvailable", 400)


def test_later_there_are_more_data(content):
    node = load("SENTINEL2_L2A", spatial_extent=BOX, temporal_extent=["2025-07-01", "2025-08-01"])

    assert len(content(graph(n=node), now=datetime(2026, 1, 1, tzinfo=UTC)).times) == 6
