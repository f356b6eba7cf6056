"""Official examples of processes: as plain process graphs, and once more for pixels."""

import math
from datetime import UTC, datetime

import numpy as np
import pytest

from engine_cases.examples import examples, value_of
from mock_backend.catalog import CollectionsRegister
from mock_backend.engine.core.file_values import Values
from mock_backend.engine.core.values import Field, Labelled, Stack
from mock_backend.engine.functions import FUNCTIONS, call
from mock_backend.engine.steps import GraphContext, Plain
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.follower import outcome_of
from mock_backend.errors import OpenEOError
from mock_backend.processes.definitions.predefined import signatures
from mock_backend.settings import AppSettings
from openeo_contract.references import References

_IEEE = "infinity times a number is infinite, and infinite numbers are infinite, as IEEE 754 has it"
_JANUARY = "its intervals are in January, its data of June"
_NO_DATA = "the examples in its definition have null, as the truth table does"
_REFUSED = "nothing is left: NoDataAvailable, as other back-ends have it"
#: Examples that do not hold, and why.
EXCEPTIONS = {
    "aggregate_temporal 5": _JANUARY,
    "aggregate_temporal 6": _JANUARY,
    "aggregate_temporal 7": _JANUARY,
    "aggregate_temporal 8": _JANUARY,
    "aggregate_temporal 9": "its labels are in the reducer",
    "aggregate_temporal 10": _JANUARY,
    "aggregate_temporal_period 3": "five hours with labels of four days",
    "aggregate_temporal_period 4": "days with labels of hours",
    "aggregate_temporal_period 8": "it returns the dimension t of a data cube with t2",
    "aggregate_temporal_period 9": "it returns the dimension t of a data cube with t2",
    "all 8": _NO_DATA,
    "any 8": _NO_DATA,
    "apply 2": "ten times a value that is missing is none",
    "apply_dimension 1": "the median of 192 and 216 is not 192",
    "apply_dimension 2": "it applies to bands, and its data have none",
    "array_append 0": "it appends 0 and returns 1",
    "array_apply 8": "it calls mulitply",
    "array_element 3": "it asks for BO2 in place of B02",
    "array_filter 5": "its condition is a number, which is no truth value",
    "array_find 6": "the index of the first element is 0",
    "array_modify 3": "by default no element is removed",
    "filter_bands 2": "a band that is unknown is refused, as other back-ends do",
    "filter_bands 4": "it asks for red and blue and returns blue and green",
    "filter_bbox 0": _REFUSED,
    "filter_spatial 0": _REFUSED,
    "filter_temporal 5": _REFUSED,
    "int 12": "NaN is no number and stays so, as in the examples of floor and ceil",
    "is_infinite 13": _IEEE,
    "is_infinite 16": _IEEE,
    "is_infinite 19": _IEEE,
    "is_nan 11": "NaN is NaN",
    "lte 15": "infinity equals itself",
    "mask 0": "it keeps what the mask hides",
    "mask 1": "its data are missing",
    "mask 2": "it keeps what the mask hides",
    "mask_polygon 1": "all pixels are outside of its polygon, and it keeps them",
    "mask_polygon 6": "four pixels are masked for all dates and bands but one",
    "product 10": _IEEE,
    "reduce_dimension 1": "it refers to nodes as if they were arguments",
    "rename_dimension 3": "it renames x and returns a data cube with y renamed",
    "rename_dimension 4": "it renames y and returns a data cube with x renamed",
    "rename_labels 0": "labels in their order can do without the old ones, as other back-ends have it",
    "rename_labels 5": "it has no new labels",
    "rename_labels 7": "it has no new labels",
}
_ALL_OF_ONE_LENGTH = "arrays of pixels are all of one length"
#: Examples that do not hold for pixels.
OF_PIXELS = {name: why for name, why in EXCEPTIONS.items() if name != "int 12"} | {
    "order 0": _ALL_OF_ONE_LENGTH,
    "sort 0": _ALL_OF_ONE_LENGTH,
    "is_nan 13": "what has no data is NaN",
}

_REFERENCES = References()
_FOLDER = _REFERENCES.folder / "openeo-processes" / "tests"
FILES = [] if _REFERENCES.missing else sorted(_FOLDER.glob("*.json5"))
_COMPARING = ("eq", "neq", "gt", "gte", "lt", "lte", "between")
#: The parameters that each pixel has a value for.
_FOR_EACH = {"x", "y", "data", "base", "array1", "array2", "accept", "reject"}


of_each_process = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def expect(check, found, table):
    """Check examples; those that are exceptions must be some still."""
    wrong = {}
    for example in found:
        try:
            check(example)
        except (AssertionError, OpenEOError, OSError, TypeError, pytest.fail.Exception) as error:
            if example.name not in table:
                wrong[example.name] = error
        else:
            if example.name in table:
                wrong[example.name] = f"is no exception any more: {table[example.name]}"
    assert not wrong


@pytest.fixture(scope="module")
def surroundings():
    catalogue = CollectionsRegister(AppSettings(profile="spec"))

    def make(parameters):
        return GraphContext(
            catalogue=catalogue,
            processes=signatures(),
            now=datetime(2025, 6, 1, tzinfo=UTC),
            parameters=parameters,
        )

    return make


def test_there_are_examples(shared):
    found = [each for file in FILES for each in examples(file)]
    assert len([each for each in found if is_of_pixels(each) and each.name not in OF_PIXELS]) >= 590
    assert len(found) - len(EXCEPTIONS) >= 970
    assert EXCEPTIONS.keys() <= {each.name for each in found}


@of_each_process
def test_examples(surroundings, file):
    expect(lambda each: check_plain(surroundings, each), examples(file), EXCEPTIONS)


