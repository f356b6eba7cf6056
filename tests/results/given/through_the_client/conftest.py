"""Jobs of the openeo client that are finished at once, and their files."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from mock_backend import JobPlan

DATES = pd.to_datetime(["2024-06-01", "2024-06-11"])


@pytest.fixture(autouse=True)
def at_once(mock_backend):
    mock_backend.plan(JobPlan.immediate())


@pytest.fixture
def cube(mock_backend_connection):
    return mock_backend_connection.load_collection(
        "SENTINEL2_L2A",
        spatial_extent={"west": 5.0, "south": 51.2, "east": 5.01, "north": 51.21},
        temporal_extent=["2024-06-01", "2024-06-12"],
        bands=["B04", "B08"],
    )


@pytest.fixture
def table(cube):
    """A graph for formats that hold no rasters."""
    return cube.aggregate_spatial({"type": "Point", "coordinates": [5.005, 51.205]}, "mean")


@pytest.fixture
def downloaded(cube, tmp_path):
    """Run a job and return its files by their names."""

    def run(out_format="GTiff", what=cube, **options):
        job = what.create_job(out_format=out_format, **options)
        job.start_and_wait(print=lambda _: None)
        folder = tmp_path / job.job_id
        job.get_results().download_files(folder, include_stac_metadata=False)
        return {path.name: path for path in folder.iterdir()}

    return run


def array():
    """Return rasters of two dates and two bands."""
    return xr.DataArray(
        np.arange(48, dtype="int16").reshape(2, 2, 3, 4),
        dims=("t", "bands", "y", "x"),
        coords={
            "t": DATES,
            "bands": ["B04", "B08"],
            "y": 5_700_025.0 - 10 * np.arange(3),
            "x": 600_005.0 + 10 * np.arange(4),
        },
        attrs={"crs": "EPSG:32631"},
    )
