"""Data from objects of xarray: values are those of the object, whatever its form."""

import warnings
from itertools import permutations

import numpy as np
import pytest
import rioxarray  # noqa: F401  # gives objects of xarray their accessor
import xarray as xr
from hypothesis import given as given_by
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mock_backend.catalog import Band
from mock_backend.engine.cubes import Grid
from mock_backend.engine.given_data.data import GivenDataError, Told
from mock_backend.engine.given_data.reading import read_given
from small_cubes import DATES, UTM, cube

GRID = Grid(UTM, 640_000.0, 5_700_040.0, 10.0, 10.0, 5, 4)


def test_a_cube_is_read_with_all_that_follows_from_it(given):
    data = given(cube(units="K"))

    assert [each.name for each in data.cube.dimensions] == ["t", "bands", "y", "x"]
    assert data.cube.grid == GRID
    assert data.cube.times == tuple(f"{each}T00:00:00Z" for each in DATES)
    assert data.cube.period == ("2024-06-01T00:00:00Z", "2024-06-21T00:00:00Z")
    [band] = data.cube.bands
    assert (band.name, band.data_type, band.unit, band.nodata) == ("B04", "float32", "K", "nan")
    assert (band.minimum, band.maximum) == (0, 59)
    np.testing.assert_array_equal(data.values, np.arange(60).reshape(3, 1, 4, 5))


def test_values_are_copied_and_cannot_be_changed(given):
    mine = cube()
    data = given(mine)

    mine.values[:] = -1
    assert data.values.min() == 0
    with pytest.raises(ValueError, match="read-only"):
        data.values[0, 0, 0, 0] = 1


def test_without_a_name_there_is_no_dimension_of_bands(given):
    data = given(cube(name=None))

    assert [each.name for each in data.cube.dimensions] == ["t", "y", "x"]
    assert [band.name for band in data.cube.bands] == ["var"]


@pytest.mark.parametrize("order", list(permutations(("t", "bands", "y", "x"))), ids="-".join)
def test_dimensions_may_have_any_order(given, order):
    values = np.arange(120.0).reshape(3, 2, 4, 5)
    mine = cube(values, dims=("t", "bands", "y", "x")).assign_coords(bands=["B04", "B08"])

    data = given(mine.transpose(*order))

    assert tuple(each.name for each in data.cube.dimensions) == order
    assert data.cube.grid == GRID
    np.testing.assert_array_equal(data.values, mine.transpose(*order).values)
    assert [(band.minimum, band.maximum) for band in data.cube.bands] == [(0, 99), (20, 119)]


@given_by(st.data())
def test_rows_begin_in_the_north_and_dates_are_in_order(data):
    values = data.draw(
        arrays("float32", (3, 4, 5), elements=st.floats(-1e6, 1e6, width=32) | st.just(float("nan")))
    )
    mine = cube(values)
    turned = mine.isel(
        t=data.draw(st.permutations(range(3))),
        y=slice(None, None, data.draw(st.sampled_from([1, -1]))),
        x=slice(None, None, data.draw(st.sampled_from([1, -1]))),
    )

    found = read_given(turned)

    assert found.cube.grid == GRID
    assert found.cube.times == tuple(f"{each}T00:00:00Z" for each in DATES)
    np.testing.assert_array_equal(found.values[:, 0], values)


@given_by(
    st.sampled_from(["int8", "uint8", "int16", "uint16", "int32", "uint32"]).flatmap(
        lambda kind: st.tuples(arrays(kind, (2, 3)), st.integers(0, 5))
    )
)
def test_integers_are_exact_and_no_data_is_nan(drawn):
    values, place = drawn
    nodata = values.reshape(-1)[place]
    mine = cube(values, dims=("y", "x"), _FillValue=nodata)

    found = read_given(mine)

    missing = values == nodata
    [band] = found.cube.bands
    assert band.data_type == values.dtype.name
    assert band.nodata == nodata
    np.testing.assert_array_equal(np.isnan(found.values[0]), missing)
    np.testing.assert_array_equal(found.values[0][~missing].astype(values.dtype), values[~missing])
    assert found.values.dtype == ("float64" if values.dtype.itemsize == 4 else "float32")


