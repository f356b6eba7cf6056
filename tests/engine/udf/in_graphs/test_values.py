"""Functions in process graphs, from the openeo client to the values in its files."""

import numpy as np
import openeo
import pytest
import xarray
from openeo.rest import JobFailedException, OpenEoApiError

from mock_backend import JobPlan, MockBackend
from mock_backend.jobs import JobsRegister

BOX = {"west": 5.0, "south": 51.2, "east": 5.02, "north": 51.21}
FIELD = {
    "type": "Polygon",
    "coordinates": [[[5.005, 51.203], [5.012, 51.203], [5.012, 51.208], [5.005, 51.203]]],
}
HEAD = "import numpy as np\nimport xarray\nfrom openeo.udf import UdfData, StructuredData, inspect\n"
FUNCTION = "def apply_datacube(cube: xarray.DataArray, context: dict) -> xarray.DataArray:\n"


def udf(*lines: str, context=None, before: str = "", runtime: str = "Python") -> openeo.UDF:
    """Return a function with a body."""
    body = "".join(f"    {line}\n" for line in lines)
    return openeo.UDF(HEAD + before + FUNCTION + body, runtime=runtime, context=context)


@pytest.fixture
def backend():
    with MockBackend(plan=JobPlan.immediate()) as made:
        yield made


@pytest.fixture
def cube(backend):
    """Return two bands of four dates."""
    return load(backend.connect())


def load(connection) -> openeo.DataCube:
    return connection.load_collection(
        "SENTINEL2_L2A",
        spatial_extent=BOX,
        temporal_extent=["2024-06-01", "2024-06-21"],
        bands=["B04", "B08"],
    )


@pytest.fixture
def values(tmp_path):
    """Return a function that returns the values of a cube, by way of a job and its netCDF file."""

    def values(cube: openeo.DataCube) -> xarray.Dataset:
        job = cube.create_job(out_format="netCDF")
        job.start()
        assert job.status() == "finished", job.logs()[-1]["message"]
        job.get_results().download_file(tmp_path / f"{job.job_id}.nc")
        found = xarray.load_dataset(tmp_path / f"{job.job_id}.nc", engine="h5netcdf")
        return found.drop_vars("crs", errors="ignore").astype("float32")

    return values


def logs(job) -> list[tuple[str, str]]:
    return [(each["level"], each["message"]) for each in job.logs()]


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


# -- logs and failures --------------------------------------------------------------------------------------


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


def test_logs(cube):
    function = udf("inspect(message='shape', data=list(cube.shape[:2]), level='warning')", "return cube")
    job = cube.apply_dimension(function, dimension="t").create_job()
    job.start()
    [line] = [each for each in job.logs() if each["message"] == "shape"]
    assert (line["level"], line["data"], line["code"]) == ("warning", [4, 2], "User")
    assert not [each for each in job.logs() if "Not computed here" in each["message"]]
    # Kept: the code is not run again for it.
    assert logs(job) == logs(job)
    assert [text for _, text in logs(job)][:3] == [
        "Batch job created.",
        "Batch job queued for processing.",
        "Processing started.",
    ]


def test_failures(cube, backend, tmp_path):
    failing = cube.apply(udf("inspect(message='before')", "raise ValueError('boom')"))
    job = failing.create_job()
    assert job.status() == "created"
    with pytest.raises(JobFailedException):
        job.start_and_wait()
    last = logs(job)[-1]
    message = (
        "OpenEO batch job failed: UDF exception while evaluating processing graph. Please check your user "
        'defined functions. stacktrace:\n  File "<string>", line 6, in apply_datacube\nValueError: boom'
    )
    assert last == ("error", message)
    assert ("info", "before") in logs(job)
    with pytest.raises(OpenEoApiError, match=r"(?s)\[500\] Internal: UDF exception .*boom"):
        failing.download(tmp_path / "x.tiff")
    # A failure that a test has ordered comes first.
    backend.plan(JobPlan.immediate(error="ordered"), title="x")
    job = failing.create_job(title="x")
    job.start()
    assert logs(job)[-1] == ("error", "ordered")


def test_code_runs_only_when_jobs_run(cube, backend, monkeypatch):
    import sys

    ran: list[int] = []
    monkeypatch.setitem(sys.modules, "counter_of_the_test", ran.append)
    counting = cube.apply(udf("sys.modules['counter_of_the_test'](1)", "return cube", before="import sys\n"))
    assert counting.validate() == []
    job = counting.create_job()
    job.describe()
    assert ran == []
    job.start()
    assert ran
    count = len(ran)
    job.get_results().get_metadata()
    assert len(ran) == count


# -- stand-ins ----------------------------------------------------------------------------------------------


def told(made) -> str:
    """Return what the log of a job warns of."""
    job = made.create_job()
    job.start()
    assert job.status() == "finished"
    return "\n".join(text for level, text in logs(job) if level == "warning")


@pytest.mark.parametrize(
    "archives", [["https://example.org/net.zip#nets_of_the_test", 3], "none", []], ids=str
)
def test_functions_that_read_files_of_archives_have_stand_ins(cube, archives):
    reading = cube.apply(udf("return load('nets_of_the_test/net.onnx')"))
    job = reading.create_job(job_options={"udf-dependency-archives": archives})
    job.start()

    fails = len(archives) != 2
    assert job.status() == ("error" if fails else "finished")
    warnings = "\n".join(text for level, text in logs(job) if level == "warning")
    assert ("not in the working directory: nets_of_the_test" in warnings) is not fails


