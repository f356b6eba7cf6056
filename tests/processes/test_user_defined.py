"""``/process_graphs``: what users store for themselves."""

import pytest
from openeo.api.process import Parameter

from mock_backend import MockBackend
from mock_backend.api.models import UserProcessRequest
from mock_backend.auth.accounts import User
from mock_backend.errors import PredefinedProcessExists
from mock_backend.processes.definitions import UserProcessesRegister
from mock_backend.settings import AppSettings

ABSOLUTE = {"abs": {"process_id": "absolute", "arguments": {"x": {"from_parameter": "x"}}, "result": True}}
PARAMETER = {"name": "x", "description": "A number.", "schema": {"type": "number"}}
FULL = {
    "id": "size",
    "summary": "Size",
    "description": "How far it is from zero.",
    "categories": ["math"],
    "parameters": [PARAMETER | {"default": None, "optional": True}],
    "returns": {"description": "The size.", "schema": [{"type": "number"}, {"type": "null"}]},
    "deprecated": False,
    "experimental": True,
    "exceptions": {"TooLarge": {"message": "Too large: {x}", "http": 400}},
    "examples": [{"arguments": {"x": None}, "returns": None}],
    "links": [{"rel": "about", "href": "https://example.org"}],
    "process_graph": ABSOLUTE,
    "public": False,
    "default_job_options": {"driver-memory": None},
}


@pytest.fixture
def store(api):
    """Store a process and check that this worked."""

    def put(process_id="size", **members):
        response = api(f"PUT /process_graphs/{process_id}", json={"process_graph": ABSOLUTE} | members)
        assert (response.status_code, response.content) == (200, b""), response.text

    return put


def ids(response):
    assert response.status_code == 200, response.text
    return [process["id"] for process in response.json()["processes"]]


def link(response, rel):
    return next((each["href"] for each in response.json()["links"] if each["rel"] == rel), None)


def test_a_process_comes_back_as_it_was_sent(api, store):
    store(**FULL)

    assert api("GET /process_graphs/size").json() == FULL


def test_a_listing_leaves_out_what_is_large(api, store):
    store(**FULL)

    large = {"process_graph", "exceptions", "examples", "links"}
    assert api("GET /process_graphs").json() == {
        "processes": [{name: value for name, value in FULL.items() if name not in large}],
        "links": [],
    }


def test_the_id_is_that_of_the_path(api, store):
    store("size", id="other")

    assert api("GET /process_graphs/size").json()["id"] == "size"
    assert api("GET /process_graphs/other").status_code == 404


def test_null_is_nothing(api, store):
    store(id=None, summary=None, description=None, parameters=None, returns=None, mine=None)

    stored = api("GET /process_graphs/size").json()
    assert stored == {"id": "size", "process_graph": ABSOLUTE, "mine": None}


def test_no_parameters_are_not_unknown_parameters(api, store):
    store(parameters=[])

    assert api("GET /process_graphs/size").json()["parameters"] == []


def test_storing_again_replaces_everything(api, store):
    store(summary="Old", categories=["math"])
    store(summary="New")

    assert api("GET /process_graphs/size").json() == {
        "id": "size",
        "summary": "New",
        "process_graph": ABSOLUTE,
    }
    assert ids(api("GET /process_graphs")) == ["size"]


def test_deletion(api, store, assert_error):
    store()

    response = api("DELETE /process_graphs/size")

    assert (response.status_code, response.content) == (204, b"")
    for method in ("GET", "DELETE"):
        assert_error(api(f"{method} /process_graphs/size"), 404, "ProcessGraphNotFound", "'size'")
    assert ids(api("GET /process_graphs")) == []


@pytest.mark.mock_backend(users={"alice": "a", "bob": "b"})
def test_each_user_has_their_own(mock_backend, api_of, assert_error):
    alice, bob = api_of(mock_backend, "alice"), api_of(mock_backend, "bob")
    alice("PUT /process_graphs/size", json={"process_graph": ABSOLUTE, "summary": "hers"})

    assert_error(bob("GET /process_graphs/size"), 404, "ProcessGraphNotFound")
    assert ids(bob("GET /process_graphs")) == []
    assert_error(bob("DELETE /process_graphs/size"), 404, "ProcessGraphNotFound")
    bob("PUT /process_graphs/size", json={"process_graph": ABSOLUTE, "summary": "his"})
    assert alice("GET /process_graphs/size").json()["summary"] == "hers"


