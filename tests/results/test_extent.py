"""Extents of process graphs, as far as their arguments tell."""

import pytest

from mock_backend.results.documents.extent import around, extent_of

POLYGON = {"type": "Polygon", "coordinates": [[[5, 50], [6, 50], [6, 51], [5, 50]]]}
BOX = {"west": 1, "south": 2, "east": 3, "north": 4}


def loading(**arguments):
    return [("load_collection", arguments)]


@pytest.mark.parametrize(
    ("area", "bbox"),
    [
        (BOX, (1, 2, 3, 4)),
        (BOX | {"crs": "EPSG:4326"}, (1, 2, 3, 4)),
        (POLYGON, (5, 50, 6, 51)),
        ({"type": "Point", "coordinates": [5, 50]}, (5, 50, 5, 50)),
        ({"type": "Feature", "geometry": POLYGON, "properties": {}}, (5, 50, 6, 51)),
        (BOX | {"crs": 32767}, None),
        ({"west": 1e9, "south": 1e9, "east": 2e9, "north": 2e9, "crs": 32632}, None),
        ({"west": 1, "south": 2}, None),
        ({"from_parameter": "area"}, None),
        (None, None),
    ],
)
def test_the_place(area, bbox):
    assert extent_of(loading(spatial_extent=area)).bbox == bbox


def test_a_box_in_another_coordinate_system():
    box = {"west": 679720, "south": 5151080, "east": 680680, "north": 5151920, "crs": 32632}

    found = extent_of(loading(spatial_extent=box)).bbox

    assert [round(side, 2) for side in found] == [11.34, 46.49, 11.35, 46.5]


@pytest.mark.parametrize(
    "call",
    [
        ("filter_bbox", {"extent": BOX}),
        ("filter_spatial", {"geometries": {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]}}),
    ],
)
def test_filters_tell_the_place_too(call):
    assert extent_of([("load_uploaded_files", {}), call]).bbox == (1, 2, 3, 4)


@pytest.mark.parametrize(
    ("period", "interval"),
    [
        (["2024-06-01", "2024-07-01"], ("2024-06-01T00:00:00Z", "2024-07-01T00:00:00Z")),
        (["2024-06-01T10:00:00Z", None], ("2024-06-01T10:00:00Z", None)),
        (["2024", "2024-07"], ("2024-01-01T00:00:00Z", "2024-07-01T00:00:00Z")),
        ([None, None], None),
        (["2024-06-01"], None),
        ({"from_parameter": "period"}, None),
    ],
)
def test_the_time(period, interval):
    assert extent_of(loading(temporal_extent=period)).interval == interval
    assert extent_of([("filter_temporal", {"extent": period})]).interval == interval


def test_the_first_of_each_kind_counts():
    found = extent_of(
        [
            *loading(spatial_extent=BOX, temporal_extent=["2024-06-01", "2024-07-01"]),
            *loading(spatial_extent=POLYGON, temporal_extent=["2020-06-01", "2020-07-01"]),
        ]
    )

    assert found.bbox == (1, 2, 3, 4)
    assert found.interval[0] == "2024-06-01T00:00:00Z"


def test_around_what_has_no_positions():
    assert around({"type": "FeatureCollection", "features": []}) is None
