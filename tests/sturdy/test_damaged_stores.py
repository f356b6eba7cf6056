"""A store with a damaged document is refused, with the name of that and a way to go on."""

import copy
import json

import pytest

from mock_backend import MockBackend
from mock_backend.settings import AppSettings
from mock_backend.stores import StoreError
from mock_backend.stores.tiny import TinyStore

URL = "https://damaged.test"
GRAPH = {"n": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}
LOADED = {
    "n": {
        "process_id": "load_collection",
        "arguments": {
            "id": "SENTINEL2_L2A",
            "spatial_extent": {"west": 5.0, "south": 51.2, "east": 5.001, "north": 51.201},
            "temporal_extent": ["2024-06-01", "2024-06-03"],
        },
        "result": True,
    }
}
REMOVED = object()
VALUES = [REMOVED, None, 7, "x", [], {}]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.json"


@pytest.fixture
def routes(path, api_of):
    """Fill a store; return what reads it."""
    with MockBackend(URL, store=path) as backend:
        api = api_of(backend)
        job_id = api.create(LOADED, title="t", budget=100, log_level="info", job_options={"a": 1})
        api.start(job_id)
        backend.clock.advance(hours=1)
        service = api("POST /services", json={"type": "xyz", "process": {"process_graph": LOADED}})
        service_id = service.headers["OpenEO-Identifier"]
        api("PUT /process_graphs/p", json={"process_graph": GRAPH})
        api("PUT /files/f.txt", data=b"abc")
    jobs = [f"/jobs/{job_id}", f"/jobs/{job_id}/results", f"/jobs/{job_id}/logs"]
    listings = ["/jobs", "/services", "/process_graphs", "/files"]
    return [f"GET {each}" for each in (*listings, *jobs, f"/services/{service_id}", "/process_graphs/p")]


def places(value, above=()):
    """Yield the places of all members in a document, process graphs aside."""
    if isinstance(value, dict) and "arguments" not in above:
        for name, each in value.items():
            yield (*above, name)
            yield from places(each, (*above, name))


def damaged(tables, place, value):
    """Return tables with another value at a place."""
    found = copy.deepcopy(tables)
    inside = found
    for name in place[:-1]:
        inside = inside[name]
    if value is REMOVED:
        del inside[place[-1]]
    else:
        inside[place[-1]] = value
    return found


@pytest.mark.off_contract("damage that nothing here depends on is shown as it is")
def test_damage_of_any_member_is_told_on_opening_or_does_not_matter(path, routes, api_of):
    tables = json.loads(path.read_text())
    found = [each for name in ("jobs", "resources") for each in places(tables[name], (name,))]
    refused = 0
    for number, place in enumerate(found):
        # One value for each place, in turn, each time the test is run the same.
        value = VALUES[number % len(VALUES)]
        path.write_text(json.dumps(damaged(tables, place, value)))
        try:
            backend = MockBackend(URL, store=path)
        except StoreError:
            refused += 1
            continue
        with backend:
            api = api_of(backend)
            for route in routes:
                assert api(route).status_code < 500, (place, value, route)
    assert refused > len(found) / 2


@pytest.mark.parametrize("kind", ["jobs", "services", "process_graphs", "files"])
def test_it_is_named_and_can_be_set_aside(path, routes, api_of, kind):
    tables = json.loads(path.read_text())
    if kind == "jobs":
        [document] = tables["jobs"].values()
        document["created"] = "yesterday"
        name = document["job_id"]
    else:
        document = next(each for each in tables["resources"].values() if each["kind"] == kind)
        name = document["key"]
        document["document"] = {"document": "of something else"}
    path.write_text(json.dumps(tables))

    with pytest.raises(StoreError, match="damaged") as refused:
        MockBackend(URL, store=path)

    message, copy_ = str(refused.value), path.with_name("copy.json")
    assert name in message
    copy_.write_bytes(path.read_bytes())
    removal = message.partition("store = TinyStore(path); store.")[2].partition(";")[0]
    store = TinyStore(path)
    eval(f"store.{removal}", {"store": store})  # what the message offers
    store.close()
    with pytest.warns(UserWarning, match=f"{name}.*was damaged"):
        MockBackend(URL, store=copy_, settings=AppSettings(set_aside=True)).close()
    for each in (path, copy_):
        with MockBackend(URL, store=each) as backend:
            assert api_of(backend)("GET /jobs").status_code == 200
