"""Arrays and data cubes: files that open as what was given."""

import json
import zipfile
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
import rasterio.warp
import xarray as xr

from mock_backend.errors import OpenEOError
from mock_backend.results import Item

BOUNDS = (600_000, 5_700_000, 600_040, 5_700_030)
BBOX = rasterio.warp.transform_bounds("EPSG:32631", "EPSG:4326", *BOUNDS)


def cube(*, crs="EPSG:32631", dtype="int16", ascending=False, dates=("2024-06-01", "2024-06-11")):
    """Make a data cube with dates, two bands, three rows and four columns of ten metres."""
    values = np.arange(len(dates) * 2 * 3 * 4).reshape(len(dates), 2, 3, 4).astype(dtype)
    ys = np.array([5_700_025.0, 5_700_015.0, 5_700_005.0])
    made = xr.DataArray(
        values if not ascending else values[:, :, ::-1],
        dims=("t", "bands", "y", "x"),
        coords={
            "t": pd.to_datetime(list(dates)),
            "bands": ["B04", "B08"],
            "y": ys if not ascending else ys[::-1],
            "x": 600_005.0 + 10 * np.arange(4),
        },
    )
    return made if crs is None else made.assign_attrs(crs=crs)


def in_degrees(rows=2, columns=2):
    coords = {"lat": 51 - np.arange(rows) / 10, "lon": 5 + np.arange(columns) / 10}
    return xr.DataArray(np.zeros((rows, columns), "float32"), dims=("lat", "lon"), coords=coords)


def opened(content, tmp_path, *, ending=".nc"):
    path = tmp_path / f"opened{ending}"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("asked", [None, "netCDF", "my own format"])
def test_netcdf(product, tmp_path, asked):
    made = product(cube(), asked)

    [item] = made.items
    [asset] = item.assets
    assert (asset.name, asset.media_type) == ("openEO.nc", "application/x-netcdf")
    with xr.open_dataset(opened(asset.content, tmp_path)) as found:
        xr.testing.assert_equal(found["var"].drop_attrs(), cube(crs=None))
    assert item.bbox == pytest.approx(BBOX, abs=1e-6)


def test_data_sets_as_netcdf(file, tmp_path):
    given = cube().to_dataset("bands")

    _, content = file(given, "netCDF")

    with xr.open_dataset(opened(content, tmp_path)) as found:
        xr.testing.assert_equal(found, given)


def test_netcdf_without_any_place(product):
    [item] = product(xr.DataArray([1, 2], dims="a"), "netCDF").items

    assert item.bbox == (5.0, 51.2, 5.1, 51.3)


@pytest.mark.parametrize("given", [cube(), cube().to_dataset("bands"), cube(dtype="float32")])
def test_zarr(file, tmp_path, given):
    asset, content = file(given, "Zarr")

    assert asset.name == "openEO.zarr.zip"
    with zipfile.ZipFile(BytesIO(content)) as archive:
        archive.extractall(tmp_path / "opened.zarr")
    with xr.open_zarr(tmp_path / "opened.zarr") as found:
        expected = given if isinstance(given, xr.Dataset) else given.to_dataset(name="var")
        for name in expected:
            np.testing.assert_array_equal(found[name].values, expected[name].values)
        np.testing.assert_array_equal(found["t"].values, expected["t"].values)


def test_json(file):
    asset, content = file(cube(), "JSON")

    assert asset.name == "result.json"
    found = xr.DataArray.from_dict(json.loads(content))
    np.testing.assert_array_equal(found.values, cube().values)
    assert found["t"].values[0] == "2024-06-01T00:00:00"


@pytest.mark.parametrize(("asked", "read"), [("CSV", pd.read_csv), ("Parquet", pd.read_parquet)])
def test_tables(file, asked, read):
    _, content = file(cube().isel(x=0, y=0, drop=True), asked)

    found = read(BytesIO(content)).reset_index()
    assert found["var"].tolist() == [0, 12, 24, 36]
    assert {"t", "bands"} <= set(found.columns)


