"""Results that a test gives, as the openeo client gets them."""

import json
import tarfile

import geopandas
import numpy as np
import pandas as pd
import pystac
import pytest
import rasterio
import requests
import xarray as xr
from pystac.validation import validate_dict

from mock_backend import JobPlan, MockBackend
from mock_backend.results import File, Item, no_results

from .conftest import array


def test_bytes(mock_backend, downloaded):
    mock_backend.set_result(b"TIFF-DUMMY-DATA")

    assert {name: path.read_bytes() for name, path in downloaded().items()} == {
        "openEO.tif": b"TIFF-DUMMY-DATA"
    }


def test_the_next_one_only(mock_backend, downloaded):
    order = mock_backend.set_result({"a": 1}, times=1)

    assert json.loads(downloaded("JSON")["result.json"].read_text()) == {"a": 1}
    assert "openEO.nc" in downloaded("netCDF")
    assert (order.hits, order.remaining) == (1, 0)


def test_jobs_by_title(mock_backend, downloaded):
    mock_backend.set_result(b"x,y\n1,2\n", title="table*", name="own.csv")

    assert list(downloaded(title="tables of June")) == ["own.csv"]
    assert "own.csv" not in downloaded(title="June")


def test_rasters_of_xarray(mock_backend, downloaded):
    mock_backend.set_result(array())

    files = downloaded("GTiff")
    assert sorted(files) == ["openEO_2024-06-01Z.tif", "openEO_2024-06-11Z.tif"]
    with rasterio.open(files["openEO_2024-06-11Z.tif"]) as raster:
        np.testing.assert_array_equal(raster.read(), array().values[1])

    with xr.open_dataset(downloaded("netCDF")["openEO.nc"]) as found:
        np.testing.assert_array_equal(found["var"].values, array().values)


def test_tables(mock_backend, downloaded, table):
    frame = pd.DataFrame({"date": ["2024-06-01"], "B04": [1.5]})
    mock_backend.set_result(frame)

    pd.testing.assert_frame_equal(pd.read_csv(downloaded("CSV", table)["timeseries.csv"]), frame)
    pd.testing.assert_frame_equal(pd.read_parquet(downloaded("Parquet", table)["timeseries.parquet"]), frame)


def test_places(mock_backend, downloaded, table):
    places = geopandas.GeoDataFrame({"a": [1]}, geometry=geopandas.points_from_xy([5], [51]), crs=4326)
    mock_backend.set_result(places)

    [path] = downloaded("GeoJSON", table).values()
    assert geopandas.read_file(path).geometry.x.tolist() == [5]


def test_a_folder(mock_backend, downloaded, tmp_path):
    folder = tmp_path / "given"
    folder.mkdir()
    for name in ("a.tif", "b.csv"):
        (folder / name).write_text(name)
    mock_backend.set_result(folder)

    assert {name: path.read_text() for name, path in downloaded().items()} == {
        "a.tif": "a.tif",
        "b.csv": "b.csv",
    }


def test_items(mock_backend, cube):
    mock_backend.set_result(
        [
            Item(
                {"june.tif": b"II*\0"},
                id="june",
                datetime="2024-06-01",
                bbox=[5, 51, 6, 52],
                properties={"a": 1},
            ),
            Item(
                {"july.tif": b"II*\0", "july.json": File({}, title="About July")},
                datetime=("2024-07-01", "2024-07-31"),
            ),
        ]
    )
    job = cube.create_job(out_format="GTiff")
    job.start_and_wait(print=lambda _: None)

    results = job.get_results()
    collection = pystac.Collection.from_dict(results.get_metadata())
    assert list(collection.assets) == ["june.tif", "july.tif", "july.json"]
    assert collection.assets["july.json"].title == "About July"
    items = [
        pystac.Item.from_dict(requests.get(each["href"], timeout=10).json())
        for each in results.get_metadata()["links"]
        if each["rel"] == "item"
    ]
    assert [each.id for each in items] == ["june", "july"]
    assert items[0].properties["a"] == 1
    assert items[0].bbox == [5, 51, 6, 52]
    assert items[0].datetime.isoformat() == "2024-06-01T00:00:00+00:00"
    assert items[1].common_metadata.end_datetime.isoformat() == "2024-07-31T00:00:00+00:00"
    assert items[1].bbox == [5.0, 51.2, 5.01, 51.21]
    for each in (collection, *items):
        validate_dict(each.to_dict(transform_hrefs=False), extensions=[])


