"""netCDF files as xarray, rioxarray and rasterio open them."""

import math
import sys

import h5py
import numpy as np
import pandas as pd
import pytest
import rasterio
import rioxarray  # noqa: F401  # what gives xarray objects their ``rio``
import xarray as xr
from shapely.geometry import box, mapping

from mock_backend.engine.core.file_values import Values
from mock_backend.engine.cubes import Grid
from mock_backend.engine.steps import Plain
from mock_backend.engine.steps.inputs.loading import painted
from mock_backend.errors import OpenEOError
from mock_backend.results import formats
from mock_backend.results.formats.arrays import content, netcdf
from mock_backend.results.formats.arrays.content import SparseFile

# rioxarray multiplies as older versions of affine want it.
pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")


@pytest.fixture(params=["h5netcdf", "netcdf4"])
def engine(request):
    return request.param


@pytest.fixture
def opened(saved, engine):
    """Open content that was written, values as they are stored."""

    def open_(content, mask_and_scale=False, **options):
        path = saved("netCDF", content, **options)
        with xr.open_dataset(
            path, engine=engine, decode_coords="all", mask_and_scale=mask_and_scale
        ) as found:
            return found.load()

    return open_


def test_the_file_is_named_as_real_back_ends_do(raster, series):
    (part,) = formats.find_format("netCDF").parts(raster, {})
    assert (part.name, part.media_type) == ("openEO.nc", "application/x-netcdf")
    assert part.content == raster
    assert part.when is None
    assert formats.find_format("netCDF").size(part, {}) is None
    (part,) = formats.find_format("netCDF").parts(series, {})
    assert part.name == "timeseries.nc"


@pytest.mark.parametrize(
    ("prefix", "name"), [("mine", "mine.nc"), ("../a/b", "a_b.nc"), ("", "openEO.nc"), ("..", "openEO.nc")]
)
def test_the_file_can_be_named(raster, prefix, name):
    (part,) = formats.find_format("netCDF").parts(raster, {"filename_prefix": prefix})

    assert part.name == name


def test_a_single_date_is_told(make_cube):
    (part,) = formats.find_format("netCDF").parts(make_cube("x", "y", "t", times=["2024-06-01"]), {})

    assert part.when == "2024-06-01"


