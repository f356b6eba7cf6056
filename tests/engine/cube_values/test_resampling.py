"""Resampled pixels have the values that NumPy makes of them."""

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from engine_cases.any_cubes import ORDER, REDUCERS, SETTINGS, SIDE, cubes, same, step, there
from engine_cases.cubes import given, result, values_of
from validation_cases.building import call, graph, par


def _quantile(share):
    return there(lambda each: np.quantile(each, share))


BLOCKS = {
    "average": REDUCERS["mean"],
    "sum": REDUCERS["sum"],
    "min": REDUCERS["min"],
    "max": REDUCERS["max"],
    "med": REDUCERS["median"],
    "q1": _quantile(0.25),
    "q3": _quantile(0.75),
    "rms": there(lambda each: np.sqrt(np.mean(each**2))),
    "mode": there(lambda each: min(np.unique(each), key=lambda value: (-(each == value).sum(), value))),
}


@pytest.mark.parametrize("method", BLOCKS)
def test_pixels_twice_as_wide(method):
    @SETTINGS
    @drawn(cubes(SIDE, st.just(1), st.sampled_from([2, 4]), st.sampled_from([2, 4, 6])))
    def check(data):
        kind, values = data
        cube = result(step("resample_spatial", resolution=2, method=method), cube=given(values, kind=kind))
        high, wide = values.shape[2:]
        blocks = values.reshape(*values.shape[:2], high // 2, 2, wide // 2, 2).transpose(0, 1, 2, 4, 3, 5)
        expected = np.apply_along_axis(BLOCKS[method], 4, blocks.reshape(*blocks.shape[:4], 4))
        if method == "mode" and kind == "int16":
            assert cube.data_type == "int16"
        same(values_of(cube, *ORDER), expected)

    check()


@pytest.mark.parametrize("method", ["near", "bilinear", "cubic", "lanczos", "average", "mode", "max"])
def test_the_same_pixels_have_the_same_values(method):
    @SETTINGS
    @drawn(cubes(SIDE, st.just(1), SIDE, SIDE))
    def check(data):
        kind, values = data
        target = given(np.zeros(values.shape))
        resampled = graph(
            n=call("resample_cube_spatial", data=par("cube"), target=par("target"), method=method)
        )
        cube = result(resampled, cube=given(values, kind=kind), target=target)

        same(values_of(cube, *ORDER), values)

    check()


@SETTINGS
@drawn(cubes(SIDE, st.just(1), st.just(3), st.just(3)), st.integers(-4, 4), st.integers(-4, 4))
def test_pixels_elsewhere_have_no_values(data, right, down):
    kind, values = data
    target = given(np.zeros((1, 1, 4, 5)), west=float(right), north=float(-down))
    moved = graph(n=call("resample_cube_spatial", data=par("cube"), target=par("target")))
    cube = result(moved, cube=given(values, kind=kind), target=target)

    expected = np.full((*values.shape[:2], 4, 5), np.nan)
    for row in range(4):
        for column in range(5):
            if 0 <= row + down < 3 and 0 <= column + right < 3:
                expected[..., row, column] = values[..., row + down, column + right]
    same(values_of(cube, *ORDER), expected)


@SETTINGS
@drawn(cubes(SIDE, st.just(1), st.integers(2, 4), st.integers(2, 4), gaps=False))
def test_bilinear_values_are_between_their_neighbours(data):
    kind, values = data
    cube = result(step("resample_spatial", resolution=0.5, method="bilinear"), cube=given(values, kind=kind))
    found = values_of(cube, *ORDER)

    # Three quarters of one pixel and a quarter of its neighbour, and at the edge the pixel alone.
    near = np.concatenate([values[..., :1], values, values[..., -1:]], axis=-1)
    across = np.stack(
        [0.75 * near[..., 1:-1] + 0.25 * near[..., :-2], 0.75 * near[..., 1:-1] + 0.25 * near[..., 2:]],
        axis=-1,
    ).reshape(*values.shape[:3], -1)
    near = np.concatenate([across[..., :1, :], across, across[..., -1:, :]], axis=-2)
    expected = np.stack(
        [
            0.75 * near[..., 1:-1, :] + 0.25 * near[..., :-2, :],
            0.75 * near[..., 1:-1, :] + 0.25 * near[..., 2:, :],
        ],
        axis=-2,
    ).reshape(*values.shape[:2], -1, across.shape[-1])
    same(found, expected)
