"""Lives of good tokens: they expire, and tests end them in all sorts of ways."""

import pytest


@pytest.fixture
def tokens(issuer):
    return issuer.log_in()


@pytest.fixture
def token(tokens):
    return tokens["access_token"]


@pytest.mark.parametrize(("seconds", "good"), [(3599, True), (3600, False)])
def test_an_access_token_expires(issuer, token, mock_backend, all_endpoints, seconds, good):
    mock_backend.clock.advance(seconds=seconds)

    assert issuer.takes(token) == (all_endpoints if good else set())


def test_that_is_said(issuer, token, mock_backend, assert_error, assert_oauth_error):
    mock_backend.clock.advance(hours=1)

    assert_error(issuer.me(token), 403, "TokenInvalid", "expired at 2025-06-01T13:00:00")
    response = issuer.userinfo(token)
    assert_oauth_error(response, 401, "invalid_token", "expired")
    assert response.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'  # RFC 6750, section 3


def test_lifetimes_are_settings(issuer, mock_backend, claims):
    issuer.provider.access_token_ttl = "5m"
    issuer.provider.id_token_ttl = 30
    tokens = issuer.log_in()

    assert tokens["expires_in"] == 300
    assert claims(tokens["id_token"])["exp"] == claims(tokens["id_token"])["iat"] + 30
    mock_backend.clock.advance(minutes=5)
    assert issuer.takes(tokens["access_token"]) == set()


def test_leeway_is_the_apis_only(issuer, token, mock_backend):
    issuer.provider.leeway = 10
    mock_backend.clock.advance(seconds=3609)
    assert issuer.takes(token) == {"api"}
    mock_backend.clock.advance(seconds=1)
    assert issuer.takes(token) == set()


def test_all_can_be_let_expire_but_can_be_renewed(issuer, tokens, assert_error, all_endpoints):
    issuer.provider.expire_tokens()

    assert_error(issuer.me(tokens["access_token"]), 403, "TokenInvalid", "expired at 2025-06-01T12:00:00")
    assert issuer.takes(tokens["access_token"]) == set()
    assert issuer.takes(issuer.refresh(tokens["refresh_token"]).json()["access_token"]) == all_endpoints


def test_that_lets_no_token_live_longer(issuer, token, mock_backend, assert_error):
    mock_backend.clock.advance(hours=2)
    issuer.provider.expire_tokens()
    issuer.provider.leeway = "30m"

    assert_error(issuer.me(token), 403, "TokenInvalid", "expired at 2025-06-01T13:00:00")


def test_it_counts_whatever_the_leeway(issuer, token):
    issuer.provider.leeway = "30m"
    issuer.provider.expire_tokens()

    assert issuer.takes(token) == set()


@pytest.mark.parametrize("verb", ["expire_tokens", "revoke"])
def test_one_users_tokens_are_no_other_users(issuer, mock_backend, all_endpoints, verb):
    mock_backend.users.add("bob")
    hers, his = issuer.provider.tokens("alice"), issuer.provider.tokens("bob")

    getattr(issuer.provider, verb)("bob")

    assert issuer.takes(hers["access_token"]) == all_endpoints
    assert issuer.takes(his["access_token"]) == set()
    with pytest.raises(ValueError, match="carol"):
        getattr(issuer.provider, verb)("carol")


def test_revoked_tokens_cannot_be_renewed(issuer, tokens, assert_error, assert_oauth_error, all_endpoints):
    issuer.provider.revoke()

    assert_error(issuer.me(tokens["access_token"]), 403, "TokenInvalid", "has been revoked")
    assert issuer.takes(tokens["access_token"]) == set()
    assert_oauth_error(issuer.refresh(tokens["refresh_token"]), 400, "invalid_grant", "revoked")
    assert issuer.takes(issuer.log_in()["access_token"]) == all_endpoints


def test_those_that_have_expired_are_revoked_as_well(issuer, token, mock_backend, assert_error):
    mock_backend.clock.advance(minutes=61)
    issuer.provider.leeway = "5m"
    assert issuer.me(token).status_code == 200

    issuer.provider.revoke()

    assert_error(issuer.me(token), 403, "TokenInvalid", "revoked")


def test_a_session_in_a_browser_ends_with_them(issuer):
    cookie = issuer.provider.authorization.sessions.open(issuer.provider.account("alice")).cookie
    answer = issuer.answered(issuer.authorize(prompt="none", cookies={"mock_backend_session": cookie}))
    assert "code" in answer
    issuer.provider.interactive = True
    issuer.provider.revoke("alice")

    answer = issuer.answered(issuer.authorize(prompt="none", cookies={"mock_backend_session": cookie}))
    assert answer["error"] == "login_required"


# -- accounts -----------------------------------------------------------------------------------------


