"""Results of batch jobs by the openeo client."""

import json
from pathlib import Path

import pystac
import pytest
import requests
from openeo.internal.warnings import UserDeprecationWarning
from openeo.rest import OpenEoClientException, OpenEoRestError

from mock_backend import JobPlan


@pytest.fixture
def results(finished):
    return finished.get_results()


@pytest.fixture
def content(results) -> bytes:
    return requests.get(results.get_asset().href).content


@pytest.mark.calls("JobResults.get_metadata", "BatchJob.list_results", "Connection.job_results")
def test_metadata(mock_backend, connection, finished):
    results = finished.get_results()

    metadata = results.get_metadata()

    assert (metadata["type"], metadata["id"]) == ("Collection", finished.job_id)
    assert (metadata["openeo:status"], metadata["title"]) == ("finished", "monthly")
    assert [round(side, 2) for side in metadata["extent"]["spatial"]["bbox"][0]] == [5.0, 51.2, 5.01, 51.21]
    # Signed URLs are new at each request.
    mock_backend.clock.advance("1h")
    assert results.get_metadata() is metadata
    assert results.get_metadata(force=True)["expires"] > metadata["expires"]
    with pytest.warns(UserDeprecationWarning, match="get_results"):
        assert finished.list_results()["id"] == finished.job_id
    with pytest.warns(UserDeprecationWarning, match="get_results"):
        assert connection.job_results(finished.job_id)["id"] == finished.job_id


@pytest.mark.calls("JobResults.get_metadata")
def test_metadata_before_there_are_results(mock_backend, job, refused):
    mock_backend.plan(JobPlan(queued="1m", running="10m", fails_at=0.5, error="out of memory"))

    with refused("JobNotStarted", 400):
        job.get_results().get_metadata()
    job.start()
    for _ in ("queued", "running"):
        with refused("JobNotFinished", 400):
            job.get_results().get_metadata()
        mock_backend.clock.advance("2m")
    mock_backend.clock.advance("1h")
    # A failed job answers with the last entry of its log.
    with pytest.raises(OpenEoClientException, match="out of memory") as caught:
        job.get_results().get_metadata()
    assert caught.value.http_status_code == 424


@pytest.mark.calls("JobResults.get_assets", "JobResults.get_asset")
def test_assets(finished):
    [asset] = finished.get_results().get_assets()

    assert asset.href.startswith("https://")
    assert "data" in asset.metadata["roles"]
    assert finished.get_results().get_asset().href == asset.href
    with pytest.raises(OpenEoClientException, match="No asset 'other'"):
        finished.get_results().get_asset("other")


@pytest.fixture
def series(mock_backend, cube):
    """The results of a job that makes a time series as JSON."""
    here = {"type": "Point", "coordinates": [5.005, 51.205]}
    job = cube.aggregate_spatial(here, reducer="mean").create_job(out_format="JSON")
    job.start()
    mock_backend.clock.advance("1h")
    return job


@pytest.mark.calls("ResultAsset.load_json")
def test_an_asset_is_loaded_as_json(series):
    [asset] = series.get_results().get_assets()

    assert asset.load_json() == json.loads(asset.load_bytes())
    assert list(asset.load_json()) == ["2024-06-04T00:00:00Z"]


@pytest.mark.calls("ResultAsset.load_bytes", "ResultAsset.download")
def test_an_asset_is_loaded_and_downloaded(results, content, tmp_path):
    [asset] = results.get_assets()

    assert asset.load_bytes() == content != b""
    assert asset.download(tmp_path / "new" / "name").read_bytes() == content
    assert asset.download(tmp_path).parent == tmp_path


@pytest.mark.calls("ResultAsset.load_bytes")
def test_an_asset_is_asked_for_without_a_log_in(mock_backend, finished):
    [asset] = finished.get_results().get_assets()
    finished.connection.auth = None

    assert asset.load_bytes() == requests.get(asset.href).content


@pytest.mark.calls("ResultAsset.load_bytes", "ResultAsset.download")
def test_links_expire(mock_backend, results, tmp_path, refused):
    [asset] = results.get_assets()
    mock_backend.clock.advance(seconds=mock_backend.settings.link_lifetime + 1)

    with refused("ResultLinkExpired", 410):
        asset.load_bytes()
    with pytest.raises(OpenEoRestError, match=r"\[410\]"):
        # The client may ask for the head first, which has no message.
        asset.download(tmp_path)
    results.get_metadata(force=True)
    assert results.get_asset().load_bytes()


@pytest.mark.calls("JobResults.download_file", "BatchJob.download_result")
def test_one_file_is_downloaded(finished, content, tmp_path):
    assert finished.get_results().download_file(tmp_path / "a").read_bytes() == content
    assert finished.download_result(tmp_path / "b").read_bytes() == content


@pytest.mark.calls("JobResults.download_files")
def test_all_files_are_downloaded(finished, content, tmp_path):
    *files, metadata = finished.get_results().download_files(tmp_path / "new")

    assert [path.read_bytes() for path in files] == [content]
    assert metadata.name == "job-results.json"
    assert json.loads(metadata.read_bytes())["id"] == finished.job_id


@pytest.mark.calls("BatchJob.download_results")
def test_files_are_downloaded_by_old_names(finished, content, tmp_path):
    with pytest.warns(UserDeprecationWarning):
        downloaded = finished.download_results(tmp_path)
    with pytest.warns(UserDeprecationWarning):
        old = finished.get_result()

    assert [Path(path).read_bytes() for path in downloaded] == [content]
    assert old.load_bytes() == content
    assert old.download_file(tmp_path / "one").read_bytes() == content


def test_json_is_loaded_by_its_old_name(series):
    with pytest.warns(UserDeprecationWarning):
        old = series.get_result()

    assert old.load_json() == series.get_results().get_asset().load_json()


@pytest.mark.calls("JobResults.download_as_collection")
def test_results_are_downloaded_as_a_collection(finished, content, tmp_path):
    paths = finished.get_results().download_as_collection(tmp_path, on_download_failure="raise")

    collection = pystac.Collection.from_file(next(path for path in paths if path.name == "job-results.json"))
    [item] = collection.get_items()
    [asset] = item.assets.values()
    assert Path(asset.get_absolute_href()).read_bytes() == content
