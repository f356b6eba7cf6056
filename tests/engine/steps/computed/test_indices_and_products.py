"""Indices of bands, optical and radar products, and predicted values."""

import numpy as np
import pytest

from engine_cases.reflectances import BOTH, RED, TIME, facts, single
from validation_cases.building import call, child, graph, load, par, ref

BAND_04, BAND_08 = (call("array_element", data=par("data"), label=label) for label in ("B04", "B08"))
NDVI = child(
    nir=BAND_08,
    red=BAND_04,
    n=call("subtract", x=ref("nir"), y=ref("red")),
    d=call("add", x=ref("nir"), y=ref("red")),
    r=call("divide", x=ref("n"), y=ref("d")),
)


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
