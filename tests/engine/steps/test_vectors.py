"""Geometries that are loaded, and made of others."""

import numpy as np
import pytest
from shapely import get_coordinates
from shapely.geometry import shape

from mock_backend.engine.core.file_values import Values
from mock_backend.errors import OpenEOError
from validation_cases.building import FEATURE, POLYGON, call, graph, ref


def fields(*properties):
    features = [FEATURE | {"properties": each} for each in properties]
    return {"type": "FeatureCollection", "features": features}


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (POLYGON, 1),
        (FEATURE, 1),
        (fields({}, {}), 2),
        ({"type": "FeatureCollection", "features": []}, 0),
        (FEATURE | {"geometry": None}, 1),
        # Too few positions to be something.
        ({"type": "Polygon", "coordinates": [[[5, 51], [6, 51]]]}, 1),
        ({"type": "MultiPoint", "coordinates": [[5, 51], []]}, 1),
    ],
)
def test_load_geojson(content, data, count):
    cube = content(graph(n=call("load_geojson", data=data)))

    assert cube.sizes == {"geometry": count}
    assert len(cube.geometries) == count
    assert all(each["geometry"] is None or shape(each["geometry"]) for each in cube.geometries)


@pytest.mark.parametrize(
    ("given", "properties", "labels", "low", "high"),
    [
        ([{"a": 2.5}, {"a": 1}], ["a"], ("a",), 1, 2.5),
        ([{"a": 2.5, "b": 7}, {"b": 1}], ["a", "b"], ("a", "b"), 1, 7),
        ([{"a": [1, 2, 3]}, {"a": [4]}], ["a"], (0, 1, 2), 1, 4),
        ([{"a": "text"}], ["a"], ("a",), 0, 1),
    ],
)
def test_values_of_properties(content, given, properties, labels, low, high):
    cube = content(graph(n=call("load_geojson", data=fields(*given), properties=properties)))

    assert cube.dimensions[1].labels == labels
    assert (cube.bands[0].minimum, cube.bands[0].maximum) == (low, high)


@pytest.mark.parametrize(
    ("given", "properties", "expected"),
    [
        ([{"a": 2.5, "b": 7}, {"b": True}], ["a", "b"], [[2.5, 7], [None, None]]),
        ([{"a": [1, 2, 3]}, {"a": [4]}, {"a": 5}], ["a"], [[1, 2, 3], [4, None, None], [None] * 3]),
        ([{"a": [1, 2], "b": [3, 4]}], ["b"], [[3, 4]]),  # whatever other lists there are
    ],
)
def test_numbers_of_properties(content, given, properties, expected):
    cube = content(graph(n=call("load_geojson", data=fields(*given), properties=properties)))

    np.testing.assert_array_equal(Values(cube).array(), np.array(expected, float))


def test_vector_buffer(content):
    nodes = {"v": call("load_geojson", data=FEATURE)}
    cube = content(graph(**nodes, b=call("vector_buffer", geometries=ref("v"), distance=1000)))

    (wider,) = cube.geometries
    west, south, east, north = shape(wider["geometry"]).bounds
    assert (west, south) == pytest.approx((5.0 - 0.0143, 51.2 - 0.009), abs=0.001)
    assert shape(wider["geometry"]).contains(shape(POLYGON))
    assert (east, north) > (5.1, 51.3)


def test_a_buffer_of_geojson(content):
    cube = content(graph(b=call("vector_buffer", geometries=POLYGON, distance=10)))

    assert shape(cube.geometries[0]["geometry"]).contains(shape(POLYGON))


def test_a_buffer_is_the_same_among_many(content):
    places = [(5, 51), (170, -40), (5.2, 51.1), (0, 89.9), (-179.99, 0)]
    points = [{"type": "Point", "coordinates": list(each)} for each in places]

    def buffered(geometries):
        features = [{"type": "Feature", "properties": {}, "geometry": each} for each in geometries]
        data = {"type": "FeatureCollection", "features": features}
        cube = content(graph(b=call("vector_buffer", geometries=data, distance=100)))
        return [each["geometry"] for each in cube.geometries]

    assert buffered(points) == [found for each in points for found in buffered([each])]


