"""Values that need not be made up: properties of geometries."""

import json

import numpy as np
import pytest


@pytest.fixture
def values(mock_backend):
    """Values of a result, by geometry and label."""
    connection = mock_backend.connect()

    def load(properties, *features, process=lambda cube: cube):
        data = {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": each,
                    "geometry": {"type": "Point", "coordinates": [5.1, 51.2]},
                }
                for each in features
            ],
        }
        cube = process(connection.load_geojson(data, properties=properties))
        saved = json.loads(cube.download(format="JSON"))
        return np.array(saved["data"], dtype=float).tolist()

    return load


def test_numbers_are_what_they_were(values):
    assert values(["a", "b"], {"a": 1, "b": 2.5, "c": 9}, {"a": -3, "b": 0}) == [[1, 2.5], [-3, 0]]


def test_a_list_of_numbers_has_a_label_for_each(values):
    assert values(["a"], {"a": [1, 2, 3]}, {"a": [4, 5, 6]}) == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize("nothing", [{}, {"a": None}, {"a": "wheat"}, {"a": True}])
def test_what_is_no_number_has_no_data(values, nothing):
    (first,), (second,) = values(["a"], {"a": 1}, nothing)
    assert first == 1
    assert np.isnan(second)


def test_wider_geometries_have_the_same_properties(values):
    assert values(["a"], {"a": 7}, {"a": 8}, process=_wider) == [[7], [8]]


def _wider(cube):
    return cube.process("vector_buffer", {"geometries": cube, "distance": 10})


def test_what_is_computed_from_them_is_something_else(values):
    ((first,), (second,)) = values(["a"], {"a": 100}, {"a": 200}, process=_doubled)
    assert (first, second) != (100, 200)
    assert 200 <= min(first, second) <= max(first, second) <= 400


def _doubled(cube):
    child = {
        "x": {"process_id": "multiply", "arguments": {"x": {"from_parameter": "x"}, "y": 2}, "result": True}
    }
    return cube.process("apply", {"data": cube, "process": {"process_graph": child}})
