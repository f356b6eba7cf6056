"""Back-ends that take the tokens of another one's issuer, as those of a federation do."""

import pytest
import requests

from mock_backend import Fault


@pytest.fixture
def other(mock_backend, mock_backend_factory):
    """A back-end that trusts the issuer of the test's back-end, and has no accounts of its own for it."""
    other = mock_backend_factory(users={"bob": "b"})
    other.oidc_providers.trust("shared", mock_backend.oidc.url)
    return other


@pytest.fixture
def me():
    """Ask a back-end whose token it is."""

    def ask(backend, token):
        return requests.get(f"{backend.url}/me", headers={"Authorization": f"Bearer oidc/{token}"})

    return ask


def test_one_log_in_for_two_back_ends(mock_backend, other, me):
    token = mock_backend.oidc.tokens("alice")["access_token"]

    assert me(mock_backend, f"mock/{token}").json()["user_id"] == "alice"
    assert me(other, f"shared/{token}").json()["user_id"] == "alice"


def test_the_client_can_use_it(mock_backend, other):
    provider = next(
        each
        for each in requests.get(f"{other.url}/credentials/oidc").json()["providers"]
        if each["id"] == "shared"
    )
    assert provider["issuer"] == mock_backend.oidc.url

    connection = other.connect(user=None)
    connection.authenticate_oidc_device(
        provider_id="shared", client_id="openeo-default", use_pkce=True, store_refresh_token=False
    )

    assert connection.describe_account()["user_id"] == "alice"


def test_accounts_of_the_same_subject(mock_backend, other, me):
    other.users.add("alice-b", subject="alice")
    token = mock_backend.oidc.tokens("alice")["access_token"]

    assert me(other, f"shared/{token}").json()["user_id"] == "alice-b"


def test_subjects_that_are_no_user_names(mock_backend, other, me):
    mock_backend.users["alice"].subject = "7f3@egi.eu"
    token = mock_backend.oidc.tokens("alice")["access_token"]

    assert me(other, f"shared/{token}").json()["user_id"] == "7f3-egi.eu"


def test_tokens_that_the_issuer_does_not_know(mock_backend, other, me, assert_error):
    token = mock_backend.oidc.tokens("alice")["access_token"]

    assert_error(me(other, f"shared/{token}x"), 403, "TokenInvalid", mock_backend.oidc.url)
    assert_error(me(other, f"mock/{token}"), 403, "TokenInvalid")
    mock_backend.clock.advance("2h")
    assert_error(me(other, f"shared/{token}"), 403, "TokenInvalid")


def test_an_issuer_that_fails(mock_backend, other, me, assert_error):
    token = mock_backend.oidc.tokens("alice")["access_token"]
    mock_backend.oidc.inject(Fault(status=503), "GET /userinfo", times=None)

    assert_error(me(other, f"shared/{token}"), 500, "Internal", "503")


def test_an_issuer_that_is_not_there(mock_backend_factory, me, assert_error):
    backend = mock_backend_factory()
    backend.oidc_providers.trust("gone", "http://127.0.0.1:1/oidc")

    assert_error(me(backend, "gone/token"), 500, "Internal", "http://127.0.0.1:1/oidc")


def test_until_the_back_end_is_reset(mock_backend, other, me, assert_error):
    token = mock_backend.oidc.tokens("alice")["access_token"]

    other.reset()

    assert_error(me(other, f"shared/{token}"), 403, "TokenInvalid", "'shared'")


def test_ids_are_unique(mock_backend, other):
    for identifier in ("mock", "shared"):
        with pytest.raises(ValueError, match=identifier):
            other.oidc_providers.trust(identifier, mock_backend.oidc.url)
    with pytest.raises(ValueError, match="shared"):
        other.oidc_providers.add("shared")
