"""The extensions of the API: where they are offered, and what they do."""

import pytest

from mock_backend import MockBackend
from mock_backend.api.extensions.processing_parameters import ProcessingParametersRegister
from mock_backend.profiles.api_version import EXTENSIONS

WITH_ENDPOINTS = {
    "processing-parameters": {"/processing_parameters"},
    "workspaces": {"/workspace_providers", "/workspaces", "/workspaces/{workspace_id}"},
    "commercial-data": {"/orders", "/orders/{order_id}"},
}
ORDERABLE = {
    "id": "PLEIADES",
    "order:status": "orderable",
    "order_parameters": [{"name": "bits", "description": "Bits.", "schema": {"type": "integer"}}],
    "pricing": {"searching": None, "ordering": {"description": "Ten credits each."}},
}


def offered(api):
    """Return the extensions whose classes are listed, with their versions, and the paths of endpoints."""
    root = api("GET /").json()
    prefix = "https://api.openeo.org/extensions/"
    listed = [each.removeprefix(prefix) for each in root["conformsTo"] if each.startswith(prefix)]
    return dict(each.split("/") for each in listed), {each["path"] for each in root["endpoints"]}


@pytest.fixture
def api(newer):
    return newer


def test_api_1_3_offers_all_that_a_single_back_end_can(api):
    classes, paths = offered(api)

    assert classes == {name: "0.1.0" for name in EXTENSIONS if name != "federation"}
    assert set.union(*WITH_ENDPOINTS.values()) <= paths


def test_api_1_2_offers_none_by_itself(anonymous, assert_error):
    classes, paths = offered(anonymous)

    assert not set(classes) & WITH_ENDPOINTS.keys()
    assert not set.union(*WITH_ENDPOINTS.values()) & paths
    assert_error(anonymous("GET /workspaces"), 404, "NotFound")


@pytest.mark.parametrize("extension", WITH_ENDPOINTS)
def test_they_can_be_offered_with_any_version(api_of, extension):
    with MockBackend("https://extended.test", extensions=[extension]) as backend:
        classes, paths = offered(api_of(backend))

    assert classes[extension] == "0.1.0"
    assert set(WITH_ENDPOINTS) & classes.keys() == {extension}
    assert WITH_ENDPOINTS[extension] <= paths


def test_a_profile_has_its_own(api_of):
    with MockBackend("https://like.test", profile="cdse") as backend:
        classes, paths = offered(api_of(backend))

    assert {"processing-parameters", "remote-process-definition"} <= classes.keys()
    assert "/processing_parameters" in paths


def test_the_federation_has_another_version_with_api_1_3(api_of):
    for version, expected in (("1.2", "0.1.0"), ("1.3", "0.2.0")):
        with MockBackend("https://one.test", api_version=version, extensions="federation") as backend:
            assert offered(api_of(backend))[0]["federation"] == expected


def test_unknown_extensions_are_named():
    with pytest.raises(ValueError, match=r"Unknown extension 'workspace'.*workspaces"):
        MockBackend("https://typo.test", extensions=["workspace"])


# -- processing parameters ---------------------------------------------------------------------------------


def test_processing_parameters_are_those_of_the_profile(api_of):
    with MockBackend("https://like.test", profile="cdse") as backend:
        found = api_of(backend)("GET /processing_parameters").json()

    by_name = {each["name"]: each for each in found["create_job_parameters"]}
    assert by_name["executor-memory"]["default"] == "2G"
    assert by_name["soft-errors"]["schema"]["type"] == "number"
    assert all(each["optional"] for each in by_name.values())
    assert found["create_service_parameters"] == []


def test_a_register_may_have_other_parameters(api_of):
    class Mine(ProcessingParametersRegister):
        def parameters(self):
            schema = {"type": "integer"}
            return {"tiles": {"description": "Tiles.", "schema": schema, "default": 256, "for": ["service"]}}

    with MockBackend("https://mine.test", api_version="1.3", registers=[Mine]) as backend:
        found = api_of(backend)("GET /processing_parameters").json()

    assert found["create_job_parameters"] == found["create_synchronous_parameters"] == []
    (parameter,) = found["create_service_parameters"]
    assert parameter == {
        "name": "tiles",
        "description": "Tiles.",
        "optional": True,
        "default": 256,
        "schema": {"type": "integer"},
    }