def check_plain(surroundings, example):
    arguments, parameters = {}, []
    for name, given in example.arguments.items():
        value = value_of(given)
        if isinstance(value, dict) and (name == "condition" or "process_graph" in value):
            arguments["condition" if example.process_id in ("array_filter", "count") else name] = value
        else:
            arguments[name] = {"from_parameter": name}
            parameters.append({"name": name, "description": "", "schema": {}, "default": value})
    node = {"process_id": example.process_id, "arguments": arguments, "result": True}

    def result():
        return outcome_of({"n": node}, surroundings(parameters))

    try:
        found = result()
    except OpenEOError as raised:
        error = raised
    else:
        error = None
    # Some examples return and throw: an implementation may do this or that.
    if error is not None or (example.throws and example.returns is None):
        assert error is not None
        assert example.throws in (True, error.openeo_code)
        return
    assert not found.stand_ins
    content, expected = found.saved[0].content, value_of(example.returns)
    if isinstance(expected, Flow):
        assert not isinstance(content, Plain)
        assert_same_cube(content, expected.cube)
    else:
        assert isinstance(content, Plain)
        assert is_same(content.value, expected, example.delta), (content.value, expected)


def decoded(cube):
    found = Values(cube).array()
    nothing = np.isnan(found) if cube.nodata is None or np.isnan(cube.nodata) else found == cube.nodata
    return np.where(nothing, np.nan, found.astype(np.float64))


def assert_same_cube(found, expected):
    names = [each.name for each in expected.dimensions]
    own = [each.name for each in found.dimensions]
    assert sorted(own) == sorted(names)
    for name in names:
        one, other = found.named(name).labels, expected.named(name).labels
        assert one is None or other is None or one == other
    values, wanted = decoded(found).transpose([own.index(name) for name in names]), decoded(expected)
    if not np.isnan(wanted).all():  # of some examples just dimensions are told
        assert values == pytest.approx(wanted, rel=1e-6, nan_ok=True)


def is_same(found, expected, delta) -> bool:
    """Tell whether a value is the expected one; texts of instants may have milliseconds."""
    if isinstance(expected, Labelled):
        expected = expected.items
    if isinstance(expected, bool) or isinstance(found, bool):
        return found is expected
    if isinstance(expected, int | float) and isinstance(found, int | float):
        if math.isnan(expected):
            return math.isnan(found)
        return found == expected or abs(found - expected) <= delta
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(found) == len(expected)
            and all(is_same(one, other, delta) for one, other in zip(found, expected, strict=True))
        )
    if isinstance(expected, str) and isinstance(found, str):
        return found.replace(".000", "") == expected.replace(".000", "")
    return found == expected


# -- pixels ---------------------------------------------------------------------------------------------


def is_of_pixels(example):
    """Tell whether the arguments of an example are numbers, truth values, or arrays of these."""
    if example.process_id not in FUNCTIONS:
        return False
    arguments = {name: value_of(each) for name, each in example.arguments.items()}
    return (
        bool(arguments.keys() & _for_each(example))
        and all(map(_are_numbers, [*arguments.values(), value_of(example.returns)]))
        and not _asks_for_types(example, arguments.values())
    )


def _asks_for_types(example, arguments):
    """Tell whether an example tells apart what is one for pixels.

    Truth values are numbers, an array is no value, and what is no number (NaN) is no data.
    """
    compares = example.process_id.startswith("is_") or example.process_id in _COMPARING
    for each in arguments:
        items = each if isinstance(each, list) else [each]
        if (compares or items is each) and any(isinstance(item, float) and item != item for item in items):
            return True
        if compares and isinstance(each, bool | list):
            return True
    return False


def _for_each(example):
    # A power has a value of p for each pixel, and rounding the same for all.
    return _FOR_EACH | ({"p"} if example.process_id in ("exp", "power") else set())


def _are_numbers(value):
    if isinstance(value, list):
        return all(_is_number(each) for each in value)
    return _is_number(value)


def _is_number(value):
    return value is None or isinstance(value, int | float)


@of_each_process
def test_examples_of_pixels(file):
    expect(check_pixels, filter(is_of_pixels, examples(file)), OF_PIXELS)


def check_pixels(example):
    arguments = {
        name: _pixels(value_of(each)) if name in _for_each(example) else value_of(each)
        for name, each in example.arguments.items()
    }
    if example.throws and example.returns is None:
        with pytest.raises(OpenEOError) as raised:
            call(example.process_id, arguments)
        assert example.throws is True or raised.value.openeo_code == example.throws
        return
    found, expected = call(example.process_id, arguments), value_of(example.returns)
    for pixel in (0, 2):
        assert _of_pixel(found, pixel) == pytest.approx(_numbers(expected), rel=1e-6, abs=1e-7, nan_ok=True)


def _pixels(value):
    """Return a value, or an array, for three pixels; what the second one has makes no difference."""
    values = np.asarray(_numbers(value), np.float64)
    items = value if isinstance(value, list) else [value]
    kind = "bool" if items and all(isinstance(each, bool) or each is None for each in items) else "float64"
    pixels = np.stack([values, np.ones(values.shape), values], axis=-1)
    return Stack(pixels, kind) if isinstance(value, list) else Field(pixels, kind)


def _of_pixel(found, pixel):
    if isinstance(found, Field):
        return float(np.broadcast_to(found.values, (3,))[pixel])
    if isinstance(found, Stack):
        return [float(np.broadcast_to(each, (3,))[pixel]) for each in found.values]
    return _numbers(found.items if isinstance(found, Labelled) else found)


def _numbers(value):
    if isinstance(value, list):
        return [_numbers(each) for each in value]
    return math.nan if value is None else float(value)
