"""The definitions are the official ones, in everything but the texts."""

import json
import re
import subprocess
import sys

import pytest
from openeo.rest import OpenEoClientException

from mock_backend.processes.definitions import predefined as definitions
from mock_backend.processes.definitions.predefined import predefined_processes, signatures

TEXTS = {"summary", "description", "title", "message"}


@pytest.fixture(scope="module")
def official(shared):
    folder = shared / "openeo-processes"
    paths = [*folder.glob("*.json"), *folder.glob("proposals/*.json")]
    return {path.stem: json.loads(path.read_text()) for path in paths}


def facts(node):
    """Return a definition, or a part of it, without its texts."""
    if isinstance(node, list):
        return [facts(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {key: facts(value) for key, value in node.items() if key not in TEXTS}


def differences(ours, theirs, path):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            if key not in ours or key not in theirs:
                yield f"{path}.{key} is only {'ours' if key in ours else 'official'}"
            else:
                yield from differences(ours[key], theirs[key], f"{path}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, pair in enumerate(zip(ours, theirs, strict=True)):
            yield from differences(*pair, f"{path}[{index}]")
    # 1, 1.0 and True are not the same default.
    elif (type(ours), ours) != (type(theirs), theirs):
        yield f"{path} is {ours!r}, officially {theirs!r}"


def texts_of(node):
    """Yield all texts of a definition."""
    if isinstance(node, list):
        node = dict(enumerate(node))
    if isinstance(node, dict):
        for key, value in node.items():
            if key in TEXTS and isinstance(value, str):
                yield value
            else:
                yield from texts_of(value)


@pytest.mark.parametrize("ours", [signatures, predefined_processes])
def test_all_facts_are_the_official_ones(official, ours):
    theirs = facts(official)
    for process in theirs.values():
        # How some processes could be put together from others: clients do not ask for that.
        process.pop("process_graph", None)

    assert len(theirs) > 150
    found = list(differences(facts(ours()), theirs, ""))
    assert not found, "\n".join(found)


def test_texts_are_the_official_ones_where_the_client_has_them(official):
    """The client is generated from an earlier release, and has no descriptions of processes."""
    found = dict.fromkeys(["summary", "parameters", "returns"], 0)
    for name, ours in predefined_processes().items():
        theirs = official[name]
        found["summary"] += ours["summary"] == theirs["summary"]
        found["returns"] += ours["returns"]["description"] == theirs["returns"]["description"]
        for mine, other in zip(ours["parameters"], theirs["parameters"], strict=True):
            found["parameters"] += mine["description"] == other["description"]

    # Of 155, 410 and 155; equal to the character.
    least = {"summary": 149, "parameters": 313, "returns": 119}
    assert {key: count for key, count in found.items() if count < least[key]} == {}


def test_our_file_holds_no_official_sentences(official):
    texts = texts_of(list(official.values()))
    sentences = {each for text in texts for each in re.split(r"[.:!?] |\n", text) if len(each) >= 40}
    ours = " ".join(definitions._FILE.read_text().replace("\\n", " ").replace('\\"', '"').split())

    assert len(sentences) > 500
    copied = [each for each in sorted(sentences) if each in ours]
    assert not copied, "\n".join(copied)


def test_everything_is_described():
    def callbacks(node):
        if isinstance(node, list):
            node = dict(enumerate(node))
        if isinstance(node, dict):
            if node.get("subtype") == "process-graph":
                yield node
            for value in node.values():
                yield from callbacks(value)

    for process in predefined_processes().values():
        assert process["summary"]
        assert process["description"]
        assert process["returns"]["description"]
        for exception in process.get("exceptions", {}).values():
            assert exception["message"]
        for parameter in process["parameters"]:
            assert parameter["description"]
            for callback in callbacks(parameter["schema"]):
                assert all(each["name"] and each["description"] for each in callback.get("parameters", []))


def test_everything_is_described_without_the_client_s_texts(monkeypatch):
    monkeypatch.setattr(definitions, "client_texts", dict)

    found = predefined_processes.__wrapped__()

    assert found["array_find"]["summary"] == "Array find"
    assert found["array_find"]["parameters"][0]["description"] == "The data."
    assert found["array_find"]["returns"]["description"] == "The result."


def test_signatures_do_without_the_client():
    lines = [
        "import sys",
        "from mock_backend.processes.definitions.predefined import signatures",
        "assert signatures()['ndvi']['parameters'][1]['default'] == 'nir'",
        "assert 'openeo' not in sys.modules",
    ]
    subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True)


def test_the_file_is_read_when_definitions_are_asked_for_only():
    lines = [
        "import mock_backend",
        "from mock_backend.processes.definitions import predefined",
        "mock_backend.MockBackend()",
        "assert predefined._document.cache_info().currsize == 0",
    ]
    subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True)


def test_callbacks_know_their_parameters():
    reducer = signatures()["reduce_dimension"]["parameters"][1]

    assert reducer["name"] == "reducer"
    assert [each["name"] for each in reducer["schema"]["parameters"]] == ["data", "context"]
    assert [each.get("optional", False) for each in reducer["schema"]["parameters"]] == [False, True]
    assert "schema" in reducer["schema"]["returns"]


def test_what_only_the_client_knows_is_not_served():
    assert not {"load_result", "load_ml_model", "predict_random_forest"} & signatures().keys()


def test_the_openeo_client_reads_them(mock_backend_connection):
    connection = mock_backend_connection
    ndvi = connection.describe_process("ndvi")

    assert {each["id"] for each in connection.list_processes()} == predefined_processes().keys()
    assert ndvi["parameters"][3]["schema"][1] == {"type": "null"}
    assert "openeo-process" in ndvi._repr_html_()
    cube = connection.datacube_from_process("load_url", url="https://example.org/a.geojson", format="GeoJSON")
    assert cube.validate() == []


def test_the_openeo_client_checks_arguments_by_them(mock_backend_connection):
    cube = mock_backend_connection.datacube_from_process("load_stac", url="https://example.org/item.json")

    [node] = [
        each
        for each in cube.sar_backscatter().flat_graph().values()
        if each["process_id"] == "sar_backscatter"
    ]
    assert node["arguments"]["coefficient"] == "gamma0-terrain"
    with pytest.raises(OpenEoClientException, match="omega0"):
        cube.sar_backscatter(coefficient="omega0")
