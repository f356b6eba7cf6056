"""Given data of two bands, jobs that end at once, and the pixels of their files."""

import io

import numpy as np
import pytest
import rasterio
import xarray as xr
from rasterio.io import MemoryFile

from mock_backend import JobPlan
from small_cubes import DATES, UTM, cube

LABELS = [f"{each}T00:00:00Z" for each in DATES]
RED, NIR = np.random.default_rng(1).integers(1, 10_000, (2, 3, 4, 5)).astype("int16")
RED[0, 0, 0] = NIR[0, 0, 0] = -9999
#: As processes see them.
RED_, NIR_ = (np.where(each == -9999, np.nan, each.astype("float64")) for each in (RED, NIR))

#: An area and a period with all of the data.
WHOLE = {"west": 5.0, "south": 51.4, "east": 5.1, "north": 51.5}
PERIOD = ["2024-06-01", "2024-07-01"]


@pytest.fixture
def mock_backend_settings():
    return {"plan": JobPlan.immediate()}


@pytest.fixture
def loaded(mock_backend):
    mine = xr.Dataset({"B04": cube(RED, _FillValue=-9999), "B08": cube(NIR, _FillValue=-9999)})
    mock_backend.add_collection("MY", data=mine)
    return mock_backend.connect().load_collection("MY")


def pixels(cube):
    """Return the bands of the GeoTIFF that a cube makes, or of one, as they are stored."""
    content = cube if isinstance(cube, bytes) else content_of(cube)
    with rasterio.open(io.BytesIO(content)) as raster:
        return raster.read(), raster.profile


def content_of(cube):
    """Return the GeoTIFF that a cube makes."""
    response = cube.connection.post(
        "/result", json={"process": {"process_graph": cube.save_result("GTiff").flat_graph()}}
    )
    assert response.headers["content-type"].startswith("image/tiff")
    return response.content


def tiff_of(values):
    """Return a GeoTIFF of one band."""
    profile = {"width": 5, "height": 4, "count": 1, "dtype": "int16", "crs": UTM}
    transform = rasterio.Affine(10, 0, 640_000, 0, -10, 5_700_040)
    with MemoryFile() as file:
        with file.open(driver="GTiff", transform=transform, **profile) as raster:
            raster.write(values)
        return bytes(file.getbuffer())


def same(found, expected):
    """Check that values are the expected ones, as 32-bit floating points."""
    np.testing.assert_array_equal(np.squeeze(found), np.squeeze(expected.astype("float32")))
