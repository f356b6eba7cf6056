"""Zarr in a zip file, as xarray opens it."""

import zipfile

import numpy as np
import pytest
import rioxarray  # noqa: F401  # what gives xarray objects their ``rio``
import xarray as xr
from zarr.storage import ZipStore

from mock_backend.engine.cubes import Grid
from mock_backend.engine.steps import Plain
from mock_backend.errors import OpenEOError
from mock_backend.results import formats

# rioxarray multiplies as older versions of affine want it.
pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")


@pytest.fixture
def opened(saved):
    """Open content that was written."""

    def open_(content, **options):
        store = ZipStore(saved("Zarr", content), mode="r")
        with xr.open_zarr(store, decode_coords="all", **options) as found:
            loaded = found.load()
        store.close()
        return loaded

    return open_


def test_the_file(raster):
    (part,) = formats.find_format("Zarr").parts(raster, {})

    assert (part.name, part.media_type) == ("openEO.zarr.zip", "application/zip")
    assert formats.find_format("Zarr").extra is None


def test_bands_coordinates_and_the_coordinate_system(opened, raster, values_of):
    dataset = opened(raster, mask_and_scale=False)

    assert list(dataset.data_vars) == ["B04", "B08"]
    assert dataset["B08"].dims == ("t", "y", "x")
    assert dataset["B08"].dtype == "int16"
    assert np.array_equal(dataset["B08"].transpose("x", "y", "t"), values_of(raster)[..., 1])
    assert dataset.rio.crs.to_epsg() == 32632
    assert dataset.rio.bounds() == raster.grid.bounds


@pytest.mark.parametrize(
    ("dimensions", "more"),
    [
        (("x", "y", "t", "bands"), {}),
        (("x", "y", "t"), {"data_type": "float32"}),
        (("y", "x", "t"), {"times": ["first", "second"]}),
        (("y", "x", "t"), {"times": ()}),
        (("y", "x", "bands"), {"data_type": "uint8", "facts": {"classes": {1: "One thing", 2: "Another"}}}),
        (("geometry", "t", "bands"), {"data_type": "float64"}),
        (("t", "bands"), {}),
        ((), {"data_type": "float32"}),
    ],
)
def test_it_says_the_same_as_netcdf(opened, saved, make_cube, dimensions, more):
    cube = make_cube(*dimensions, **more)

    with xr.open_dataset(saved("netCDF", cube), decode_coords="all") as expected:
        xr.testing.assert_identical(opened(cube), expected.load())


def test_chunks_at_the_edge(opened, make_cube, values_of):
    cube = make_cube("y", "x", grid=Grid("EPSG:32632", 680000.0, 5150000.0, 10.0, 10.0, 700, 513))

    dataset = opened(cube, mask_and_scale=False, chunks=None)

    assert dataset["var"].encoding["chunks"] == (512, 512)
    assert np.array_equal(dataset["var"], values_of(cube))


def test_metadata_are_consolidated_and_at_the_front(saved, raster):
    with zipfile.ZipFile(saved("Zarr", raster)) as archive:
        assert archive.namelist()[0] == ".zmetadata"
        assert archive.testzip() is None


def test_values_that_are_no_data_cube_are_refused():
    with pytest.raises(OpenEOError, match="Zarr holds data cubes"):
        formats.find_format("Zarr").parts(Plain([1]), {})
