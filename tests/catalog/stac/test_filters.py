"""Filters of items in CQL2, and what items are sorted by."""

import json
from itertools import pairwise

import pytest

from mock_backend.catalog.stac import search_results
from mock_backend.catalog.stac.filtering import read_filter
from mock_backend.catalog.stac.instants import write_instant

JUNE = "2024-06-01T00:00:00Z/2024-06-30T23:59:59Z"
HERE = {"collections": ["SENTINEL2_L2A"], "bbox": [5, 51.2, 9, 53], "datetime": JUNE, "limit": 1000}


@pytest.fixture
def all_of_them(anonymous):
    return anonymous("POST /search", json=HERE).json()["features"]


def cover(item):
    return item["properties"]["eo:cloud_cover"]


def ids(items):
    return {each["id"] for each in items}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("eo:cloud_cover < 20", lambda item: cover(item) < 20),
        ("NOT (eo:cloud_cover < 20)", lambda item: cover(item) >= 20),
        ("properties.eo:cloud_cover BETWEEN 20 AND 40", lambda item: 20 <= cover(item) <= 40),
        ("platform IN ('sentinel-2a')", lambda item: item["properties"]["platform"] == "sentinel-2a"),
        (
            "platform LIKE '%2b' AND eo:cloud_cover > 50",
            lambda item: item["properties"]["platform"] == "sentinel-2b" and cover(item) > 50,
        ),
        (
            "datetime < TIMESTAMP('2024-06-10T00:00:00Z')",
            lambda item: item["properties"]["datetime"] < "2024-06-10",
        ),
        ("S_INTERSECTS(geometry, POINT(7.5 52.5))", lambda item: item["bbox"] == [7, 52, 8, 53]),
        ("collection = 'AGERA5'", lambda item: False),
        ("platform IS NULL", lambda item: False),
        ("platform IS NOT NULL AND eo:cloud_cover + 1 > -5 * -1 - 2", lambda item: cover(item) > 2),
        (
            "CASEI(platform) = casei('SENTINEL-2A')",
            lambda item: item["properties"]["platform"] == "sentinel-2a",
        ),
        ("A_CONTAINS(instruments, ('msi')) AND TRUE", lambda item: True),
        (
            "T_DURING(datetime, INTERVAL('2024-06-01', '2024-06-10'))",
            lambda item: item["properties"]["datetime"] < "2024-06-10",
        ),
        # Unknown, as in SQL, and so neither true nor false.
        ("NOT platform > 3", lambda item: False),
    ],
)
def test_filters_choose_items(anonymous, all_of_them, text, expected):
    page = anonymous(
        "GET /search", params={**HERE, "collections": "SENTINEL2_L2A", "bbox": "5,51.2,9,53", "filter": text}
    ).json()
    of_collection = anonymous(
        "GET /collections/SENTINEL2_L2A/items",
        params={"bbox": "5,51.2,9,53", "datetime": JUNE, "limit": 1000, "filter": text},
    ).json()

    assert len(all_of_them) > 50
    assert ids(page["features"]) == {each["id"] for each in all_of_them if expected(each)}
    assert page["numberMatched"] == len(page["features"])
    assert of_collection["features"] == page["features"]


