"""Helpers for tests of the catalogue."""

import copy

import pystac
import pytest
from pystac.serialization import identify_stac_object, migrate_to_latest
from pystac.validation import validate_dict

from mock_backend.catalog import CollectionsRegister

#: The collections of our own, which come first.
IDS = [
    "SENTINEL2_L2A",
    "SENTINEL2_L1C",
    "SENTINEL1_GRD",
    "SENTINEL3_OLCI_L1B",
    "SENTINEL3_SLSTR_L2_LST",
    "SENTINEL_5P_L2",
    "LANDSAT8-9_C2_L2",
    "COPERNICUS_30",
    "AGERA5",
    "ESA_WORLDCOVER_10M_2021_V2",
    "CGLS_SSM_1KM",
]


@pytest.fixture(params=IDS)
def collection_id(request):
    return request.param


@pytest.fixture
def full(anonymous, collection_id):
    """A collection's full metadata."""
    return anonymous(f"GET /collections/{collection_id}").json()


@pytest.fixture
def own_ids():
    return list(IDS)


@pytest.fixture
def default_ids():
    """The ids of all collections that a back-end starts with, in their order."""
    return CollectionsRegister().ids()


@pytest.fixture
def link():
    """Return the target of a document's only link of a relation; None if it has none."""

    def find(document, relation):
        found = [each["href"] for each in document["links"] if each["rel"] == relation]
        assert len(found) < 2, found
        return found[0] if found else None

    return find


@pytest.fixture
def pages():
    """Yield the pages of a listing, by its links to the next one."""

    def follow(api, path, *, body=None):
        route, options = f"GET {path}", {}
        if body is not None:
            route, options = f"POST {path}", {"json": body}
        for _ in range(50):
            response = api(route, **options)
            assert response.status_code == 200, response.text
            page = response.json()
            yield page
            following = [each for each in page["links"] if each["rel"] == "next"]
            if not following:
                return
            method = following[0].get("method", "GET")
            route = f"{method} {following[0]['href']}"
            options = {"json": following[0]["body"]} if method == "POST" else {}
        raise AssertionError("there is no end to these pages")

    return follow


@pytest.fixture
def read_by_pystac():
    """Have a document checked and read by pystac, without a look at the network."""

    def read(document):
        # pystac has the schema of its own version of STAC only; and no extension's is on this machine.
        latest = migrate_to_latest(copy.deepcopy(document), identify_stac_object(document))
        validate_dict(latest | {"stac_extensions": []})
        kind = pystac.Item if document["type"] == "Feature" else pystac.Collection
        return kind.from_dict(document)

    return read
