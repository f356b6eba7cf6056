"""Features of time: as many as the definition says, or as many for each band as VITO's back-ends make."""

import numpy as np
import pytest
import xarray as xr
from openeo import processes

from mock_backend import JobPlan, MockBackend


@pytest.mark.parametrize(("profile", "labels"), [("spec", 2), ("cdse", 4)])
def test_features_of_time_become_bands(tmp_path, profile, labels):
    with MockBackend("https://features.test", profile=profile, plan=JobPlan.immediate()) as backend:
        cube = backend.connect().load_collection(
            "SENTINEL2_L2A",
            spatial_extent={"west": 5.0, "south": 51.2, "east": 5.005, "north": 51.205},
            temporal_extent=["2024-06-01", "2024-07-01"],
            bands=["B04", "B08"],
        )
        features = cube.apply_dimension(
            lambda data: processes.array_create([data.min(), data.max()]),
            dimension="t",
            target_dimension="bands",
        )
        features.download(tmp_path / "features.nc", format="netCDF")
        cube.download(tmp_path / "raw.nc", format="netCDF")

    raw = xr.load_dataset(tmp_path / "raw.nc")
    found = xr.load_dataset(tmp_path / "features.nc")
    expected = [
        value for band in (raw.B04, raw.B08) for value in (band.min("t").values, band.max("t").values)
    ]
    for place in range(labels):
        np.testing.assert_array_equal(found[str(place)].values, expected[place])
    assert str(labels) not in found
