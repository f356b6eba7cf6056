"""Process definitions and validation."""

import json

import pytest

from mock_backend.processes.definitions import predefined_processes


def test_processes_are_listed_all_at_once(anonymous):
    processes = anonymous("GET /processes?limit=50").json()["processes"]

    assert len(processes) > 120
    for process in processes:
        assert process["id"].isidentifier()
        assert process["description"]
        assert process["returns"]["description"]
        assert all(parameter["name"] and parameter["description"] for parameter in process["parameters"])


def test_names_that_python_reserves_are_the_specifications(anonymous):
    ids = {process["id"] for process in anonymous("GET /processes").json()["processes"]}

    assert {"and", "or", "not", "if", "ndvi", "load_collection", "save_result"} <= ids
    assert not {"and_", "process"} & ids


def test_required_and_optional_parameters_are_the_official_ones(shared):
    def parameters(definition):
        return [(each["name"], bool(each.get("optional"))) for each in definition["parameters"]]

    definitions = [json.loads(path.read_text()) for path in (shared / "openeo-processes").rglob("*.json")]
    official = {
        each["id"]: parameters(each) for each in definitions if isinstance(each, dict) and "id" in each
    }
    ours = {name: parameters(definition) for name, definition in predefined_processes().items()}

    both = official.keys() & ours.keys()
    assert len(both) > 140
    assert {name: ours[name] for name in both} == {name: official[name] for name in both}


def test_sound_graphs_are_valid(api, graph):
    assert api("POST /validation", json={"process_graph": graph}).json() == {"errors": []}
    assert api("POST /validation", json={}).json() == {"errors": []}


def test_all_faults_of_a_graph_are_reported(api):
    graph = {
        "a": {"process_id": "nvdi", "arguments": {}, "result": True},
        "b": {"process_id": "ndvi", "arguments": {"data": {"from_node": "z"}}},
    }

    found = api("POST /validation", json={"process_graph": graph}).json()["errors"]

    assert [error["code"] for error in found] == ["ProcessGraphInvalid", "ProcessUnsupported"]


def test_the_openeo_client_validates(mock_backend_connection):
    cube = mock_backend_connection.load_collection("SENTINEL2_L2A")

    assert cube.validate() == []


@pytest.mark.parametrize("namespace", [None, "backend", "user"])
def test_processes_of_other_namespaces_are_not_judged(api, namespace):
    node = {"process_id": "my_own", "namespace": namespace, "arguments": {}, "result": True}

    found = api("POST /validation", json={"process_graph": {"a": node}}).json()["errors"]

    assert bool(found) == (namespace != "user")
