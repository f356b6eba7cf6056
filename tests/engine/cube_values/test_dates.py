"""Processes of dates make of cubes what NumPy makes of them."""

import numpy as np
from hypothesis import given as drawn
from hypothesis import strategies as st

from engine_cases.any_cubes import ANY_REDUCER, ORDER, REDUCERS, SETTINGS, SIDE, cubes, reduced, same, step
from engine_cases.cubes import given, result, values_of
from validation_cases.building import call, graph, par, reducer, ref


def grouped(name, values, groups):
    parts = [
        reduced(name, values[group], 0) if group else _of_nothing(name, values.shape[1:]) for group in groups
    ]
    return np.stack(parts)


def _of_nothing(name, shape):
    return np.full(shape, REDUCERS[name](np.empty(0)))


FOUR = cubes(st.just(4), st.integers(1, 2), SIDE, SIDE)


@SETTINGS
@drawn(FOUR, ANY_REDUCER)
def test_aggregate_temporal(data, name):
    kind, values = data
    # The end of an interval is not in it, and one has no data.
    intervals = [["2024-01-01", "2024-02-20"], ["2024-02-05", "2025-02-01"], ["2024-05-01", "2024-06-01"]]
    cube = result(
        step("aggregate_temporal", intervals=intervals, labels=["a", "b", "c"], reducer=reducer(name)),
        cube=given(values, kind=kind),
    )

    assert cube.times == ("a", "b", "c")
    same(values_of(cube, *ORDER), grouped(name, values, [[0, 1], [1, 2, 3], []]))


@SETTINGS
@drawn(FOUR, ANY_REDUCER)
def test_aggregate_temporal_period(data, name):
    kind, values = data
    cube = result(
        step("aggregate_temporal_period", period="month", reducer=reducer(name)),
        cube=given(values, kind=kind),
    )

    assert cube.times == (*(f"2024-{month:02}" for month in range(1, 13)), "2025-01")
    same(values_of(cube, *ORDER), grouped(name, values, [[0], [1, 2], *[[]] * 10, [3]]))


@SETTINGS
@drawn(FOUR)
def test_normals_and_anomalies(data):
    kind, values = data
    normals = call(
        "climatological_normal",
        data=par("cube"),
        period="month",
        climatology_period=[2024, 2025],
    )
    anomaly = call("anomaly", data=par("cube"), normals=ref("n"), period="month")
    cube = given(values, kind=kind)
    expected = grouped("mean", values, [[0, 3], [1, 2], *[[]] * 10])

    same(values_of(result(graph(n=normals), cube=cube), *ORDER), expected)
    same(values_of(result(graph(n=normals, a=anomaly), cube=cube), *ORDER), values - expected[[0, 1, 1, 0]])


@SETTINGS
@drawn(FOUR)
def test_resample_cube_temporal(data):
    kind, values = data
    target = given(np.zeros((3, 1, 1, 1)), times=("2024-01-11", "2024-02-16", "2024-12-31"))
    nearest = graph(n=call("resample_cube_temporal", data=par("cube"), target=par("target")))

    cube = result(nearest, cube=given(values, kind=kind), target=target)

    assert cube.times == ("2024-01-11", "2024-02-16", "2024-12-31")
    same(values_of(cube, *ORDER), values[[0, 2, 3]])
