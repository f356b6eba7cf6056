"""Items of collections."""

import json
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from mock_backend import Clock, MockBackend

from .conftest import ids, meets

HERE = "bbox=5,51.2,5.1,51.3"
JUNE = "datetime=2024-06-01T00:00:00Z/2024-06-30T23:59:59Z"
SENTINEL2 = "/collections/SENTINEL2_L2A/items"


def test_items_are_geojson(anonymous, collection_id, read_by_pystac):
    response = anonymous(f"GET /collections/{collection_id}/items")
    page = response.json()

    assert response.headers["Content-Type"] == "application/geo+json"
    assert page["type"] == "FeatureCollection"
    assert page["numberReturned"] == len(page["features"]) <= 10
    assert page["numberMatched"] >= page["numberReturned"]
    for item in page["features"]:
        assert item["collection"] == collection_id
        assert item["assets"] == {}
        assert read_by_pystac(item).id == item["id"]


def test_an_item_is_what_the_list_says(anonymous, collection_id, link):
    for item in anonymous(f"GET /collections/{collection_id}/items?limit=3").json()["features"]:
        response = anonymous(f"GET {link(item, 'self')}")
        assert response.headers["Content-Type"] == "application/geo+json"
        assert response.json() == item
        assert anonymous(f"GET {link(item, 'collection')}").json()["id"] == collection_id
        assert link(item, "parent") == link(item, "collection")
        assert anonymous(f"GET {link(item, 'root')}").status_code == 200


def test_the_list_links_to_itself_and_its_collection(anonymous, link):
    page = anonymous(f"GET {SENTINEL2}?{HERE}&limit=3").json()

    assert anonymous(f"GET {link(page, 'self')}").json() == page
    assert anonymous(f"GET {link(page, 'collection')}").json()["id"] == "SENTINEL2_L2A"
    assert anonymous(f"GET {link(page, 'root')}").json()["type"] == "Catalog"


def test_pages_together_are_all_items(anonymous, few, pages):
    found = list(pages(anonymous, "/collections/FEW/items?limit=5"))

    assert [len(page["features"]) for page in found] == [5, 5, 2]
    items = [item for page in found for item in page["features"]]
    assert len({item["id"] for item in items}) == 12
    times = [item["properties"]["datetime"] for item in items]
    assert times == sorted(times, reverse=True)
    assert (times[-1], times[0]) == ("2024-06-01T00:00:00Z", "2024-06-03T18:00:00Z")
    assert {page["numberMatched"] for page in found} == {12}


def test_box_and_period_choose(anonymous):
    found = anonymous(f"GET {SENTINEL2}?{HERE}&{JUNE}").json()["features"]

    assert len(found) == 6  # every five days
    for item in found:
        assert meets(item, (5, 51.2, 5.1, 51.3))
        assert item["properties"]["datetime"].startswith("2024-06")
    times = [datetime.fromisoformat(item["properties"]["datetime"]) for item in found]
    assert {a - b for a, b in pairwise(times)} == {timedelta(days=5)}


def test_a_period_in_dates_covers_its_last_day(anonymous, few):
    def count(period):
        return anonymous(f"GET /collections/FEW/items?datetime={period}").json()["numberMatched"]

    assert count("2024-06-01") == 4
    assert count("2024-06-01/2024-06-02") == 8
    assert count("2024-06-02/..") == 8
    assert count("../2024-06-01T11:00:00Z") == 2
    assert count("2024-06-01T06:00:00Z") == 1
    assert count("2023-01-01/2023-12-31") == 0


def test_a_page_without_items_is_an_empty_list(anonymous, link):
    page = anonymous(f"GET {SENTINEL2}?datetime=../1999-01-01").json()

    assert (page["features"], page["numberMatched"]) == ([], 0)
    assert link(page, "next") is None


def test_boxes_across_the_antimeridian_and_with_heights(anonymous):
    query = "datetime=2024-06-01/2024-06-05&limit=1000"
    found = anonymous(f"GET {SENTINEL2}?bbox=179,10,-179,11&{query}").json()["features"]
    wests = {item["bbox"][0] for item in found}

    assert wests == {179, -180, -179}
    heights = anonymous(f"GET {SENTINEL2}?bbox=179,10,-100,-179,11,9000&{query}").json()
    assert heights["features"] == found


BAD_QUERIES = [
    "bbox=1,2,3",
    "bbox=1,2,3,4,5",
    "bbox=a,b,c,d",
    "bbox=1,2,nan,4",
    "bbox=1,2,inf,4",
    "bbox=1,5,3,4",
    "bbox=-181,0,1,1",
    "bbox=0,0,1,91",
    "bbox=,,,",
    "datetime=today",
    "datetime=2024-06-31",
    "datetime=2024-06-02/2024-06-01",
    "datetime=../..",
    "datetime=2024-06-01T00:00:00",
    "limit=0",
    "limit=-1",
    "limit=many",
    "limit=1.0",
    "limit=1_0",
    "token=x",
    "token=SENTINEL2_L2A.1",
    "token=SENTINEL2_L2A.-1.2",
    "token=AGERA5.1.1",
    "filter=eo:cloud_cover<",
    "filter=eo:cloud_cloud<10",
    "filter=never(platform)=1",
    "filter=platform='a'&filter-lang=cql-text",
    "filter=platform='a'&filter-crs=EPSG:32631",
    "filter=[]&filter-lang=cql2-json",
    "filter=platform",
    "filter=3",
    'filter={"op":"<","args":[{"property":"platform"}]}&filter-lang=cql2-json',
    "query={}",
    "sortby=,",
    "sortby=geometry",
    "sortby=eo:cloud_cover",
    "sortby=properties.cloud_cover",
    "fields=id",
]