def test_masked_integers_of_files_stay_integers(given, tmp_path):
    values = np.arange(60, dtype="int16").reshape(3, 4, 5)
    path = tmp_path / "a.nc"
    cube(values).to_dataset().to_netcdf(path, encoding={"B04": {"_FillValue": 7}})
    with xr.open_dataset(path) as opened:
        assert opened.B04.dtype.kind == "f"
        data = given(opened.B04)

    assert (data.cube.data_type, data.cube.nodata) == ("int16", 7)
    assert np.isnan(data.values).sum() == 1


def test_scaled_values_are_what_xarray_reads(given, tmp_path):
    path = tmp_path / "a.nc"
    packing = {"dtype": "int16", "scale_factor": 0.5, "add_offset": 10.0, "_FillValue": -1}
    mine = cube(np.arange(60.0).reshape(3, 4, 5)).where(lambda each: each != 12)
    mine.to_dataset().to_netcdf(path, encoding={"B04": packing})

    data = given(path)

    np.testing.assert_array_equal(data.values[:, 0], mine.values)
    assert data.cube.data_type.startswith("float")


@pytest.mark.parametrize("kind", ["int64", "uint64"])
def test_large_integers_have_the_type_that_results_can_have(given, kind):
    assert given(cube(np.arange(60, dtype=kind).reshape(3, 4, 5))).cube.data_type == "int32"
    assert given(cube(np.full((3, 4, 5), 2**40, kind))).cube.data_type == "float64"


def test_truth_values_are_numbers(given):
    data = given(cube(np.eye(4, 5, dtype=bool), dims=("y", "x")))

    assert data.cube.data_type == "uint8"
    assert set(np.unique(data.values)) == {0, 1}


def test_variables_become_bands(given):
    mine = xr.Dataset({"red": cube(), "nir": cube().transpose("x", "y", "t") * 2, "crs": ((), 0)})
    mine["crs"].attrs = {"grid_mapping_name": "transverse_mercator", "crs_wkt": UTM}

    data = given(mine)

    assert [each.name for each in data.cube.dimensions] == ["t", "bands", "y", "x"]
    assert [band.name for band in data.cube.bands] == ["red", "nir"]
    np.testing.assert_array_equal(data.values[:, 1], 2 * data.values[:, 0])


@pytest.mark.parametrize(
    ("names", "values"),
    [
        (("lon", "lat"), (5.05, 51.15)),
        (("longitude", "latitude"), (5.05, 51.15)),
        (("x", "y"), (5.05, 51.15)),
    ],
)
def test_degrees_need_no_coordinate_system(given, names, values):
    x, y = (first + 0.1 * np.arange(3) for first in values)
    mine = xr.DataArray(np.zeros((3, 3)), dims=names[::-1], coords={names[0]: x, names[1]: y})

    grid = given(mine).cube.grid

    assert grid.crs == "EPSG:4326"
    assert grid.bounds == pytest.approx((5, 51.1, 5.3, 51.4))


def test_longitudes_up_to_360_begin_at_the_antimeridian(given):
    longitudes = np.arange(0.5, 360)
    mine = xr.DataArray(
        np.broadcast_to(longitudes, (180, 360)),
        dims=("latitude", "longitude"),
        coords={"longitude": longitudes, "latitude": np.arange(-89.5, 90)},
    )

    data = given(mine)

    assert data.cube.grid.bounds == (-180, -90, 180, 90)
    expected = np.where(data.cube.grid.xs < 0, data.cube.grid.xs + 360, data.cube.grid.xs)
    np.testing.assert_array_equal(data.values[0], expected)