def test_a_filter_in_json_is_that_in_text(anonymous):
    expression = {"op": "<", "args": [{"property": "eo:cloud_cover"}, 20]}
    in_body = anonymous("POST /search", json=HERE | {"filter": expression, "filter-lang": "cql2-json"}).json()
    text = anonymous("POST /search", json=HERE | {"filter": "eo:cloud_cover < 20"}).json()
    in_query = anonymous(
        "GET /search",
        params={
            **HERE,
            "collections": "SENTINEL2_L2A",
            "bbox": "5,51.2,9,53",
            "filter": json.dumps(expression),
            "filter-lang": "cql2-json",
            "filter-crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        },
    ).json()

    assert len(in_body["features"]) > 10
    assert in_body["features"] == text["features"] == in_query["features"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_pages_of_a_filter(anonymous, pages, method):
    found = {
        "GET": lambda: pages(
            anonymous,
            f"/search?collections=SENTINEL2_L2A&bbox=5,51.2,6,52&filter=eo:cloud_cover<30&datetime={JUNE}&limit=2",
        ),
        "POST": lambda: pages(
            anonymous,
            "/search",
            body=HERE | {"bbox": [5, 51.2, 6, 52], "filter": "eo:cloud_cover<30", "limit": 2},
        ),
    }[method]()
    items = [item for page in found for item in page["features"]]

    assert len(ids(items)) == len(items) > 2
    assert all(cover(item) < 30 for item in items)


def test_a_filter_of_very_many_items_goes_page_by_page(anonymous, pages):
    """The whole Earth for years: matches are not counted."""
    query = "/search?collections=SENTINEL2_L2A&limit=3&filter=eo:cloud_cover<1"
    found = [page for page, _ in zip(pages(anonymous, query), range(3), strict=False)]

    items = [item for page in found for item in page["features"]]
    assert len(ids(items)) == 9
    assert all(cover(item) < 1 for item in items)
    assert not any("numberMatched" in page for page in found)


def test_a_filter_that_matches_too_rarely_leads_on(anonymous, link, monkeypatch):
    monkeypatch.setattr(search_results, "MOST", 100)
    monkeypatch.setattr(search_results, "COUNTED", 50)
    for order in ("", "&sortby=datetime"):
        page = anonymous(f"GET /search?collections=SENTINEL2_L2A&filter=eo:cloud_cover<-1{order}").json()
        following = anonymous(f"GET {link(page, 'next')}").json()
        assert page["features"] == following["features"] == []
        assert link(following, "next") != link(page, "next")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("collection <> 'SENTINEL2_L2A' AND collection LIKE 'SENTINEL2%'", {"SENTINEL2_L1C"}),
        ("collection = 'AGERA5' OR collection = 'NOTHING'", {"AGERA5"}),
        (
            "datetime = TIMESTAMP('2018-06-01T00:00:00Z') AND collection > 'A' AND collection < 'AGERA5_'",
            {"AGERA5"},
        ),
        ("NOT platform > 3 AND datetime < TIMESTAMP('1999-01-01T00:00:00Z')", set()),
        ("mission LIKE 'sentinel%' AND datetime BETWEEN DATE('2018-06-01') AND DATE('2018-06-01')", set()),
    ],
)
def test_filters_tell_where_to_look(anonymous, text, expected):
    """There are millions of items before the first that matches."""
    page = anonymous("POST /search", json={"filter": text, "bbox": [5.1, 51.2, 5.2, 51.3], "limit": 3}).json()

    assert {item["collection"] for item in page["features"]} == expected


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("datetime > TIMESTAMP('2020-02-03T04:05:06Z')", "2020-02-03T04:05:06Z", None),
        ("properties.datetime <= DATE('2020-02-03')", None, "2020-02-03T23:59:59Z"),
        ("T_DURING(datetime, INTERVAL('2020-01-01', '..')) AND a = 1", "2020-01-01T00:00:00Z", None),
        ("T_BEFORE(datetime, TIMESTAMP('2020-02-03T04:05:06Z'))", None, "2020-02-03T04:05:06Z"),
        ("datetime BETWEEN '2020-01-01' AND '2020-01-02'", "2020-01-01T00:00:00Z", "2020-01-02T23:59:59Z"),
        ("datetime > '2020-01-01' AND datetime > '2020-01-03' AND b = 2", "2020-01-03T00:00:00Z", None),
        ("datetime > '2020-01-01' OR b = 2", None, None),
        ("NOT datetime > '2020-01-01'", None, None),
        ("datetime > created AND datetime < 'x'", None, None),
        ("TRUE", None, None),
    ],
)
def test_the_period_of_a_filter(text, start, end):
    period = read_filter(text).period

    assert [each and write_instant(each) for each in period] == [start, end]


def test_limits_may_be_a_list_as_in_drafts(anonymous, all_of_them):
    expression = {"op": "between", "args": [{"property": "eo:cloud_cover"}, [10, 20]]}
    found = anonymous("POST /search", json=HERE | {"filter": expression}).json()["features"]

    assert ids(found) == {each["id"] for each in all_of_them if 10 <= cover(each) <= 20}


@pytest.mark.parametrize(
    "text", ["(" * 20_000 + "id='a'", "NOT " * 20_000 + "id='a'", "eo:cloud_cover=" + "1+" * 20_000 + "1"]
)
def test_filters_that_would_overflow_the_parser_are_refused(anonymous, assert_error, text):
    answer = anonymous("POST /search", json={"filter": text})

    assert_error(answer, 400, "RequestInvalid", "filter", "deeply")


def test_a_filter_may_have_many_coordinates(anonymous):
    ring = ", ".join(f"{-5 - step / 1000} {50 + (step % 2) / 10}" for step in range(500))
    text = f"S_INTERSECTS(geometry, POLYGON(({ring}, -5 50)))"

    assert anonymous("POST /search", json=HERE | {"filter": text}).json()["features"] == []


