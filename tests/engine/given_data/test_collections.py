"""Collections of given data: what they tell of themselves, and their items."""

import numpy as np
import pytest
import xarray as xr

from mock_backend import MockBackend
from mock_backend.catalog import Band, Collection, CollectionsRegister
from small_cubes import DATES, cube

LABELS = [f"{each}T00:00:00Z" for each in DATES]


@pytest.fixture
def mine():
    return xr.Dataset({"B04": cube(), "B08": cube() * 2})


def test_metadata_follow_from_the_data(mock_backend, mine):
    added = mock_backend.add_collection("MY", data=mine, title="My data")

    about = mock_backend.connect().describe_collection("MY")

    assert about["title"] == "My data"
    [[west, south, east, north]] = about["extent"]["spatial"]["bbox"]
    assert (west, south) == pytest.approx((5.0144, 51.4339), abs=1e-3)
    assert 0 < east - west < 0.001
    assert 0 < north - south < 0.001
    assert about["extent"]["temporal"]["interval"] == [[LABELS[0], LABELS[-1]]]
    assert list(about["cube:dimensions"]) == ["t", "bands", "y", "x"]
    assert about["cube:dimensions"]["t"]["values"] == LABELS
    assert about["cube:dimensions"]["bands"]["values"] == ["B04", "B08"]
    assert about["cube:dimensions"]["x"] == {
        "type": "spatial",
        "axis": "x",
        "extent": [640_000, 640_050],
        "step": 10,
        "reference_system": 32631,
    }
    summaries = about["summaries"]
    assert summaries["proj:epsg"] == [32631]
    assert summaries["gsd"] == [10]
    assert [band["name"] for band in summaries["eo:bands"]] == ["B04", "B08"]
    assert summaries["raster:bands"][1]["statistics"] == {"minimum": 0, "maximum": 118}
    assert summaries["raster:bands"][1]["data_type"] == "float32"
    assert [band.name for band in added.bands] == ["B04", "B08"]


def test_its_items_are_at_its_dates(mock_backend, mine):
    mock_backend.add_collection("MY", data=mine)
    connection = mock_backend.connect()

    listed = connection.get("/collections/MY/items").json()
    later = connection.get("/collections/MY/items?datetime=2024-06-10/..").json()
    searched = connection.post("/search", json={"collections": ["MY"], "limit": 2}).json()

    assert [each["properties"]["datetime"] for each in listed["features"]] == LABELS[::-1]
    assert listed["numberMatched"] == 3
    assert [each["properties"]["datetime"] for each in later["features"]] == LABELS[:0:-1]
    assert len(searched["features"]) == 2
    assert {each["properties"]["proj:epsg"] for each in listed["features"]} == {32631}
    for each in listed["features"]:
        assert connection.get(f"/collections/MY/items/{each['id']}").json() == each
    missing = connection.get("/collections/MY/items/MY_20240602T000000_0", check_error=False)
    assert missing.status_code == 404
    assert connection.get("/collections/MY/items?bbox=0,0,1,1").json()["features"] == []


def test_data_of_the_future_are_there(mock_backend):
    mock_backend.add_collection("MY", data=cube(dates=["2090-01-01", "2091-01-01", "2092-01-01"]))

    assert mock_backend.connect().get("/collections/MY/items").json()["numberMatched"] == 3


def test_data_without_dates_have_one_item(mock_backend):
    mock_backend.add_collection("MY", data=cube(np.zeros((4, 5)), dims=("y", "x")))
    connection = mock_backend.connect()

    assert "t" not in connection.describe_collection("MY")["cube:dimensions"]
    assert connection.get("/collections/MY/items").json()["numberMatched"] == 1


