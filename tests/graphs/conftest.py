"""Results of process graphs, fetched in the two ways that the openeo client has."""

import tarfile

import pytest
from requests.structures import CaseInsensitiveDict

from typical_graphs.opening import UNNAMED


@pytest.fixture
def connection(mock_backend):
    return mock_backend.connect()


@pytest.fixture
def batch(tmp_path):
    """Process a cube in a batch job; return the paths of the downloaded files."""

    def process(cube, format_, **options):
        job = cube.create_job(out_format=format_, **options)
        job.start_and_wait(print=lambda _: None)
        return job.get_results().download_files(tmp_path / "batch", include_stac_metadata=False)

    return process


@pytest.fixture
def synchronous(tmp_path):
    """Process a cube at once; return the paths of the files, those in an archive unpacked.

    The document in an archive is not among them.
    """

    def process(cube, format_, **options):
        received = CaseInsensitiveDict()
        path = tmp_path / UNNAMED
        cube.download(path, format=format_, options=options, on_response_headers=received.update)
        folder = tmp_path / "synchronous"
        folder.mkdir()
        if received["Content-Type"] == "application/x-tar":
            with tarfile.open(path) as archive:
                assert len(archive.getnames()) > 1, "one file needs no archive"
                archive.extractall(folder)  # Python before 3.11.4 has no filters
        else:
            path.rename(folder / UNNAMED)
        return sorted(set(folder.iterdir()) - {folder / "collection.json"})

    return process