def test_functions_that_cannot_run_have_stand_ins(cube, values):
    lacking = cube.apply(udf("return cube * 2", before="import not_there\n"))
    assert "not installed: not_there" in told(lacking)
    xarray.testing.assert_equal(values(lacking), values(cube))
    assert "the runtime 'R' is not available" in told(cube.apply(openeo.UDF("x <- 1", runtime="R")))


def sorted_first(data):
    return openeo.processes.run_udf(
        openeo.processes.sort(data), udf=udf("return cube").code, runtime="Python"
    )


SIZE = [{"dimension": each, "value": 32, "unit": "px"} for each in "xy"]
MONTHLY = [*SIZE, {"dimension": "t", "value": "P1M"}]
#: Places where production takes no functions, with the reason.
UNSUPPORTED = {
    "several processes": (lambda cube: cube.apply_dimension(sorted_first, dimension="t"), "other processes"),
    "pixels": (lambda cube: cube.apply_dimension(udf("return cube"), dimension="x"), "of time and of bands"),
    "months": (lambda cube: cube.apply_neighborhood(udf("return cube"), size=MONTHLY), "'P1M'"),
    "period": (lambda cube: cube.aggregate_temporal_period("month", udf("return cube")), "apply_dimension"),
    "temporal": (
        lambda cube: cube.aggregate_temporal([["2024-06-01", "2024-06-11"]], reducer=udf("return cube")),
        "apply_dimension",
    ),
    "spatial": (lambda cube: cube.aggregate_spatial(FIELD, udf("return cube")), "apply_dimension"),
    "window": (
        lambda cube: cube.aggregate_spatial_window(udf("return cube"), size=[2, 2]),
        "apply_dimension",
    ),
    "resolver": (lambda cube: cube.merge_cubes(cube, udf("return cube")), "apply_dimension"),
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_functions_where_production_takes_none_fail_the_job(name, cube):
    build, words = UNSUPPORTED[name]
    job = build(cube).create_job(out_format="JSON")
    job.start()
    assert job.status() == "error"
    message = logs(job)[-1][1]
    assert "FeatureUnsupported" in message
    assert words in message


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_functions_that_must_not_run_have_stand_ins_anywhere(name):
    with MockBackend(plan=JobPlan.immediate(), run_udfs=False) as backend:
        made = UNSUPPORTED[name][0](load(backend.connect()))
        assert "user-defined functions do not run here" in told(made)


@pytest.mark.parametrize("allowed", [True, False])
def test_policies(allowed, values):
    with MockBackend(plan=JobPlan.immediate(), run_udfs=allowed) as backend:
        cube = load(backend.connect())
        lacking = cube.apply(udf("return cube * 2", before="import not_there\n"))
        job = lacking.create_job()
        job.start()
        assert job.status() == ("error" if allowed else "finished")
        assert ("ModuleNotFoundError: not installed: not_there" in logs(job)[-1][1]) is allowed
        factor = 2 if allowed else 1
        xarray.testing.assert_equal(values(cube.apply(udf("return cube * 2"))), values(cube) * factor)


@pytest.mark.parametrize(("allowed", "factor"), [(None, 1), (True, 2)])
def test_code_over_a_socket_runs_if_that_is_allowed(allowed, factor, values):
    with MockBackend(plan=JobPlan.immediate(), run_udfs=allowed) as backend:
        connection = openeo.connect(backend.live().api_url).authenticate_basic("alice", "secret")
        cube = load(connection)
        xarray.testing.assert_equal(values(cube.apply(udf("return cube * 2"))), values(cube) * factor)


def test_code_at_urls_and_in_files(cube, backend, values, tmp_path):
    path = tmp_path / "udf.py"
    path.write_text(udf("return cube * 2").code)
    doubled = values(cube) * 2
    remote = openeo.UDF("https://example.test/udf.py", runtime="Python")
    assert "there is no code known at 'https://example.test/udf.py'" in told(cube.apply(remote))
    backend.add_url("https://example.test/udf.py", path)
    xarray.testing.assert_equal(values(cube.apply(remote)), doubled)
    cube.connection.upload_file(path, "mine/udf.py")
    xarray.testing.assert_equal(values(cube.apply(openeo.UDF("mine/udf.py", runtime="Python"))), doubled)


def test_permissions_are_those_of_jobs(backend, cube):
    job = cube.apply(udf("return cube")).create_job()
    assert backend.registers.one(JobsRegister).find(job.job_id).run_udfs is None


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


def test_nothing_is_imported_before_a_function_runs():
    import subprocess
    import sys

    code = (
        "import sys\nfrom mock_backend import MockBackend\n"
        "with MockBackend() as backend:\n    backend.connect().describe_collection('SENTINEL2_L2A')\n"
        "heavy = 'mock_backend.engine.udf', 'openeo.udf.run'\n"
        "print([each for each in sys.modules if each.startswith(heavy)])\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"
