"""Reduced dimensions, and child processes of time series and of bands."""

import numpy as np
import pytest

from engine_cases.reflectances import BOTH, RED, TIME, facts, single
from validation_cases.building import call, child, par, reducer, ref


def test_statistics_over_time(after):
    cube = after(call("reduce_dimension", dimension="t", reducer=reducer("mean")))

    assert [each.name for each in cube.dimensions] == ["x", "y", "bands"]
    assert list(map(facts, cube.bands)) == [
        ("B04", "float32", "nan"),
        ("B08", "float32", "nan"),
    ]
    # They are still reflectances.
    assert [each.scale for each in cube.bands] == [0.0001, 0.0001]
    assert [each.common_name for each in cube.bands] == ["red", "nir"]


def test_reducing_a_horizontal_dimension(after, numbers):
    cube = after(call("reduce_dimension", dimension="x", reducer=reducer("max")), source=BOTH)
    before = after(source=BOTH)

    (y,) = cube.dimensions[:1]
    assert cube.grid is None
    assert (y.name, len(y.labels)) == ("y", before.grid.rows)
    assert (y.labels[0], y.labels[-1]) == (before.grid.north - 5, before.grid.south + 5)
    assert np.array_equal(numbers(cube), numbers(before).max(axis=0))


def test_reducing_both_horizontal_dimensions(after, numbers):
    cube = after(call("reduce_spatial", reducer=reducer("sum")), source=BOTH)

    assert [each.name for each in cube.dimensions] == ["t", "bands"]
    assert np.array_equal(numbers(cube), single(numbers(after(source=BOTH)).sum(axis=(0, 1))))


def test_everything_reduced_is_a_value(after, numbers):
    cube = after(
        call("ndvi"),
        call("reduce_dimension", dimension="t", reducer=reducer("max")),
        call("reduce_spatial", reducer=reducer("mean")),
        source=BOTH,
    )
    red, near = np.moveaxis(numbers(after(source=BOTH)), -1, 0)

    assert (cube.shape, cube.count, cube.grid) == ((), 1, None)
    assert facts(cube.bands[0]) == ("NDVI", "float32", "nan")
    assert numbers(cube) == pytest.approx(((near - red) / (near + red)).max(axis=-1).mean())


def test_two_dimensions_of_bands(after):
    cube = after(
        call("add_dimension", name="sensor", label="MSI", type="bands"),
        call("reduce_dimension", dimension="bands", reducer=reducer("max")),
    )

    assert [each.name for each in cube.bands] == ["MSI"]


def test_statistics_of_bands_are_of_none_of_them(after):
    (band,) = after(call("reduce_dimension", dimension="bands", reducer=reducer("max"))).bands

    assert (band.name, band.data_type) == ("var", "int16")
    assert (band.common_name, band.center) == (None, None)


LOUD = call("gt", x=par("x"), y=600)
#: Of results, by their data types.
NODATA = {"int16": -32_768, "float32": "nan", "uint8": 255, "uint16": None}


