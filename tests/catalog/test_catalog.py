"""Collections, file formats."""

import pystac
import pytest


def test_collections_are_valid_stac(anonymous):
    listed = anonymous("GET /collections").json()["collections"]

    assert len(listed) >= 4
    for summary in listed:
        full = anonymous(f"GET /collections/{summary['id']}").json()
        collection = pystac.Collection.from_dict(full)
        assert collection.extent.spatial.bboxes
        assert {"self", "root", "parent"} <= {link["rel"] for link in full["links"]}
        assert full["license"]
        assert full["providers"]
        dimensions = full["cube:dimensions"]
        assert dimensions["x"]["axis"] == "x"
        assert dimensions["bands"]["values"] == [band["name"] for band in full["summaries"]["eo:bands"]]
        for member in ("title", "description", "extent", "stac_version"):
            assert summary[member] == full[member]


def test_a_collection_without_time_has_no_time_dimension(anonymous):
    dem = anonymous("GET /collections/COPERNICUS_30").json()

    assert "t" not in dem["cube:dimensions"]
    assert "t" in anonymous("GET /collections/SENTINEL2_L2A").json()["cube:dimensions"]


def test_unknown_collections(anonymous, assert_error):
    assert_error(anonymous("GET /collections/SENTINEL9"), 404, "CollectionNotFound", "SENTINEL9")


def test_the_openeo_client_reads_bands_and_formats(mock_backend_connection):
    cube = mock_backend_connection.load_collection("SENTINEL2_L2A")

    assert cube.metadata.band_names[3] == "B04"
    assert cube.metadata.band_common_names[3] == "red"
    assert {"GTiff", "netCDF", "JSON"} <= mock_backend_connection.list_file_formats()["output"].keys()


def test_every_input_format_is_described(anonymous):
    formats = anonymous("GET /file_formats").json()

    for direction in ("input", "output"):
        for entry in formats[direction].values():
            assert entry["gis_data_types"]
            assert "parameters" in entry


@pytest.mark.parametrize("limit", ["", "?limit=1"])
def test_everything_is_on_the_first_page(anonymous, limit):
    assert len(anonymous(f"GET /collections{limit}").json()["collections"]) >= 4
