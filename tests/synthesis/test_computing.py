"""Values that are computed of others are what the same operations make of these."""

import math
import operator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_backend.synthesis.computing import computed

from mock_backend.catalog import Band, CollectionsRegister
from mock_backend.cubes import ComputedBand, CubeMask, Recipe
from mock_backend.engine.computing import Values

BANDS = {
    band.name: band
    for each in CollectionsRegister().collections().values()
    if each.id == "SENTINEL2_L2A"
    for band in each.bands
}
WIDE = {"data_type": "float64", "minimum": -1e9, "maximum": 1e9, "nodata": "nan"}


def array(cube, seed=0):
    return Values(cube).array()


def made(operation, *operands, **facts):
    """Return a band that is computed of others."""
    return ComputedBand("made", recipe=Recipe(operation, operands), **{**WIDE, **facts})


def sound(compute):
    def guarded(*values):
        try:
            return float(compute(*values))
        except (ZeroDivisionError, ValueError):
            return math.nan

    return guarded


PYTHON = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": sound(operator.truediv),
    "eq": operator.eq,
    "neq": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "max": max,
    "min": min,
    "mean": lambda x, y: (x + y) / 2,
    "sum": operator.add,
    "product": operator.mul,
    "absolute": abs,
    "ceil": math.ceil,
    "floor": math.floor,
    "int": math.trunc,
    "sgn": lambda x: (x > 0) - (x < 0),
    "sqrt": sound(math.sqrt),
    "not": operator.not_,
    "and": lambda x, y: bool(x) and bool(y),
    "or": lambda x, y: bool(x) or bool(y),
    "xor": lambda x, y: bool(x) != bool(y),
    "any": lambda x, y: bool(x) or bool(y),
    "between": lambda x, low, high: low <= x <= high,
    "clip": lambda x, low, high: min(max(x, low), high),
    "if": lambda value, accept, reject: accept if value else reject,
    "normalized_difference": sound(lambda x, y: (x - y) / (x + y)),
}
SINGLE = {"absolute", "ceil", "floor", "int", "sgn", "sqrt", "not"}
TRIPLE = {"between", "clip", "if"}
NUMBERS = st.one_of(st.integers(-5, 5).map(float), st.floats(-100, 100))


@given(st.sampled_from(sorted(PYTHON)), st.tuples(NUMBERS, NUMBERS, NUMBERS))
def test_operations_are_those_of_the_processes(name, numbers):
    operands = numbers[: 1 if name in SINGLE else 3 if name in TRIPLE else 2]
    if name == "clip":
        operands = (operands[0], *sorted(operands[1:]))
    expected = float(PYTHON[name](*operands))
    found = computed(Recipe(name, operands), lambda _: pytest.fail("there are no bands"))

    if math.isnan(expected):
        assert not np.isfinite(found)
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("x", "expected"), [(0, 0), (1500, 127.5), (3000, 255), (5000, 255), (-100, 0)], ids=str
)
def test_scaling_has_ends(x, expected):
    assert computed(Recipe("linear_scale_range", (float(x), 0.0, 3000.0, 0.0, 255.0)), print) == expected


def test_what_is_used_twice_is_computed_once():
    asked = []

    def value_of(band):
        asked.append(band.name)
        return np.ones(3)

    double = Recipe("add", (BANDS["B04"], BANDS["B04"]))
    for _ in range(50):
        double = Recipe("add", (double, double))

    assert (computed(double, value_of) == 2**51).all()
    assert asked == ["B04"]


def test_computed_bands_follow_from_the_values_of_others(scene):
    ratio = made("divide", BANDS["B08"], BANDS["B04"])
    near, red, found = array(scene(bands=[BANDS["B08"], BANDS["B04"], ratio]))[0].astype(float)

    assert np.array_equal(found, near / red)


def test_bands_may_be_computed_of_computed_bands(scene):
    index = made(
        "normalized_difference", BANDS["B08"], BANDS["B04"], data_type="float32", minimum=-1, maximum=1
    )
    green = made("gt", index, 0.4, data_type="uint8", minimum=0, maximum=1, nodata=255)
    found = array(scene(bands=[replace(index, name="index"), green]))[0]

    assert np.array_equal(found[1] == 1, found[0] > 0.4)
    assert 0 < found[1].mean() < 1


def test_numbers_alone_are_everywhere(scene):
    assert (array(scene(bands=[made("add", 1.0, 2.0)])) == 3).all()


@pytest.mark.parametrize(("nodata", "expected"), [(255, 255), (None, 0)])
def test_where_there_is_no_number_is_no_data(scene, nodata, expected):
    nothing = made("if", 0.0, 1.0, None, data_type="uint8", minimum=0, maximum=9, nodata=nodata)

    assert (array(scene(bands=[nothing])) == expected).all()


