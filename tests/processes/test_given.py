"""Processes that a test adds."""

import json

import pytest
from openeo.api.process import Parameter

from mock_backend import MockBackend


def test_a_definition(mock_backend, anonymous, mock_backend_connection):
    definition = {
        "id": "my_process",
        "summary": "Mine.",
        "categories": ["mine"],
        "parameters": [
            {"name": "x", "description": "A number.", "schema": {"type": "number"}},
            {"name": "y", "description": "Another one.", "schema": {"type": "number"}, "default": 2},
        ],
        "returns": {"description": "Their sum.", "schema": {"type": "number"}},
    }
    added = mock_backend.add_process(definition)
    served = anonymous("GET /processes").json()["processes"][-1]

    assert served == added
    assert served["description"] == "Mine."
    assert served["parameters"][1]["optional"] is True
    assert {name: served[name] for name in ("id", "summary", "categories", "returns")} == {
        name: definition[name] for name in ("id", "summary", "categories", "returns")
    }
    assert mock_backend_connection.describe_process("my_process")["id"] == "my_process"


def test_a_name_and_a_few_words(mock_backend):
    added = mock_backend.add_process(
        "my_process",
        parameters=["data", Parameter.number("x", description="A number.", default=3)],
        returns={"type": "object", "subtype": "datacube"},
        description="Mine.",
    )

    assert added["parameters"][0] == {"name": "data", "description": "data", "schema": {}}
    assert added["parameters"][1]["schema"] == {"type": "number"}
    assert added["parameters"][1]["default"] == 3
    assert added["returns"]["schema"] == {"type": "object", "subtype": "datacube"}


def test_an_object_that_can_tell(mock_backend):
    class Mine:
        def to_dict(self):
            return {"id": "my_process", "description": "Mine."}

    assert mock_backend.add_process(Mine(), summary="Mine, too.")["summary"] == "Mine, too."


def test_jobs_may_call_it(mock_backend, api, assert_error):
    graph = {"a": {"process_id": "my_process", "arguments": {"x": 1}, "result": True}}
    body = {"process": {"process_graph": graph}}
    assert api("POST /jobs", json=body).status_code == 400
    mock_backend.add_process("my_process", parameters=["x"])

    assert api("POST /jobs", json=body).status_code == 201
    graph["a"]["arguments"] = {}
    assert_error(api("POST /jobs", json=body), 400, "ProcessParameterRequired", "x")


def test_it_is_in_one_back_end_until_it_is_reset(mock_backend):
    mock_backend.add_process("my_process")

    with MockBackend("https://other.test") as other:
        assert "my_process" not in {each["id"] for each in other.connect().list_processes()}
    mock_backend.reset()
    assert "my_process" not in {each["id"] for each in mock_backend.connect().list_processes()}


def test_what_was_given_may_change_afterwards(mock_backend, anonymous):
    given = {"id": "my_process", "parameters": [{"name": "x", "schema": {}}]}
    mock_backend.add_process(given)
    given["parameters"][0]["name"] = "y"

    assert anonymous("GET /processes").json()["processes"][-1]["parameters"][0]["name"] == "x"


@pytest.mark.parametrize(
    ("process", "members", "message"),
    [
        ("", {}, "needs an id"),
        ("a-b", {}, "needs an id"),
        ({}, {}, "needs an id"),
        (5, {}, "got int"),
        ("ndvi", {}, "already"),
        ("p", {"parameters": "x"}, "list of names or objects"),
        ("p", {"parameters": ["x", "x"]}, "'x' twice"),
        ("p", {"parameters": [{"schema": {}}]}, "needs a name"),
        ("p", {"parameters": [5]}, "needs a name"),
        ("p", {"returns": "number"}, "object with a schema"),
        ("p", {"examples": [float("nan")]}, "JSON"),
    ],
)
def test_what_is_no_process(mock_backend, process, members, message):
    with pytest.raises(ValueError, match=message):
        mock_backend.add_process(process, **members)


ONE = {"id": "one", "description": "One.", "parameters": [], "returns": {"description": "1", "schema": {}}}
TWO = ONE | {"id": "two"}


def _ids(backend):
    return {each["id"]: each["description"] for each in backend.connect().list_processes()}


@pytest.mark.parametrize("content", [TWO, [TWO], {"processes": [TWO], "links": []}])
def test_processes_from_a_file(mock_backend, tmp_path, content):
    (tmp_path / "processes.json").write_text(json.dumps(content))

    assert [each["id"] for each in mock_backend.add_processes(tmp_path / "processes.json")] == ["two"]
    assert _ids(mock_backend)["two"] == "One."


def test_processes_from_a_folder_take_the_place_of_those_of_their_ids(mock_backend, tmp_path):
    (tmp_path / "proposals").mkdir()
    (tmp_path / "ndvi.json").write_text(json.dumps(ONE | {"id": "ndvi"}))
    (tmp_path / "proposals" / "two.json").write_text(json.dumps(TWO))
    (tmp_path / "ndvi.test.json").write_text(json.dumps({"id": "ndvi", "tests": []}))

    added = mock_backend.add_processes(str(tmp_path))

    assert sorted(each["id"] for each in added) == ["ndvi", "two"]
    assert _ids(mock_backend)["ndvi"] == "One."
    mock_backend.reset()
    assert _ids(mock_backend)["ndvi"] != "One."
    assert "two" not in _ids(mock_backend)


def test_processes_from_definitions(mock_backend, api):
    mock_backend.add_processes([ONE, TWO])
    graph = {"a": {"process_id": "two", "arguments": {}, "result": True}}

    assert api("POST /validation", json={"process_graph": graph}).json() == {"errors": []}


@pytest.mark.parametrize(
    ("content", "words"),
    [("{", "not valid JSON"), ("5", "neither"), ('[{"id": "a b", "parameters": []}]', "a b")],
)
def test_what_is_no_process_is_refused(mock_backend, tmp_path, content, words):
    file = tmp_path / "processes.json"
    file.write_text(content)

    with pytest.raises(ValueError, match=words):
        mock_backend.add_processes(file)
    with pytest.raises(FileNotFoundError):
        mock_backend.add_processes(tmp_path / "nothing.json")
