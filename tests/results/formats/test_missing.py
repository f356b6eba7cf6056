"""Values as texts have them."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mock_backend.results.formats.labels import are_no_data, decimal, with_none


def test_decimals_are_short():
    assert decimal(np.array([0.1, 2.5], dtype="float32")).tolist() == [0.1, 2.5]


@given(arrays.arrays("float32", arrays.array_shapes(max_dims=3, max_side=3)))
def test_short_decimals_are_the_same_values(array):
    assert np.array_equal(decimal(array).astype("float32"), array, equal_nan=True)


@given(st.sampled_from(["int16", "uint8", "float32", "float64"]), st.data())
def test_nothing_but_nodata_is_missing(data_type, data):
    array = data.draw(arrays.arrays(data_type, arrays.array_shapes(max_dims=2, max_side=4)))
    nodata = data.draw(st.sampled_from([None, 0.0, math.nan]))

    values = with_none(array, nodata)

    flat = np.array(values, dtype=object).ravel()
    for value, original, gone in zip(flat, array.ravel(), are_no_data(array, nodata).ravel(), strict=True):
        assert gone == (value is None) == bool(np.isnan(original) or original == nodata)
        assert gone or np.array(value, dtype=data_type) == original


def test_a_single_value():
    assert with_none(np.array(5, dtype="int16"), None) == 5
    assert with_none(np.array(math.nan), None) is None
