"""The stand-in for the openeo client's stub of a provider, with the client's own log-ins."""

import pytest
from openeo.rest.auth.oidc import OidcException

from mock_backend.compat import DummyBackend, OidcMock

ISSUER = "https://oidc.test"
SECRET = {"client_secret": "s3cret", "scope": "openid"}


@pytest.fixture
def connection(requests_mock):
    dummy = DummyBackend.at_url("https://stub.test", requests_mock=requests_mock)
    dummy.setup_credentials_oidc(issuer=ISSUER)
    return dummy.connection


def test_a_program_logs_in(connection, requests_mock):
    stub = OidcMock(requests_mock, expected_grant_type="client_credentials", expected_fields=SECRET)
    connection.authenticate_oidc_client_credentials("myclient", "s3cret")

    assert connection.auth.bearer == f"oidc/oi/{stub.state['access_token']}"
    assert stub.validate_access_token(stub.state["access_token"])["user_id"] == "john"
    assert [each["grant_type"] for each in stub.grant_request_history] == ["client_credentials"]
    assert [each.url for each in stub.get_request_history("/token")] == [f"{ISSUER}/token"]
    assert [each.grant_type for each in stub.provider.grants] == ["client_credentials"]
    stub.invalidate_access_token()
    with pytest.raises(LookupError):
        stub.validate_access_token(connection.auth.bearer)


def test_what_is_not_expected_fails_the_test(connection, requests_mock):
    OidcMock(requests_mock, expected_fields=SECRET)
    with pytest.raises(AssertionError, match="client_secret: expected 's3cret', got 'other'"):
        connection.authenticate_oidc_client_credentials("myclient", "other")


def test_a_device_follows_its_timeline(connection, requests_mock, fast_sleep):
    fields = {"scope": "openid", "code_verifier": True, "code_challenge": True}
    stub = OidcMock(requests_mock, expected_fields=fields, scopes_supported=["openid"])
    stub.state["device_code_callback_timeline"] = ["authorization_pending", "slow_down", "great success"]
    connection.authenticate_oidc_device("myclient", use_pkce=True, display=lambda _: None)

    assert connection.auth.bearer == f"oidc/oi/{stub.state['access_token']}"
    assert "refresh_token" in stub.state
    assert [len(each["response"]) for each in stub.grant_request_history] == [1, 1, 4]


def test_a_refresh_token_of_the_tests_choice(connection, requests_mock):
    stub = OidcMock(requests_mock, expected_fields={"refresh_token": "good"})
    connection.authenticate_oidc_refresh_token("myclient", refresh_token="good")
    assert connection.auth.bearer == f"oidc/oi/{stub.state['access_token']}"
    with pytest.raises(OidcException, match="invalid refresh token"):
        connection.authenticate_oidc_refresh_token("myclient", refresh_token="bad")


def test_a_grant_can_be_blocked(connection, requests_mock):
    stub = OidcMock(requests_mock, expected_fields=SECRET)
    stub.token_callback_client_credentials = stub.token_callback_block_400
    with pytest.raises(OidcException, match="block_400"):
        connection.authenticate_oidc_client_credentials("myclient", "s3cret")


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # the client's, of its redirect
def test_a_person_in_front_of_the_browser(connection, requests_mock):
    stub = OidcMock(requests_mock, expected_fields={"scope": "openid"}, scopes_supported=["openid"])
    connection.authenticate_oidc_authorization_code("myclient", webbrowser_open=stub.webbrowser_open)
    assert connection.auth.bearer == f"oidc/oi/{stub.state['access_token']}"


@pytest.fixture
def fast_sleep(monkeypatch):
    slept = []
    monkeypatch.setattr("openeo.rest.auth.oidc.time.sleep", slept.append)
    monkeypatch.setattr("openeo.rest.auth.oidc.create_timer", lambda: lambda: sum(slept))
