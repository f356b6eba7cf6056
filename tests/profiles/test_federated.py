"""Hosts that offer several back-ends of production as one."""

import openeo
import pytest

from mock_backend import MockBackend

OFFERED = [
    ("openeofed.dataspace.copernicus.eu", "SENTINEL2_L2A", "cdse"),
    ("openeofed.dataspace.copernicus.eu", "TERRASCOPE_S2_NDVI_V2", "terrascope"),
    ("openeo.cloud", "SENTINEL2_L2A", "vito"),
    ("openeo.cloud", "GFM", "eodc"),
    ("openeo.cloud", "MODIS", "sentinelhub"),
]


@pytest.mark.parametrize(("host", "collection", "backend"), OFFERED)
def test_collections_tell_who_has_them(host, collection, backend):
    with MockBackend(f"https://{host}"):
        connection = openeo.connect(host)

        listing = connection.list_collections()
        assert next(each for each in listing if each["id"] == collection)["federation:backends"] == [backend]
        assert listing.ext_federation_missing() == []
        described = connection.describe_collection(collection)
        assert described["summaries"]["federation:backends"] == [backend]
        assert backend in connection.capabilities().ext_federation_backend_details()
        (ndvi,) = [each for each in connection.list_processes() if each["id"] == "ndvi"]
        assert backend in ndvi["federation:backends"]


def test_the_other_host_of_the_same_back_end_is_no_federation():
    with MockBackend("https://openeofed.dataspace.copernicus.eu"):
        single = openeo.connect("openeo.dataspace.copernicus.eu")
        federated = openeo.connect("openeofed.dataspace.copernicus.eu")

        assert "federation:backends" not in single.describe_collection("SENTINEL2_L2A")
        assert single.capabilities().ext_federation_backend_details() is None
        told = [set(each.get("/conformance").json()["conformsTo"]) for each in (single, federated)]
        assert told[1] - told[0] == {"https://api.openeo.org/extensions/federation/0.1.0"}
