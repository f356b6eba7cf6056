"""Refresh tokens (RFC 6749, section 6; RFC 9700, section 4.14)."""

import pytest


@pytest.fixture
def tokens(issuer):
    return issuer.log_in()


@pytest.fixture
def rotating(issuer):
    issuer.provider.rotate_refresh_tokens = True


def test_a_refresh_token_gives_new_tokens_of_the_same_user(issuer, tokens, claims, all_endpoints):
    renewed = issuer.refresh(tokens["refresh_token"]).json()

    assert renewed["access_token"] != tokens["access_token"]
    assert renewed["scope"] == tokens["scope"]
    assert issuer.takes(renewed["access_token"]) == all_endpoints
    assert issuer.takes(tokens["access_token"]) == all_endpoints
    old, new = claims(tokens["id_token"]), claims(renewed["id_token"])
    # OpenID Connect Core, section 12.2.
    assert [new[name] for name in ("iss", "sub", "aud", "auth_time")] == [
        old[name] for name in ("iss", "sub", "aud", "auth_time")
    ]


def test_it_stays_the_same_unless_the_provider_rotates(issuer, tokens):
    for _ in range(3):
        assert issuer.refresh(tokens["refresh_token"]).json()["refresh_token"] == tokens["refresh_token"]


def test_a_rotating_provider_gives_another_one(issuer, tokens, rotating, all_endpoints):
    second = issuer.refresh(tokens["refresh_token"]).json()
    third = issuer.refresh(second["refresh_token"]).json()

    assert len({each["refresh_token"] for each in (tokens, second, third)}) == 3
    for each in (tokens, second, third):
        assert issuer.takes(each["access_token"]) == all_endpoints
    assert not issuer.introspect(second["refresh_token"])["active"]
    assert issuer.introspect(third["refresh_token"])["active"]


@pytest.mark.parametrize("generation", [0, 1])
def test_a_replay_revokes_the_whole_family(issuer, tokens, rotating, assert_oauth_error, generation):
    family = [tokens]
    for _ in range(3):
        family.append(issuer.refresh(family[-1]["refresh_token"]).json())
    bystander = issuer.log_in()

    response = issuer.refresh(family[generation]["refresh_token"])

    assert_oauth_error(response, 400, "invalid_grant", "used before")
    for each in family:
        assert issuer.takes(each["access_token"]) == set()
        assert "revoked" in issuer.me(each["access_token"]).json()["message"]
        assert not issuer.introspect(each["refresh_token"])["active"]
        assert issuer.refresh(each["refresh_token"]).status_code == 400
    assert issuer.takes(bystander["access_token"])
    assert issuer.refresh(bystander["refresh_token"]).status_code == 200


def test_a_failed_renewal_does_not_use_the_token_up(issuer, tokens, rotating):
    issuer.provider.add_client("other", redirect_urls=["https://other.test/"])
    assert issuer.refresh(tokens["refresh_token"], scope="nonsense").status_code == 400
    assert issuer.refresh(tokens["refresh_token"], client_id="other").status_code == 400

    assert issuer.refresh(tokens["refresh_token"]).status_code == 200


def test_it_is_its_clients(issuer, tokens, assert_oauth_error):
    issuer.provider.add_client("other", redirect_urls=["https://other.test/"])

    response = issuer.refresh(tokens["refresh_token"], client_id="other")

    assert_oauth_error(response, 400, "invalid_grant", "of this client")


@pytest.mark.parametrize("value", ["x" * 43, "", None, "ü", "a b", "\x00"])
def test_what_is_no_refresh_token(issuer, tokens, value):
    response = issuer.refresh(value)

    assert response.status_code == 400
    assert response.json()["error"] == ("invalid_grant" if value else "invalid_request")


def test_an_access_token_or_an_id_token_is_none(issuer, tokens, assert_oauth_error):
    for kind in ("access_token", "id_token"):
        assert_oauth_error(issuer.refresh(tokens[kind]), 400, "invalid_grant")


@pytest.mark.parametrize(("days", "status"), [(29, 200), (30, 400)])
def test_it_expires(issuer, tokens, mock_backend, days, status):
    mock_backend.clock.advance(days=days)

    assert issuer.refresh(tokens["refresh_token"]).status_code == status
    assert issuer.introspect(tokens["refresh_token"])["active"] == (status == 200)


