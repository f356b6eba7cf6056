"""Functions in process graphs, from the openeo client to the values in its files."""

import numpy as np
import openeo
import pytest
import xarray

from mock_backend import JobPlan, MockBackend

from .conftest import BOX, FIELD, HEAD, load, udf


def test_apply(cube, values):
    function = udf(
        "assert cube.dims == ('bands', 'y', 'x')", "return cube * context['by']", context={"by": 2}
    )
    xarray.testing.assert_equal(values(cube.apply(function)), values(cube) * 2)


def test_along_time(cube, values):
    function = udf("assert cube.dims == ('t', 'bands', 'y', 'x')", "return cube - cube.min('t')")
    before = values(cube)
    xarray.testing.assert_equal(
        values(cube.apply_dimension(function, dimension="t")), before - before.min("t")
    )


def test_along_bands(cube, values):
    function = udf("return xarray.concat([cube.sum('bands')], 'bands').assign_coords(bands=['sum'])")
    before = values(cube)
    made = values(cube.apply_dimension(function, dimension="bands"))
    np.testing.assert_array_equal(made["sum"], before.B04 + before.B08)


def test_reducers(cube, values):
    before = values(cube)
    made = values(cube.reduce_dimension(reducer=udf("return cube.max('t')"), dimension="t"))
    xarray.testing.assert_equal(made, before.max("t"))
    function = udf("return cube.sel(bands='B08') - cube.sel(bands='B04')")
    [made] = values(cube.reduce_dimension(reducer=function, dimension="bands")).data_vars.values()
    np.testing.assert_array_equal(made, before.B08 - before.B04)


def test_new_instants(cube, values):
    function = udf("return cube.resample(t='1MS').mean()")
    made = values(cube.apply_dimension(function, dimension="t"))
    assert [str(each)[:10] for each in made.t.values] == ["2024-06-01"]
    np.testing.assert_allclose(made.B08[0], values(cube).B08.mean("t"), rtol=1e-6)


def test_neighbourhoods(cube, values):
    function = udf(
        "assert cube.shape[2:] == (40, 40)",
        "red, nir = cube.sel(bands='B04'), cube.sel(bands='B08')",
        "return ((nir - red) / (nir + red)).expand_dims(bands=['NDVI'], axis=1)",
    )
    size = [{"dimension": each, "value": 32, "unit": "px"} for each in "xy"]
    overlap = [{"dimension": each, "value": 4, "unit": "px"} for each in "xy"]
    made = values(cube.apply_neighborhood(function, size=size, overlap=overlap))
    before = values(cube)
    np.testing.assert_array_equal(made.NDVI, (before.B08 - before.B04) / (before.B08 + before.B04))
    size.append({"dimension": "t", "value": "P1D"})
    made = values(
        cube.apply_neighborhood(udf("assert cube.dims[0] == 'bands'", "return cube + 1"), size=size)
    )
    xarray.testing.assert_equal(made, before + 1)


@pytest.mark.parametrize("profile", ["default", "cdse"])
def test_polygons(values, profile):
    function = udf("return cube.fillna(0) * 0 + cube.mean(('y', 'x'))")
    with MockBackend("https://a.test", profile=profile, plan=JobPlan.immediate()) as backend:
        cube = load(backend.connect())
        made = cube.apply_polygon(geometries=FIELD, process=function)
        if profile == "cdse":
            # The name that it had there before.
            with pytest.warns(Warning, match="deprecated method chunk_polygon"):
                made = cube.chunk_polygon(chunks=FIELD, process=function)
        made, whole = values(made), values(cube)
    inside = made.B04.notnull()
    assert 0 < int(inside.sum()) < inside.size
    expected = whole.B08.where(inside).mean(("y", "x"))
    np.testing.assert_allclose(made.B08.max(("y", "x")), expected, rtol=1e-5)
    np.testing.assert_allclose(made.B08.min(("y", "x")), expected, rtol=1e-5)


def test_metadata(cube, values):
    before = (
        "from openeo.metadata import CollectionMetadata\n"
        "def apply_metadata(metadata: CollectionMetadata, context: dict) -> CollectionMetadata:\n"
        "    return metadata.rename_labels('bands', ['one', 'two']).resample_spatial(resolution=5)\n"
    )
    function = udf(
        "return xarray.DataArray(cube.values.repeat(2, -1).repeat(2, -2), dims=cube.dims)", before=before
    )
    made = values(cube.apply_dimension(function, dimension="t"))
    assert list(made.data_vars) == ["one", "two"]
    assert float(made.x[1] - made.x[0]) == 5
    np.testing.assert_array_equal(made.two, values(cube).B08.values.repeat(2, -1).repeat(2, -2))