# -- workspaces --------------------------------------------------------------------------------------------


def create(api, **members):
    response = api("POST /workspaces", json={"intent": "create"} | members)
    assert response.status_code == 201, response.text
    identifier = response.headers["OpenEO-Identifier"]
    assert response.headers["Location"] == f"{api.url}/workspaces/{identifier}"
    return identifier


def test_a_workspace_takes_a_moment_to_get_ready(backend, api):
    identifier = create(api, title="Mine", quota=1000)

    found = api(f"GET /workspaces/{identifier}").json()
    assert (found["title"], found["type"], found["status"]) == ("Mine", "S3", "provisioning")
    assert "url" not in found
    backend.clock.advance("1m")
    found = api(f"GET /workspaces/{identifier}").json()
    assert (found["status"], found["free"]) == ("ready", 1000)
    assert found["url"].startswith("https://")
    assert api("GET /workspaces").json()["workspaces"] == [found]


def test_a_registered_workspace_is_there_at_once_and_its_secrets_are_not_shown(api):
    secrets = {"username": "me", "password": "hush"}
    identifier = create(api, intent="register", type="s3", url="https://bucket.example", parameters=secrets)

    response = api(f"GET /workspaces/{identifier}")
    assert (response.json()["status"], response.json()["url"]) == ("ready", "https://bucket.example")
    assert "hush" not in response.text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "intent"),
        ({"intent": "borrow"}, "intent"),
        ({"intent": "create", "type": "tape"}, "'tape'"),
        ({"intent": "register", "type": "S3"}, "url and parameters"),
        ({"intent": "create", "quota": "much"}, "quota"),
    ],
)
def test_what_is_no_workspace_is_refused(api, assert_error, body, words):
    assert_error(api("POST /workspaces", json=body), 400, "RequestInvalid", words)


def test_a_workspace_can_be_changed_and_removed(api, assert_error):
    identifier = create(api, title="Mine", description="Long.")

    assert api(f"PATCH /workspaces/{identifier}", json={"title": "Ours"}).status_code == 204
    found = api(f"GET /workspaces/{identifier}").json()
    assert (found["title"], found["description"]) == ("Ours", "Long.")
    assert_error(
        api(f"PATCH /workspaces/{identifier}", json={"status": "ready"}), 400, "PropertyNotEditable", "status"
    )
    assert api(f"DELETE /workspaces/{identifier}").status_code == 204
    assert_error(api(f"GET /workspaces/{identifier}"), 404, "WorkspaceNotFound", identifier)
    assert create(api) != identifier


def test_workspaces_are_the_users_own(backend, api, api_of, assert_error):
    backend.users.add("bob", "builder")
    identifier = create(api)
    bob = api_of(backend, "bob")

    assert bob("GET /workspaces").json()["workspaces"] == []
    assert_error(bob(f"DELETE /workspaces/{identifier}"), 404, "WorkspaceNotFound")


def test_providers_say_what_they_need(anonymous, api):
    providers = api("GET /workspace_providers").json()["providers"]

    assert providers["S3"]["intents"] == ["create", "register"]
    assert all(each["description"] for each in providers["S3"]["parameters"].values())


def export(graph, workspace):
    graph["save"].pop("result")
    arguments = {"data": {"from_node": "save"}, "workspace": workspace, "merge": "a/b"}
    node = {"process_id": "export_workspace", "arguments": arguments, "result": True}
    return graph | {"export": node}


def messages(api, backend, graph):
    job_id = api.create(graph)
    api.start(job_id)
    backend.clock.advance("1h")
    assert api.status(job_id) == "finished"
    return {entry["message"]: entry["level"] for entry in api(f"GET /jobs/{job_id}/logs").json()["logs"]}


def test_a_job_tells_what_it_exports(backend, api, graph):
    identifier = create(api)
    told = messages(api, backend, export(graph, identifier))

    (line,) = [each for each in told if "workspace" in each]
    assert line.startswith("Exported ")
    assert line.endswith(f" to the workspace '{identifier}', below 'a/b'.")


