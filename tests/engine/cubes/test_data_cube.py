"""Data cubes of which everything but the values is known."""

import math

import pytest

from mock_backend.catalog import Band
from mock_backend.engine.cubes import DataCube, Dimension, Grid

X, Y = Dimension("x", "spatial", axis="x"), Dimension("y", "spatial", axis="y")
T = Dimension("t", "temporal", ("2024-06-01T00:00:00Z", "2024-06-06T00:00:00Z"))
BANDS = Dimension("bands", "bands", ("a", "b"))
GRID = Grid("EPSG:32632", 0, 100, 10, 10, 5, 10)
A = Band("a", data_type="int16", minimum=0, maximum=10_000, nodata=-32_768)
B = Band("b", data_type="uint8", minimum=0, maximum=11, nodata=0)
CUBE = DataCube((X, Y, T, BANDS), (A, B), GRID)


def test_sizes():
    assert CUBE.sizes == {"x": 5, "y": 10, "t": 2, "bands": 2}
    assert (CUBE.shape, CUBE.count) == ((5, 10, 2, 2), 200)
    assert CUBE.times == T.labels


def test_a_cube_without_dimensions_has_one_value():
    cube = DataCube((), (A,))

    assert (cube.shape, cube.count, cube.times) == ((), 1, ())


def test_a_line_of_pixels_has_labels():
    assert DataCube((Dimension("y", "spatial", (1.5, 0.5), axis="y"),), (A,)).shape == (2,)


@pytest.mark.parametrize(
    ("types", "found"),
    [
        (["uint8"], "uint8"),
        (["uint8", "int8"], "int16"),
        (["uint8", "uint16"], "uint16"),
        (["uint16", "int16"], "int32"),
        (["uint16", "uint32"], "uint32"),
        (["int16", "uint32"], "float64"),
        (["int16", "float32"], "float32"),
        (["float32", "float64"], "float64"),
    ],
)
def test_one_data_type_holds_the_values_of_all_bands(types, found):
    bands = tuple(Band(str(place), data_type=each) for place, each in enumerate(types))

    assert DataCube((), bands).data_type == found


@pytest.mark.parametrize(
    ("bands", "nodata"),
    [
        ((A,), -32_768),
        ((B,), 0),
        # In the other band 0 is a value.
        ((B, A), -32_768),
        ((Band("c", minimum=1, maximum=5), B), 0),
        ((Band("c", minimum=0, maximum=5), B), None),
        ((Band("c"),), None),
    ],
)
def test_no_data(bands, nodata):
    assert DataCube((), bands).nodata == nodata


def test_no_data_of_floating_points():
    assert math.isnan(DataCube((), (Band("a", data_type="float32", nodata=-32_767),)).nodata)


def test_parts():
    part = CUBE.at("bands", "b")
    assert (part.bands, part.sizes["bands"], part.grid) == ((B,), 1, GRID)
    assert CUBE.at("t", T.labels[1]).times == T.labels[1:]
    assert CUBE.at("bands", "b", "a").bands == (B, A)


def test_parts_of_geometries():
    features = ({"type": "Feature", "id": "one"}, {"type": "Feature", "id": "two"})
    cube = DataCube((Dimension("geometry", "geometry", (0, 1)),), (A,), geometries=features)

    assert cube.at("geometry", 1).geometries == features[1:]
    assert cube.of_kind("geometry").labels == (0, 1)
    assert cube.of_kind("bands") is None
