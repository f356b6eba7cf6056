"""The API's root as STAC clients read it. Warnings are errors in these tests, too."""

import itertools

import pytest
from pystac_client import Client


@pytest.fixture
def catalog(mock_backend):
    return Client.open(mock_backend.url)


def test_the_root_is_a_stac_api(catalog, mock_backend):
    assert catalog.id == mock_backend.settings.id
    for name in ("CORE", "COLLECTIONS", "FEATURES", "ITEM_SEARCH"):
        assert catalog.conforms_to(name)
    for name in ("FILTER", "SORT"):
        assert catalog.conforms_to(name)
    for name in ("QUERY", "FIELDS"):
        assert not catalog.conforms_to(name)


def test_collections(catalog, default_ids):
    assert [each.id for each in catalog.get_collections()] == default_ids
    assert catalog.get_collection("SENTINEL2_L2A").summaries.get_list("platform") == [
        "sentinel-2a",
        "sentinel-2b",
    ]


def test_items_of_a_collection(catalog, collection_id):
    collection = catalog.get_collection(collection_id)
    items = list(itertools.islice(collection.get_items(), 25))

    assert len({each.id for each in items}) == min(25, len(items)) > 0
    assert {each.collection_id for each in items} == {collection_id}
    again = collection.get_item(items[-1].id)
    assert (again.id, _said(again), again.bbox) == (items[-1].id, _said(items[-1]), items[-1].bbox)
    assert collection.get_item("nothing") is None
    assert [each.id for each in collection.get_items(items[0].id)] == [items[0].id]


def _said(item):
    """Return an item's properties but those that some versions of pystac translate, and only sometimes."""
    return {name: value for name, value in item.properties.items() if not name.startswith("proj:")}


def test_items_of_a_listed_collection(catalog):
    listed = next(each for each in catalog.get_collections() if each.id == "AGERA5")

    assert next(listed.get_items()).collection_id == "AGERA5"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_search(catalog, method):
    search = catalog.search(
        method=method,
        collections=["SENTINEL2_L2A"],
        bbox=[5, 51.2, 5.1, 51.3],
        datetime="2024-06",
        limit=4,
    )

    assert search.matched() == 6
    assert len(search.item_collection()) == 6
    field = {"type": "Polygon", "coordinates": [[[5, 51.2], [5.1, 51.2], [5.1, 51.3], [5, 51.2]]]}
    by_geometry = catalog.search(
        method=method,
        collections=["SENTINEL2_L2A"],
        intersects=field,
        datetime=["2024-06-01", None],
        max_items=3,
    )
    assert len(list(by_geometry.items())) == 3


def test_a_collection_of_ones_own(catalog, mock_backend):
    mock_backend.add_collection(catalog.get_collection("AGERA5").to_dict() | {"id": "MINE"})

    assert next(catalog.get_collection("MINE").get_items()).id.startswith("MINE_")


def test_the_openeo_client_pages_items(mock_backend_connection):
    found = mock_backend_connection.collection_items(
        "SENTINEL2_L2A",
        spatial_extent=[5, 51.2, 5.1, 51.3],
        temporal_extent=["2024-06-01", "2024-06-30"],
        limit=4,
    )

    assert [len(page["features"]) for page in found] == [4, 2]
