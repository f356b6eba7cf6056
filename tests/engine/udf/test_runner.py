"""User-defined functions in all their forms, compared with NumPy, xarray and the client's local runner."""

import sys
import threading
from textwrap import dedent

import numpy as np
import pytest
import xarray

from mock_backend.engine.udf.failure import UdfFailure
from mock_backend.engine.udf.runner import run_udf
from mock_backend.engine.udf.xarrays import UdfArray

IDENTITY = """
import xarray

def apply_datacube(cube: xarray.DataArray, context: dict) -> xarray.DataArray:
    return cube
"""


def udf(body: str, *, before: str = "") -> str:
    """Return a function of a ``DataArray`` with a body of one or more lines."""
    indented = "\n".join(f"    {line}" for line in dedent(body).strip().splitlines())
    head = "def apply_datacube(cube: xarray.DataArray, context: dict) -> xarray.DataArray:"
    return f"import numpy as np\nimport xarray\n{dedent(before)}\n\n{head}\n{indented}\n"


def test_functions_of_xarray_data_cubes(cube, lines):
    code = """
from openeo.udf import XarrayDataCube
from typing import Dict

def apply_datacube(cube: XarrayDataCube, context: Dict) -> XarrayDataCube:
    array = cube.get_array()
    return XarrayDataCube(array * context["factor"] + 1)
"""
    made = run_udf(code, cube, {"factor": 2}, log=lines.append)
    np.testing.assert_array_equal(made.values, cube.values * 2 + 1)
    assert made.values.dtype == np.float32
    assert made.dims == cube.dims
    assert list(made.coords["t"]) == cube.coords["t"]
    assert list(made.coords["bands"]) == cube.coords["bands"]
    assert made.crs == "EPSG:32631"
    assert lines == []


@pytest.mark.parametrize(
    "head",
    [
        "import xarray\ndef apply_datacube(cube: xarray.DataArray, context) -> xarray.DataArray:",
        "import xarray as xr\ndef apply_datacube(cube: xr.DataArray, context: dict = None) -> xr.DataArray:",
        "from xarray import DataArray\ndef apply_datacube(cube: DataArray, context: dict) -> DataArray:",
        # Back-ends have these names at hand, without an import.
        "def apply_datacube(cube: xarray.DataArray, context: dict) -> xarray.DataArray:",
    ],
)
def test_functions_of_arrays(head, cube, lines):
    made = run_udf(
        f"{head}\n    return np.sqrt(cube)\n".replace("np.", "numpy."), cube, None, log=lines.append
    )
    np.testing.assert_array_equal(made.values, np.sqrt(cube.values))


def test_the_old_name_of_data_cubes(cube, lines):
    code = """
def apply_hypercube(cube: DataCube, context: dict) -> DataCube:
    return DataCube(cube.get_array().max("t"))
"""
    made = run_udf(code, cube, {}, log=lines.append)
    np.testing.assert_array_equal(made.values, np.fmax.reduce(cube.values))
    assert made.dims == ("bands", "y", "x")
    assert "t" not in made.coords


def test_functions_of_time_series(cube, lines):
    code = """
import pandas as pd

def apply_timeseries(series: pd.Series, context: dict) -> pd.Series:
    return series - series[0] * context.get("weight", 1)
"""
    made = run_udf(code, cube, {}, log=lines.append)
    np.testing.assert_array_equal(made.values, cube.values - cube.values[:1])
    assert made.dims == cube.dims


def test_functions_of_udf_data(cube, lines):
    code = """
from openeo.udf import UdfData, XarrayDataCube

def transform(data: UdfData):
    [cube] = data.get_datacube_list()
    assert data.proj == {"EPSG": 32631}
    data.set_datacube_list([XarrayDataCube(cube.array.isel(bands=[1]) + data.user_context["plus"])])
"""
    made = run_udf(code, cube, {"plus": 0.5}, log=lines.append)
    np.testing.assert_array_equal(made.values, cube.values[:, 1:] + 0.5)
    assert made.coords["bands"] == ["B08"]


