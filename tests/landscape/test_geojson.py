"""Many geometries at once are what each of them is alone."""

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.engine.steps.areas import bounds_of, size_of_boxes
from mock_backend.landscape.sensors.geojson import boxes_of, geojson_geometry, shapes_of

numbers = st.floats(-200, 200) | st.integers(-200, 200)


def coordinates(kind, size):
    """Return the coordinates of geometries of a kind; all their positions have as many numbers."""
    positions = st.tuples(*[numbers] * size).map(list)
    lines = st.lists(positions, min_size=2, max_size=5)
    rings = st.lists(positions, min_size=4, max_size=6)
    # With rings that are open, as some clients send them.
    polygons = st.lists(rings | rings.map(lambda ring: [*ring, ring[0]]), min_size=1, max_size=3)
    return {
        "Point": positions,
        "MultiPoint": st.lists(positions, min_size=1, max_size=4),
        "LineString": lines,
        "MultiLineString": st.lists(lines, min_size=1, max_size=3),
        "Polygon": polygons,
        "MultiPolygon": st.lists(polygons, min_size=1, max_size=3),
    }[kind]


KINDS = ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"]
alike = st.tuples(st.sampled_from(KINDS), st.sampled_from([2, 2, 2, 3])).flatmap(
    lambda form: st.lists(
        coordinates(*form).map(lambda found: {"type": form[0], "coordinates": found}), min_size=1, max_size=6
    )
)


def one_by_one(geometries):
    return [shapely.to_wkb(geojson_geometry(each)) for each in geometries]


def features_of(geometries):
    return [{"type": "Feature", "properties": {}, "geometry": each} for each in geometries]


@given(alike)
def test_shapes_of_geometries_that_are_alike(geometries):
    assert list(shapely.to_wkb(shapes_of(geometries))) == one_by_one(geometries)


@given(st.lists(alike, min_size=2, max_size=3).map(lambda groups: sum(groups, [None])))
def test_shapes_of_all_kinds(geometries):
    assert list(shapely.to_wkb(shapes_of(geometries))) == one_by_one(geometries)


def test_only_some_positions_have_a_height():
    ring = [[5, 51], [5.01, 51, 30], [5, 51.01], [5, 51]]
    found = [{"type": "Polygon", "coordinates": [ring]}, {"type": "Point", "coordinates": [5, 51]}]
    found.append({"type": "GeometryCollection", "geometries": [*found]})

    for geometries in (found, found[:1] * 2):
        assert not shapely.has_z(shapes_of(geometries)).any()
        assert shapely.area(shapes_of(geometries)).tolist() == pytest.approx(
            [0.00005 * (each["type"] != "Point") for each in geometries]
        )


@given(alike)
def test_boxes(geometries):
    features = features_of(geometries)
    many = features * 200
    expected = [bounds_of([each]) for each in features]
    boxes = boxes_of(geometries)

    assert bounds_of(many) == bounds_of(features)
    assert size_of_boxes(many) == pytest.approx(200 * size_of_boxes(features), rel=1e-9, abs=1e-9)
    assert boxes is None or [tuple(each) for each in boxes] == expected


@pytest.mark.parametrize(
    "odd",
    [[1], [], ["1", "2"], [None, 2], [[1, 2]], [10**400, 1], [True, False], {"a": 1}, None, 5, [1, 2, 3, 4]],
)
def test_odd_positions_are_as_they_are_alone(odd):
    """Among many geometries, the same positions are refused as alone."""
    found = [{"type": "Point", "coordinates": [1, 2]}, {"type": "Point", "coordinates": odd}]
    try:
        expected = one_by_one(found)
    except Exception as error:
        with pytest.raises(type(error)):
            shapes_of(found)
    else:
        assert list(shapely.to_wkb(shapes_of(found))) == expected
    assert boxes_of(found) is None or bounds_of(features_of(found) * 200) == bounds_of(features_of(found))
