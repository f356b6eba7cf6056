"""Facts about files in documents: they are true of their bytes."""

import hashlib
import math
from dataclasses import replace

import pytest

from handmade import (
    DEGREES,
    GEOTIFF,
    NAMELESS,
    NIR,
    RED,
    UTM,
    asset_url,
    collection_of,
    dated,
    item_of,
    raster,
    text,
    whole_item_of,
)
from mock_backend.catalog import Band
from mock_backend.engine.cubes import Grid
from mock_backend.results.documents.assets import Asset, Product, ResultItem


class Zeros:
    """Content that is computed where it is read."""

    def __init__(self, size):
        self.size = size

    def read(self, start, stop):
        for place in range(start, stop, 1000):
            yield bytes(min(1000, stop - place))


def described(*assets):
    """The Asset Objects of files, as documents have them."""
    return collection_of(Product((ResultItem("one", assets),)))["assets"]


def only(asset):
    return described(asset)[asset.name]


def unread(name="large.tif", **more):
    """A raster that must not be read."""

    def refuse():
        raise AssertionError("the file was read")

    return replace(raster(name), **{"make": refuse, "measure": refuse, "size": 10} | more)


class TestBasics:
    def test_of_a_raster(self):
        found = only(raster("openEO.tif", title="The fields", roles=("data", "visual")))

        assert found["href"] == asset_url("openEO.tif")
        assert (found["type"], found["title"], found["roles"]) == (GEOTIFF, "The fields", ["data", "visual"])

    def test_of_a_text(self):
        content = b"date,value\n"

        assert only(text("timeseries.csv", content=content)) == {
            "href": asset_url("timeseries.csv"),
            "type": "text/csv",
            "roles": ["data"],
            "file:size": len(content),
            "file:checksum": "1220" + hashlib.sha256(content).hexdigest(),
        }


class TestBands:
    def test_everything_that_is_known(self):
        (red,) = only(raster(bands=(RED,)))["bands"]

        assert red == {
            "name": "B04",
            "description": "Red",
            "data_type": "int16",
            "nodata": -999,
            "unit": "1",
            "eo:common_name": "red",
            "eo:center_wavelength": 0.665,
            "eo:full_width_half_max": 0.038,
            "raster:scale": 0.0001,
            "raster:offset": 0.0,
            "raster:spatial_resolution": 10.0,
            "statistics": {
                "minimum": 1.0,
                "maximum": 9000.0,
                "mean": 4000.5,
                "stddev": 12.5,
                "valid_percent": 100.0,
            },
        }

    def test_what_is_not_known_is_left_out(self):
        (plain,) = only(raster(bands=(Band("x", data_type="uint8"),), measure=None))["bands"]

        assert plain == {"name": "x", "data_type": "uint8", "raster:spatial_resolution": 10.0}

    def test_values_to_be_expected_are_no_statistics(self):
        (red,) = only(raster(bands=(RED,), measure=None))["bands"]

        assert (RED.minimum, RED.maximum) == (0, 10_000)
        assert "statistics" not in red

    def test_bands_are_in_the_order_of_the_file(self):
        assert [each["name"] for each in only(raster(bands=(NIR, RED)))["bands"]] == ["B08", "B04"]

    @pytest.mark.parametrize(
        ("nodata", "written"),
        [
            (-999, -999),
            (0.0, 0),
            (0.5, 0.5),
            (math.nan, "nan"),
            (-math.inf, "-inf"),
            ("NaN", "nan"),
            ("nothing", None),
            (None, None),
        ],
    )
    def test_nodata(self, check_stac, nodata, written):
        product = Product((ResultItem("one", (raster(bands=(Band("x", nodata=nodata),)),)),))
        check_stac(collection_of(product))

        (band,) = collection_of(product)["assets"]["openEO.tif"]["bands"]

        assert band.get("nodata") == written

    @pytest.mark.parametrize(
        ("data_type", "written"),
        [("uint8", "uint8"), ("float16", "float16"), ("int64", "int64"), ("bool", "other"), ("<U3", "other")],
    )
    def test_data_types(self, data_type, written):
        (band,) = only(raster(bands=(Band("x", data_type=data_type),)))["bands"]

        assert band["data_type"] == written

    def test_a_name_that_the_extension_does_not_know_is_no_common_name(self):
        (band,) = only(raster(bands=(Band("x", common_name="ultraviolet"),)))["bands"]

        assert "eo:common_name" not in band

    def test_classes(self, check_stac):
        classes = {1: "Trees & shrubs", 2: "Wälder", 3: ""}
        (band,) = only(raster(bands=(Band("x", classes=classes),)))["bands"]

        found = {each["value"]: each["name"] for each in band["classification:classes"]}
        assert found == {1: "trees_shrubs", 2: "w_lder", 3: "class_3"}

    def test_statistics_of_one_file_are_not_told_of_another(self):
        measured = ({"mean": 1.0}, {"mean": 2.0})
        first, second = described(raster("a.tif"), raster("b.tif", measure=lambda: measured)).values()

        assert [each["statistics"]["mean"] for each in first["bands"]] == [4000.5, 4000.5]
        assert [each["statistics"] for each in second["bands"]] == [{"mean": 1.0}, {"mean": 2.0}]