@pytest.mark.parametrize("distance", [1e308, -1e12, 1e8])
def test_a_buffer_as_wide_as_no_place_is_refused(content, distance):
    with pytest.raises(
        OpenEOError, match=r"'distance' in process 'vector_buffer' is invalid: .* farther than"
    ):
        content(graph(b=call("vector_buffer", geometries=POLYGON, distance=distance)))


def test_a_buffer_of_half_of_the_earth_has_numbers_only(content):
    cube = content(graph(b=call("vector_buffer", geometries=POLYGON, distance=2e7)))

    assert np.isfinite(get_coordinates(shape(cube.geometries[0]["geometry"]))).all()


@pytest.mark.parametrize("end", [[5.1, 95], [1e6, 52]])
def test_what_no_projection_has_a_place_for_stays_as_it_is(content, end):
    line = {"type": "LineString", "coordinates": [[5, 95.2], [5, 95], end]}
    cube = content(graph(b=call("vector_buffer", geometries=line, distance=10)))

    assert cube.geometries[0]["geometry"] == line


@pytest.mark.parametrize(
    ("arguments", "kinds", "points"),
    [
        ({}, ["MultiPoint"] * 2, 2),
        ({"geometry_count": 3}, ["MultiPoint"] * 2, 6),
        ({"geometry_count": [1, 2]}, ["MultiPoint"] * 2, 3),
        ({"total_count": 4, "seed": 1}, ["MultiPoint"] * 2, 4),
        ({"geometry_count": 2, "group": False}, ["Point"] * 4, 4),
    ],
)
def test_random_points(content, arguments, kinds, points):
    nodes = {"v": call("load_geojson", data=fields({}, {}))}
    process_graph = graph(**nodes, p=call("vector_to_random_points", data=ref("v"), **arguments))
    cube = content(process_graph)

    shapes = [shape(each["geometry"]) for each in cube.geometries]
    assert [each.geom_type for each in shapes] == kinds
    assert sum(len(getattr(each, "geoms", [each])) for each in shapes) == points
    assert all(shape(POLYGON).buffer(1e-9).contains(each) for each in shapes)
    assert content(process_graph) == cube
    assert cube.sizes == {"geometry": len(kinds)}


@pytest.mark.parametrize(("distance", "least", "most"), [(1000, 25, 45), (100_000, 1, 1), (1, 100, 1000)])
def test_regular_points(content, distance, least, most):
    cube = content(graph(p=call("vector_to_regular_points", data=FEATURE, distance=distance)))

    found = shape(cube.geometries[0]["geometry"])
    assert least <= len(found.geoms) <= most
    assert shape(POLYGON).buffer(1e-6).contains(found)


@pytest.mark.parametrize(
    "process_id", ["vector_buffer", "vector_to_random_points", "vector_to_regular_points"]
)
def test_geometries_that_are_empty(content, process_id):
    name = "geometries" if process_id == "vector_buffer" else "data"
    empty = FEATURE | {"geometry": None}

    cube = content(graph(n=call(process_id, distance=10, **{name: empty})))

    assert cube.sizes == {"geometry": 1}


def test_collections_of_geometries(content):
    point = {"type": "Point", "coordinates": [5.05, 51.25]}
    both = {
        "type": "GeometryCollection",
        "geometries": [point, POLYGON, {"type": "Polygon", "coordinates": []}],
    }

    one = content(graph(n=call("load_geojson", data=FEATURE | {"geometry": both})))
    several = content(graph(n=call("load_geojson", data=both)))

    assert [each["type"] for each in one.geometries[0]["geometry"]["geometries"]] == ["Point", "Polygon"]
    assert [(each["geometry"] or {}).get("type") for each in several.geometries] == ["Point", "Polygon", None]


def test_vector_reproject(content):
    nodes = {"v": call("load_geojson", data=FEATURE)}
    step = call("vector_reproject", data=ref("v"), projection=32631)

    assert content(graph(**nodes, r=step)).geometries == (FEATURE,)


def test_unknown_coordinate_systems_are_refused(content):
    nodes = {"v": call("load_geojson", data=FEATURE)}
    with pytest.raises(OpenEOError, match="vector_reproject") as raised:
        content(graph(**nodes, r=call("vector_reproject", data=ref("v"), projection="EPSG:99999")))
    assert raised.value.openeo_code == "ProcessParameterInvalid"
