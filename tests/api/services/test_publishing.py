"""Publishing, describing and listing services, and for how long they are there."""

import pytest

from mock_backend import MockBackend
from mock_backend.api.models import ServiceRequest
from mock_backend.api.services import ServicesRegister
from mock_backend.auth.accounts import User
from mock_backend.stores import MemoryStore, StoreError

from .conftest import ids


def link(response, rel):
    return next((each["href"] for each in response.json()["links"] if each["rel"] == rel), None)


def test_publishing_answers_with_id_and_url(api, graph):
    response = api("POST /services", json={"type": "XYZ", "process": {"process_graph": graph}})

    assert (response.status_code, response.content) == (201, b"")
    service_id = response.headers["OpenEO-Identifier"]
    assert response.headers["Location"] == f"{api.url}/services/{service_id}"
    assert api(f"GET {response.headers['Location']}").json()["id"] == service_id


def test_a_service_has_what_was_said_of_it(api, graph, publish):
    said = {
        "title": "NDVI",
        "description": "June",
        "process": {"process_graph": graph, "summary": None},
        "enabled": False,
        "configuration": {"version": "1.1.1", "colormap": "greys"},
        "plan": "FREE",
        "budget": 5.5,
        "log_level": "warning",
        "federation": {"mine": True},
    }
    service = api(f"GET /services/{publish('WMS', **said)}").json()

    assert {name: service[name] for name in said} == said
    assert service["created"] == "2025-06-01T12:00:00Z"
    assert service["costs"] == 0
    assert service["attributes"] == {"bounds": [5.0, 51.2, 5.1, 51.3], "layers": ["result"]}


def test_what_was_not_said_has_a_default(api, publish, everywhere):
    service = api(f"GET /services/{publish(process={'process_graph': everywhere})}").json()

    assert service["enabled"] is True
    assert service["configuration"] == {"tile_size": 256, "colormap": "viridis"}
    assert (service["plan"], service["log_level"], service["attributes"]) == ("free", "info", {})
    assert not {"title", "description", "budget"} & service.keys()


def test_null_is_the_default(api, publish):
    members = dict.fromkeys(("title", "description", "plan", "budget", "log_level"))
    service = api(f"GET /services/{publish(**members)}").json()

    assert (service["plan"], service["log_level"]) == ("free", "info")
    assert not {"title", "description", "budget"} & service.keys()


@pytest.mark.parametrize(("name", "rest"), [("XYZ", "xyz/{z}/{x}/{y}"), ("WMS", "wms")])
def test_the_url_follows_the_type(api, publish, name, rest):
    service_id = publish(name)

    assert api(f"GET /services/{service_id}").json()["url"] == f"{api.url}/services/{service_id}/{rest}"


def test_members_of_the_clients_pass_for_none_of_ours(api, publish):
    service_id = publish(id="mine", url="x", costs=7, created="never", attributes=1, events=[], user_id="bob")

    service = api(f"GET /services/{service_id}").json()

    assert service["id"] == service_id
    assert service["url"].startswith(api.url)
    assert (service["costs"], service["created"]) == (0, "2025-06-01T12:00:00Z")
    assert (service["events"], service["user_id"]) == ([], "bob")
    assert ids(api("GET /services")) == [service_id]


def test_ids_follow_from_the_seed(api_of, service_of):
    def first(seed):
        with MockBackend("https://seeds.test", seed=seed) as backend:
            return service_of(api_of(backend))

    assert first(1) == first(1) != first(2)


def test_an_id_is_never_used_again(api, publish):
    first = publish()
    api(f"DELETE /services/{first}")

    assert publish() != first


def test_a_user_defined_process_can_be_published(api, publish):
    graph = {
        "load": {
            "process_id": "load_collection",
            "arguments": {"id": "SENTINEL2_L2A", "spatial_extent": None, "temporal_extent": None},
            "result": True,
        }
    }
    assert api("PUT /process_graphs/mine", json={"process_graph": graph}).status_code == 200
    call = {"mine": {"process_id": "mine", "namespace": "user", "arguments": {}, "result": True}}
    service_id = publish(process={"process_graph": call})

    assert api("DELETE /process_graphs/mine").status_code == 204
    assert api(f"GET /services/{service_id}").json()["process"] == {"process_graph": call}