@pytest.mark.parametrize(
    "route", ["GET /process_graphs", *(f"{each} /process_graphs/size" for each in ("GET", "PUT", "DELETE"))]
)
def test_all_of_it_needs_a_log_in(anonymous, assert_error, route):
    body = {"json": {"process_graph": ABSOLUTE}} if route.startswith("PUT") else {}
    assert_error(anonymous(route, **body), 401, "AuthenticationRequired")


def test_a_register_works_without_a_back_end():
    settings = AppSettings(profile="spec")
    register, alice, bob = UserProcessesRegister(settings), User(user_id="alice"), User(user_id="bob")

    register.store_user_process("size", UserProcessRequest(process_graph=ABSOLUTE), alice)

    assert register.find("alice", "size") == {"id": "size", "process_graph": ABSOLUTE}
    assert register.find("bob", "size") is None
    assert register.list_user_processes(user=bob).processes == []
    with pytest.raises(PredefinedProcessExists):
        register.store_user_process("ndvi", UserProcessRequest(process_graph=ABSOLUTE), alice)


# -- pages ------------------------------------------------------------------------------------------


def test_pages_cover_everything_once_in_both_directions(api, store):
    names = [f"p{number}" for number in range(7)]
    for name in reversed(names):
        store(name)
    assert ids(api("GET /process_graphs")) == names

    seen, url, last = [], "/process_graphs?limit=3", None
    while url:
        last = api(f"GET {url}")
        assert len(ids(last)) <= 3
        seen += ids(last)
        url = link(last, "next")
    assert seen == names

    back = ids(last)
    while url := link(last, "prev"):
        last = api(f"GET {url}")
        back = ids(last) + back
    assert back == names


def test_a_page_of_nothing_has_no_neighbours(api):
    assert api("GET /process_graphs?limit=3").json() == {"processes": [], "links": []}


@pytest.mark.parametrize("limit", ["0", "-1", "x"])
def test_absurd_limits(api, assert_error, limit):
    assert_error(api(f"GET /process_graphs?limit={limit}"), 400, "RequestInvalid", "limit")


# -- what is refused --------------------------------------------------------------------------------


@pytest.mark.mock_backend(profile="spec")
def test_the_id_of_a_predefined_process_is_taken(api, assert_error):
    response = api("PUT /process_graphs/ndvi", json={"process_graph": ABSOLUTE})

    assert_error(response, 400, "PredefinedProcessExists", "'ndvi'")
    assert ids(api("GET /process_graphs")) == []


def test_a_back_end_may_let_users_replace_predefined_processes(api_of):
    class Replacing(UserProcessesRegister):
        replaces_predefined = True

    with MockBackend("https://replacing.test", registers=[Replacing]) as backend:
        api = api_of(backend)
        assert api("PUT /process_graphs/ndvi", json={"process_graph": ABSOLUTE}).status_code == 200
        assert ids(api("GET /process_graphs")) == ["ndvi"]


def test_a_hyphen_in_an_id_is_tolerated(api, store):
    name = "0d8f7cf2-93f5-4f0e-8c6e-9d2f0a5a7f11"
    graph = {"absolute2": {"process_id": "absolute", "arguments": {}, "result": True}}
    store(name, process_graph=graph, parameters=[], id="test123")

    store(name, process_graph=graph, id=name)
    assert api(f"DELETE /process_graphs/{name}").status_code == 204


@pytest.mark.parametrize("name", ["my process", "größe", "a.b", "a" * 201])
def test_ids_that_are_none(api, assert_error, name):
    response = api(f"PUT /process_graphs/{name}", json={"process_graph": ABSOLUTE})

    assert_error(response, 400, "ProcessInvalid", "letters, digits and underscores, at most 200")


@pytest.mark.parametrize("body", [{}, {"process_graph": None}, {"id": "size", "parameters": []}])
def test_without_a_process_graph(api, assert_error, body):
    assert_error(api("PUT /process_graphs/size", json=body), 400, "ProcessGraphMissing", "process_graph")


NODE = ABSOLUTE["abs"]


