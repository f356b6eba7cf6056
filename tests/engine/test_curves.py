"""Curves are fitted as NumPy fits them, and predicted values are on them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mock_backend.engine.core.callbacks import GraphCallback
from mock_backend.engine.core.values import Field, Labelled, Stack
from mock_backend.engine.functions import call
from mock_backend.errors import OpenEOError
from validation_cases.building import call as node
from validation_cases.building import graph, par, ref

YEAR = 31557600


def parameter(index):
    return node("array_element", data=par("parameters"), index=index)


def function(**nodes):
    return GraphCallback(graph(**nodes))


LINE = function(
    a=parameter(0),
    b=parameter(1),
    bx=node("multiply", x=ref("b"), y=par("x")),
    c=node("add", x=ref("a"), y=ref("bx")),
)
#: A year's wave around a mean.
WAVE = function(
    a=parameter(0),
    b=parameter(1),
    c=parameter(2),
    t=node("multiply", x=par("x"), y=2 * math.pi / YEAR),
    cos=node("cos", x=ref("t")),
    sin=node("sin", x=ref("t")),
    bc=node("multiply", x=ref("b"), y=ref("cos")),
    cs=node("multiply", x=ref("c"), y=ref("sin")),
    s=node("sum", data=[ref("a"), ref("bc"), ref("cs")]),
)
#: Decay, which is no sum of parameters times something.
DECAY = function(
    a=parameter(0),
    b=parameter(1),
    bx=node("multiply", x=ref("b"), y=par("x")),
    e=node("exp", p=ref("bx")),
    c=node("multiply", x=ref("a"), y=ref("e")),
)
NUMBERS = st.one_of(st.integers(-50, 50).map(float), st.just(math.nan))
DATES = [f"20{year}-{month:02}-15" for year in (22, 23) for month in range(1, 13)]
SECONDS = np.array(DATES, "datetime64[s]").astype(np.float64)


def fitted(data, guess, model, **options):
    return call("fit_curve", {"data": data, "parameters": guess, "function": model, **options})


@settings(deadline=None, max_examples=40)
@given(values=arrays(np.float64, (6, 2, 2), elements=NUMBERS))
def test_lines_are_those_of_numpy(values):
    found = fitted(Stack(values, labels=[2, 3, 5, 7, 11, 13]), [0, 0], LINE).values

    xs = np.array([2.0, 3, 5, 7, 11, 13])
    for row in range(2):
        for column in range(2):
            ys, own = values[:, row, column], found[:, row, column]
            there = ~np.isnan(ys)
            if there.sum() < 2:
                assert np.isnan(own).all()
                continue
            equations = np.stack([np.ones(there.sum()), xs[there]], axis=1)
            assert own == pytest.approx(np.linalg.lstsq(equations, ys[there], rcond=None)[0], abs=1e-9)


def test_pixels_have_the_parameters_of_plain_arrays_whatever_is_beside_them():
    values = np.random.default_rng(3).normal(size=(24, 5))
    together = fitted(Stack(values, labels=DATES), [0, 1, 1], WAVE).values

    for place in range(5):
        alone = fitted(Stack(values[:, [place]], labels=DATES), [0, 1, 1], WAVE).values
        assert np.array_equal(together[:, [place]], alone)
        assert (
            fitted(Labelled(values[:, place].tolist(), DATES), [0, 1, 1], WAVE) == together[:, place].tolist()
        )


@pytest.mark.parametrize("guess", [[0, 0, 0], [1, 1, 1], [50, -3, 7]])
def test_waves_over_dates_are_found(guess):
    angle = 2 * math.pi * SECONDS / YEAR
    values = (0.5 + 0.25 * np.cos(angle) - 0.125 * np.sin(angle))[:, None]
    values[[3, 17]] = math.nan

    found = fitted(Stack(values, labels=DATES), guess, WAVE)
    assert found.values[:, 0] == pytest.approx([0.5, 0.25, -0.125], abs=1e-6)


def test_trends_over_seconds_since_1970_are_found():
    slope = 0.1 / YEAR
    values = (3 + slope * SECONDS)[:, None]

    offset, trend = fitted(Stack(values, labels=DATES), [0, 0], LINE).values[:, 0]
    assert (offset, trend) == (pytest.approx(3, rel=1e-6), pytest.approx(slope, rel=1e-6))


def test_curves_that_are_no_sums_are_found_pixel_by_pixel():
    xs = np.arange(8.0)
    scales, rates = np.array([2.0, 5, -3]), np.array([-0.5, -0.1, -1.5])
    values = scales * np.exp(rates * xs[:, None])
    values[2, 0] = math.nan
    data = np.concatenate([values, np.full((8, 1), math.nan)], axis=1)

    found = fitted(Stack(data, labels=xs.tolist()), [1, -0.3], DECAY).values
    assert found[0, :3] == pytest.approx(scales, rel=1e-4)
    assert found[1, :3] == pytest.approx(rates, rel=1e-4)
    assert np.isnan(found[:, 3]).all()
    for place in range(3):
        alone = fitted(Stack(data[:, [place]], labels=xs.tolist()), [1, -0.3], DECAY).values
        assert np.array_equal(found[:, [place]], alone)


def test_what_values_do_not_decide_stays_as_it_was():
    twice = function(
        a=parameter(0), b=parameter(1), c=node("add", x=ref("a"), y=ref("b"))
    )  # just the sum of both parameters counts

    found = fitted([4.0, 6.0], [1, 2], twice)
    assert found == pytest.approx([3, 2])


def test_missing_values_count_if_they_are_not_ignored():
    data = Stack(np.array([[1.0, 1], [2, math.nan], [3, 3]]))

    found = fitted(data, [0, 0], LINE, ignore_nodata=False).values
    assert found[:, 0] == pytest.approx([1, 1])
    assert np.isnan(found[:, 1]).all()


def test_predicted_values_are_on_the_curve():
    parameters = np.array([[1.0, 2], [0.5, math.nan]])
    labels = [0, 4, 10]

    found = call("predict_curve", {"parameters": Stack(parameters), "function": LINE, "labels": labels})
    assert found.labels == labels
    assert found.values[:, 0].tolist() == [1, 3, 6]
    assert np.isnan(found.values[:, 1]).all()
    arguments = {"parameters": [1, 0.5], "function": LINE}
    assert call("predict_curve", {**arguments, "labels": labels}) == Labelled([1, 3, 6], labels)
    dates = ["1970-01-01", "1970-01-01T00:00:04Z"]
    data = Labelled([None, None], dates)
    assert call("predict_curve", {**arguments, "data": data}) == Labelled([1, 3], dates)


@pytest.mark.parametrize(
    ("process_id", "arguments", "parameter_"),
    [
        ("fit_curve", {"data": [1], "parameters": [], "function": LINE}, "parameters"),
        ("fit_curve", {"data": [1], "parameters": ["a"], "function": LINE}, "parameters"),
        ("fit_curve", {"data": [1], "parameters": [1], "function": "line"}, "function"),
        (
            "fit_curve",
            {"data": [1], "parameters": [1], "function": lambda parameters, **_: parameters},
            "function",
        ),
        ("predict_curve", {"parameters": [1], "function": LINE}, "labels"),
        ("predict_curve", {"parameters": [1], "function": LINE, "labels": ["a"]}, "labels"),
    ],
)
def test_what_does_not_go_is_refused(process_id, arguments, parameter_):
    with pytest.raises(OpenEOError, match=f"'{parameter_}'") as raised:
        call(process_id, arguments)

    assert raised.value.openeo_code == "ProcessParameterInvalid"


def test_functions_may_take_other_values_of_pixels():
    # A value for each pixel from elsewhere, times the parameter.
    other = Field(np.array([1.0, 2]))

    def model(parameters, **_):
        return call("multiply", {"x": parameters.element(0), "y": other})

    found = fitted(Stack(np.array([[3.0, 3], [5, 5]])), [1], model).values
    assert found[0] == pytest.approx([4, 2])
