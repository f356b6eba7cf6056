"""Answers are what the specification's schemas say."""

import copy

import jsonschema
import pytest
import yaml

from mock_backend import JobPlan


def _without_nullable(schema):
    """Turn OpenAPI 3.0's ``nullable`` into what JSON Schema knows."""
    if isinstance(schema, list):
        return [_without_nullable(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    converted = {key: _without_nullable(value) for key, value in schema.items() if key != "nullable"}
    if schema.get("nullable") is True and "type" in schema:
        converted["type"] = [schema["type"], "null"]
    return converted


@pytest.fixture(scope="module")
def specification(shared):
    document = _without_nullable(yaml.safe_load((shared / "openeo-api" / "openapi.yaml").read_text()))
    # The first alternative takes anything, so "one of" could never hold for the two special ones.
    data_type = document["components"]["schemas"]["process_json_schema"]
    data_type["anyOf"] = data_type.pop("oneOf")
    return document


@pytest.fixture
def assert_specified(specification):
    """Check a response against the schema of its operation and status."""

    def resolve(node):
        while "$ref" in node:
            found = specification
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node

    def check(response, route: str) -> None:
        method, _, template = route.partition(" ")
        operation = specification["paths"][template][method.lower()]
        answers = operation["responses"]
        status = str(response.status_code)
        answer = resolve(answers.get(status) or answers[f"{status[0]}XX"])
        for name, header in answer.get("headers", {}).items():
            if resolve(header).get("required"):
                assert name in response.headers
        content = answer.get("content")
        if not content:
            assert response.content == b""
            return
        media_type = response.headers["Content-Type"].partition(";")[0]
        described = content.get(media_type) or content.get("application/json") or next(iter(content.values()))
        root = copy.copy(described["schema"]) | {"components": specification["components"]}
        jsonschema.Draft7Validator(root).validate(response.json())

    return check


@pytest.fixture
def finished(api, mock_backend):
    mock_backend.plan(JobPlan.immediate())
    job_id = api.create(title="ndvi", description="June", plan="free", budget=100)
    api.start(job_id)
    return job_id


@pytest.mark.parametrize(
    "route",
    [
        "GET /",
        "GET /.well-known/openeo",
        "GET /conformance",
        "GET /collections",
        "GET /processes",
        "GET /file_formats",
        "GET /me",
        "GET /jobs",
    ],
)
def test_listings(api, assert_specified, finished, route):
    assert_specified(api(route), route)


@pytest.mark.parametrize("collection", ["SENTINEL2_L2A", "SENTINEL1_GRD", "COPERNICUS_30", "CGLS_SSM_1KM"])
def test_collections(anonymous, assert_specified, collection):
    assert_specified(anonymous(f"GET /collections/{collection}"), "GET /collections/{collection_id}")


@pytest.mark.parametrize("rest", ["", "/logs", "/results", "/estimate"])
def test_a_job(api, assert_specified, finished, rest):
    assert_specified(api(f"GET /jobs/{finished}{rest}"), f"GET /jobs/{{job_id}}{rest}")


def test_a_failed_job(api, mock_backend, assert_specified):
    mock_backend.plan(JobPlan.immediate(error="no"))
    job_id = api.create()
    api.start(job_id)

    assert_specified(api(f"GET /jobs/{job_id}/results"), "GET /jobs/{job_id}/results")


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("PATCH /jobs/{job_id}", {"title": "new"}),
        ("POST /jobs/{job_id}/results", None),
        ("DELETE /jobs/{job_id}/results", None),
        ("DELETE /jobs/{job_id}", None),
    ],
)
def test_commands(api, assert_specified, finished, route, body):
    assert_specified(api(route.format(job_id=finished), json=body), route)


def test_log_in_validation_and_creation(api, anonymous, assert_specified, graph):
    body = {"process": {"process_graph": graph}}

    assert_specified(anonymous("GET /credentials/basic", auth=("alice", "secret")), "GET /credentials/basic")
    assert_specified(api("POST /validation", json=body["process"]), "POST /validation")
    assert_specified(api("POST /jobs", json=body), "POST /jobs")


@pytest.mark.parametrize("route", ["GET /jobs/{job_id}", "GET /collections/{collection_id}", "POST /jobs"])
def test_errors(api, assert_specified, route):
    path = route.replace("{job_id}", "j-0").replace("{collection_id}", "X")

    assert_specified(api(path, json={}), route)
