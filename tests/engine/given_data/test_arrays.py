"""Data from arrays of NumPy."""

import numpy as np
import pytest

from mock_backend.engine.given_data.data import GivenDataError

BBOX = (640_000, 5_700_000, 640_050, 5_700_040)
WHERE = {"bbox": BBOX, "crs": "EPSG:32631"}


@pytest.mark.parametrize(
    ("shape", "told", "names"),
    [
        ((4, 5), {}, "y x"),
        ((4, 5), {"bands": ["B04"]}, "bands y x"),
        ((4, 5), {"dates": ["2024-06-01"]}, "t y x"),
        ((4, 5), {"dates": ["2024-06-01"], "bands": ["B04"]}, "t bands y x"),
        ((2, 4, 5), {}, "bands y x"),
        ((2, 4, 5), {"bands": ["B04", "B08"]}, "bands y x"),
        ((2, 4, 5), {"dates": ["2024-06-01", "2024-06-11"]}, "t y x"),
        ((2, 4, 5), {"dates": ["2024-06-01", "2024-06-11"], "bands": ["B04"]}, "t bands y x"),
        ((2, 4, 5), {"dates": ["2024-06-01"], "bands": ["B04", "B08"]}, "t bands y x"),
        ((1, 2, 4, 5), {"dates": ["2024-06-01"], "bands": ["B04", "B08"]}, "t bands y x"),
        ((5, 4, 2), {"dims": ("x", "y", "level")}, "x y level"),
    ],
)
def test_dimensions_follow_from_the_shape(given, shape, told, names):
    values = np.arange(np.prod(shape), dtype="float64").reshape(shape)

    data = given(values, **WHERE, **told)

    assert [each.name for each in data.cube.dimensions] == names.split()
    assert data.cube.shape == data.values.shape
    assert data.cube.grid.bounds == BBOX
    np.testing.assert_array_equal(data.values.reshape(shape), values)


@pytest.mark.parametrize(
    ("shape", "told", "message"),
    [
        ((5,), {}, "dims="),
        ((2, 4, 5), {"dates": ["2024-06-01", "2024-06-02"], "bands": ["a", "b"]}, "dims="),
        ((2, 4, 5), {"dims": ("y", "x")}, "it has 3"),
        ((2, 4, 5), {"bbox": None}, "bbox="),
        ((2, 4, 5), {"crs": None}, "not in degrees"),
        ((2, 4, 5), {"crs": "Mars"}, "Mars"),
        ((2, 2, 4, 5), {"dims": ("q", "q", "y", "x")}, "q, q, y, x"),
    ],
)
def test_what_does_not_follow_is_asked_for(given, shape, told, message):
    with pytest.raises(GivenDataError, match=message):
        given(np.zeros(shape), **{**WHERE, **told})


def test_boxes_are_in_degrees_by_default(given):
    assert given(np.zeros((4, 5)), bbox=(5, 51, 5.5, 51.4)).cube.grid.crs == "EPSG:4326"
