"""Result documents as a whole: valid STAC 1.1, and what the openEO API asks for.

Held to STAC's own schemas, which pystac ships, and to the API's official document. What extensions
say is in ``test_extensions.py``.
"""

import pytest

from handmade import (
    ABOUT,
    GEOTIFF,
    SERIES,
    URL,
    as_sent,
    asset_url,
    collection_of,
    dated,
    item_of,
    item_url,
    raster,
    text,
    whole_item_of,
)
from mock_backend.results.documents.assets import Product, ResultItem
from mock_backend.results.documents.stac.common_members import item_links, results_links


def members(value):
    """All values in a document, however deep."""
    yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from members(each)


def links_of(document, relation):
    return [each for each in document["links"] if each["rel"] == relation]


class TestAll:
    def test_the_collection_is_valid(self, product, check_stac, check_openeo):
        document = collection_of(product)

        assert check_stac(document).id == ABOUT.id
        check_openeo(document)

    @pytest.mark.parametrize("media_type", ["application/geo+json", "application/json"])
    def test_the_item_is_valid(self, product, check_stac, check_openeo, media_type):
        document = whole_item_of(product)

        assert check_stac(document).id == ABOUT.id
        check_openeo(document, media_type)

    def test_items_of_the_collection_are_valid(self, product, check_stac):
        for item in product.items:
            read = check_stac(item_of(item))
            assert (read.id, read.collection_id) == (item.id, ABOUT.id)

    def test_nothing_is_null_but_the_geometry_of_what_has_no_place(self, product):
        """Validators that read the API as OpenAPI 3.1 know no other null."""
        documents = [collection_of(product), whole_item_of(product), *map(item_of, product.items)]
        for document in documents:
            document.pop("geometry", None)
            assert None not in list(members(document))

    def test_all_files_are_assets_of_the_collection_and_of_the_item(self, product):
        assert list(collection_of(product)["assets"]) == list(product.by_name)
        assert list(whole_item_of(product)["assets"]) == list(product.by_name)

    def test_a_file_is_the_same_in_all_documents(self, product):
        assets = collection_of(product)["assets"]

        assert whole_item_of(product)["assets"] == assets
        for item in product.items:
            assert item_of(item)["assets"] == {each.name: assets[each.name] for each in item.assets}


class TestAbout:
    def test_what_the_collection_tells_of_the_job(self):
        collection = collection_of(SERIES)

        told = {
            "title": "Fields",
            "description": "How green they are.",
            "created": "2024-07-02T10:00:00Z",
            "updated": "2024-07-02T11:00:00Z",
            "expires": "2024-07-09T11:00:00Z",
            "openeo:status": "finished",
            "license": "other",
        }
        assert collection.items() >= told.items()
        (provider,) = collection["providers"]
        assert (provider["name"], provider["url"]) == ("openEO mock back-end", URL)
        assert provider["roles"] == ["processor", "host"]

    @pytest.mark.parametrize("status", ["running", "canceled", "finished", "error"])
    def test_the_status_is_in_every_document(self, status, check_openeo):
        changes = {"status": status}

        assert collection_of(SERIES, **changes)["openeo:status"] == status
        for item in (whole_item_of(SERIES, **changes), item_of(SERIES.items[0], **changes)):
            assert item["properties"]["openeo:status"] == status
        check_openeo(collection_of(SERIES, **changes))

    def test_title_and_description_are_those_of_the_job_and_not_of_its_items(self):
        whole, part = whole_item_of(SERIES)["properties"], item_of(SERIES.items[0])["properties"]

        assert (whole["title"], whole["description"]) == ("Fields", "How green they are.")
        assert not {"title", "description"} & part.keys()

    @pytest.mark.parametrize("missing", [None, ""])
    def test_a_job_without_texts(self, check_stac, missing):
        collection = collection_of(SERIES, title=missing, description=missing)

        check_stac(collection)
        assert "title" not in collection
        assert ABOUT.id in collection["description"]

    def test_a_job_of_which_little_is_known(self, check_stac, check_openeo):
        little = {"process": None, "provider": None, "provider_url": None}
        collection = collection_of(SERIES, **little)

        check_stac(collection)
        check_openeo(collection)
        assert "providers" not in collection
        assert not any("processing" in url for url in collection["stac_extensions"])


class TestLinks:
    def test_the_collection_links_to_its_items(self):
        assert links_of(collection_of(SERIES), "item") == [
            {"rel": "item", "href": item_url(each.id), "type": "application/geo+json", "title": each.id}
            for each in SERIES.items
        ]

    @pytest.mark.parametrize(
        ("make", "media_type"),
        [(collection_of, "application/json"), (whole_item_of, "application/geo+json")],
    )
    def test_documents_of_all_results_link_to_themselves(self, make, media_type):
        links = results_links(f"{URL}/jobs/1/results", f"{URL}/signed", media_type=media_type)

        document = make(SERIES, links=links)

        assert links_of(document, "self") == [
            {"rel": "self", "href": f"{URL}/jobs/1/results", "type": media_type}
        ]
        assert links_of(document, "canonical") == [
            {"rel": "canonical", "href": f"{URL}/signed", "type": media_type}
        ]

    def test_an_item_links_to_itself_and_to_its_collection(self):
        item = item_of(SERIES.items[0], links=item_links(f"{URL}/item", f"{URL}/collection"))

        found = {each["rel"]: (each["href"], each["type"]) for each in item["links"]}
        own, collection = (f"{URL}/item", "application/geo+json"), (f"{URL}/collection", "application/json")
        assert found == {
            "self": own,
            "canonical": own,
            "root": collection,
            "parent": collection,
            "collection": collection,
        }

    def test_the_one_item_belongs_to_no_collection(self):
        assert "collection" not in whole_item_of(SERIES)


