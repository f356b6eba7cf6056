"""Kinds of results, and their files."""

import json
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from mock_backend.errors import OpenEOError
from mock_backend.results import File, Item, truncated
from mock_backend.results.given import ResultOrder

TIFF = b"II*\0\x08\0\0\0" + bytes(8)
POINT = {"type": "Point", "coordinates": [5.0, 51.0]}
FEATURES = {
    "type": "FeatureCollection",
    "features": [{"type": "Feature", "geometry": POINT, "properties": {}}],
}


class Pair(NamedTuple):
    first: int
    second: int


@pytest.mark.parametrize(
    ("content", "asked", "name", "media_type"),
    [
        (TIFF, None, "openEO.tif", "image/tiff; application=geotiff"),
        (TIFF, "netCDF", "openEO.tif", "image/tiff; application=geotiff"),
        (b"\x89HDF\r\n\x1a\n....", None, "openEO.nc", "application/x-netcdf"),
        (b"CDF\x01....", "GTiff", "openEO.nc", "application/x-netcdf"),
        (b"\x89PNG\r\n\x1a\n....", "GTiff", "openEO.png", "image/png"),
        (b"\xff\xd8\xff....", None, "openEO.jpg", "image/jpeg"),
        (bytes(257) + b"ustar", "CSV", "result.tar", "application/x-tar"),
        (b"\x1f\x8b....", None, "result.gz", "application/gzip"),
        (b"PAR1....", "CSV", "timeseries.parquet", "application/vnd.apache.parquet"),
        (b"PK\x03\x04....", None, "result.zip", "application/zip"),
        (b"PK\x03\x04....", "ZARR", "openEO.zarr.zip", "application/zip"),
        (b'{"a": 1}', "GTiff", "result.json", "application/json"),
        (json.dumps(FEATURES).encode(), "GTiff", "vectorcube.geojson", "application/geo+json"),
        (json.dumps(FEATURES).encode(), "JSON", "result.json", "application/json"),
        (b"TIFF-DUMMY-DATA", "gtiff", "openEO.tif", "image/tiff; application=geotiff"),
        (b"date,B04\n2024-06-01,1\n", "CSV", "timeseries.csv", "text/csv"),
        (b"{no JSON", "JSON", "result.json", "application/json"),
        (b"hello", None, "result.txt", "text/plain"),
        (b"\0\x01\xff", None, "result.bin", "application/octet-stream"),
        (b"hello", "my own format", "result.txt", "text/plain"),
        (b"", "PNG", "openEO.png", "image/png"),
    ],
)
def test_bytes_are_called_after_what_they_are_or_else_after_what_the_job_asked_for(
    file, content, asked, name, media_type
):
    asset, written = file(content, asked)

    assert (asset.name, asset.media_type) == (name, media_type)
    assert written == content
    assert asset.length == asset.size == len(content)


def test_texts_are_utf_8(file):
    assert file("grün")[1] == "grün".encode()


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_what_is_like_bytes_is_kept_as_it_was(file, kind):
    source = bytearray(b"abc")
    order = ResultOrder(kind(source))
    source[:] = b"xyz"

    assert file(File(order.given.file))[1] == b"abc"


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        5,
        0.1,
        {"a": [1, None, "ä"]},
        [1, 2],
        [],
        {},
        {"type": "Feature"},
        {"type": ["unhashable"]},
    ],
)
def test_json(file, value):
    asset, content = file(value, "GTiff")

    assert (asset.name, asset.media_type) == ("result.json", "application/json")
    assert json.loads(content) == value


def test_json_has_numbers_of_numpy_and_dates_inside(file):
    _, content = file(
        {"mean": np.float32(0.5), "counts": np.arange(3), "day": date(2024, 6, 1), "pair": Pair(1, 2)}
    )

    assert json.loads(content) == {"mean": 0.5, "counts": [0, 1, 2], "day": "2024-06-01", "pair": [1, 2]}


def test_json_is_kept_as_it_was(file, product):
    value = {"a": [1]}
    order = ResultOrder(value)
    value["a"].append(2)

    assert json.loads(file(order.given.file)[1]) == {"a": [1]}