def test_other_steps_go_on_with_what_functions_make(cube, values):
    function = udf("return (cube.sel(bands=['B08']) * 2).assign_coords(bands=['new'])")
    made = cube.apply_dimension(function, dimension="bands")
    # The client does not know the new name.
    made = made.process("filter_bands", data=made, bands=["new"]).max_time()
    np.testing.assert_array_equal(values(made).new, values(cube).B08.max("t") * 2)


def test_run_udf_by_itself(cube, values):
    made = cube.process("run_udf", data=cube, udf=udf("return cube + 1").code, runtime="Python")
    xarray.testing.assert_equal(values(made), values(cube) + 1)


def test_series_of_geometries(cube):
    series = cube.aggregate_spatial(FIELD, reducer="mean")
    plain = series.execute()
    code = "def udf_apply_feature_dataframe(df):\n    return df.mean(axis=0)\n"
    table = series.run_udf(udf=code, runtime="Python").execute()
    assert table["columns"] == ["feature_index", "B04", "B08"]
    means = np.mean([field[0] for field in plain.values()], axis=0)
    np.testing.assert_allclose(table["data"], [[0, *means]], rtol=1e-6)
    code = HEAD + "def f(data: UdfData):\n    [given] = data.get_structured_data_list()\n"
    code += "    data.set_structured_data_list([StructuredData(list(given.data))])\n"
    assert series.run_udf(udf=code, runtime="Python").execute() == list(plain)


def test_geometries_with_values(cube):
    series = cube.aggregate_spatial(FIELD, reducer="mean")
    plain = series.execute()
    code = HEAD + "import geopandas, xarray\n"
    code += (
        "def apply_vectorcube(geometries: geopandas.GeoDataFrame, cube: xarray.DataArray, context: dict):\n"
    )
    code += "    return geometries.assign(size=1), cube.max('t') + context['more']\n"

    found = series.run_udf(udf=code, runtime="Python", context={"more": 1}).execute()

    assert found["type"] == "FeatureCollection"
    [feature] = found["features"]
    properties = feature["properties"]
    assert properties["size"] == 1
    highest = np.max([field[0] for field in plain.values()], axis=0)
    np.testing.assert_allclose([properties["B04"], properties["B08"]], highest + 1, rtol=1e-6)


def test_features_and_json(backend):
    connection = backend.connect()
    code = HEAD + "def f(data: UdfData):\n    [given] = data.get_feature_collection_list()\n"
    code += "    frame = given.data\n    frame['double'] = frame['size'] * 2\n"
    feature = {"type": "Feature", "properties": {"size": 4}, "geometry": FIELD}
    given = {"type": "FeatureCollection", "features": [feature]}
    made = connection.datacube_from_process("run_udf", data=given, udf=code, runtime="Python")
    saved = connection.execute(made.save_result("GeoJSON"))
    assert [each["properties"]["double"] for each in saved["features"]] == [8]
    code = (
        HEAD
        + "def f(data: UdfData):\n    [given] = data.get_structured_data_list()\n    given.data.append(3)\n"
    )
    made = connection.datacube_from_process("run_udf", data=[1, 2], udf=code, runtime="Python")
    assert made.execute() == [1, 2, 3]


def test_apply_dimension_of_features(backend):
    features = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "geometry": FIELD, "properties": {"size": 2}}],
    }
    function = openeo.UDF(
        HEAD
        + "def apply_udf_data(data: UdfData):\n"
        + "    [found] = data.feature_collection_list\n"
        + "    found.data['size'] *= 2\n"
    )
    cube = backend.connect().load_geojson(features, properties=["size"])
    made = cube.apply_dimension(function, dimension="properties").execute()
    assert [each["properties"]["size"] for each in made["features"]] == [4]


def test_parameters_of_user_defined_processes_reach_functions(backend, cube, values):
    from openeo.api.process import Parameter

    by = Parameter("by", "A factor.", schema={"type": "number"})
    data = openeo.DataCube.load_collection("SENTINEL2_L2A", fetch_metadata=False)
    function = udf(
        "return cube * context['by'] + context['more']['plus']", context={"by": by, "more": {"plus": 1}}
    )
    graph = data.apply(function).flat_graph()
    graph.pop("loadcollection1")
    graph["apply1"]["arguments"]["data"] = {"from_parameter": "data"}
    cubes = Parameter.raster_cube(name="data")
    cube.connection.save_user_defined_process("scaled", graph, parameters=[cubes, by])
    made = cube.process("scaled", data=cube, by=3)
    xarray.testing.assert_equal(values(made), values(cube) * 3 + 1)


def test_an_area_may_be_chosen_after_functions(backend, values):
    whole = backend.connect().load_collection(
        "SENTINEL2_L2A", temporal_extent=["2024-06-01", "2024-06-08"], bands=["B04"]
    )
    made = values(whole.apply(udf("return cube + 1")).filter_bbox(**BOX))
    xarray.testing.assert_equal(made, values(whole.filter_bbox(**BOX)) + 1)
