"""Facts about GeoTIFFs that a test gives: as rasterio reads them."""

import numpy as np
import pytest
import rasterio.warp
from hypothesis import given
from hypothesis import strategies as st
from rasterio.io import MemoryFile

from mock_backend.engine.given_data.files.geotiff_facts import geotiff_facts
from mock_backend.results import Item

TRANSFORM = rasterio.Affine(10, 0, 600_000, 0, -20, 5_700_040)


def tiff(
    *, driver="GTiff", crs="EPSG:32631", transform=TRANSFORM, dtype="int16", count=2, names=(), **options
):
    """Make a file as others write it."""
    values = np.arange(count * 8).reshape(count, 2, 4).astype(dtype)
    profile = {"driver": driver, "width": 4, "height": 2, "count": count, "dtype": dtype, "crs": crs}
    with MemoryFile() as memory:
        with memory.open(**profile, transform=transform, **options) as raster:
            raster.write(values)
            if names:
                raster.descriptions = names
        return memory.read()


@pytest.mark.parametrize(
    "about",
    [
        {},
        {"dtype": "uint8", "count": 1},
        {"dtype": "float32", "nodata": float("nan")},
        {"dtype": "float64", "nodata": -9999.5},
        {"dtype": "uint16", "nodata": 0, "names": ("B04 & <B05>", "B08")},
        {"crs": "EPSG:4326", "transform": rasterio.Affine(0.1, 0, 5, 0, -0.1, 51)},
        {"BIGTIFF": "YES"},
        {"ENDIANNESS": "BIG"},
        {"BIGTIFF": "YES", "ENDIANNESS": "BIG", "compress": "deflate", "interleave": "pixel"},
        {"driver": "COG", "compress": "lzw"},
        {"count": 30},
    ],
)
def test_facts_are_those_that_rasterio_reads(about):
    content = tiff(**about)

    facts = geotiff_facts(content)

    with rasterio.open(MemoryFile(content)) as raster:
        assert facts.grid.crs == raster.crs.to_string()
        assert facts.grid.bounds == pytest.approx(tuple(raster.bounds))
        assert (facts.grid.columns, facts.grid.rows) == raster.shape[::-1]
        assert [band.data_type for band in facts.bands] == list(raster.dtypes)
        described = [name or f"band{place + 1}" for place, name in enumerate(raster.descriptions)]
        assert [band.name for band in facts.bands] == described
        for band, nodata in zip(facts.bands, raster.nodatavals, strict=True):
            assert str(band.nodata) == str(nodata)


def test_coordinates_can_be_those_of_centres():
    content = tiff()
    # What the key GTRasterTypeGeoKey says: areas are 1, points are 2.
    key = np.array([1025, 0, 1, 1], "<u2").tobytes()
    assert content.count(key) == 1

    grid = geotiff_facts(content.replace(key, np.array([1025, 0, 1, 2], "<u2").tobytes())).grid

    assert (grid.west, grid.north) == (599_995, 5_700_050)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"II",
        b"II*\0",
        b"II*\0\x08\0\0\0",
        b"MM\0*\xff\xff\xff\xff",
        b"TIFF-DUMMY-DATA",
        b"II*\0\x08\0\0\0\xff\xff",
    ],
)
def test_what_is_no_tiff_tells_nothing(content):
    assert geotiff_facts(content) is None


def test_files_do_not_have_millions_of_bands():
    content = tiff(count=1)
    samples = np.array([277, 3], "<u2").tobytes() + np.array([1, 1], "<u4").tobytes()
    assert content.count(samples) == 1

    many = np.array([277, 4], "<u2").tobytes() + np.array([1, 2**32 - 1], "<u4").tobytes()
    assert geotiff_facts(content.replace(samples, many)) is None


def test_a_picture_is_nowhere():
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        content = tiff(crs=None, transform=rasterio.Affine.identity())

    facts = geotiff_facts(content)
    assert facts.grid is None
    assert [band.data_type for band in facts.bands] == ["int16", "int16"]


def test_what_is_placed_by_a_matrix_is_nowhere_that_is_told():
    turned = rasterio.Affine(10, 3, 600_000, 3, -20, 5_700_040)

    assert geotiff_facts(tiff(transform=turned)).grid is None


def test_tags_that_are_unknown_are_left_out():
    facts = geotiff_facts(tiff(dtype="complex64", count=1))

    assert [band.data_type for band in facts.bands] == ["other"]


def test_own_coordinate_systems_have_no_number():
    assert geotiff_facts(tiff(crs="+proj=sinu +R=6371007.181")).grid is None


_SOUND = tiff(names=("B04", "B08"), nodata=-1)


@given(st.data())
def test_broken_files_never_fail(data):
    broken = bytearray(_SOUND)
    for _ in range(data.draw(st.integers(1, 8))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(broken)))

    geotiff_facts(bytes(broken[:cut]))
    geotiff_facts(bytes(broken))


def test_results_tell_of_given_files(product, tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(names=("B04", "B08")))

    for result in (path, path.read_bytes(), Item(path), tmp_path):
        [item] = product(result).items
        assert item.assets[0].grid.crs == "EPSG:32631"
        assert [band.name for band in item.assets[0].bands] == ["B04", "B08"]
        expected = rasterio.warp.transform_bounds(
            "EPSG:32631", "EPSG:4326", 600_000, 5_700_000, 600_040, 5_700_040
        )
        assert item.bbox == pytest.approx(expected, abs=1e-6)


def test_files_that_are_nowhere_on_earth_are_where_the_job_asks(product):
    [item] = product(tiff(transform=rasterio.Affine(1e9, 0, 1e12, 0, -1e9, 1e12))).items

    assert item.assets[0].grid is None
    assert [band.data_type for band in item.assets[0].bands] == ["int16", "int16"]
    assert item.bbox == (5.0, 51.2, 5.1, 51.3)
