"""Requests to ``/process_graphs`` that are refused."""

import pytest

from .conftest import ABSOLUTE, PARAMETER, ids


@pytest.mark.parametrize(
    "route", ["GET /process_graphs", *(f"{each} /process_graphs/size" for each in ("GET", "PUT", "DELETE"))]
)
def test_all_of_it_needs_a_log_in(anonymous, assert_error, route):
    body = {"json": {"process_graph": ABSOLUTE}} if route.startswith("PUT") else {}
    assert_error(anonymous(route, **body), 401, "AuthenticationRequired")


@pytest.mark.parametrize("limit", ["0", "-1", "x"])
def test_absurd_limits(api, assert_error, limit):
    assert_error(api(f"GET /process_graphs?limit={limit}"), 400, "RequestInvalid", "limit")


@pytest.mark.mock_backend(profile="spec")
def test_the_id_of_a_predefined_process_is_taken(api, assert_error):
    response = api("PUT /process_graphs/ndvi", json={"process_graph": ABSOLUTE})

    assert_error(response, 400, "PredefinedProcessExists", "'ndvi'")
    assert ids(api("GET /process_graphs")) == []


@pytest.mark.parametrize("name", ["my process", "größe", "a.b", "a" * 201])
def test_ids_that_are_none(api, assert_error, name):
    response = api(f"PUT /process_graphs/{name}", json={"process_graph": ABSOLUTE})

    assert_error(response, 400, "ProcessInvalid", "letters, digits and underscores, at most 200")


@pytest.mark.parametrize("body", [{}, {"process_graph": None}, {"id": "size", "parameters": []}])
def test_without_a_process_graph(api, assert_error, body):
    assert_error(api("PUT /process_graphs/size", json=body), 400, "ProcessGraphMissing", "process_graph")


NODE = ABSOLUTE["abs"]

BAD_GRAPHS = [
    ({}, ["at least one"]),
    ([], ["object"]),
    ("absolute", ["object"]),
    ({"a": 1}, ["process_id", "[at a]"]),
    ({"a": {"process_id": "absolute"}}, ["'arguments'", "[at a]"]),
    ({"a": {"arguments": {}}}, ["'process_id'", "[at a]"]),
    ({"a": {"process_id": "absolute", "arguments": {}}}, ["result"]),
    ({"a": NODE, "b": NODE}, ["'a', 'b'"]),
    ({"a": NODE | {"arguments": {"x": {"from_node": "z"}}}}, ["'z'", "[at a]"]),
    ({"a": NODE | {"arguments": {"process": {"process_graph": {"b": 1}}}}}, ["[at a/b]"]),
]


def test_graphs_that_are_none(api, assert_error, example):
    for graph, words in BAD_GRAPHS:
        with example(graph, words):
            response = api("PUT /process_graphs/size", json={"process_graph": graph})

            assert_error(response, 400, "ProcessGraphInvalid", *words)
            assert ids(api("GET /process_graphs")) == []


BAD_DESCRIPTIONS = [
    ({"id": 5}, ["'id'"]),
    ({"id": ""}, ["id", "letters"]),
    ({"id": "my-size"}, ["'my-size'", "letters"]),
    ({"summary": 5}, ["'summary'"]),
    ({"description": []}, ["'description'"]),
    ({"categories": "math"}, ["'categories'"]),
    ({"categories": [1]}, ["'categories.0'"]),
    ({"deprecated": "yes"}, ["'deprecated'"]),
    ({"experimental": 1}, ["'experimental'"]),
    ({"parameters": {"x": PARAMETER}}, ["'parameters'"]),
    ({"parameters": ["x"]}, ["'parameters.0'"]),
    ({"parameters": [PARAMETER, PARAMETER]}, ["unique", "'x'"]),
    ({"parameters": [{"name": "x", "description": "X"}]}, ["'parameters.0.schema'"]),
    ({"parameters": [{"name": "x", "schema": {}}]}, ["'parameters.0.description'"]),
    ({"parameters": [{"description": "X", "schema": {}}]}, ["'parameters.0.name'"]),
    ({"parameters": [PARAMETER | {"name": "x y"}]}, ["'parameters.0.name'"]),
    ({"parameters": [PARAMETER | {"schema": []}]}, ["'parameters.0.schema'", "object"]),
    ({"parameters": [PARAMETER | {"schema": "number"}]}, ["'parameters.0.schema'", "object"]),
    ({"parameters": [PARAMETER | {"schema": {"type": "real"}}]}, ["JSON Schema", "'type'", "real"]),
    ({"parameters": [PARAMETER | {"schema": {"type": "string", "pattern": "("}}]}, ["'pattern'"]),
    ({"parameters": [PARAMETER | {"schema": {"items": {"items": []}}}]}, ["JSON Schema", "items"]),
    ({"parameters": [PARAMETER | {"schema": {"subtype": 5}}]}, ["'subtype'"]),
    ({"parameters": [PARAMETER | {"schema": [{}, {}]}]}, ["differ"]),
    ({"parameters": [PARAMETER | {"optional": "yes"}]}, ["'parameters.0.optional'"]),
    ({"returns": {"description": "X"}}, ["'returns.schema'"]),
    ({"returns": []}, ["'returns'"]),
    ({"exceptions": {"TooLarge": {}}}, ["'exceptions.TooLarge.message'"]),
    ({"examples": [{"returns": 1}]}, ["'examples.0.arguments'"]),
    ({"links": [{"rel": "about"}]}, ["'links.0.href'"]),
    ({"links": [{"rel": "about", "href": "about.html"}]}, ["'links.0.href'", "https://"]),
    ({"links": [{"rel": "about", "href": "x", "title": None}]}, ["'links.0.title'"]),
    *(({name: None}, [repr(name)]) for name in ("categories", "deprecated", "examples", "links")),
]


@pytest.mark.mock_backend(profile="spec")
def test_descriptions_that_are_wrong(api, assert_error, example):
    for members, words in BAD_DESCRIPTIONS:
        with example(members, words):
            response = api("PUT /process_graphs/size", json={"process_graph": ABSOLUTE} | members)

            assert_error(response, 400, "ProcessInvalid", *words)
            assert ids(api("GET /process_graphs")) == []


def test_all_that_is_wrong_is_said_at_once(api, assert_error):
    body = {"process_graph": ABSOLUTE, "summary": 1, "returns": {}}

    assert_error(
        api("PUT /process_graphs/size", json=body), 400, "ProcessInvalid", "'summary'", "'returns.schema'"
    )


@pytest.mark.parametrize("value", ["NaN", '"\\ud800"', 250 * "[" + 250 * "]"], ids=["NaN", "half", "deep"])
def test_what_no_store_can_keep(api, assert_error, value):
    graph = '{"a": {"process_id": "absolute", "arguments": {"x": 1}, "result": true}}'
    response = api(
        "PUT /process_graphs/size",
        data=f'{{"process_graph": {graph}, "mine": {value}}}',
        headers={"Content-Type": "application/json"},
    )

    assert_error(response, 400, "RequestInvalid")
    assert ids(api("GET /process_graphs")) == []


def test_no_body(api, assert_error):
    assert_error(api("PUT /process_graphs/size"), 400, "RequestInvalid", "body")
