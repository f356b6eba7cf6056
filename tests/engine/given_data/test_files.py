"""Data from files: those written here without other libraries, those of others as these read them."""

import contextlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
import xarray as xr
from hypothesis import given as given_by
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mock_backend.catalog import Band
from mock_backend.engine.cubes import DataCube, Dimension, Grid
from mock_backend.engine.given_data.data import GivenDataError
from mock_backend.engine.given_data.reading import date_in, read_content, read_given
from mock_backend.results.formats.arrays.dataset import Dataset, DatasetVariable
from mock_backend.results.formats.arrays.zarr_zip import zipped
from mock_backend.results.formats.geotiff.content import whole_file
from mock_backend.results.formats.geotiff.file_plan import geotiff_plan
from small_cubes import DATES, UTM, cube

VALUES = np.arange(40).reshape(2, 4, 5)
TRANSFORM = rasterio.Affine(10, 0, 640_000, 0, -10, 5_700_040)


def tiff(
    path, values=VALUES, *, dtype="int16", crs=UTM, transform=TRANSFORM, names=("B04", "B08"), **options
):
    """Write a GeoTIFF as others do."""
    count, height, width = values.shape
    profile = {"width": width, "height": height, "count": count, "dtype": dtype, "crs": crs, **options}
    with rasterio.open(path, "w", driver="GTiff", transform=transform, **profile) as raster:
        raster.write(values.astype(dtype))
        raster.descriptions = names[:count]
    return path


def ours(values, *, crs=UTM, nodata=None, when=None, **options):
    """Write a GeoTIFF as the back-end does."""
    grid = Grid(crs, 640_000.0, 5_700_040.0, 10.0, 10.0, values.shape[2], values.shape[1])
    bands = tuple(
        Band(f"B{place}", data_type=values.dtype.name, nodata=nodata, minimum=0, maximum=1)
        for place in range(len(values))
    )
    time = (Dimension("t", "temporal", (when,)),) if when else ()
    dimensions = (
        *time,
        Dimension("bands", "bands", tuple(band.name for band in bands)),
        Dimension("y", "spatial", axis="y"),
        Dimension("x", "spatial", axis="x"),
    )
    cube = DataCube(dimensions, bands, grid)
    return whole_file(geotiff_plan(cube, options), cube, values)


@given_by(
    st.sampled_from(["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"]).flatmap(
        lambda kind: arrays(kind, st.tuples(st.integers(1, 3), st.integers(1, 40), st.integers(1, 40)))
    ),
    st.sampled_from([{}, {"compress": "DEFLATE"}, {"bigtiff": "YES", "overviews": "ALL"}]),
)
def test_geotiffs_that_were_written_here_are_read_back(values, options):
    data = read_content(ours(values, **options), "a.tif")

    assert [band.name for band in data.cube.bands] == [f"B{place}" for place in range(len(values))]
    assert {band.data_type for band in data.cube.bands} == {values.dtype.name}
    assert data.cube.grid.bounds[::3] == (640_000, 5_700_040)
    np.testing.assert_array_equal(data.values.astype(values.dtype), values)


def test_large_geotiffs_that_were_written_here_are_read_back():
    values = np.random.default_rng(1).integers(0, 10_000, (2, 700, 900)).astype("uint16")

    for options in ({}, {"compress": "DEFLATE"}):
        np.testing.assert_array_equal(read_content(ours(values, **options), "a.tif").values, values)


def test_geotiffs_that_were_written_here_have_their_date_no_data_and_coordinate_system():
    sinusoidal = "+proj=sinu +R=6371007.181"
    data = read_content(
        ours(VALUES.astype("int16"), nodata=7, when="2024-06-01T10:30:00Z", crs=sinusoidal), "a"
    )

    assert data.cube.times == ("2024-06-01T10:30:00Z",)
    assert np.isnan(data.values).sum() == 1
    assert "Sinusoidal" in data.cube.grid.crs
    assert data.cube.grid.epsg is None


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"compress": "lzw"},
        {"compress": "deflate", "predictor": 2, "tiled": True, "blockxsize": 16, "blockysize": 16},
        {"compress": "deflate", "interleave": "pixel"},
        {"ENDIANNESS": "BIG", "interleave": "band"},
        {"BIGTIFF": "YES"},
        {"dtype": "float32", "nodata": -9999},
        {"SPARSE_OK": "TRUE", "tiled": True, "blockxsize": 16, "blockysize": 16},
    ],
)
def test_geotiffs_of_others_are_what_rasterio_reads(tmp_path, options):
    data = read_given(tiff(tmp_path / "a.tif", **options))

    assert [band.name for band in data.cube.bands] == ["B04", "B08"]
    assert data.cube.grid == Grid(UTM, 640_000.0, 5_700_040.0, 10.0, 10.0, 5, 4)
    assert not data.cube.times
    np.testing.assert_array_equal(data.values, VALUES)


