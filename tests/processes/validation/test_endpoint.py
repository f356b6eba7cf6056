"""``POST /validation`` and what else refuses process graphs."""

import pytest

from mock_backend import MockBackend


def errors_of(api, graph, **members):
    response = api("POST /validation", json={"process_graph": graph} | members)
    assert response.status_code == 200, response.text
    return response.json()["errors"]


def test_sound_graphs_are_valid(api, graph):
    assert errors_of(api, graph) == []
    assert api("POST /validation", json={}).json() == {"errors": []}


def test_a_process_in_the_wrong_place_is_noticed(api, graph):
    [problem] = api("POST /validation", json={"process": {"process_graph": graph}}).json()["errors"]

    assert problem["code"] == "ProcessGraphMissing"


def test_no_client_needs_to_log_in_for_it(anonymous, graph, assert_error, mock_backend):
    assert errors_of(anonymous, graph) == []
    response = anonymous("POST /validation", json={}, headers={"Authorization": "Bearer basic//wrong"})
    assert_error(response, 403, "TokenInvalid")


def test_all_problems_are_reported_each_with_its_place(api, graph):
    graph["load"]["arguments"]["bands"] = ["B04", "B80"]
    graph["typo"] = {"process_id": "nvdi", "arguments": {}}
    graph["save"]["arguments"]["format"] = "GeoTIF"

    found = errors_of(api, graph)

    assert [(each["code"], each["path"], each.get("argument")) for each in found] == [
        ("ProcessParameterInvalid", ["load"], "bands"),
        ("ProcessUnsupported", ["typo"], None),
        ("ProcessParameterInvalid", ["save"], "format"),
    ]
    assert all("Did you mean" in each["message"] for each in found)


def test_undefined_parameters_are_none_of_its_business(api, assert_error):
    graph = {"a": {"process_id": "add", "arguments": {"x": {"from_parameter": "n"}, "y": 1}, "result": True}}

    assert errors_of(api, graph) == []
    assert_error(
        api("POST /jobs", json={"process": {"process_graph": graph}}), 400, "ProcessParameterRequired", "'n'"
    )


def test_declared_parameters_are_checked_for_their_types(api):
    graph = {"a": {"process_id": "add", "arguments": {"x": {"from_parameter": "n"}, "y": 1}, "result": True}}
    text = [{"name": "n", "description": "n", "schema": {"type": "string"}}]

    assert [each["code"] for each in errors_of(api, graph, parameters=text)] == ["ProcessParameterInvalid"]
    assert errors_of(api, graph, parameters="nonsense") == []


def test_a_parameter_with_a_default_has_a_value_in_a_job(api):
    graph = {"a": {"process_id": "add", "arguments": {"x": {"from_parameter": "n"}, "y": 1}, "result": True}}
    parameter = {"name": "n", "description": "n", "schema": {"type": "number"}, "optional": True}
    process = {"process_graph": graph, "parameters": [parameter | {"default": 5}]}

    assert api("POST /jobs", json={"process": process}).status_code == 201


@pytest.mark.mock_backend(profile="spec")
def test_a_refusal_names_all_problems_and_has_the_code_of_the_first(api, graph, assert_error):
    graph["load"]["arguments"] |= {"id": "SENTINEL_2", "colour": "red"}

    response = api("POST /jobs", json={"process": {"process_graph": graph}})

    assert_error(
        response, 400, "ProcessParameterUnsupported", "'colour'", "(2)", "'SENTINEL2_L2A'", "[at load]"
    )


@pytest.mark.parametrize("route", ["POST /jobs", "POST /result", "PATCH /jobs/{job_id}"])
def test_everything_that_takes_a_process_refuses_a_bad_one(api, graph, assert_error, route):
    job_id = api.create()
    graph["load"]["arguments"]["id"] = "SENTINEL2_L2B"

    response = api(route.format(job_id=job_id), json={"process": {"process_graph": graph}})

    assert_error(response, 404, "CollectionNotFound", "'SENTINEL2_L2A'")


def test_rules_can_be_relaxed_by_name(api_of, graph):
    graph["load"]["arguments"] |= {"bands": ["B80"]}
    graph["ndvi"]["arguments"] |= {"nir": "B80", "red": "B80"}

    with MockBackend("https://relaxed.test", relaxed={"unknown-band"}) as backend:
        assert errors_of(api_of(backend), graph) == []
        assert api_of(backend).create(graph)
        graph["save"]["arguments"]["format"] = "GeoTIF"
        assert [each["rule"] for each in errors_of(api_of(backend), graph)] == ["unknown-format"]


def test_a_rule_that_does_not_exist_cannot_be_relaxed():
    with pytest.raises(ValueError, match="Did you mean 'unknown-band'"):
        MockBackend(relaxed={"unknown-bands"})


def test_the_openeo_client_validates(mock_backend_connection):
    cube = mock_backend_connection.load_collection("SENTINEL2_L2A", bands=["B04"])

    assert cube.validate() == []
    assert [each["code"] for each in cube.process("filter_bands", data=cube, bands=["B99"]).validate()] == [
        "ProcessParameterInvalid"
    ]


@pytest.mark.parametrize(
    ("namespace", "words"),
    [
        (None, "Did you mean 'ndvi'"),
        ("backend", "Did you mean 'ndvi'"),
        ("user", "You have no process"),
        ("https://elsewhere.test/process.json", "'backend' and 'user'"),
    ],
)
@pytest.mark.mock_backend(profile="spec")
def test_namespaces(api, namespace, words):
    node = {"process_id": "nvdi", "namespace": namespace, "arguments": {}, "result": True}

    found = errors_of(api, {"a": node})

    assert [each["code"] for each in found] == ["ProcessUnsupported"]
    assert words in found[0]["message"]
