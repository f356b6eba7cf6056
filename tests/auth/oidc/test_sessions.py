"""Sessions in browsers: their cookies, and log-outs."""

import pytest

pytestmark = pytest.mark.usefixtures("interactive")

COOKIE = "mock_backend_session"
ALICE = {"username": "alice", "password": "secret"}


def test_a_cookie_is_not_for_scripts_nor_for_other_sites(issuer, ask, answer, cookie_of):
    cookie = cookie_of(answer(ask(), **ALICE))

    assert cookie["httponly"] is True
    assert cookie["samesite"].lower() == "lax"
    assert cookie["secure"] is True
    assert cookie["path"] == "/"
    assert (cookie["domain"], cookie["max-age"], cookie["expires"]) == ("", "", "")
    assert "password" not in ask(cookie=cookie.value).inputs


def test_a_log_in_is_a_new_session(issuer, ask, answer, cookie_of):
    # Whoever has put a cookie into the browser before is not logged in by it.
    page = ask("planted")
    cookie = cookie_of(answer(page, "planted", **ALICE)).value

    assert cookie != "planted"
    assert "password" in ask("planted").inputs


def test_what_tokens_call_a_session_is_not_its_cookie(issuer, ask, answer, claims, cookie_of):
    response = answer(ask(), **ALICE)
    cookie = cookie_of(response).value
    tokens = issuer.redeem(issuer.answered(response)["code"]).json()
    names = {claims(tokens[kind])["sid"] for kind in ("access_token", "id_token")}

    assert len(names) == 1
    assert cookie not in str(tokens)
    assert "password" in ask(names.pop()).inputs


def test_other_cookies_of_the_host_are_no_matter(issuer, session_of):
    odd = '{"json": 1, "a, b"}; =x; ; é=ü; a"b=c; ' + f"{COOKIE}=stale; {COOKIE}={session_of()}; z=1"
    response = issuer.authorize(prompt="none")
    assert issuer.answered(response)["error"] == "login_required"

    parameters = {"prompt": "none", "response_type": "code", "client_id": "openeo-default"}
    parameters |= {
        "redirect_uri": issuer.callback,
        "code_challenge": issuer.challenge,
        "code_challenge_method": "S256",
    }
    response = issuer("GET /authorize", params=parameters, headers={"Cookie": odd.encode("latin-1")})
    assert "code" in issuer.answered(response)


def test_a_session_is_its_providers(mock_backend, issuer_of, session_of, page_of):
    egi = issuer_of(mock_backend.oidc_providers.add("egi"), mock_backend)
    egi.provider.interactive = True

    assert "password" in page_of(egi.authorize(cookies={COOKIE: session_of()})).inputs


# -- log-outs -----------------------------------------------------------------------------------------


@pytest.fixture
def logged_in(issuer, ask, answer, cookie_of):
    """A browser's cookie, and the tokens a client has got in it."""
    response = answer(ask(), **ALICE)
    return cookie_of(response).value, issuer.redeem(issuer.answered(response)["code"]).json()


def test_a_log_out_ends_the_session_and_its_tokens(issuer, ask, logged_in, cookie_of):
    cookie, tokens = logged_in
    bystander = issuer.provider.tokens()["access_token"]
    response = issuer("GET /logout", cookies={COOKIE: cookie})

    assert response.status_code == 200
    assert cookie_of(response).value == ""
    assert cookie_of(response)["path"] == "/"
    assert "password" in ask(cookie).inputs
    assert issuer.takes(tokens["access_token"]) == set()
    assert issuer.takes(bystander)


def test_a_client_says_whose_session_by_an_id_token(issuer, ask, logged_in, mock_backend):
    cookie, tokens = logged_in
    mock_backend.clock.advance(hours=3)  # RP-Initiated Logout, section 2: an expired one will do
    parameters = {
        "id_token_hint": tokens["id_token"],
        "post_logout_redirect_uri": issuer.callback,
        "state": "bye",
    }
    response = issuer("POST /logout", data=parameters)

    assert (response.status_code, response.headers["Location"]) == (303, f"{issuer.callback}?state=bye")
    assert "password" in ask(cookie).inputs


@pytest.mark.parametrize("how", ["access token", "tampered", "nonsense", "other client", "bad address"])
def test_a_log_out_that_fails_ends_nothing(issuer, ask, logged_in, how):
    cookie, tokens = logged_in
    issuer.provider.add_client("other", redirect_urls=["https://other.test/"])
    parameters = {
        "access token": {"id_token_hint": tokens["access_token"]},
        "tampered": {"id_token_hint": tokens["id_token"][:-5]},
        "nonsense": {"id_token_hint": "a.b.c"},
        "other client": {"id_token_hint": tokens["id_token"], "client_id": "other"},
        "bad address": {
            "id_token_hint": tokens["id_token"],
            "post_logout_redirect_uri": "https://other.test/",
        },
    }[how]
    response = issuer("GET /logout", params=parameters, cookies={COOKIE: cookie})

    assert (response.status_code, "Location" in response.headers) == (400, False)
    assert "password" not in ask(cookie).inputs
    assert issuer.takes(tokens["access_token"])