def test_scales_are_told_and_not_applied(tmp_path):
    path = tiff(tmp_path / "a.tif", compress="lzw")
    with rasterio.open(path, "r+") as raster:
        raster.scales, raster.offsets, raster.units = (0.1, 0.1), (5, 5), ("K", "K")

    data = read_given(path)

    assert {(band.scale, band.offset, band.unit) for band in data.cube.bands} == {(0.1, 5, "K")}
    assert data.values.max() == VALUES.max()


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")  # that is what is tested
@pytest.mark.parametrize("options", [{}, {"compress": "lzw"}])
def test_pictures_are_somewhere_if_a_test_says_so(tmp_path, given, options):
    path = tiff(tmp_path / "a.tif", crs=None, transform=rasterio.Affine.identity(), **options)

    with pytest.raises(GivenDataError, match="bbox="):
        given(path)
    data = given(path, bbox=(5, 51, 5.5, 51.4))
    assert data.cube.grid.bbox == pytest.approx((5, 51, 5.5, 51.4))
    np.testing.assert_array_equal(data.values, VALUES)


def test_rotated_geotiffs_are_refused(tmp_path):
    with pytest.raises(GivenDataError, match="north to south"):
        read_given(tiff(tmp_path / "a.tif", transform=rasterio.Affine(10, 3, 0, 3, -10, 0)))


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("NDVI_2024-06-01.tif", "2024-06-01T00:00:00Z"),
        ("S2B_MSIL2A_20240601T105031_N0510.tif", "2024-06-01T10:50:31Z"),
        ("openEO_2024-06-01Z.tif", "2024-06-01T00:00:00Z"),
        ("openEO_2024-06-01T103000Z.tif", "2024-06-01T10:30:00Z"),
        ("a_2024_06_01.tif", "2024-06-01T00:00:00Z"),
        ("tile_123456789.tif", None),
        ("a_20241301.tif", None),
        ("dem.tif", None),
    ],
)
def test_dates_in_names(name, date):
    assert date_in(name) == date


def test_a_folder_has_a_date_for_each_file(tmp_path, given):
    for place, date in enumerate(reversed(DATES)):
        tiff(tmp_path / f"a_{date}.tif", VALUES + 100 * place)
    (tmp_path / "notes.txt").write_text("not read")

    data = given(tmp_path)

    assert [each.name for each in data.cube.dimensions] == ["t", "bands", "y", "x"]
    assert data.cube.times == tuple(f"{each}T00:00:00Z" for each in DATES)
    np.testing.assert_array_equal(data.values, [VALUES + 100 * place for place in (2, 1, 0)])


def test_a_folder_may_have_tiles_and_bands_in_files_of_their_own(tmp_path, given):
    east = rasterio.Affine(10, 0, 640_050, 0, -10, 5_700_040)
    tiff(tmp_path / "20240601_w_4.tif", VALUES[:1])
    tiff(tmp_path / "20240601_w_8.tif", VALUES[1:], names=("B08",))
    tiff(tmp_path / "20240601_e_4.tif", VALUES[:1] + 100, transform=east)

    data = given(tmp_path)

    assert data.cube.grid.columns == 10
    np.testing.assert_array_equal(data.values[0, 0], np.hstack([VALUES[0], VALUES[0] + 100]))
    np.testing.assert_array_equal(data.values[0, 1], np.hstack([VALUES[1], np.full((4, 5), np.nan)]))


def test_files_of_a_folder_need_dates_and_one_grid(tmp_path, given):
    with pytest.raises(GivenDataError, match="no GeoTIFFs"):
        given(tmp_path)
    tiff(tmp_path / "a.tif")
    tiff(tmp_path / "b.tif")
    with pytest.raises(GivenDataError, match=r"dates=\[…\]"):
        given(tmp_path)
    assert given(tmp_path, dates=DATES[:2]).cube.times[1] == "2024-06-11T00:00:00Z"
    tiff(tmp_path / "b.tif", transform=rasterio.Affine(20, 0, 640_000, 0, -20, 5_700_040))
    with pytest.raises(GivenDataError, match="several sizes"):
        given(tmp_path, dates=DATES[:2])


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4", "classic"])
@pytest.mark.parametrize("whole", [False, True])
def test_netcdf(tmp_path, given, engine, whole):
    mine = cube()
    path = tmp_path / "a.nc"
    form = {"engine": "netcdf4", "format": "NETCDF3_CLASSIC"} if engine == "classic" else {"engine": engine}
    mine.to_dataset().to_netcdf(path, **form)

    data = read_content(path.read_bytes(), "a.nc") if whole else given(path)

    np.testing.assert_array_equal(data.values[:, 0], mine.values)
    assert data.cube.times == tuple(f"{each}T00:00:00Z" for each in DATES)


