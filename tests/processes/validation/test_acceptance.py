"""Acceptance: as production accepts, with a warning, and as it refuses."""

from datetime import UTC, datetime

import pytest
import requests
from openeo.rest import OpenEoApiError

from accepted_graphs import ACCEPTED, BOX, UDF, after_load, child, load, of_data
from mock_backend import MockBackend


@pytest.mark.parametrize("profile", ["default", "cdse"])
@pytest.mark.parametrize("rule", ACCEPTED)
def test_production_accepts(rule, profile):
    with MockBackend(profile=profile) as backend:
        connection = backend.connect(auto_validate=False)
        job = connection.create_job(ACCEPTED[rule])

        job.start_and_wait()

        (rule, *_) = rule.split()
        assert {each.rule for each in backend.leniencies} == {rule}
        assert any(f"(rule: {rule})" in each.message for each in job.logs() if each.level == "warning")
        for asset in job.get_results().get_assets():
            assert requests.get(asset.href).content


def test_a_strict_reading_refuses(example):
    with MockBackend(profile="spec") as backend:
        connection = backend.connect(auto_validate=False)
        for rule, graph in ACCEPTED.items():
            with example(rule):
                answer = connection.post(
                    "/jobs", json={"process": {"process_graph": graph}}, check_error=False
                )

                assert answer.status_code in (400, 404), answer.text
                assert not backend.leniencies


@pytest.mark.parametrize("rule", ACCEPTED)
def test_each_rule_can_be_relaxed(rule):
    name = rule.split()[0]
    with MockBackend(profile="spec", relaxed={name}) as backend:
        backend.connect(auto_validate=False).create_job(ACCEPTED[rule])

        assert {each.rule for each in backend.leniencies} == {name}


#: Graphs that production refuses, and how the code of the error begins.
REFUSED = [
    (after_load("ndvi", load(id="SENTINEL2_L2B")), "CollectionNotFound"),
    # Its form is let pass, but there is none of this id.
    (after_load("ndvi", load(id="EO:ESA:SENTINEL2_L2A")), "CollectionNotFound"),
    (after_load("ndvi", load(bands=["B80"])), "ProcessParameterInvalid"),
    (after_load("nvdi"), "ProcessUnsupported"),
    (after_load("reduce_dimension", dimension="time", reducer=child(n=of_data("mean"))), "Dimension"),
    (after_load("filter_bbox", extent=3), "ProcessParameterInvalid"),
    (after_load("save_result", format="GeoTIF"), "ProcessParameterInvalid"),
    (after_load("ndvi", load(temporal_extent=["2024-06-05", "2024-06-01"])), "TemporalExtentEmpty"),
    (after_load("filter_bbox"), "ProcessParameterRequired"),
    ({}, "ProcessGraphInvalid"),
    ([], "ProcessGraphInvalid"),
]


def test_production_refuses(example):
    with MockBackend(profile="cdse") as backend:
        connection = backend.connect(auto_validate=False)
        for graph, code in REFUSED:
            with example(graph):
                answer = connection.post(
                    "/jobs", json={"process": {"process_graph": graph}}, check_error=False
                )

                assert answer.status_code in (400, 404)
                assert answer.json()["code"].startswith(code)


@pytest.mark.parametrize("process_id", ["apply_neighborhood", "apply_dimension", "apply", "reduce_dimension"])
def test_nothing_is_known_of_what_code_of_a_user_returns(process_id):
    arguments = {
        "apply_neighborhood": {"size": [{"dimension": "x", "value": 64, "unit": "px"}], "process": UDF},
        "apply_dimension": {"dimension": "t", "target_dimension": "bands", "process": UDF},
        "apply": {"process": child(udf=of_data("run_udf", data="x", udf="…", runtime="Python"))},
        "reduce_dimension": {"dimension": "t", "reducer": UDF},
    }[process_id]
    graph = after_load(process_id, **arguments)
    graph["n"].pop("result")
    graph["of"] = {
        "process_id": "filter_bands",
        "arguments": {"data": {"from_node": "n"}, "bands": ["predicted"]},
        "result": True,
    }

    with MockBackend(profile="spec") as backend:
        job = backend.connect().create_job(graph)
        job.start_and_wait()

        item = next(iter(backend.connect().get(f"/jobs/{job.job_id}/results").json()["assets"].values()))
        assert [band["name"] for band in item["bands"]] == ["predicted"]


