"""Functions on vector data, on series of places, and on JSON values."""

import numpy as np
import pytest

from mock_backend.engine.udf.failure import UdfFailure
from mock_backend.engine.udf.runner import (
    UdfFeatures,
    is_per_series,
    run_on_features,
    run_on_json,
    run_on_series,
)
from mock_backend.engine.udf.xarrays import UdfArray

FEATURES = [
    {
        "type": "Feature",
        "properties": {"name": name, "deep": {"a": 1}},
        "geometry": {"type": "Polygon", "coordinates": [[[x, 0], [x + 1, 0], [x + 1, 1], [x, 0]]]},
    }
    for name, x in (("one", 0), ("two", 5))
]
TIMES = ["2024-06-01T00:00:00Z", "2024-06-11T00:00:00Z"]


@pytest.fixture
def values() -> UdfArray:
    return UdfArray(
        np.arange(8, dtype="float32").reshape(2, 2, 2),
        ("geometry", "t", "bands"),
        {"geometry": [0, 1], "t": TIMES, "bands": ["B04", "B08"]},
    )


def test_feature_collections(lines):
    code = """
from openeo.udf import FeatureCollection, UdfData

def buffer(data: UdfData):
    [features] = data.get_feature_collection_list()
    frame = features.data
    assert data.proj == {"EPSG": 4326} and frame.crs.to_epsg() == 4326
    frame["number"] = range(10, 12)
    frame["geometry"] = frame.buffer(data.user_context["by"])
    data.set_feature_collection_list([FeatureCollection(id="_", data=frame[frame.name == "two"])])
"""
    found = run_on_features(code, UdfFeatures(FEATURES), {"by": 0}, log=lines.append)
    assert isinstance(found, UdfFeatures)
    [feature] = found.features
    assert feature["properties"] == {"name": "two", "deep": {"a": 1}, "number": 11}
    assert feature["geometry"]["type"] == "Polygon"
    assert FEATURES[1]["properties"] == {"name": "two", "deep": {"a": 1}}
    assert (found.crs, found.values) == ("EPSG:4326", None)


def test_values_are_properties(values, lines):
    code = """
from openeo.udf import UdfData

def apply_udf_data(data: UdfData):
    frame = data.get_feature_collection_list()[0].data
    names = [f"2024-06-{day}T00:00:00Z~{band}" for day in ("01", "11") for band in ("B04", "B08")]
    assert list(frame.columns)[-4:] == names
    frame["sum"] = frame["2024-06-01T00:00:00Z~B04"] + frame["2024-06-11T00:00:00Z~B08"]
    frame.drop(columns=[each for each in frame if "~" in each], inplace=True)
"""
    found = run_on_features(code, UdfFeatures(FEATURES, values=values), {}, log=lines.append)
    assert isinstance(found, UdfFeatures)
    assert [each["properties"]["sum"] for each in found.features] == [3, 11]


def test_vector_cubes(values, lines):
    code = """
import geopandas, xarray

def apply_vectorcube(
    geometries: geopandas.geodataframe.GeoDataFrame, cube: xarray.DataArray, context: dict
) -> (geopandas.geodataframe.GeoDataFrame, xarray.DataArray):
    assert list(geometries.columns) == ["geometry", "name", "deep"]
    return geometries.assign(x=1), cube.max("t") * context["factor"]
"""
    found = run_on_features(code, UdfFeatures(FEATURES, values=values), {"factor": 2}, log=lines.append)
    assert isinstance(found, UdfFeatures)
    properties = [each["properties"] for each in found.features]
    assert [[each["B04"], each["B08"]] for each in properties] == (values.values.max(1) * 2).tolist()
    assert [each["x"] for each in properties] == [1, 1]


def test_features_that_become_structured_data(lines):
    code = """
def apply_udf_data(data: UdfData):
    data.set_feature_collection_list(None)
    data.set_structured_data_list([StructuredData([1, 1, 2, 3]), StructuredData({"a": np.float64(1)})])
"""
    assert run_on_features(code, UdfFeatures(FEATURES), {}, log=lines.append) == [[1, 1, 2, 3], {"a": 1.0}]


def test_json_values(lines):
    code = """
def apply_udf_data(data: UdfData):
    [given] = data.get_structured_data_list()
    given.data["seen"] = True
    data.set_structured_data_list([StructuredData({key: given.type for key in given.data}, type="dict")])
"""
    series = {TIMES[0]: [[1.0, 2.0]]}
    assert run_on_json(code, series, {}, log=lines.append) == {TIMES[0]: "dict", "seen": "dict"}
    assert series == {TIMES[0]: [[1.0, 2.0]]}


def test_series_as_data_frames(values, lines):
    code = """
import pandas as pd

def udf_apply_feature_dataframe(df: pd.DataFrame):
    assert str(df.index.dtype) == "datetime64[ns, UTC]" and df.index.name == "date"
    return df + 1000
"""
    assert is_per_series(code)
    assert run_on_series(code, values, {}, log=lines.append) == {
        "columns": ["feature_index", "date", "B04", "B08"],
        "index": [0, 1, 0, 1],
        "data": [
            [0, "2024-06-01T00:00:00.000Z", 1000.0, 1001.0],
            [0, "2024-06-11T00:00:00.000Z", 1002.0, 1003.0],
            [1, "2024-06-01T00:00:00.000Z", 1004.0, 1005.0],
            [1, "2024-06-11T00:00:00.000Z", 1006.0, 1007.0],
        ],
    }


@pytest.mark.parametrize(
    ("expression", "columns", "rows"),
    [
        ("123.5", ["feature_index", "0"], [[0, 123.5], [1, 123.5]]),
        ("df.sum(axis=0)", ["feature_index", "B04", "B08"], [[0, 2.0, 4.0], [1, 10.0, 12.0]]),
        ("[1, 2]", ["feature_index", "index", "0"], [[0, 0, 1], [0, 1, 2], [1, 0, 1], [1, 1, 2]]),
    ],
)
def test_results_for_each_geometry(expression, columns, rows, values, lines):
    code = f"def udf_apply_feature_dataframe(df):\n    return {expression}\n"
    found = run_on_series(code, values, {}, log=lines.append)
    assert list(map(str, found["columns"])) == columns
    assert found["data"] == rows


def test_series_as_structured_data(values, lines):
    code = """
from openeo.udf import StructuredData, UdfData

def udf_apply_udf_data(data: UdfData):
    [series] = data.get_structured_data_list()
    total = sum(sum(row) for [row] in series.data.values())
    return UdfData(structured_data_list=[StructuredData({"total": [total + data.user_context["plus"]]})])
"""
    found = run_on_series(code, values, {"plus": 1}, log=lines.append)
    assert found["data"] == [[0, "total", 7.0], [1, "total", 23.0]]


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        (
            "def f(data: UdfData):\n    data.set_feature_collection_list([])\n",
            "either features or structured data",
        ),
        (
            "def f(data: UdfData):\n    data.feature_collection_list = data.feature_collection_list * 2\n",
            "got 2",
        ),
        (
            """
def f(data: UdfData):
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    data.feature_collection_list[0].data["geometry"] = [bow, bow]
""",
            "the geometries at [0, 1] are not valid",
        ),
    ],
)
def test_results_that_will_not_do(code, wrong, lines):
    with pytest.raises(UdfFailure) as caught:
        run_on_features(code, UdfFeatures(FEATURES), {}, log=lines.append)
    assert wrong in caught.value.message
