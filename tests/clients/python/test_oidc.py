"""Logging in by OpenID Connect with each method that the openeo client has for it.

What else may happen on the way is in ``tests/auth/oidc/flows``.
"""

import pytest
from openeo.rest.auth import cli
from openeo.rest.auth.cli import main as openeo_auth
from openeo.rest.auth.cli import main_add_oidc, main_oidc_auth  # noqa: F401  # for the marks, called by `main`
from openeo.rest.auth.config import AuthConfig, RefreshTokenStore
from openeo.rest.auth.oidc import (
    OidcAuthCodePkceAuthenticator,
    OidcClientCredentialsAuthenticator,
    OidcClientInfo,
    OidcDeviceAuthenticator,
    OidcProviderInfo,
)

pytestmark = [
    pytest.mark.mock_backend(user=None, users={"alice": "secret", "bob": "builder"}),
    # The client leaves the socket on which it waits for a browser to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]


@pytest.fixture
def me(connection):
    """Tell who is logged in."""
    return lambda: connection.describe_account()["user_id"]


@pytest.fixture
def client_info(mock_backend):
    """A client of the default provider, as the openeo client knows it."""

    def make(client_id, secret=None):
        return OidcClientInfo(client_id, OidcProviderInfo(issuer=mock_backend.oidc.url), secret)

    return make


@pytest.mark.calls("Connection.authenticate_oidc")
def test_as_most_people_do(connection, me, capsys):
    for how in ("device code flow", "refresh token"):
        assert connection.authenticate_oidc() is connection
        assert f"Authenticated using {how}." in capsys.readouterr().out
        assert me() == "alice"


@pytest.mark.calls("Connection.authenticate_oidc_device")
def test_by_device(mock_backend, connection, me):
    mock_backend.oidc.script_device("confirmed", user="bob")

    connection.authenticate_oidc_device()

    assert me() == "bob"


@pytest.mark.calls("Connection.authenticate_oidc_authorization_code")
def test_in_a_browser(mock_backend, connection, me):
    connection.authenticate_oidc_authorization_code(
        webbrowser_open=lambda url: mock_backend.oidc.browse(url, "bob")
    )

    assert me() == "bob"


@pytest.mark.calls("Connection.authenticate_oidc_client_credentials")
def test_by_client_credentials(connection, me):
    connection.authenticate_oidc_client_credentials("openeo-service", "secret")

    assert me() == "openeo-service"


@pytest.mark.calls("Connection.authenticate_oidc_resource_owner_password_credentials")
def test_by_name_and_password(connection, me):
    connection.authenticate_oidc_resource_owner_password_credentials(
        "bob", "builder", client_id="openeo-default"
    )

    assert me() == "bob"


@pytest.mark.calls("Connection.authenticate_oidc_refresh_token")
def test_by_refresh_token(mock_backend, connection, me):
    connection.authenticate_oidc_refresh_token(refresh_token=mock_backend.oidc.tokens("bob")["refresh_token"])

    assert me() == "bob"


@pytest.mark.calls("Connection.authenticate_oidc_access_token")
def test_by_access_token(mock_backend, connection, me):
    connection.authenticate_oidc_access_token(mock_backend.oidc.tokens("bob")["access_token"])

    assert me() == "bob"


@pytest.mark.calls("Connection.try_access_token_refresh")
def test_a_token_is_renewed(mock_backend, connection, me):
    connection.authenticate_oidc_client_credentials("openeo-service", "secret")
    mock_backend.clock.advance("1h")

    assert connection.try_access_token_refresh()
    assert me() == "openeo-service"
    assert len(mock_backend.oidc.grants) == 2

    mock_backend.oidc.clients.clear()
    assert not connection.try_access_token_refresh()


@pytest.mark.calls("OidcAuthenticator.get_tokens")
def test_tokens_without_a_connection(mock_backend, client_info):
    tokens = OidcClientCredentialsAuthenticator(client_info("openeo-service", "secret")).get_tokens()

    assert tokens.access_token
    assert tokens.refresh_token is None
    assert mock_backend.oidc.grants[0].user == "openeo-service"


@pytest.mark.calls("OidcDeviceAuthenticator.get_tokens")
def test_tokens_for_a_device_without_a_connection(mock_backend, client_info):
    authenticator = OidcDeviceAuthenticator(client_info("openeo-default"), use_pkce=True)

    tokens = authenticator.get_tokens(request_refresh_token=True)

    assert tokens.refresh_token
    assert mock_backend.oidc.grants.select("device_code")


@pytest.mark.calls("OidcAuthCodePkceAuthenticator.get_tokens")
def test_tokens_from_a_browser_without_a_connection(mock_backend, client_info):
    client = client_info("openeo-default")
    authenticator = OidcAuthCodePkceAuthenticator(client, webbrowser_open=mock_backend.oidc.browse)

    tokens = authenticator.get_tokens()

    assert tokens.id_token
    assert tokens.refresh_token is None


@pytest.mark.calls("main_add_oidc")
def test_a_client_is_configured_on_the_command_line(mock_backend, monkeypatch, connection, me):
    mock_backend.oidc.add_client("mine", "hush", account="bob")
    monkeypatch.setattr("openeo.rest.auth.cli.getpass", lambda _: "hush")

    openeo_auth(["add-oidc", mock_backend.url, "--client-id", "mine"])

    assert AuthConfig().get_oidc_client_configs(mock_backend.url, "mock") == ("mine", "hush")
    connection.authenticate_oidc_client_credentials()
    assert me() == "bob"


@pytest.mark.calls("main_add_oidc")
def test_a_provider_is_chosen_on_the_command_line(mock_backend, monkeypatch, connection):
    egi = mock_backend.oidc_providers.add("egi")
    monkeypatch.setattr("builtins.input", lambda _: "2")

    openeo_auth(["add-oidc", mock_backend.url, "--use-default-client"])

    connection.authenticate_oidc()
    assert len(egi.grants) == 1


@pytest.mark.calls("main_oidc_auth")
@pytest.mark.parametrize("flow", ["device", "auth-code"])
def test_logging_in_on_the_command_line(mock_backend, monkeypatch, connection, me, capsys, flow):
    monkeypatch.setattr(cli, "_webbrowser_open", mock_backend.oidc.browse)

    openeo_auth(["oidc-auth", mock_backend.url, "--flow", flow])

    assert "flow was successful" in capsys.readouterr().out
    assert RefreshTokenStore().get_refresh_token(mock_backend.oidc.url, "openeo-default")
    connection.authenticate_oidc_refresh_token()
    assert me() == "alice"
