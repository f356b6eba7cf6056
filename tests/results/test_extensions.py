"""Extensions of STAC, held to the classes of them that pystac has.

Those of pystac know the fields of the projection, file, timestamps, datacube and classification
extensions as they are here. No installed package can check

- ``eo`` and ``raster`` in their versions 2, which go with STAC 1.1 (pystac has the versions 1, whose
  fields are in ``eo:bands`` and ``raster:bands``): here their fields are held to the names and the
  types that these versions have;
- ``processing``, of which pystac has no class: likewise.
"""

import datetime

import pystac
from hypothesis import given, settings
from hypothesis import strategies as st
from pystac.extensions.classification import ClassificationExtension
from pystac.extensions.datacube import DatacubeExtension
from pystac.extensions.file import FileExtension
from pystac.extensions.projection import ProjectionExtension
from pystac.extensions.timestamps import TimestampsExtension

from handmade import (
    ABOUT,
    GEOTIFF,
    NAMELESS,
    NDVI,
    PRODUCTS,
    SERIES,
    UTM,
    collection_of,
    dated,
    item_of,
    raster,
    whole_item_of,
)
from mock_backend.catalog import Band
from mock_backend.engine.cubes import Grid
from mock_backend.results.documents.assets import Product, ResultItem

_SITE = "https://stac-extensions.github.io"

#: The fields of extensions that no installed package knows, by the places where they may be.
FIELDS = {
    "eo": {"eo:common_name": str, "eo:center_wavelength": float, "eo:full_width_half_max": float},
    "raster": {
        "raster:scale": (int, float),
        "raster:offset": (int, float),
        "raster:spatial_resolution": (int, float),
    },
    "processing": {
        "processing:facility": str,
        "processing:software": dict,
        "processing:expression": dict,
    },
}
VERSIONS = {
    "eo": "v2.0.0",
    "raster": "v2.0.0",
    "processing": "v1.2.0",
    "projection": "v2.0.0",
    "file": "v2.1.0",
    "datacube": "v2.2.0",
    "classification": "v2.0.0",
    "timestamps": "v1.1.0",
}
#: The names of extensions by the prefixes of their fields.
PREFIXES = {
    **{name: name for name in ("eo", "raster", "processing", "file", "classification")},
    "proj": "projection",
    "cube": "datacube",
}


def read(document):
    kind = pystac.Item if document["type"] == "Feature" else pystac.Collection
    return kind.from_dict(document)