def test_data_sets_as_tables(file):
    _, content = file(cube().to_dataset("bands").isel(x=0, y=0, drop=True), "CSV")

    assert content.decode().splitlines()[0] == "t,B04,B08"


def test_netcdf_needs_a_library(product, monkeypatch):
    monkeypatch.setattr("mock_backend.results.given.cubes.find_spec", lambda name: None)
    monkeypatch.setattr("mock_backend.results.formats.base.find_spec", lambda name: None)

    with pytest.raises(OpenEOError, match=r"pip install 'openeo-mock-backend\[netcdf\]'") as caught:
        product(cube(), "netCDF")
    assert caught.value.openeo_code == "FeatureUnsupported"


def test_parquet_needs_a_library(product, monkeypatch):
    monkeypatch.setattr("mock_backend.results.formats.base.find_spec", lambda name: None)

    with pytest.raises(OpenEOError, match=r"pip install 'openeo-mock-backend\[parquet\]'"):
        product(pd.DataFrame({"a": [1]}), "Parquet")


def test_seasons_are_dates_too(product):
    given = cube().assign_coords(t=["summer 2024", "a/b:c"])

    assert list(product(given, "GTiff").by_name) == ["openEO_summer 2024.tif", "openEO_a_bc.tif"]


def test_texts_in_zarr(file, tmp_path):
    given = cube().assign_coords(bands=np.array(["B04", "B08"], dtype=object))

    _, content = file(given, "Zarr")

    with zipfile.ZipFile(BytesIO(content)) as archive:
        archive.extractall(tmp_path / "opened.zarr")
    with xr.open_zarr(tmp_path / "opened.zarr") as found:
        assert found["bands"].values.tolist() == ["B04", "B08"]


def test_columns_from_east_to_west_and_uneven_ones(product):
    assert len(product(cube().isel(x=[3, 2, 1, 0]), "GTiff").items) == 2
    with pytest.raises(OpenEOError, match="does not say where its pixels are"):
        product(cube().isel(x=[0, 1, 3]), "GTiff")
    with pytest.raises(OpenEOError, match="does not say where its pixels are"):
        product(cube().assign_coords(x=list("abcd")), "GTiff")


@pytest.mark.parametrize("nodata", ["none", float("inf"), 0.5])
def test_nodata_that_whole_numbers_cannot_be(file, nodata):
    asset, _ = file(cube().isel(t=0).assign_attrs(_FillValue=nodata), "GTiff")

    assert {band.nodata for band in asset.bands} == {None}


def test_geotiffs_are_one_for_each_date(product):
    made = product(cube(), "GTiff")

    assert [each.id for each in made.items] == ["openEO_2024-06-01Z", "openEO_2024-06-11Z"]
    assert [each.interval[0] for each in made.items] == ["2024-06-01T00:00:00Z", "2024-06-11T00:00:00Z"]
    assert list(made.by_name) == ["openEO_2024-06-01Z.tif", "openEO_2024-06-11Z.tif"]
    for place, item in enumerate(made.items):
        [asset] = item.assets
        with rasterio.open(BytesIO(asset.content)) as raster:
            np.testing.assert_array_equal(raster.read(), cube().values[place])
            assert raster.crs == "EPSG:32631"
            assert raster.bounds == BOUNDS
            assert raster.res == (10, 10)
            assert raster.descriptions == ("B04", "B08")
            assert raster.dtypes == ("int16", "int16")
            assert raster.nodata is None
        assert asset.grid.bounds == BOUNDS
        assert [band.name for band in asset.bands] == ["B04", "B08"]
        assert [each["maximum"] for each in asset.statistics] == [11 + 24 * place, 23 + 24 * place]


def test_times_of_the_same_day(product):
    made = product(cube(dates=("2024-06-01T10:00", "2024-06-01T11:30")), "GTiff")

    assert list(made.by_name) == ["openEO_2024-06-01T100000Z.tif", "openEO_2024-06-01T113000Z.tif"]


