"""Connecting, logging in, and plain requests by the openeo client."""

import openeo
import pytest
import requests
from openeo.internal.warnings import UserDeprecationWarning
from openeo.rest import OpenEoApiError
from openeo.rest.auth.cli import main as openeo_auth
from openeo.rest.auth.cli import main_add_basic  # noqa: F401  # imported for the mark, called through `main`
from openeo.rest.auth.config import AuthConfig
from openeo.rest.connection import session


@pytest.mark.calls("connect", "Connection.version_discovery")
@pytest.mark.mock_backend(url="https://eo.test/openeo/1.2")
def test_connecting_finds_the_url_of_the_api(mock_backend):
    connection = openeo.connect("eo.test")

    assert connection.root_url == "https://eo.test/openeo/1.2"
    assert connection.capabilities().api_version() == "1.2.0"


def test_connections_of_a_back_end_ask_for_its_capabilities_once(mock_backend):
    connection = mock_backend.connect()

    assert connection.root_url == mock_backend.url
    assert connection.capabilities().api_version() == "1.2.0"
    [exchange] = mock_backend.requests
    assert (exchange.operation, exchange.token) == ("GET /", "unread")
    assert repr(connection) == f"<Connection to '{mock_backend.url}' with BasicBearerAuth>"


@pytest.mark.mock_backend(url="https://openeo.test/openeo/1.1", profile="cdse")
def test_connections_of_a_back_end_with_several_versions_find_the_latest(mock_backend):
    assert mock_backend.connect().root_url == openeo.connect(mock_backend.url).root_url


@pytest.mark.calls("connect", "Connection.authenticate_basic")
def test_connecting_logs_in_when_told_so(mock_backend):
    options = {"username": "alice", "password": "secret"}
    connection = openeo.connect(mock_backend.url, auth_type="basic", auth_options=options)

    assert connection.describe_account()["user_id"] == "alice"


@pytest.mark.calls("session")
def test_connecting_by_its_old_name(mock_backend):
    with pytest.warns(UserDeprecationWarning, match="openeo.connect"):
        connection = session(endpoint=mock_backend.url)

    assert connection.root_url == mock_backend.url


@pytest.mark.calls("Connection.authenticate_basic", "Connection.describe_account")
@pytest.mark.mock_backend(user=None, users={"bob": "builder"})
def test_logging_in(connection, refused):
    with refused("AuthenticationRequired", 401):
        connection.describe_account()

    assert connection.authenticate_basic("bob", "builder") is connection
    assert connection.describe_account()["user_id"] == "bob"


@pytest.mark.calls("Connection.authenticate_basic")
@pytest.mark.mock_backend(user=None, users={"zoe": "pässword"})
@pytest.mark.parametrize("encoding", [None, "utf-8"])
def test_logging_in_with_a_password_beyond_ascii(connection, encoding):
    """The client encodes texts as Latin-1; a user who knows that hands over bytes."""
    name, password = (text.encode(encoding) if encoding else text for text in ("zoe", "pässword"))

    connection.authenticate_basic(name, password)

    assert connection.describe_account()["user_id"] == "zoe"


@pytest.mark.calls("Connection.authenticate_basic")
@pytest.mark.mock_backend(user=None)
@pytest.mark.parametrize("credentials", [("alice", "wrong"), ("unknown", "secret")])
def test_logging_in_in_vain(connection, refused, credentials):
    with refused("CredentialsInvalid", 403):
        connection.authenticate_basic(*credentials)


@pytest.mark.calls("Connection.describe_account")
def test_a_bearer_token_logs_in_too(mock_backend, refused):
    connection = mock_backend.connect(user=None)

    connection.authenticate_bearer_token(mock_backend.token())
    assert connection.describe_account()["user_id"] == "alice"

    connection.authenticate_bearer_token("basic//made-up")
    with refused("TokenInvalid", 403):
        connection.describe_account()


@pytest.mark.calls("main_add_basic")
def test_credentials_are_tried_out_on_the_command_line(mock_backend, monkeypatch, capsys):
    monkeypatch.setattr("openeo.rest.auth.cli.getpass", lambda _: "secret")

    openeo_auth(["add-basic", mock_backend.url, "--username", "alice"])

    assert "Successfully authenticated 'alice'" in capsys.readouterr().out
    assert AuthConfig().get_basic_auth(mock_backend.url) == ("alice", "secret")
    connection = mock_backend.connect(user=None).authenticate_basic()
    assert connection.describe_account()["user_id"] == "alice"


