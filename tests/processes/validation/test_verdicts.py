"""Verdicts on process graphs: they are used again only where everything else is the same."""

import pytest

from mock_backend import MockBackend
from mock_backend.catalog import CollectionsRegister
from validation_cases.building import call, graph, load, one


def codes(api, nodes):
    found = api("POST /validation", json={"process_graph": nodes}).json()["errors"]
    return [each["code"] for each in found]


@pytest.fixture
def unknown():
    """A collection, a process and a format that no back-end offers by itself."""
    save = call("save_result", data={"from_node": "load"}, format="HDF5")
    return graph(load=load("MINE"), mine=call("mine"), save=save)


def test_what_is_added_counts_at_once_and_here_only(mock_backend, api, api_of, unknown):
    expected = ["CollectionNotFound", "ProcessUnsupported", "ProcessParameterInvalid"]
    assert codes(api, unknown) == expected
    mock_backend.add_collection("MINE", bands=["B04", "B08"])
    assert codes(api, unknown) == expected[1:]
    mock_backend.add_process("mine", returns={"type": "number"})
    assert codes(api, unknown) == expected[2:]
    mock_backend.add_file_format("HDF5", gis_data_types=["raster"])
    assert codes(api, unknown) == []

    with MockBackend("https://other.test") as other:
        assert codes(api_of(other), unknown) == expected
    mock_backend.reset()
    assert codes(api, unknown) == expected


@pytest.mark.mock_backend(users={"alice": "a", "bob": "b"})
def test_processes_of_users_count_for_them(api, api_of, mock_backend):
    nodes = one("mine", x=1)
    assert codes(api, nodes) == ["ProcessUnsupported"]
    parameter = {"name": "x", "description": "x", "schema": {"type": "number"}}
    body = {"process_graph": one("pi"), "parameters": [parameter]}
    assert api("PUT /process_graphs/mine", json=body).status_code == 200

    assert codes(api, nodes) == []
    assert codes(api_of(mock_backend, "bob"), nodes) == ["ProcessUnsupported"]
    api("DELETE /process_graphs/mine")
    assert codes(api, nodes) == ["ProcessUnsupported"]


def test_registers_of_ones_own_count(api, api_of, unknown):
    class NoCollections(CollectionsRegister):
        def collections(self):
            return {}

    nodes = graph(load=load())
    assert codes(api, nodes) == []
    with MockBackend("https://empty.test", registers=[NoCollections]) as empty:
        assert codes(api_of(empty), nodes) == ["CollectionNotFound"]


def test_relaxed_rules_and_parameters_count(api, api_of):
    nodes = one("add", x="1", y={"from_parameter": "n"})

    assert codes(api, nodes) == ["ProcessParameterInvalid"]
    refused = api("POST /jobs", json={"process": {"process_graph": nodes}})
    assert "'n'" in refused.json()["message"]
    with MockBackend("https://relaxed.test", relaxed=["argument-type"]) as relaxed:
        assert codes(api_of(relaxed), nodes) == []
    assert codes(api, nodes | {"n": nodes["n"] | {"arguments": {"x": 1, "y": 1.0}}}) == []


def test_large_graphs_and_odd_texts_are_checked_as_well(api):
    chain = graph(**{f"n{i}": call("add", x=i, y=1) for i in range(2000)}, last=call("nothing"))

    assert [codes(api, chain) for _ in range(2)] == [["ProcessUnsupported"]] * 2
    body = '{"process_graph": {"a": {"process_id": "\\ud800", "arguments": {}, "result": true}}}'
    found = api("POST /validation", data=body, headers={"Content-Type": "application/json"}).json()["errors"]
    assert [each["code"] for each in found] == ["ProcessUnsupported"]