def test_what_functions_get(cube, lines):
    body = """
    assert cube.dims == ("t", "bands", "y", "x")
    assert cube.name == "openEODataChunk"
    assert cube.dtype == np.float32
    assert cube.t.dtype == "datetime64[ns]"
    assert cube.t.values[2] == np.datetime64("2024-06-11T10:30:00")
    assert list(cube.bands.values) == ["B04", "B08"]
    assert cube.y.values[0] == 5_650_000.0 and cube.y.values[1] == 5_649_990.0
    assert cube.attrs == {"t": "now"}
    assert context == {}
    return cube.sel(bands="B08", drop=False).expand_dims("bands")
    """
    given = UdfArray(cube.values.astype("float64"), cube.dims, cube.coords, cube.crs, {"t": "now"})
    made = run_udf(udf(body), given, None, log=lines.append)
    assert made.dims == ("bands", "t", "y", "x")
    np.testing.assert_array_equal(made.arranged(*cube.dims).values, cube.values[:, 1:])


def test_it_agrees_with_the_local_runner_of_the_client(cube, lines):
    from openeo.udf import execute_local_udf

    code = """
import xarray
from openeo.udf import XarrayDataCube

def apply_datacube(cube: XarrayDataCube, context: dict) -> XarrayDataCube:
    array = cube.get_array()
    red, nir = array.sel(bands="B04"), array.sel(bands="B08")
    ndvi = ((nir - red) / (nir + red)).expand_dims(bands=["NDVI"], axis=1)
    return XarrayDataCube(ndvi.rolling(t=2, min_periods=1).mean())
"""
    coords = {**cube.coords, "t": np.array([each[:19] for each in cube.coords["t"]], dtype="datetime64[ns]")}
    array = xarray.DataArray(cube.values, dims=cube.dims, coords=coords)
    expected = execute_local_udf(code, array).get_datacube_list()[0].get_array()
    made = run_udf(code, cube, {}, log=lines.append)
    assert made.dims == expected.dims
    assert made.coords["bands"] == ["NDVI"]
    np.testing.assert_allclose(made.values, expected.values, rtol=1e-6)


def test_functions_may_make_new_instants(cube, lines):
    body = "return cube.resample(t='1MS').mean()"
    made = run_udf(udf(body), cube, {}, log=lines.append).arranged(*cube.dims)
    assert made.coords["t"] == ["2024-06-01T00:00:00Z"]
    assert made.values.shape == (1, 2, 4, 5)


def test_labels_of_time_that_are_no_instants_stay_texts(cube, lines):
    given = UdfArray(cube.values, cube.dims, {"t": ["djf", "mam", "jja"], "bands": ["B04", "B08"]})
    made = run_udf(udf("return cube.sel(t=['jja', 'djf'])"), given, {}, log=lines.append)
    assert made.coords["t"] == ["jja", "djf"]
    np.testing.assert_array_equal(made.values, cube.values[[2, 0]])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cube > 1", lambda values: (values > 1).astype("float32")),
        ("(cube.fillna(0) * 4).astype('int16')", lambda values: np.trunc(np.nan_to_num(values) * 4)),
        ("cube.astype('float64') / 3", lambda values: (values.astype("float64") / 3).astype("float32")),
        ("cube.astype(object).where(cube > 1, None)", lambda values: np.where(values > 1, values, np.nan)),
    ],
)
def test_all_numbers_become_float32(expression, expected, cube, lines):
    made = run_udf(udf(f"return {expression}"), cube, {}, log=lines.append)
    assert made.values.dtype == np.float32
    np.testing.assert_array_equal(made.values, expected(cube.values))


def test_inputs_cannot_be_changed(cube, lines):
    before, context = cube.values.copy(), {"list": [1]}
    body = """
    cube.values[:] = 0
    cube.coords["x"].values[:] = 0
    context["list"].append(2)
    context["new"] = True
    return cube
    """
    coordinates = np.array(cube.coords["x"])
    assert not run_udf(udf(body), cube, context, log=lines.append).values.any()
    np.testing.assert_array_equal(cube.values, before)
    np.testing.assert_array_equal(cube.coords["x"], coordinates)
    assert context == {"list": [1]}


