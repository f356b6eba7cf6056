"""GeoJSON as geopandas reads it."""

import io
import json

import geopandas
import pytest
from shapely.geometry import shape

from mock_backend.engine.steps import Plain
from mock_backend.errors import OpenEOError
from mock_backend.results import formats


@pytest.fixture
def features(write):
    """Return the features of content that was written."""
    return lambda content, **options: json.loads(write("GeoJSON", content, **options))["features"]


def test_the_file(series):
    (part,) = formats.find_format("GeoJSON").parts(series, {})

    assert (part.name, part.media_type) == ("vectorcube.geojson", "application/geo+json")


def test_values_are_properties_by_date_and_band(features, series, values_of):
    found = features(series)

    assert [each["id"] for each in found] == ["north", "south", "west"]
    for feature, original, rows in zip(found, series.geometries, values_of(series).tolist(), strict=True):
        assert feature["properties"] == original["properties"] | {
            "2024-06-01T00:00:00Z_B04": rows[0][0],
            "2024-06-01T00:00:00Z_B08": rows[0][1],
            "2024-06-11T00:00:00Z_B04": rows[1][0],
            "2024-06-11T00:00:00Z_B08": rows[1][1],
        }
        assert shape(feature["geometry"]).equals(shape(original["geometry"]))


@pytest.mark.parametrize(
    ("dimensions", "names"),
    [
        (("geometry", "bands"), ["B04", "B08"]),
        (("t", "geometry"), ["2024-06-01T00:00:00Z", "2024-06-11T00:00:00Z"]),
        (("geometry",), ["value"]),
        (("geometry", "level"), ["1", "2"]),
    ],
)
def test_only_labels_that_there_are(features, make_cube, dimensions, names):
    found = features(make_cube(*dimensions, others={"level": (1, 2)}))

    assert [list(each["properties"]) for each in found] == [["crop", *names]] * 3


def test_geopandas_reads_it(write, series):
    frame = geopandas.read_file(io.BytesIO(write("GeoJSON", series)))

    assert frame.crs.to_epsg() == 4326
    assert frame["crop"].tolist() == ["maize", "wheat", "rye"]
    assert frame.total_bounds == pytest.approx([11.0, 46.0, 11.25, 46.05])


@pytest.mark.parametrize(
    ("options", "expected"),
    [({}, 11.1234568), ({"coordinate_precision": 2}, 11.12), ({"coordinate_precision": 0}, 11.0)],
)
def test_coordinates_have_a_number_of_decimals(features, make_cube, options, expected):
    point = {
        "type": "Feature",
        "properties": {"kept": 11.123456789},
        "geometry": {"type": "Point", "coordinates": [11.123456789, 5]},
    }

    (feature,) = features(make_cube("geometry", features=[point]), **options)

    assert feature["geometry"]["coordinates"] == [expected, 5]
    assert feature["properties"]["kept"] == 11.123456789


def test_missing_geometries_stay_missing(features, make_cube):
    nowhere = {"type": "Feature", "geometry": None, "properties": None}

    (feature,) = features(make_cube("geometry", features=[nowhere]))

    assert feature["geometry"] is None
    assert list(feature["properties"]) == ["value"]


@pytest.mark.parametrize("dimensions", [("x", "y"), ("t", "bands"), ()])
def test_data_cubes_without_geometries_are_refused(make_cube, dimensions):
    with pytest.raises(OpenEOError, match="aggregate_spatial") as caught:
        formats.find_format("GeoJSON").parts(make_cube(*dimensions), {})
    assert caught.value.openeo_code == "FormatUnsuitable"


def test_values_that_are_geojson(write):
    value = {"type": "Point", "coordinates": [1.123456789, 2]}

    assert json.loads(write("GeoJSON", Plain(value))) == {"type": "Point", "coordinates": [1.1234568, 2]}


@pytest.mark.parametrize("value", [5, {"type": "number"}, [], {"type": ["Point"]}, {}])
def test_other_values_are_refused(value):
    with pytest.raises(OpenEOError, match="GeoJSON holds geometries"):
        formats.find_format("GeoJSON").parts(Plain(value), {})
