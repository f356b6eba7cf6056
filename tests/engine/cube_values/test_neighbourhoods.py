"""Processes of parts of data cubes make of each part what NumPy makes of it."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine_cases.any_cubes import ORDER, SETTINGS, around_pixels, same
from engine_cases.cubes import given, result, values_of
from mock_backend.errors import OpenEOError
from validation_cases.building import call, child, graph, par, reducer, ref

#: Three dates of January, one of February, two of March.
TIMES = [f"2024-{each}T10:00:00Z" for each in ("01-03", "01-04", "01-28", "02-11", "03-01", "03-31")]
NUMBER = st.one_of(st.integers(-40, 40).map(float), st.just(math.nan))
VALUES = st.tuples(st.integers(1, 6), st.integers(1, 2), st.integers(1, 7), st.integers(1, 7)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=NUMBER)
)
#: Neighbourhoods of pixels: the sum of three by three, beyond the part their neighbours.
AROUND = call("apply_kernel", data=par("data"), kernel=[[1] * 3] * 3, border="replicate")


def around(part):
    padded = np.pad(np.nan_to_num(part), ((0, 0), (0, 0), (1, 1), (1, 1)), mode="edge")
    high, wide = part.shape[2:]
    return sum(padded[..., i : i + high, j : j + wide] for i, j in product(range(3), repeat=2))


def spread(part):
    """Return how far each value is from the mean of all pixels of its date and band."""
    there = ~np.isnan(part)
    with np.errstate(all="ignore"):
        mean = np.nansum(part, (2, 3), keepdims=True) / there.sum((2, 3), keepdims=True)
    return part - mean


CHILDREN = {
    "around": (child(p=AROUND), around),
    "mean": (
        child(
            mean=call("reduce_spatial", data=par("data"), reducer=reducer("mean")),
            less=call("subtract", x=par("data"), y=ref("mean")),
        ),
        spread,
    ),
    "sum along x": (
        child(p=call("apply_dimension", data=par("data"), dimension="x", process=reducer("cumsum"))),
        lambda part: np.where(np.isnan(part), np.nan, np.nancumsum(part, axis=3)),
    ),
    "sum of both": (
        child(
            around=AROUND,
            sum=call(
                "merge_cubes",
                cube1=par("data"),
                cube2=ref("around"),
                overlap_resolver=child(p=call("add", x=par("x"), y=par("y"))),
            ),
        ),
        lambda part: part + around(part),
    ),
}


def sizes(**named):
    return [
        {"dimension": name, "value": value, "unit": "px" if name in "yx" else None}
        for name, value in named.items()
    ]


def in_parts(compute, values, size, overlap):
    """Return what NumPy makes of parts with an overlap, without data beyond the cube."""
    (high, wide), (more, further) = size, overlap
    rows, columns = values.shape[2:]
    padded = np.pad(
        values, ((0, 0), (0, 0), (more, more + high), (further, further + wide)), constant_values=np.nan
    )
    found = np.full(padded.shape, np.nan)
    for top, left in product(range(0, rows, high), range(0, columns, wide)):
        part = padded[..., top : top + high + 2 * more, left : left + wide + 2 * further]
        made = compute(part)
        found[..., top : top + high, left : left + wide] = made[
            ..., more : more + high, further : further + wide
        ]
    return found[..., :rows, :columns]


@SETTINGS
@pytest.mark.parametrize("name", CHILDREN)
@drawn(VALUES, st.tuples(*[st.integers(1, 4)] * 2), st.tuples(*[st.integers(0, 2)] * 2))
def test_pixels(name, values, size, overlap):
    process, compute = CHILDREN[name]
    step = call(
        "apply_neighborhood",
        data=par("cube"),
        process=process,
        size=sizes(y=size[0], x=size[1]),
        overlap=sizes(y=overlap[0], x=overlap[1]),
    )

    cube = result(graph(n=step), cube=given(values, times=TIMES))

    same(values_of(cube, *ORDER), in_parts(compute, values, size, overlap))


@SETTINGS
@drawn(VALUES)
def test_windows_do_not_matter(values):
    step = call("apply_neighborhood", data=par("cube"), process=child(p=AROUND), size=sizes(y=3, x=2))
    cut = call("filter_bbox", data=ref("n"), extent={"west": 1, "south": -5, "east": 4, "north": -1})
    before = result(graph(n=step), cube=given(values, times=TIMES))
    if values.shape[2] < 2 or values.shape[3] < 2:
        return

    after = result(graph(n=step, cut=cut), cube=given(values, times=TIMES))

    np.testing.assert_array_equal(values_of(after, *ORDER), values_of(before, *ORDER)[..., 1:5, 1:4])


def along(values, groups, compute):
    found = np.full(values.shape, np.nan)
    for own, seen in groups:
        made = compute(values[seen])
        found[own] = made[[seen.index(each) for each in own]]
    return found


def lower(values):
    """Return whether values are lower than the highest one of their array."""
    with np.errstate(all="ignore"):
        top = np.where(np.isnan(values).all(0), np.nan, np.nanmax(np.where(np.isnan(values), -99, values), 0))
    return np.where(np.isnan(values), np.nan, values < top)


#: The best of a period, as it is often found: what is not the highest.
LOWER = child(
    p=call(
        "array_apply",
        data=par("data"),
        process=child(top=call("max", data=par("data")), less=call("lt", x=par("x"), y=ref("top"))),
    )
)
MONTHS = [([0, 1, 2],) * 2, ([3],) * 2, ([4, 5],) * 2]


@pytest.mark.parametrize(
    ("size", "overlap", "groups"),
    [
        ("month", None, MONTHS),
        ("P1M", None, MONTHS),
        ("P1Y", None, [([*range(6)],) * 2]),
        ("year", None, [([*range(6)],) * 2]),
        ("dekad", None, [([0, 1],) * 2, ([2],) * 2, ([3],) * 2, ([4],) * 2, ([5],) * 2]),
        ("P2D", None, [([0, 1],) * 2, ([2],) * 2, ([3],) * 2, ([4],) * 2, ([5],) * 2]),
        ("P1D", None, [([each],) * 2 for each in range(6)]),
        ("day", "P2D", [([0], [0, 1]), ([1], [0, 1]), *(([each],) * 2 for each in (2, 3, 4, 5))]),
        ("P1M", "P1M", [([0, 1, 2], [0, 1, 2, 3]), ([3], [*range(6)]), ([4, 5], [3, 4, 5])]),
        (4, None, [([0, 1, 2, 3],) * 2, ([4, 5],) * 2]),
        (4, 1, [([0, 1, 2, 3], [0, 1, 2, 3, 4]), ([4, 5], [3, 4, 5])]),
        (2, "P20D", [([0, 1], [0, 1]), ([2, 3], [2, 3, 4]), ([4, 5], [3, 4, 5])]),
        (None, None, [([*range(6)],) * 2]),
    ],
)
@pytest.mark.parametrize("pixels", [1, 2])
def test_time(size, overlap, groups, pixels):
    values = np.random.default_rng(1).integers(-9, 9, (6, 2, 3, 3)).astype(float)
    values[values == 0] = np.nan
    of_cubes = child(p=call("apply_dimension", data=par("data"), dimension="t", process=LOWER))
    arguments = {
        "data": par("cube"),
        "size": sizes(x=pixels, y=pixels, t=size),
        "overlap": None if overlap is None else sizes(t=overlap),
    }
    expected = along(values, groups, lower)
    # One date each: arrays are along the bands.
    is_daily = size == "P1D"

    for process in [of_cubes] if is_daily else [of_cubes, LOWER]:
        step = call("apply_neighborhood", process=process, **arguments)
        cube = result(graph(n=step), cube=given(values, times=TIMES))
        same(values_of(cube, *ORDER), expected)
    if is_daily:
        step = call("apply_neighborhood", process=LOWER, **arguments)
        cube = result(graph(n=step), cube=given(values, times=TIMES))
        same(values_of(cube, *ORDER), np.moveaxis(lower(np.moveaxis(values, 1, 0)), 0, 1))


def test_what_a_month_has_of_all_is_merged_with_it():
    values = np.arange(6.0 * 2 * 2 * 2).reshape(6, 2, 2, 2)
    process = child(
        mean=call("reduce_dimension", data=par("data"), dimension="t", reducer=reducer("mean")),
        less=call(
            "merge_cubes",
            cube1=par("data"),
            cube2=ref("mean"),
            overlap_resolver=child(p=call("subtract", x=par("x"), y=par("y"))),
        ),
    )
    step = call("apply_neighborhood", data=par("cube"), process=process, size=sizes(t="month", bands=1))

    cube = result(graph(n=step), cube=given(values, times=TIMES))

    same(values_of(cube, *ORDER), along(values, MONTHS, lambda part: part - part.mean(0)))


@pytest.mark.parametrize(("value", "unit"), [(20, "m"), (0.0002, None)])
def test_units(value, unit):
    """Pixels of a degree are larger than what is asked for: one each."""
    values = np.arange(9.0).reshape(1, 1, 3, 3)
    size = [{"dimension": each, "value": value, "unit": unit} for each in "yx"]
    step = call("apply_neighborhood", data=par("cube"), process=child(p=AROUND), size=size)

    same(
        values_of(result(graph(n=step), cube=given(values)), *ORDER), in_parts(around, values, (1, 1), (0, 0))
    )
    size = [{"dimension": each, "value": 2.2, "unit": None} for each in "yx"]
    step = call("apply_neighborhood", data=par("cube"), process=child(p=AROUND), size=size)
    same(
        values_of(result(graph(n=step), cube=given(values)), *ORDER), in_parts(around, values, (2, 2), (0, 0))
    )


@pytest.mark.parametrize(
    ("size", "overlap"),
    [
        ({"dimension": "x", "value": 0, "unit": "px"}, None),
        ({"dimension": "x", "value": 1.5, "unit": "px"}, None),
        ({"dimension": "x", "value": "P1D", "unit": "px"}, None),
        ({"dimension": "t", "value": "often"}, None),
        ({"dimension": "t", "value": "P1M2D"}, None),
        ({"dimension": "t", "value": "P0D"}, None),
        ({"dimension": "t", "value": 0}, None),
        ({"dimension": "bands", "value": "P1D"}, None),
        ({"dimension": "t", "value": 1}, {"dimension": "t", "value": -1}),
        ({"dimension": "t", "value": 1}, {"dimension": "t", "value": "PT"}),
        ({"dimension": "x", "value": 1, "unit": "px"}, {"dimension": "x", "value": -1, "unit": "px"}),
    ],
)
def test_sizes_that_cannot_be(size, overlap):
    step = call(
        "apply_neighborhood",
        data=par("cube"),
        process=child(p=AROUND),
        size=[size],
        overlap=None if overlap is None else [overlap],
    )

    with pytest.raises(OpenEOError) as caught:
        result(graph(n=step), cube=given(np.zeros((2, 1, 2, 2))))

    assert caught.value.openeo_code == "ProcessParameterInvalid"


@pytest.mark.parametrize("process_id", ["apply_neighborhood", "apply_polygon"])
@pytest.mark.parametrize(
    "process",
    [
        child(p=call("reduce_dimension", data=par("data"), dimension="t", reducer=reducer("mean"))),
        child(p=call("filter_bands", data=par("data"), bands=["B04"])),
        child(p=call("add_dimension", data=par("data"), name="more", label="x")),
        child(p=call("resample_spatial", data=par("data"), resolution=0.5)),
        child(p=call("pi")),
        reducer("mean"),
    ],
)
def test_dimensions_must_not_change(process_id, process):
    where = (
        {"size": sizes(x=2, y=2)}
        if process_id == "apply_neighborhood"
        else {"geometries": around_pixels(0, 0, 2, 2)}
    )
    step = call(process_id, data=par("cube"), process=process, **where)

    with pytest.raises(OpenEOError, match="must not change") as caught:
        result(graph(n=step), cube=given(np.zeros((2, 2, 4, 4))))

    assert caught.value.openeo_code == "DataCubePropertiesImmutable"


@SETTINGS
@pytest.mark.parametrize("process_id", ["apply_polygon", "chunk_polygon"])
@pytest.mark.parametrize("name", CHILDREN)
@drawn(VALUES)
def test_polygons(process_id, name, values):
    process, compute = CHILDREN[name]
    rows, columns = values.shape[2:]
    boxes = [(0, 0, min(columns, 3), min(rows, 2)), (min(columns, 3), 0, columns, rows)]
    boxes = [each for each in boxes if each[0] < each[2]]
    features = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {}, "geometry": around_pixels(*each)} for each in boxes
        ],
    }
    where = "geometries" if process_id == "apply_polygon" else "chunks"
    step = call(process_id, data=par("cube"), process=process, **{where: features})

    cube = result(graph(n=step), cube=given(values, times=TIMES))

    expected = np.full(values.shape, np.nan)
    for left, top, right, bottom in boxes:
        expected[..., top:bottom, left:right] = compute(values[..., top:bottom, left:right])
    same(values_of(cube, *ORDER), expected)


def test_what_is_outside_of_a_polygon_has_its_value():
    values = np.arange(16.0).reshape(1, 1, 4, 4)
    ring = [[0.1, -0.1], [3.9, -0.1], [0.1, -3.9], [0.1, -0.1]]
    polygon = {"type": "Polygon", "coordinates": [ring]}
    above = np.array([[column + row < 3 for column in range(4)] for row in range(4)])
    step = call(
        "apply_polygon", data=par("cube"), process=child(p=AROUND), geometries=polygon, mask_value=100
    )

    cube = result(graph(n=step), cube=given(values))

    same(values_of(cube, *ORDER), np.where(above, around(np.where(above, values, 100.0)), np.nan))