@pytest.mark.parametrize(("name", "parameter"), [("XYZ", "spatial_extent"), ("WMS", "spatial_extent")])
def test_the_parameters_of_the_type_can_be_referred_to(api, publish, everywhere, name, parameter):
    everywhere["load"]["arguments"]["spatial_extent"] = {"from_parameter": parameter}

    service = api(f"GET /services/{publish(name, process={'process_graph': everywhere})}").json()

    assert service["process"]["process_graph"] == everywhere


def test_other_parameters_cannot(api, assert_error, everywhere):
    everywhere["load"]["arguments"]["spatial_extent"] = {"from_parameter": "spatial_extend"}
    body = {"type": "XYZ", "process": {"process_graph": everywhere}}

    response = api("POST /services", json=body)

    assert response.status_code == 400
    assert "'spatial_extend'" in response.json()["message"]


def test_a_register_works_without_a_back_end(graph):
    register, alice, bob = ServicesRegister(), User(user_id="alice"), User(user_id="bob")
    request = ServiceRequest(type="WMS", process={"process_graph": graph}, title="NDVI")

    service_id = register.create_service(request, alice).headers["OpenEO-Identifier"]

    assert register.get_service(service_id, alice).title == "NDVI"
    assert register.list_services(user=bob).services == []
    assert register.find(service_id).user_id == "alice"


def test_a_listing_leaves_out_what_is_large(api, publish):
    service_id = publish(title="NDVI")

    [service] = api("GET /services").json()["services"]

    whole = api(f"GET /services/{service_id}").json()
    large = {"process", "configuration", "attributes", "links"}
    assert service.keys() & large == set()
    assert service == {name: value for name, value in whole.items() if name in service}
    assert {"id", "title", "url", "type", "enabled", "created", "plan", "costs"} <= service.keys()


def test_the_oldest_comes_first(api, publish):
    assert [publish(title=str(n)) for n in range(12)] == ids(api("GET /services"))


def test_pages_cover_everything_once_in_both_directions(api, publish):
    created = [publish() for _ in range(7)]
    seen, url, last = [], "/services?limit=3", None
    while url:
        last = api(f"GET {url}")
        assert len(ids(last)) <= 3
        seen += ids(last)
        url = link(last, "next")
    assert seen == created

    back = ids(last)
    while url := link(last, "prev"):
        last = api(f"GET {url}")
        back = ids(last) + back
    assert back == created


@pytest.mark.parametrize("limit", ["0", "x"])
def test_absurd_limits(api, assert_error, limit):
    assert_error(api(f"GET /services?limit={limit}"), 400, "RequestInvalid", "limit")


def test_services_survive_a_restart(tmp_path, api_of, service_of):
    def run(do):
        with MockBackend("https://kept.test", store=tmp_path / "kept.json") as backend:
            return do(api_of(backend))

    def look(api):
        return api(f"GET /services/{first}").json(), api(f"GET /services/{first}/logs").json()

    first = run(lambda api: service_of(api, "WMS", title="NDVI", configuration={"version": "1.1.1"}))
    before = run(look)
    assert before[0]["title"] == "NDVI"
    assert run(look) == before
    run(lambda api: api(f"DELETE /services/{first}"))
    assert run(service_of) != first


@pytest.mark.parametrize("written", [0, 1])
def test_a_crash_while_publishing_costs_no_other_service(api_of, service_of, written):
    store = MemoryStore()
    with MockBackend("https://crashing.test", store=store) as backend:
        api = api_of(backend)
        service_of(api, title="before")
        original, left = store.resources.put, written

        def crash(*arguments):
            nonlocal left
            if left == 0:
                raise StoreError("The process has been killed.")
            left -= 1
            original(*arguments)

        store.resources.put = crash
        with pytest.raises(AssertionError, match="killed"):
            service_of(api, title="during")
        there = [service.title for service in backend.services]
        store.resources.put = original
        service_of(api, title="after")

        assert [service.title for service in backend.services] == [*there, "after"]


def test_a_reset_forgets_them(mock_backend, api, publish):
    first = publish()
    mock_backend.reset()

    assert ids(api("GET /services")) == []
    assert publish() == first
