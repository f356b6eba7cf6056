"""What is known of computed values: bands, data types, ranges."""

import pytest

from validation_cases.building import FEATURE, POLYGON, call, child, flow, graph, load, par, reducer, ref

BAND_04, BAND_08 = (call("array_element", data=par("data"), label=label) for label in ("B04", "B08"))
NDVI = child(
    nir=BAND_08,
    red=BAND_04,
    n=call("subtract", x=ref("nir"), y=ref("red")),
    d=call("add", x=ref("nir"), y=ref("red")),
    r=call("divide", x=ref("n"), y=ref("d")),
)


def facts(band):
    return band.name, band.data_type, band.minimum, band.maximum, band.nodata


def test_statistics_over_time(after):
    cube = after(call("reduce_dimension", dimension="t", reducer=reducer("mean")))

    assert [each.name for each in cube.dimensions] == ["x", "y", "bands"]
    assert list(map(facts, cube.bands)) == [
        ("B04", "float32", 0, 10_000, "nan"),
        ("B08", "float32", 0, 10_000, "nan"),
    ]
    # They are still reflectances.
    assert [each.scale for each in cube.bands] == [0.0001, 0.0001]
    assert [each.common_name for each in cube.bands] == ["red", "nir"]


@pytest.mark.parametrize(
    ("process_id", "data_type", "low", "high", "nodata"),
    [
        ("min", "int16", 0, 10_000, -32_768),
        ("max", "int16", 0, 10_000, -32_768),
        ("first", "int16", 0, 10_000, -32_768),
        ("last", "int16", 0, 10_000, -32_768),
        ("mean", "float32", 0, 10_000, "nan"),
        ("median", "float32", 0, 10_000, "nan"),
        ("sum", "float32", 0, 60_000, "nan"),
        ("sd", "float32", 0, 5000, "nan"),
        ("variance", "float32", 0, 25_000_000, "nan"),
        ("count", "uint16", 0, 6, None),
        ("any", "uint8", 0, 1, 255),
        ("all", "uint8", 0, 1, 255),
    ],
)
def test_reducers(after, process_id, data_type, low, high, nodata):
    source = load(bands=["B04"], temporal_extent=["2022-06-01", "2022-07-01"])

    (band,) = after(call("reduce_dimension", dimension="t", reducer=reducer(process_id)), source=source).bands

    assert facts(band) == ("B04", data_type, low, high, nodata)


@pytest.mark.parametrize(
    ("step", "name"),
    [
        (call("ndvi"), "NDVI"),
        (call("reduce_dimension", dimension="bands", reducer=NDVI), "NDVI"),
        (
            call(
                "reduce_dimension",
                dimension="bands",
                reducer=child(a=BAND_08, b=BAND_04, c=call("normalized_difference", x=ref("a"), y=ref("b"))),
            ),
            "NDVI",
        ),
        (
            call(
                "reduce_dimension",
                dimension="bands",
                reducer=child(
                    a=call("array_element", data=par("data"), index=0),
                    b=call("array_element", data=par("data"), label="nir"),
                    c=call("normalized_difference", x=ref("a"), y=ref("b")),
                ),
            ),
            "var",
        ),
    ],
)
def test_normalised_differences(after, step, name):
    cube = after(step)

    assert [each.name for each in cube.dimensions] == ["x", "y", "t"]
    assert list(map(facts, cube.bands)) == [(name, "float32", -1, 1, "nan")]


def test_ndvi_beside_other_bands(after):
    cube = after(call("ndvi", target_band="vegetation"))

    assert list(cube.of_kind("bands").labels) == ["B04", "B08", "vegetation"]
    assert facts(cube.bands[2]) == ("vegetation", "float32", -1, 1, "nan")
    assert (cube.bands[0].data_type, cube.data_type) == ("int16", "float32")


def test_bands_of_an_index_that_is_given_its_name(after):
    step = call("reduce_dimension", dimension="bands", reducer=NDVI)
    cube = after(step, call("add_dimension", name="bands", label="index", type="bands"))

    assert [each.name for each in cube.bands] == list(cube.of_kind("bands").labels) == ["index"]


