"""Results of jobs, STAC, uploads and geometries at URLs are data of the next process graph."""

import io
import json
from functools import partial

import geopandas
import numpy as np
import pytest
import shapely
from openeo.rest import OpenEoApiError

from mock_backend import JobPlan, MockBackend
from mock_backend.engine.given_data.reading import read_given
from small_cubes import DATES, UTM, cube

from .conftest import LABELS, NIR, NIR_, PERIOD, RED, RED_, WHOLE, content_of, pixels, same, tiff_of


def test_results_of_a_job_are_loaded_again(mock_backend, loaded):
    job = loaded.create_job(out_format="GTiff")
    job.start_and_wait(print=lambda _: None)
    connection = mock_backend.connect()
    links = job.get_results().get_metadata()["links"]
    [signed] = [each["href"] for each in links if each["rel"] == "canonical"]

    for url in (signed, f"{mock_backend.url}/jobs/{job.job_id}/results"):
        found, _ = pixels(connection.load_stac(url, bands=["B08"]).max_time())
        same(found, np.nanmax(NIR_, axis=0))
    found, _ = pixels(connection.load_stac(signed, temporal_extent=[DATES[1], "2024-06-12"]))
    np.testing.assert_array_equal(found, [RED[1], NIR[1]])


@pytest.fixture(params=["GTiff", "netCDF", "Zarr"])
def results(request, mock_backend, loaded):
    """The URL of results of three dates."""
    job = loaded.create_job(out_format=request.param)
    job.start_and_wait(print=lambda _: None)
    links = job.get_results().get_metadata()["links"]
    return next(each["href"] for each in links if each["rel"] == "canonical")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"bands": ["B08", "B04"]}, lambda red, nir: [nir, red]),
        ({"temporal_extent": DATES[:2]}, lambda red, nir: [red[:1], nir[:1]]),
        ({"temporal_extent": [DATES[1], None]}, lambda red, nir: [red[1:], nir[1:]]),
        (
            {
                "spatial_extent": {
                    "west": 640_010,
                    "south": 5_700_010,
                    "east": 640_030,
                    "north": 5_700_030,
                    "crs": 32631,
                },
                "bands": ["B08"],
                "temporal_extent": [None, DATES[2]],
            },
            lambda red, nir: [nir[:2, 1:3, 1:3]],  # as the others
        ),
    ],
    ids=["bands", "start", "end", "all"],
)
def test_parts_of_results_are_loaded(mock_backend, results, arguments, part):
    found, profile = pixels(mock_backend.connect().load_stac(results, **arguments).min_time())

    expected = [np.fmin.reduce(each) for each in part(RED_, NIR_)]
    np.testing.assert_array_equal(np.where(found == profile["nodata"], np.nan, found), expected)


@pytest.mark.parametrize(
    "arguments",
    [
        {"bands": ["B99"]},
        {"temporal_extent": ["2020-01-01", "2020-02-01"]},
        {"spatial_extent": {"west": 5.1, "south": 51, "east": 5.1001, "north": 51.0001}},
        {"properties": {"eo:cloud_cover": lambda value: value <= 50}},
        {"properties": {"openeo:status": lambda value: value == "running"}},
    ],
    ids=lambda given: next(iter(given)),
)
@pytest.mark.parametrize("results", ["GTiff"], indirect=True)
def test_no_values_stand_in_for_results_that_are_not_wanted(mock_backend, results, arguments):
    found, profile = pixels(mock_backend.connect().load_stac(results, **arguments).max_time())
    assert (np.isnan(found) if np.isnan(profile["nodata"]) else found == profile["nodata"]).all()

    with MockBackend("https://strict.test", profile="spec", plan=JobPlan.immediate()) as strict:
        strict.add_collection("MY", data=cube(RED))
        connection = strict.connect(auto_validate=False)
        job = connection.load_collection("MY", WHOLE, PERIOD).create_job(out_format="GTiff")
        job.start()
        url = f"{strict.url}/jobs/{job.job_id}/results"
        with pytest.raises(OpenEoApiError, match="NoDataAvailable"):
            connection.load_stac(url, **arguments).create_job()


def test_items_are_chosen_by_their_properties(mock_backend):
    features = []
    for day, cover in enumerate((10, 80, 30)):
        mock_backend.add_url(f"https://stac.test/{day}.tif", tiff_of(RED[day : day + 1]))
        features.append(
            {
                "type": "Feature",
                "properties": {"datetime": LABELS[day], "eo:cloud_cover": cover, "orbit": "descending"},
                "assets": {
                    "data": {
                        "href": f"https://stac.test/{day}.tif",
                        "bands": [{"name": "B04", "eo:common_name": "red"}],
                    }
                },
            }
        )
    del features[2]["properties"]["orbit"]
    mock_backend.add_url("https://stac.test/search", {"type": "FeatureCollection", "features": features})
    load = partial(mock_backend.connect().load_stac, "https://stac.test/search", bands=["red"])

    for properties, days in (
        ({"eo:cloud_cover": lambda value: value <= 50}, [0, 2]),
        ({"eo:cloud_cover": lambda value: value > 50}, [1]),
        ({"eo:cloud_cover": lambda value: value <= 50, "orbit": lambda value: value == "descending"}, [0]),
    ):
        found, _ = pixels(load(properties=properties).max_time())
        same(found, RED[days].max(axis=0))