def test_windows_of_computed_bands_are_parts_of_the_whole(scene):
    cube = scene(bands=[BANDS["B04"], made("sqrt", BANDS["B04"])])
    part = slice(11, 60), slice(3, 140)

    assert np.array_equal(Values(cube).window({"bands": 1}, *part), array(cube)[0, 1][part])


@given(st.lists(st.floats(0, 1), min_size=2, max_size=4).map(sorted))
def test_larger_ranks_have_larger_values(scene, ranks):
    band = replace(BANDS["B04"], data_type="float32", nodata="nan")
    ranked = [ComputedBand.of(replace(band, name=f"b{place}"), rank=rank) for place, rank in enumerate(ranks)]
    values = array(scene(bands=ranked))[0]

    assert (np.diff(values, axis=0) >= 0).all()
    assert values.min() >= band.minimum
    assert values.max() <= band.maximum


def test_the_smallest_whole_number_is_no_larger_than_the_mean(scene):
    mean = ComputedBand.of(replace(BANDS["B04"], data_type="float32", nodata="nan"))
    least, most = (array(scene(bands=[ComputedBand.of(BANDS["B04"], rank=rank)])) for rank in (0.0, 1.0))
    values = array(scene(bands=[mean]))

    assert (least <= values).all()
    assert (values <= most).all()
    assert (least < most).mean() > 0.9


# -- masks ----------------------------------------------------------------------------------------------

TIMES = ("2024-06-01T00:00:00Z", "2024-06-06T00:00:00Z")


@pytest.fixture
def clouds(scene):
    """Where clouds are, as the scene classification tells."""
    cloudy = made("gte", BANDS["SCL"], 8.0, data_type="uint8", minimum=0, maximum=1, nodata=255)
    return scene(bands=[cloudy], times=TIMES)


def test_masks_hide_what_they_are_true_for(scene, clouds):
    plain = scene("B04", "SCL", times=TIMES)
    hidden = array(clouds)[:, 0] == 1
    values, expected = array(replace(plain, masks=(CubeMask(clouds),))), array(plain)

    assert 0.02 < hidden.mean() < 0.9
    assert (values[:, 0] == np.where(hidden, plain.nodata, expected[:, 0])).all()
    assert (values[:, 1] == np.where(hidden, plain.nodata, expected[:, 1])).all()


def test_masks_may_put_something_else_there(scene, clouds):
    cube = scene("B04", times=TIMES, masks=(CubeMask(clouds, 7.0),))

    assert ((array(cube)[:, 0] == 7) == (array(clouds)[:, 0] == 1)).all()


def test_masks_are_for_their_dates_only(scene, clouds):
    other = scene("B04", times=("2024-06-11T00:00:00Z",))
    composite = scene("B04", times=None)

    for cube in (other, composite):
        assert np.array_equal(array(replace(cube, masks=(CubeMask(clouds),))), array(cube))


def test_masks_without_dates_are_for_all(scene):
    low = made("lt", BANDS["B08"], 3000.0, data_type="uint8", minimum=0, maximum=1, nodata=255)
    mask = scene(bands=[low], times=None)
    values = array(scene("B04", times=TIMES, masks=(CubeMask(mask),)))[:, 0]

    assert ((values == -32_768) == (array(mask)[0] == 1)).all()


def test_masks_hide_pixels_of_any_size(scene, clouds):
    coarse = scene("B04", times=TIMES, size=20.0)
    there = array(replace(coarse, masks=(CubeMask(clouds),))) != coarse.nodata
    expected = array(replace(clouds, grid=coarse.grid)) == 0

    assert (there == expected).all()


def test_what_a_mask_does_not_know_is_not_hidden(scene):
    unknown = made("if", 0.0, 1.0, None, data_type="uint8", minimum=0, maximum=1, nodata=255)
    real = made("if", 0.0, 1.0, None)
    for band in (unknown, real):
        cube = scene("B04")
        masked = replace(cube, masks=(CubeMask(scene(bands=[band])),))
        assert np.array_equal(array(masked), array(cube))


def test_bands_of_a_mask_hide_bands_of_the_same_name(scene):
    def true(name, value):
        return replace(made("add", value, 0.0), name=name)

    mask = scene(bands=[true("B04", 1.0), true("B08", 0.0)])
    values = array(scene("B04", "B08", masks=(CubeMask(mask),)))[0]

    assert (values[0] == -32_768).all()
    assert (values[1] != -32_768).all()


def test_bands_that_nobody_knows_look_different_from_each_other(scene):
    unknown = [Band(name, data_type="float32", minimum=0, maximum=1, nodata="nan") for name in ("one", "two")]
    values = array(scene(bands=unknown))[0]

    assert (values[0] != values[1]).mean() > 0.9
