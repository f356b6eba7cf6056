"""The search for items."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_backend.catalog import ItemsRegister

from .conftest import ids, meets


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


BAD_BODIES = [
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
]


def test_bad_bodies(anonymous, assert_error, example):
    for body, word in BAD_BODIES:
        with example(body, word):
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
