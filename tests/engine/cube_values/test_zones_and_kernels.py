"""Zones, windows, kernels and masks make of cubes what NumPy makes of them."""

import math

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine_cases.any_cubes import ANY_REDUCER, ORDER, SETTINGS, SIDE, box, cubes, reduced, same, step
from engine_cases.cubes import given, result, values_of
from mock_backend.engine.sources import convolving
from validation_cases.building import call, graph, par, reducer


@SETTINGS
@drawn(cubes(SIDE, st.integers(1, 2), st.just(4), st.just(5)), ANY_REDUCER)
def test_aggregate_spatial(data, name):
    kind, values = data
    # Two by three pixels, and one row of which just the centres of some pixels are within.
    zones = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {}, "geometry": each}
            for each in (box(1, -3, 4, -1), box(0.2, -3.9, 2.4, -3.1))
        ],
    }
    cube = result(
        step("aggregate_spatial", geometries=zones, reducer=reducer(name)), cube=given(values, kind=kind)
    )

    parts = [values[..., 1:3, 1:4], values[..., 3:4, 0:2]]
    expected = [reduced(name, part.reshape(*part.shape[:2], -1), 2) for part in parts]
    same(values_of(cube, "t", "bands", "geometry"), np.stack(expected, axis=-1))


@pytest.mark.parametrize("boundary", ["pad", "trim"])
@pytest.mark.parametrize("align", ["upper-left", "lower-right"])
def test_aggregate_spatial_window(boundary, align):
    @SETTINGS
    @drawn(cubes(st.integers(1, 2), st.just(1), st.integers(2, 5), st.integers(3, 7)), ANY_REDUCER)
    def check(data, name):
        kind, values = data
        cube = result(
            step(
                "aggregate_spatial_window", size=[3, 2], boundary=boundary, align=align, reducer=reducer(name)
            ),
            cube=given(values, kind=kind),
        )
        high, wide = values.shape[2:]
        rows, columns = -(-high // 2) * 2, -(-wide // 3) * 3
        whole = values
        if boundary == "trim":
            rows, columns = high // 2 * 2, wide // 3 * 3
            whole = (
                values[..., :rows, :columns]
                if align == "upper-left"
                else values[..., high - rows :, wide - columns :]
            )
        else:
            down, right = rows - high, columns - wide
            after = ((0, down), (0, right)) if align == "upper-left" else ((down, 0), (right, 0))
            whole = np.pad(values, ((0, 0), (0, 0), *after), constant_values=np.nan)
        blocks = whole.reshape(*whole.shape[:2], rows // 2, 2, columns // 3, 3).transpose(0, 1, 2, 4, 3, 5)
        same(values_of(cube, *ORDER), reduced(name, blocks.reshape(*blocks.shape[:4], 6), 4))

    check()


#: Any kernels, and such as are products of a column and a row, which are applied one after the other.
_COLUMN = arrays(np.float64, 3, elements=st.integers(-3, 3).map(float))
KERNELS = st.one_of(
    arrays(np.float64, (3, 3), elements=st.integers(-3, 3).map(float)),
    st.tuples(_COLUMN, _COLUMN).map(lambda both: np.outer(*both)),
)
BORDERS = {"replicate": "edge", "reflect": "symmetric", "reflect_pixel": "reflect", "wrap": "wrap"}


@pytest.mark.parametrize("highest", [4, 9])
@pytest.mark.parametrize("border", [0, 7, *BORDERS])
def test_apply_kernel(border, highest, monkeypatch):
    if highest > 4:  # as kernels of many factors are, in blocks of six pixels
        for name, few in (("_FEWEST", 0), ("_SIDE", 8), ("_PRODUCTS", 0)):
            monkeypatch.setattr(convolving, name, few)

    @SETTINGS
    @drawn(
        cubes(st.integers(1, 2), st.just(1), st.integers(2, highest), st.integers(2, highest)),
        KERNELS,
        st.sampled_from([1, 0.5]),
    )
    def check(data, kernel, factor):
        kind, values = data
        cube = result(
            step("apply_kernel", kernel=kernel.tolist(), factor=factor, border=border, replace_invalid=2),
            cube=given(values, kind=kind),
        )
        filled = np.where(np.isnan(values), 2, values)
        width = ((0, 0), (0, 0), (1, 1), (1, 1))
        padded = (
            np.pad(filled, width, BORDERS[border])
            if border in BORDERS
            else np.pad(filled, width, constant_values=border)
        )
        high, wide = values.shape[2:]
        expected = sum(
            kernel[i, j] * factor * padded[..., i : i + high, j : j + wide]
            for i in range(3)
            for j in range(3)
        )
        same(values_of(cube, *ORDER), expected)

    check()


@pytest.mark.parametrize("scale", [1.0, 0.1], ids=["whole numbers", "others"])
@pytest.mark.parametrize("shape", [(1, 9), (9, 1), (9, 9), (3, 31), (15, 17), (63, 65)], ids=str)
def test_apply_kernel_of_equal_factors(shape, scale):
    values = scale * np.random.default_rng(3).integers(-40, 40, (2, 1, 12, 70)).astype(np.float64)
    cube = result(step("apply_kernel", kernel=np.ones(shape).tolist(), factor=0.5), cube=given(values))

    width = ((0, 0), (0, 0), *((size // 2, size // 2) for size in shape))
    sums = np.lib.stride_tricks.sliding_window_view(np.pad(values, width), shape, (-2, -1)).sum((-2, -1))
    np.testing.assert_allclose(values_of(cube, *ORDER), sums / 2, rtol=1e-6, atol=1e-5)


@SETTINGS
@drawn(cubes(SIDE, st.integers(1, 2), st.just(4), st.just(5)), st.booleans(), st.sampled_from([None, 5]))
def test_mask_polygon(data, inside, replacement):
    kind, values = data
    cube = result(
        step("mask_polygon", mask=box(1, -3, 4, -1), inside=inside, replacement=replacement),
        cube=given(values, kind=kind),
    )
    within = np.zeros((4, 5), bool)
    within[1:3, 1:4] = True

    # What has no data is left untouched.
    hidden = (within == inside) & ~np.isnan(values)
    same(values_of(cube, *ORDER), np.where(hidden, np.nan if replacement is None else replacement, values))


@SETTINGS
@drawn(
    st.data(), cubes(), st.sampled_from(["tbyx", "tyx", "yx", "byx"]), st.sampled_from([None, -7, 0.1, 1e300])
)
def test_mask(data, cube, dims, replacement):
    kind, values = cube
    shape = [dict(zip("tbyx", values.shape, strict=True))[each] for each in dims]
    mask = data.draw(arrays(np.float64, shape, elements=st.sampled_from([0.0, 1.0, 5.0, math.nan])))
    found = result(
        graph(n=call("mask", data=par("cube"), mask=par("mask"), replacement=replacement)),
        cube=given(values, kind=kind),
        mask=given(mask, dims=dims),
    )
    missing = tuple(place for place, each in enumerate("tbyx") if each not in dims)
    hidden = np.broadcast_to(np.expand_dims((mask != 0) & ~np.isnan(mask), missing), values.shape)
    expected = np.where(hidden, np.nan if replacement is None else replacement, values)
    if kind != "float64":
        with np.errstate(over="ignore"):
            # What its data type does not hold is infinite there.
            expected = expected.astype(np.float32)

    same(values_of(found, *ORDER), expected)