def test_calendars_of_models_are_read(tmp_path, given):
    mine = cube().assign_coords(t=xr.date_range("2024-02-28", periods=3, calendar="noleap", use_cftime=True))
    mine.to_dataset().to_netcdf(tmp_path / "a.nc")

    assert given(tmp_path / "a.nc").cube.times[1] == "2024-03-01T00:00:00Z"


def _zarr_of_ours(values):
    coordinates = {
        "t": DatasetVariable(("t",), np.array([0, 10, 20]), {"units": "days since 2024-06-01"}),
        "y": DatasetVariable(("y",), 5_700_035.0 - 10 * np.arange(values.shape[1])),
        "x": DatasetVariable(("x",), 640_005.0 + 10 * np.arange(values.shape[2])),
        "crs": DatasetVariable((), np.array(0, "int32"), {"crs_wkt": UTM, "grid_mapping_name": "x"}),
    }
    band = DatasetVariable(("t", "y", "x"), values, {"grid_mapping": "crs"}, fill=-1)
    sizes = dict(zip(("t", "y", "x"), values.shape, strict=True))
    return zipped(Dataset(sizes, coordinates | {"B04": band}, {}))


def test_zarr_that_was_written_here_is_read_without_a_library(tmp_path, given):
    values = np.arange(3 * 600 * 7, dtype="int16").reshape(3, 600, 7) - 1
    (tmp_path / "a.zarr.zip").write_bytes(_zarr_of_ours(values))
    script = (
        "import sys; sys.modules['zarr'] = sys.modules['rasterio'] = None\n"
        "from mock_backend.engine.given_data.reading import read_given\n"
        "found = read_given(sys.argv[1])\n"
        "print(found.cube.data_type, found.values[0, 0, 0, :3], found.cube.grid.rows)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "a.zarr.zip"], capture_output=True, text=True, check=True
    )

    assert ran.stdout == "int16 [nan  0.  1.] 600\n"
    data = given(tmp_path / "a.zarr.zip")
    np.testing.assert_array_equal(data.values[:, 0], np.where(values == -1, np.nan, values))
    assert data.cube.times == tuple(f"{each}T00:00:00Z" for each in DATES)


@pytest.mark.parametrize("version", [2, 3])
def test_zarr_of_others(tmp_path, given, version):
    path = tmp_path / "a.zarr"
    cube().to_dataset().to_zarr(path, zarr_format=version, consolidated=version == 2)

    np.testing.assert_array_equal(given(path).values[:, 0], cube().values)


@pytest.mark.parametrize(
    ("module", "name"), [("rasterio", "a.tif"), ("zarr", "a.zarr"), ("netCDF4", "a.nc"), ("netCDF4", "b.nc")]
)
def test_libraries_that_are_missing_are_named(tmp_path, given, monkeypatch, module, name):
    tiff(tmp_path / "a.tif", compress="lzw")
    cube().to_dataset().to_zarr(tmp_path / "a.zarr", zarr_format=3, consolidated=False)
    cube().to_dataset().to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
    cube().to_dataset().to_netcdf(tmp_path / "b.nc", engine="netcdf4", format="NETCDF3_CLASSIC")
    missing = {module, "h5py"}
    monkeypatch.setattr(
        "mock_backend.engine.given_data.files.datasets.find_spec",
        lambda each: None if each in missing else object(),
    )

    with pytest.raises(GivenDataError, match=rf"{module}.*openeo-mock-backend\[data\]"):
        given(tmp_path / name)


@pytest.mark.parametrize("content", [b"", b"II*\0", b"PK\x03\x04", b"\x89HDF\r\n", b"CDF\x01", b"{}"])
def test_what_is_no_file_of_data_says_so(tmp_path, content):
    (tmp_path / "a.bin").write_bytes(content)

    for attempt in (
        lambda: read_given(tmp_path / "a.bin"),
        lambda: read_content(content, "https://a.test/a"),
    ):
        with pytest.raises(GivenDataError, match=r"a\.bin|a\.test|cannot be read|netCDF"):
            attempt()


def test_files_that_are_not_there(given):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        given(Path("nowhere.tif"))


@pytest.mark.parametrize("mine", [None, 5, [[1, 2], [3, 4]], {"a": 1}, object()])
def test_other_objects_are_no_data(given, mine):
    with pytest.raises(GivenDataError, match=r"xarray\.DataArray"):
        given(mine)


_SOUND = {
    "a.tif": ours(VALUES.astype("int16"), compress="DEFLATE"),
    "a.zarr.zip": _zarr_of_ours(VALUES.astype("int16")[[0, 1, 0]]),
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # rasterio logs no such texts
@given_by(st.sampled_from(sorted(_SOUND)), st.data())
def test_broken_files_are_refused_or_read(name, data):
    broken = bytearray(_SOUND[name])
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(broken)) | st.just(len(broken)))

    with contextlib.suppress(GivenDataError):
        read_content(bytes(broken[:cut]), name)
