"""Processes that graphs name by a URL: what a test registers, and where it is found."""

import json

import pytest
from openeo.api.process import Parameter
from openeo.rest.udp import build_process_dict

from mock_backend.errors import ProcessNamespaceInvalid
from mock_backend.processes.definitions.remote import RemoteProcesses, is_url

URL = "https://example.org/udp/halve.json"
HALF = {
    "divide": {"process_id": "divide", "arguments": {"x": {"from_parameter": "x"}, "y": 2}, "result": True}
}
HALVE = {"id": "halve", "process_graph": HALF, "parameters": [{"name": "x", "schema": {"type": "number"}}]}


@pytest.fixture
def remote():
    return RemoteProcesses()


@pytest.fixture
def file(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
        return path

    return write


@pytest.mark.parametrize("namespace", ["https://example.org/a", "HTTP://example.org"])
def test_urls_are_namespaces_of_their_own(namespace):
    assert is_url(namespace)


@pytest.mark.parametrize("namespace", [None, "user", "backend", "vito", "u:alice", "ftp://example.org", 7])
def test_other_namespaces_are_no_urls(namespace):
    assert not is_url(namespace)


@pytest.mark.parametrize(
    "document", [HALVE, [HALVE], {"processes": [HALVE | {"id": "other"}, HALVE], "links": []}]
)
def test_a_document_defines_one_process_or_several(remote, file, document):
    remote.add({URL: document})
    assert remote.resolve(URL, "halve") == HALVE

    remote.add({URL: file("document.json", document)})
    assert remote.resolve(URL, "halve") == HALVE


def test_a_definition_of_the_clients(remote):
    parameter = Parameter.number("x", description="A number.")
    remote.add({URL: build_process_dict(HALF, process_id="halve", parameters=[parameter])})

    assert remote.resolve(URL, "halve")["process_graph"] == HALF


def test_definitions_are_copies(remote):
    given = json.loads(json.dumps(HALVE))
    remote.add({URL: given})
    given["process_graph"].clear()

    assert remote.resolve(URL, "halve") == HALVE


def test_another_process_is_not_at_the_url(remote):
    remote.add({URL: HALVE})
    with pytest.raises(ProcessNamespaceInvalid, match=rf"'{URL}' in process 'double'.*defines 'halve'"):
        remote.resolve(URL, "double")


def test_nothing_is_known_of_other_urls(remote):
    assert not remote
    assert remote.resolve(URL, "halve") is None
    remote.add({URL: HALVE})
    assert remote
    assert remote.resolve(URL + "?v=2", "halve") is None


def test_a_folder_stands_for_the_urls_below_one(remote, file):
    folder = file("catalog/vito/halve.json", HALVE).parents[1]
    file("secret.json", HALVE)
    remote.add({"https://example.org/main/": folder})

    assert remote.resolve("https://example.org/main/vito/halve.json", "halve") == HALVE
    for elsewhere in ("vito/double.json", "../secret.json", "%2E%2E/secret.json", "vito"):
        assert remote.resolve(f"https://example.org/main/{elsewhere}", "halve") is None
    assert remote.resolve("https://example.org/other/vito/halve.json", "halve") is None


def test_a_broken_file_in_a_folder_is_a_wrong_namespace(remote, tmp_path):
    (tmp_path / "halve.json").write_text("<html>")
    remote.add({"https://example.org": tmp_path})

    with pytest.raises(ProcessNamespaceInvalid, match=r"not valid JSON"):
        remote.resolve("https://example.org/halve.json", "halve")


@pytest.mark.parametrize("by", ["definition", "list", "file", "folder"])
def test_definitions_for_any_url(remote, file, by):
    path = file("processes/halve.json", HALVE)
    remote.add({"definition": HALVE, "list": [HALVE], "file": path, "folder": str(path.parent)}[by])

    assert remote.resolve(URL, "halve") == HALVE
    assert remote.resolve("http://localhost/x", "halve") == HALVE
    assert remote.resolve(URL, "double") is None


def test_the_url_comes_before_definitions_for_any(remote):
    remote.add([HALVE])
    remote.add({URL: HALVE | {"summary": "This one."}})

    assert remote.resolve(URL, "halve")["summary"] == "This one."


def test_what_is_fetched_is_kept(remote):
    asked = []

    def fetch(url):
        asked.append(url)
        return HALVE if url == URL else None

    remote.fetch = fetch
    assert [remote.resolve(URL, "halve") for _ in range(2)] == [HALVE, HALVE]
    assert asked == [URL]
    assert remote.resolve("https://example.org/nothing", "halve") is None


@pytest.mark.parametrize(
    "answer", [OSError("Connection refused"), ValueError("no JSON"), [1, 2], {"message": "not found"}]
)
def test_what_cannot_be_fetched_is_a_wrong_namespace(remote, answer):
    def fetch(url):
        if isinstance(answer, Exception):
            raise answer
        return answer

    remote.fetch = fetch
    with pytest.raises(ProcessNamespaceInvalid):
        remote.resolve(URL, "halve")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"halve": HALVE}, r"by URL \(https://…\), got 'halve'"),
        ({URL: {"process_graph": HALF}}, rf"{URL} is not a process definition"),
        ({URL: []}, rf"{URL} defines no process"),
        ({URL: HALVE | {"process_graph": [HALF]}}, "process graph that is not an object"),
        ({URL: HALVE | {"parameters": ["x"]}}, "parameters that are not a list of objects"),
        ([7], "not a process definition"),
    ],
)
def test_what_cannot_be_registered(remote, given, message):
    with pytest.raises(ValueError, match=message):
        remote.add(given)
    assert not remote


def test_a_file_that_is_not_there(remote, tmp_path):
    with pytest.raises(OSError, match="nothing"):
        remote.add({URL: tmp_path / "nothing.json"})
