"""Authorization codes (RFC 6749, section 4.1) and PKCE (RFC 7636): good once, for whoever asked."""

import base64
import hashlib

import pytest

OTHER = "http://localhost:8912/"


@pytest.fixture
def confidential(issuer):
    """A client with a secret, which may do without PKCE."""
    issuer.provider.add_client("web", "its-secret", redirect_urls=["https://web.test/back"])
    return {"client_id": "web", "redirect_uri": "https://web.test/back"}


def test_a_code_gives_tokens_of_the_default_user(issuer, all_endpoints):
    tokens = issuer.redeem(issuer.code()).json()

    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 3600
    assert issuer.me(tokens["access_token"]).json()["user_id"] == "alice"
    assert issuer.takes(tokens["access_token"]) == all_endpoints


def test_a_code_is_good_once_and_what_it_gave_is_revoked(issuer, assert_oauth_error):
    code = issuer.code()
    tokens = issuer.redeem(code).json()
    renewed = issuer.refresh(tokens["refresh_token"]).json()

    assert_oauth_error(issuer.redeem(code), 400, "invalid_grant", "used before")

    for token in (tokens["access_token"], renewed["access_token"]):
        assert issuer.takes(token) == set()
        assert "revoked" in issuer.me(token).json()["message"]
    assert_oauth_error(issuer.refresh(tokens["refresh_token"]), 400, "invalid_grant", "revoked")


def test_another_log_in_survives_that(issuer, all_endpoints):
    code, other = issuer.code(), issuer.log_in()
    issuer.redeem(code)
    issuer.redeem(code)

    assert issuer.takes(other["access_token"]) == all_endpoints


def test_a_code_used_by_a_thief_first_gives_nothing_to_either(issuer, assert_oauth_error):
    code = issuer.code()

    assert_oauth_error(issuer.redeem(code, code_verifier="x" * 43), 400, "invalid_grant", "code_verifier")
    assert_oauth_error(issuer.redeem(code), 400, "invalid_grant")


@pytest.mark.parametrize(("seconds", "status"), [(59, 200), (60, 400)])
def test_a_code_expires(issuer, mock_backend, seconds, status):
    code = issuer.code()
    mock_backend.clock.advance(seconds=seconds)

    assert issuer.redeem(code).status_code == status


def test_an_expired_code_says_when_it_expired(issuer, mock_backend, assert_oauth_error):
    code = issuer.code()
    mock_backend.clock.advance(minutes=2)

    assert_oauth_error(issuer.redeem(code), 400, "invalid_grant", "expired at 2025-06-01T12:01:00")


def test_an_expired_code_is_forgotten_in_the_end(issuer, mock_backend, assert_oauth_error):
    code = issuer.code()
    mock_backend.clock.advance(minutes=2)
    issuer.code()

    assert_oauth_error(issuer.redeem(code), 400, "invalid_grant")


def test_a_code_that_was_not_given_out(issuer, assert_oauth_error):
    assert_oauth_error(issuer.redeem("x" * 43), 400, "invalid_grant", "not a code")
    assert_oauth_error(issuer.redeem(None), 400, "invalid_request", "missing")


def test_a_code_is_its_clients(issuer, assert_oauth_error):
    issuer.provider.add_client("other", redirect_urls=[issuer.callback])
    code = issuer.code()

    assert_oauth_error(issuer.redeem(code, client_id="other"), 400, "invalid_grant", "of this client")
    # It was not the other's to use up.
    assert issuer.redeem(code).status_code == 200


def test_a_code_of_a_user_whose_tokens_are_revoked(issuer, mock_backend, assert_oauth_error):
    code = issuer.code()
    mock_backend.oidc.revoke("alice")

    assert_oauth_error(issuer.redeem(code), 400, "invalid_grant", "revoked")


def test_a_code_of_an_account_that_is_gone(issuer, mock_backend, assert_oauth_error):
    code = issuer.code()
    mock_backend.users.remove("alice")
    mock_backend.users.add("alice", "another")

    assert_oauth_error(issuer.redeem(code), 400, "invalid_grant")


# -- where it goes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [OTHER, "http://localhost:8913/callback", "http://localhost/callback", None])
def test_a_code_is_redeemed_for_the_url_that_it_went_to(issuer, assert_oauth_error, url):
    # The client is registered with all of these, and yet the code was sent elsewhere.
    assert_oauth_error(issuer.redeem(issuer.code(), redirect_uri=url), 400, "invalid_grant", "redirect_uri")


def test_the_answer_names_the_issuer_and_repeats_the_state(issuer):
    answer = issuer.answered(issuer.authorize(state="näh & <b>"))

    assert set(answer) == {"code", "state", "iss"}
    assert answer["state"] == "näh & <b>"
    assert answer["iss"] == issuer.url  # RFC 9207


def test_so_does_a_refusal(issuer):
    answer = issuer.answered(issuer.authorize(response_type="token"))

    assert answer["error"] == "unsupported_response_type"
    assert (answer["state"], answer["iss"]) == ("a state", issuer.url)
    assert "code" not in answer