@pytest.mark.parametrize(
    ("process", "data_type", "low", "high"),
    [
        (call("clip", x=par("x"), min=0, max=1), "int16", 0, 1),
        (call("clip", x=par("x"), min=0.5, max=2000), "float32", 0.5, 2000),
        (call("gt", x=par("x"), y=100), "uint8", 0, 1),
        (call("gt", x=par("x"), y=-100), "uint8", 1, 1),
        (call("between", x=par("x"), min=5, max=7), "uint8", 0, 1),
        (call("not", x=par("x")), "uint8", 0, 1),
        (call("add", x=par("x"), y=100), "float32", 100, 10_100),
        (call("multiply", x=par("x"), y=-0.5), "float32", -5000, 0),
        (call("divide", x=par("x"), y=10_000), "float32", 0, 1),
        (call("divide", x=1, y=par("x")), "float32", 0, 0.001),
        (call("power", base=par("x"), p=2), "float32", 0, 1e8),
        (call("sqrt", x=par("x")), "float32", 0, 100),
        (call("cos", x=par("x")), "float32", -1, 1),
        (call("absolute", x=par("x")), "int16", 0, 10_000),
        (call("linear_scale_range", x=par("x"), inputMin=0, inputMax=5000), "float32", 0, 1),
        (
            call("linear_scale_range", x=par("x"), inputMin=0, inputMax=20_000, outputMin=0, outputMax=255),
            "uint8",
            0,
            128,
        ),
        (
            call(
                "linear_scale_range", x=par("x"), inputMin=0, inputMax=20_000, outputMin=0, outputMax=10_000
            ),
            "uint16",
            0,
            5000,
        ),
        (call("round", x=par("x"), p=0), "uint16", 0, 10_000),
        (call("constant", x=7), "uint8", 7, 7),
        (call("if", value=par("x"), accept=1, reject=2), "uint8", 1, 2),
        (call("run_udf", data=par("x"), udf="", runtime="Python"), "float32", 0, 10_000),
    ],
)
def test_apply(after, process, data_type, low, high):
    cube = after(call("apply", process=child(p=process)), source=load(bands=["B04"]))

    assert facts(cube.bands[0])[:4] == ("B04", data_type, low, pytest.approx(high))
    assert cube.dimensions == after(source=load(bands=["B04"])).dimensions


@pytest.mark.parametrize(
    ("kernel", "factor", "low", "high"),
    [
        ([[1] * 3] * 3, 1, 0, 90_000),
        ([[0, -1, 0], [-1, 4, -1], [0, -1, 0]], 1, -40_000, 40_000),
        ([[1]], 0.5, 0, 5000),
    ],
)
def test_apply_kernel(after, kernel, factor, low, high):
    (band,) = after(call("apply_kernel", kernel=kernel, factor=factor), source=load(bands=["B04"])).bands

    assert facts(band) == ("B04", "float32", low, high, "nan")


