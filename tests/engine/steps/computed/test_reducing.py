"""Computed values: they are what the process graph says, and so are their bands and data types."""

import numpy as np
import pytest

from mock_backend.engine.sources import zones
from validation_cases.building import FEATURE, POLYGON, call, child, flow, graph, load, par, reducer, ref

BAND_04, BAND_08 = (call("array_element", data=par("data"), label=label) for label in ("B04", "B08"))
NDVI = child(
    nir=BAND_08,
    red=BAND_04,
    n=call("subtract", x=ref("nir"), y=ref("red")),
    d=call("add", x=ref("nir"), y=ref("red")),
    r=call("divide", x=ref("n"), y=ref("d")),
)


SMALL = {"west": 680000, "south": 5151500, "east": 680100, "north": 5151600, "crs": "EPSG:32632"}
JUNE = ["2022-06-01", "2022-07-01"]
#: 10 by 10 pixels, 6 dates, one or two bands.
RED = load(spatial_extent=SMALL, temporal_extent=JUNE, bands=["B04"])
BOTH = load(spatial_extent=SMALL, temporal_extent=JUNE)
TIME = 2  # the dimension: x, y, t, bands


def facts(band):
    return band.name, band.data_type, band.nodata


def single(values):
    """Return values as files of 32-bit floating points have them."""
    return np.asarray(values).astype(np.float32).astype(np.float64)


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


@pytest.mark.parametrize(
    ("process_id", "data_type", "nodata", "expected"),
    [
        ("min", "int16", -32_768, lambda x: x.min(axis=TIME)),
        ("max", "int16", -32_768, lambda x: x.max(axis=TIME)),
        ("first", "int16", -32_768, lambda x: x.take(0, axis=TIME)),
        ("last", "int16", -32_768, lambda x: x.take(-1, axis=TIME)),
        ("mean", "float32", "nan", lambda x: x.mean(axis=TIME)),
        ("median", "float32", "nan", lambda x: np.median(x, axis=TIME)),
        ("sum", "float32", "nan", lambda x: x.sum(axis=TIME)),
        ("product", "float32", "nan", lambda x: x.prod(axis=TIME)),
        ("sd", "float32", "nan", lambda x: x.std(axis=TIME, ddof=1)),
        ("variance", "float32", "nan", lambda x: x.var(axis=TIME, ddof=1)),
        ("count", "uint16", None, lambda x: np.full(np.delete(x.shape, TIME), 6)),
        ("any", "uint8", 255, lambda x: (x != 0).any(axis=TIME)),
        ("all", "uint8", 255, lambda x: (x != 0).all(axis=TIME)),
    ],
)
def test_reducers(after, numbers, process_id, data_type, nodata, expected):
    cube = after(call("reduce_dimension", dimension="t", reducer=reducer(process_id)), source=RED)

    assert list(map(facts, cube.bands)) == [("B04", data_type, nodata)]
    assert numbers(cube) == pytest.approx(single(expected(numbers(after(source=RED)))), rel=1e-6)


@pytest.mark.parametrize(
    ("step", "name"),
    [
        (call("ndvi"), "NDVI"),
        (call("reduce_dimension", dimension="bands", reducer=NDVI), "var"),
        (
            call(
                "reduce_dimension",
                dimension="bands",
                reducer=child(a=BAND_08, b=BAND_04, c=call("normalized_difference", x=ref("a"), y=ref("b"))),
            ),
            "var",
        ),
        (
            call(
                "reduce_dimension",
                dimension="bands",
                reducer=child(
                    a=call("array_element", data=par("data"), label="nir"),
                    b=call("array_element", data=par("data"), index=0),
                    c=call("normalized_difference", x=ref("a"), y=ref("b")),
                ),
            ),
            "var",
        ),
    ],
)
def test_normalised_differences(after, numbers, step, name):
    cube = after(step, source=BOTH)
    red, near = np.moveaxis(numbers(after(source=BOTH)), -1, 0)

    assert [each.name for each in cube.dimensions] == ["x", "y", "t"]
    assert list(map(facts, cube.bands)) == [(name, "float32", "nan")]
    assert np.array_equal(numbers(cube), single((near - red) / (near + red)))


