"""The listing of collections, and each collection in full."""

import copy

import jsonschema
import pytest
import yaml

from mock_backend import MockBackend
from mock_backend.catalog import Collection, CollectionsRegister, bands_of
from mock_backend.settings import AppSettings

DATACUBE = "https://stac-extensions.github.io/datacube/v2.2.0/schema.json"
VERSION = "https://stac-extensions.github.io/version/v1.2.0/schema.json"


@pytest.fixture(scope="module")
def collection_schema(shared):
    """The specification's schema, read as OpenAPI 3.1: ``nullable`` means nothing in it."""
    document = yaml.safe_load((shared / "openeo-api" / "openapi.yaml").read_text())
    components = copy.deepcopy(document["components"])
    # Extents are the one place where null is a value, and there the document says so.
    instants = components["schemas"]["dimension_temporal"]["allOf"][1]["properties"]["extent"]["items"]
    interval = components["schemas"]["collection"]["properties"]["extent"]["properties"]["temporal"]
    for node in (instants, interval["properties"]["interval"]["items"]["items"]):
        assert node.pop("nullable")
        node["type"] = ["string", "null"]
    return {"$ref": "#/components/schemas/collection", "components": components}


def dimension_schema(collection_schema, dimension):
    name = {"spatial": "spatial_horizontal"}.get(dimension["type"], dimension["type"])
    return collection_schema | {"$ref": f"#/components/schemas/dimension_{name}"}


def null_members(value, path=""):
    """Yield where an object has a member that is null; elements of arrays do not count."""
    if isinstance(value, dict):
        for name, each in value.items():
            if each is None:
                yield f"{path}.{name}"
            yield from null_members(each, f"{path}.{name}")
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from null_members(each, f"{path}[{place}]")


def test_all_collections_are_listed_without_a_limit(anonymous, default_ids, own_ids):
    answer = anonymous("GET /collections").json()

    assert [each["id"] for each in answer["collections"]] == default_ids
    assert default_ids[: len(own_ids)] == own_ids
    assert {each["rel"] for each in answer["links"]} == {"self", "root"}


def test_open_extents_can_end_with_the_present_day(api_of):
    with MockBackend(settings=AppSettings(closed_extents=True)) as backend:
        backend.add_collection("OPEN", temporal_extent=[None, None])
        backend.add_collection("FUTURE", temporal_extent=["2100-01-01", None])
        api = api_of(backend)
        listed = {each["id"]: each for each in api("GET /collections").json()["collections"]}
        full = {name: api(f"GET /collections/{name}").json() for name in listed}

        [interval] = full["SENTINEL2_L2A"]["extent"]["temporal"]["interval"]
        assert interval[1] == "2025-06-01T23:59:59Z"
        for name, collection in full.items():
            [interval] = collection["extent"]["temporal"]["interval"]
            assert listed[name]["extent"] == collection["extent"]
            assert None not in interval
            for dimension in collection["cube:dimensions"].values():
                if dimension["type"] == "temporal":
                    assert dimension["extent"] == interval
        assert full["OPEN"]["extent"]["temporal"]["interval"][0][0] == "1970-01-01T00:00:00Z"
        assert full["FUTURE"]["extent"]["temporal"]["interval"][0] == ["2100-01-01T00:00:00Z"] * 2

        # Tomorrow there are more items; whatever looks at the collection from inside sees no end at all.
        backend.clock.advance(days=1)
        later = api("GET /collections/OPEN").json()
        assert later["extent"]["temporal"]["interval"][0][1] == "2025-06-02T23:59:59Z"
        assert backend.add_collection("MORE", temporal_extent=["2024-01-01", None]).coverage.until is None


@pytest.mark.parametrize("limit", [4, 11, 12, 104, 100_000])
def test_pages_together_are_the_listing(anonymous, limit, pages, default_ids):
    found = list(pages(anonymous, f"/collections?limit={limit}"))

    assert [each["id"] for page in found for each in page["collections"]] == default_ids
    assert all(len(page["collections"]) <= limit for page in found)


