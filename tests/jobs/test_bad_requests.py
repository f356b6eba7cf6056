"""Bad input gets an error that helps, and changes nothing."""

import pytest

NDVI = {"process_id": "ndvi", "arguments": {}}


@pytest.mark.parametrize("route", ["POST /jobs", "POST /result"])
@pytest.mark.parametrize(
    ("process", "code", "words"),
    [
        (None, "ProcessGraphMissing", []),
        ({}, "ProcessGraphMissing", []),
        ({"process_graph": None}, "ProcessGraphMissing", []),
        ({"process_graph": {}}, "ProcessGraphInvalid", ["at least one"]),
        ({"process_graph": []}, "ProcessGraphInvalid", ["object"]),
        ({"process_graph": {"a": 1}}, "ProcessGraphInvalid", ["[at a]", "'process_id'"]),
        ({"process_graph": {"a": {"process_id": "ndvi"}}}, "ProcessGraphInvalid", ["'arguments'"]),
        ({"process_graph": {"a": {"arguments": {}}}}, "ProcessGraphInvalid", ["'process_id'"]),
        ({"process_graph": {"a": NDVI | {"result": 1}}}, "ProcessGraphInvalid", ["'result'"]),
        ({"process_graph": {"a": NDVI}}, "ProcessGraphInvalid", ["none has"]),
        (
            {"process_graph": {"a": NDVI | {"result": True}, "b": NDVI | {"result": True}}},
            "ProcessGraphInvalid",
            ["'a', 'b'"],
        ),
        (
            {
                "process_graph": {
                    "a": {"process_id": "ndvi", "arguments": {"data": {"from_node": "z"}}, "result": True}
                }
            },
            "ProcessGraphInvalid",
            ["'z'", "does not exist"],
        ),
        (
            {
                "process_graph": {
                    "a": {"process_id": "ndvi", "arguments": {"data": {"from_node": "b"}}, "result": True},
                    "b": {"process_id": "ndvi", "arguments": {"data": [{"from_node": "a"}]}},
                }
            },
            "ProcessGraphInvalid",
            ["cycle", "'a', 'b'"],
        ),
        (
            {"process_graph": {"a": {"process_id": "nvdi", "arguments": {}, "result": True}}},
            "ProcessUnsupported",
            ["'nvdi'"],
        ),
        (
            {
                "process_graph": {
                    "a": {
                        "process_id": "apply",
                        "arguments": {
                            "process": {"process_graph": {"b": {"process_id": "x", "arguments": {}}}}
                        },
                        "result": True,
                    }
                }
            },
            "ProcessGraphInvalid",
            ["[at a/process]", "none has"],
        ),
    ],
)
def test_broken_process_graphs(mock_backend, api, assert_error, route, process, code, words):
    assert_error(api(route, json={"process": process} if process is not None else {}), 400, code, *words)
    assert len(mock_backend.jobs) == 0


def test_very_deep_graphs_are_refused_not_crashed_on(api, assert_error):
    graph = {"a": {"process_id": "mean", "arguments": {}, "result": True}}
    for _ in range(150):
        graph = {
            "a": {"process_id": "apply", "arguments": {"process": {"process_graph": graph}}, "result": True}
        }

    assert_error(api("POST /jobs", json={"process": {"process_graph": graph}}), 400, "RequestInvalid", "deep")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("title", 5),
        ("title", ["x"]),
        ("description", {}),
        ("budget", "much"),
        ("budget", [1]),
        ("log_level", "loud"),
        ("budget", False),
        ("budget", "5"),
        ("plan", 1),
        ("process", "ndvi"),
        ("process", [1]),
    ],
)
@pytest.mark.parametrize("operation", ["create", "update"])
def test_wrong_types_name_the_member(mock_backend, api, assert_error, graph, operation, member, value):
    job_id = api.create(title="kept")
    before = api(f"GET /jobs/{job_id}").json()
    if operation == "create":
        response = api("POST /jobs", json={"process": {"process_graph": graph}} | {member: value})
    else:
        response = api(f"PATCH /jobs/{job_id}", json={member: value})

    assert_error(response, 400, "RequestInvalid", f"'{member}'")
    assert len(mock_backend.jobs) == 1
    assert api(f"GET /jobs/{job_id}").json() == before