def test_items_of_a_collection_of_ones_own_may_have_any_property(anonymous, mock_backend):
    mock_backend.add_collection({"id": "MINE"})
    page = anonymous("GET /collections/MINE/items?filter=whatever IS NULL&limit=1").json()

    assert page["numberReturned"] == 1


# -- sorting ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [7, 1000])
@pytest.mark.parametrize("sign", ["", "+", "-"])
@pytest.mark.parametrize("collections", ["SENTINEL2_L2A", "SENTINEL2_L2A,AGERA5,COPERNICUS_30"])
def test_items_sorted_by_time(anonymous, pages, collections, sign, limit):
    query = f"collections={collections}&bbox=5.1,51.2,5.9,51.9&limit={limit}"
    times = f"datetime=2010-06-01T00:00:00Z/2010-07-01T00:00:00Z&sortby={sign}properties.datetime"
    if collections == "SENTINEL2_L2A":
        times = f"datetime={JUNE}&sortby={sign}datetime"
    found = list(pages(anonymous, f"/search?{query}&{times}"))
    items = [item for page in found for item in page["features"]]
    when = [item["properties"]["datetime"] or item["properties"]["start_datetime"] for item in items]

    assert len(ids(items)) == len(items) == found[0]["numberMatched"] > 5
    assert when == sorted(when, reverse=sign == "-")


def test_the_newest_items_of_all_collections(anonymous, mock_backend):
    page = anonymous(
        "POST /search", json={"sortby": [{"field": "datetime", "direction": "desc"}], "limit": 50}
    ).json()
    times = [item["properties"]["datetime"] for item in page["features"]]

    assert times == sorted(times, reverse=True)
    assert len({item["collection"] for item in page["features"]}) > 3


@pytest.mark.parametrize("limit", [7, 1000])
def test_items_sorted_by_properties(anonymous, pages, all_of_them, limit):
    order = [{"field": "platform"}, {"field": "properties.eo:cloud_cover", "direction": "desc"}]
    found = list(pages(anonymous, "/search", body=HERE | {"sortby": order, "limit": limit}))
    items = [item for page in found for item in page["features"]]
    keys = [(item["properties"]["platform"], -cover(item)) for item in items]

    assert ids(items) == ids(all_of_them)
    assert all(a <= b for a, b in pairwise(keys))
    assert len({platform for platform, _ in keys}) == 2


def test_items_without_the_property_come_last(anonymous):
    wanted = {
        "collections": ["COPERNICUS_30", "SENTINEL2_L2A"],
        "bbox": [5.1, 51.2, 5.9, 51.9],
        "limit": 1000,
    }
    for direction in ("asc", "desc"):
        order = [{"field": "eo:cloud_cover", "direction": direction}]
        items = anonymous("POST /search", json=wanted | {"sortby": order}).json()["features"]
        assert [each["collection"] for each in items][-2:] == ["SENTINEL2_L2A", "COPERNICUS_30"]


def test_a_filter_and_an_order_together(anonymous, all_of_them):
    query = {"filter": "eo:cloud_cover < 20", "sortby": "-eo:cloud_cover"}
    items = anonymous("POST /search", json=HERE | query).json()["features"]

    assert [cover(each) for each in items] == sorted(
        (cover(each) for each in all_of_them if cover(each) < 20), reverse=True
    )


def test_too_many_items_are_not_sorted(anonymous, assert_error):
    answer = anonymous("GET /search?collections=SENTINEL2_L2A&sortby=-eo:cloud_cover")

    assert_error(answer, 400, "RequestInvalid", "sortby", "narrow the search")


def test_the_queryables_of_all_collections(anonymous, mock_backend):
    mock_backend.add_collection(
        "MINE", summaries={"eo:cloud_cover": {"minimum": 5, "maximum": 50}, "mine": ["a"]}
    )
    (link,) = [each for each in anonymous("GET /").json()["links"] if each["rel"].endswith("/queryables")]
    answer = anonymous(f"GET {link['href']}")
    schema = answer.json()

    assert answer.headers["Content-Type"] == link["type"] == "application/schema+json"
    assert schema["$id"] == link["href"]
    assert schema["properties"]["eo:cloud_cover"] == {"type": "number", "title": "Cloud cover in percent"}
    assert schema["properties"]["mine"] == {"type": "string", "enum": ["a"], "title": "mine"}
    assert schema["additionalProperties"] is True