def test_pages_lead_to_each_other(anonymous, link, default_ids):
    first = anonymous("GET /collections?limit=4").json()
    second = anonymous(f"GET {link(first, 'next')}").json()
    last = anonymous(f"GET {link(first, 'last')}").json()

    assert link(first, "prev") is None
    assert link(first, "first") is None
    assert anonymous(f"GET {link(second, 'prev')}").json() == first
    assert anonymous(f"GET {link(last, 'first')}").json() == first
    assert anonymous(f"GET {link(second, 'self')}").json() == second
    assert [each["id"] for each in last["collections"]] == default_ids[(len(default_ids) - 1) // 4 * 4 :]
    assert link(last, "next") is None
    assert link(last, "last") is None


def test_an_empty_limit_is_none(anonymous, default_ids):
    assert len(anonymous("GET /collections?limit=").json()["collections"]) == len(default_ids)


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "limit=1.5"])
def test_bad_limits(anonymous, assert_error, query):
    assert_error(anonymous(f"GET /collections?{query}"), 400, "RequestInvalid", "limit")


def test_the_page_before_one_beyond_the_end_is_the_last_one(anonymous, link, default_ids):
    beyond = anonymous("GET /collections?limit=2&offset=1000").json()
    before = anonymous("GET " + link(beyond, "prev")).json()

    assert beyond["collections"] == []
    assert [each["id"] for each in before["collections"]] == default_ids[-2:]


@pytest.mark.parametrize("offset", ["-1", "x"])
def test_bad_offsets(anonymous, assert_error, offset):
    assert_error(anonymous(f"GET /collections?limit=2&offset={offset}"), 400, "RequestInvalid", "offset")


def test_the_listing_has_the_basic_facts_only(anonymous, full):
    listed = anonymous("GET /collections").json()["collections"]
    summary = next(each for each in listed if each["id"] == full["id"])

    assert not {"cube:dimensions", "summaries"} & summary.keys()
    # A schema of an extension may insist on its fields.
    assert DATACUBE not in summary["stac_extensions"]
    for member in summary.keys() - {"stac_extensions"}:
        assert summary[member] == full[member], member


def test_collections_are_valid_stac(full, read_by_pystac):
    collection = read_by_pystac(full)

    assert collection.extent.spatial.bboxes
    assert collection.providers[-1].roles == ["host"]


def test_collections_are_what_the_specification_says(full, collection_schema):
    jsonschema.Draft7Validator(collection_schema).validate(full)
    for dimension in full["cube:dimensions"].values():
        jsonschema.Draft7Validator(dimension_schema(collection_schema, dimension)).validate(dimension)
    assert list(null_members(full)) == []


def test_collections_have_what_clients_rely_on(full, link):
    dimensions = full["cube:dimensions"]

    assert (dimensions["x"]["axis"], dimensions["y"]["axis"]) == ("x", "y")
    assert dimensions["x"]["reference_system"] == 4326
    assert dimensions["bands"]["values"] == [band["name"] for band in full["summaries"]["eo:bands"]]
    assert dimensions["bands"]["values"] == [band["name"] for band in full["summaries"]["raster:bands"]]
    assert DATACUBE in full["stac_extensions"]
    assert ("version" in full) == (VERSION in full["stac_extensions"])
    assert full["license"] != "proprietary" or link(full, "license")
    assert full["keywords"]
    assert full["providers"]
    fields = {name.partition(":")[0] for name in (*full, *full["summaries"]) if ":" in name}
    prefixes = {"cube": "datacube", "proj": "projection"}
    for each in fields:
        assert any(f"/{prefixes.get(each, each)}/" in url for url in full["stac_extensions"]), each


def test_links_of_collections_work(anonymous, full):
    kinds = {}
    for each in full["links"]:
        if each["rel"] == "license":
            continue
        response = anonymous(f"GET {each['href']}")
        assert response.status_code == 200, each
        assert response.headers["Content-Type"] == each["type"]
        kinds[each["rel"]] = each["type"]

    assert kinds == {
        "self": "application/json",
        "root": "application/json",
        "parent": "application/json",
        "items": "application/geo+json",
        "http://www.opengis.net/def/rel/ogc/1.0/queryables": "application/schema+json",
    }


def test_bands_tell_what_their_values_are(full):
    for band in bands_of(full):
        assert band.minimum is not None, band.name
        assert band.maximum > band.minimum
        assert band.nodata is not None
        assert band.gsd > 0
        if isinstance(band.nodata, int | float) and band.data_type.startswith(("u", "int")):
            signed = band.data_type.startswith("int")
            bits = int(band.data_type.lstrip("uint"))
            low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
            assert low <= band.nodata <= high
            assert low <= band.minimum
            assert band.maximum <= high


def test_bands_are_read_back_as_they_were_written():
    for collection in CollectionsRegister().collections().values():
        assert bands_of(collection.metadata) == tuple(collection.bands), collection.id


