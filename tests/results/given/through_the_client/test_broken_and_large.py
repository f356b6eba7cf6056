"""Broken, missing and large results, and functions that fail, as the openeo client gets them."""

from pathlib import Path

import pytest
import rasterio
import requests
from openeo.rest import OpenEoApiError

from mock_backend.errors import ProcessGraphComplexity
from mock_backend.results import Item, empty, missing, no_results, truncated, wrong_type

from .conftest import array


def test_functions_that_fail(mock_backend, cube):
    def model(graph):
        raise KeyError("B05")

    mock_backend.set_result(model)
    job = cube.create_job(out_format="JSON")
    job.start()

    with pytest.raises(OpenEoApiError, match=r"\[500\] Internal: .*model.* failed: KeyError: 'B05'"):
        job.get_results().get_metadata()


def test_functions_that_answer_with_an_error_of_the_api(mock_backend, cube):
    def refuse(graph):
        raise ProcessGraphComplexity("Too much.")

    mock_backend.set_result(refuse)

    with pytest.raises(OpenEoApiError, match="ProcessGraphComplexity: Too much"):
        cube.execute()


def test_truncated_rasters(mock_backend, downloaded):
    mock_backend.set_result(truncated(array().isel(t=0), at=0.7))

    path = downloaded()["openEO.tif"]
    with pytest.raises(rasterio.errors.RasterioError), rasterio.open(path) as raster:
        raster.read()


def test_empty_files(mock_backend, downloaded):
    mock_backend.set_result(empty())

    assert downloaded()["openEO.tif"].read_bytes() == b""


def test_wrong_types(mock_backend, cube):
    mock_backend.set_result(wrong_type(array().isel(t=0), "image/png"))
    job = cube.create_job(out_format="GTiff")
    job.start()

    asset = job.get_results().get_asset("openEO.tif")
    assert asset.metadata["type"] == "image/png"
    answer = requests.get(asset.href, timeout=10)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content.startswith(b"II*\0")


def test_no_results(mock_backend, cube):
    mock_backend.set_result(no_results())
    job = cube.create_job(out_format="GTiff")
    job.start_and_wait(print=lambda _: None)

    assert job.get_results().get_assets() == []
    assert job.status() == "finished"
    assert [each.level for each in job.logs()].count("error") == 0


def test_missing_files(mock_backend, cube):
    mock_backend.set_result(missing(Item({"a.tif": b"", "b.tif": b""})))
    job = cube.create_job(out_format="GTiff")
    job.start()

    assets = job.get_results().get_assets()
    assert [asset.metadata["href"].partition("?")[0][-5:] for asset in assets] == ["a.tif", "b.tif"]
    answer = requests.get(assets[0].href, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (404, "FileNotFound")


def test_files_that_vanish(mock_backend, cube, tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(b"II*\0")
    mock_backend.set_result(path)
    job = cube.create_job(out_format="GTiff")
    job.start()
    asset = job.get_results().get_asset()
    assert requests.get(asset.href, timeout=10).content == b"II*\0"
    path.unlink()

    answer = requests.get(asset.href, timeout=10)
    assert answer.status_code == 404
    assert answer.json()["message"].endswith("which set_result() was given, is not there any more.")
    assert "file:size" not in job.get_results().get_asset().metadata


def test_parts_of_files(mock_backend, cube, tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(range(100)))
    mock_backend.set_result(path)
    job = cube.create_job(out_format="GTiff")
    job.start()

    answer = requests.get(job.get_results().get_asset().href, headers={"Range": "bytes=10-19"}, timeout=10)
    assert (answer.status_code, answer.content) == (206, bytes(range(10, 20)))


def test_large_files_are_sent_from_the_disk(mock_backend, cube, tmp_path):
    path = Path(tmp_path / "large.bin")
    with path.open("wb") as file:
        file.truncate(200 << 20)
    mock_backend.set_result(path)
    job = cube.create_job(out_format="GTiff")
    job.start()

    asset = job.get_results().get_asset()
    assert asset.metadata["file:size"] == 200 << 20
    with requests.get(asset.href, stream=True, timeout=10) as answer:
        assert sum(map(len, answer.iter_content(1 << 20))) == 200 << 20
