"""Isolation of users: things of other users seem not to exist."""

import pytest

from mock_backend import JobPlan

pytestmark = pytest.mark.mock_backend(users={"alice": "a", "bob": "b"})

UDP = {
    "process_graph": {
        "abs": {"process_id": "absolute", "arguments": {"x": {"from_parameter": "x"}}, "result": True}
    },
    "parameters": [{"name": "x", "description": "A number.", "schema": {"type": "number"}}],
}

#: The body of requests that have one.
BODIES = {
    "PATCH /jobs/{job_id}": {"json": {"title": "taken over"}},
    "PATCH /services/{service_id}": {"json": {"title": "taken over", "enabled": False}},
    "PUT /process_graphs/{process_graph_id}": {"json": UDP | {"summary": "taken over"}},
    "PUT /files/{path}": {"data": b"taken over"},
}

#: Operations that make something of one's own where another user has something.
MAKING = {"PUT /process_graphs/{process_graph_id}", "PUT /files/{path}"}

OPERATIONS = [
    "GET /jobs/{job_id}",
    "PATCH /jobs/{job_id}",
    "DELETE /jobs/{job_id}",
    "GET /jobs/{job_id}/estimate",
    "GET /jobs/{job_id}/logs",
    "GET /jobs/{job_id}/results",
    "POST /jobs/{job_id}/results",
    "DELETE /jobs/{job_id}/results",
    "GET /services/{service_id}",
    "PATCH /services/{service_id}",
    "DELETE /services/{service_id}",
    "GET /services/{service_id}/logs",
    "GET /process_graphs/{process_graph_id}",
    "PUT /process_graphs/{process_graph_id}",
    "DELETE /process_graphs/{process_graph_id}",
    "GET /files/{path}",
    "PUT /files/{path}",
    "DELETE /files/{path}",
]

#: Operations that answer the same to all users.
FOR_ALL = ("/collections/", "/conformance", "/credentials/")

#: Operations that show any change of Alice's things.
VIEWS = {
    "job_id": ["/jobs", "/jobs/{}", "/jobs/{}/logs", "/jobs/{}/results", "/jobs/{}/estimate"],
    "service_id": ["/services", "/services/{}", "/services/{}/logs"],
    "process_graph_id": ["/process_graphs", "/process_graphs/{}"],
    "path": ["/files", "/files/{}", "/me"],
}

#: No user has these. They are alike to those of Alice, so that hints and patterns see no difference.
UNKNOWN = {
    "job_id": "j-00000000000000000000000000000000",
    "service_id": "s-00000000000000000000000000000000",
    "process_graph_id": "unknown_own",
    "path": "unknown/own.txt",
}

STATES = {
    "created": None,
    "queued": JobPlan.stuck("queued"),
    "running": JobPlan.stuck("running"),
    "finished": JobPlan.immediate(),
    "error": JobPlan.immediate(error="no"),
    "canceled": JobPlan.stuck("running"),
}


@pytest.fixture
def alice(mock_backend, api_of):
    return api_of(mock_backend, "alice")


@pytest.fixture
def bob(mock_backend, api_of):
    return api_of(mock_backend, "bob")


@pytest.fixture
def belongings(mock_backend, alice, graph):
    """Give Alice one of each resource; return their ids by the name of the path's parameter."""

    def make(state="created") -> dict[str, str]:
        job_id = alice.create(title="hers")
        if (plan := STATES[state]) is not None:
            with mock_backend.plan(plan):
                alice.start(job_id)
            mock_backend.clock.advance("1m")
            if state == "canceled":
                assert alice(f"DELETE /jobs/{job_id}/results").status_code == 204
            assert alice.status(job_id) == state
        service = alice("POST /services", json={"type": "XYZ", "process": {"process_graph": graph}})
        assert alice("PUT /process_graphs/alices_own", json=UDP).status_code == 200
        assert alice("PUT /files/alices/own.txt", data=b"hers").status_code == 200
        return {
            "job_id": job_id,
            "service_id": service.headers["OpenEO-Identifier"],
            "process_graph_id": "alices_own",
            "path": "alices/own.txt",
        }

    return make