def test_ndvi_beside_other_bands(after, numbers):
    cube = after(call("ndvi", target_band="vegetation"), source=BOTH)
    red, near, index = np.moveaxis(numbers(cube), -1, 0)

    assert list(cube.of_kind("bands").labels) == ["B04", "B08", "vegetation"]
    assert facts(cube.bands[2]) == ("vegetation", "float32", "nan")
    assert (cube.bands[0].data_type, cube.data_type) == ("int16", "float32")
    assert np.array_equal(np.stack([red, near], axis=-1), numbers(after(source=BOTH)))
    assert np.array_equal(index, single((near - red) / (near + red)))


def test_bands_of_an_index_that_is_given_its_name(after):
    step = call("reduce_dimension", dimension="bands", reducer=NDVI)
    cube = after(step, call("add_dimension", name="bands", label="index", type="bands"))

    assert [each.name for each in cube.bands] == list(cube.of_kind("bands").labels) == ["index"]


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


def test_an_index_appended_to_the_bands(after, numbers):
    appended = child(
        **NDVI["process_graph"] | {"r": call("divide", x=ref("n"), y=ref("d"))},
        a=call("array_concat", array1=par("data"), array2=ref("r")),
    )
    cube = after(call("apply_dimension", dimension="bands", process=appended), source=BOTH)

    assert [each.name for each in cube.bands] == ["0", "1", "2"]
    assert cube.data_type == "float32"
    red, near, index = np.moveaxis(numbers(cube), -1, 0)
    assert np.array_equal(np.stack([red, near], axis=-1), numbers(after(source=BOTH)))
    assert np.array_equal(index, single((near - red) / (near + red)))


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


TWO = {"type": "FeatureCollection", "features": [FEATURE, FEATURE | {"id": "other"}]}


@pytest.mark.parametrize(("geometries", "count"), [(POLYGON, 1), (FEATURE, 1), (TWO, 2)])
def test_zonal_statistics(after, geometries, count):
    cube = after(call("aggregate_spatial", geometries=geometries, reducer=reducer("mean")))

    assert [each.name for each in cube.dimensions] == ["t", "bands", "geometry"]
    assert cube.sizes["geometry"] == len(cube.geometries) == count
    assert (cube.grid, cube.data_type) == (None, "float32")


def test_zonal_statistics_with_counts(after):
    cube = after(
        call("aggregate_spatial", geometries=POLYGON, reducer=reducer("mean"), target_dimension="what")
    )

    assert cube.dimensions[-1].labels == ("value", "total_count", "valid_count")


def test_zonal_statistics_by_a_vector_cube(content):
    zones = call("load_geojson", data=TWO)
    cube = content(
        graph(
            v=zones,
            l=load(),
            a=call("aggregate_spatial", data=ref("l"), geometries=ref("v"), reducer=reducer()),
        )
    )

    assert cube.geometries == tuple(TWO["features"])


def test_zonal_statistics_read_only_what_is_in_the_zones(outcome):
    everywhere = load("COPERNICUS_30", spatial_extent=None, bands=None)
    found = outcome(flow(call("aggregate_spatial", geometries=POLYGON, reducer=reducer()), source=everywhere))

    assert found.input_pixels == 360 * 360


def test_zones_outside_of_the_data_have_no_values(after):
    far = {"type": "Point", "coordinates": [50, 50]}

    assert after(call("aggregate_spatial", geometries=far, reducer=reducer())).sizes["geometry"] == 1