@pytest.mark.parametrize(
    ("process", "data_type", "expected"),
    [
        (reducer("min"), "int16", lambda x: x.min(axis=TIME)),
        (reducer("max"), "int16", lambda x: x.max(axis=TIME)),
        (reducer("first"), "int16", lambda x: x.take(0, axis=TIME)),
        (reducer("last"), "int16", lambda x: x.take(-1, axis=TIME)),
        (reducer("mean"), "float32", lambda x: x.mean(axis=TIME)),
        (reducer("median"), "float32", lambda x: np.median(x, axis=TIME)),
        (reducer("sum"), "float32", lambda x: x.sum(axis=TIME)),
        (reducer("product"), "float32", lambda x: x.prod(axis=TIME)),
        (reducer("sd"), "float32", lambda x: x.std(axis=TIME, ddof=1)),
        (reducer("variance"), "float32", lambda x: x.var(axis=TIME, ddof=1)),
        (reducer("count"), "uint16", lambda x: np.full(np.delete(x.shape, TIME), 6)),
        (reducer("any"), "uint8", lambda x: (x != 0).any(axis=TIME)),
        (reducer("all"), "uint8", lambda x: (x != 0).all(axis=TIME)),
        (child(r=call("array_element", data=par("data"), index=3)), "int16", lambda x: x.take(3, axis=TIME)),
        (
            child(r=call("array_find", data=par("data"), value=3)),
            "float32",
            lambda x: np.full(np.delete(x.shape, TIME), np.nan),
        ),
        (
            child(
                e=call("array_element", data=par("data"), index=2),
                r=call("array_find", data=par("data"), value=ref("e")),
            ),
            "float32",
            lambda x: np.argmax(x == x.take([2], axis=TIME), axis=TIME),
        ),
        (
            child(r=call("array_contains", data=par("data"), value=3)),
            "uint8",
            lambda x: (x == 3).any(axis=TIME),
        ),
        (
            child(r=call("count", data=par("data"), condition=child(c=LOUD))),
            "uint16",
            lambda x: (x > 600).sum(axis=TIME),
        ),
        (
            child(
                a=call("array_apply", data=par("data"), process=child(c=LOUD)), r=call("any", data=ref("a"))
            ),
            "uint8",
            lambda x: (x > 600).any(axis=TIME),
        ),
        (
            child(a=call("extrema", data=par("data")), r=call("array_element", data=ref("a"), index=1)),
            "int16",
            lambda x: x.max(axis=TIME),
        ),
        (
            child(a=call("array_labels", data=par("data")), r=call("count", data=ref("a"))),
            "float32",
            lambda x: np.full(np.delete(x.shape, TIME), 6),
        ),
        (
            child(a=call("array_create", data=par("data"), repeat=100), r=call("sum", data=ref("a"))),
            "float32",
            lambda x: 100 * x.sum(axis=TIME),
        ),
        (
            child(a=call("array_concat", array1=par("data"), array2=[650, 1]), r=call("max", data=ref("a"))),
            "float32",
            lambda x: np.maximum(x.max(axis=TIME), 650),
        ),
        (
            child(m=call("mean", data=par("data")), r=call("subtract", x=ref("m"), y=ref("m"))),
            "float32",
            lambda x: np.zeros(np.delete(x.shape, TIME)),
        ),
        (
            child(
                m=call("mean", data=par("data")),
                a=call("subtract", x=ref("m"), y=5000),
                r=call("power", base=ref("a"), p=2),
            ),
            "float32",
            lambda x: (x.mean(axis=TIME) - 5000) ** 2,
        ),
        (
            child(
                m=call("mean", data=par("data")),
                c=call("gt", x=ref("m"), y=600),
                i=call("if", value=ref("c"), accept=par("data"), reject=[1, 2]),
                r=call("max", data=ref("i")),
            ),
            "float32",
            lambda x: np.where(x.mean(axis=TIME) > 600, x.max(axis=TIME), 2),
        ),
        (
            child(
                a=call("array_modify", data=par("data"), values=[-5], index=1), r=call("min", data=ref("a"))
            ),
            "float32",
            lambda x: np.minimum(x.min(axis=TIME), -5),
        ),
        # Of an array that is no value the first element is one.
        (
            child(r=call("rearrange", data=par("data"), order=[1, 0])),
            "int16",
            lambda x: x.take(1, axis=TIME),
        ),
    ],
)
def test_functions_of_time_series(after, numbers, process, data_type, expected):
    cube = after(call("reduce_dimension", dimension="t", reducer=process), source=RED)

    assert list(map(facts, cube.bands)) == [("B04", data_type, NODATA[data_type])]
    assert numbers(cube) == pytest.approx(single(expected(numbers(after(source=RED)))), rel=1e-6, nan_ok=True)


@pytest.mark.parametrize(
    ("process", "data_type", "expected"),
    [
        (
            child(
                a=call("array_create_labeled", data=[7], labels=["more"]),
                b=call("array_concat", array1=par("data"), array2=ref("a")),
                r=call("array_element", data=ref("b"), label="more"),
            ),
            "float32",
            lambda red, _: np.full(red.shape, 7),
        ),
        (
            child(
                b=call("array_append", data=par("data"), value=9, label="more"),
                r=call("array_element", data=ref("b"), label="more"),
            ),
            "float32",
            lambda red, _: np.full(red.shape, 9),
        ),
        (
            child(a=call("array_labels", data=par("data")), r=call("array_find", data=ref("a"), value="B08")),
            "float32",
            lambda red, _: np.ones(red.shape),
        ),
        (
            child(r=call("array_find_label", data=par("data"), label="B08")),
            "float32",
            lambda red, _: np.ones(red.shape),
        ),
        (child(r=call("array_element", data=par("data"), label="nir")), "int16", lambda _, near: near),
        (
            child(
                a=call(
                    "array_filter", data=par("data"), condition=child(c=call("eq", x=par("label"), y="B08"))
                ),
                r=call("array_element", data=ref("a"), index=0),
            ),
            "int16",
            lambda _, near: near,
        ),
        (
            child(
                a=call("array_apply", data=par("data"), process=child(c=LOUD)), r=call("all", data=ref("a"))
            ),
            "uint8",
            lambda red, near: (red > 600) & (near > 600),
        ),
        (
            child(a=call("array_interpolate_linear", data=par("data")), r=call("sum", data=ref("a"))),
            "float32",
            lambda red, near: red + near,
        ),
        (
            child(a=call("cumsum", data=par("data")), r=call("last", data=ref("a"))),
            "float32",
            lambda red, near: red + near,
        ),
        (
            child(
                o=call("order", data=par("data"), asc=False), r=call("array_element", data=ref("o"), index=0)
            ),
            "float32",
            lambda red, near: near > red,
        ),
    ],
)
def test_functions_of_bands(after, numbers, process, data_type, expected):
    cube = after(call("reduce_dimension", dimension="bands", reducer=process), source=BOTH)

    assert [each.data_type for each in cube.bands] == [data_type]
    assert np.array_equal(numbers(cube), single(expected(*np.moveaxis(numbers(after(source=BOTH)), -1, 0))))