@pytest.mark.parametrize(
    "broken",
    [
        {"load": load()},
        {"load": load() | {"result": True}, "b": load() | {"result": True}},
        after_load("ndvi", data={"from_node": "elsewhere"}),
        {"a": after_load("ndvi", data={"from_node": "a"})["n"]},
        after_load("nvdi", load(id="NOTHING", bands=["B99"])),
        after_load("save_result", format="nothing"),
    ],
)
def test_everything_can_be_relaxed_but_what_is_no_graph(broken):
    with MockBackend(profile="spec", relaxed="all") as backend:
        job = backend.connect(auto_validate=False).create_job(broken)

        job.start_and_wait()

        assert backend.leniencies
        assert [each for each in job.logs() if each.level == "warning"]


@pytest.mark.parametrize("graph", [{}, [], 5, "graph"])
def test_what_is_no_graph_is_always_refused(graph):
    with MockBackend(relaxed="all") as backend:
        answer = backend.connect().post(
            "/jobs", json={"process": {"process_graph": graph}}, check_error=False
        )

        assert (answer.status_code, answer.json()["code"]) == (400, "ProcessGraphInvalid")


def test_user_defined_processes_take_arguments_of_other_types_and_further_ones():
    inner = after_load("filter_bbox", load(spatial_extent=None), extent={"from_parameter": "bbox"})
    parameters = [{"name": "bbox", "description": "", "schema": {"type": "string"}}]
    call = {
        "process_id": "mine",
        "namespace": "user",
        "arguments": {"bbox": BOX, "colour": "red"},
        "result": True,
    }

    with MockBackend(profile="cdse") as backend:
        connection = backend.connect(auto_validate=False)
        connection.save_user_defined_process("mine", inner, parameters=parameters)
        connection.create_job({"n": call})

        assert {each.rule for each in backend.leniencies} == {"unknown-argument", "udp-argument"}


@pytest.mark.parametrize(("profile", "status"), [("spec", 400), ("cdse", 200), ("default", 200)])
def test_a_user_defined_process_may_have_the_id_of_a_predefined_one(profile, status):
    with MockBackend(profile=profile) as backend:
        answer = backend.connect().put(
            "/process_graphs/ndvi", json={"process_graph": after_load("ndvi")}, check_error=False
        )

        assert answer.status_code == status
        assert [each.rule for each in backend.leniencies] == ["predefined-id"] * (status == 200)


@pytest.mark.parametrize(("profile", "status"), [("spec", 400), ("cdse", 200), ("default", 200)])
def test_the_schemas_of_parameters_may_be_none(profile, status):
    parameter = {"name": "dates", "description": "", "schema": {"type": "list"}}
    with MockBackend(profile=profile) as backend:
        answer = backend.connect().put(
            "/process_graphs/mine",
            json={"process_graph": after_load("ndvi"), "parameters": [parameter]},
            check_error=False,
        )

        assert answer.status_code == status
        assert [each.rule for each in backend.leniencies] == ["parameter-schema"] * (status == 200)


def test_what_is_loaded_without_an_area_is_where_later_steps_say():
    graph = {
        "stac": {"process_id": "load_stac", "arguments": {"url": "https://stac.test/collections/a"}},
        "n": {
            "process_id": "filter_bbox",
            "arguments": {"data": {"from_node": "stac"}, "extent": BOX},
            "result": True,
        },
    }

    with MockBackend() as backend:
        job = backend.connect(auto_validate=False).create_job(graph)
        job.start_and_wait()

        west, south, east, north = job.get_results().get_metadata()["extent"]["spatial"]["bbox"][0]
        assert west <= 5.0 < 5.02 <= east < 5.03
        assert south <= 51.2 < 51.21 <= north < 51.22


