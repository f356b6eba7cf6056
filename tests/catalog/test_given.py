"""Collections that a test adds, from whatever it has."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pystac
import pytest

from mock_backend import MockBackend
from mock_backend.catalog import Band, Collection

DOCUMENT = {
    "type": "Collection",
    "stac_version": "1.1.0",
    "stac_extensions": ["https://example.test/mine/v1.0.0/schema.json"],
    "id": "MINE",
    "description": "Mine.",
    "license": "other",
    "extent": {
        "spatial": {"bbox": [[5, 50, 6, 51]]},
        "temporal": {"interval": [["2024-01-01T00:00:00Z", "2024-12-31T00:00:00Z"]]},
    },
    "bands": [{"name": "B1", "eo:common_name": "red"}, {"name": "B2"}],
    "links": [
        {"rel": "self", "href": "./collection.json"},
        {"rel": "item", "href": "./item.json"},
        {"rel": "about", "href": "https://example.test/about"},
    ],
    "mine:fact": {"a": [1, None]},
}


@pytest.fixture
def served(anonymous):
    """A collection as it is served."""

    def get(collection):
        assert anonymous("GET /collections").json()["collections"][-1]["id"] == collection.id
        return anonymous(f"GET /collections/{collection.id}").json()

    return get


# -- from an id ---------------------------------------------------------------------------------------


def test_an_id_is_enough(mock_backend, served, mock_backend_connection):
    full = served(mock_backend.add_collection("MINE"))

    assert full["title"] == full["description"] == "MINE"
    assert full["extent"]["spatial"]["bbox"] == [[-180, -90, 180, 90]]
    assert full["extent"]["temporal"]["interval"] == [["2015-01-01T00:00:00Z", None]]
    assert full["cube:dimensions"].keys() == {"x", "y", "t"}
    assert pystac.Collection.from_dict(full).id == "MINE"
    assert mock_backend_connection.load_collection("MINE").metadata.dimension_names() == ["x", "y", "t"]


def test_facts_make_up_the_rest(mock_backend, served, mock_backend_connection, link):
    added = mock_backend.add_collection(
        "MINE",
        bands=["B1", Band("B2", "nir", 0.8, minimum=0, maximum=1)],
        spatial_extent={"west": 5, "south": 50, "east": 6, "north": 51},
        temporal_extent=[datetime(2024, 1, 1, tzinfo=UTC), "2024-07-01"],
        resolution=30,
        title="Mine",
        description="All mine.",
        license="CC0-1.0",
        epsg=32631,
        keywords=["mine"],
        platforms=["me-1"],
        summaries={"eo:cloud_cover": {"minimum": 0, "maximum": 9}},
        links=[{"rel": "about", "href": "https://example.test"}],
    )
    full = served(added)

    assert [band.name for band in added.bands] == ["B1", "B2"]
    assert {name: full[name] for name in ("title", "description", "license", "keywords")} == {
        "title": "Mine",
        "description": "All mine.",
        "license": "CC0-1.0",
        "keywords": ["mine"],
    }
    assert full["extent"] == {
        "spatial": {"bbox": [[5, 50, 6, 51]]},
        "temporal": {"interval": [["2024-01-01T00:00:00Z", "2024-07-01T00:00:00Z"]]},
    }
    assert full["cube:dimensions"]["x"]["extent"] == [5, 6]
    assert full["cube:dimensions"]["t"]["extent"] == ["2024-01-01T00:00:00Z", "2024-07-01T00:00:00Z"]
    assert full["cube:dimensions"]["bands"]["values"] == ["B1", "B2"]
    assert full["summaries"]["proj:epsg"] == [32631]
    assert full["summaries"]["platform"] == ["me-1"]
    assert full["summaries"]["eo:cloud_cover"]["maximum"] == 9
    assert full["summaries"]["gsd"] == [30]
    assert full["summaries"]["eo:bands"][1]["common_name"] == "nir"
    assert link(full, "about") == "https://example.test"
    cube = mock_backend_connection.load_collection("MINE", bands=["B2"])
    assert cube.metadata.band_common_names == ["nir"]


def test_data_without_time(mock_backend, served, anonymous):
    full = served(mock_backend.add_collection("MINE", bands=["B1"], temporal_extent=None))

    assert full["cube:dimensions"].keys() == {"x", "y", "bands"}
    assert anonymous("GET /collections/MINE/items?limit=1").json()["features"]


def test_dimensions_of_ones_own(mock_backend, served):
    full = served(
        mock_backend.add_collection(
            "MINE",
            spatial_extent=[5, 50, 6, 51],
            dimensions={
                "lon": {"type": "spatial", "axis": "x"},
                "lat": {"type": "spatial", "axis": "y", "extent": [50.5, 51], "reference_system": 4258},
                "level": {"type": "spatial", "axis": "z", "values": [0, 10]},
                "time": {"type": "temporal"},
                "spectral": {"type": "bands", "values": ["B1", "B2"]},
                "angle": {"type": "other", "values": [1, 2]},
                "field": {"type": "geometry"},
            },
        )
    )

    assert full["cube:dimensions"] == {
        "lon": {"type": "spatial", "axis": "x", "extent": [5, 6], "reference_system": 4326},
        "lat": {"type": "spatial", "axis": "y", "extent": [50.5, 51], "reference_system": 4258},
        "level": {"type": "spatial", "axis": "z", "values": [0, 10]},
        "time": {"type": "temporal", "extent": ["2015-01-01T00:00:00Z", None]},
        "spectral": {"type": "bands", "values": ["B1", "B2"]},
        "angle": {"type": "other", "values": [1, 2]},
        "field": {"type": "geometry", "bbox": [5, 50, 6, 51]},
    }
    assert [each["name"] for each in full["summaries"]["eo:bands"]] == ["B1", "B2"]


@pytest.mark.parametrize(
    ("identifier", "facts", "message"),
    [
        ("", {}, "needs an id"),
        ("a b", {}, "other characters"),
        ("ÄÖ?", {}, "other characters"),
        ("SENTINEL2_L2A", {}, "already"),
        ("MINE", {"bands": ["B1", "B1"]}, "'B1' twice"),
        ("MINE", {"bands": ["B1", Band("B1")]}, "'B1' twice"),
        ("MINE", {"bands": "B1"}, "bands must be a list"),
        ("MINE", {"bands": [1]}, "not a string"),
        ("MINE", {"bands": [""]}, "not a string"),
        ("MINE", {"bands": 5}, "bands must be a list"),
        ("MINE", {"spatial_extent": [1, 2, 3]}, "west, south, east and north"),
        ("MINE", {"spatial_extent": {"west": 1, "south": 2, "east": 3}}, "no north"),
        ("MINE", {"spatial_extent": [1, 3, 2, 2]}, "south is north"),
        ("MINE", {"spatial_extent": [500_000, 0, 600_000, 1]}, "degrees"),
        ("MINE", {"spatial_extent": [0, 0, 1, float("nan")]}, "west, south, east and north"),
        ("MINE", {"temporal_extent": "2024"}, "a start and an end"),
        ("MINE", {"temporal_extent": ["2024-01-01"]}, "a start and an end"),
        ("MINE", {"temporal_extent": ["soon", None]}, "'soon'"),
        ("MINE", {"temporal_extent": ["2024-02-01", "2024-01-01"]}, "ends before"),
        ("MINE", {"dimensions": {"x": {"axis": "x"}}}, "'x' needs a type"),
        ("MINE", {"dimensions": {"x": "spatial"}}, "'x' needs a type"),
        ("MINE", {"dimensions": ["x"]}, "dimensions must be a dict"),
        ("MINE", {"dimensions": {"x": {"type": "spatial"}}}, "needs an axis"),
        ("MINE", {"dimensions": {"x": {"type": "time"}}}, "'time'"),
        ("MINE", {"dimensions": {"o": {"type": "other"}}}, "values or an extent"),
        ("MINE", {"dimensions": {"b": {"type": "bands", "values": ["a", "a"]}}}, "'a' twice"),
        ("MINE", {"dimensions": {"b": {"type": "bands", "values": "ab"}}}, "list of bands"),
        ("MINE", {"dimensions": {"o": {"type": "other", "extent": [2, 1]}}}, "ends before"),
        ("MINE", {"dimensions": {"o": {"type": "other", "extent": 1}}}, "two values"),
        (
            "MINE",
            {"bands": ["B1"], "dimensions": {"t": {"type": "temporal"}}},
            "no dimension of the type bands",
        ),
        ("MINE", {"colour": "red"}, "no 'colour'"),
        ("MINE", {"tile": 0}, "size of a tile"),
        ("MINE", {"tile": "big"}, "MINE"),
        ("MINE", {"keywords": 5}, "MINE"),
        ("MINE", {"title": object()}, "JSON"),
    ],
)
def test_what_makes_no_collection(mock_backend, identifier, facts, message, default_ids):
    with pytest.raises(ValueError, match=message):
        mock_backend.add_collection(identifier, **facts)
    assert mock_backend.connect().list_collection_ids() == default_ids


# -- from a document ----------------------------------------------------------------------------------


def test_a_document_is_kept_and_completed(mock_backend, served, link):
    given = json.loads(json.dumps(DOCUMENT))
    added = mock_backend.add_collection(given)
    full = served(added)

    assert given == DOCUMENT
    for member in ("stac_version", "description", "license", "extent", "bands", "mine:fact"):
        assert full[member] == DOCUMENT[member]
    assert full["stac_extensions"][0] == DOCUMENT["stac_extensions"][0]
    assert "/datacube/" in full["stac_extensions"][1]
    assert full["summaries"] == {}
    assert full["cube:dimensions"]["bands"]["values"] == ["B1", "B2"]
    assert full["cube:dimensions"]["x"]["extent"] == [5, 6]
    assert link(full, "self").endswith("/collections/MINE")
    assert link(full, "about") == "https://example.test/about"
    assert link(full, "item") is None
    assert [band.common_name for band in added.bands] == ["red", None]
    given["description"] = "Changed."
    assert served(added)["description"] == "Mine."


def test_a_documents_own_dimensions_stay(mock_backend, served):
    dimensions = {
        "X": {"type": "spatial", "axis": "x", "extent": [0, 1], "reference_system": 3035, "step": 10},
        "B": {"type": "bands", "values": ["a"]},
    }
    full = served(mock_backend.add_collection(DOCUMENT | {"cube:dimensions": dimensions}))

    assert full["cube:dimensions"] == dimensions


def test_bands_are_found_in_the_assets_of_items(mock_backend, served):
    assets = {"a": {"eo:bands": [{"name": "B1"}]}, "b": {"bands": [{"name": "B2"}, {"name": "B1"}, {}]}}
    full = served(mock_backend.add_collection({"id": "MINE", "item_assets": assets}))

    assert full["cube:dimensions"]["bands"]["values"] == ["B1", "B2"]


def test_the_smallest_document(mock_backend, served, anonymous):
    full = served(mock_backend.add_collection({"id": "MINE"}))

    assert full["stac_version"] == "1.0.0"
    assert full["type"] == "Collection"
    assert full["license"] == "proprietary"
    assert full["cube:dimensions"].keys() == {"x", "y"}
    assert anonymous("GET /collections/MINE/items?limit=1").json()["features"]


def test_a_box_with_heights(mock_backend, served, anonymous):
    extent = {"spatial": {"bbox": [[5, 50, -10, 6, 51, 9000]]}}
    full = served(mock_backend.add_collection({"id": "MINE", "extent": extent}))
    (item,) = anonymous("GET /collections/MINE/items").json()["features"]

    assert full["cube:dimensions"]["y"]["extent"] == [50, 51]
    assert item["bbox"] == [5, 50, 6, 51]


@pytest.mark.parametrize("step", ["P1D", "P1M", None, 5])
def test_a_documents_step_says_how_often_items_follow(mock_backend, anonymous, step):
    time = {"type": "temporal", "extent": ["2024-01-01T00:00:00Z", None], "step": step}
    box = {
        "spatial": {"bbox": [[5, 50, 5.5, 50.5]]},
        "temporal": {"interval": [["2024-01-01T00:00:00Z", None]]},
    }
    mock_backend.add_collection({"id": "MINE", "extent": box, "cube:dimensions": {"t": time}})
    page = anonymous("GET /collections/MINE/items?datetime=2024-01-01/2024-01-30").json()

    assert page["numberMatched"] == {"P1D": 30}.get(step, 6)


def test_a_file(mock_backend, served, tmp_path):
    path = tmp_path / "collection.json"
    path.write_text(json.dumps(DOCUMENT))

    assert served(mock_backend.add_collection(path))["mine:fact"] == DOCUMENT["mine:fact"]
    mock_backend.reset()
    assert served(mock_backend.add_collection(str(path)))["id"] == "MINE"


def test_a_pystac_collection(mock_backend, served):
    collection = pystac.Collection(
        id="MINE",
        description="Mine.",
        extent=pystac.Extent(
            pystac.SpatialExtent([[5, 50, 6, 51]]),
            pystac.TemporalExtent([[datetime(2024, 1, 1, tzinfo=UTC), None]]),
        ),
        summaries=pystac.Summaries({"platform": ["me-1"]}),
        license="CC0-1.0",
    )
    collection.add_item(pystac.Item("one", None, None, datetime(2024, 1, 2, tzinfo=UTC), {}))
    full = served(mock_backend.add_collection(collection))

    assert full["extent"]["temporal"]["interval"] == [["2024-01-01T00:00:00Z", None]]
    assert full["summaries"] == {"platform": ["me-1"]}
    assert {"x", "y", "t"} == full["cube:dimensions"].keys()


def test_a_collection_of_facts(mock_backend, served):
    given = Collection(id="MINE", title="Mine", description="Mine.", since="2020-01-01T00:00:00Z")

    assert mock_backend.add_collection(given) is given
    assert served(given)["title"] == "Mine"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "needs an id"),
        ({"id": 5}, "needs an id"),
        ({"id": "a//b"}, "other characters"),
        ({"id": "/a"}, "other characters"),
        ({"id": "AGERA5"}, "already"),
        ({"id": "MINE", "type": "Feature"}, "a STAC Feature, not a Collection"),
        ({"id": "MINE", "cube:dimensions": {"x": {}}}, "'x' needs a type"),
        ({"id": "MINE", "cube:dimensions": {"b": {"type": "bands", "values": ["a", "a"]}}}, "'a' twice"),
        ({"id": "MINE", "cube:dimensions": []}, "dict of dimensions"),
        ({"id": "MINE", "extent": {"spatial": {"bbox": []}}}, "no bbox"),
        ({"id": "MINE", "extent": {"spatial": {"bbox": [[1, 2]]}}}, "four numbers"),
        ({"id": "MINE", "extent": {"temporal": {"interval": [["x", None]]}}}, "'x'"),
        ({"id": "MINE", "extent": "world"}, "not a STAC collection"),
        ({"id": "MINE", "links": [5]}, "not a STAC collection"),
        ({"id": "MINE", "summaries": []}, "summaries"),
        ({"id": "MINE", "x": float("nan")}, "JSON"),
        ({"id": "MINE", "x": {1, 2}}, "JSON"),
        (5, "not by int"),
        ([], "not by list"),
    ],
)
def test_what_is_no_document_of_a_collection(mock_backend, given, message):
    with pytest.raises(ValueError, match=message):
        mock_backend.add_collection(given)


def test_a_file_that_cannot_be_read(mock_backend, tmp_path):
    (tmp_path / "broken.json").write_text("{")

    with pytest.raises(ValueError, match=r"broken\.json is not valid JSON"):
        mock_backend.add_collection(tmp_path / "broken.json")
    with pytest.raises(FileNotFoundError):
        mock_backend.add_collection("nowhere.json")
    with pytest.raises(FileNotFoundError):
        mock_backend.add_collection(Path("nowhere"))


def test_a_document_has_its_own_facts(mock_backend):
    with pytest.raises(ValueError, match="title goes with an id only"):
        mock_backend.add_collection(DOCUMENT, title="Mine")


# -- how long it stays --------------------------------------------------------------------------------


def test_a_collection_shares_nothing_with_the_facts_it_was_made_of(mock_backend, served):
    summaries, dimensions = {"mission": ["a"]}, {"b": {"type": "bands", "values": ["B1"]}}
    collection = mock_backend.add_collection("MINE", summaries=summaries, dimensions=dimensions)
    summaries["mission"].append("b")
    dimensions["b"]["values"].append("B2")

    full = served(collection)
    assert full["summaries"]["mission"] == ["a"]
    assert full["cube:dimensions"]["b"]["values"] == ["B1"]


def test_what_is_added_is_in_this_back_end_only(mock_backend):
    mock_backend.add_collection("MINE")

    with MockBackend("https://other.test") as other:
        assert "MINE" not in other.connect().list_collection_ids()
        other.add_collection("MINE")


def test_what_is_added_is_forgotten_on_reset(mock_backend, default_ids):
    mock_backend.add_collection("MINE")
    mock_backend.reset()

    assert mock_backend.connect().list_collection_ids() == default_ids
    mock_backend.add_collection("MINE")


def test_an_added_id_is_taken(mock_backend):
    mock_backend.add_collection("MINE")

    with pytest.raises(ValueError, match="already"):
        mock_backend.add_collection({"id": "MINE"})