class TestPlaceAndTime:
    def test_of_a_series(self):
        collection, item = collection_of(SERIES), whole_item_of(SERIES)
        box = list(SERIES.items[0].bbox)

        assert collection["extent"] == {
            "spatial": {"bbox": [box]},
            "temporal": {"interval": [["2024-06-01T00:00:00Z", "2024-06-11T00:00:00Z"]]},
        }
        assert item["bbox"] == box
        assert item["properties"]["datetime"] == item["properties"]["start_datetime"]
        assert item["properties"]["end_datetime"] == "2024-06-11T00:00:00Z"

    def test_of_one_date(self):
        properties = item_of(SERIES.items[1])["properties"]

        assert properties["datetime"] == "2024-06-06T00:00:00Z"
        assert "start_datetime" not in properties

    def test_results_without_either_were_made_sometime_and_may_be_anywhere(self):
        product = Product((ResultItem("text", (text(),)),))

        assert collection_of(product)["extent"] == {
            "spatial": {"bbox": [[-180, -90, 180, 90]]},
            "temporal": {"interval": [["2024-07-02T10:00:00Z", "2024-07-02T10:00:00Z"]]},
        }
        for item in (whole_item_of(product), item_of(product.items[0])):
            assert item["geometry"] is None
            assert "bbox" not in item
            assert item["properties"]["datetime"] == "2024-07-02T10:00:00Z"

    def test_items_without_a_place_or_time_do_not_count_for_the_others(self):
        with_text = Product((*SERIES.items, ResultItem("text", (text(),))))

        assert collection_of(with_text)["extent"] == collection_of(SERIES)["extent"]


class TestItems:
    def test_properties_of_an_item(self, check_stac):
        item = ResultItem("mine", (text(),), properties={"eo:cloud_cover": 12, "platform": "mine-1"})

        for document in (item_of(item), whole_item_of(Product((item,)))):
            check_stac(document)
            assert document["properties"].items() >= {"eo:cloud_cover": 12, "platform": "mine-1"}.items()
            assert any("/eo/" in url for url in document["stac_extensions"])

    def test_what_is_to_be_expected_of_items(self, check_stac):
        definitions = collection_of(SERIES)["item_assets"]

        assert list(definitions) == [item.assets[0].name for item in SERIES.items]
        for definition in definitions.values():
            assert (definition["type"], definition["roles"]) == (GEOTIFF, ["data"])
            assert [each["name"] for each in definition["bands"]] == ["B04", "B08"]
            assert all("statistics" not in each for each in definition["bands"])

    def test_many_files_have_no_definitions(self):
        many = Product(tuple(dated(f"{year}-06-01") for year in range(1900, 2001)))

        assert "item_assets" not in collection_of(many)
        assert "item_assets" in collection_of(Product(many.items[1:]))

    def test_a_file_of_which_only_its_type_is_known(self, check_stac):
        check_stac(collection_of(Product((ResultItem("one", (text(roles=()),)),))))

    def test_files_beside_the_items_are_no_part_of_them(self):
        assert "process.json" in collection_of(SERIES)["assets"]
        assert "process.json" not in collection_of(SERIES)["item_assets"]


class TestSummaries:
    def test_bands_and_coordinate_systems(self):
        summaries = collection_of(SERIES)["summaries"]

        assert [each["name"] for each in summaries["bands"]] == ["B04", "B08"]
        assert summaries["proj:code"] == ["EPSG:32632"]

    def test_of_files_with_a_band_each(self):
        red, nir = (raster(f"{each.name}.tif", bands=(each,)) for each in raster().bands)
        both = Product((ResultItem("one", (red, nir)), ResultItem("two", (raster(),))))

        assert [each["name"] for each in collection_of(both)["summaries"]["bands"]] == ["B04", "B08"]

    def test_there_are_none_without_rasters(self):
        assert "summaries" not in collection_of(Product((ResultItem("text", (text(),)),)))


def test_documents_are_json(product):
    """Facts are shared inside a document, and numbers like NaN are not in it."""
    for document in (collection_of(product), whole_item_of(product)):
        assert as_sent(document) == document


def test_the_hrefs_are_those_that_were_asked_for():
    hrefs = {name: each["href"] for name, each in collection_of(SERIES)["assets"].items()}

    assert hrefs == {name: asset_url(name) for name in SERIES.by_name}