def parameter_of(operation):
    return operation.partition("{")[2].partition("}")[0]


def answer(response, identifier):
    """Return what of an answer must not depend on whether something exists."""
    text = response.text.replace(identifier, "ID")
    headers = {name: value for name, value in response.headers.items() if name.lower() != "content-length"}
    return response.status_code, text, headers


def look(api, parameter, identifier):
    """Return all there is to see of a resource."""
    return [(view, answer(api("GET " + view.format(identifier)), "")) for view in VIEWS[parameter]]


def test_the_table_has_all_operations_on_what_belongs_to_a_user(anonymous):
    offered = {
        f"{method} {endpoint['path']}"
        for endpoint in anonymous("GET /").json()["endpoints"]
        for method in endpoint["methods"]
        if "{" in endpoint["path"] and not endpoint["path"].startswith(FOR_ALL)
    }

    assert offered == set(OPERATIONS)


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if "job_id" not in each])
def test_what_belongs_to_others_does_not_exist(belongings, alice, bob, operation):
    check(operation, belongings(), alice, bob)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("operation", [each for each in OPERATIONS if "job_id" in each])
def test_jobs_of_others_do_not_exist_in_whatever_state(belongings, alice, bob, operation, state):
    check(operation, belongings(state), alice, bob)


def check(operation, hers, alice, bob):
    """Check that an operation on something of Alice's fails for Bob as on nothing, and changes nothing."""
    method, _, template = operation.partition(" ")
    parameter = parameter_of(operation)
    before = look(alice, parameter, hers[parameter])
    assert before[1][1][0] == 200
    answers = []
    for identifier in (UNKNOWN[parameter], hers[parameter]):
        path = template.replace(f"{{{parameter}}}", identifier)
        response = bob(f"{method} {path}", **BODIES.get(operation, {}))
        answers.append(answer(response, identifier))

    assert answers[0] == answers[1]
    assert (answers[0][0] == 200) if operation in MAKING else (answers[0][0] == 404)
    assert look(alice, parameter, hers[parameter]) == before


@pytest.mark.parametrize("resource", ["jobs", "services", "process_graphs", "files"])
def test_listings_have_nothing_of_others(mock_backend, belongings, alice, bob, graph, resource):
    hers = [belongings() for _ in range(2)]
    own = {
        "jobs": lambda: bob.create(),
        "services": lambda: bob("POST /services", json={"type": "XYZ", "process": {"process_graph": graph}}),
        "process_graphs": lambda: bob("PUT /process_graphs/own", json=UDP),
        "files": lambda: bob("PUT /files/own", data=b"his"),
    }
    member = "processes" if resource == "process_graphs" else resource

    assert bob(f"GET /{resource}").json()[member] == []
    # A page's link is good for whoever made it: it leads others through what is their own.
    links = alice(f"GET /{resource}?limit=1").json()["links"]
    own[resource]()
    [entry] = bob(f"GET /{resource}").json()[member]
    for link in links:
        assert bob(f"GET {link['href']}").json()[member] in ([], [entry])
    assert hers


def test_files_of_others_take_no_room(mock_backend, belongings, bob):
    before = bob("GET /me").json()

    belongings()

    assert bob("GET /me").json() == before


@pytest.mark.parametrize("namespace", [None, "user", "alice", "bob", "backend"])
@pytest.mark.parametrize(
    ("route", "around"),
    [
        ("POST /jobs", lambda process: {"process": process}),
        ("POST /result", lambda process: {"process": process}),
        ("POST /services", lambda process: {"type": "XYZ", "process": process}),
        ("POST /validation", lambda process: process),
        ("PUT /process_graphs/mine", lambda process: process),
    ],
)
@pytest.mark.mock_backend(profile="spec")  # by default, unknown namespaces are let pass
def test_processes_of_others_cannot_be_called(belongings, alice, bob, route, around, namespace):
    belongings()

    def call(api, process_id):
        node = {"process_id": process_id, "arguments": {"x": 1}, "result": True}
        if namespace is not None:
            node["namespace"] = namespace
        return answer(api(route, json=around({"process_graph": {"call": node}})), process_id)

    assert call(bob, "alices_own") == call(bob, "unknown_own")
    # Stored processes may call what there will only be later.
    if namespace in (None, "user") and not route.startswith("PUT"):
        assert call(alice, "alices_own") != call(alice, "unknown_own")