def test_each_run_has_a_namespace_of_its_own(cube, lines):
    before = """
    from functools import lru_cache
    seen = []

    @lru_cache
    def model():
        seen.append(1)
        return len(seen)
    """
    code = udf("model.cache_clear()\nreturn cube * 0 + model() + len(seen)", before=before)
    made = [run_udf(code, cube, {}, log=lines.append).values[0, 0, 0, 0] for _ in range(3)]
    assert made == [2, 2, 2]


def test_functions_run_in_several_threads_at_once(cube):
    barrier = threading.Barrier(4, timeout=30)
    sys.modules[f"{__name__}_barrier"] = barrier  # where the code finds it
    code = udf(
        f"""
        import sys
        sys.modules["{__name__}_barrier"].wait()
        inspect(message=f"number {{context['number']}}")
        return cube * context["number"]
        """,
        before="from openeo.udf import inspect",
    )
    made, told = {}, {number: [] for number in range(4)}

    def work(number: int) -> None:
        made[number] = run_udf(code, cube, {"number": number}, log=told[number].append)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    try:
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    finally:
        del sys.modules[f"{__name__}_barrier"]
    for number in range(4):
        np.testing.assert_array_equal(made[number].values, cube.values * number)
        assert [line.message for line in told[number]] == [f"number {number}"]


def test_dimensions_are_put_in_order(cube, lines):
    made = run_udf(udf("return cube.transpose('x', 'bands', 'y', 't')"), cube, {}, log=lines.append)
    assert made.dims == ("x", "bands", "y", "t")
    np.testing.assert_array_equal(made.arranged(*cube.dims).values, cube.values)
    flat = run_udf(udf("return cube.isel(t=0, bands=0)"), cube, {}, log=lines.append)
    assert flat.arranged("bands", "y", "x").values.shape == (1, 4, 5)
    with pytest.raises(UdfFailure, match=r"dimensions \['time', 'bands', 'y'\] where \['bands', 'y'\]"):
        UdfArray(np.zeros((1, 1, 1)), ("time", "bands", "y")).arranged("bands", "y")
    # By position, if there are other names only.
    assert UdfArray(np.zeros((1, 2)), ("a", "b")).arranged("y", "x").values.shape == (1, 2)


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        (udf("return cube.values"), "must be of type xarray.DataArray"),
        (udf("return cube.astype(str)"), "its values must be numbers, got <U32"),
        (udf("return cube.t"), "its values must be numbers, got datetime64"),
        (udf("return cube.astype(object).where(False, 'text')"), "its values must be numbers, got objects"),
        (
            "def apply_udf_data(data: UdfData):\n    data.set_datacube_list(data.get_datacube_list() * 2)\n",
            "The provided UDF should return one datacube, but got: ",
        ),
        (
            "def apply_datacube(cube: DataCube, context: dict) -> DataCube:\n    return cube.array\n",
            "an XarrayDataCube was expected, got DataArray",
        ),
        ("def apply_datacube(cube, context):\n    return cube\n", "OpenEoUdfException: No UDF found."),
        ("x = 1\n", "OpenEoUdfException: No UDF found."),
    ],
)
def test_results_and_signatures_that_will_not_do(code, wrong, cube, lines):
    with pytest.raises(UdfFailure) as refused:
        run_udf(code, cube, {}, log=lines.append)
    assert wrong in refused.value.message
    assert refused.value.message.startswith("Python exception while evaluating processing graph: ")
    assert (refused.value.status_code, refused.value.openeo_code) == (500, "Internal")


def test_an_array_without_labels(lines):
    made = run_udf(IDENTITY, UdfArray(np.ones((2, 3)), ("y", "x")), {}, log=lines.append)
    assert made.coords == {}
    assert made.crs is None
