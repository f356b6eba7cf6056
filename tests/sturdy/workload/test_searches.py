"""Small searches that ask for much work are refused, or cost no more than their size."""

import math

import pytest

from .conftest import counted


def ring(count):
    """Return the coordinates of a star."""
    turns = [2 * math.pi * number / count for number in range(count)]
    sizes = [3 - number % 2 for number in range(count)]
    found = [
        [11 + size * math.cos(turn), 46 + size * math.sin(turn)]
        for size, turn in zip(sizes, turns, strict=True)
    ]
    return [*found, found[0]]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": [ring(10_000)]},
        {"type": "MultiPoint", "coordinates": ring(10_000)},
        {"type": "MultiPolygon", "coordinates": [[ring(3)]] * 3000},
        # Back and forth around the globe: it meets most tiles, with many of its segments.
        {
            "type": "LineString",
            "coordinates": [[(97 * n) % 360 - 180, (61 * n) % 130 - 50] for n in range(900)],
        },
    ],
    ids=["corners", "points", "polygons", "line"],
)
def test_a_search_by_a_large_geometry(api, geometry):
    asked = {"collections": ["SENTINEL2_L2A"], "intersects": geometry, "limit": 1}

    with counted():
        assert api("POST /search", json=asked).json()["numberReturned"] == 1


def test_a_search_by_a_large_filter_ends_its_page_early(api):
    clouds = {"property": "eo:cloud_cover"}
    asked = {
        "collections": ["SENTINEL2_L2A"],
        "filter-lang": "cql2-json",
        "filter": {
            "op": "or",
            "args": [{"op": "=", "args": [clouds, 200 + number]} for number in range(1000)],
        },
    }

    with counted():
        page = api("POST /search", json=asked).json()

    assert page["features"] == []
    assert page["links"][-1]["rel"] == "next"


def test_a_search_by_many_ids_looks_at_each_once(api):
    known = api("POST /search", json={"collections": ["SENTINEL2_L2A"], "limit": 2}).json()["features"]
    ids = [each["id"] for each in known] + [f"LANDSAT_{number}" for number in range(100_000)]

    with counted():
        found = api("POST /search", json={"ids": ids}).json()

    assert [each["id"] for each in found["features"]] == ids[:2]
    assert found["numberMatched"] == 2


@pytest.mark.parametrize("asked", [{"bbox": ["x"] * 1000}, {"ids": [1] * 1000}, {"collections": [1] * 1000}])
def test_a_search_tells_the_first_of_many_errors(api, assert_error, asked):
    answer = api("POST /search", json=asked)

    assert_error(answer, 400, "RequestInvalid", f"{next(iter(asked))}.0")
    assert len(answer.content) < 500
