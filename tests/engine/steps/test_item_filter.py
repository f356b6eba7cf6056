"""Filters by properties of items choose the days that the items tell of."""

import json

import pytest

BOX = {"west": 5.1, "south": 51.1, "east": 5.11, "north": 51.11}
QUERY = "bbox=5.1,51.1,5.11,51.11&datetime=2024-03-01/2024-05-31&limit=100"


@pytest.fixture
def items(anonymous):
    """Return properties of items of three months by their day."""

    def find(collection):
        page = anonymous(f"GET /collections/{collection}/items?{QUERY}").json()
        return {each["properties"]["datetime"][:10]: each["properties"] for each in page["features"]}

    return find


@pytest.fixture
def loaded(mock_backend):
    """Load three months of a collection, filtered by properties."""

    def load(collection, bands, **filters):
        return mock_backend.connect().load_collection(
            collection,
            spatial_extent=BOX,
            temporal_extent=["2024-03-01", "2024-06-01"],
            bands=bands,
            **filters,
        )

    return load


@pytest.fixture
def days():
    """Return the days of a data cube that is downloaded."""
    return lambda cube: [
        each[:10] for each in json.loads(cube.download(format="JSON"))["coords"]["t"]["data"]
    ]


def test_days_are_those_whose_cloud_cover_is_small(items, loaded, days):
    covers = {day: each["eo:cloud_cover"] for day, each in items("SENTINEL2_L2A").items()}

    found = days(loaded("SENTINEL2_L2A", ["B04"], max_cloud_cover=30))

    assert found == sorted(day for day, cover in covers.items() if cover <= 30)
    assert 0 < len(found) < len(covers)


@pytest.mark.parametrize("state", ["ascending", "DESCENDING"])
def test_days_are_those_of_a_direction(items, loaded, days, state):
    states = {day: each["sat:orbit_state"] for day, each in items("SENTINEL1_GRD").items()}

    found = days(
        loaded("SENTINEL1_GRD", ["VV"], properties={"sat:orbit_state": lambda value: value == state})
    )

    assert found == sorted(day for day, own in states.items() if own == state.lower())


def test_the_clearest_day_is_kept_if_none_is_clear_and_the_log_says_so(items, loaded, days, mock_backend):
    covers = {day: each["eo:cloud_cover"] for day, each in items("SENTINEL2_L2A").items()}
    cube = loaded("SENTINEL2_L2A", ["B04"], max_cloud_cover=-1)

    assert days(cube) == [min(covers, key=lambda day: (covers[day], day))]
    job = cube.create_job()
    job.start_and_wait()
    assert any("eo:cloud_cover" in each["message"] for each in job.logs() if each["level"] == "warning")


def test_days_are_those_of_a_satellite(items, loaded, days):
    platforms = {day: each["platform"] for day, each in items("SENTINEL2_L2A").items()}

    is_first = {"platform": lambda value: value == "sentinel-2a"}
    found = days(loaded("SENTINEL2_L2A", ["B04"], properties=is_first))

    assert found == sorted(day for day, own in platforms.items() if own == "sentinel-2a")


@pytest.mark.filterwarnings("ignore:Property filtering")  # the client warns of unknown properties
def test_properties_that_items_do_not_have_choose_nothing(items, loaded, days):
    is_tile = {"tileId": lambda value: value == "31UFT"}

    assert days(loaded("SENTINEL2_L2A", ["B04"], properties=is_tile)) == sorted(items("SENTINEL2_L2A"))
