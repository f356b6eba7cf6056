"""Tokens of other kinds, of other issuers and of other back-ends."""

import pytest

from mock_backend import MockBackend
from mock_backend.errors import TokenInvalid


def test_an_id_token_is_no_access_token(issuer, assert_refused):
    tokens = issuer.log_in()

    assert_refused(tokens["id_token"], "no access token")
    assert issuer.me(tokens["access_token"]).status_code == 200


def test_not_even_where_the_back_end_is_the_client(issuer, assert_refused):
    issuer.provider.audience = "openeo-default"
    tokens = issuer.log_in()

    assert_refused(tokens["id_token"], "no access token")
    assert issuer.me(tokens["access_token"]).status_code == 200


@pytest.mark.parametrize("typ", ["JWT", "jwt", "", "application/jwt", "dpop+jwt", "at+jwtx"])
def test_the_type_of_a_token_counts(real, forge, assert_refused, typ):
    # RFC 9068, section 4.
    assert_refused(forge(real, header={"typ": typ}), "no access token")


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt"])
def test_in_any_spelling(real, forge, issuer, all_endpoints, typ):
    assert issuer.takes(forge(real, header={"typ": typ})) == all_endpoints


# -- whose token --------------------------------------------------------------------------------------


def test_tokens_of_another_provider_of_the_same_back_end(mock_backend, issuer, assert_error):
    egi = mock_backend.oidc_providers.add("egi")
    token = egi.tokens()["access_token"]

    assert issuer.me(token, "egi").json()["user_id"] == "alice"
    assert_error(issuer.me(token, "mock"), 403, "TokenInvalid", "not signed by the provider 'mock'")
    assert_error(issuer.me(issuer.provider.tokens()["access_token"], "egi"), 403, "TokenInvalid", "'egi'")
    assert_error(issuer.me(token, "eg"), 403, "TokenInvalid", "'eg'", "mock, egi")
    assert issuer.userinfo(token).status_code == 401
    assert not issuer.introspect(token)["active"]


def test_another_provider_cannot_sign_for_this_one(mock_backend, real, forge, issuer, assert_error):
    egi = mock_backend.oidc_providers.add("egi")
    forged = forge(real, provider=egi)

    assert_error(issuer.me(forged), 403, "TokenInvalid", "not signed")
    assert_error(issuer.me(forged, "egi"), 403, "TokenInvalid", "another issuer")


def test_tokens_of_another_back_end(
    mock_backend, mock_backend_factory, issuer, issuer_of, real, assert_error
):
    other = mock_backend_factory()
    foreign = other.oidc.tokens()["access_token"]

    assert_error(issuer.me(foreign), 403, "TokenInvalid", "another issuer")
    assert_error(issuer_of(other.oidc, other).me(real), 403, "TokenInvalid", "another issuer")
    assert issuer_of(other.oidc, other).me(foreign).status_code == 200


def test_tokens_of_a_back_end_that_was_there_before():
    with MockBackend("https://same.test") as first:
        token = first.oidc.tokens()["access_token"]
    with MockBackend("https://same.test") as second, pytest.raises(TokenInvalid, match="unknown"):
        second.oidc.user_of(token)
