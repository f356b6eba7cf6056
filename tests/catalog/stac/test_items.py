"""Items of collections, and the search for them."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_backend import Clock, MockBackend
from mock_backend.catalog import ItemsRegister

HERE = "bbox=5,51.2,5.1,51.3"
JUNE = "datetime=2024-06-01T00:00:00Z/2024-06-30T23:59:59Z"
SENTINEL2 = "/collections/SENTINEL2_L2A/items"


@pytest.fixture
def few(mock_backend):
    """A collection of 4 tiles that are seen on 3 days."""
    return mock_backend.add_collection(
        "FEW",
        spatial_extent=[0, 0, 2, 2],
        temporal_extent=["2024-06-01T00:00:00Z", "2024-06-03T23:00:00Z"],
        revisit_days=1,
        bands=["B1"],
    )


def ids(page):
    return [each["id"] for each in page["features"]]


def meets(item, box):
    west, south, east, north = item["bbox"]
    tiny = 1e-9  # below what coordinates are rounded to
    return (
        west <= box[2] + tiny and box[0] - tiny <= east and south <= box[3] + tiny and box[1] - tiny <= north
    )


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


@pytest.mark.parametrize(
    "query",
    [
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
    ],
)
def test_bad_queries(anonymous, assert_error, query):
    word = query.partition("=")[0]

    assert_error(anonymous(f"GET {SENTINEL2}?{query}"), 400, "RequestInvalid", word)
    assert_error(anonymous(f"GET /search?collections=SENTINEL2_L2A&{query}"), 400, "RequestInvalid", word)


def test_a_limit_beyond_the_largest_is_the_largest(few):
    with MockBackend("https://small.test") as backend:
        register = backend.registers[2]
        register.settings = register.settings.model_copy(update={"max_listing": 3})
        backend.add_collection("SMALL", spatial_extent=[0, 0, 9, 9])
        page = json.loads(register.list_items("SMALL", limit="10000").body)

    assert page["numberReturned"] == 3
    assert page["numberMatched"] > 3


@pytest.mark.parametrize(
    "item_id",
    [
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
    ],
)
def test_unknown_items(anonymous, assert_error, item_id):
    assert anonymous(f"GET {SENTINEL2}/SENTINEL2_L2A_20240604T100853_21159").status_code == 200
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


# -- search -------------------------------------------------------------------------------------------


def both(api, **wanted):
    """Search by GET and by POST, and return the one answer of both."""
    texts = {
        name: value
        if isinstance(value, str | int)
        else json.dumps(value)
        if isinstance(value, dict)
        else ",".join(map(str, value))
        for name, value in wanted.items()
    }
    by_get = api("GET /search", params=texts)
    by_post = api("POST /search", json=wanted)
    assert by_get.headers["Content-Type"] == by_post.headers["Content-Type"] == "application/geo+json"
    assert by_get.json()["features"] == by_post.json()["features"]
    assert by_get.json()["numberMatched"] == by_post.json()["numberMatched"]
    return by_post.json()


def test_search_goes_through_collections_one_after_the_other(anonymous, few):
    page = both(
        anonymous,
        collections=["COPERNICUS_30", "FEW"],
        bbox=[0.5, 0.5, 1.5, 0.6],
        limit=100,
    )

    assert [each["collection"] for each in page["features"]] == ["COPERNICUS_30"] * 2 + ["FEW"] * 6
    assert page["numberMatched"] == 8


@pytest.mark.mock_backend(profile="spec")
def test_search_without_anything_goes_through_all(anonymous, own_ids):
    page = both(anonymous)

    assert page["numberReturned"] == 10
    assert page["numberMatched"] > 10_000_000
    june = "2021-06-01T00:00:00Z/2021-06-30T23:59:59Z"
    everywhere = both(anonymous, bbox=[5, 51, 5.5, 51.5], datetime=june, limit=10_000)
    assert {each["collection"] for each in everywhere["features"]} == set(own_ids) - {"COPERNICUS_30"}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_pages_of_a_search(anonymous, few, method, link, pages):
    wanted = {"collections": ["FEW", "COPERNICUS_30"], "bbox": [0, 0, 1.5, 1.5], "limit": 5}
    if method == "POST":
        found = list(pages(anonymous, "/search", body=wanted))
    else:
        query = "collections=FEW,COPERNICUS_30&bbox=0,0,1.5,1.5&limit=5"
        found = list(pages(anonymous, f"/search?{query}"))
        assert anonymous(f"GET {link(found[1], 'self')}").json() == found[1]

    assert [len(page["features"]) for page in found] == [5, 5, 5, 1]
    assert len({each for page in found for each in ids(page)}) == 16


def test_search_by_ids(anonymous, few, pages):
    all_of_them = ids(anonymous("GET /collections/FEW/items?limit=100").json())
    some = [all_of_them[4], all_of_them[1], all_of_them[9]]

    assert ids(both(anonymous, ids=[*some, "FEW_x", some[0]])) == [
        all_of_them[1],
        all_of_them[4],
        all_of_them[9],
    ]
    assert ids(both(anonymous, ids=some, collections=["AGERA5"])) == []
    assert ids(both(anonymous, ids=some, datetime="2024-06-03T00:00:00Z/..")) == [all_of_them[1]]
    found = list(pages(anonymous, "/search", body={"ids": some, "limit": 2}))
    assert [len(page["features"]) for page in found] == [2, 1]
    assert found[0]["numberMatched"] == 3


def test_search_by_geometry(anonymous):
    triangle = {"type": "Polygon", "coordinates": [[[5.2, 51.2], [7.7, 51.2], [5.2, 53.7], [5.2, 51.2]]]}
    page = both(anonymous, collections=["COPERNICUS_30"], intersects=triangle)

    assert {tuple(each["bbox"][:2]) for each in page["features"]} == {
        (5, 51),
        (6, 51),
        (7, 51),
        (5, 52),
        (6, 52),
        (5, 53),
    }
    point = {"type": "Point", "coordinates": [5.5, 51.5]}
    assert both(anonymous, collections=["COPERNICUS_30"], intersects=point)["numberMatched"] == 1


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"intersects": {"type": "Circle"}}, "intersects"),
        ({"intersects": {"type": "Point", "coordinates": [1, 2]}, "bbox": [0, 0, 1, 1]}, "together"),
        ({"bbox": [0, 0, 1]}, "bbox"),
        ({"bbox": "0,0,1,1"}, "bbox"),
        ({"limit": 0}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"datetime": "x"}, "datetime"),
        ({"datetime": "2024-06-01"}, "2024-06-01T00:00:00Z"),
        ({"datetime": "2024-06-01/.."}, "datetime"),
        ({"datetime": "2024-06-01T00:00:00Z/2024-06-02"}, "datetime"),
        ({"collections": "FEW"}, "collections"),
        ({"ids": [1]}, "ids"),
        ({"filter": {"op": "<"}}, "filter"),
        (
            {"filter": {"op": "=", "args": [{"property": "platfrom"}, "a"]}, "collections": ["AGERA5"]},
            "platfrom",
        ),
        ({"filter": "platform =", "filter-lang": "cql2-text"}, "filter"),
        ({"filter": {"op": "not", "args": []}, "filter-lang": "cql2-text"}, "filter"),
        ({"query": {"a": 1}}, "query"),
        ({"sortby": [1]}, "sortby"),
        ({"sortby": [{"field": "datetime", "direction": "up"}]}, "sortby"),
        ({"sortby": [{"field": "datetime", "direction": []}]}, "sortby"),
        ({"sortby": [{"field": 1}]}, "sortby"),
        ({"fields": {"include": []}}, "fields"),
    ],
)
def test_bad_bodies(anonymous, assert_error, body, word):
    assert_error(anonymous("POST /search", json=body), 400, "RequestInvalid", word)


@pytest.mark.parametrize("text", ["x", "[]", "{}", "[" * 100_000])
def test_a_geometry_in_a_query_is_json(anonymous, assert_error, text):
    assert_error(anonymous("GET /search", params={"intersects": text}), 400, "RequestInvalid", "intersects")


def test_search_in_an_unknown_collection(anonymous, assert_error):
    for response in (
        anonymous("GET /search?collections=AGERA5,SENTINEL2_L2B"),
        anonymous("POST /search", json={"collections": ["SENTINEL2_L2B"]}),
    ):
        assert_error(response, 404, "CollectionNotFound", "SENTINEL2_L2B", "SENTINEL2_L2A")


def test_a_collection_named_twice_is_searched_once(anonymous, few):
    assert both(anonymous, collections=["FEW", "FEW"])["numberMatched"] == 12


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    west=st.floats(-180, 179),
    south=st.floats(-56, 82),
    size=st.floats(0, 3),
    day=st.integers(0, 3000).map(lambda days: datetime(2016, 1, 1, 7, tzinfo=UTC) + timedelta(days=days)),
    days=st.floats(0, 20),
)
def test_what_is_found_is_what_was_asked_for(anonymous, west, south, size, day, days):
    box = [west, south, min(west + size, 180), min(south + size, 83)]
    start, end = day, day + timedelta(days=days)
    period = f"{start.isoformat()}/{end.isoformat()}"
    body = {"collections": ["SENTINEL2_L2A", "AGERA5"], "bbox": box, "datetime": period, "limit": 200}
    page = anonymous("POST /search", json=body).json()

    assert page["numberMatched"] == len(page["features"])
    for item in page["features"]:
        assert meets(item, box)
        assert start <= datetime.fromisoformat(item["properties"]["datetime"]) <= end


def test_a_register_alone_has_a_catalogue_and_a_clock():
    page = json.loads(ItemsRegister().search(collections="AGERA5", limit=1).body)

    assert page["features"][0]["collection"] == "AGERA5"


def test_items_follow_a_running_clock(api_of):
    with MockBackend("https://late.test", clock=Clock("2040-01-01T00:00:00Z")) as backend:
        newest = api_of(backend)("GET /collections/AGERA5/items?limit=1").json()["features"][0]

    assert newest["properties"]["datetime"] == "2040-01-01T00:00:00Z"
