"""The same work with the openeo client on every back-end."""

import pytest

from dialect_tables import every_profile
from mock_backend import JobPlan


class TestEveryBackEnd:
    @every_profile
    def test_a_job_through_the_client(self, mock_backend_connection, tmp_path):
        cube = mock_backend_connection.load_collection(
            "SENTINEL2_L2A",
            spatial_extent={"west": 5, "south": 51, "east": 5.01, "north": 51.01},
            temporal_extent=["2024-06-01", "2024-06-15"],
            bands=["B04"],
        )
        job = cube.max_time().create_job(out_format="GTiff", title="max")

        job.start_and_wait(print=lambda line: None)
        files = job.get_results().download_files(tmp_path, include_stac_metadata=False)

        assert [file.read_bytes()[:2] for file in files] == [b"II"]
        assert [each["id"] for each in mock_backend_connection.list_jobs()] == [job.job_id]
        assert job.logs(level="info")
        assert cube.max_time().download(format="GTiff")[:2] == b"II"

    @every_profile
    def test_a_failed_job_through_the_client(self, backend, mock_backend_connection):
        from openeo.rest import JobFailedException

        backend.plan(JobPlan(error="out of memory"))
        job = mock_backend_connection.load_collection("SENTINEL2_L2A").create_job()

        with pytest.raises(JobFailedException):
            job.start_and_wait(print=lambda line: None)

        assert [each.message for each in job.logs(level="error")] == ["out of memory"]

    @every_profile
    def test_many_jobs_with_the_job_manager(self, mock_backend, mock_backend_connection, tmp_path):
        import pandas
        from openeo.extra.job_management import CsvJobDatabase, MultiBackendJobManager

        def start(row, connection, **_):
            return connection.load_collection("SENTINEL2_L2A").create_job(title=f"tile {row['tile']}")

        manager = MultiBackendJobManager(root_dir=tmp_path, poll_sleep=60)
        manager.add_backend("mock", connection=mock_backend_connection)
        database = CsvJobDatabase(tmp_path / "jobs.csv").initialize_from_df(
            pandas.DataFrame({"tile": range(5)})
        )

        manager.run_jobs(start_job=start, job_db=database)

        assert set(database.read()["status"]) == {"finished"}
        assert len(mock_backend.jobs) == 5


@pytest.mark.mock_backend(profile="eodc")
def test_the_client_renews_its_token_whatever_the_status(mock_backend):
    mock_backend.oidc.access_token_ttl = "5m"
    connection = mock_backend.connect(user=None)
    connection.authenticate_oidc_device(store_refresh_token=True)
    mock_backend.clock.advance("1h")

    assert connection.describe_account()["user_id"] == "alice"
    assert 401 in [each.status for each in mock_backend.requests]