@pytest.mark.parametrize(
    ("graph", "words"),
    [
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
    ],
)
def test_graphs_that_are_none(api, assert_error, graph, words):
    response = api("PUT /process_graphs/size", json={"process_graph": graph})

    assert_error(response, 400, "ProcessGraphInvalid", *words)
    assert ids(api("GET /process_graphs")) == []


def test_what_a_process_calls_need_not_exist_yet(api, store):
    graph = {"a": {"process_id": "later", "arguments": {"x": {"from_parameter": "y"}}, "result": True}}
    store("size", process_graph=graph)

    response = api("POST /validation", json={"process_graph": graph})
    assert [error["code"] for error in response.json()["errors"]] == ["ProcessUnsupported"]


@pytest.mark.mock_backend(profile="spec")
@pytest.mark.parametrize(
    ("members", "words"),
    [
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
    ],
)
def test_descriptions_that_are_wrong(api, assert_error, members, words):
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


def test_a_member_called_like_a_stores_own(api, store):
    store(blob="mine")
    store(blob="yours")

    assert api("GET /process_graphs/size").json()["blob"] == "yours"


@pytest.mark.mock_backend(users={"alice": "a", "bob": "b"})
def test_a_test_sees_the_processes_of_all_users(mock_backend, api_of):
    assert mock_backend.user_processes == {"alice": {}, "bob": {}}
    for user in ("alice", "bob"):
        body = {"process_graph": ABSOLUTE, "summary": user}
        api_of(mock_backend, user)("PUT /process_graphs/size", json=body)

    mock_backend.user_processes["alice"].clear()

    assert mock_backend.user_processes.keys() == {"alice", "bob"}
    assert mock_backend.user_processes["alice"]["size"]["summary"] == "alice"
    assert mock_backend.user_processes["bob"]["size"]["process_graph"] == ABSOLUTE


# -- for how long -----------------------------------------------------------------------------------


def test_processes_survive_a_restart(tmp_path, api_of):
    for _ in range(2):
        with MockBackend("https://kept.test", store=tmp_path / "kept.json") as backend:
            api = api_of(backend)
            known = ids(api("GET /process_graphs"))
            api("PUT /process_graphs/size", json=FULL)
    assert known == ["size"]
    with MockBackend("https://kept.test", store=tmp_path / "kept.json") as backend:
        assert api_of(backend)("GET /process_graphs/size").json() == FULL


def test_a_reset_forgets_them(mock_backend, api, store):
    store()
    mock_backend.reset()

    assert ids(api("GET /process_graphs")) == []


# -- the openeo client ------------------------------------------------------------------------------


@pytest.fixture
def connection(mock_backend_connection):
    return mock_backend_connection


def save(connection, name="size", **options):
    return connection.save_user_defined_process(name, ABSOLUTE, parameters=[PARAMETER], **options)


def test_the_client_stores_describes_and_deletes(connection):
    process = save(connection, summary="Size", returns={"schema": {"type": "number"}})

    described = connection.user_defined_process("size").describe()
    assert (described["summary"], described["parameters"]) == ("Size", [PARAMETER])
    assert [each["id"] for each in connection.list_user_defined_processes()] == ["size"]
    process.store(ABSOLUTE, parameters=[PARAMETER], summary="New")
    assert process.describe()["summary"] == "New"
    process.delete()
    assert connection.list_user_defined_processes() == []


@pytest.mark.parametrize("namespace", ["user", None])
def test_the_client_uses_one_in_a_job(mock_backend, connection, namespace):
    area = Parameter.bounding_box("area", description="Where.")
    cube = connection.load_collection("SENTINEL2_L2A", spatial_extent=area, bands=["B04", "B08"])
    greenness = cube.ndvi(nir="B08", red="B04").flat_graph()
    connection.save_user_defined_process("greenness", greenness, parameters=[area])
    here = {"west": 5.0, "south": 51.2, "east": 5.1, "north": 51.3}

    cube = connection.datacube_from_process("greenness", namespace=namespace, area=here)
    job = cube.create_job(title="here")

    [node] = mock_backend.jobs.one(title="here").nodes("greenness")
    assert (node.namespace, node.arguments) == (namespace, {"area": here})
    assert job.status() == "created"
