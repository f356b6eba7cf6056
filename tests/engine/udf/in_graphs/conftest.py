"""Functions in process graphs of the openeo client, and the values in the files of their jobs."""

import openeo
import pytest
import xarray

from mock_backend import JobPlan, MockBackend

BOX = {"west": 5.0, "south": 51.2, "east": 5.02, "north": 51.21}
FIELD = {
    "type": "Polygon",
    "coordinates": [[[5.005, 51.203], [5.012, 51.203], [5.012, 51.208], [5.005, 51.203]]],
}
HEAD = "import numpy as np\nimport xarray\nfrom openeo.udf import UdfData, StructuredData, inspect\n"
FUNCTION = "def apply_datacube(cube: xarray.DataArray, context: dict) -> xarray.DataArray:\n"


def udf(*lines: str, context=None, before: str = "", runtime: str = "Python") -> openeo.UDF:
    """Return a function with a body."""
    body = "".join(f"    {line}\n" for line in lines)
    return openeo.UDF(HEAD + before + FUNCTION + body, runtime=runtime, context=context)


@pytest.fixture
def backend():
    with MockBackend(plan=JobPlan.immediate()) as made:
        yield made


@pytest.fixture
def cube(backend):
    """Return two bands of four dates."""
    return load(backend.connect())


def load(connection) -> openeo.DataCube:
    """Load two bands of four dates."""
    return connection.load_collection(
        "SENTINEL2_L2A",
        spatial_extent=BOX,
        temporal_extent=["2024-06-01", "2024-06-21"],
        bands=["B04", "B08"],
    )


@pytest.fixture
def values(tmp_path):
    """Return a function that returns the values of a cube, by way of a job and its netCDF file."""

    def values(cube: openeo.DataCube) -> xarray.Dataset:
        job = cube.create_job(out_format="netCDF")
        job.start()
        assert job.status() == "finished", job.logs()[-1]["message"]
        job.get_results().download_file(tmp_path / f"{job.job_id}.nc")
        found = xarray.load_dataset(tmp_path / f"{job.job_id}.nc", engine="h5netcdf")
        return found.drop_vars("crs", errors="ignore").astype("float32")

    return values


def logs(job) -> list[tuple[str, str]]:
    """Return levels and messages."""
    return [(each["level"], each["message"]) for each in job.logs()]