# -- sharing ----------------------------------------------------------------------------------------------


def shared_links(api, job_id):
    """Return the links of a job's results that work for any user."""
    results = api(f"GET /jobs/{job_id}/results").json()
    canonical = [link["href"] for link in results["links"] if link["rel"] == "canonical"]
    return canonical + [asset["href"] for asset in results["assets"].values()]


def test_signed_links_are_for_all_users_who_have_them(belongings, alice, bob, anonymous, mock_backend):
    links = shared_links(alice, belongings("finished")["job_id"])
    assert len(links) > 2

    for link in links:
        contents = {api(f"GET {link}").content for api in (alice, bob, anonymous)}
        assert len(contents) == 1
        assert anonymous(f"GET {link}").status_code == 200
    mock_backend.users.remove("alice")
    assert [anonymous(f"GET {link}").status_code for link in links] == [200] * len(links)
    mock_backend.clock.advance(days=8)
    assert [anonymous(f"GET {link}").json()["code"] for link in links] == ["ResultLinkExpired"] * len(links)


def test_a_signature_is_for_one_job_only(belongings, alice, bob, graph):
    hers = belongings("finished")["job_id"]
    his = bob.create()

    for link in shared_links(alice, hers):
        for job_id in (his, UNKNOWN["job_id"]):
            other = bob(f"GET {link.replace(hers, job_id)}")
            assert (other.status_code, other.json()["code"]) == (403, "PermissionsInsufficient")


def test_without_a_signature_nothing_is_shared(belongings, alice, bob):
    hers = belongings("finished")["job_id"]

    for link in shared_links(alice, hers):
        bare = link.partition("?")[0]
        answers = {
            answer(bob(f"GET {bare.replace(hers, job_id)}"), job_id)[:2]
            for job_id in (hers, UNKNOWN["job_id"])
        }
        assert len(answers) == 1
        assert answers.pop()[0] == 403


def test_results_that_are_no_more_are_not_shared_either(mock_backend, belongings, alice, anonymous):
    hers = belongings("finished")["job_id"]
    links = shared_links(alice, hers)

    assert alice(f"DELETE /jobs/{hers}").status_code == 204

    assert [anonymous(f"GET {link}").json()["code"] for link in links] == ["FileNotFound"] * len(links)


def test_the_maps_of_a_service_are_public_and_the_service_is_not(belongings, bob, anonymous, alice):
    # That is what secondary services are for: map clients bring no openEO token.
    hers = belongings()["service_id"]
    assert alice(f"GET /services/{hers}").json()["enabled"] is True

    assert anonymous(f"GET /services/{hers}/xyz/0/0/0").status_code == 200
    assert bob(f"GET /services/{hers}").status_code == 404
    alice(f"PATCH /services/{hers}", json={"enabled": False})
    off, nothing = (anonymous(f"GET /services/{each}/xyz/0/0/0") for each in (hers, UNKNOWN["service_id"]))
    assert answer(off, hers)[0] == answer(nothing, UNKNOWN["service_id"])[0] == 404


@pytest.mark.parametrize("operation", OPERATIONS)
def test_without_a_log_in_nothing_exists(belongings, anonymous, operation):
    hers = belongings()
    parameter = parameter_of(operation)

    for identifier in (hers[parameter], UNKNOWN[parameter]):
        route = operation.replace(f"{{{parameter}}}", identifier)
        response = anonymous(route, **BODIES.get(operation, {}))
        assert (response.status_code, response.json()["code"]) == (401, "AuthenticationRequired")