class TestRasters:
    def test_each_band_is_a_variable_of_the_values_as_they_are_stored(self, opened, raster, values_of):
        dataset = opened(raster)

        assert list(dataset.data_vars) == ["B04", "B08"]
        expected = values_of(raster)  # x, y, t, bands
        for place, name in enumerate(["B04", "B08"]):
            assert dataset[name].dims == ("t", "y", "x")
            assert dataset[name].dtype == "int16"
            assert np.array_equal(dataset[name].transpose("x", "y", "t"), expected[..., place])

    def test_coordinates_are_centres_of_pixels_and_instants(self, opened, raster):
        dataset = opened(raster)

        assert np.array_equal(dataset.x, raster.grid.xs)
        assert np.array_equal(dataset.y, raster.grid.ys)
        assert dataset.t.values.tolist() == pd.to_datetime(["2024-06-01", "2024-06-11"]).values.tolist()
        assert dataset.x.attrs["standard_name"] == "projection_x_coordinate"
        assert (dataset.x.attrs["axis"], dataset.y.attrs["axis"], dataset.t.attrs["axis"]) == ("X", "Y", "T")

    def test_the_coordinate_system(self, opened, raster):
        dataset = opened(raster)

        assert dataset.rio.crs.to_epsg() == 32632
        assert dataset.rio.bounds() == raster.grid.bounds
        assert dataset.rio.resolution() == (10.0, -10.0)
        assert tuple(dataset.rio.transform())[:6] == raster.grid.transform
        assert dataset.crs.attrs["grid_mapping_name"] == "transverse_mercator"

    def test_degrees(self, opened, make_cube):
        grid = Grid("EPSG:4326", west=5.0, north=51.0, x_size=0.01, y_size=0.02, columns=4, rows=3)

        dataset = opened(make_cube("y", "x", grid=grid))

        assert dataset.rio.crs.to_epsg() == 4326
        assert dataset.rio.bounds() == pytest.approx((5.0, 50.94, 5.04, 51.0))
        assert dataset.x.attrs["standard_name"] == "longitude"
        assert dataset.y.attrs["units"] == "degrees_north"

    def test_nodata(self, opened, make_cube, values_of):
        whole = make_cube("t", "y", "x", facts={"nodata": -1, "minimum": 0, "maximum": 100})
        west, south, east, north = whole.grid.bbox
        half = box((west + east) / 2, south, east, north)
        cube = painted(whole, 7, mapping(half))

        raw, masked = opened(cube), opened(cube, mask_and_scale=True)

        assert raw["var"].attrs["_FillValue"] == -1
        gone = values_of(cube) == -1
        assert gone.any()
        assert not gone.all()
        assert np.array_equal(np.isnan(masked["var"]), gone)

    def test_where_nothing_says_nodata_there_is_no_fill_value(self, opened, make_cube):
        dataset = opened(make_cube("y", "x", facts={"nodata": None}), mask_and_scale=True)

        assert dataset["var"].dtype == "int16"

    def test_floats_have_nan(self, opened, make_cube):
        dataset = opened(make_cube("y", "x", data_type="float32"))

        assert dataset["var"].dtype == "float32"
        assert math.isnan(dataset["var"].attrs["_FillValue"])

    def test_what_is_known_of_bands(self, opened, make_cube):
        facts = {
            "description": "Scene classes",
            "unit": "1",
            "classes": {4: "Bare soil", 5: "Water"},
            "scale": 0.1,
        }

        dataset = opened(make_cube("y", "x", "bands", bands=["SCL"], data_type="uint8", facts=facts))

        attributes = dataset["SCL"].attrs
        assert (attributes["long_name"], attributes["units"]) == ("Scene classes", "1")
        assert attributes["flag_values"].tolist() == [4, 5]
        assert attributes["flag_values"].dtype == "uint8"
        assert attributes["flag_meanings"] == "Bare_soil Water"
        # Who opens the file shall see the stored values, as with other back-ends.
        assert "scale_factor" not in attributes

    def test_the_whole_tells_what_it_is(self, opened, raster):
        attributes = opened(raster).attrs

        assert attributes["Conventions"] == "CF-1.9"
        assert attributes["time_coverage_start"] == "2024-06-01T00:00:00Z"
        assert {"title", "institution"} <= attributes.keys()

    def test_other_labels(self, opened, make_cube):
        cube = make_cube(
            "x",
            "y",
            "bands",
            "t",
            "level",
            "kind",
            times=["first"],
            bands=[0, "a/b", "x"],
            others={"level": (1, 2), "kind": ("low", 5)},
        )

        dataset = opened(cube)

        assert list(dataset.data_vars) == ["0", "a_b", "x_"]
        assert dataset["0"].dims == ("t", "level", "kind", "y", "x")
        assert dataset.t.values.tolist() == ["first"]
        assert dataset.level.values.tolist() == [1, 2]
        assert dataset.kind.values.tolist() == ["low", "5"]

    def test_times_of_the_day(self, opened, make_cube):
        dataset = opened(
            make_cube("y", "x", "t", times=["2024-06-01T10:30:05Z", "2024-06-01T12:00:00+01:00"])
        )

        expected = pd.to_datetime(["2024-06-01T10:30:05", "2024-06-01T11:00:00"])
        assert dataset.t.values.tolist() == expected.values.tolist()

    def test_periods_are_where_they_begin(self, opened, make_cube):
        spans = {
            "2024-06": ("2024-06-01T00:00:00Z", "2024-07-01T00:00:00Z"),
            "2024-07": ("2024-07-01T00:00:00Z", "2024-08-01T00:00:00Z"),
        }

        dataset = opened(make_cube("y", "x", "t", times=list(spans), spans=spans))

        assert dataset.t.values.tolist() == pd.to_datetime(["2024-06-01", "2024-07-01"]).values.tolist()

    def test_nodata_that_the_data_type_has_not(self, opened, make_cube):
        dataset = opened(make_cube("y", "x", data_type="uint8", facts={"nodata": -9999}))

        assert "_FillValue" not in dataset["var"].attrs

    def test_nothing_at_all(self, opened, make_cube):
        dataset = opened(make_cube("y", "x", "t", "bands", times=()))

        assert dataset["B04"].shape == (0, 7, 9)

    def test_rasterio_opens_it_as_well(self, saved, raster):
        path = saved("netCDF", raster)

        with rasterio.open(f"netcdf:{path}:B08") as found:
            assert found.crs.to_epsg() == 32632
            assert found.count == 2
            assert tuple(found.transform)[:6] == raster.grid.transform
            assert found.nodata == 32767


class TestCompression:
    def test_is_as_asked_for(self, write, make_cube):
        cube = make_cube("y", "x", "t")
        sizes = {
            key: len(write("netCDF", cube, **options))
            for key, options in {"default": {}, "none": {"compress": "none"}, "least": {"zlevel": 1}}.items()
        }

        assert sizes["default"] != sizes["none"]
        assert len(set(sizes.values())) > 1

    @pytest.mark.parametrize(
        ("options", "kind", "level"),
        [({}, "gzip", 6), ({"zlevel": 2}, "gzip", 2), ({"compress": "NONE", "zlevel": 2}, None, None)],
    )
    def test_is_said_in_the_file(self, saved, raster, options, kind, level):
        with h5py.File(saved("netCDF", raster, **options)) as file:
            assert (file["B04"].compression, file["B04"].compression_opts) == (kind, level)