def test_many_zones_have_the_values_that_each_has_alone(content, numbers, monkeypatch):
    """Small ones that are near one another are read together, large and lonely ones by themselves."""
    monkeypatch.setattr(zones, "_MANY", 400)

    def square(x, y, size):
        ring = [[x, y], [x + size, y], [x + size, y + size / 3], [x, y + size], [x, y]]
        return {"type": "Polygon", "coordinates": [ring]}

    geometries = [
        *(square(11 + 0.0004 * n, 46 + 0.0002 * (n % 3), 0.0005 + 0.0001 * (n % 5)) for n in range(8)),
        square(11.001, 46.001, 0.004),  # around others, and larger than what is read at once
        square(11.008, 46.007, 0.0004),
        {"type": "Point", "coordinates": [11.0002, 46.0002]},
        {"type": "LineString", "coordinates": [[11.0, 46.0], [11.002, 46.001]]},
        square(50, 50, 1),  # nowhere near
        square(11.002, 46.0005, 1e-9),  # smaller than a pixel
    ]
    area = {"west": 11, "south": 46, "east": 11.01, "north": 46.01}
    source = load(spatial_extent=area, temporal_extent=["2024-06-01", "2024-06-09"], bands=["B04"])

    def values(geometries):
        features = [{"type": "Feature", "properties": {}, "geometry": each} for each in geometries]
        collection = {"type": "FeatureCollection", "features": features}
        zonal = call("aggregate_spatial", geometries=collection, reducer=reducer("sum"))
        return numbers(content(flow(zonal, source=source)))

    together = values(geometries)
    assert np.isfinite(together).any(axis=(0, 1)).sum() == len(geometries) - 2
    for place, geometry in enumerate(geometries):
        # With one near the data, as without any there is nothing to be read.
        alone = values([geometry, geometries[0]])[..., 0]
        assert np.array_equal(together[..., place], alone, equal_nan=True), geometry


@pytest.mark.parametrize(
    ("process_id", "arguments", "bands"),
    [
        ("sar_backscatter", {}, ["VV"]),
        (
            "sar_backscatter",
            {"mask": True, "local_incidence_angle": True},
            ["VV", "mask", "local_incidence_angle"],
        ),
        ("ard_normalized_radar_backscatter", {}, ["VV", "mask", "local_incidence_angle"]),
    ],
)
def test_radar(after, process_id, arguments, bands):
    cube = after(call(process_id, **arguments), source=load("SENTINEL1_GRD", bands=["VV"]))

    assert [each.name for each in cube.bands] == list(cube.of_kind("bands").labels) == bands


@pytest.mark.parametrize(
    ("process_id", "arguments", "bands"),
    [
        ("atmospheric_correction", {"method": "iCOR"}, ["B04", "B08"]),
        ("cloud_detection", {"method": "Fmask"}, ["cloud", "shadow"]),
        (
            "ard_surface_reflectance",
            {"atmospheric_correction_method": "FORCE", "cloud_detection_method": "Fmask"},
            ["B04", "B08", "incomplete-testing", "saturation", "cloud", "shadow"],
        ),
    ],
)
def test_optical_products(after, process_id, arguments, bands):
    cube = after(call(process_id, **arguments))

    assert [each.name for each in cube.bands] == list(cube.of_kind("bands").labels) == bands


def test_predicted_values(content, numbers):
    # The constant that fits best is the mean.
    level = child(c=call("array_element", data=par("parameters"), index=0))
    fit = call("fit_curve", data=par("data"), parameters=[1], function=level)
    labels = ["2024-07-01", "2024-07-02"]
    nodes = {"l": BOTH}
    nodes["f"] = call(
        "apply_dimension", data=ref("l"), dimension="t", target_dimension="p", process=child(f=fit)
    )
    predict = call("predict_curve", parameters=ref("f"), function=level, dimension="t", labels=labels)
    cube = content(graph(**nodes, p=predict))

    assert cube.times == tuple(labels)
    assert [each.data_type for each in cube.bands] == ["float32"] * 2
    found = np.moveaxis(numbers(cube), [each.name for each in cube.dimensions].index("t"), 0)
    mean = numbers(content(graph(l=BOTH))).mean(axis=TIME)
    assert found == pytest.approx(np.stack([mean, mean]), rel=1e-6)


def test_a_function_of_a_user_that_is_not_computed_hands_on_what_it_gets(after):
    assert after(call("run_udf", udf="", runtime="Python")) == after()


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


