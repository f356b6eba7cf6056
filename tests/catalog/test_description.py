"""The description of the service in OpenAPI, and the page made of it."""

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from mock_backend import MockBackend
from mock_backend.api.models import Endpoint
from mock_backend.api.register import EndpointRegister


class Extra(EndpointRegister):
    """Operations of a user's own; the second one is a route that is added by hand."""

    def _initialize_endpoints(self):
        return [
            Endpoint(path="/extra/{name}", methods=("GET",), handler="extra"),
            Endpoint(path="/by/{hand}", methods=("POST",)),
        ]

    def extra(self, name: str, size: int = 3) -> dict[str, str]:
        """Tell a name."""
        return {"name": name}


@pytest.fixture
def document(anonymous):
    (link,) = [each for each in anonymous("GET /").json()["links"] if each["rel"] == "service-desc"]
    response = anonymous(f"GET {link['href']}")
    assert response.headers["Content-Type"] == link["type"]
    return response.json()


@pytest.fixture
def fits(document):
    """Check that an answer is one that the document has."""

    def check(response, path):
        operation = document["paths"][path][response.request.method.lower()]
        answer = operation["responses"].get(str(response.status_code)) or operation["responses"]["4XX"]
        media_type = response.headers.get("Content-Type")
        assert (media_type is None) == ("content" not in answer), path
        if media_type is not None and "*/*" not in answer["content"]:
            media_type = media_type.replace("; charset=utf-8", "")
            schema = answer["content"][media_type]["schema"] | {"components": document["components"]}
            jsonschema.validate(response.json() if "json" in media_type else response.text, schema)
        assert {name.lower() for name in answer.get("headers", ())} <= {
            each.lower() for each in response.headers
        }

    return check


@pytest.mark.parametrize("options", [{}, {"api_version": "1.3"}, {"profile": "gee"}, {"registers": [Extra]}])
def test_it_is_valid_and_complete(api_of, options):
    with MockBackend("https://described.test/openeo/latest", **options) as backend:
        api = api_of(backend)
        document = api("GET /api").json()
        endpoints = api("GET /").json()["endpoints"]

    OpenAPIV30SpecValidator(document).validate()
    assert document["servers"] == [{"url": backend.url}]
    assert document["paths"]["/.well-known/openeo"]["servers"] == [{"url": "https://described.test"}]
    for endpoint in endpoints:
        operations = document["paths"][endpoint["path"]]
        assert {method.lower() for method in endpoint["methods"]} <= operations.keys()
    assert ("post" in document["paths"].get("/result", {})) == (
        {"path": "/result", "methods": ["POST"]} in endpoints
    )


def test_parameters_bodies_and_security(document):
    paths = document["paths"]

    def parameters(path, method="get"):
        return {
            (each["name"], each["in"], each["required"]) for each in paths[path][method].get("parameters", ())
        }

    assert parameters("/jobs/{job_id}/logs") == {
        ("job_id", "path", True),
        ("offset", "query", False),
        ("level", "query", False),
        ("limit", "query", False),
    }
    assert {"filter", "filter-lang", "sortby", "bbox"} <= {name for name, _, _ in parameters("/search")}
    assert parameters("/credentials/basic") == set()
    body = paths["/jobs"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/JobsRequest"}
    assert "process" in document["components"]["schemas"]["JobsRequest"]["properties"]
    assert "application/octet-stream" in paths["/files/{path}"]["put"]["requestBody"]["content"]
    assert "security" not in paths["/collections"]["get"]
    assert paths["/jobs"]["get"]["security"] == [{"bearer": []}]
    assert paths["/credentials/basic"]["get"]["security"] == [{"basic": []}]


def test_routes_of_ones_own_are_described(api_of):
    with MockBackend("https://own.test", registers=[Extra]) as backend:
        paths = api_of(backend)("GET /api").json()["paths"]

    extra = paths["/extra/{name}"]["get"]
    assert extra["summary"] == "Tell a name"
    assert [(each["name"], each["in"]) for each in extra["parameters"]] == [
        ("name", "path"),
        ("size", "query"),
    ]
    assert [each["name"] for each in paths["/by/{hand}"]["post"]["parameters"]] == ["hand"]


def test_answers_are_what_it_says(api, document, fits):
    for path, operations in document["paths"].items():
        if "get" in operations and "{" not in path:
            options = {"auth": ("alice", "secret")} if path == "/credentials/basic" else {}
            fits(api(f"GET {path}", **options), path)
    fits(api("GET /collections/SENTINEL2_L2A"), "/collections/{collection_id}")
    fits(api("GET /collections/SENTINEL2_L2A/items"), "/collections/{collection_id}/items")
    fits(api("GET /collections/nothing"), "/collections/{collection_id}")
    fits(api("POST /search", json={}), "/search")


def test_a_jobs_answers_are_what_it_says(api, mock_backend, graph, fits):
    created = api("POST /jobs", json={"process": {"process_graph": graph}})
    job = f"/jobs/{created.headers['OpenEO-Identifier']}"

    fits(created, "/jobs")
    fits(api(f"PATCH {job}", json={"title": "mine"}), "/jobs/{job_id}")
    fits(api(f"GET {job}/estimate"), "/jobs/{job_id}/estimate")
    fits(api(f"POST {job}/results"), "/jobs/{job_id}/results")
    mock_backend.clock.advance(hours=1)
    fits(api(f"GET {job}"), "/jobs/{job_id}")
    fits(api("GET /jobs"), "/jobs")
    fits(api(f"GET {job}/logs"), "/jobs/{job_id}/logs")
    results = api(f"GET {job}/results")
    fits(results, "/jobs/{job_id}/results")
    fits(api(f"DELETE {job}"), "/jobs/{job_id}")
    fits(api("POST /validation", json={"process_graph": graph}), "/validation")
    fits(api("PUT /process_graphs/mine", json={"process_graph": graph}), "/process_graphs/{process_graph_id}")
    fits(api("GET /process_graphs/mine"), "/process_graphs/{process_graph_id}")
    fits(api("PUT /files/a.txt", data=b"x"), "/files/{path}")
    fits(api("GET /files"), "/files")


def test_there_is_a_page_for_people(anonymous, document):
    (link,) = [each for each in anonymous("GET /").json()["links"] if each["rel"] == "service-doc"]
    answer = anonymous(f"GET {link['href']}")

    assert answer.headers["Content-Type"].startswith(link["type"])
    for path in document["paths"]:
        assert f"<code>{path}</code>" in answer.text
