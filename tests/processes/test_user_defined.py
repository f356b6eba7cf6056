"""``/process_graphs``: what users store for themselves."""

import pytest
from openeo.api.process import Parameter

from mock_backend import MockBackend
from mock_backend.api.models import UserProcessRequest
from mock_backend.auth.accounts import User
from mock_backend.errors import PredefinedProcessExists
from mock_backend.processes.definitions import UserProcessesRegister
from mock_backend.settings import AppSettings

from .conftest import ABSOLUTE, PARAMETER, ids

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


def test_a_register_works_without_a_back_end():
    settings = AppSettings(profile="spec")
    register, alice, bob = UserProcessesRegister(settings), User(user_id="alice"), User(user_id="bob")

    register.store_user_process("size", UserProcessRequest(process_graph=ABSOLUTE), alice)

    assert register.find("alice", "size") == {"id": "size", "process_graph": ABSOLUTE}
    assert register.find("bob", "size") is None
    assert register.list_user_processes(user=bob).processes == []
    with pytest.raises(PredefinedProcessExists):
        register.store_user_process("ndvi", UserProcessRequest(process_graph=ABSOLUTE), alice)


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


def test_what_a_process_calls_need_not_exist_yet(api, store):
    graph = {"a": {"process_id": "later", "arguments": {"x": {"from_parameter": "y"}}, "result": True}}
    store("size", process_graph=graph)

    response = api("POST /validation", json={"process_graph": graph})
    assert [error["code"] for error in response.json()["errors"]] == ["ProcessUnsupported"]


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


@pytest.fixture
def connection(mock_backend_connection):
    return mock_backend_connection


def test_the_client_stores_describes_and_deletes(connection):
    about = {"summary": "Size", "parameters": [PARAMETER], "returns": {"schema": {"type": "number"}}}
    process = connection.save_user_defined_process("size", ABSOLUTE, **about)

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
