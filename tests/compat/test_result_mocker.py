"""The stand-in for the openeo client's stub of results, with the client's own downloads."""

import pytest
from openeo.rest import OpenEoApiPlainError

from mock_backend.compat import DummyBackend, JobResultCollectionMocker


@pytest.fixture
def results(requests_mock):
    dummy = DummyBackend.at_url("https://stub.test", requests_mock=requests_mock)
    return JobResultCollectionMocker(requests_mock=requests_mock, connection=dummy.connection)


def test_items_assets_and_documents(results, tmp_path):
    job = results.setup_job_results(
        items={"june": {"assets": {"ndvi": {"path": "ndvi.tiff", "content": b"pixels"}}}},
        linked_docs=[{"path": "notes.txt", "text": "all is well"}],
    )
    (asset,) = job.get_results().get_assets()
    assert (asset.key, asset.load_bytes()) == ("june-ndvi", b"pixels")
    written = job.get_results().download_as_collection(tmp_path)
    assert {str(each.relative_to(tmp_path)) for each in written} >= {
        "job-results.json",
        "june/june.json",
        "june/ndvi.tiff",
    }


def test_errors_of_a_file(results):
    error = {"status": 500, "message": "disk is gone"}
    job = results.setup_job_results(items={"june": {"assets": {"ndvi": {"error": error}}}})
    (asset,) = job.get_results().get_assets()
    with pytest.raises(OpenEoApiPlainError, match="disk is gone"):
        asset.load_bytes()