def test_tokens_end_with_their_account(issuer, tokens, mock_backend, assert_error, assert_oauth_error):
    mock_backend.users.remove("alice")

    assert_error(issuer.me(tokens["access_token"]), 403, "TokenInvalid", "account that is gone")
    assert issuer.takes(tokens["access_token"]) == set()
    assert_oauth_error(issuer.userinfo(tokens["access_token"]), 401, "invalid_token", "gone")


def test_they_are_not_those_of_a_later_account_of_the_name(issuer, tokens, mock_backend, all_endpoints):
    mock_backend.users.remove("alice")
    mock_backend.users.add("alice", "secret")

    assert issuer.takes(tokens["access_token"]) == set()
    assert issuer.takes(issuer.log_in()["access_token"]) == all_endpoints


def test_basic_tokens_are_another_matter(issuer, token, mock_backend):
    mock_backend.users.revoke("alice")

    assert issuer.me(token).status_code == 200


def test_a_subject_is_what_the_issuer_calls_a_user(issuer, mock_backend, claims):
    mock_backend.users.add("carol", subject="urn:person:7@egi")
    token = issuer.provider.tokens("carol")["access_token"]

    assert claims(token)["sub"] == issuer.userinfo(token).json()["sub"] == "urn:person:7@egi"
    assert issuer.me(token).json()["user_id"] == "carol"


def test_two_accounts_with_one_subject_break_nothing(issuer, token, mock_backend, all_endpoints):
    mock_backend.users.add("bob").subject = "alice"

    assert issuer.takes(token) == all_endpoints
    assert issuer.me(token).json()["user_id"] == "alice"


# -- reset --------------------------------------------------------------------------------------------


def test_after_a_reset_tokens_are_unknown(issuer, tokens, mock_backend, assert_error, assert_oauth_error):
    mock_backend.reset()

    assert_error(issuer.me(tokens["access_token"]), 403, "TokenInvalid", "unknown to its issuer")
    assert issuer.takes(tokens["access_token"]) == set()
    assert_oauth_error(issuer.refresh(tokens["refresh_token"]), 400, "invalid_grant")


def test_so_are_codes_and_devices(issuer, mock_backend):
    code, device = issuer.code(), issuer.device()
    mock_backend.reset()

    assert issuer.redeem(code).json()["error"] == "invalid_grant"
    assert issuer.poll(device).json()["error"] == "invalid_grant"


# -- keys ---------------------------------------------------------------------------------------------


def kids(issuer):
    return [key["kid"] for key in issuer("GET /jwks").json()["keys"]]


@pytest.fixture
def kid_of(parts_of):
    return lambda token: parts_of(token)[0]["kid"]


def test_old_keys_may_stay(issuer, tokens, all_endpoints, kid_of):
    before = kids(issuer)
    issuer.provider.rotate_keys()
    new = issuer.log_in()

    assert [kid_of(new["access_token"]), kid_of(tokens["access_token"])] == kids(issuer)
    assert kids(issuer)[1:] == before
    assert issuer.takes(tokens["access_token"]) == all_endpoints
    assert issuer.takes(new["access_token"]) == all_endpoints


def test_or_go_and_what_they_have_signed_with_them(issuer, tokens, assert_error, all_endpoints, kid_of):
    assert issuer.takes(tokens["access_token"]) == all_endpoints  # so it has been looked at with the old key
    issuer.provider.rotate_keys(keep_old=False)

    assert_error(issuer.me(tokens["access_token"]), 403, "TokenInvalid", "not signed")
    assert issuer.takes(tokens["access_token"]) == set()
    assert len(kids(issuer)) == 1
    # A refresh token has no signature.
    renewed = issuer.refresh(tokens["refresh_token"]).json()
    assert issuer.takes(renewed["access_token"]) == all_endpoints
    assert kid_of(renewed["access_token"]) == kids(issuer)[0] != kid_of(tokens["access_token"])


def test_published_keys_have_nothing_private(issuer):
    response = issuer("GET /jwks")

    assert response.headers["Content-Type"] == "application/jwk-set+json"
    for key in response.json()["keys"]:
        assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}


def test_providers_never_share_a_key(mock_backend, issuer, issuer_of):
    other = issuer_of(mock_backend.oidc_providers.add("egi"), mock_backend)
    seen = kids(issuer) + kids(other)
    for each in (issuer, other):
        each.provider.rotate_keys(keep_old=False)
        seen += kids(each)

    assert len(set(seen)) == 4


# -- many ---------------------------------------------------------------------------------------------


def test_old_tokens_are_forgotten_new_ones_are_not(issuer, mock_backend, monkeypatch):
    monkeypatch.setattr("mock_backend.auth.oidc.tokens._MOST", 30)
    old = issuer.provider.tokens()["access_token"]
    mock_backend.clock.advance(hours=1)
    fresh = [issuer.provider.tokens()["access_token"] for _ in range(30)]

    assert len(issuer.provider.book.tokens()) == 2 * 30
    assert all(issuer.me(each).status_code == 200 for each in fresh)
    assert "expired" in issuer.me(old).json()["message"]
