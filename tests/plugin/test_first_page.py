"""The test of the first page: what a user writes, and nothing else."""

from datetime import timedelta


def test_ndvi(mock_backend, tmp_path):
    connection = mock_backend.connect()
    cube = connection.load_collection(
        "SENTINEL2_L2A",
        bands=["B04", "B08"],
        spatial_extent={"west": 5.0, "south": 51.2, "east": 5.1, "north": 51.3},
        temporal_extent=["2024-06-01", "2024-07-01"],
    )
    job = cube.ndvi(nir="B08", red="B04").create_job(out_format="GTiff", title="ndvi")
    job.start_and_wait()
    files = job.get_results().download_files(tmp_path)

    assert mock_backend.jobs.one(title="ndvi").nodes("ndvi")
    assert mock_backend.clock.elapsed >= timedelta(seconds=11)
    assert all(file.stat().st_size for file in files)
