"""Bytes, texts, JSON, files and folders that are given as results."""

import json
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import shapely

from mock_backend.errors import OpenEOError
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


#: A content, the format of a job, and the name and media type of its file.
BYTES = [
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
]


def test_bytes_are_called_after_what_they_are_or_else_after_what_the_job_asked_for(file, example):
    for content, asked, name, media_type in BYTES:
        with example(content, asked):
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

    assert file(order)[1] == b"abc"


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

    assert json.loads(file(order)[1]) == {"a": [1]}


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

    assert file(order)[1] == b"a\n1\n"


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