def test_that_it_has_expired_is_said(issuer, tokens, mock_backend, assert_oauth_error):
    mock_backend.clock.advance(days=31)

    assert_oauth_error(issuer.refresh(tokens["refresh_token"]), 400, "invalid_grant", "expired at 2025-07-01")


def test_revoking_it_revokes_what_it_gave(issuer, tokens, assert_oauth_error):
    renewed = issuer.refresh(tokens["refresh_token"]).json()

    assert issuer.revoke(tokens["refresh_token"]).status_code == 200

    assert_oauth_error(issuer.refresh(tokens["refresh_token"]), 400, "invalid_grant", "revoked")
    for each in (tokens, renewed):
        assert issuer.takes(each["access_token"]) == set()


def test_revoking_an_access_token_revokes_nothing_else(issuer, tokens, all_endpoints):
    renewed = issuer.refresh(tokens["refresh_token"]).json()

    assert issuer.revoke(tokens["access_token"]).status_code == 200

    assert issuer.takes(tokens["access_token"]) == set()
    assert issuer.takes(renewed["access_token"]) == all_endpoints
    assert issuer.refresh(tokens["refresh_token"]).status_code == 200


def test_another_client_cannot_revoke_it(issuer, tokens, assert_oauth_error, all_endpoints):
    issuer.provider.add_client("other", redirect_urls=["https://other.test/"])

    for kind in ("refresh_token", "access_token"):
        assert_oauth_error(issuer.revoke(tokens[kind], client_id="other"), 400, "invalid_grant")
    assert issuer.takes(tokens["access_token"]) == all_endpoints
    assert issuer.refresh(tokens["refresh_token"]).status_code == 200


def test_revoking_what_is_no_token_is_no_error(issuer):
    # RFC 7009, section 2.2.
    for nonsense in ("nonsense", "a.b.c", "ü"):
        assert issuer.revoke(nonsense).status_code == 200


def test_a_scope_can_be_given_up_for_a_while(issuer, tokens, claims):
    less = issuer.refresh(tokens["refresh_token"], scope="openid email").json()
    again = issuer.refresh(tokens["refresh_token"]).json()

    assert less["scope"] == claims(less["access_token"])["scope"] == "openid email"
    assert again["scope"] == tokens["scope"]


@pytest.mark.parametrize(
    "scope", ["openid email", "openid profile admin", "offline_access email", "nonsense", " "]
)
def test_a_scope_cannot_be_gained(issuer, scope, assert_oauth_error):
    tokens = issuer.redeem(issuer.code(scope="openid profile offline_access")).json()

    assert_oauth_error(issuer.refresh(tokens["refresh_token"], scope=scope), 400, "invalid_scope", "allows")
    assert issuer.refresh(tokens["refresh_token"], scope="openid").status_code == 200


def test_without_offline_access_there_is_none(issuer):
    assert "refresh_token" not in issuer.redeem(issuer.code(scope="openid")).json()


def test_a_client_that_cannot_refresh_gets_none(issuer, tokens, assert_oauth_error):
    issuer.provider.add_client("short", grant_types=["authorization_code"], redirect_urls=[issuer.callback])
    given = issuer.redeem(issuer.code(client_id="short"), client_id="short").json()

    assert "refresh_token" not in given
    response = issuer.refresh(tokens["refresh_token"], client_id="short")
    assert_oauth_error(response, 400, "unauthorized_client", "refresh_token")


def test_one_of_an_account_that_is_gone(issuer, tokens, mock_backend, assert_oauth_error):
    mock_backend.users.remove("alice")
    mock_backend.users.add("alice", "another")

    assert_oauth_error(issuer.refresh(tokens["refresh_token"]), 400, "invalid_grant", "gone")
    assert not issuer.introspect(tokens["refresh_token"])["active"]


def test_a_refresh_token_is_no_access_token(issuer, tokens, assert_error, assert_oauth_error):
    assert_error(issuer.me(tokens["refresh_token"]), 403, "TokenInvalid", "not signed")
    assert_oauth_error(issuer.userinfo(tokens["refresh_token"]), 401, "invalid_token")
    # Looking into it is another matter.
    assert issuer.introspect(tokens["refresh_token"])["token_type"] == "refresh_token"
