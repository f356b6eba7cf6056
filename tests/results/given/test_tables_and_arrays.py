"""Tables, places and arrays that are given as results."""

import json
from io import BytesIO

import geopandas
import numpy as np
import pandas as pd
import pytest

from mock_backend.results.given import ResultOrder


@pytest.mark.parametrize(
    ("asked", "name", "read"),
    [
        ("CSV", "timeseries.csv", pd.read_csv),
        ("GTiff", "timeseries.csv", pd.read_csv),
        ("JSON", "result.json", pd.read_json),
        ("Parquet", "timeseries.parquet", pd.read_parquet),
    ],
)
def test_tables(file, frame, asked, name, read):
    asset, content = file(frame, asked)

    assert asset.name == name
    found = read(BytesIO(content))
    found["date"] = found["date"].astype(str).str[:10]
    pd.testing.assert_frame_equal(found, frame)


def test_tables_keep_an_index_that_tells_something(file, frame):
    _, content = file(frame.set_index("date"), "CSV")
    _, rows = file(frame.set_index("date"), "JSON")

    assert content.decode().splitlines()[0] == "date,B04"
    assert json.loads(rows)[0] == {"date": "2024-06-01", "B04": 1.5}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("CSV", b",B04\na,1\nb,2\n"), ("JSON", b'{"a":1,"b":2}')],
)
def test_series(file, asked, expected):
    assert file(pd.Series([1, 2], index=["a", "b"], name="B04"), asked)[1] == expected


def test_series_as_parquet(file):
    _, content = file(pd.Series([1, 2]), "Parquet")

    assert pd.read_parquet(BytesIO(content))["value"].tolist() == [1, 2]


def test_parquet_has_columns_with_numbers_for_names(file):
    _, content = file(pd.DataFrame([[1, 2]]), "Parquet")

    assert pd.read_parquet(BytesIO(content)).columns.tolist() == ["0", "1"]


def test_tables_are_kept_as_they_were(file, frame):
    order = ResultOrder(frame)
    frame.loc[0, "B04"] = 99

    assert b"99" not in file(order)[1]


@pytest.fixture
def places():
    data = {"name": ["a", "b"], "when": pd.to_datetime(["2024-06-01", "2024-06-02"])}
    return geopandas.GeoDataFrame(data, geometry=geopandas.points_from_xy([5, 6], [51, 52]), crs=4326)


@pytest.mark.parametrize(
    ("asked", "name", "read"),
    [
        (None, "vectorcube.geojson", geopandas.read_file),
        ("GeoJSON", "vectorcube.geojson", geopandas.read_file),
        ("JSON", "result.json", geopandas.read_file),
        ("Parquet", "timeseries.parquet", geopandas.read_parquet),
    ],
)
def test_places(product, places, asked, name, read):
    made = product(places.to_crs(32631), asked)

    [item] = made.items
    [asset] = item.assets
    assert asset.name == name
    found = read(BytesIO(asset.content)).to_crs(4326)
    assert found["name"].tolist() == ["a", "b"]
    assert found.geometry.x.round(6).tolist() == [5, 6]
    assert [round(each, 6) for each in item.bbox] == [5, 51, 6, 52]


def test_places_as_csv(file, places):
    assert b"POINT (5 51)" in file(places, "CSV")[1]


def test_places_without_a_table(file, places):
    _, content = file(places.geometry)

    assert geopandas.read_file(BytesIO(content)).geometry.y.tolist() == [51, 52]


def test_no_places_are_around_nothing(product, places):
    [item] = product(places[:0]).items

    assert item.bbox == (5.0, 51.2, 5.1, 51.3)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.array(7), 7),
        (np.arange(4).reshape(2, 2), [[0, 1], [2, 3]]),
        (np.array(["2024-06-01"], "datetime64[D]"), ["2024-06-01"]),
        (np.array(["a"]), ["a"]),
    ],
)
def test_arrays_as_json(file, array, expected):
    asset, content = file(array, "JSON")

    assert (asset.name, json.loads(content)) == ("result.json", expected)


def test_arrays_as_they_are(file):
    asset, content = file(np.arange(3), name="a.npy")

    assert np.load(BytesIO(content)).tolist() == [0, 1, 2]
    assert asset.media_type == "application/octet-stream"
