"""Processes of each pixel, of its surroundings and along dimensions."""

import numpy as np
import pytest

from engine_cases.reflectances import JUNE, RED, SMALL, facts, single
from validation_cases.building import POLYGON, call, child, load, par, ref


def scaled(x, low, high, least, most):
    return (np.clip(x, low, high) - low) / (high - low) * (most - least) + least


@pytest.mark.parametrize(
    ("process", "data_type", "expected"),
    [
        (call("clip", x=par("x"), min=0, max=500), "float32", lambda x: np.clip(x, 0, 500)),
        (call("clip", x=par("x"), min=0.5, max=2000), "float32", lambda x: np.clip(x, 0.5, 2000)),
        (call("gt", x=par("x"), y=700), "uint8", lambda x: x > 700),
        (call("gt", x=par("x"), y=-100), "uint8", lambda x: x > -100),
        (call("between", x=par("x"), min=500, max=700), "uint8", lambda x: (x >= 500) & (x <= 700)),
        (call("not", x=par("x")), "uint8", lambda x: x == 0),
        (call("add", x=par("x"), y=100), "float32", lambda x: x + 100),
        (call("multiply", x=par("x"), y=-0.5), "float32", lambda x: x * -0.5),
        (call("divide", x=par("x"), y=10_000), "float32", lambda x: x / 10_000),
        (call("divide", x=1, y=par("x")), "float32", lambda x: 1 / x),
        (call("power", base=par("x"), p=2), "float32", lambda x: x**2),
        (call("sqrt", x=par("x")), "float32", np.sqrt),
        (call("cos", x=par("x")), "float32", np.cos),
        (call("absolute", x=par("x")), "float32", np.abs),
        (
            call("linear_scale_range", x=par("x"), inputMin=0, inputMax=600),
            "float32",
            lambda x: scaled(x, 0, 600, 0, 1),
        ),
        (
            call("linear_scale_range", x=par("x"), inputMin=500, inputMax=700, outputMin=0, outputMax=255),
            "float32",
            lambda x: scaled(x, 500, 700, 0, 255),
        ),
        (call("round", x=par("x"), p=-2), "float32", lambda x: np.round(x / 100) * 100),
        (call("constant", x=7), "float32", lambda x: np.full(x.shape, 7)),
        (call("if", value=par("x"), accept=1, reject=2), "float32", lambda x: np.where(x != 0, 1, 2)),
        (call("if", value=par("x"), accept=par("x"), reject=2), "float32", lambda x: np.where(x != 0, x, 2)),
    ],
)
def test_apply(after, numbers, process, data_type, expected):
    cube = after(call("apply", process=child(p=process)), source=RED)
    before = after(source=RED)

    assert (cube.bands[0].name, cube.bands[0].data_type) == ("B04", data_type)
    assert cube.dimensions == before.dimensions
    assert numbers(cube) == pytest.approx(single(expected(numbers(before))), rel=1e-6)