def test_bad_queries(anonymous, assert_error, example):
    for query in BAD_QUERIES:
        with example(query):
            word = query.partition("=")[0]

            assert_error(anonymous(f"GET {SENTINEL2}?{query}"), 400, "RequestInvalid", word)
            assert_error(
                anonymous(f"GET /search?collections=SENTINEL2_L2A&{query}"), 400, "RequestInvalid", word
            )


def test_a_limit_beyond_the_largest_is_the_largest(few):
    with MockBackend("https://small.test") as backend:
        register = backend.registers[2]
        register.settings = register.settings.model_copy(update={"max_listing": 3})
        backend.add_collection("SMALL", spatial_extent=[0, 0, 9, 9])
        page = json.loads(register.list_items("SMALL", limit="10000").body)

    assert page["numberReturned"] == 3
    assert page["numberMatched"] > 3


UNKNOWN = [
    "x",
    "SENTINEL2_L2A",
    "SENTINEL2_L2A_20240604T100853_1",
    "SENTINEL2_L2A_20240604T100854_21159",
    "SENTINEL2_L2A_20240604T100853_021159",
    "SENTINEL2_L2A_20240604T100853_999999999",
    "SENTINEL2_L2A_20241304T100853_21159",
    "SENTINEL2_L2A_19990604T100853_21159",
    "SENTINEL2_L2A_20990604T100853_21159",
    "SENTINEL2_L1C_20240604T100853_21159",
]


def test_unknown_items(anonymous, assert_error, example):
    assert anonymous(f"GET {SENTINEL2}/SENTINEL2_L2A_20240604T100853_21159").status_code == 200
    for item_id in UNKNOWN:
        with example(item_id):
            assert_error(anonymous(f"GET {SENTINEL2}/{item_id}"), 404, "NotFound", item_id)


def test_new_items_appear_as_time_goes_by(anonymous, mock_backend, link):
    query = f"{SENTINEL2}?{HERE}&limit=1"
    before = anonymous(f"GET {query}").json()
    newest = before["features"][0]
    assert datetime.fromisoformat(newest["properties"]["datetime"]) <= mock_backend.clock.now()
    mock_backend.clock.advance("5d")
    after = anonymous(f"GET {query}").json()

    assert after["numberMatched"] == before["numberMatched"] + 1
    assert after["features"][0]["id"] != newest["id"]
    assert anonymous(f"GET {link(before, 'next')}").json()["features"][0]["id"] not in ids(after) + ids(
        before
    )


def test_items_are_the_same_in_every_back_end_but_for_clouds_of_another_seed(anonymous, api_of):
    def properties(seed):
        with MockBackend("https://other.test", seed=seed) as backend:
            found = api_of(backend)(f"GET {SENTINEL2}?{HERE}").json()["features"]
        covers = [each["properties"].pop("eo:cloud_cover") for each in found]
        return [each["properties"] for each in found], covers

    first, covers = properties(0)
    other, others = properties(7)

    assert first == other
    assert covers != others
    assert properties(7) == (other, others)


@pytest.mark.mock_backend(profile="spec")
def test_data_without_time_have_a_period(anonymous):
    page = anonymous("GET /collections/COPERNICUS_30/items?bbox=5.5,51.5,5.6,51.6").json()
    (item,) = page["features"]

    assert item["bbox"] == [5, 51, 6, 52]
    assert item["properties"]["datetime"] is None
    assert item["properties"]["start_datetime"] == "2010-12-12T00:00:00Z"
    assert item["properties"]["end_datetime"] == "2015-01-07T23:59:59Z"


def test_a_collection_of_the_future_has_no_items_yet(anonymous, mock_backend):
    mock_backend.add_collection("LATER", temporal_extent=["2030-01-01", None])
    mock_backend.add_collection("LATER_STILL", temporal_extent=["2030-01-01", "2031-01-01"], revisit_days=0)

    for name in ("LATER", "LATER_STILL"):
        assert anonymous(f"GET /collections/{name}/items").json()["numberMatched"] == 0


def test_a_collection_that_crosses_the_antimeridian(anonymous, mock_backend):
    mock_backend.add_collection(
        "FIJI", spatial_extent=[176.5, -20, -178.5, -19], temporal_extent=["2024-01-01", "2024-01-02"]
    )
    found = anonymous("GET /collections/FIJI/items").json()["features"]
    crossing = [each for each in found if each["bbox"][0] > each["bbox"][2]]

    assert len(found) == 5
    assert [each["geometry"]["type"] for each in crossing] == ["MultiPolygon"]
    assert crossing[0]["bbox"] == [179.5, -20, -179.5, -19]
    whole = anonymous("GET /collections/FIJI").json()
    assert whole["cube:dimensions"]["x"]["extent"] == [176.5, 181.5]


def test_items_follow_a_running_clock(api_of):
    with MockBackend("https://late.test", clock=Clock("2040-01-01T00:00:00Z")) as backend:
        newest = api_of(backend)("GET /collections/AGERA5/items?limit=1").json()["features"][0]

    assert newest["properties"]["datetime"] == "2040-01-01T00:00:00Z"
