"""Reducers, processes of each pixel and of arrays along dimensions make of cubes what NumPy makes of them."""

import warnings

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from engine_cases.any_cubes import ANY_REDUCER, AXES, ORDER, SETTINGS, SIDE, cubes, reduced, same, step
from engine_cases.cubes import given, result, values_of
from validation_cases.building import call, child, par, reducer


@SETTINGS
@drawn(cubes(), st.sampled_from(ORDER), ANY_REDUCER)
def test_reduce_dimension(data, dimension, name):
    kind, values = data
    process = step("reduce_dimension", dimension=dimension, reducer=reducer(name))
    cube = result(process, cube=given(values, kind=kind))
    left = [each for each in ORDER if each != dimension]

    assert [each.name for each in cube.dimensions] == left
    same(values_of(cube, *left), reduced(name, values, AXES[dimension]))


@SETTINGS
@drawn(cubes(), ANY_REDUCER)
def test_dimensions_may_have_any_order(data, name):
    kind, values = data
    turned = given(values.transpose(3, 0, 2, 1), dims="xtyb", kind=kind)

    cube = result(step("reduce_dimension", dimension="t", reducer=reducer(name)), cube=turned)

    assert [each.name for each in cube.dimensions] == ["x", "y", "bands"]
    same(values_of(cube, "bands", "y", "x"), reduced(name, values, 0))


@SETTINGS
@drawn(cubes(), ANY_REDUCER)
def test_reduce_spatial(data, name):
    kind, values = data
    cube = result(step("reduce_spatial", reducer=reducer(name)), cube=given(values, kind=kind))

    same(values_of(cube, "t", "bands"), reduced(name, values.reshape(*values.shape[:2], -1), 2))


PIXELS = [
    (call("add", x=par("x"), y=3), lambda x: x + 3),
    (call("multiply", x=par("x"), y=par("x")), lambda x: x * x),
    (call("absolute", x=par("x")), np.abs),
    (call("clip", x=par("x"), min=-5, max=5), lambda x: np.clip(x, -5, 5)),
    (call("gt", x=par("x"), y=2), lambda x: np.where(np.isnan(x), np.nan, x > 2)),
    (call("linear_scale_range", x=par("x"), inputMin=-40, inputMax=40, outputMax=80), lambda x: x + 40),
    (call("if", value=par("x"), accept=1, reject=2), lambda x: np.where(np.isnan(x) | (x == 0), 2.0, 1.0)),
    (call("is_nodata", x=par("x")), np.isnan),
]


@pytest.mark.parametrize(("process", "expected"), PIXELS, ids=[each["process_id"] for each, _ in PIXELS])
def test_apply(process, expected):
    @SETTINGS
    @drawn(cubes())
    def check(data):
        kind, values = data
        cube = result(step("apply", process=child(p=process)), cube=given(values, kind=kind))

        same(values_of(cube, *ORDER), expected(values))

    check()


@SETTINGS
@drawn(cubes(gaps=False), st.sampled_from(ORDER))
def test_apply_dimension_with_as_many_values(data, dimension):
    kind, values = data
    cube = given(values, kind=kind)
    found = result(
        step("apply_dimension", dimension=dimension, process=child(p=call("cumsum", data=par("data")))),
        cube=cube,
    )

    assert [each.name for each in found.dimensions] == list(ORDER)
    assert (found.named(dimension).labels, found.grid) == (cube.cube.named(dimension).labels, cube.cube.grid)
    same(values_of(found, *ORDER), values.cumsum(axis=AXES[dimension]))


@pytest.mark.parametrize("target", [None, "q"])
def test_apply_dimension_with_other_lengths(target):
    @SETTINGS
    @drawn(cubes(gaps=False), st.sampled_from(ORDER))
    def check(data, dimension):
        kind, values = data
        quantiles = child(p=call("quantiles", data=par("data"), probabilities=[0, 0.5, 0.75, 1, 1]))
        found = result(
            step("apply_dimension", dimension=dimension, process=quantiles, target_dimension=target),
            cube=given(values, kind=kind),
        )

        name, left = target or dimension, [each for each in ORDER if each != dimension]
        assert found.named(name).labels == (0, 1, 2, 3, 4)
        same(values_of(found, name, *left), np.quantile(values, [0, 0.5, 0.75, 1, 1], axis=AXES[dimension]))

    check()


@SETTINGS
@drawn(cubes(SIDE, st.just(2), SIDE, SIDE))
def test_ndvi(data):
    kind, values = data
    index = np.full(values[:, 0].shape, np.nan)
    with warnings.catch_warnings(action="ignore"):
        red, near = values[:, 0], values[:, 1]
        index = (near - red) / (near + red)
    cube = given(values, kind=kind)

    same(values_of(result(step("ndvi"), cube=cube), "t", "y", "x"), index)
    beside = result(step("ndvi", target_band="index"), cube=cube)
    same(values_of(beside, *ORDER), np.concatenate([values, index[:, None]], axis=1))