def test_rasters_begin_in_the_north_west(file):
    upside_down = cube(ascending=True).isel(t=0, x=slice(None, None, -1))

    _, content = file(upside_down, "GTiff")

    with rasterio.open(BytesIO(content)) as raster:
        np.testing.assert_array_equal(raster.read(), cube().values[0])


@pytest.mark.parametrize(
    "given",
    [
        cube().to_dataset("bands").isel(t=0),
        cube().transpose("x", "y", "bands", "t").isel(t=0),
        cube(crs=None)
        .isel(t=0)
        .assign_coords(spatial_ref=0)
        .pipe(
            lambda it: it.assign_coords(
                spatial_ref=((), 0, {"crs_wkt": rasterio.CRS.from_epsg(32631).to_wkt()})
            )
        ),
        cube(crs=32631).isel(t=0),
        cube().isel(t=0).to_dataset(name="ndvi"),
        cube(crs=rasterio.CRS.from_epsg(32631)).isel(t=0),
    ],
)
def test_geotiffs_of_whatever_says_where_it_is(file, given):
    asset, content = file(given, "GTiff")

    assert asset.name == "openEO.tif"
    with rasterio.open(BytesIO(content)) as raster:
        np.testing.assert_array_equal(raster.read(), cube().values[0])
        assert raster.crs == "EPSG:32631"


def test_data_sets_of_rioxarray(file, tmp_path):
    """Files that others wrote say where they are as CF does, in a variable among the others."""
    given = cube(crs=None).isel(t=0).to_dataset("bands")
    given["utm"] = ((), 0, {"crs_wkt": rasterio.CRS.from_epsg(32631).to_wkt()})
    for name in ("B04", "B08"):
        given[name].attrs["grid_mapping"] = "utm"

    _, content = file(given, "GTiff")

    with rasterio.open(BytesIO(content)) as raster:
        assert raster.crs == "EPSG:32631"
        assert raster.descriptions == ("B04", "B08")


def test_the_only_variable_of_a_data_set_is_a_band(file):
    _, content = file(cube().isel(t=0, bands=0, drop=True).to_dataset(name="ndvi"), "GTiff")

    with rasterio.open(BytesIO(content)) as raster:
        assert raster.descriptions == ("ndvi",)
        np.testing.assert_array_equal(raster.read(1), cube().values[0, 0])


def test_variables_with_bands_of_their_own_are_too_much(product):
    given = xr.Dataset({"a": cube(), "b": cube()})

    with pytest.raises(OpenEOError, match="A GeoTIFF has bands, rows and columns"):
        product(given, "GTiff")


def test_longitudes_and_latitudes_are_degrees(file):
    _, content = file(in_degrees(), "GTiff")

    with rasterio.open(BytesIO(content)) as raster:
        assert raster.crs == "EPSG:4326"
        assert [round(each, 9) for each in raster.bounds] == [4.95, 50.85, 5.15, 51.05]
        assert np.isnan(raster.nodata)


def test_a_single_row_is_as_high_as_wide(file):
    _, content = file(in_degrees(rows=1), "GTiff")

    with rasterio.open(BytesIO(content)) as raster:
        assert [round(each, 9) for each in raster.res] == [0.1, 0.1]


def test_a_single_pixel_is_as_large_as_gdal_has_noted(file):
    transform = {"crs_wkt": "EPSG:32631", "GeoTransform": "600000 10 0 5700030 0 -20"}
    given = cube(crs=None).isel(t=0, x=[0], y=[0]).assign_coords(spatial_ref=((), 0, transform))

    _, content = file(given, "GTiff")

    with rasterio.open(BytesIO(content)) as raster:
        assert raster.res == (10, 20)


@pytest.mark.parametrize(
    ("dtype", "written"),
    [
        ("bool", "uint8"),
        ("uint8", "uint8"),
        ("int8", "int8"),
        ("uint16", "uint16"),
        ("int32", "int32"),
        ("uint32", "uint32"),
        ("int64", "int32"),
        ("uint64", "int32"),
        ("float16", "float32"),
        ("float32", "float32"),
        ("float64", "float64"),
        (">i2", "int16"),
        (">f8", "float64"),
    ],
)
def test_data_types(file, dtype, written):
    given = cube().isel(t=0).astype(dtype)

    _, content = file(given, "GTiff")

    with rasterio.open(BytesIO(content)) as raster:
        assert set(raster.dtypes) == {written}
        np.testing.assert_array_equal(raster.read(), given.values)