def test_axes_are_known_by_their_attributes(given):
    mine = cube().rename(x="E", y="N", t="when")
    mine["E"].attrs["axis"], mine["N"].attrs["standard_name"] = "X", "projection_y_coordinate"

    assert [each.name for each in given(mine).cube.dimensions] == ["t", "bands", "y", "x"]


def test_other_dimensions_keep_their_names_and_labels(given):
    mine = cube(np.zeros((2, 4, 5)), dims=("level", "y", "x")).assign_coords(level=[1000, 850])

    found = given(mine).cube.of_kind("other")

    assert (found.name, found.labels) == ("level", (1000, 850))


def test_coordinate_systems_are_those_of_rioxarray(given):
    mine = cube(crs=None).rio.write_crs("EPSG:3035")

    assert given(mine).cube.grid.crs == "EPSG:3035"
    assert given(mine, crs=32632).cube.grid.crs == "EPSG:32632"


def test_a_single_column_has_the_width_that_is_noted(given):
    mine = cube(np.zeros((3, 4, 1)), crs=None).rio.write_crs(UTM)

    assert given(mine).cube.grid.x_size == 10
    mine.spatial_ref.attrs["GeoTransform"] = "640000 20 0 5700040 0 -10"
    assert given(mine).cube.grid.x_size == 20


def test_bands_of_rioxarray_are_called_as_it_describes_them(given):
    mine = cube(np.zeros((2, 4, 5)), dims=("band", "y", "x"), long_name=("B04", "B08"))

    assert [band.name for band in given(mine.assign_coords(band=[1, 2])).cube.bands] == ["B04", "B08"]


def test_what_is_told_counts_more(given):
    data = given(
        cube(),
        bands=[Band("red", common_name="red", unit="1")],
        nodata=5,
        dates=["2020-01-01", "2021-01-01", "2022-01-01"],
    )

    [band] = data.cube.bands
    assert (band.name, band.common_name, band.unit) == ("red", "red", "1")
    assert np.isnan(data.values[0, 0, 1, 0])
    assert data.cube.times[0] == "2020-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("mine", "told", "message"),
    [
        (cube(crs=None), {}, "crs='EPSG:"),
        (cube(crs="EPSG:123456"), {}, "EPSG:123456"),
        (cube().drop_vars("x"), {}, "'x' has no coordinates"),
        (cube().assign_coords(x=[0, 10, 20, 30, 45]), {}, "from 30.0 to 45.0 it is 15"),
        (cube().rename(x="a", y="b"), {}, "'a'"),
        (cube(dates=["2024-06-01", "2024-06-01", "2024-06-21"]), {}, "2024-06-01T00:00:00Z twice"),
        (cube().drop_vars("t"), {}, "dates="),
        (cube(), {"dates": ["2024-06-01"]}, "each of the 3 places"),
        (cube(), {"dates": ["June", "July", "August"]}, "'June'"),
        (cube(), {"bands": ["a", "b"]}, "have 1 of them"),
        (cube(np.full((1, 1), "a"), dims=("y", "x")), {}, "no numbers"),
        (cube(np.zeros((1, 1)), dims=("y", "x")), {}, "single pixel"),
        (cube(), {"bbox": (5, 4, 3, 2)}, "bbox must be west"),
        (cube(np.zeros((3, 0, 5))), {}, "no pixels"),
        (cube().rename(y="lon"), {}, "west to east"),
        (xr.Dataset({"a": cube(), "b": cube().isel(t=0, drop=True)}), {}, "same dimensions"),
    ],
)
def test_what_makes_no_cube_says_what_would(given, mine, told, message):
    with pytest.raises(GivenDataError, match=message.replace("(", r"\(")):
        given(mine, **told)


def test_no_warning_is_given():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = read_given(cube(np.full((3, 4, 5), np.nan)), Told())

    assert np.isnan(found.values).all()
