"""Capabilities, as far as tests/http/app does not ask for them."""

from mock_backend import MockBackend
from mock_backend.catalog import CapabilitiesRegister
from mock_backend.settings import AppSettings


def test_the_documents_agree(anonymous):
    root = anonymous("GET /").json()
    version = anonymous("GET /.well-known/openeo").json()["versions"][0]

    assert root["conformsTo"] == anonymous("GET /conformance").json()["conformsTo"]
    assert len(set(root["conformsTo"])) == len(root["conformsTo"])
    assert f"https://api.openeo.org/{root['api_version']}" in root["conformsTo"]
    assert (version["api_version"], version["production"]) == (root["api_version"], root["production"])


def test_there_is_a_free_plan_and_a_paid_one(anonymous):
    billing = anonymous("GET /").json()["billing"]
    paid = {plan["name"]: plan["paid"] for plan in billing["plans"]}

    assert paid == {"free": False, "premium": True}
    assert billing["default_plan"] == "free"
    assert set(paid) == set(AppSettings().billing_plans)


def test_jobs_take_every_plan(api):
    for plan in ("premium", "PREMIUM", "Free"):
        job_id = api.create(plan=plan)
        assert api(f"GET /jobs/{job_id}").json()["plan"].lower() == plan.lower()


def test_the_root_is_the_catalogue_of_all_collections(anonymous, mock_backend):
    mock_backend.add_collection({"id": "UNTITLED"})
    links = anonymous("GET /").json()["links"]
    children = [each for each in links if each["rel"] == "child"]
    listed = anonymous("GET /collections").json()["collections"]

    assert [each["href"].rpartition("/")[2] for each in children] == [each["id"] for each in listed]
    assert [each["title"] for each in children[:-1]] == [each["title"] for each in listed[:-1]]
    assert children[-1]["title"] == "UNTITLED"
    collection = anonymous(f"GET {children[-1]['href']}").json()
    assert all(each["title"] for each in [*links, *collection["links"]])


def test_search_is_there_by_both_methods(anonymous):
    links = [each for each in anonymous("GET /").json()["links"] if each["rel"] == "search"]

    assert [each["method"] for each in links] == ["GET", "POST"]
    assert {each["type"] for each in links} == {"application/geo+json"}
    for each in links:
        options = {"json": {}} if each["method"] == "POST" else {}
        assert anonymous(f"{each['method']} {each['href']}", **options).status_code == 200


def test_links_follow_the_host_and_the_path(api_of):
    with MockBackend("https://deep.test/openeo/1.2") as backend:
        root = api_of(backend)("GET /").json()
        hrefs = {each["rel"]: each["href"] for each in root["links"]}
        page = api_of(backend)(f"GET {hrefs['data']}?limit=1").json()

    assert hrefs["search"] == "https://deep.test/openeo/1.2/search"
    assert hrefs["version-history"] == "https://deep.test/.well-known/openeo"
    assert page["links"][0]["href"] == "https://deep.test/openeo/1.2/collections?limit=1"


def test_a_register_alone_lists_itself():
    register = CapabilitiesRegister()

    paths = [each["path"] for each in register.capabilities()["endpoints"]]
    assert paths == ["/conformance", "/.well-known/openeo"]