def test_long_child_processes_are_computed_for_all_bands(after, numbers):
    nodes = {"n0": call("add", x=par("x"), y=1)}
    for number in range(1, 600):
        nodes[f"n{number}"] = call("add", x=ref(f"n{number - 1}"), y=1)

    source = load(bands=None, spatial_extent=SMALL, temporal_extent=JUNE)
    cube = after(call("apply", process=child(**nodes)), source=source)

    assert len(cube.bands) > 10
    assert np.array_equal(numbers(cube), single(numbers(after(source=source)) + 600))


LOUD = call("gt", x=par("x"), y=600)


@pytest.mark.parametrize(
    ("nodes", "data_type", "expected"),
    [
        ({"r": call("product", data=par("data"))}, "float32", lambda x: x.prod(axis=TIME)),
        ({"r": call("array_element", data=par("data"), index=3)}, "int16", lambda x: x.take(3, axis=TIME)),
        (
            {"r": call("array_find", data=par("data"), value=3)},
            "float32",
            lambda x: np.full(np.delete(x.shape, TIME), np.nan),
        ),
        (
            {
                "e": call("array_element", data=par("data"), index=2),
                "r": call("array_find", data=par("data"), value=ref("e")),
            },
            "float32",
            lambda x: np.argmax(x == x.take([2], axis=TIME), axis=TIME),
        ),
        (
            {"r": call("array_contains", data=par("data"), value=3)},
            "uint8",
            lambda x: (x == 3).any(axis=TIME),
        ),
        (
            {"r": call("count", data=par("data"), condition=child(c=LOUD))},
            "uint16",
            lambda x: (x > 600).sum(axis=TIME),
        ),
        (
            {
                "a": call("array_apply", data=par("data"), process=child(c=LOUD)),
                "r": call("any", data=ref("a")),
            },
            "uint8",
            lambda x: (x > 600).any(axis=TIME),
        ),
        (
            {"a": call("extrema", data=par("data")), "r": call("array_element", data=ref("a"), index=1)},
            "int16",
            lambda x: x.max(axis=TIME),
        ),
        (
            {"a": call("array_labels", data=par("data")), "r": call("count", data=ref("a"))},
            "float32",
            lambda x: np.full(np.delete(x.shape, TIME), 6),
        ),
        (
            {"a": call("array_create", data=par("data"), repeat=100), "r": call("sum", data=ref("a"))},
            "float32",
            lambda x: 100 * x.sum(axis=TIME),
        ),
        (
            {"a": call("array_concat", array1=par("data"), array2=[650, 1]), "r": call("max", data=ref("a"))},
            "float32",
            lambda x: np.maximum(x.max(axis=TIME), 650),
        ),
        (
            {"m": call("mean", data=par("data")), "r": call("subtract", x=ref("m"), y=ref("m"))},
            "float32",
            lambda x: np.zeros(np.delete(x.shape, TIME)),
        ),
        (
            {
                "m": call("mean", data=par("data")),
                "a": call("subtract", x=ref("m"), y=5000),
                "r": call("power", base=ref("a"), p=2),
            },
            "float32",
            lambda x: (x.mean(axis=TIME) - 5000) ** 2,
        ),
        (
            {
                "m": call("mean", data=par("data")),
                "c": call("gt", x=ref("m"), y=600),
                "i": call("if", value=ref("c"), accept=par("data"), reject=[1, 2]),
                "r": call("max", data=ref("i")),
            },
            "float32",
            lambda x: np.where(x.mean(axis=TIME) > 600, x.max(axis=TIME), 2),
        ),
        (
            {
                "a": call("array_modify", data=par("data"), values=[-5], index=1),
                "r": call("min", data=ref("a")),
            },
            "float32",
            lambda x: np.minimum(x.min(axis=TIME), -5),
        ),
        # Of an array that is no value the first element is one.
        (
            {"r": call("rearrange", data=par("data"), order=[1, 0])},
            "int16",
            lambda x: x.take(1, axis=TIME),
        ),
    ],
)
def test_functions_of_time_series(after, numbers, nodes, data_type, expected):
    cube = after(call("reduce_dimension", dimension="t", reducer=child(**nodes)), source=RED)

    assert [each.data_type for each in cube.bands] == [data_type]
    assert numbers(cube) == pytest.approx(single(expected(numbers(after(source=RED)))), rel=1e-6, nan_ok=True)


