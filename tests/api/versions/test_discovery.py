"""Discovery with API 1.3, which tells more than 1.2."""

from urllib.parse import parse_qs, urlsplit

import openeo
import pytest
import requests
from openeo.rest.auth.oidc import OidcException

from mock_backend import MockBackend
from mock_backend.processes.definitions.predefined import RELEASE


def parameters_of(api):
    formats = api("GET /file_formats").json()
    types = api("GET /service_types").json()
    for entry in (*formats["input"].values(), *formats["output"].values()):
        yield from entry["parameters"].values()
    for entry in types.values():
        yield from entry["configuration"].values()


def test_both_versions_are_found(backend, older, newer):
    versions = older("GET https://versions.test/.well-known/openeo").json()["versions"]

    assert [(each["url"], each["api_version"]) for each in versions] == [
        (older.url, "1.2.0"),
        (newer.url, "1.3.0"),
    ]
    for each in versions:
        assert older(f"GET {each['url']}/").json()["api_version"] == each["api_version"]
    # It takes the newest one.
    assert openeo.connect("https://versions.test").capabilities().api_version() == "1.3.0"


def test_the_capabilities_link_to_a_web_editor(older, newer):
    def editors(api):
        return [link for link in api("GET /").json()["links"] if link["rel"] == "web-editor"]

    (link,) = editors(newer)
    assert parse_qs(urlsplit(link["href"]).query)["server"] == [newer.url]
    assert editors(older) == []


def test_parameters_are_plain_json_schema(backend, older, newer):
    schema = {"type": "string", "subtype": "epsg-code", "description": "A real subtype."}
    backend.add_file_format("Mine", gis_data_types=["raster"], parameters={"code": schema})

    plain = list(parameters_of(newer))
    assert {each.get("subtype") for each in plain} == {None, "epsg-code"}
    assert [each["description"] for each in plain] == [each["description"] for each in parameters_of(older)]
    assert all("subtype" in each for each in parameters_of(older))


def test_the_listing_of_processes_names_their_release(older, newer):
    assert newer("GET /processes").json()["version"] == RELEASE
    assert "version" not in older("GET /processes").json()


def test_there_is_a_udf_runtime(newer):
    assert newer("GET /udf_runtimes").json()


# The openeo client leaves a socket to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_providers_demand_parameters_of_clients(backend, newer):
    backend.oidc.authorization_parameters = {"audience": "versions", "prompt": "consent"}
    listed = newer("GET /credentials/oidc").json()["providers"][0]
    assert listed["authorization_parameters"] == {"audience": "versions", "prompt": "consent"}

    connection = openeo.connect(newer.url)
    connection.authenticate_oidc_authorization_code(webbrowser_open=backend.oidc.browse)
    assert connection.describe_account()["user_id"] == "alice"
    with pytest.raises(OidcException, match="No auth code"):
        connection.authenticate_oidc_authorization_code(
            webbrowser_open=lambda url: backend.oidc.browse(url.replace("audience=", "other="))
        )
    asked = {"response_type": "code", "client_id": "openeo-default", "redirect_uri": "http://localhost/"}
    response = requests.get(f"{listed['issuer']}/authorize", params=asked, allow_redirects=False, timeout=5)
    assert (
        "wants the parameter audience=versions"
        in parse_qs(urlsplit(response.headers["Location"]).query)["error_description"][0]
    )


def test_parameters_for_clients_are_texts(backend):
    with pytest.raises(TypeError, match="'max_age': 5"):
        backend.oidc.authorization_parameters = {"max_age": 5}
    backend.oidc.authorization_parameters = {"prompt": "consent"}
    backend.reset()
    assert backend.oidc.authorization_parameters == {}


def test_version_1_1_is_served_where_a_back_end_has_it(api_of):
    with MockBackend("https://openeo.dataspace.copernicus.eu") as backend:
        api = api_of(backend)
        root = api("GET https://openeo.dataspace.copernicus.eu/openeo/1.1/").json()
        assert "version" not in api("GET https://openeo.dataspace.copernicus.eu/openeo/1.1/processes").json()

    assert root["api_version"] == "1.1.0"
    assert "https://api.openeo.org/1.1.0" in root["conformsTo"]


@pytest.mark.mock_backend(api_version="1.3", extensions=["federation"])
def test_the_marker_chooses(mock_backend, anonymous):
    root = anonymous("GET /").json()

    assert root["api_version"] == "1.3.0"
    assert "https://api.openeo.org/extensions/federation/0.2.0" in root["conformsTo"]