def fields(value):
    """Yield all members of objects in a document with a prefix, and their values."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name == "processing:expression":
                yield name, each  # a process has members of its own
                continue
            if ":" in name and name.partition(":")[0] in PREFIXES:
                yield name, each
            yield from fields(each)
    elif isinstance(value, list):
        for each in value:
            yield from fields(each)


def documents(product):
    return [collection_of(product), whole_item_of(product), *map(item_of, product.items)]


def declared(document):
    return {url.removeprefix(f"{_SITE}/").split("/")[0] for url in document["stac_extensions"]}


def check_declarations(document):
    used = {PREFIXES[name.partition(":")[0]] for name, _ in fields(document)}
    assert declared(document) == used | {"timestamps"}


def check_fields(document):
    for name, value in fields(document):
        family = name.partition(":")[0]
        if family in FIELDS:
            assert isinstance(value, FIELDS[family][name]), name


class TestDeclarations:
    def test_an_extension_is_named_if_it_is_used_and_only_then(self, product):
        for document in documents(product):
            check_declarations(document)

    def test_their_versions_go_with_stac_1_1(self, product):
        for document in documents(product):
            for url in document["stac_extensions"]:
                name = url.removeprefix(f"{_SITE}/").split("/")[0]
                assert url == f"{_SITE}/{name}/{VERSIONS[name]}/schema.json"

    def test_classes(self):
        classified = raster(bands=(Band("SCL", data_type="uint8", classes={4: "Vegetation"}),))

        assert "classification" in declared(collection_of(Product((ResultItem("one", (classified,)),))))

    def test_all_are_used_by_some_product(self):
        used = set().union(*(declared(each) for product in PRODUCTS.values() for each in documents(product)))

        assert used == VERSIONS.keys() - {"classification"}


class TestFieldsThatNothingElseChecks:
    def test_names_and_types(self, product):
        for document in documents(product):
            check_fields(document)

    def test_eo_and_raster_fields_are_those_of_bands(self, product):
        for document in documents(product):
            outside = {name: value for name, value in document.items() if name != "summaries"}
            for assets in (outside.pop("assets"), outside.pop("item_assets", {})):
                for asset in assets.values():
                    own = {name: value for name, value in asset.items() if name != "bands"}
                    assert not any(name.startswith(("eo:", "raster:")) for name, _ in fields(own))
            assert not any(name.startswith(("eo:", "raster:")) for name, _ in fields(outside))

    def test_a_process_is_an_openeo_expression(self):
        (provider,) = collection_of(SERIES)["providers"]
        properties = item_of(SERIES.items[0])["properties"]

        for described in (provider, properties):
            assert described["processing:expression"] == {
                "format": "openeo",
                "expression": ABOUT.process,
            }
            assert described["processing:facility"] == "openEO mock back-end"
            assert described["processing:software"].keys() == {"openeo-mock-backend"}
        # The extension is for providers that have one of these roles.
        assert {"processor", "producer"} & set(provider["roles"])


class TestPystac:
    def test_projection(self):
        for document in documents(Product((dated("2024-06-01"),))):
            for asset in read(document).assets.values():
                projection = ProjectionExtension.ext(asset)
                assert (projection.code, projection.epsg) == ("EPSG:32632", 32632)
                assert tuple(projection.bbox) == UTM.bounds
                assert projection.shape == [UTM.rows, UTM.columns]
                assert tuple(projection.transform) == UTM.transform

    def test_projection_of_an_item(self):
        projection = ProjectionExtension.ext(read(item_of(SERIES.items[0])))

        assert (projection.code, projection.shape) == ("EPSG:32632", [84, 96])

    def test_projection_without_a_code(self):
        item = ResultItem("one", (raster(grid=NAMELESS, bands=(NDVI,)),))
        projection = ProjectionExtension.ext(read(item_of(item)).assets["openEO.tif"])

        assert projection.code is None
        assert projection.wkt2.startswith("PROJCRS[")

    def test_file(self):
        for document in documents(SERIES):
            for asset in read(document).assets.values():
                file = FileExtension.ext(asset)
                assert file.size in (2, 4)
                assert len(bytes.fromhex(file.checksum)) == 34

    def test_timestamps(self):
        for document in documents(SERIES)[1:]:
            expires = TimestampsExtension.ext(read(document)).expires
            assert expires == datetime.datetime(2024, 7, 9, 11, tzinfo=datetime.UTC)

    def test_datacube(self):
        for document in documents(SERIES)[:2]:
            dimensions = DatacubeExtension.ext(read(document)).dimensions
            assert {name: each.dim_type for name, each in dimensions.items()} == {
                "t": "temporal",
                "bands": "bands",
                "y": "spatial",
                "x": "spatial",
            }
            assert dimensions["x"].extent == [679720, 680680]

    def test_classification(self):
        classified = raster(bands=(Band("SCL", data_type="uint8", classes={4: "Vegetation", 6: "Water"}),))
        (band,) = item_of(ResultItem("one", (classified,)))["assets"]["openEO.tif"]["bands"]
        asset = pystac.Asset("x", extra_fields=band)
        item = read(item_of(SERIES.items[0]))
        ClassificationExtension.add_to(item)
        item.add_asset("SCL", asset)

        classes = ClassificationExtension.ext(asset).classes
        assert [(each.value, each.name) for each in classes] == [(4, "vegetation"), (6, "water")]

    def test_media_types(self):
        assert GEOTIFF == pystac.MediaType.GEOTIFF
        assert {each["type"] for each in collection_of(SERIES)["links"]} == {pystac.MediaType.GEOJSON}


grids = st.builds(
    Grid,
    crs=st.sampled_from(["EPSG:32632", "EPSG:3035", "EPSG:4326", "EPSG:3857"]),
    west=st.integers(-100, 100),
    north=st.integers(-50, 50),
    x_size=st.sampled_from([0.25, 1.0, 10.0]),
    y_size=st.sampled_from([0.25, 1.0, 10.0]),
    columns=st.integers(1, 10),
    rows=st.integers(1, 10),
)
some_bands = st.builds(
    Band,
    name=st.text(min_size=1),
    common_name=st.none() | st.sampled_from(["red", "nir", "made up"]),
    center=st.none() | st.floats(0.1, 15),
    data_type=st.sampled_from(["uint8", "int16", "float32", "float64", "bool"]),
    unit=st.none() | st.text(min_size=1),
    scale=st.none() | st.floats(-1, 1),
    description=st.none() | st.text(),
    offset=st.none() | st.floats(-1, 1),
    nodata=st.none() | st.floats() | st.sampled_from(["nan", "none"]),
    classes=st.none() | st.dictionaries(st.integers(), st.text(), max_size=3),
)
items = st.builds(
    lambda name, grid, bands: ResultItem(
        name,
        (raster(f"{name}.tif", grid=grid, bands=tuple(bands)),),
        bbox=(5.0, 50.0, 6.0, 51.0),
    ),
    name=st.integers(0, 1000).map(str),
    grid=grids,
    bands=st.lists(some_bands, max_size=3),
)


@settings(max_examples=25, deadline=None)  # pystac reads its schemas anew for each document
@given(st.lists(items, max_size=3, unique_by=lambda each: each.id))
def test_documents_of_any_products(check_stac, check_openeo, some):
    product = Product(tuple(some))

    check_openeo(collection_of(product))
    check_openeo(whole_item_of(product), "application/geo+json")
    for document in documents(product):
        check_stac(document)
        check_declarations(document)
        check_fields(document)
