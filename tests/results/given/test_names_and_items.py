"""Names, media types and items of results that are given."""

from datetime import UTC, date, datetime

import pytest
import shapely

from mock_backend.results import File, Item, truncated

TIFF = b"II*\0\x08\0\0\0" + bytes(8)
POINT = {"type": "Point", "coordinates": [5.0, 51.0]}


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