def test_collections_and_items_are_loaded_by_their_urls(mock_backend, loaded):
    connection = mock_backend.connect()
    items = connection.get("/collections/MY/items").json()["features"]
    [middle] = [each["links"][0]["href"] for each in items if each["properties"]["datetime"] == LABELS[1]]

    found, _ = pixels(connection.load_stac(f"{mock_backend.url}/collections/MY").max_time())
    np.testing.assert_array_equal(found, [np.nanmax(each, axis=0) for each in (RED_, NIR_)])
    found, _ = pixels(connection.load_stac(middle))
    np.testing.assert_array_equal(found, [RED[1], NIR[1]])


def test_registered_stac_is_loaded(mock_backend, tmp_path):
    for day in (1, 2):
        (tmp_path / f"{day}.tif").write_bytes(tiff_of(RED[day : day + 1]))
    mock_backend.add_url("https://stac.test/files", tmp_path)
    features = [
        {
            "type": "Feature",
            "properties": {"datetime": LABELS[day]},
            "assets": {"red": {"href": f"https://stac.test/files/{day}.tif"}},
        }
        for day in (1, 2)
    ]
    mock_backend.add_url("https://stac.test/search", {"type": "FeatureCollection", "features": features})

    cube = mock_backend.connect().load_stac("https://stac.test/search")
    found, _ = pixels(cube.max_time())

    same(found, RED[1:].max(axis=0))


def test_uploaded_files_are_loaded(mock_backend, loaded):
    connection = mock_backend.connect()
    connection.put("/files/mine.tif", data=content_of(loaded.max_time()))
    cube = connection.datacube_from_process("load_uploaded_files", paths=["mine.tif"], format="GTiff")

    found, _ = pixels(cube)

    np.testing.assert_array_equal(found, [np.nanmax(each, axis=0) for each in (RED_, NIR_)])


@pytest.mark.parametrize(
    "form", ["load_url", "load_geojson", "load_uploaded_files", "parquet", "read_vector", "get_geometries"]
)
def test_geometries_of_files_and_urls_are_where_they_are(mock_backend, loaded, form):
    west = shapely.box(640_000, 5_700_000, 640_020, 5_700_040)
    frame = geopandas.GeoDataFrame({"name": ["w"]}, geometry=[west], crs=UTM).to_crs(4326)
    connection = mock_backend.connect()
    content = frame.to_json().encode()
    if form == "parquet":
        frame.to_parquet(buffer := io.BytesIO())
        content = buffer.getvalue()
    mock_backend.add_url("https://data.test/w", content)
    connection.put("/files/w.geojson", data=content)
    geometries = {
        "load_url": lambda: connection.load_url("https://data.test/w", format="GeoJSON"),
        "parquet": lambda: connection.load_url("https://data.test/w", format="Parquet"),
        "load_geojson": lambda: connection.load_geojson(json.loads(frame.to_json())),
        "load_uploaded_files": lambda: connection.vectorcube_from_paths(["w.geojson"], format="GeoJSON"),
        "read_vector": lambda: connection.datacube_from_process(
            "read_vector", filename="https://data.test/w"
        ),
        "get_geometries": lambda: connection.datacube_from_process("get_geometries", filename="w.geojson"),
    }[form]()

    series = loaded.aggregate_spatial(geometries, reducer="max").execute()

    assert series[LABELS[2]] == [[RED[2, :, :2].max(), NIR[2, :, :2].max()]]


@pytest.mark.parametrize(
    "load",
    [
        lambda connection: connection.load_stac("https://nowhere.test/stac"),
        lambda connection: connection.load_url("https://nowhere.test/a.geojson", format="GeoJSON"),
        lambda connection: connection.datacube_from_process(
            "load_uploaded_files", paths=["nothing.tif"], format="GTiff"
        ),
        lambda connection: connection.datacube_from_process(
            "get_geometries", filename="https://nowhere.test/a"
        ),
    ],
)
def test_what_is_unknown_has_a_stand_in_and_the_log_says_so(mock_backend, load):
    job = load(mock_backend.connect()).create_job(out_format="JSON")
    job.start_and_wait(print=lambda _: None)

    messages = [each.message for each in job.logs(level="warning")]
    assert any(
        "unknown-content" in each and ("add_url" in each or "nothing.tif" in each) for each in messages
    )
    assert "unknown-content" in {each.rule for each in mock_backend.leniencies}


def test_a_strict_back_end_refuses_what_is_unknown(mock_backend):
    with MockBackend("https://strict.test", profile="spec") as strict:
        connection = strict.connect(auto_validate=False)
        with pytest.raises(
            OpenEoApiError, match=r"backend\.add_url\('https://nowhere\.test/stac', content\)"
        ):
            connection.load_stac("https://nowhere.test/stac").create_job()


def test_a_live_server_computes_with_results_of_its_own(mock_backend, loaded):
    """It would hang if it asked itself over its socket."""
    import openeo

    job = loaded.create_job(out_format="GTiff")
    job.start_and_wait(print=lambda _: None)
    live = openeo.connect(mock_backend.live().api_url).authenticate_basic("alice", "secret")
    url = f"{mock_backend.live().api_url}/jobs/{job.job_id}/results"

    found, _ = pixels(live.load_stac(url).max_time())

    np.testing.assert_array_equal(found, [np.nanmax(each, axis=0) for each in (RED_, NIR_)])


def test_files_of_results_are_data(loaded, tmp_path):
    job = loaded.create_job(out_format="Zarr")
    job.start_and_wait(print=lambda _: None)
    [path] = job.get_results().download_files(tmp_path, include_stac_metadata=False)

    data = read_given(path)

    np.testing.assert_array_equal(data.values[:, 0], RED_)
    np.testing.assert_array_equal(data.values[:, 1], NIR_)