def test_an_answer_may_go_into_the_fragment(issuer):
    response = issuer.authorize(response_mode="fragment")

    assert response.headers["Location"].startswith(f"{issuer.callback}#code=")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "id_token token"}, "unsupported_response_type"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"scope": "nonsense"}, "invalid_scope"),
        ({"scope": " "}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "sometimes"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "٣"}, "invalid_request"),
        ({"max_age": "9" * 30}, "invalid_request"),
        ({"request": "a.b.c"}, "request_not_supported"),
        ({"request_uri": "https://evil.test"}, "request_uri_not_supported"),
    ],
)
def test_what_cannot_be_asked_for(issuer, changes, error):
    answer = issuer.answered(issuer.authorize(**changes))

    assert answer["error"] == error
    assert answer["error_description"]
    assert "code" not in answer


def test_a_client_that_is_not_registered_for_codes(issuer):
    issuer.provider.add_client("tv", grant_types=["device_code"], redirect_urls=[issuer.callback])

    assert issuer.answered(issuer.authorize(client_id="tv"))["error"] == "unauthorized_client"


def test_a_default_user_that_is_gone_is_said_to_the_client(issuer, mock_backend):
    mock_backend.users.add("bob")
    mock_backend.oidc.default_user = "bob"
    mock_backend.users.remove("bob")
    answer = issuer.answered(issuer.authorize())
    assert answer["error"] == "access_denied"
    assert "bob" in answer["error_description"]

    mock_backend.users.add("bob")
    assert "code" in issuer.answered(issuer.authorize())


# -- PKCE ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verifier", [None, "x" * 43, "short", "y" * 129, "ü" * 43, "a" * 42 + "\n"])
def test_a_code_needs_the_verifier(issuer, assert_oauth_error, verifier):
    response = issuer.redeem(issuer.code(), code_verifier=verifier)

    assert_oauth_error(response, 400, "invalid_grant", "code_verifier")


def test_the_challenge_is_no_verifier(issuer, assert_oauth_error):
    response = issuer.redeem(issuer.code(), code_verifier=issuer.challenge)

    assert_oauth_error(response, 400, "invalid_grant")


@pytest.mark.parametrize("verifier", ["short", "y" * 129, "ü" * 43])
def test_a_verifier_that_is_none_does_not_count_though_its_hash_fits(issuer, verifier):
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")

    response = issuer.redeem(issuer.code(code_challenge=challenge), code_verifier=verifier)

    assert response.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": "s256"},
        {"code_challenge": "short"},
        {"code_challenge": "ü" * 43},
    ],
    ids=str,
)
def test_a_public_client_cannot_do_without(issuer, changes):
    answer = issuer.answered(issuer.authorize(**changes))

    assert answer["error"] == "invalid_request"
    assert "code_challenge" in answer["error_description"]


def test_a_client_with_a_secret_can(issuer, confidential):
    code = issuer.code(code_challenge=None, code_challenge_method=None, **confidential)
    tokens = issuer.redeem(code, client_secret="its-secret", code_verifier=None, **confidential)

    assert tokens.status_code == 200


def test_but_not_as_a_downgrade(issuer, confidential, assert_oauth_error):
    # RFC 9700, section 4.8.2: an attacker has stripped the challenge off, the client still has its verifier.
    stripped = issuer.code(code_challenge=None, code_challenge_method=None, **confidential)
    response = issuer.redeem(stripped, client_secret="its-secret", **confidential)
    assert_oauth_error(response, 400, "invalid_grant", "code_challenge")

    # Nor the other way round.
    code = issuer.code(**confidential)
    response = issuer.redeem(code, client_secret="its-secret", code_verifier=None, **confidential)
    assert_oauth_error(response, 400, "invalid_grant", "code_verifier")


def test_a_client_with_a_secret_may_use_it(issuer, confidential):
    code = issuer.code(**confidential)

    assert issuer.redeem(code, client_secret="its-secret", **confidential).status_code == 200


# -- id tokens ----------------------------------------------------------------------------------------


def test_the_id_token_is_for_the_client_and_tells_what_it_wants_to_know(issuer, claims, mock_backend):
    code = issuer.code(nonce="a nonce")
    mock_backend.clock.advance(seconds=5)
    tokens = issuer.redeem(code).json()
    about = claims(tokens["id_token"])

    assert (about["iss"], about["aud"], about["azp"]) == (issuer.url, "openeo-default", "openeo-default")
    assert (about["sub"], about["nonce"]) == ("alice", "a nonce")
    assert about["auth_time"] == about["iat"] - 5
    half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert about["at_hash"] == base64.urlsafe_b64encode(half).decode().rstrip("=")
    assert "nonce" not in claims(issuer.log_in()["id_token"])


def test_there_is_none_without_the_scope(issuer):
    tokens = issuer.redeem(issuer.code(scope="profile")).json()

    assert "id_token" not in tokens
    assert issuer.userinfo(tokens["access_token"]).json()["error"] == "insufficient_scope"
    assert issuer.userinfo(tokens["access_token"]).status_code == 403


def test_unknown_scopes_are_left_out_and_that_is_said(issuer):
    assert issuer.redeem(issuer.code(scope="email nonsense openid")).json()["scope"] == "openid email"
