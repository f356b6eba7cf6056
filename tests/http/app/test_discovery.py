"""Discovery: capabilities, versions, conformance."""

import re

import pytest
import requests
import yaml

from mock_backend import MockBackend
from mock_backend.api.models import Link, Links
from mock_backend.settings import AppSettings

#: Additions of the STAC API to the openEO API, which the specification recommends in its chapter on STAC.
STAC_API = {"/collections/{collection_id}/items", "/collections/{collection_id}/items/{item_id}", "/search"}


@pytest.fixture(scope="module")
def specification(shared):
    return yaml.safe_load((shared / "openeo-api" / "openapi.yaml").read_text())


def test_the_well_known_document_leads_to_the_api(anonymous, mock_backend):
    version = anonymous("GET /.well-known/openeo").json()["versions"][0]

    assert version == {"url": mock_backend.url, "api_version": "1.2.0", "production": False}
    assert anonymous(f"GET {version['url']}").json()["api_version"] == "1.2.0"


def test_capabilities_are_complete(anonymous):
    capabilities = anonymous("GET /").json()

    for member in ("api_version", "backend_version", "stac_version", "id", "title", "description", "links"):
        assert capabilities[member]
    assert capabilities["type"] == "Catalog"
    assert capabilities["production"] is False
    assert "https://api.openeo.org/1.2.0" in capabilities["conformsTo"]
    assert anonymous("GET /conformance").json()["conformsTo"] == capabilities["conformsTo"]
    assert capabilities["billing"]["default_plan"] in {
        plan["name"] for plan in capabilities["billing"]["plans"]
    }
    relations = {link["rel"] for link in capabilities["links"]}
    assert {"self", "root", "conformance", "data", "version-history"} <= relations


def test_links_of_the_capabilities_work(anonymous):
    for link in anonymous("GET /").json()["links"]:
        assert anonymous(f"GET {link['href']}").status_code == 200, link


def test_listed_endpoints_are_the_specifications(anonymous, specification):
    listed = anonymous("GET /").json()["endpoints"]

    assert "/" not in {endpoint["path"] for endpoint in listed}
    for endpoint in listed:
        if endpoint["path"] in STAC_API:
            continue
        operations = specification["paths"][endpoint["path"]]
        assert set(endpoint["methods"]) <= {method.upper() for method in operations}, endpoint["path"]


def test_listed_endpoints_are_served(api):
    for endpoint in api("GET /").json()["endpoints"]:
        path = re.sub(r"\{\w+\}", "x", endpoint["path"])
        for method in endpoint["methods"]:
            response = api(f"{method} {path}")
            assert response.status_code != 405, endpoint
            assert response.status_code != 404 or response.json()["code"] != "NotFound", endpoint


def test_settings_and_links_show():
    links = Links([Link(href="https://example.test/terms", rel="terms-of-service")])
    settings = AppSettings(title="My back-end", id="mine", currency="EUR")
    with MockBackend("https://mine.test", settings=settings, links=links) as backend:
        capabilities = requests.get(backend.url, timeout=5).json()

    assert (capabilities["title"], capabilities["id"]) == ("My back-end", "mine")
    assert capabilities["billing"]["currency"] == "EUR"
    assert {"href": "https://example.test/terms", "rel": "terms-of-service"} in capabilities["links"]


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("MOCK_BACKEND_TITLE", "From outside")

    monkeypatch.setenv("MOCK_BACKEND_RELAXED", '["unknown-band"]')
    monkeypatch.setenv("MOCK_BACKEND_RUN_UDFS", "0")
    monkeypatch.setenv("MOCK_BACKEND_MAX_LISTING", "7")

    settings = AppSettings(max_listing=8)

    assert (settings.title, settings.relaxed, settings.run_udfs) == (
        "From outside",
        {"unknown-band"},
        False,
    )
    assert settings.max_listing == 8
    assert settings.served().max_listing == 8

    monkeypatch.setenv("MOCK_BACKEND_RELAXED", "unknown-band")
    with pytest.raises(ValueError, match="MOCK_BACKEND_RELAXED must be an array of names"):
        AppSettings()


def test_the_openeo_client_reads_the_capabilities(mock_backend_connection):
    capabilities = mock_backend_connection.capabilities()

    assert capabilities.api_version() == "1.2.0"
    assert capabilities.supports_endpoint("/jobs/{job_id}/results", method="POST")
    assert [plan["name"] for plan in capabilities.list_plans()] == ["free", "premium"]
    assert capabilities.currency() == "credits"