@pytest.mark.parametrize("body", [b"{", b'{"title": }', b"\xff\xfe", b'{"a": 1} trailing'])
def test_malformed_json(mock_backend, api, assert_error, body):
    response = api("POST /jobs", data=body, headers={"Content-Type": "application/json"})

    assert response.status_code == 400
    assert_error(response, 400, "RequestInvalid")
    assert len(mock_backend.jobs) == 0


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"1", b"null"])
def test_bodies_that_are_no_objects(api, assert_error, body):
    assert_error(
        api("POST /jobs", data=body, headers={"Content-Type": "application/json"}),
        400,
        "RequestInvalid",
        "object",
    )


def test_no_body_at_all(api, assert_error):
    job_id = api.create()

    assert_error(api("POST /jobs"), 400, "RequestInvalid", "body")
    assert_error(api(f"PATCH /jobs/{job_id}"), 400, "RequestInvalid", "body")


def test_a_body_of_another_type(api, assert_error):
    response = api("POST /jobs", data=b"<job/>", headers={"Content-Type": "application/xml"})

    assert_error(response, 400, "ContentTypeInvalid", "application/json")


def test_negative_budgets_and_unknown_plans(api, assert_error, graph):
    body = {"process": {"process_graph": graph}}

    assert_error(api("POST /jobs", json=body | {"budget": -1}), 400, "BudgetInvalid", "-1")
    assert_error(api("POST /jobs", json=body | {"plan": "gold"}), 400, "BillingPlanInvalid", "gold", "free")


def test_unknown_members_are_kept(api, mock_backend):
    job_id = api.create(job_options={"driver-memory": "2g"}, federation="x", id="mine", status="finished")

    job = api(f"GET /jobs/{job_id}").json()

    assert (job["id"], job["status"]) == (job_id, "created")
    assert job["job_options"] == {"driver-memory": "2g"}
    assert mock_backend.jobs[0].additional["job_options"] == {"driver-memory": "2g"}


def test_nulls_in_a_process_graph_survive(api):
    graph = {
        "c": {
            "process_id": "constant",
            "arguments": {"x": [None, {"y": None}]},
            "result": True,
            "description": None,
        }
    }

    assert api(f"GET /jobs/{api.create(graph)}").json()["process"]["process_graph"] == graph


@pytest.mark.parametrize(
    "member",
    [
        '"title": "\\ud800"',
        '"job_options": {"x": NaN}',
        '"job_options": {"x": Infinity}',
        '"job_options": ' + 250 * "[" + 250 * "]",
        '"job_options": {"\\udfff": 1}',
    ],
    ids=["half a surrogate pair", "NaN", "Infinity", "deep nesting", "half a surrogate pair as key"],
)
@pytest.mark.parametrize("operation", ["create", "update"])
def test_what_no_store_can_keep(mock_backend, api, assert_error, operation, member):
    job_id = api.create(title="kept")
    headers = {"Content-Type": "application/json"}
    if operation == "create":
        process = '{"process_graph": {"a": {"process_id": "pi", "arguments": {}, "result": true}}}'
        response = api("POST /jobs", data=f'{{"process": {process}, {member}}}', headers=headers)
    else:
        response = api(f"PATCH /jobs/{job_id}", data=f"{{{member}}}", headers=headers)

    assert response.status_code == 400, response.text
    assert_error(response, 400, "RequestInvalid")
    assert [job.title for job in mock_backend.jobs] == ["kept"]


@pytest.mark.parametrize("route", ["POST /jobs", "PATCH /jobs/{job_id}", "POST /result"])
@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({"id": "a b"}, "'id'"),
        ({"summary": 1}, "'summary'"),
        ({"parameters": [{"name": "x"}]}, "'parameters.0.description'"),
        ({"links": [{"rel": "about", "href": "nowhere"}]}, "'links.0.href'"),
        ({"returns": []}, "'returns'"),
    ],
)
def test_what_a_process_says_of_itself_is_checked(api, assert_error, graph, route, members, place):
    path = route.format(job_id=api.create())

    response = api(path, json={"process": {"process_graph": graph} | members})

    assert_error(response, 400, "ProcessInvalid", place)


def test_a_process_may_say_nothing_of_itself(api, graph):
    nothing = dict.fromkeys(("id", "summary", "description", "parameters", "returns"))

    assert api("POST /jobs", json={"process": nothing | {"process_graph": graph}}).status_code == 201
