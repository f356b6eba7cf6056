"""Processes of arrays make of those of pixels what they make of plain ones, and what NumPy makes of them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mock_backend.catalog import Band
from mock_backend.engine.core.values import Field, Labelled, Stack
from mock_backend.engine.functions import call
from mock_backend.errors import OpenEOError

SETTINGS = settings(deadline=None, max_examples=40)
NUMBER = st.one_of(st.integers(-3, 3).map(float), st.just(math.nan), st.just(math.inf))
#: Arrays of up to six elements for four pixels, few numbers, so that some are equal.
VALUES = st.integers(0, 6).flatmap(lambda length: arrays(np.float64, (length, 4), elements=NUMBER))
RED, NEAR = Band("B04", common_name="red", data_type="int16"), Band("B08", data_type="int16")
NAN = math.nan


def plain(values):
    """Return numbers as JSON has them."""
    return [None if math.isnan(each) else float(each) for each in values]


def field(*values):
    return Field(np.array(values, np.float64))


def stack(*rows, **options):
    return Stack(np.array(rows, np.float64), **options)


def same(found, expected):
    return np.array_equal(found.values, np.array(expected, np.float64), equal_nan=True)


@SETTINGS
@given(values=VALUES, asc=st.booleans(), nodata=st.sampled_from([None, True, False]))
@pytest.mark.parametrize("process_id", ["sort", "order"])
def test_pixels_are_ordered_as_plain_arrays(process_id, values, asc, nodata):
    found = call(process_id, {"data": Stack(values), "asc": asc, "nodata": nodata}).values

    for own, each in zip(found.T, values.T, strict=True):
        expected = call(process_id, {"data": plain(each), "asc": asc, "nodata": nodata})
        # Arrays of pixels are all of one length.
        assert plain(own) == expected + [None] * (len(values) - len(expected))


@SETTINGS
@given(values=VALUES, asc=st.booleans())
def test_arrays_rearranged_by_their_order_are_sorted(values, asc):
    ranks = call("order", {"data": Stack(values), "asc": asc})

    expected = np.sort(values, axis=0) if asc else -np.sort(-values, axis=0)
    assert same(call("rearrange", {"data": Stack(values), "order": ranks}), expected)


@SETTINGS
@given(values=VALUES, value=NUMBER, reverse=st.booleans())
def test_pixels_are_searched_as_plain_arrays(values, value, reverse):
    (wanted,) = plain([value])
    places = call("array_find", {"data": Stack(values), "value": wanted, "reverse": reverse}).values
    contained = call("array_contains", {"data": Stack(values), "value": Field(np.full(4, value))})

    assert contained.kind == "bool"
    for place, is_in, each in zip(places, contained.values, values.T, strict=True):
        arguments = {"data": plain(each), "value": wanted}
        assert plain([place]) == [call("array_find", {**arguments, "reverse": reverse})]
        assert is_in == call("array_contains", arguments)


@SETTINGS
@given(values=VALUES, steps=st.lists(st.integers(1, 9), min_size=6, max_size=6))
def test_gaps_are_interpolated_as_numpy_does(values, steps):
    values = np.where(np.isinf(values), NAN, values)
    labels = np.cumsum(steps)[: len(values)]
    found = call("array_interpolate_linear", {"data": Stack(values, labels=labels.tolist())})

    assert found.labels == labels.tolist()
    for own, each in zip(found.values.T, values.T, strict=True):
        there = ~np.isnan(each)
        expected = np.interp(labels, labels[there], each[there], NAN, NAN) if there.any() else each
        assert own == pytest.approx(expected, nan_ok=True)


def test_gaps_between_dates_are_as_wide_as_they_are_long():
    dates = ["2024-01-01", "2024-01-02", "2024-01-05T00:00:00Z"]

    found = call("array_interpolate_linear", {"data": Labelled([1, None, 5], dates)})
    assert found == Labelled([1, 2.0, 5], dates)
    data = stack([1, 2], [NAN, NAN], [5, NAN], labels=dates, bands=(RED,), kind="int16")
    found = call("array_interpolate_linear", {"data": data})
    assert same(found, [[1, 2], [2, NAN], [5, NAN]])
    # Whole numbers have others between them that are none.
    assert (found.element(0).kind, found.bands[0].common_name) == ("float32", "red")


def test_elements_are_picked_pixel_by_pixel():
    data = stack([1, 2, 3, 4], [5, 6, 7, 8], bands=(RED,), kind="int16")
    found = call("array_element", {"data": data, "index": field(0, 1, 2, NAN)})

    assert same(found, [1, 6, NAN, NAN])
    # The band has no value for what has no data.
    assert (found.kind, found.band.common_name) == ("float32", "red")
    assert same(call("array_element", {"data": [7, None, 9], "index": field(2, 1, 0)}), [9, NAN, 7])


@pytest.mark.parametrize(
    ("arguments", "row"),
    [({"index": 1}, 1), ({"index": 1.0}, 1), ({"label": "B08"}, 1), ({"label": "red"}, 0)],
)
def test_elements_by_index_label_and_other_name(arguments, row):
    data = stack([1, 2], [3, 4], bands=(RED, NEAR), labels=["B04", "B08"], aliases={"red": ("B04",)})
    found = call("array_element", {"data": data, **arguments})

    assert same(found, data.values[row])
    assert found.band == (RED, NEAR)[row]


def test_what_an_array_does_not_have_is_no_data_if_that_is_asked_for():
    assert same(call("array_element", {"data": stack([1, 2]), "index": 1, "return_nodata": True}), [NAN, NAN])
    assert call("array_element", {"data": [1], "index": 1, "return_nodata": True}) is None


def test_the_last_of_labelled_elements_is_found():
    data = Labelled([3, 4, 3, 5], ["a", "b", "c", "d"])

    assert call("array_find", {"data": data, "value": 3, "reverse": True}) == 2
    assert call("array_find", {"data": data, "value": 3}) == 0


def test_plain_arrays_are_searched_for_values_of_pixels():
    assert same(call("array_contains", {"data": [3, "x", 8], "value": field(3, 4, 8)}), [1, 0, 1])


def test_elements_that_do_not_fulfil_a_condition_are_blanked():
    def is_large(x, **_):
        return call("gt", {"x": x, "y": 2})

    found = call("array_filter", {"data": stack([1, 5], [3, 1], labels=["a", "b"]), "condition": is_large})
    assert same(found, [[NAN, 5], [3, NAN]])
    assert found.labels == ["a", "b"]
    assert call("array_filter", {"data": [1, None, 3], "condition": is_large}) == [3]


def test_conditions_of_labels_choose_elements():
    def is_b(label, **_):
        return label == "b"

    found = call("array_filter", {"data": stack([1, 5], [3, 1], labels=["a", "b"]), "condition": is_b})
    assert same(found, [[3, 1]])
    assert found.labels == ["b"]


def test_plain_arrays_are_filtered_by_conditions_of_pixels():
    def is_more(x, context, **_):
        return call("gt", {"x": x, "y": context})

    found = call("array_filter", {"data": [1, 3], "condition": is_more, "context": field(0, 2)})
    assert same(found, [[1, NAN], [3, 3]])


def test_processes_get_elements_with_indices_and_labels():
    def total(x, index, label, context):
        return call("sum", {"data": [x, index, label, context]})

    arguments = {"process": total, "context": 100}
    assert call("array_apply", {"data": [1, 2], **arguments}) == [101, 103]
    found = call("array_apply", {"data": stack([1, 2], [3, 4], labels=[10, 20]), **arguments})
    assert same(found, [[111, 112], [124, 125]])
    assert found.labels == [10, 20]


def test_indices_rearrange_labels_too():
    found = call(
        "rearrange", {"data": stack([1, 2], [3, 4], [5, 6], labels=["a", "b", "c"]), "order": [2, 0]}
    )

    assert same(found, [[5, 6], [1, 2]])
    assert found.labels == ["c", "a"]
    assert same(call("rearrange", {"data": [7, 8], "order": stack([1, 0], [0, 1])}), [[8, 7], [7, 8]])


def test_what_is_no_number_is_ordered_last():
    found = call("sort", {"data": [3, NAN, 1, None, 2], "asc": False, "nodata": True})

    assert found[:3] + found[4:] == [3, 2, 1, None]
    assert math.isnan(found[3])


@pytest.mark.parametrize(
    ("process_id", "arguments", "expected"),
    [
        ("array_append", {"data": stack([1, 2]), "value": 3}, [[1, 2], [3, 3]]),
        ("array_append", {"data": [1], "value": field(2, 3)}, [[1, 1], [2, 3]]),
        ("array_append", {"data": stack([1, 2]), "value": None}, [[1, 2], [NAN, NAN]]),
        ("array_concat", {"array1": stack([1, 2]), "array2": [3, 4]}, [[1, 2], [3, 3], [4, 4]]),
        ("array_concat", {"array1": [3], "array2": stack([1, 2])}, [[3, 3], [1, 2]]),
        ("array_concat", {"array1": stack([1, 2]), "array2": []}, [[1, 2]]),
        ("array_create", {"data": [field(1, 2), 3]}, [[1, 2], [3, 3]]),
        ("array_create", {"data": stack([1, 2]), "repeat": 2}, [[1, 2], [1, 2]]),
        (
            "array_modify",
            {"data": stack([1, 2], [3, 4]), "values": [9], "index": 1},
            [[1, 2], [9, 9], [3, 4]],
        ),
        ("array_modify", {"data": stack([1, 2], [3, 4]), "values": [], "index": 0, "length": 1}, [[3, 4]]),
    ],
)
def test_arrays_of_pixels_are_made_of_others(process_id, arguments, expected):
    assert same(call(process_id, arguments), expected)


@pytest.mark.parametrize(
    ("labels", "label", "expected"),
    [(["a"], None, ["a", 1]), (["a"], "b", ["a", "b"]), ([], "a", ["a"]), ([], None, [0])],
)
def test_labels_of_appended_elements(labels, label, expected):
    for data in (Labelled([0] * len(labels), labels), Stack(np.zeros((len(labels), 1)), labels=labels)):
        found = call("array_append", {"data": data, "value": 1, "label": label})
        assert call("array_labels", {"data": found}) == expected


def test_elements_appended_to_an_empty_array_have_no_labels():
    assert call("array_append", {"data": [], "value": 1}) == [1]


def test_labels_are_kept_if_all_have_some():
    one, other = Labelled([1], ["a"]), Labelled([2], ["b"])
    both = call("array_concat", {"array1": one, "array2": other})

    assert both == Labelled([1, 2], ["a", "b"])
    assert call("array_concat", {"array1": one, "array2": [2]}) == [1, 2]
    assert call("array_modify", {"data": both, "values": [], "index": 0, "length": 1}) == other
    assert call("array_modify", {"data": both, "values": [9], "index": 1}) == [1, 9, 2]


A, B = Labelled([1], ["a"]), Labelled([2], ["b"])


@pytest.mark.parametrize(
    ("process_id", "arguments", "code"),
    [
        ("array_append", {"data": Labelled([1], [1]), "value": 2}, "LabelExists"),
        ("array_append", {"data": stack([1]), "value": "a"}, "ProcessParameterInvalid"),
        ("array_modify", {"data": A, "values": A, "index": 0, "length": 1}, "ArrayLabelConflict"),
        ("array_create", {"data": [1], "repeat": 1e300}, "ProcessGraphComplexity"),
        ("array_create", {"data": [1], "repeat": 1.5}, "ProcessParameterInvalid"),
        ("array_element", {"data": [], "index": 0}, "ArrayElementNotAvailable"),
        ("array_element", {"data": stack([1, 2]), "index": -1}, "ArrayElementNotAvailable"),
        ("array_element", {"data": [1], "index": "0"}, "ProcessParameterInvalid"),
        ("array_apply", {"data": [1], "process": "absolute"}, "ProcessParameterInvalid"),
        (
            "array_apply",
            {"data": stack([1]), "process": lambda x, **_: Stack(x.values[None])},
            "ProcessParameterInvalid",
        ),
        ("array_filter", {"data": [1], "condition": lambda **_: "yes"}, "ProcessParameterInvalid"),
        ("rearrange", {"data": [1], "order": [1]}, "ProcessParameterInvalid"),
        ("rearrange", {"data": stack([1]), "order": [None]}, "ProcessParameterInvalid"),
        ("sort", {"data": [1, "2024-01-01"]}, "ProcessParameterInvalid"),
    ],
)
def test_what_does_not_go_is_refused(process_id, arguments, code):
    with pytest.raises(OpenEOError) as raised:
        call(process_id, arguments)

    assert raised.value.openeo_code == code