@pytest.mark.parametrize(
    ("nodes", "data_type", "expected"),
    [
        (
            {
                "a": call("array_create_labeled", data=[7], labels=["more"]),
                "b": call("array_concat", array1=par("data"), array2=ref("a")),
                "r": call("array_element", data=ref("b"), label="more"),
            },
            "float32",
            lambda red, _: np.full(red.shape, 7),
        ),
        (
            {
                "b": call("array_append", data=par("data"), value=9, label="more"),
                "r": call("array_element", data=ref("b"), label="more"),
            },
            "float32",
            lambda red, _: np.full(red.shape, 9),
        ),
        (
            {
                "a": call("array_labels", data=par("data")),
                "r": call("array_find", data=ref("a"), value="B08"),
            },
            "float32",
            lambda red, _: np.ones(red.shape),
        ),
        (
            {"r": call("array_find_label", data=par("data"), label="B08")},
            "float32",
            lambda red, _: np.ones(red.shape),
        ),
        ({"r": call("array_element", data=par("data"), label="nir")}, "int16", lambda _, near: near),
        (
            {
                "a": call(
                    "array_filter", data=par("data"), condition=child(c=call("eq", x=par("label"), y="B08"))
                ),
                "r": call("array_element", data=ref("a"), index=0),
            },
            "int16",
            lambda _, near: near,
        ),
        (
            {
                "a": call("array_apply", data=par("data"), process=child(c=LOUD)),
                "r": call("all", data=ref("a")),
            },
            "uint8",
            lambda red, near: (red > 600) & (near > 600),
        ),
        (
            {
                "a": call("array_interpolate_linear", data=par("data")),
                "r": call("sum", data=ref("a")),
            },
            "float32",
            lambda red, near: red + near,
        ),
        (
            {"a": call("cumsum", data=par("data")), "r": call("last", data=ref("a"))},
            "float32",
            lambda red, near: red + near,
        ),
        (
            {
                "o": call("order", data=par("data"), asc=False),
                "r": call("array_element", data=ref("o"), index=0),
            },
            "float32",
            lambda red, near: near > red,
        ),
    ],
)
def test_functions_of_bands(after, numbers, nodes, data_type, expected):
    cube = after(call("reduce_dimension", dimension="bands", reducer=child(**nodes)), source=BOTH)

    assert [each.data_type for each in cube.bands] == [data_type]
    assert np.array_equal(numbers(cube), single(expected(*np.moveaxis(numbers(after(source=BOTH)), -1, 0))))


def test_values_predicted_of_parameters_in_the_same_dimension(content, numbers):
    predict = call(
        "predict_curve",
        parameters=ref("l"),
        function=child(
            p=call("array_element", data=par("parameters"), index=3), c=call("add", x=ref("p"), y=1)
        ),
        dimension="t",
        labels=["2024-07-01"],
    )
    cube = content(graph(l=RED, p=predict))

    assert (cube.times, cube.data_type) == (("2024-07-01",), "float32")
    assert np.array_equal(numbers(cube), numbers(content(graph(l=RED))).take([3], axis=TIME) + 1)


@pytest.mark.parametrize(
    ("base", "p", "expected"), [(0, -1, np.inf), (2, 0.5, 2**0.5), (-8, 0.5, np.nan), (10.5, 400, np.inf)]
)
def test_powers(after, numbers, base, p, expected):
    cube = after(call("apply", process=child(c=call("power", base=base, p=p))), source=RED)

    assert numbers(cube) == pytest.approx(np.full(cube.shape, expected), nan_ok=True)
