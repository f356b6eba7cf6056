"""Processes of data cubes make of given values what NumPy makes of them."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine_cases.cubes import NAMES, TIMES, given, result, values_of
from mock_backend.engine.sources import fourier
from validation_cases.building import call, child, graph, par, reducer, ref

SETTINGS = settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
NUMBER = st.integers(-40, 40).map(float)
SIDE = st.integers(1, 4)


def cubes(*sides, kinds=("float64", "float32", "int16"), gaps=True):
    """Return a strategy of a data type and of values: times, bands, rows, columns."""
    shapes = st.tuples(*(sides or (SIDE, st.integers(1, 3), SIDE, SIDE)))
    numbers = st.one_of(NUMBER, st.just(math.nan)) if gaps else NUMBER
    return st.tuples(
        st.sampled_from(kinds), shapes.flatmap(lambda shape: arrays(np.float64, shape, elements=numbers))
    )


def same(found, expected):
    """Tell whether values are the expected ones, to the precision of 32-bit floating points."""
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def step(process_id, **arguments):
    return graph(n=call(process_id, data=par("cube"), **arguments))


# -- reducers -------------------------------------------------------------------------------------------


def _there(compute, fewest=1, nothing=math.nan):
    def reduce(values):
        there = values[~np.isnan(values)]
        return float(compute(there)) if len(there) >= fewest else nothing

    return reduce


REDUCERS = {
    "min": _there(np.min),
    "max": _there(np.max),
    "mean": _there(np.mean),
    "median": _there(np.median),
    "sum": _there(np.sum),
    "product": _there(np.prod),
    "sd": _there(lambda each: np.std(each, ddof=1), 2),
    "variance": _there(lambda each: np.var(each, ddof=1), 2),
    "count": _there(len, nothing=0.0),
    "first": _there(lambda each: each[0]),
    "last": _there(lambda each: each[-1]),
    "any": _there(lambda each: (each != 0).any(), nothing=0.0),
    "all": _there(lambda each: (each != 0).all(), nothing=1.0),
}
AXES = {"t": 0, "bands": 1, "y": 2, "x": 3}
ORDER = ("t", "bands", "y", "x")
ANY_REDUCER = st.sampled_from(sorted(REDUCERS))


def reduced(name, values, axis):
    return np.apply_along_axis(REDUCERS[name], axis, values)


@SETTINGS
@drawn(cubes(), st.sampled_from(ORDER), ANY_REDUCER)
def test_reduce_dimension(data, dimension, name):
    kind, values = data
    process = step("reduce_dimension", dimension=dimension, reducer=reducer(name))
    cube = result(process, cube=given(values, kind=kind))
    left = [each for each in ORDER if each != dimension]

    assert [each.name for each in cube.dimensions] == left
    same(values_of(cube, *left), reduced(name, values, AXES[dimension]))


@SETTINGS
@drawn(cubes(), ANY_REDUCER)
def test_dimensions_may_have_any_order(data, name):
    kind, values = data
    turned = given(values.transpose(3, 0, 2, 1), dims="xtyb", kind=kind)

    cube = result(step("reduce_dimension", dimension="t", reducer=reducer(name)), cube=turned)

    assert [each.name for each in cube.dimensions] == ["x", "y", "bands"]
    same(values_of(cube, "bands", "y", "x"), reduced(name, values, 0))


@SETTINGS
@drawn(cubes(), ANY_REDUCER)
def test_reduce_spatial(data, name):
    kind, values = data
    cube = result(step("reduce_spatial", reducer=reducer(name)), cube=given(values, kind=kind))

    same(values_of(cube, "t", "bands"), reduced(name, values.reshape(*values.shape[:2], -1), 2))


# -- each value, and each array -------------------------------------------------------------------------

PIXELS = [
    (call("add", x=par("x"), y=3), lambda x: x + 3),
    (call("multiply", x=par("x"), y=par("x")), lambda x: x * x),
    (call("absolute", x=par("x")), np.abs),
    (call("clip", x=par("x"), min=-5, max=5), lambda x: np.clip(x, -5, 5)),
    (call("gt", x=par("x"), y=2), lambda x: np.where(np.isnan(x), np.nan, x > 2)),
    (call("linear_scale_range", x=par("x"), inputMin=-40, inputMax=40, outputMax=80), lambda x: x + 40),
    (call("if", value=par("x"), accept=1, reject=2), lambda x: np.where(np.isnan(x) | (x == 0), 2.0, 1.0)),
    (call("is_nodata", x=par("x")), np.isnan),
]


@pytest.mark.parametrize(("process", "expected"), PIXELS, ids=[each["process_id"] for each, _ in PIXELS])
def test_apply(process, expected):
    @SETTINGS
    @drawn(cubes())
    def check(data):
        kind, values = data
        cube = result(step("apply", process=child(p=process)), cube=given(values, kind=kind))

        same(values_of(cube, *ORDER), expected(values))

    check()


@SETTINGS
@drawn(cubes(gaps=False), st.sampled_from(ORDER))
def test_apply_dimension_with_as_many_values(data, dimension):
    kind, values = data
    cube = given(values, kind=kind)
    found = result(
        step("apply_dimension", dimension=dimension, process=child(p=call("cumsum", data=par("data")))),
        cube=cube,
    )

    assert [each.name for each in found.dimensions] == list(ORDER)
    assert (found.named(dimension).labels, found.grid) == (cube.cube.named(dimension).labels, cube.cube.grid)
    same(values_of(found, *ORDER), values.cumsum(axis=AXES[dimension]))


@pytest.mark.parametrize("target", [None, "q"])
def test_apply_dimension_with_other_lengths(target):
    @SETTINGS
    @drawn(cubes(gaps=False), st.sampled_from(ORDER))
    def check(data, dimension):
        kind, values = data
        quantiles = child(p=call("quantiles", data=par("data"), probabilities=[0, 0.5, 0.75, 1, 1]))
        found = result(
            step("apply_dimension", dimension=dimension, process=quantiles, target_dimension=target),
            cube=given(values, kind=kind),
        )

        name, left = target or dimension, [each for each in ORDER if each != dimension]
        assert found.named(name).labels == (0, 1, 2, 3, 4)
        same(values_of(found, name, *left), np.quantile(values, [0, 0.5, 0.75, 1, 1], axis=AXES[dimension]))

    check()


# -- time -----------------------------------------------------------------------------------------------


def grouped(name, values, groups):
    parts = [
        reduced(name, values[group], 0) if group else _of_nothing(name, values.shape[1:]) for group in groups
    ]
    return np.stack(parts)


def _of_nothing(name, shape):
    return np.full(shape, REDUCERS[name](np.empty(0)))


FOUR = cubes(st.just(4), st.integers(1, 2), SIDE, SIDE)


@SETTINGS
@drawn(FOUR, ANY_REDUCER)
def test_aggregate_temporal(data, name):
    kind, values = data
    # The end of an interval is not in it, and one has no data.
    intervals = [["2024-01-01", "2024-02-20"], ["2024-02-05", "2025-02-01"], ["2024-05-01", "2024-06-01"]]
    cube = result(
        step("aggregate_temporal", intervals=intervals, labels=["a", "b", "c"], reducer=reducer(name)),
        cube=given(values, kind=kind),
    )

    assert cube.times == ("a", "b", "c")
    same(values_of(cube, *ORDER), grouped(name, values, [[0, 1], [1, 2, 3], []]))


@SETTINGS
@drawn(FOUR, ANY_REDUCER)
def test_aggregate_temporal_period(data, name):
    kind, values = data
    cube = result(
        step("aggregate_temporal_period", period="month", reducer=reducer(name)),
        cube=given(values, kind=kind),
    )

    assert cube.times == (*(f"2024-{month:02}" for month in range(1, 13)), "2025-01")
    same(values_of(cube, *ORDER), grouped(name, values, [[0], [1, 2], *[[]] * 10, [3]]))


@SETTINGS
@drawn(FOUR)
def test_normals_and_anomalies(data):
    kind, values = data
    normals = call(
        "climatological_normal",
        data=par("cube"),
        period="month",
        climatology_period=[2024, 2025],
    )
    anomaly = call("anomaly", data=par("cube"), normals=ref("n"), period="month")
    cube = given(values, kind=kind)
    expected = grouped("mean", values, [[0, 3], [1, 2], *[[]] * 10])

    same(values_of(result(graph(n=normals), cube=cube), *ORDER), expected)
    same(values_of(result(graph(n=normals, a=anomaly), cube=cube), *ORDER), values - expected[[0, 1, 1, 0]])


@SETTINGS
@drawn(FOUR)
def test_resample_cube_temporal(data):
    kind, values = data
    target = given(np.zeros((3, 1, 1, 1)), times=("2024-01-11", "2024-02-16", "2024-12-31"))
    nearest = graph(n=call("resample_cube_temporal", data=par("cube"), target=par("target")))

    cube = result(nearest, cube=given(values, kind=kind), target=target)

    assert cube.times == ("2024-01-11", "2024-02-16", "2024-12-31")
    same(values_of(cube, *ORDER), values[[0, 2, 3]])


# -- space ----------------------------------------------------------------------------------------------


def box(west, south, east, north):
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


@SETTINGS
@drawn(cubes(SIDE, st.integers(1, 2), st.just(4), st.just(5)), ANY_REDUCER)
def test_aggregate_spatial(data, name):
    kind, values = data
    # Two by three pixels, and one row of which just the centres of some pixels are within.
    zones = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {}, "geometry": each}
            for each in (box(1, -3, 4, -1), box(0.2, -3.9, 2.4, -3.1))
        ],
    }
    cube = result(
        step("aggregate_spatial", geometries=zones, reducer=reducer(name)), cube=given(values, kind=kind)
    )

    parts = [values[..., 1:3, 1:4], values[..., 3:4, 0:2]]
    expected = [reduced(name, part.reshape(*part.shape[:2], -1), 2) for part in parts]
    same(values_of(cube, "t", "bands", "geometry"), np.stack(expected, axis=-1))


@pytest.mark.parametrize("boundary", ["pad", "trim"])
@pytest.mark.parametrize("align", ["upper-left", "lower-right"])
def test_aggregate_spatial_window(boundary, align):
    @SETTINGS
    @drawn(cubes(st.integers(1, 2), st.just(1), st.integers(2, 5), st.integers(3, 7)), ANY_REDUCER)
    def check(data, name):
        kind, values = data
        cube = result(
            step(
                "aggregate_spatial_window", size=[3, 2], boundary=boundary, align=align, reducer=reducer(name)
            ),
            cube=given(values, kind=kind),
        )
        high, wide = values.shape[2:]
        rows, columns = -(-high // 2) * 2, -(-wide // 3) * 3
        whole = values
        if boundary == "trim":
            rows, columns = high // 2 * 2, wide // 3 * 3
            whole = (
                values[..., :rows, :columns]
                if align == "upper-left"
                else values[..., high - rows :, wide - columns :]
            )
        else:
            down, right = rows - high, columns - wide
            after = ((0, down), (0, right)) if align == "upper-left" else ((down, 0), (right, 0))
            whole = np.pad(values, ((0, 0), (0, 0), *after), constant_values=np.nan)
        blocks = whole.reshape(*whole.shape[:2], rows // 2, 2, columns // 3, 3).transpose(0, 1, 2, 4, 3, 5)
        same(values_of(cube, *ORDER), reduced(name, blocks.reshape(*blocks.shape[:4], 6), 4))

    check()


#: Any kernels, and such as are products of a column and a row, which are applied one after the other.
_COLUMN = arrays(np.float64, 3, elements=st.integers(-3, 3).map(float))
KERNELS = st.one_of(
    arrays(np.float64, (3, 3), elements=st.integers(-3, 3).map(float)),
    st.tuples(_COLUMN, _COLUMN).map(lambda both: np.outer(*both)),
)
BORDERS = {"replicate": "edge", "reflect": "symmetric", "reflect_pixel": "reflect", "wrap": "wrap"}


@pytest.mark.parametrize("highest", [4, 9])
@pytest.mark.parametrize("border", [0, 7, *BORDERS])
def test_apply_kernel(border, highest, monkeypatch):
    if highest > 4:  # as kernels of many factors are, in blocks of six pixels
        for name, few in (("_FEWEST", 0), ("_SIDE", 8), ("_PRODUCTS", 0)):
            monkeypatch.setattr(fourier, name, few)

    @SETTINGS
    @drawn(
        cubes(st.integers(1, 2), st.just(1), st.integers(2, highest), st.integers(2, highest)),
        KERNELS,
        st.sampled_from([1, 0.5]),
    )
    def check(data, kernel, factor):
        kind, values = data
        cube = result(
            step("apply_kernel", kernel=kernel.tolist(), factor=factor, border=border, replace_invalid=2),
            cube=given(values, kind=kind),
        )
        filled = np.where(np.isnan(values), 2, values)
        width = ((0, 0), (0, 0), (1, 1), (1, 1))
        padded = (
            np.pad(filled, width, BORDERS[border])
            if border in BORDERS
            else np.pad(filled, width, constant_values=border)
        )
        high, wide = values.shape[2:]
        expected = sum(
            kernel[i, j] * factor * padded[..., i : i + high, j : j + wide]
            for i in range(3)
            for j in range(3)
        )
        same(values_of(cube, *ORDER), expected)

    check()


@pytest.mark.parametrize("scale", [1.0, 0.1], ids=["whole numbers", "others"])
@pytest.mark.parametrize("shape", [(1, 9), (9, 1), (9, 9), (3, 31), (15, 17), (63, 65)], ids=str)
def test_apply_kernel_of_equal_factors(shape, scale):
    values = scale * np.random.default_rng(3).integers(-40, 40, (2, 1, 12, 70)).astype(np.float64)
    cube = result(step("apply_kernel", kernel=np.ones(shape).tolist(), factor=0.5), cube=given(values))

    width = ((0, 0), (0, 0), *((size // 2, size // 2) for size in shape))
    sums = np.lib.stride_tricks.sliding_window_view(np.pad(values, width), shape, (-2, -1)).sum((-2, -1))
    np.testing.assert_allclose(values_of(cube, *ORDER), sums / 2, rtol=1e-6, atol=1e-5)


@SETTINGS
@drawn(cubes(SIDE, st.integers(1, 2), st.just(4), st.just(5)), st.booleans(), st.sampled_from([None, 5]))
def test_mask_polygon(data, inside, replacement):
    kind, values = data
    cube = result(
        step("mask_polygon", mask=box(1, -3, 4, -1), inside=inside, replacement=replacement),
        cube=given(values, kind=kind),
    )
    within = np.zeros((4, 5), bool)
    within[1:3, 1:4] = True

    # What has no data is left untouched.
    hidden = (within == inside) & ~np.isnan(values)
    same(values_of(cube, *ORDER), np.where(hidden, np.nan if replacement is None else replacement, values))


@SETTINGS
@drawn(
    st.data(), cubes(), st.sampled_from(["tbyx", "tyx", "yx", "byx"]), st.sampled_from([None, -7, 0.1, 1e300])
)
def test_mask(data, cube, dims, replacement):
    kind, values = cube
    shape = [dict(zip("tbyx", values.shape, strict=True))[each] for each in dims]
    mask = data.draw(arrays(np.float64, shape, elements=st.sampled_from([0.0, 1.0, 5.0, math.nan])))
    found = result(
        graph(n=call("mask", data=par("cube"), mask=par("mask"), replacement=replacement)),
        cube=given(values, kind=kind),
        mask=given(mask, dims=dims),
    )
    missing = tuple(place for place, each in enumerate("tbyx") if each not in dims)
    hidden = np.broadcast_to(np.expand_dims((mask != 0) & ~np.isnan(mask), missing), values.shape)
    expected = np.where(hidden, np.nan if replacement is None else replacement, values)
    if kind != "float64":
        with np.errstate(over="ignore"):
            # What its data type does not hold is infinite there.
            expected = expected.astype(np.float32)

    same(values_of(found, *ORDER), expected)


# -- parts ----------------------------------------------------------------------------------------------


@SETTINGS
@drawn(cubes(st.just(4), st.just(3), st.just(4), st.just(5)))
def test_filters(data):
    kind, values = data
    cube = given(values, kind=kind)
    found = result(
        graph(
            t=call("filter_temporal", data=par("cube"), extent=["2024-02-05", "2025-01-15"]),
            b=call("filter_bands", data=ref("t"), bands=["B11", "red"]),
            s=call("filter_bbox", data=ref("b"), extent={"west": 1, "south": -3, "east": 3, "north": 0}),
            f=call(
                "filter_labels",
                data=ref("s"),
                dimension="t",
                condition=child(c=call("text_begins", data=par("value"), pattern="2024-02-2")),
            ),
        ),
        cube=cube,
    )

    assert (found.times, found.of_kind("bands").labels) == (TIMES[2:3], ("B11", "B04"))
    assert found.grid.bounds == (1, -3, 3, 0)
    same(values_of(found, *ORDER), values[2:3, [2, 0], :3, 1:3])


@SETTINGS
@drawn(cubes(SIDE, st.just(2), SIDE, SIDE))
def test_ndvi(data):
    kind, values = data
    index = np.full(values[:, 0].shape, np.nan)
    with warnings.catch_warnings(action="ignore"):
        red, near = values[:, 0], values[:, 1]
        index = (near - red) / (near + red)
    cube = given(values, kind=kind)

    same(values_of(result(step("ndvi"), cube=cube), "t", "y", "x"), index)
    beside = result(step("ndvi", target_band="index"), cube=cube)
    same(values_of(beside, *ORDER), np.concatenate([values, index[:, None]], axis=1))


# -- other dimensions -----------------------------------------------------------------------------------


@SETTINGS
@drawn(cubes())
def test_dimensions_are_renamed_added_and_dropped(data):
    kind, values = data
    found = result(
        graph(
            r=call("rename_dimension", data=par("cube"), source="t", target="time"),
            a=call("add_dimension", data=ref("r"), name="run", label="one"),
            d=call("drop_dimension", data=ref("a"), name="run"),
            b=call("add_dimension", data=ref("d"), name="run", label="two"),
        ),
        cube=given(values, kind=kind),
    )

    assert found.named("run").labels == ("two",)
    same(values_of(found, "time", "bands", "y", "x", "run"), values[..., None])


@SETTINGS
@drawn(cubes(), st.permutations(ORDER).map(lambda names: names[:2]))
def test_flatten_and_unflatten(data, names):
    kind, values = data
    flat = call("flatten_dimensions", data=par("cube"), dimensions=names, target_dimension="flat")
    back = call("unflatten_dimension", data=ref("f"), dimension="flat", target_dimensions=["one", "two"])
    cube = given(values, kind=kind)
    left = [each for each in ORDER if each not in names]
    moved = values.transpose([AXES[each] for each in (*left, *names)])

    same(values_of(result(graph(f=flat), cube=cube), *left, "flat"), moved.reshape(*moved.shape[:2], -1))
    same(values_of(result(graph(f=flat, b=back), cube=cube), *left, "one", "two"), moved)


# -- two cubes ------------------------------------------------------------------------------------------


def merging(**arguments):
    return graph(m=call("merge_cubes", cube1=par("one"), cube2=par("other"), **arguments))


@SETTINGS
@drawn(st.data(), cubes(SIDE, st.just(1), SIDE, SIDE))
def test_bands_are_merged(data, one):
    kind, values = one
    others = data.draw(arrays(np.float64, values.shape, elements=NUMBER))
    cube = result(merging(), one=given(values, kind=kind), other=given(others, bands=("B12",)))

    assert cube.of_kind("bands").labels == ("B04", "B12")
    same(values_of(cube, *ORDER), np.concatenate([values, others], axis=1))


RESOLVERS = [
    (child(r=call("max", data=[par("x"), par("y")])), np.fmax),
    (child(r=call("subtract", x=par("x"), y=par("y"))), np.subtract),
    (child(r=call("first", data=[par("y"), par("x")])), lambda x, y: np.where(np.isnan(y), x, y)),
]


@pytest.mark.parametrize(("resolver", "expected"), RESOLVERS, ids=["max", "subtract", "first"])
def test_overlaps_are_resolved(resolver, expected):
    @SETTINGS
    @drawn(cubes(st.just(3), st.just(2), SIDE, SIDE), cubes(st.just(2), st.just(2), SIDE, SIDE))
    def check(one, other):
        kind, values = one
        others = np.resize(other[1], (2, 2, *values.shape[2:]))
        cube = result(
            merging(overlap_resolver=resolver),
            one=given(values, kind=kind),
            # The second and third date of the one and the first and second of the other are the same.
            other=given(others, times=TIMES[1:], bands=("B08", "B11"), kind="float64"),
        )
        whole = np.full((3, 3, *values.shape[2:]), np.nan)
        whole[:, :2] = values
        whole[1:, 1:] = others
        whole[1:, 1] = expected(values[1:, 1], others[:, 0])

        assert (cube.times, cube.of_kind("bands").labels) == (TIMES[:3], NAMES)
        same(values_of(cube, *ORDER), whole)

    check()


@SETTINGS
@drawn(st.data(), cubes(), st.sampled_from(["yx", "tyx", "byx"]))
def test_what_lacks_dimensions_goes_with_each_label(data, one, dims):
    kind, values = one
    shape = [dict(zip("tbyx", values.shape, strict=True))[each] for each in dims]
    others = data.draw(arrays(np.float64, shape, elements=NUMBER))
    resolver = child(r=call("add", x=par("x"), y=par("y")))
    cube = result(
        merging(overlap_resolver=resolver), one=given(values, kind=kind), other=given(others, dims=dims)
    )
    missing = tuple(place for place, each in enumerate("tbyx") if each not in dims)

    same(values_of(cube, *ORDER), values + np.expand_dims(others, missing))


@SETTINGS
@drawn(cubes(st.just(1), st.just(1), st.just(3), st.just(3)), st.integers(-3, 3), st.integers(-3, 3))
def test_extents_are_united(one, right, down):
    kind, values = one
    resolver = child(r=call("add", x=par("x"), y=par("y")))
    cube = result(
        merging(overlap_resolver=resolver),
        one=given(values, kind=kind),
        other=given(100 + values, west=float(right), north=float(-down)),
    )
    whole = np.full((2, 3 + abs(down), 3 + abs(right)), np.nan)
    has = np.zeros(whole.shape, bool)
    for place, (row, column) in enumerate([(max(-down, 0), max(-right, 0)), (max(down, 0), max(right, 0))]):
        part = (place, slice(row, row + 3), slice(column, column + 3))
        whole[part], has[part] = values[0, 0] + 100 * place, True
    both = has.all(axis=0)
    expected = np.where(both, whole[0] + whole[1], np.where(has[0], whole[0], whole[1]))

    same(values_of(cube, *ORDER)[0, 0], expected)


# -- other pixels ---------------------------------------------------------------------------------------


def _quantile(share):
    return _there(lambda each: np.quantile(each, share))


BLOCKS = {
    "average": REDUCERS["mean"],
    "sum": REDUCERS["sum"],
    "min": REDUCERS["min"],
    "max": REDUCERS["max"],
    "med": REDUCERS["median"],
    "q1": _quantile(0.25),
    "q3": _quantile(0.75),
    "rms": _there(lambda each: np.sqrt(np.mean(each**2))),
    "mode": _there(lambda each: min(np.unique(each), key=lambda value: (-(each == value).sum(), value))),
}


@pytest.mark.parametrize("method", BLOCKS)
def test_pixels_twice_as_wide(method):
    @SETTINGS
    @drawn(cubes(SIDE, st.just(1), st.sampled_from([2, 4]), st.sampled_from([2, 4, 6])))
    def check(data):
        kind, values = data
        cube = result(step("resample_spatial", resolution=2, method=method), cube=given(values, kind=kind))
        high, wide = values.shape[2:]
        blocks = values.reshape(*values.shape[:2], high // 2, 2, wide // 2, 2).transpose(0, 1, 2, 4, 3, 5)
        expected = np.apply_along_axis(BLOCKS[method], 4, blocks.reshape(*blocks.shape[:4], 4))
        if method == "mode" and kind == "int16":
            assert cube.data_type == "int16"
        same(values_of(cube, *ORDER), expected)

    check()


@pytest.mark.parametrize("method", ["near", "bilinear", "cubic", "lanczos", "average", "mode", "max"])
def test_the_same_pixels_have_the_same_values(method):
    @SETTINGS
    @drawn(cubes(SIDE, st.just(1), SIDE, SIDE))
    def check(data):
        kind, values = data
        target = given(np.zeros(values.shape))
        resampled = graph(
            n=call("resample_cube_spatial", data=par("cube"), target=par("target"), method=method)
        )
        cube = result(resampled, cube=given(values, kind=kind), target=target)

        same(values_of(cube, *ORDER), values)

    check()


@SETTINGS
@drawn(cubes(SIDE, st.just(1), st.just(3), st.just(3)), st.integers(-4, 4), st.integers(-4, 4))
def test_pixels_elsewhere_have_no_values(data, right, down):
    kind, values = data
    target = given(np.zeros((1, 1, 4, 5)), west=float(right), north=float(-down))
    moved = graph(n=call("resample_cube_spatial", data=par("cube"), target=par("target")))
    cube = result(moved, cube=given(values, kind=kind), target=target)

    expected = np.full((*values.shape[:2], 4, 5), np.nan)
    for row in range(4):
        for column in range(5):
            if 0 <= row + down < 3 and 0 <= column + right < 3:
                expected[..., row, column] = values[..., row + down, column + right]
    same(values_of(cube, *ORDER), expected)


@SETTINGS
@drawn(cubes(SIDE, st.just(1), st.integers(2, 4), st.integers(2, 4), gaps=False))
def test_bilinear_values_are_between_their_neighbours(data):
    kind, values = data
    cube = result(step("resample_spatial", resolution=0.5, method="bilinear"), cube=given(values, kind=kind))
    found = values_of(cube, *ORDER)

    # Three quarters of one pixel and a quarter of its neighbour, and at the edge the pixel alone.
    near = np.concatenate([values[..., :1], values, values[..., -1:]], axis=-1)
    across = np.stack(
        [0.75 * near[..., 1:-1] + 0.25 * near[..., :-2], 0.75 * near[..., 1:-1] + 0.25 * near[..., 2:]],
        axis=-1,
    ).reshape(*values.shape[:3], -1)
    near = np.concatenate([across[..., :1, :], across, across[..., -1:, :]], axis=-2)
    expected = np.stack(
        [
            0.75 * near[..., 1:-1, :] + 0.25 * near[..., :-2, :],
            0.75 * near[..., 1:-1, :] + 0.25 * near[..., 2:, :],
        ],
        axis=-2,
    ).reshape(*values.shape[:2], -1, across.shape[-1])
    same(found, expected)