@pytest.mark.calls("main_add_basic")
def test_wrong_credentials_are_not_kept_by_the_command_line(mock_backend, monkeypatch, refused):
    monkeypatch.setattr("openeo.rest.auth.cli.getpass", lambda _: "wrong")

    with refused("CredentialsInvalid"):
        openeo_auth(["add-basic", mock_backend.url, "--username", "alice"])

    assert AuthConfig().get_basic_auth(mock_backend.url) == (None, None)


@pytest.mark.calls("Connection.list_auth_providers")
def test_ways_to_log_in(mock_backend, connection, forget):
    forget(connection)

    oidc, basic = connection.list_auth_providers()

    assert (oidc["type"], oidc["id"], oidc["issuer"]) == ("oidc", "mock", mock_backend.oidc.url)
    assert (basic["type"], basic["issuer"]) == ("basic", f"{mock_backend.url}/credentials/basic")


@pytest.mark.calls("Connection.capabilities")
def test_capabilities(mock_backend):
    capabilities = mock_backend.connect(user=None).capabilities()

    assert capabilities.api_version_check.at_least("1.2.0")
    assert capabilities.get("title")
    assert capabilities.supports_endpoint("/jobs/{job_id}/results", method="POST")
    assert not capabilities.supports_endpoint("/jobs/{job_id}", method="PUT")
    assert any(plan["name"] for plan in capabilities.list_plans())


@pytest.mark.calls("Connection.version_info")
@pytest.mark.mock_backend(api_version="1.2")
def test_versions(mock_backend, connection, forget):
    forget(connection)

    versions = connection.version_info()

    assert (versions["client"], versions["api"]) == (openeo.client_version(), "1.2.0")
    assert versions["backend"]["root_url"] == mock_backend.url
    assert versions["backend"]["version"] == connection.get("/").json()["backend_version"]


@pytest.mark.calls(
    "Connection.request",
    "RestApiConnection.request",
    "RestApiConnection.get",
    "RestApiConnection.post",
    "RestApiConnection.patch",
    "RestApiConnection.put",
    "RestApiConnection.delete",
)
def test_plain_requests(connection, graph):
    created = connection.post("/jobs", json={"process": {"process_graph": graph}}, expected_status=201)
    job = f"/jobs/{created.headers['OpenEO-Identifier']}"
    assert connection.build_url(job) == created.headers["Location"]

    connection.patch(job, json={"title": "renamed"}, expected_status=204)
    assert connection.get(job).json()["title"] == "renamed"
    connection.delete(job, expected_status=204)
    assert connection.request("GET", job, check_error=False).json()["code"] == "JobNotFound"

    connection.put("/process_graphs/mine", json={"process_graph": graph}, expected_status=200)
    assert connection.get("/process_graphs").json()["processes"][0]["id"] == "mine"


@pytest.mark.calls("RestApiConnection.get")
@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/nowhere", 404, "NotFound"),
        ("/jobs/made-up", 404, "JobNotFound"),
        ("/jobs?limit=0", 400, "RequestInvalid"),
    ],
)
def test_errors_of_plain_requests(connection, path, status, code):
    with pytest.raises(OpenEoApiError) as caught:
        connection.get(path)

    assert (caught.value.http_status_code, caught.value.code) == (status, code)
    assert caught.value.message


@pytest.mark.calls("RestApiConnection.head")
def test_head_tells_what_get_would_send(connection, finished):
    [asset] = finished.get_results().get_assets()

    head = connection.head(asset.href)

    got = requests.get(asset.href)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Type"] == got.headers["Content-Type"] == asset.metadata["type"]
    assert int(head.headers["Content-Length"]) == len(got.content) > 0


@pytest.mark.calls("RestApiConnection.download_url")
@pytest.mark.parametrize("range_size", [5_000, 10_000_000])
def test_downloads(connection, finished, tmp_path, range_size):
    [asset] = finished.get_results().get_assets()

    connection.download_url(asset.href, tmp_path / "new" / "file", range_size=range_size)

    assert (tmp_path / "new" / "file").read_bytes() == requests.get(asset.href).content


def test_a_command_line_for_what_a_cube_asks(mock_backend, connection, cube):
    line = connection.as_curl(cube, path="/validation")

    assert line.endswith(f"{mock_backend.url}/validation")
    assert f"Authorization: Bearer {mock_backend.token()}" in line
