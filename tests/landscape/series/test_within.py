"""There are values within geometries only."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_backend.catalog import Band
from mock_backend.engine.core.file_values import Values
from mock_backend.engine.cubes import Grid

from .conftest import TRIANGLE


def array(cube):
    return Values(cube).array()


@pytest.mark.parametrize(("name", "nothing"), [("B04", -32_768), ("SCL", 0)])
def test_there_is_nothing_outside_of_within(scene, name, nothing):
    import shapely
    from pyproj import Transformer

    cube = scene(name)
    inside = array(scene(name, within=TRIANGLE))[0, 0]
    there = Transformer.from_crs(cube.grid.crs, "EPSG:4326", always_xy=True)
    xs, ys = there.transform(*np.meshgrid(cube.grid.xs, cube.grid.ys))
    expected = shapely.contains_xy(shapely.geometry.shape(TRIANGLE), xs, ys)

    assert 0.1 < expected.mean() < 0.9
    # Straight lines in degrees are hardly curved over two kilometres.
    assert ((inside != nothing) == expected).mean() > 0.999
    assert (inside == np.where(inside != nothing, array(cube)[0, 0], nothing)).all()


def test_what_is_nothing_follows_from_the_type(scene):
    none = Band("count", data_type="uint8", minimum=5, maximum=9)
    real = Band("mean", data_type="float32", minimum=5, maximum=9)

    assert (array(scene(bands=[none], within=TRIANGLE))[..., 0, 0] == 0).all()
    assert np.isnan(array(scene(bands=[real], within=TRIANGLE))[..., 0, 0]).all()


@pytest.mark.parametrize(
    "within",
    [
        {"type": "Feature", "properties": {}, "geometry": TRIANGLE},
        {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": TRIANGLE}]},
        {"type": "MultiPolygon", "coordinates": [TRIANGLE["coordinates"]]},
    ],
)
def test_within_is_geojson_of_any_kind(scene, within):
    assert (array(scene("B04", within=within)) == array(scene("B04", within=TRIANGLE))).all()


def test_geometries_on_the_other_side_of_the_antimeridian_are_within(scene):
    ring = [[-179.999, -17.0], [-179.99, -17.0], [-179.99, -16.9], [-179.999, -16.9], [-179.999, -17.0]]
    grid = Grid("EPSG:4326", 179.99, -16.95, 0.001, 0.001, 20, 3)
    values = array(scene("B04", grid=grid, within={"type": "Polygon", "coordinates": [ring]}))[0, 0]

    assert ((values != -32_768).nonzero()[1] == [*range(11, 20)] * 3).all()


POINT = {"type": "Point", "coordinates": [11.0, 46.0]}
BOW = [[11.345, 46.492], [11.366, 46.505], [11.366, 46.492], [11.345, 46.505], [11.345, 46.492]]


def test_collections_of_geometries_have_the_areas_of_their_parts(scene):
    collection = {"type": "GeometryCollection", "geometries": [TRIANGLE, POINT, TRIANGLE]}

    assert (array(scene("B04", within=collection)) == array(scene("B04", within=TRIANGLE))).all()


def test_geometries_that_cross_themselves_have_areas(scene):
    there = array(scene("B04", within={"type": "Polygon", "coordinates": [BOW]})) != -32_768

    assert 0.1 < there.mean() < 0.5


@pytest.mark.parametrize("crs", ["EPSG:32632", "EPSG:3035", "EPSG:3857"])
def test_all_of_the_earth_is_within(scene, crs):
    box = {"EPSG:3035": (4_400_000, 2_600_000, 4_401_000, 2_601_000)}.get(
        crs, (680_000, 5_151_000, 681_000, 5_152_000)
    )
    ring = [[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]
    cube = scene("B04", crs=crs, box=box, within={"type": "Polygon", "coordinates": [ring]})

    assert (array(cube) != -32_768).all()


@pytest.mark.parametrize(
    ("within", "some"),
    [
        ({"type": "Point", "coordinates": [11.355, 46.495]}, True),
        ({"type": "LineString", "coordinates": [[11.345, 46.492], [11.366, 46.503]]}, True),
        ({"type": "Polygon", "coordinates": []}, False),
        ({"type": "Point", "coordinates": [0, 0]}, False),
        ({"type": "Feature", "properties": {}, "geometry": None}, False),
    ],
)
def test_points_are_as_wide_as_a_pixel_and_what_is_elsewhere_leaves_nothing(scene, within, some):
    there = array(scene("B04", within=within)) != -32_768

    assert there.any() == some
    assert there.mean() < 0.02


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 150), st.integers(0, 150), st.integers(1, 50), st.integers(1, 50))
def test_windows_of_what_is_within_are_parts_of_the_whole(scene, row, column, rows, columns):
    cube = scene("B04", within=TRIANGLE)
    window = slice(row, row + rows), slice(column, column + columns)

    assert (Values(cube).window({}, *window) == array(cube)[0, 0][window]).all()