@pytest.mark.parametrize(
    ("kernel", "factor"),
    [([[1] * 3] * 3, 1), ([[0, -1, 0], [-1, 4, -1], [0, -1, 0]], 1), ([[1]], 0.5), ([[1, 2, 4]], -1)],
)
def test_apply_kernel(after, numbers, kernel, factor):
    cube = after(call("apply_kernel", kernel=kernel, factor=factor), source=RED)
    values = numbers(after(source=RED))
    high, wide = np.shape(kernel)
    # x comes first.
    padded = np.pad(values, ((wide // 2,) * 2, (high // 2,) * 2, (0, 0), (0, 0)))
    expected = sum(
        kernel[row][column] * factor * padded[column : column + 10, row : row + 10]
        for row in range(high)
        for column in range(wide)
    )

    assert list(map(facts, cube.bands)) == [("B04", "float32", "nan")]
    assert numbers(cube) == pytest.approx(single(expected), rel=1e-6)


@pytest.mark.parametrize("process_id", ["apply_neighborhood", "apply_polygon"])
@pytest.mark.parametrize(
    ("process", "data_type"),
    [
        (call("gt", x=par("x"), y=1), "uint8"),
        (call("divide", x=par("x"), y=2), "float32"),
        # What is not computed hands on what it gets.
        (call("run_udf", data=par("data"), udf="", runtime="Python"), "int16"),
        (call("run_ogcapi", data=par("data")), "int16"),
    ],
)
def test_processes_of_parts_of_a_cube(after, process_id, process, data_type):
    where = (
        {"size": [{"dimension": "x", "value": 8}]}
        if process_id == "apply_neighborhood"
        else {"geometries": POLYGON}
    )

    cube = after(call(process_id, process=child(p=process), **where))

    assert [each.data_type for each in cube.bands] == [data_type] * 2
    assert cube.dimensions == after().dimensions


@pytest.mark.parametrize(
    ("dimension", "process", "target", "labels"),
    [
        # As many values as before have the same labels; others count.
        ("bands", call("quantiles", data=par("data"), probabilities=[0.5, 0.75]), None, ["B04", "B08"]),
        ("bands", call("quantiles", data=par("data"), q=4), None, [0, 1, 2]),
        ("bands", call("order", data=par("data")), None, ["B04", "B08"]),
        ("bands", call("sort", data=par("data")), None, ["B04", "B08"]),
        ("bands", call("array_append", data=par("data"), value=1), None, [0, 1, 2]),
        ("bands", call("array_concat", array1=par("data"), array2=[1, 2, 3]), None, [0, 1, 2, 3, 4]),
        ("bands", call("array_create", data=par("data"), repeat=2), None, [0, 1, 2, 3]),
        ("bands", call("mean", data=par("data")), None, [0]),
        # Three of each of two bands.
        ("t", call("quantiles", data=par("data"), probabilities=[0.25, 0.5, 0.75]), "bands", [0, 1, 2]),
        ("t", call("quantiles", data=par("data"), probabilities=[0.25, 0.5, 0.75]), "q", [0, 1, 2]),
        (
            "t",
            call("fit_curve", data=par("data"), parameters=[1, 1], function=child(c=call("pi"))),
            "p",
            [0, 1],
        ),
        ("t", call("cumsum", data=par("data")), None, None),
        ("t", call("array_interpolate_linear", data=par("data")), None, None),
        ("t", call("run_udf", data=par("data"), udf="", runtime="Python"), None, None),
        ("x", call("cummax", data=par("data")), None, None),
        ("x", call("quantiles", data=par("data"), q=2), None, [0]),
    ],
)
def test_apply_dimension(after, dimension, process, target, labels):
    arguments = {} if target is None else {"target_dimension": target}
    cube = after(call("apply_dimension", dimension=dimension, process=child(p=process), **arguments))

    found = {each.name: each.labels for each in cube.dimensions}
    before = {each.name: each.labels for each in after().dimensions}
    assert found.get(target or dimension) == (before[dimension] if labels is None else tuple(labels))
    if target is not None:
        assert dimension not in found
    if cube.of_kind("bands") is not None:
        assert [each.name for each in cube.bands] == list(map(str, cube.of_kind("bands").labels))


def test_a_function_of_a_user_that_is_not_computed_hands_on_what_it_gets(after):
    assert after(call("run_udf", udf="", runtime="Python")) == after()


def test_long_child_processes_are_computed_for_all_bands(after, numbers):
    nodes = {"n0": call("add", x=par("x"), y=1)}
    for number in range(1, 600):
        nodes[f"n{number}"] = call("add", x=ref(f"n{number - 1}"), y=1)

    source = load(bands=None, spatial_extent=SMALL, temporal_extent=JUNE)
    cube = after(call("apply", process=child(**nodes)), source=source)

    assert len(cube.bands) > 10
    assert np.array_equal(numbers(cube), single(numbers(after(source=source)) + 600))


@pytest.mark.parametrize(
    ("base", "p", "expected"), [(0, -1, np.inf), (2, 0.5, 2**0.5), (-8, 0.5, np.nan), (10.5, 400, np.inf)]
)
def test_powers(after, numbers, base, p, expected):
    cube = after(call("apply", process=child(c=call("power", base=base, p=p))), source=RED)

    assert numbers(cube) == pytest.approx(np.full(cube.shape, expected), nan_ok=True)
