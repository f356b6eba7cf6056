"""Readers of result documents: pystac, and the openeo client's reader of STAC metadata."""

import json
import logging

import openeo.metadata
import pystac
import pytest

from handmade import DEGREES, NDVI, SERIES, collection_of, dated, item_of, text, whole_item_of
from mock_backend.results.documents.assets import Product, ResultItem
from mock_backend.results.documents.stac.common_members import item_links


@pytest.fixture
def written(tmp_path):
    """Write a Collection and its Items to files, as a download would."""

    def write(product):
        collection = collection_of(product)
        links = iter([each for each in collection["links"] if each["rel"] == "item"])
        for number, item in enumerate(product.items):
            document = item_of(item, item_links(f"./{number}.json", "./collection.json"))
            (tmp_path / f"{number}.json").write_text(json.dumps(document))
            next(links)["href"] = f"./{number}.json"
        path = tmp_path / "collection.json"
        path.write_text(json.dumps(collection))
        return str(path)

    return write


class TestPystac:
    def test_walks_from_the_collection_to_its_items(self, written):
        collection = pystac.Collection.from_file(written(SERIES))
        items = list(collection.get_items())

        assert [each.id for each in items] == [each.id for each in SERIES.items]
        for item in items:
            assert item.get_collection() is collection
            assert item.get_root() is collection
            assert item.assets.keys() <= collection.assets.keys()

    def test_reads_times_and_places(self, written):
        collection = pystac.Collection.from_file(written(SERIES))

        (interval,) = collection.extent.temporal.intervals
        assert [each.isoformat() for each in interval] == [
            "2024-06-01T00:00:00+00:00",
            "2024-06-11T00:00:00+00:00",
        ]
        assert collection.extent.spatial.bboxes == [list(SERIES.items[0].bbox)]
        assert collection.extra_fields["openeo:status"] == "finished"

    def test_reads_roles_and_media_types(self):
        collection = pystac.Collection.from_dict(collection_of(SERIES))

        assert list(collection.get_assets(role="data")) == [each.assets[0].name for each in SERIES.items]
        assert list(collection.get_assets(media_type=pystac.MediaType.JSON)) == ["process.json"]

    def test_reads_what_is_to_be_expected_of_items(self):
        definitions = pystac.Collection.from_dict(collection_of(SERIES)).item_assets

        assert [each.media_type for each in definitions.values()] == [pystac.MediaType.GEOTIFF] * 3

    def test_writes_what_it_has_read(self, product):
        for document in (collection_of(product), whole_item_of(product)):
            kind = pystac.Item if document["type"] == "Feature" else pystac.Collection
            again = kind.from_dict(document, preserve_dict=True).to_dict(
                include_self_link=False, transform_hrefs=False
            )
            again["links"] = [each for each in again["links"] if each["rel"] != "root"]
            assert {"assets": {}} | again == document


class TestOpeneoClient:
    def test_reads_dimensions_and_bands_of_the_collection(self, written):
        metadata = openeo.metadata.metadata_from_stac(written(SERIES))

        # Old versions of the client put those of space first.
        assert sorted(metadata.dimension_names()) == ["bands", "t", "x", "y"]
        red, nir = metadata.bands
        assert (red.name, red.common_name, red.wavelength_um) == ("B04", "red", 0.665)
        assert (nir.name, nir.common_name, nir.wavelength_um) == ("B08", "nir", 0.842)
        assert metadata.temporal_dimension.extent == ["2024-06-01T00:00:00Z", "2024-06-11T00:00:00Z"]

    def test_reads_bands_without_a_warning(self, written, caplog):
        caplog.set_level(logging.WARNING, logger="openeo")

        openeo.metadata.metadata_from_stac(written(SERIES))

        assert caplog.records == []

    def test_reads_bands_of_an_item(self, tmp_path):
        path = tmp_path / "item.json"
        path.write_text(
            json.dumps(whole_item_of(Product((dated("2024-06-01", grid=DEGREES, bands=(NDVI,)),))))
        )

        assert openeo.metadata.metadata_from_stac(str(path)).band_names == ["ndvi"]

    def test_reads_results_without_bands(self, written):
        metadata = openeo.metadata.metadata_from_stac(written(Product((ResultItem("one", (text(),)),))))

        assert metadata.band_names == []
