"""Vector cubes become rasters."""

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine_cases.any_cubes import ORDER, SETTINGS, around_pixels, same
from engine_cases.cubes import given, result, values_of
from mock_backend.errors import OpenEOError
from validation_cases.building import call, graph, par, reducer, ref


@SETTINGS
@drawn(arrays(np.float64, (2, 2), elements=st.integers(-9, 9).map(float)))
def test_vectors_become_rasters(numbers):
    boxes = [(0, 0, 3, 2), (2, 1, 4, 4)]
    features = [
        {
            "type": "Feature",
            "geometry": around_pixels(*each),
            "properties": dict(zip("ab", map(float, row), strict=True)),
        }
        for each, row in zip(boxes, numbers, strict=True)
    ]
    steps = graph(
        given=call(
            "load_geojson",
            data={"type": "FeatureCollection", "features": features},
            properties=["a", "b"],
        ),
        n=call("vector_to_raster", data=ref("given"), target=par("cube")),
    )

    cube = result(steps, cube=given(np.zeros((1, 1, 5, 5))))

    expected = np.full((2, 5, 5), np.nan)
    for (left, top, right, bottom), row in zip(boxes, numbers, strict=True):
        # The last one counts.
        expected[:, top:bottom, left:right] = row[:, None, None]
    assert cube.of_kind("bands").labels == ("a", "b")
    np.testing.assert_array_equal(values_of(cube, "bands", "y", "x"), expected)


@pytest.mark.parametrize("target", ["target", "target_data_cube"])
def test_zonal_values_become_rasters(target):
    values = np.random.default_rng(1).random((2, 2, 4, 4))
    steps = graph(
        zonal=call(
            "aggregate_spatial",
            data=par("cube"),
            geometries=around_pixels(1, 1, 3, 4),
            reducer=reducer("mean"),
        ),
        n=call("vector_to_raster", data=ref("zonal"), **{target: par("cube")}),
    )

    cube = result(steps, cube=given(values))

    expected = np.full(values.shape, np.nan)
    expected[..., 1:4, 1:3] = values[..., 1:4, 1:3].mean((2, 3), keepdims=True)
    same(values_of(cube, *ORDER), expected)


def test_zonal_values_of_a_cube_without_bands_become_rasters_with_one():
    steps = graph(
        one=call("reduce_dimension", data=par("cube"), dimension="bands", reducer=reducer("max")),
        zonal=call(
            "aggregate_spatial",
            data=ref("one"),
            geometries=around_pixels(0, 0, 4, 4),
            reducer=reducer("mean"),
        ),
        raster=call("vector_to_raster", data=ref("zonal"), target=par("cube")),
        n=call("rename_labels", data=ref("raster"), dimension="bands", target=["score"]),
    )

    cube = result(steps, cube=given(np.ones((2, 1, 4, 4))))

    assert cube.of_kind("bands").labels == ("score",)
    np.testing.assert_array_equal(values_of(cube, "t", "bands", "y", "x"), np.ones((2, 1, 4, 4)))


def test_vectors_without_values_become_no_raster():
    steps = graph(
        given=call("load_geojson", data=around_pixels(0, 0, 1, 1)),
        n=call("vector_to_raster", data=ref("given"), target=par("cube")),
    )

    with pytest.raises(OpenEOError, match="no values for pixels"):
        result(steps, cube=given(np.zeros((1, 1, 2, 2))))