def test_what_a_test_tells_counts_more(mock_backend, mine):
    mock_backend.add_collection(
        "MY",
        data=mine,
        bands=[Band("red", common_name="red", gsd=20), "nir"],
        spatial_extent=[5, 51, 6, 52],
        temporal_extent=["2020-01-01", None],
        license="CC-BY-4.0",
        epsg=3035,
        summaries={"platform": ["mine"]},
        dimensions={
            "lon": {"type": "spatial", "axis": "x"},
            "lat": {"type": "spatial", "axis": "y"},
            "time": {"type": "temporal", "step": "P10D"},
            "spectral": {"type": "bands"},
        },
    )
    about = mock_backend.connect().describe_collection("MY")

    assert about["license"] == "CC-BY-4.0"
    assert about["extent"]["spatial"]["bbox"] == [[5, 51, 6, 52]]
    assert about["extent"]["temporal"]["interval"] == [["2020-01-01T00:00:00Z", None]]
    assert list(about["cube:dimensions"]) == ["time", "spectral", "lat", "lon"]
    assert about["cube:dimensions"]["time"]["values"] == LABELS
    assert about["cube:dimensions"]["time"]["step"] == "P10D"
    assert about["summaries"]["proj:epsg"] == [3035]
    assert about["summaries"]["platform"] == ["mine"]
    assert about["summaries"]["eo:bands"][0]["common_name"] == "red"
    assert about["summaries"]["gsd"] == [10, 20]


def test_arrays_need_to_be_told_where_they_are(mock_backend):
    added = mock_backend.add_collection(
        "MY", data=np.ones((2, 3)), bbox=(5, 51, 5.3, 51.2), bands=["NDVI"], dates=["2024-06-01"]
    )

    assert added.metadata["extent"]["spatial"]["bbox"] == [pytest.approx([5, 51, 5.3, 51.2])]
    assert added.data.values.shape == (1, 1, 2, 3)


def test_collections_of_the_catalogue_are_replaced_until_a_reset(mock_backend, mine):
    before = mock_backend.connect().describe_collection("SENTINEL2_L2A")
    mock_backend.add_collection("SENTINEL2_L2A", data=mine)

    about = mock_backend.connect().describe_collection("SENTINEL2_L2A")
    assert about["cube:dimensions"]["bands"]["values"] == ["B04", "B08"]
    assert about["title"] == before["title"]
    assert [band["common_name"] for band in about["summaries"]["eo:bands"]] == ["red", "nir"]
    assert mock_backend.connect().list_collection_ids().count("SENTINEL2_L2A") == 1
    with pytest.raises(ValueError, match="added already"):
        mock_backend.add_collection("SENTINEL2_L2A", data=mine)

    mock_backend.reset()
    assert mock_backend.connect().describe_collection("SENTINEL2_L2A") == before


def test_dimensions_are_called_as_those_of_the_collection_that_is_replaced(mine):
    dimensions = {
        "X": {"type": "spatial", "axis": "x"},
        "Y": {"type": "spatial", "axis": "y"},
        "when": {"type": "temporal"},
        "what": {"type": "bands"},
    }
    described = Collection(
        id="A", title="A", description="A", since=None, bands=[Band("B04")], dimensions=dimensions
    )

    class Theirs(CollectionsRegister):
        def collections(self):
            return {"A": described}

    with MockBackend("https://theirs.test", registers=[Theirs]) as theirs:
        added = theirs.add_collection("A", data=mine)

        assert list(added.metadata["cube:dimensions"]) == ["when", "what", "Y", "X"]
        assert [each.name for each in added.data.cube.dimensions] == ["when", "what", "Y", "X"]


def test_coordinate_systems_without_a_number_are_told_as_text(mock_backend):
    added = mock_backend.add_collection("MY", data=cube(crs="+proj=sinu +R=6371007.181"))

    assert "Sinusoidal" in added.metadata["cube:dimensions"]["x"]["reference_system"]
    assert "proj:epsg" not in added.metadata["summaries"]
    assert mock_backend.connect().describe_collection("MY")["id"] == "MY"


@pytest.mark.parametrize(
    ("collection", "facts", "message"),
    [
        ("MY", {"data": 5}, "xarray.DataArray"),
        ("MY", {"data": cube(crs=None)}, "crs="),
        ("MY", {"data": cube(), "nonsense": 1}, "no 'nonsense'"),
        ("a b", {"data": cube()}, "other characters"),
        ({"id": "MY"}, {"data": cube()}, "The id of a collection must be a str"),
        ("MY", {"data": cube(), "dimensions": {"t": {"type": "temporal"}}}, "must name all"),
        ("MY", {"data": cube(), "dimensions": {"z": {"type": "spatial", "axis": "z"}}}, "no dimension for"),
        ("MY", {"data": cube(crs="EPSG:4326")}, "Earth|degrees"),
    ],
)
def test_what_makes_no_collection(mock_backend, collection, facts, message):
    with pytest.raises(ValueError, match=message):
        mock_backend.add_collection(collection, **facts)
    assert "MY" not in mock_backend.connect().list_collection_ids()