class TestPlaces:
    def test_of_a_grid_with_a_number(self):
        found = only(raster(grid=UTM))

        assert found["proj:code"] == "EPSG:32632"
        assert found["proj:bbox"] == [679720, 5151080, 680680, 5151920]
        assert found["proj:shape"] == [84, 96]
        assert found["proj:transform"] == [10, 0, 679720, 0, -10, 5151920]
        # The projection extension has had no such field since its version 2.
        assert "proj:epsg" not in found

    def test_of_a_grid_without(self):
        pyproj = pytest.importorskip("pyproj")

        found = only(raster(grid=NAMELESS))

        assert "proj:code" not in found
        assert pyproj.CRS.from_wkt(found["proj:wkt2"]) == pyproj.CRS.from_user_input(NAMELESS.crs)

    @pytest.mark.parametrize(
        ("grid", "metres"),
        [
            (UTM, 10),
            (NAMELESS, 20),
            (replace(UTM, x_size=10, y_size=30), 20),
            # At 51° north a degree of longitude has 70 km.
            (DEGREES, 146),
            (Grid("EPSG:4326", 0, 0.5, 0.001, 0.001, 1000, 1000), 111),
            # US survey feet.
            (Grid("EPSG:2263", 900_000, 200_000, 100, 100, 10, 10), 30),
        ],
    )
    def test_the_resolution_is_in_metres(self, grid, metres):
        (red, _) = only(raster(grid=grid))["bands"]

        assert round(red["raster:spatial_resolution"]) == metres

    def test_an_item_tells_where_its_rasters_are(self):
        properties = item_of(dated("2024-06-01"))["properties"]

        told = {name: value for name, value in only(raster()).items() if name.startswith("proj:")}
        assert properties.items() >= told.items()

    def test_an_item_of_several_grids_does_not(self):
        item = ResultItem("two", (raster("a.tif", grid=UTM), raster("b.tif", grid=DEGREES)))

        assert not any(name.startswith("proj:") for name in item_of(item)["properties"])


class TestContent:
    def test_computed_content(self):
        found = only(Asset("zeros.bin", "application/octet-stream", lambda: Zeros(12_345)))

        assert found["file:size"] == 12_345
        assert found["file:checksum"] == "1220" + hashlib.sha256(bytes(12_345)).hexdigest()

    def test_a_file(self, tmp_path):
        path = tmp_path / "a.bin"
        path.write_bytes(b"on a disk")

        found = only(Asset("a.bin", "application/octet-stream", lambda: path))

        assert found["file:size"] == 9
        assert found["file:checksum"] == "1220" + hashlib.sha256(b"on a disk").hexdigest()

    def test_the_size_is_that_of_the_bytes_whatever_was_expected(self):
        assert only(text(content=b"abc", size=100))["file:size"] == 3

    def test_one_large_content_is_not_read_for_its_checksum(self):
        class Huge(Zeros):
            def read(self, start, stop):
                raise AssertionError("the content was read")

        found = only(Asset("huge.bin", "application/octet-stream", lambda: Huge(2 << 30)))

        assert "file:checksum" not in found

    def test_content_is_not_made_again_for_the_next_document(self):
        made, measured = [], []
        asset = raster(
            make=lambda: made.append(1) or b"x", measure=lambda: measured.append(1) or ({}, {}), size=None
        )
        first = only(asset)
        needed = len(made)

        assert only(asset) == first
        assert (len(made), len(measured)) == (needed, 1)


class TestEffort:
    """Facts that need content are told only where that costs little."""

    @pytest.mark.parametrize(
        "assets",
        [
            [unread(values=(1 << 23) + 1)],
            [unread(f"{number}.tif", values=1 << 20) for number in range(9)],
            [unread(f"{number}.tif", values=1) for number in range(101)],
            [unread(values=0, size=(1 << 26) + 1)],
        ],
        ids=["one large file", "many values", "many files", "many bytes"],
    )
    def test_what_is_left_out_of_large_documents(self, check_stac, assets):
        collection = collection_of(Product((ResultItem("one", tuple(assets)),)))

        check_stac(collection)
        for asset in assets:
            found = collection["assets"][asset.name]
            assert found["file:size"] == asset.size
            assert "file:checksum" not in found
            assert all("statistics" not in band for band in found["bands"])

    def test_an_unknown_size_is_left_out_of_them_too(self):
        assert "file:size" not in only(unread(values=1 << 24, size=None))

    def test_as_much_as_is_just_not_too_much(self):
        found = described(*(raster(f"{number}.tif", values=1 << 16) for number in range(100)))

        assert all("file:checksum" in each for each in found.values())
        assert all("statistics" in band for each in found.values() for band in each["bands"])

    def test_an_item_of_many_has_them(self):
        many = Product(tuple(dated(f"{year}-06-01") for year in range(1900, 2001)))
        name = many.items[0].assets[0].name

        assert "file:checksum" not in collection_of(many)["assets"][name]
        assert "file:checksum" not in whole_item_of(many)["assets"][name]
        assert "file:checksum" in item_of(many.items[0])["assets"][name]
