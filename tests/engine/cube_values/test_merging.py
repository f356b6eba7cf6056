"""Cubes are merged as NumPy does it."""

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine_cases.any_cubes import NUMBER, ORDER, SETTINGS, SIDE, cubes, same
from engine_cases.cubes import NAMES, TIMES, given, result, values_of
from validation_cases.building import call, child, graph, par


def merging(**arguments):
    return graph(m=call("merge_cubes", cube1=par("one"), cube2=par("other"), **arguments))


@SETTINGS
@drawn(st.data(), cubes(SIDE, st.just(1), SIDE, SIDE))
def test_bands_are_merged(data, one):
    kind, values = one
    others = data.draw(arrays(np.float64, values.shape, elements=NUMBER))
    cube = result(merging(), one=given(values, kind=kind), other=given(others, bands=("B12",)))

    assert cube.of_kind("bands").labels == ("B04", "B12")
    same(values_of(cube, *ORDER), np.concatenate([values, others], axis=1))


RESOLVERS = [
    (child(r=call("max", data=[par("x"), par("y")])), np.fmax),
    (child(r=call("subtract", x=par("x"), y=par("y"))), np.subtract),
    (child(r=call("first", data=[par("y"), par("x")])), lambda x, y: np.where(np.isnan(y), x, y)),
]


@pytest.mark.parametrize(("resolver", "expected"), RESOLVERS, ids=["max", "subtract", "first"])
def test_overlaps_are_resolved(resolver, expected):
    @SETTINGS
    @drawn(cubes(st.just(3), st.just(2), SIDE, SIDE), cubes(st.just(2), st.just(2), SIDE, SIDE))
    def check(one, other):
        kind, values = one
        others = np.resize(other[1], (2, 2, *values.shape[2:]))
        cube = result(
            merging(overlap_resolver=resolver),
            one=given(values, kind=kind),
            # The second and third date of the one and the first and second of the other are the same.
            other=given(others, times=TIMES[1:], bands=("B08", "B11"), kind="float64"),
        )
        whole = np.full((3, 3, *values.shape[2:]), np.nan)
        whole[:, :2] = values
        whole[1:, 1:] = others
        whole[1:, 1] = expected(values[1:, 1], others[:, 0])

        assert (cube.times, cube.of_kind("bands").labels) == (TIMES[:3], NAMES)
        same(values_of(cube, *ORDER), whole)

    check()


@SETTINGS
@drawn(st.data(), cubes(), st.sampled_from(["yx", "tyx", "byx"]))
def test_what_lacks_dimensions_goes_with_each_label(data, one, dims):
    kind, values = one
    shape = [dict(zip("tbyx", values.shape, strict=True))[each] for each in dims]
    others = data.draw(arrays(np.float64, shape, elements=NUMBER))
    resolver = child(r=call("add", x=par("x"), y=par("y")))
    cube = result(
        merging(overlap_resolver=resolver), one=given(values, kind=kind), other=given(others, dims=dims)
    )
    missing = tuple(place for place, each in enumerate("tbyx") if each not in dims)

    same(values_of(cube, *ORDER), values + np.expand_dims(others, missing))


@SETTINGS
@drawn(cubes(st.just(1), st.just(1), st.just(3), st.just(3)), st.integers(-3, 3), st.integers(-3, 3))
def test_extents_are_united(one, right, down):
    kind, values = one
    resolver = child(r=call("add", x=par("x"), y=par("y")))
    cube = result(
        merging(overlap_resolver=resolver),
        one=given(values, kind=kind),
        other=given(100 + values, west=float(right), north=float(-down)),
    )
    whole = np.full((2, 3 + abs(down), 3 + abs(right)), np.nan)
    has = np.zeros(whole.shape, bool)
    for place, (row, column) in enumerate([(max(-down, 0), max(-right, 0)), (max(down, 0), max(right, 0))]):
        part = (place, slice(row, row + 3), slice(column, column + 3))
        whole[part], has[part] = values[0, 0] + 100 * place, True
    both = has.all(axis=0)
    expected = np.where(both, whole[0] + whole[1], np.where(has[0], whole[0], whole[1]))

    same(values_of(cube, *ORDER)[0, 0], expected)