def test_and_that_a_workspace_is_unknown(backend, api, graph):
    told = messages(api, backend, export(graph, "nowhere"))

    assert told["Unknown workspace 'nowhere'; nothing is exported to it."] == "warning"


# -- commercial data ---------------------------------------------------------------------------------------


@pytest.fixture
def shop(backend, api):
    """A client of a back-end with a collection that is not free of charge."""
    backend.add_collection(api("GET /collections/SENTINEL2_L2A").json() | ORDERABLE)
    return api


def order(api, collection="PLEIADES", items=("one", "two")):
    body = {"source_collection_id": collection, "items": list(items), "parameters": {"bits": 8}}
    return api("POST /orders", json=body)


def test_a_collection_tells_that_it_can_be_ordered_from(shop):
    found = shop("GET /collections/PLEIADES").json()

    assert {name: found[name] for name in ORDERABLE} == ORDERABLE


def test_an_order_is_confirmed_paid_and_delivered(backend, shop):
    backend.users["alice"].budget = 50
    response = order(shop)
    order_id = response.headers["OpenEO-Identifier"]
    assert response.headers["Location"] == f"{shop.url}/orders/{order_id}"

    found = shop(f"GET /orders/{order_id}").json()
    assert (found["order:status"], found["costs"], found["items"]) == ("orderable", 20, ["one", "two"])
    assert (found["source_collection_id"], found["parameters"]) == ("PLEIADES", {"bits": 8})
    assert [each["rel"] for each in found["links"]] == ["item", "item"]
    for _ in range(2):  # which does nothing the second time
        assert shop(f"POST /orders/{order_id}").status_code == 202
    assert backend.users["alice"].budget == 30
    assert shop(f"GET /orders/{order_id}").json()["order:status"] == "ordered"
    backend.clock.advance("1h")
    (listed,) = shop("GET /orders").json()["orders"]
    assert (listed["order:status"], "items" in listed) == ("succeeded", False)
    assert shop(f"DELETE /orders/{order_id}").status_code == 204
    assert shop("GET /orders").json()["orders"] == []


def test_who_cannot_pay_gets_nothing(backend, shop, assert_error):
    backend.users["alice"].budget = 19.5
    order_id = order(shop).headers["OpenEO-Identifier"]

    assert_error(shop(f"POST /orders/{order_id}"), 402, "PaymentRequired", "20", "19.5")
    assert shop(f"GET /orders/{order_id}").json()["order:status"] == "orderable"
    assert backend.users["alice"].budget == 19.5


def test_what_cannot_be_ordered_is_refused(backend, shop, api_of, assert_error):
    assert_error(order(shop, "SENTINEL2_L2A"), 400, "RequestInvalid", "SENTINEL2_L2A")
    assert_error(order(shop, "PLEIADE"), 404, "CollectionNotFound", "PLEIADES")
    assert_error(order(shop, items=[]), 400, "RequestInvalid", "items")
    assert_error(shop("GET /orders/none"), 404, "OrderNotFound", "none")
    backend.users.add("bob", "builder")
    order_id = order(shop).headers["OpenEO-Identifier"]
    assert_error(api_of(backend, "bob")(f"POST /orders/{order_id}"), 404, "OrderNotFound")


@pytest.mark.parametrize("path", ["/orders", "/workspaces"])
def test_listings_have_pages(shop, path):
    for _ in range(3):
        assert (order(shop) if path == "/orders" else shop("POST /workspaces", json={"intent": "create"})).ok
    name = path[1:]

    first = shop(f"GET {path}?limit=2").json()
    (following,) = [link["href"] for link in first["links"] if link["rel"] == "next"]
    last = shop(f"GET {following}").json()
    assert [len(page[name]) for page in (first, last)] == [2, 1]
    assert [each["id"] for page in (first, last) for each in page[name]] == [
        each["id"] for each in shop(f"GET {path}").json()[name]
    ]


def test_what_extensions_keep_survives_a_restart(tmp_path, api_of):
    for attempt in range(2):
        with MockBackend("https://kept.test", store=tmp_path / "store", api_version="1.3") as backend:
            create(api_of(backend))
            assert len(api_of(backend)("GET /workspaces").json()["workspaces"]) == attempt + 1
