"""Statistics of values."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_backend.landscape.sensors import statistics_of

NAN = float("nan")


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int32", "float32", "float64"])
@pytest.mark.parametrize("nodata", [None, 7, NAN])
def test_statistics_are_those_of_numpy(dtype, nodata):
    array = np.random.default_rng(1).integers(0, 200, (3, 50, 40)).astype(dtype)
    valid = array[array != 7] if nodata == 7 else array
    found = statistics_of(array, nodata)

    assert found == {
        "minimum": valid.min(),
        "maximum": valid.max(),
        "mean": pytest.approx(valid.astype(float).mean()),
        "stddev": pytest.approx(valid.astype(float).std()),
        "valid_percent": pytest.approx(100 * valid.size / array.size),
    }
    assert {type(value) for value in found.values()} == {float}


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6, width=32) | st.just(NAN), max_size=50))
def test_nan_is_no_value(values):
    array = np.array(values, "float32")
    valid = array[~np.isnan(array)]
    found = statistics_of(array, NAN)

    if not valid.size:
        assert found == {"valid_percent": 0.0}
        return
    assert found["minimum"] <= found["mean"] + 1e-3
    assert found["mean"] <= found["maximum"] + 1e-3
    assert found["valid_percent"] == pytest.approx(100 * valid.size / array.size)
    assert not any(map(math.isnan, found.values()))


def test_many_values_are_added_up_bit_by_bit():
    array = np.full(2**21 + 5, 60_000, "uint16")

    assert statistics_of(array, None) == {
        "minimum": 60_000,
        "maximum": 60_000,
        "mean": 60_000,
        "stddev": 0,
        "valid_percent": 100,
    }


def test_statistics_beyond_floating_points_are_left_out():
    array = np.array([1e308, -1e308, 1e308, np.inf])

    assert statistics_of(array, None) == {
        "minimum": -1e308,
        "maximum": 1e308,
        "mean": pytest.approx(1e308 / 3),
        "valid_percent": 75,
    }