@pytest.mark.parametrize("process_id", ["apply_neighborhood", "apply_polygon"])
@pytest.mark.parametrize(
    ("process", "data_type"),
    [
        (call("run_udf", data=par("data"), udf="", runtime="Python"), "float32"),
        (call("apply", data=par("data"), process=child(p=call("gt", x=par("x"), y=1))), "uint8"),
        (call("ndvi", data=par("data")), "int16"),
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


def test_an_index_appended_to_the_bands(after):
    appended = child(
        **NDVI["process_graph"] | {"r": call("divide", x=ref("n"), y=ref("d"))},
        a=call("array_concat", array1=par("data"), array2=ref("r")),
    )
    cube = after(call("apply_dimension", dimension="bands", process=appended))

    assert list(map(facts, cube.bands)) == [
        ("0", "int16", 0, 10_000, -32_768),
        ("1", "int16", 0, 10_000, -32_768),
        ("2", "float32", -1, 1, "nan"),
    ]


def test_reducing_a_horizontal_dimension(after):
    cube = after(call("reduce_dimension", dimension="x", reducer=reducer("max")))
    grid = after().grid

    (y,) = cube.dimensions[:1]
    assert cube.grid is None
    assert (y.name, len(y.labels)) == ("y", grid.rows)
    assert (y.labels[0], y.labels[-1]) == (grid.north - 5, grid.south + 5)


def test_reducing_both_horizontal_dimensions(after):
    cube = after(call("reduce_spatial", reducer=reducer("sum")))

    assert [each.name for each in cube.dimensions] == ["t", "bands"]
    assert cube.bands[0].maximum == 10_000 * after().grid.pixels


def test_everything_reduced_is_a_value(after):
    cube = after(
        call("ndvi"),
        call("reduce_dimension", dimension="t", reducer=reducer("max")),
        call("reduce_spatial", reducer=reducer("mean")),
    )

    assert (cube.shape, cube.count, cube.grid) == ((), 1, None)
    assert facts(cube.bands[0]) == ("NDVI", "float32", -1, 1, "nan")


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


def test_predicted_values(content):
    fit = call("fit_curve", data=par("data"), parameters=[1, 1], function=child(c=call("pi")))
    labels = ["2024-07-01", "2024-07-02"]
    cube = content(
        graph(
            l=load(),
            f=call(
                "apply_dimension", data=ref("l"), dimension="t", target_dimension="p", process=child(f=fit)
            ),
            p=call(
                "predict_curve",
                parameters=ref("f"),
                function=child(c=call("pi")),
                dimension="t",
                labels=labels,
            ),
        )
    )

    assert cube.times == tuple(labels)


def test_a_function_of_a_user_gives_floating_points(after):
    cube = after(call("run_udf", udf="", runtime="Python"))

    assert cube.dimensions == after().dimensions
    assert [facts(each)[1:] for each in cube.bands] == [("float32", 0, 10_000, "nan")] * 2


def test_two_dimensions_of_bands(after):
    cube = after(
        call("add_dimension", name="sensor", label="MSI", type="bands"),
        call("reduce_dimension", dimension="bands", reducer=reducer("max")),
    )

    assert [each.name for each in cube.bands] == ["MSI"]


def test_statistics_of_bands_are_of_none_of_them(after):
    (band,) = after(call("reduce_dimension", dimension="bands", reducer=reducer("max"))).bands

    assert facts(band) == ("var", "int16", 0, 10_000, -32_768)
    assert (band.common_name, band.center, band.scale) == (None, None, 0.0001)


def test_long_child_processes_are_followed_once_for_all_bands(after):
    nodes = {"n0": call("add", x=par("x"), y=1)}
    for number in range(1, 600):
        nodes[f"n{number}"] = call("add", x=ref(f"n{number - 1}"), y=1)

    cube = after(call("apply", process=child(**nodes)), source=load(bands=None))

    assert len(cube.bands) > 10
    assert {each.maximum for each in cube.bands} == {10_600}


LOUD = call("gt", x=par("x"), y=1)


@pytest.mark.parametrize(
    ("nodes", "data_type", "low", "high"),
    [
        ({"r": call("product", data=par("data"))}, "float32", 0, 10_000),
        ({"r": call("array_element", data=par("data"), index=0)}, "int16", 0, 10_000),
        ({"r": call("array_find", data=par("data"), value=3)}, "uint8", 0, 5),
        ({"r": call("array_contains", data=par("data"), value=3)}, "uint8", 0, 1),
        ({"r": call("count", data=par("data"), condition=child(c=LOUD))}, "uint16", 0, 6),
        (
            {
                "a": call("array_apply", data=par("data"), process=child(c=LOUD)),
                "r": call("any", data=ref("a")),
            },
            "uint8",
            0,
            1,
        ),
        (
            {"a": call("extrema", data=par("data")), "r": call("array_element", data=ref("a"), index=1)},
            "int16",
            0,
            10_000,
        ),
        ({"a": call("array_labels", data=par("data")), "r": call("count", data=ref("a"))}, "uint8", 6, 6),
        (
            {"a": call("array_create", data=par("data"), repeat=100), "r": call("sum", data=ref("a"))},
            "float32",
            0,
            6_000_000,
        ),
        (
            {"a": call("array_concat", array1=par("data"), array2=[20_000]), "r": call("max", data=ref("a"))},
            "int32",
            0,
            20_000,
        ),
        (
            {"m": call("mean", data=par("data")), "r": call("subtract", x=ref("m"), y=ref("m"))},
            "float32",
            0,
            0,
        ),
        (
            {
                "m": call("mean", data=par("data")),
                "a": call("subtract", x=ref("m"), y=5000),
                "r": call("power", base=ref("a"), p=2),
            },
            "float32",
            0,
            25_000_000,
        ),
        (
            {
                "m": call("mean", data=par("data")),
                "c": call("gt", x=ref("m"), y=1),
                "i": call("if", value=ref("c"), accept=par("data"), reject=[1, 2]),
                "r": call("max", data=ref("i")),
            },
            "int16",
            0,
            10_000,
        ),
        ({"r": call("array_modify", data=par("data"), values=[-5], index=1)}, "int16", -5, 10_000),
        ({"r": call("rearrange", data=par("data"), order=[1, 0])}, "int16", 0, 10_000),
        ({"r": call("run_udf", data=par("data"), udf="", runtime="Python")}, "float32", 0, 10_000),
    ],
)
def test_functions_of_time_series(after, nodes, data_type, low, high):
    source = load(bands=["B04"], temporal_extent=["2022-06-01", "2022-07-01"])

    (band,) = after(call("reduce_dimension", dimension="t", reducer=child(**nodes)), source=source).bands

    assert facts(band)[1:4] == (data_type, low, high)


@pytest.mark.parametrize(
    ("nodes", "data_type", "low", "high"),
    [
        (
            {
                "a": call("array_create_labeled", data=[7], labels=["more"]),
                "b": call("array_concat", array1=par("data"), array2=ref("a")),
                "r": call("array_element", data=ref("b"), label="more"),
            },
            "uint8",
            7,
            7,
        ),
        (
            {
                "b": call("array_append", data=par("data"), value=9, label="more"),
                "r": call("array_element", data=ref("b"), label="more"),
            },
            "uint8",
            9,
            9,
        ),
        (
            {
                "a": call("array_labels", data=par("data")),
                "r": call("array_find", data=ref("a"), value="B08"),
            },
            "uint8",
            1,
            1,
        ),
        ({"r": call("array_find_label", data=par("data"), label="B08")}, "uint8", 1, 1),
        ({"r": call("array_element", data=par("data"), label="nir")}, "int16", 0, 10_000),
        (
            {
                "a": call(
                    "array_filter", data=par("data"), condition=child(c=call("eq", x=par("label"), y="B08"))
                ),
                "r": call("array_element", data=ref("a"), index=0),
            },
            "int16",
            0,
            10_000,
        ),
        (
            {
                "a": call("array_apply", data=par("data"), process=child(c=LOUD)),
                "r": call("all", data=ref("a")),
            },
            "uint8",
            0,
            1,
        ),
        ({"r": call("array_interpolate_linear", data=par("data"))}, "int16", 0, 10_000),
        ({"a": call("cumsum", data=par("data")), "r": call("last", data=ref("a"))}, "float32", 0, 20_000),
    ],
)
def test_functions_of_bands(after, nodes, data_type, low, high):
    (band,) = after(call("reduce_dimension", dimension="bands", reducer=child(**nodes))).bands

    assert facts(band)[1:4] == (data_type, low, high)


def test_values_predicted_for_the_labels_that_there_are(content):
    cube = content(
        graph(
            l=load(),
            p=call(
                "predict_curve",
                parameters=ref("l"),
                function=child(c=call("pi")),
                dimension="t",
                labels=["2024-07-01"],
            ),
        )
    )

    assert (cube.times, cube.data_type) == (("2024-07-01",), "float32")


@pytest.mark.parametrize(
    ("base", "p", "low", "high"),
    [(0, -1, 0, 0), (2, 0.5, 2**0.5, 2**0.5), (-8, 0.5, 0, 0), (10.5, 400, 1e30, 1e30)],
)
def test_powers(after, base, p, low, high):
    (band,) = after(
        call("apply", process=child(c=call("power", base=base, p=p))), source=load(bands=["B04"])
    ).bands

    assert (band.minimum, band.maximum) == (pytest.approx(low), pytest.approx(high))
