"""Results link to the items that they are made of."""

import pytest
import requests

from mock_backend import JobPlan

AREA = {"west": 5.0, "south": 51.2, "east": 5.02, "north": 51.22}
JUNE = ["2024-06-01", "2024-07-01"]


@pytest.fixture
def derived(mock_backend):
    """Run a job and return its links to what it is derived from."""

    def derived(cube, **options):
        mock_backend.plan(JobPlan.immediate())
        job = cube.create_job(**options)
        job.start()
        document = mock_backend.connect().get(f"/jobs/{job.job_id}/results").json()
        return [link for link in document["links"] if link["rel"] == "derived_from"]

    return derived


@pytest.fixture
def load(mock_backend):
    connection = mock_backend.connect()

    def load(name="SENTINEL2_L2A", extent=AREA, period=JUNE, bands=("B04",)):
        return connection.load_collection(
            name, spatial_extent=extent, temporal_extent=period, bands=list(bands)
        )

    return load


def test_each_item_is_there(mock_backend, derived, load):
    links = derived(load())

    assert 1 < len(links) < 20
    for link in links:
        item = requests.get(link["href"], timeout=5).json()
        assert item["collection"] == "SENTINEL2_L2A"
        assert "2024-06-01" <= item["properties"]["datetime"] < "2024-07-01"
        assert (link["type"], link["title"]) == ("application/geo+json", f"Derived from {item['id']}")


def test_those_that_a_search_finds_are_among_them(mock_backend, derived, load):
    found = requests.post(
        f"{mock_backend.url}/search",
        json={
            "collections": ["SENTINEL2_L2A"],
            "bbox": list(AREA.values()),
            "datetime": "2024-06-01T00:00:00Z/2024-06-30T23:59:59Z",
            "limit": 100,
        },
        timeout=5,
    ).json()["features"]

    # The pixels of the area's edge may be in the tiles beside it, too.
    assert {each["id"] for each in found} <= {link["href"].rpartition("/")[2] for link in derived(load())}
    assert found


def test_what_is_filtered_out_is_not_among_them(derived, load):
    whole, few = derived(load()), derived(load().filter_temporal(["2024-06-01", "2024-06-08"]))

    assert 0 < len(few) < len(whole)


def test_of_each_collection(derived, load):
    other = load("SENTINEL1_GRD", bands=["VV"])
    links = derived(load().reduce_dimension("t", "max").merge_cubes(other.reduce_dimension("t", "max")))

    assert {link["href"].split("/collections/")[1].split("/")[0] for link in links} == {
        "SENTINEL2_L2A",
        "SENTINEL1_GRD",
    }


def test_of_very_many_the_collection(mock_backend, derived, load):
    links = derived(load(period=["2016-01-01", "2024-01-01"]).reduce_dimension("t", "mean"))

    assert [link["href"] for link in links] == [f"{mock_backend.url}/collections/SENTINEL2_L2A"]
    assert requests.get(links[0]["href"], timeout=5).json()["id"] == "SENTINEL2_L2A"


def test_in_the_item_form_as_well(mock_backend, load):
    mock_backend.plan(JobPlan.immediate())
    job = load().create_job()
    job.start()
    headers = {"Accept": "application/geo+json"}
    item = mock_backend.connect().get(f"/jobs/{job.job_id}/results", headers=headers).json()

    assert item["type"] == "Feature"
    assert any(link["rel"] == "derived_from" for link in item["links"])


def test_none_if_nothing_is_loaded(mock_backend, api):
    mock_backend.plan(JobPlan.immediate())
    job_id = api.create({"add": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}})
    api.start(job_id)

    assert "derived_from" not in {link["rel"] for link in api(f"GET /jobs/{job_id}/results").json()["links"]}


@pytest.mark.mock_backend(relaxed=["unknown-collection"])
def test_none_of_a_collection_that_is_not_there(derived, mock_backend):
    cube = mock_backend.connect().load_collection(
        "NOTHING", spatial_extent=AREA, temporal_extent=JUNE, fetch_metadata=False
    )

    assert derived(cube) == []