def test_functions_are_called_once_a_run_when_results_are_wanted(mock_backend, cube):
    calls = []

    def model(graph, job):
        calls.append(job.title)
        [load] = [each for each in graph.values() if each["process_id"] == "load_collection"]
        return {"bands": load["arguments"]["bands"], "run": job.run.number}

    mock_backend.set_result(model)
    job = cube.create_job(out_format="JSON", title="one")
    for run in (1, 2):
        job.start_and_wait(print=lambda _: None)
        assert len(calls) == run - 1
        asset = job.get_results().get_assets()[0]
        assert asset.load_json() == {"bands": ["B04", "B08"], "run": run}
        assert job.get_results().get_assets()[0].load_json() == asset.load_json()
    assert calls == ["one", "one"]


@pytest.mark.parametrize(
    ("result", "before"),
    [({"a": 1}, ["Wrote result.json (8 bytes)."]), (lambda _: {"a": 1}, []), (no_results(), [])],
    ids=["a value", "a function", "nothing"],
)
def test_a_log_tells_of_given_files_only(mock_backend, cube, result, before):
    """Not of those that would follow from the graph; what a function makes is told when it is made."""
    mock_backend.set_result(result)
    job = cube.create_job().start_and_wait()

    def written():
        return [each.message for each in job.logs() if each.message.startswith("Wrote")]

    assert written() == before
    assets = list(job.get_results().get_metadata()["assets"])
    assert written() == [f"Wrote {name} (8 bytes)." for name in assets]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (5, 5),
        (True, True),
        (None, None),
        ([1, None], [1, None]),
        ({"a": 1}, {"a": 1}),
        (np.float32(0.5), 0.5),
    ],
)
def test_values_of_synchronous_requests(mock_backend, mock_backend_connection, result, expected):
    mock_backend.set_result(result)

    graph = {"add": {"process_id": "add", "arguments": {"x": 3, "y": 4}, "result": True}}
    assert mock_backend_connection.execute(graph) == expected


def test_numbers_that_are_none(mock_backend, mock_backend_connection):
    """As real back-ends answer, and Python reads it."""
    mock_backend.set_result([float("nan"), float("inf")])

    graph = {"add": {"process_id": "add", "arguments": {"x": 3, "y": 4}, "result": True}}
    assert str(mock_backend_connection.execute(graph)) == "[nan, inf]"


def test_files_of_synchronous_requests(mock_backend, cube, tmp_path):
    mock_backend.set_result(array().isel(t=0))

    path = tmp_path / "a.tif"
    cube.download(path, format="GTiff")
    with rasterio.open(path) as raster:
        np.testing.assert_array_equal(raster.read(), array().values[0])


def test_several_files_of_synchronous_requests(mock_backend, cube, tmp_path):
    mock_backend.set_result(Item({"a.txt": b"1", "b.txt": b"22"}))

    path = tmp_path / "all.tar"
    cube.download(path, format="GTiff")
    with tarfile.open(path) as archive:
        assert archive.extractfile("a.txt").read() == b"1"
        assert archive.extractfile("b.txt").read() == b"22"


def test_results_of_synchronous_requests_only(mock_backend, cube, downloaded):
    mock_backend.set_result(b"abc", where=lambda job: job.synchronous)

    assert cube.download(format="GTiff") == b"abc"
    assert b"abc" not in [path.read_bytes() for path in downloaded().values()]


def test_a_running_job_has_no_result_yet(mock_backend, cube):
    calls = []
    mock_backend.plan(JobPlan(queued=0, running="1h"))
    mock_backend.set_result(lambda: calls.append(1) or b"abc")
    job = cube.create_job(out_format="GTiff")
    job.start()
    mock_backend.clock.advance("10m")
    job.status()
    job.logs()

    assert calls == []


def test_a_store_that_is_opened_again_has_synthetic_results(tmp_path, api_of, graph):
    store = tmp_path / "jobs.json"
    with MockBackend("https://other.test", store=store, plan=JobPlan.immediate()) as backend:
        backend.set_result(b"abc", name="own.txt")
        api = api_of(backend)
        job_id = api.create(graph)
        api.start(job_id)
        assert list(api(f"GET /jobs/{job_id}/results").json()["assets"]) == ["own.txt"]

    with MockBackend("https://other.test", store=store) as backend:
        assert "own.txt" not in api_of(backend)(f"GET /jobs/{job_id}/results").json()["assets"]


def test_files_may_be_called_like_those_that_tell_of_the_job(mock_backend, downloaded):
    mock_backend.set_result(Item({"metadata.json": {"mine": True}, "process.json": {"mine": True}}))

    files = downloaded()
    assert {name: json.loads(path.read_text()) for name, path in files.items()} == {
        "metadata.json": {"mine": True},
        "process.json": {"mine": True},
    }


def test_folders_in_names(mock_backend, cube):
    mock_backend.set_result(Item({"x/a ü.txt": b"abc"}))
    job = cube.create_job(out_format="GTiff")
    job.start()

    asset = job.get_results().get_asset("x/a ü.txt")
    assert requests.get(asset.href, timeout=10).content == b"abc"
