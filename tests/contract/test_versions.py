"""The differences of versions: what violates the document of one and not that of another."""

import json

import pytest
import requests

from mock_backend import MockBackend
from openeo_contract import Answer, Contract, References
from openeo_contract.versions import DIFFERENCES

LOG = {"logs": [{"id": "1", "level": "error", "message": "no", "stacktrace": 1}], "links": []}
PROVIDER = {"id": "egi", "issuer": "https://egi.test", "title": "EGI", "authorization_parameters": "none"}
JOB = {"id": "a", "status": "queued", "created": "2026-01-01T00:00:00Z", "process": {"process_graph": {}}}
FORMAT = {"gis_data_types": ["raster"], "parameters": {"size": {"description": "Its size."}}}
#: Of JSON Schema's keywords none is called subtype, so that it may be anything.
SUBTYPED = {"description": "A cube.", "type": "object", "subtype": 5}

#: By difference: a request, and an answer that only the document of 1.3 has something against.
VIOLATIONS = {
    "_required_capabilities": ("GET /", {"type": None, "conformsTo": None}),
    "_conformance_class": ("GET /conformance", {"conformsTo": ["https://api.openeo.org/1.2.0"]}),
    "_json_web_tokens": ("GET /credentials/basic", {"access_token": "secret"}),
    "_authorization_parameters": ("GET /credentials/oidc", {"providers": [PROVIDER]}),
    "_identifier_of_results": ("POST /result", b"1", {"openeo-identifier": "no id"}),
    "_job_times": ("GET /jobs/a", JOB | {"queued": "yesterday"}),
    "_stack_traces": ("GET /jobs/a/logs", LOG),
    "_version_of_processes": ("GET /processes", {"processes": [], "links": [], "version": 2}),
    "_a_runtime": ("GET /udf_runtimes", {}),
}


@pytest.fixture(scope="module")
def contracts(shared):
    return {version: Contract(References().document(version)) for version in ("1.1", "1.2", "1.3")}


def judge(contract, route, content, headers=()):
    method, _, path = route.partition(" ")
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    sent = {
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "Link, Location, OpenEO-Costs, OpenEO-Identifier",
        "content-type": "application/json",
    }
    return contract.violations(Answer(method, path, 200, sent | dict(headers), body, len(body)))


def capabilities(version):
    with MockBackend("https://versions.test", api_version=version) as backend:
        return requests.get(backend.url, timeout=5).json()


def test_each_difference_is_tried_and_names_its_source():
    for difference in DIFFERENCES["1.3"]:
        assert len(difference.what.split()) > 3
        assert difference.source
        assert difference.apply.__name__ in {*VIOLATIONS, "_plain_parameters"}


@pytest.mark.parametrize("difference", VIOLATIONS)
def test_a_difference_is_held_to(contracts, difference):
    route, content, *headers = VIOLATIONS[difference]
    if route == "GET /":
        content = {name: each for name, each in capabilities("1.2").items() if name not in content}

    assert judge(contracts["1.2"], route, content, *headers) == []
    if route == "GET /":
        content["api_version"] = "1.3.0"
    (violation, *_) = judge(contracts["1.3"], route, content, *headers)
    assert violation.startswith(contracts["1.3"].operation(Answer(*route.split(), 200)))


def test_parameters_of_file_formats_may_be_any_json_schema(contracts):
    content = {"input": {}, "output": {"X": FORMAT | {"parameters": {"cube": SUBTYPED}}}}

    assert judge(contracts["1.2"], "GET /file_formats", content)
    assert judge(contracts["1.3"], "GET /file_formats", content) == []


@pytest.mark.parametrize("version", ["1.1", "1.2", "1.3"])
def test_each_document_wants_its_own_number(contracts, version):
    answers = {each: capabilities(each) for each in contracts}

    for each, content in answers.items():
        assert (judge(contracts[version], "GET /", content) == []) is (each == version)