@pytest.mark.parametrize("value", [FEATURES, POINT, FEATURES["features"][0], shapely.Point(5, 51)])
def test_geojson(product, value):
    made = product(value)

    [item] = made.items
    assert [(each.name, each.media_type) for each in item.assets] == [
        ("vectorcube.geojson", "application/geo+json")
    ]
    assert json.loads(item.assets[0].content)["type"] in ("FeatureCollection", "Feature", "Point")
    assert item.bbox == (5, 51, 5, 51)


def test_a_file(file, tmp_path):
    path = tmp_path / "my june.tiff"
    path.write_bytes(TIFF)

    asset, content = file(path, "netCDF")

    assert (asset.name, asset.media_type) == ("my june.tiff", "image/tiff; application=geotiff")
    assert content == TIFF
    assert asset.content == path


def test_relative_paths_mean_where_the_test_was_when_it_gave_them(file, tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("a\n1\n")
    monkeypatch.chdir(tmp_path)
    order = ResultOrder(Path("a.csv"))
    monkeypatch.chdir("/")

    assert file(order.given.file)[1] == b"a\n1\n"


def test_a_file_is_read_when_it_is_wanted(product, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a\n")
    [asset] = product(path).by_name.values()
    before = asset.checksum, asset.length
    path.write_text("a\n1\n")

    assert asset.content.read_bytes() == b"a\n1\n"
    assert asset.length == 4
    assert asset.checksum != before[0]


def test_a_file_that_has_vanished_stays_listed(product, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a\n")
    [asset] = product(path).by_name.values()
    path.unlink()

    with pytest.raises(OpenEOError, match=r"a\.csv, which set_result\(\) was given, is not there") as caught:
        _ = asset.content
    assert caught.value.openeo_code == "FileNotFound"
    assert (asset.name, asset.length, asset.checksum) == ("a.csv", None, None)


def test_all_files_of_a_folder(product, tmp_path):
    (tmp_path / "inner").mkdir()
    for name in ("b.tif", "a.csv", "inner/c.json", ".hidden", "Thumbs.db"):
        (tmp_path / name).write_bytes(name.encode())

    made = product(tmp_path)

    [item] = made.items
    assert [(each.name, each.content.read_bytes()) for each in item.assets] == [
        ("a.csv", b"a.csv"),
        ("b.tif", b"b.tif"),
        ("inner/c.json", b"inner/c.json"),
    ]
    assert item.bbox == (5.0, 51.2, 5.1, 51.3)


def test_a_folder_that_has_vanished(product, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.csv").touch()
    order = ResultOrder(folder)
    (folder / "a.csv").unlink()

    with pytest.raises(OpenEOError, match=r"The result folder .*data has no files"):
        product(lambda: folder)
    with pytest.raises(OpenEOError, match=r"The result folder .*data has no files"):
        order.given.product(None)


@pytest.fixture
def frame():
    return pd.DataFrame({"date": ["2024-06-01", "2024-06-11"], "B04": [1.5, 2.5]})


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

    assert b"99" not in file(order.given.file)[1]


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


def test_names_and_media_types_can_be_said(file):
    asset, _ = file(b"abc", "GTiff", name="x/y.csv")
    assert (asset.name, asset.media_type) == ("x/y.csv", "text/csv")

    asset, _ = file(b"abc", "GTiff", media_type="application/json; charset=utf-8")
    assert (asset.name, asset.media_type) == ("result.json", "application/json; charset=utf-8")

    asset, _ = file(b"abc", media_type="application/pdf")
    assert asset.name == "result.pdf"

    asset, _ = file(b"abc", media_type="application/x-own")
    assert (asset.name, asset.media_type) == ("result.txt", "application/x-own")

    asset, _ = file(b"abc", name="x.tif", media_type="application/x-own")
    assert (asset.name, asset.media_type) == ("x.tif", "application/x-own")


def test_names_decide_how_objects_are_written(file, frame):
    assert file(frame, "CSV", name="x.json")[1].startswith(b"[{")
    assert file(frame, "Parquet", name="table")[1].startswith(b"PAR1")
    assert file(frame, media_type="application/json")[1].startswith(b"[{")


def test_names_begin_as_the_job_asks(file):
    assert file(TIFF, "GTiff", options={"filename_prefix": "june"})[0].name == "june.tif"
    assert file(TIFF, "GTiff", options={"filename_prefix": "../june"})[0].name == "june.tif"
    assert file(TIFF, "GTiff", name="own.tif", options={"filename_prefix": "june"})[0].name == "own.tif"


def test_what_is_told_of_a_file(file):
    told = File(b"abc", name="a.csv", title="A table", roles=["data", "stats"])

    asset, _ = file(told)

    assert (asset.title, asset.roles) == ("A table", ("data", "stats"))
    assert file(File(told, name="b.csv"))[0].name == "b.csv"
    assert file(File(told, name="b.csv"))[0].title == "A table"


def test_without_more_a_result_is_where_and_when_the_job_asks(product):
    [item] = product(b"abc").items

    assert item.id == "result"
    assert item.bbox == (5.0, 51.2, 5.1, 51.3)
    assert item.interval == ("2024-06-01T00:00:00Z", "2024-07-01T00:00:00Z")


def test_several_files(product, tmp_path, frame):
    path = tmp_path / "june.tif"
    path.write_bytes(TIFF)

    made = product(Item({"a.tif": path, "b.csv": frame, "note": "text", "c.json": {"a": 1}}), "JSON")

    [item] = made.items
    assert item.id == "a"
    assert {each.name: each.media_type for each in item.assets} == {
        "a.tif": "image/tiff; application=geotiff",
        "b.csv": "text/csv",
        "note": "application/json",
        "c.json": "application/json",
    }


def test_a_list_of_paths(product, tmp_path):
    paths = [tmp_path / name for name in ("b.tif", "a.tif")]
    for path in paths:
        path.write_bytes(TIFF)

    assert list(product([*paths, File(b"", name="c.tif")]).by_name) == ["b.tif", "a.tif", "c.tif"]


@pytest.mark.parametrize("way", [lambda it: it, lambda it: [it], lambda it: {"a.tif": it}, File, truncated])
def test_items_of_one_file(product, tmp_path, way):
    path = tmp_path / "a.tif"
    path.write_bytes(TIFF)

    made = product(Item(way(path), datetime="2024-06-01"))

    [item] = made.items
    assert (item.id, [each.name for each in item.assets]) == ("a", ["a.tif"])
    assert item.interval == ("2024-06-01T00:00:00Z", "2024-06-01T00:00:00Z")


def test_items_of_folders(product, tmp_path):
    for name in ("a.tif", "b.tif"):
        (tmp_path / name).write_bytes(TIFF)

    assert list(product([Item(tmp_path, id="all")]).by_name) == ["a.tif", "b.tif"]


def test_several_items(product):
    made = product(
        [
            Item(
                {"a.tif": TIFF}, datetime="2024-06-01", bbox=[5, 51, 6, 52], properties={"eo:cloud_cover": 7}
            ),
            Item({"b.tif": TIFF}, id="second", datetime=datetime(2024, 6, 2, 10, tzinfo=UTC), geometry=POINT),
            Item({"x/a.tif": TIFF}, datetime=("2024-06-03", None), geometry=shapely.Point(5, 51)),
            Item({"c/a.tif": TIFF}, id="second", datetime=date(2024, 6, 4)),
        ]
    )

    assert [each.id for each in made.items] == ["a", "second", "x/a", "second_2"]
    assert [each.interval for each in made.items] == [
        ("2024-06-01T00:00:00Z", "2024-06-01T00:00:00Z"),
        ("2024-06-02T10:00:00Z", "2024-06-02T10:00:00Z"),
        ("2024-06-03T00:00:00Z", None),
        ("2024-06-04T00:00:00Z", "2024-06-04T00:00:00Z"),
    ]
    assert [each.bbox for each in made.items] == [
        (5, 51, 6, 52),
        (5, 51, 5, 51),
        (5, 51, 5, 51),
        (5.0, 51.2, 5.1, 51.3),
    ]
    assert [each.geometry for each in made.items][:3] == [None, POINT, POINT]
    assert made.items[0].properties == {"eo:cloud_cover": 7}