def test_bands_have_other_names(anonymous):
    """A graph may use them, see the tests of profiles."""
    bands = anonymous("GET /collections/TERRASCOPE_S2_TOC_V2").json()["summaries"]["eo:bands"]

    assert bands[3]["name"] == "B04"
    assert bands[3]["aliases"] == ["TOC-B04_10M"]


def test_bands_of_stac_1_1_are_read_too():
    band = {
        "name": "B1",
        "data_type": "int16",
        "nodata": -1,
        "statistics": {"minimum": 0, "maximum": 9},
        "eo:common_name": "red",
        "raster:scale": 0.1,
    }
    (found,) = bands_of({"bands": [band]})

    assert (found.name, found.common_name, found.scale, found.nodata) == ("B1", "red", 0.1, -1)
    assert (found.minimum, found.maximum, found.data_type) == (0, 9, "int16")


def test_raster_bands_without_names_are_in_the_order_of_the_others():
    summaries = {
        "eo:bands": [{"name": "B1", "common_name": "red"}, {"name": "B2"}],
        "raster:bands": [{"nodata": 1}, {"nodata": 2}, {"nodata": 3}],
    }

    assert [(band.name, band.nodata) for band in bands_of({"summaries": summaries})] == [("B1", 1), ("B2", 2)]


@pytest.mark.mock_backend(profile="spec")
def test_a_collection_without_time_has_no_time_dimension(anonymous):
    dem = anonymous("GET /collections/COPERNICUS_30").json()

    assert "t" not in dem["cube:dimensions"]
    assert dem["extent"]["temporal"]["interval"] == [["2010-12-12T00:00:00Z", "2015-01-07T23:59:59Z"]]
    assert "t" in anonymous("GET /collections/SENTINEL2_L2A").json()["cube:dimensions"]


def test_the_first_band_of_the_official_conformance_suite(anonymous):
    ssm = anonymous("GET /collections/CGLS_SSM_1KM").json()

    assert {"ssm", "B01"} <= set(ssm["cube:dimensions"]["bands"]["values"])


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("SENTINEL2_L2B", "SENTINEL2_L2A"), ("sentinel2_l2a", "SENTINEL2_L2A"), ("AGERA", "AGERA5")],
)
def test_unknown_collections(anonymous, assert_error, wrong, right):
    for path in ("", "/queryables", "/items", "/items/x"):
        answer = anonymous(f"GET /collections/{wrong}{path}")
        assert_error(answer, 404, "CollectionNotFound", wrong, f"Did you mean '{right}'")


def test_the_openeo_client_reads_collections(mock_backend_connection, default_ids):
    cube = mock_backend_connection.load_collection("SENTINEL2_L2A")

    assert cube.metadata.band_names[3] == "B04"
    assert cube.metadata.band_common_names[3] == "red"
    assert cube.metadata.bands[3].wavelength_um == 0.665
    assert mock_backend_connection.list_collection_ids() == default_ids
    assert mock_backend_connection.describe_collection("AGERA5")["cube:dimensions"]["t"]["step"] == "P1D"


def test_what_is_found_is_shared_and_knows_no_request(default_ids):
    register = CollectionsRegister()
    found = register.find("SENTINEL2_L2A")

    assert found is register.find("SENTINEL2_L2A")
    assert found is CollectionsRegister().find("SENTINEL2_L2A")
    assert [each["rel"] for each in found["links"]] == ["license"]
    assert register.find("nothing") is None
    assert register.ids() == default_ids


def test_a_register_may_have_other_collections(api_of):
    class Mine(CollectionsRegister):
        def collections(self):
            return {
                "MINE": Collection(id="MINE", title="Mine", description="Mine.", since="2020-01-01T00:00:00Z")
            }

    with MockBackend("https://mine.test", registers=[Mine]) as backend:
        backend.add_collection("MORE")
        listed = api_of(backend)("GET /collections").json()["collections"]
        assert [each["id"] for each in listed] == ["MINE", "MORE"]


def test_a_deprecated_collection_leads_to_the_better_one(api_of, link):
    with MockBackend("https://old.test") as backend:
        backend.add_collection("OLD", version="0.9", replaced_by="SENTINEL2_L2A")
        old = api_of(backend)("GET /collections/OLD").json()

    assert (old["deprecated"], old["version"]) == (True, "0.9")
    assert VERSION in old["stac_extensions"]
    assert link(old, "latest-version") == "https://old.test/collections/SENTINEL2_L2A"