def test_a_process_that_a_test_adds_returns_what_it_declares():
    with MockBackend() as backend:
        backend.add_process("area_of", parameters=["data"], returns={"type": "number"})
        connection = backend.connect(auto_validate=False)

        value = connection.execute({"n": after_load("area_of")["n"] | {"arguments": {"data": 3}}})

        assert isinstance(value, float | int)


def test_the_clock_is_not_moved_by_what_is_asked_for():
    with MockBackend() as backend:
        backend.connect().create_job(ACCEPTED["future"])

        assert backend.clock.now() < datetime(2031, 6, 1, tzinfo=UTC)


def test_a_filter_finds_data_of_days_to_come_as_loading_does():
    with MockBackend() as backend:
        cube = backend.connect().load_collection("SENTINEL2_L2A", bands=["B04"])
        point = {"type": "Point", "coordinates": [11.3, 46.5]}
        zones = cube.filter_temporal("2031-06-01", "2031-06-02").aggregate_spatial(point, "mean")

        [[[value]]] = zones.execute().values()

        assert 0 < value < 10_000


@pytest.mark.parametrize("profile", ["cdse", "openeo-platform"])
def test_back_ends_with_one_front_end_accept_the_same(mock_backend_factory, api_of, profile):
    """openEO Platform gave such graphs to the back-end of VITO, which is CDSE's software."""
    graph = {
        "load": {
            "process_id": "load_collection",
            "arguments": {
                "id": "SENTINEL2_L2A",
                "spatial_extent": {"west": 5.0, "south": 51.2, "east": 5.01, "north": 51.21},
                "temporal_extent": ["2024-06-01", "2024-06-01"],
                "bands": ["SCL"],
                "featureflags": {},
            },
        },
        "mask": {
            "process_id": "to_scl_dilation_mask",
            "arguments": {"data": {"from_node": "load"}, "kernel1_size": 17},
        },
        "save": {
            "process_id": "save_result",
            "arguments": {"data": {"from_node": "mask"}, "format": "GTiff"},
            "result": True,
        },
    }
    backend = mock_backend_factory(profile=profile)

    assert api_of(backend).create(graph)
    assert {each.rule for each in backend.leniencies} == {"same-day", "unknown-argument"}


def processed(connection, process_id, **arguments):
    """Return the result of a single call."""
    return connection.execute({"n": {"process_id": process_id, "arguments": arguments, "result": True}})


@pytest.mark.parametrize("arguments", [{}, {"process": None}])
@pytest.mark.parametrize("process_id", ["array_apply", "array_filter"])
def test_what_has_no_elements_needs_no_child_process(mock_backend, process_id, arguments):
    connection = mock_backend.connect(auto_validate=False)

    assert processed(connection, process_id, data=[], **arguments) == []
    with pytest.raises(OpenEoApiError, match="child process"):
        processed(connection, process_id, data=[1], **arguments)


def test_null_is_a_value_without_data(mock_backend):
    connection = mock_backend.connect(auto_validate=False)

    assert processed(connection, "normalized_difference", x=None, y=1) is None
    with pytest.raises(OpenEoApiError, match="number, got null"):
        processed(connection, "clip", x=1, min=None, max=2)


def test_a_condition_may_be_written_as_in_the_definition_of_its_process(mock_backend):
    connection = mock_backend.connect()
    nodes = {"gt": {"process_id": "gt", "arguments": {"x": {"from_parameter": "element"}, "y": 2}}}
    nodes["not"] = {"process_id": "not", "arguments": {"x": {"from_node": "gt"}}, "result": True}

    assert processed(connection, "count", data=[0, 1, 2, 3, 4], condition=nodes) == 3
