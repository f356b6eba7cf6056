"""Saving: formats, options, several results, user-defined processes."""

import numpy as np
import pytest

from engine_cases.reflectances import SMALL
from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps import Plain
from validation_cases.building import CUBE, call, child, flow, graph, load, par, process, reducer, ref


@pytest.mark.parametrize(
    ("given", "spelled"), [("GTiff", "GTiff"), ("gtiff", "GTiff"), ("NETCDF", "netCDF"), ("MINE", "MINE")]
)
def test_formats_are_spelled_as_in_the_catalogue(outcome, given, spelled):
    (saved,) = outcome(flow(call("save_result", format=given))).saved

    assert (saved.format, saved.node) == (spelled, "s1")
    assert isinstance(saved.content, DataCube)


def test_options_are_completed(outcome, catalogue):
    known = catalogue.output_formats()["GTiff"]["parameters"]
    (saved,) = outcome(flow(call("save_result", format="gtiff", options={"tiled": False, "other": 1}))).saved

    defaults = {name: each["default"] for name, each in known.items() if "default" in each}
    assert saved.options == defaults | {"tiled": False, "other": 1}
    assert "filename_prefix" in saved.options


def test_options_may_come_from_elsewhere(outcome):
    nodes = {"l": load(), "p": call("text_concat", data=["a", "b"], separator="_")}
    save = call("save_result", data=ref("l"), format="GTiff", options={"filename_prefix": ref("p")})

    (saved,) = outcome(graph(**nodes, s=save)).saved

    assert saved.options["filename_prefix"] == "a_b"


def test_without_save_result_the_result_is_saved(outcome):
    (saved,) = outcome(flow(call("ndvi"))).saved

    assert (saved.format, saved.options, saved.node) == (None, {}, "s1")


def test_several_results(outcome):
    nodes = {
        "l": load(),
        "raw": call("save_result", data=ref("l"), format="netCDF"),
        "n": call("ndvi", data=ref("l")),
        "index": call("save_result", data=ref("n"), format="GTiff"),
    }
    found = outcome(graph(**nodes))

    # The one of the result node comes first.
    assert [(each.node, each.format) for each in found.saved] == [("index", "GTiff"), ("raw", "netCDF")]
    # What is read for both is read once.
    assert (found.collections, found.input_pixels) == (("SENTINEL2_L2A",), found.saved[1].content.count)


def test_a_result_beside_others(outcome):
    nodes = {
        "l": load(),
        "raw": call("save_result", data=ref("l"), format="netCDF"),
        "n": call("ndvi", data=ref("l")),
    }

    assert [(each.node, each.format) for each in outcome(graph(**nodes)).saved] == [
        ("n", None),
        ("raw", "netCDF"),
    ]


def test_what_is_not_needed_is_not_loaded(outcome):
    nodes = {"other": load("AGERA5", bands=None), "wrong": load(spatial_extent={"west": 0}), "l": load()}

    assert outcome(graph(**nodes)).collections == ("SENTINEL2_L2A",)


@pytest.mark.parametrize(
    "step",
    [call("export_workspace", workspace="w"), call("stac_modify", changes={})],
)
def test_what_has_been_saved_is_handed_on(outcome, step):
    found = outcome(flow(call("save_result", format="GTiff"), step)).saved

    assert [(each.node, each.format) for each in found] == [("s1", "GTiff")]


def test_saving_twice(outcome):
    found = outcome(flow(call("save_result", format="GTiff"), call("save_result", format="netCDF"))).saved

    assert [(each.node, each.format) for each in found] == [("s2", "netCDF"), ("s1", "GTiff")]
    assert found[0].content == found[1].content


def test_plain_values_are_saved(outcome):
    nodes = {"a": call("add", x=1, y=2), "s": call("save_result", data=ref("a"), format="JSON")}
    (saved,) = outcome(graph(**nodes)).saved

    assert (saved.content, saved.format) == (Plain(3), "JSON")


INDEX = process(
    graph(
        n=call("ndvi", data=par("data"), nir=par("nir")),
        r=call("reduce_dimension", data=ref("n"), dimension="t", reducer=reducer()),
    ),
    data=CUBE,
    nir={"schema": {"type": "string"}, "default": "B08", "optional": True},
)


@pytest.mark.parametrize("arguments", [{}, {"nir": "B08"}, {"namespace": "user"}])
def test_user_defined_processes_are_entered(after, arguments):
    namespace = {"namespace": arguments.pop("namespace")} if "namespace" in arguments else {}
    step = call("index", **arguments) | namespace

    cube = after(step, user_processes={"index": INDEX})

    assert [each.name for each in cube.dimensions] == ["x", "y"]
    assert cube.bands[0].name == "NDVI"


def test_user_defined_processes_may_have_the_names_of_others(after):
    mine = process(
        graph(r=call("reduce_dimension", data=par("data"), dimension="t", reducer=reducer())), data=CUBE
    )

    assert "t" not in after(call("ndvi"), user_processes={"ndvi": mine}).sizes
    assert "t" in after(call("ndvi") | {"namespace": "backend"}, user_processes={"ndvi": mine}).sizes


def test_results_saved_in_user_defined_processes(outcome):
    mine = process(graph(s=call("save_result", data=par("data"), format="PNG")), data=CUBE)
    nodes = {"l": load(), "mine": call("mine", data=ref("l")), "n": call("ndvi", data=ref("l"))}

    found = outcome(graph(**nodes), user_processes={"mine": mine}).saved

    assert [(each.node, each.format) for each in found] == [("n", None), ("mine/s", "PNG")]


def test_user_defined_processes_in_child_processes(after, numbers):
    mine = process(graph(r=call("multiply", x=par("v"), y=2)), v={"type": "number"})
    step = call("apply", process=child(c=call("mine", v=par("x"))))

    source = load(spatial_extent=SMALL)
    found = numbers(after(step, source=source, user_processes={"mine": mine}))
    assert np.array_equal(found, 2 * numbers(after(source=source)))


def test_a_process_that_calls_itself_ends(after):
    mine = process(graph(r=call("mine", data=par("data"))), data=CUBE)

    assert after(call("mine"), user_processes={"mine": mine}).dimensions == after().dimensions


def test_parameters_have_their_defaults(content):
    parameters = [
        {"name": "bands", "schema": {"type": "array"}, "default": ["B08"]},
        {"name": "west", "schema": {"type": "number"}, "default": 5.0},
        {"name": "unset", "schema": {}},
    ]
    box = {"west": par("west"), "south": 51.2, "east": 5.1, "north": 51.3}

    cube = content(
        graph(l=load(bands=par("bands"), spatial_extent=box, properties=par("unset"))), parameters=parameters
    )

    assert cube.of_kind("bands").labels == ("B08",)


def test_child_processes_see_what_is_around_them(content, numbers):
    step = call("apply", data=ref("l"), process=child(c=call("multiply", x=par("x"), y=par("factor"))))
    parameters = [{"name": "factor", "default": 3}]

    source = load(spatial_extent=SMALL)
    found = numbers(content(graph(l=source, a=step), parameters=parameters))
    assert np.array_equal(found, 3 * numbers(content(graph(l=source))))
    context = step | {
        "arguments": step["arguments"]
        | {"context": 3, "process": child(c=call("multiply", x=par("x"), y=par("context")))}
    }
    assert np.array_equal(numbers(content(graph(l=source, a=context))), found)