def test_large_whole_numbers(file):
    given = (cube().isel(t=0).astype("int64") + 2**40).assign_attrs(cube().attrs)

    _, content = file(given, "GTiff")

    with rasterio.open(BytesIO(content)) as raster:
        np.testing.assert_array_equal(raster.read(), given.values)


@pytest.mark.parametrize("where", ["attrs", "encoding"])
def test_nodata(file, where):
    given = cube().isel(t=0)
    getattr(given, where)["_FillValue"] = -1

    asset, content = file(given, "GTiff")

    with rasterio.open(BytesIO(content)) as raster:
        assert raster.nodata == -1
    assert {band.nodata for band in asset.bands} == {-1}


def test_named_geotiffs_of_several_dates_in_an_item(product):
    [item] = product(Item({"a/ndvi.tif": cube()}, id="all")).items

    assert [each.name for each in item.assets] == ["a/ndvi_2024-06-01Z.tif", "a/ndvi_2024-06-11Z.tif"]
    assert item.bbox == pytest.approx(BBOX, abs=1e-6)


def test_names_that_files_of_dates_would_share(product):
    with pytest.raises(OpenEOError, match=r"Two files are called 'a_2024-06-01Z\.tif'"):
        product(Item({"a_2024-06-01Z.tif": b"", "a.tif": cube()}))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (cube(crs=None).isel(t=0), "does not say where its pixels are"),
        (xr.DataArray([[1.0]], dims=("y", "x")), "does not say where its pixels are"),
        (cube().isel(t=0, y=[0, 2, 1]), "does not say where its pixels are"),
        (in_degrees(rows=1, columns=1), "does not say where its pixels are"),
        (cube().isel(x=0), "does not say where its pixels are"),
        (cube(crs="EPSG:1"), "unknown crs"),
        (cube().expand_dims(a=[1], b=[1]), "A GeoTIFF has bands, rows and columns"),
        (cube().astype("complex64"), "A GeoTIFF holds numbers"),
        (cube().isel(t=0).astype(str), "A GeoTIFF holds numbers"),
        (cube().to_dataset("bands").drop_vars(["B04", "B08"]), "no variable with pixels"),
    ],
)
def test_what_is_no_geotiff(product, given, message):
    with pytest.raises(OpenEOError, match=message) as caught:
        product(given, "GTiff")

    assert caught.value.openeo_code == "Internal"
    assert "set_result() was given" in caught.value.message


def test_what_is_no_netcdf(product):
    with pytest.raises(OpenEOError, match=r"cannot be written as \.nc"):
        product(cube().assign_attrs(what={"a": 1}), "netCDF")


def test_data_cubes_are_kept_as_they_were(product, tmp_path):
    given = cube()
    made = product(lambda: given.copy(), "GTiff", job_id="first")
    result = given.copy()
    kept = product(result, "GTiff")
    result[:] = 99

    for name, asset in made.by_name.items():
        assert kept.by_name[name].content == asset.content


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4)])
def test_arrays_cover_what_the_job_asks_for(file, shape):
    given = np.arange(np.prod(shape), dtype="uint16").reshape(shape)

    asset, content = file(given, "GTiff")

    with rasterio.open(BytesIO(content)) as raster:
        np.testing.assert_array_equal(raster.read(), given.reshape(-1, 3, 4))
        assert raster.crs == "EPSG:4326"
        assert [round(each, 9) for each in raster.bounds] == [5.0, 51.2, 5.1, 51.3]
    assert asset.name == "openEO.tif"


def test_arrays_of_jobs_without_a_place(product):
    with pytest.raises(OpenEOError, match="nothing says where it is"):
        product(np.zeros((2, 2)), "GTiff", extent=False)