class TestTheLoaderOfTheOfficialSuite:
    """It takes a file's only variable, else those that are left if coordinates are taken out."""

    @staticmethod
    def load(path):
        try:
            return xr.open_dataarray(path)
        except ValueError:
            data = xr.open_dataset(path, decode_coords="all")
        return data["var"] if list(data.data_vars) == ["var"] else data.to_dataarray(dim="bands")

    @pytest.mark.parametrize("bands", [["B04"], ["B04", "B08"], [0, 1, 2]])
    def test_bands_are_a_dimension_even_if_there_is_just_one(self, saved, make_cube, bands):
        with self.load(saved("netCDF", make_cube("x", "y", "t", "bands", bands=bands))) as data:
            assert data.dims == ("bands", "t", "y", "x")
            assert data["bands"].values.tolist() == [str(each) for each in bands]

    def test_without_bands_there_is_none(self, saved, make_cube):
        with self.load(saved("netCDF", make_cube("x", "y", "t"))) as data:
            assert data.dims == ("t", "y", "x")


class TestGeometries:
    def test_each_band_is_a_variable_over_time_and_features(self, opened, series, values_of):
        dataset = opened(series)

        assert list(dataset.data_vars) == ["B04", "B08"]
        assert dataset["B08"].dims == ("t", "feature")
        assert np.array_equal(dataset["B08"].T, values_of(series)[..., 1])

    def test_where_they_are_and_what_they_are_called(self, opened, series):
        dataset = opened(series)

        assert dataset.lon.values == pytest.approx([11.025, 11.125, 11.225])
        assert dataset.lat.values == pytest.approx([46.025] * 3)
        assert dataset.feature_names.values.tolist() == ["north", "south", "west"]
        assert set(dataset.coords) == {"t", "lat", "lon", "feature_names"}

    def test_geometries_that_are_unknown(self, opened, make_cube):
        nameless = {"type": "Feature", "geometry": None, "properties": {}}

        dataset = opened(make_cube("geometry", features=[nameless], data_type="float64"))

        assert np.isnan(dataset.lon.values).all()
        assert dataset.feature_names.values.tolist() == ["feature_0"]
        assert dataset["var"].dims == ("feature",)


class TestFilesTooLargeToBeHeld:
    @pytest.fixture(params=[True, False])
    def large(self, monkeypatch, make_cube, request):
        """A cube whose bands have chunks of some labels and pixels, also at the edge."""
        monkeypatch.setattr(netcdf, "MAX_HELD", 1000)
        monkeypatch.setattr(content, "_VALUES", 1000)
        monkeypatch.setattr(content, "_LABELS", 3)
        monkeypatch.setattr(content, "_TILE", 16)
        monkeypatch.setattr(content, "is_cheaper_together", lambda *_: request.param)
        grid = Grid("EPSG:32632", 0.0, 0.0, 10.0, 10.0, 70, 20)
        return make_cube("t", "x", "level", "y", "bands", grid=grid, others={"level": (1, 2)})

    def test_have_the_same_values(self, large, opened, values_of):
        whole = values_of(large)

        dataset = opened(large)

        for place, name in enumerate(large.of_kind("bands").labels):
            found = dataset[name].transpose("t", "x", "level", "y").values
            np.testing.assert_array_equal(found, whole[..., place])
            assert dataset[name].encoding["grid_mapping"] == "crs"
            assert dataset[name].attrs["_FillValue"] == 32767

    def test_can_be_read_in_any_order(self, large, write):
        written = write("netCDF", large)
        whole = b"".join(written.read(0, written.size))
        assert len(whole) == written.size

        for start, stop in ((0, 1), (9_000, 9_001), (10_000, 12_345), (len(whole) - 5000, len(whole))):
            assert b"".join(written.read(start, stop)) == whole[start:stop]

    @pytest.mark.parametrize("large", [False], indirect=True)
    def test_compute_only_the_dates_that_are_read(self, monkeypatch, large, write):
        written, read = write("netCDF", large), []
        block = Values.block
        monkeypatch.setattr(
            Values, "block", lambda self, labels, *pixels: read.append(labels) or block(self, labels, *pixels)
        )

        class Ranges(SparseFile):
            """The file as a client sees it that asks for ranges."""

            def __init__(self):
                super().__init__()
                self.size = written.size

            def part(self, start, stop):
                return b"".join(written.read(start, stop))

        with xr.open_dataset(Ranges(), engine="h5netcdf") as dataset:
            read.clear()
            dataset["B08"][1, 0, :10, :10].load()
        assert {(*each["t"], *each["level"], *each["bands"]) for each in read} == {(1, 0, 1)}


class TestRefusals:
    def test_values_that_are_no_data_cube(self):
        with pytest.raises(OpenEOError, match="JSON") as caught:
            formats.find_format("netCDF").parts(Plain(5), {})
        assert (caught.value.openeo_code, caught.value.status_code) == ("FormatUnsuitable", 400)

    def test_files_can_be_named_without_the_library(self, monkeypatch, raster):
        monkeypatch.setitem(sys.modules, "h5netcdf", None)

        assert len(formats.find_format("netCDF").parts(raster, {})) == 1

    @pytest.mark.parametrize("library", ["h5netcdf", "h5py"])
    def test_a_missing_library(self, monkeypatch, write, raster, library):
        monkeypatch.setitem(sys.modules, library, None)

        with pytest.raises(OpenEOError, match=r"pip install 'openeo-mock-backend\[netcdf\]'") as caught:
            write("netCDF", raster)
        assert (caught.value.openeo_code, caught.value.status_code) == ("FeatureUnsupported", 501)
