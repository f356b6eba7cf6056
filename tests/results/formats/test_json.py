"""JSON as clients, pandas and xarray read it."""

import json
import math

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from openeo.rest.conversions import timeseries_json_to_pandas
from openeo.udf import XarrayDataCube

from mock_backend.engine.cubes import Grid
from mock_backend.engine.steps import Plain
from mock_backend.errors import ProcessGraphComplexity
from mock_backend.results import formats

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("dimensions", "name"),
    [((), "result.json"), (("geometry", "t"), "timeseries.json"), (("x", "y"), "openEO.json")],
)
def test_the_file(make_cube, dimensions, name):
    (part,) = formats.find_format("JSON").parts(make_cube(*dimensions), {})

    assert (part.name, part.media_type) == (name, "application/json")


@given(JSON)
def test_values_are_written_as_they_are(write, value):
    assert repr(json.loads(write("JSON", Plain(value)))) == repr(value)


@pytest.mark.parametrize(
    ("value", "text"), [(5, b"5"), (math.nan, b"NaN"), (-math.inf, b"-Infinity"), ("ü", b'"\xc3\xbc"')]
)
def test_bare_values(write, value, text):
    assert write("JSON", Plain(value)) == text


class TestGeometries:
    def test_a_list_for_each_geometry_of_a_value_for_each_band_by_date(self, write, series, values_of):
        found = json.loads(write("JSON", series))

        assert list(found) == ["2024-06-01T00:00:00Z", "2024-06-11T00:00:00Z"]
        for place, rows in enumerate(found.values()):
            assert rows == values_of(series)[:, place].tolist()

    def test_the_openeo_client_makes_a_table_of_it(self, write, series):
        table = timeseries_json_to_pandas(json.loads(write("JSON", series)))

        assert table.shape == (2, 6)
        assert table.index.name == "date"
        assert table.notna().all(axis=None)

    @pytest.mark.parametrize("dimensions", [("t", "geometry"), ("geometry", "t")])
    def test_without_bands_there_is_one_value_in_each_list(self, write, make_cube, dimensions):
        found = json.loads(write("JSON", make_cube(*dimensions)))

        assert np.array(list(found.values())).shape == (2, 3, 1)

    def test_without_time_there_are_no_dates(self, write, make_cube, values_of):
        cube = make_cube("bands", "geometry")

        assert json.loads(write("JSON", cube)) == values_of(cube).T.tolist()


class TestRasters:
    def test_xarray_reads_it(self, write, raster, values_of):
        array = xr.DataArray.from_dict(json.loads(write("JSON", raster)))

        assert array.dims == ("x", "y", "t", "bands")
        assert np.array_equal(array, values_of(raster))
        assert np.array_equal(array.x, raster.grid.xs)
        assert array.bands.values.tolist() == ["B04", "B08"]
        assert array.attrs["crs"] == "EPSG:32632"
        assert array.attrs["nodata"] == 32767

    def test_the_openeo_client_reads_it_as_for_a_udf(self, saved, raster, values_of):
        array = XarrayDataCube.from_file(saved("JSON", raster)).array

        assert array.dtype == "int16"
        assert np.array_equal(array.transpose("x", "y", "t", "bands"), values_of(raster))
        assert array.t.values.tolist() == np.array(["2024-06-01", "2024-06-11"], dtype="M8[ns]").tolist()

    def test_what_has_no_pixels_and_no_geometries(self, write, make_cube):
        cube = make_cube("t", "level", times=["early", "late"], others={"level": (1, 2.5, 3)})

        array = xr.DataArray.from_dict(json.loads(write("JSON", cube)))

        assert array.dims == ("t", "level")
        assert array.t.values.tolist() == ["early", "late"]
        assert array.level.values.tolist() == [1, 2.5, 3]

    def test_only_small_ones(self, make_cube):
        cube = make_cube("x", "y", grid=Grid("EPSG:32632", 0.0, 0.0, 10.0, 10.0, 2**11, 2**10 + 1))

        [part] = formats.find_format("JSON").parts(cube, {})
        with pytest.raises(ProcessGraphComplexity, match="too large for JSON, which takes 2,097,152"):
            formats.find_format("JSON").write(part, {})


def test_a_data_cube_of_one_value_is_that_value(write, make_cube, values_of):
    cube = make_cube()

    assert json.loads(write("JSON", cube)) == values_of(cube).item()


def test_a_data_cube_without_values_is_as_in_the_examples_of_processes(mock_backend):
    cube = mock_backend.connect().datacube_from_process("create_data_cube")

    assert cube.execute() == {"type": "datacube", "order": [], "dimensions": {}, "data": []}


def test_missing_values_are_null(write, make_cube, monkeypatch):
    cube = make_cube("geometry", "bands", data_type="float32")
    nothing = np.full(cube.shape, np.nan, dtype="float32")
    nothing[0, 0] = 0.1
    monkeypatch.setattr("mock_backend.engine.core.file_values.Values.array", lambda *_: nothing)

    assert json.loads(write("JSON", cube)) == [[0.1, None], [None, None], [None, None]]
