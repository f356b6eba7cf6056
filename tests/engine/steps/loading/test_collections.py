"""Bands and other dimensions of what is loaded, and other sources than collections."""

import pytest

from engine_cases.reflectances import UTM
from mock_backend.catalog import Band
from mock_backend.engine.steps.inputs.collection_facts import holding_of
from validation_cases.building import BOX, call, graph, load


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["B08", "B04"], ["B08", "B04"]),
        (["red", "B08"], ["B04", "B08"]),
        (["rededge"], ["B05", "B06", "B07"]),
        # A relaxed back-end has whatever is asked for.
        (["B04", "MINE"], ["B04", "MINE"]),
    ],
)
def test_bands(content, wanted, found):
    relaxed = {"unknown-band"} if "MINE" in wanted else ()
    cube = content(graph(n=load(bands=wanted, spatial_extent=UTM)), relaxed=relaxed)

    assert [each.name for each in cube.bands] == found == list(cube.of_kind("bands").labels)


def test_what_is_known_of_bands_is_that_of_the_collection(content, catalogue):
    cube = content(graph(n=load(bands=["B04", "SCL"], spatial_extent=UTM)))

    known = {each.name: each for each in catalogue.known("SENTINEL2_L2A").bands}
    assert cube.bands == (known["B04"], known["SCL"])
    assert (cube.data_type, cube.nodata) == ("int16", -32768)


def test_what_is_unknown_of_bands_is_made_up(content, catalogue):
    catalogue.add("MINE", bands=[Band("a", data_type="uint8"), Band("b", data_type="cint16", minimum=-5)])

    one, other = content(graph(n=load("MINE", spatial_extent=UTM, bands=None))).bands

    assert (one.data_type, one.minimum, one.maximum) == ("uint8", 0, 255)
    assert (other.data_type, other.minimum, other.maximum, other.nodata) == ("float32", -5, 1.0, "nan")


def test_other_dimensions_have_the_labels_that_the_collection_tells(content, catalogue):
    flat = {"x": {"type": "spatial", "axis": "x"}, "y": {"type": "spatial", "axis": "y"}}
    others = {
        "z": {"type": "spatial", "axis": "z", "extent": [0, 100], "step": 50},
        "level": {"type": "other", "values": ["surface", "top"]},
        "run": {"type": "other", "extent": [1, 9]},
    }
    catalogue.add("DEEP", dimensions=flat | others, temporal_extent=None)

    cube = content(graph(n=load("DEEP", spatial_extent=UTM, bands=None)))

    assert {each.name: each.labels for each in cube.dimensions if each.labels} == {
        "z": (0, 50, 100),
        "level": ("surface", "top"),
        "run": (1, 9),
    }
    assert len(cube.bands) == 1


def test_collections_of_geometries_have_some(content, catalogue):
    dimensions = {"places": {"type": "geometry"}, "t": {"type": "temporal"}}
    catalogue.add("FIELDS", dimensions=dimensions)

    cube = content(graph(n=load("FIELDS", spatial_extent=BOX, bands=None)))

    assert cube.grid is None
    assert cube.sizes["places"] == len(cube.geometries) == 1


def test_collections_that_do_not_exist_are_loaded_all_the_same(content):
    cube = content(graph(n=load("NOWHERE", spatial_extent=BOX)))

    assert cube.sizes == {"x": 112, "y": 112, "t": 1, "bands": 2}


def test_stac_of_this_back_end_is_the_collection(content):
    url = "https://openeo.test/collections/SENTINEL2_L2A"
    arguments = {"spatial_extent": UTM, "temporal_extent": ["2022-06-01", "2022-07-01"], "bands": ["B04"]}

    stac = content(graph(n=call("load_stac", url=url, **arguments)))

    assert stac == content(graph(n=load("SENTINEL2_L2A", **arguments)))


@pytest.mark.parametrize(
    ("process_id", "arguments", "dimensions"),
    [
        ("load_stac", {"url": "https://elsewhere.test/items/7"}, ["x", "y", "t", "bands"]),
        ("load_uploaded_files", {"paths": ["a.tif"], "format": "GTiff"}, ["x", "y", "bands"]),
        ("load_uploaded_files", {"paths": ["a.json"], "format": "GeoJSON"}, ["geometry"]),
        ("load_url", {"url": "https://elsewhere.test/a.nc", "format": "netcdf"}, ["x", "y", "bands"]),
        ("load_url", {"url": "https://elsewhere.test/a", "format": "PARQUET"}, ["geometry"]),
    ],
)
def test_of_other_sources_something_usual_comes(content, process_id, arguments, dimensions):
    cube = content(graph(n=call(process_id, **arguments)))

    assert [each.name for each in cube.dimensions] == dimensions
    assert cube.count > 0


def test_facts_of_collections_are_found_out_once(catalogue):
    collection = catalogue.known("SENTINEL2_L2A")

    assert holding_of(collection) is holding_of(collection)


@pytest.mark.parametrize(
    "dimensions", [None, {"t": {"type": "temporal"}, "bands": {"type": "bands", "values": []}}]
)
def test_collections_of_which_hardly_anything_is_told(content, catalogue, dimensions):
    document = {"type": "Collection", "id": "VAGUE"} | ({"cube:dimensions": dimensions} if dimensions else {})
    catalogue.add(document)

    cube = content(graph(n=load("VAGUE", spatial_extent=BOX, bands=None)))

    assert len(cube.bands) == 1
