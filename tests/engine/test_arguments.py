"""Arguments that functions refuse, and numbers as IEEE 754 has them."""

import math

import numpy as np
import pytest

from mock_backend.catalog import Band
from mock_backend.engine.core.values import Field, Labelled, Stack
from mock_backend.engine.functions import call
from mock_backend.errors import ProcessParameterInvalid

FULL = Field(np.array([1.0, 2.0]), "uint8", Band("B1", data_type="uint8"))
TWO_BANDS = Stack(np.array([[[1.0, np.nan, -np.inf]], [[0.0, 2.0, 1e300]]]), labels=["a", "b"])


@pytest.mark.parametrize("name", ["probabilities", "q"])
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 2**900, "4", ["a"]])
def test_quantiles_need_probabilities_or_a_number_of_intervals(name, number):
    with pytest.raises(ProcessParameterInvalid):
        call("quantiles", {"data": [1, 2, 3], name: number})


@pytest.mark.parametrize("x", [[1, 2], Labelled([1, 2], ["a", "b"]), TWO_BANDS])
@pytest.mark.parametrize("y", [[1], [1, 2, 3]])
@pytest.mark.parametrize("process_id", ["add", "divide", "normalized_difference"])
def test_arrays_must_be_equally_long(process_id, x, y):
    with pytest.raises(ProcessParameterInvalid, match=f"'y'.*it has {len(y)} elements, but 'x' has 2"):
        call(process_id, {"x": x, "y": y})


def test_the_bound_of_another_length_is_named():
    with pytest.raises(ProcessParameterInvalid, match="'max' in process 'between'"):
        call("between", {"x": TWO_BANDS, "min": 0, "max": [1, 2, 3]})


@pytest.mark.parametrize(
    ("x", "p", "expected"),
    [
        (2.5, 400, 2.5),
        (1e300, 2, 1e300),
        (1.5e308, 3, 1.5e308),
        (5.0, -400, 0),
        (math.inf, 1, math.inf),
        (0.35, 1, 0.4),
        (1234.5, -2, 1200),
        (True, 1, 1),
    ],
)
def test_rounding_changes_no_number_with_fewer_decimals(x, p, expected):
    assert call("round", {"x": x, "p": p}) == expected
    (found,) = call("round", {"x": Field(np.array([float(x)])), "p": p}).values
    assert found == expected


def test_large_integers_are_rounded_exactly():
    assert call("round", {"x": 2**900, "p": 3}) == 2**900
    assert call("round", {"x": 12_345_678_901_234_567_890, "p": -2}) == 12_345_678_901_234_567_900


@pytest.mark.parametrize("x", [0, 0.5, 2, math.inf, math.nan, None])
@pytest.mark.parametrize("base", [0, -1, 1, 2, 0.5, 10, math.inf, math.nan])
def test_logarithms_of_pixels_are_those_of_numbers(x, base):
    number = call("log", {"x": x, "base": base})
    (found,) = call("log", {"x": Field(np.array([math.nan if x is None else x])), "base": base}).values
    assert found == pytest.approx(math.nan if number is None else number, nan_ok=True)


def test_overflow_keeps_the_sign():
    assert call("sinh", {"x": -1000}) == -math.inf
    assert call("multiply", {"x": -(2**900), "y": 2**900}) == -math.inf


@pytest.mark.parametrize(
    ("process_id", "arguments"),
    [
        ("if", {"value": Field(np.array([0.0, 1.0]), "bool"), "accept": FULL}),
        (
            "array_element",
            {"data": Stack(FULL.values[None], "uint8", (FULL.band,)), "index": Field(np.array([7.0, 0]))},
        ),
        ("max", {"data": Stack(np.empty((0, 2)), "uint8", (FULL.band,))}),
    ],
)
def test_bands_without_a_value_for_no_data_get_one_where_there_may_be_none(process_id, arguments):
    found = call(process_id, arguments)

    assert np.isnan(found.values).any()
    assert (found.kind, found.band.nodata) == ("float32", "nan")


def test_integers_of_bands_with_other_values_for_no_data_become_floating_points():
    one, other = (
        Field(np.array([1.0, np.nan]), "int16", Band(f"B{nodata}", data_type="int16", nodata=nodata))
        for nodata in (-1, -9)
    )
    truth = Field(np.ones(2), "bool")

    assert call("if", {"value": truth, "accept": one, "reject": one}).kind == "int16"
    assert call("if", {"value": truth, "accept": one, "reject": other}).kind == "float32"
    assert call("if", {"value": truth, "accept": truth, "reject": 7}).kind == "float32"
    assert call("array_create", {"data": [one, 300]}).kind == "float32"
