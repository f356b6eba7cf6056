"""The same request gives the same bytes, again and again."""

import hashlib

import pytest

from mock_backend.engine.steps.inputs.loading import painted

NAMES = ["netCDF", "Zarr", "JSON", "CSV", "GeoJSON", "Parquet"]


@pytest.mark.parametrize("name", NAMES)
def test_twice_in_a_process(write, raster, series, name):
    cube = raster if name in {"netCDF", "Zarr"} else series

    assert hashlib.sha256(write(name, cube)).digest() == hashlib.sha256(write(name, cube)).digest()
    assert write(name, painted(cube, 8)) != write(name, cube)
