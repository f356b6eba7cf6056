"""Bearer tokens at the API: their shapes, schemes, and plain JSON Web Tokens (openEO API 1.3)."""

import pytest
import requests

from mock_backend import MockBackend

PLAIN_JWT = "https://api.openeo.org/1.3.0/authentication/jwt"


@pytest.fixture
def ask(mock_backend):
    """Ask for one's account with an ``Authorization`` header."""

    def me(authorization):
        headers = {} if authorization is None else {"Authorization": authorization}
        return requests.get(f"{mock_backend.url}/me", headers=headers, timeout=5)

    return me


@pytest.fixture
def token(issuer):
    return issuer.provider.tokens()["access_token"]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_token_of_a_provider(ask, token, scheme):
    assert ask(f"{scheme} oidc/mock/{token}").json()["user_id"] == "alice"


def test_no_header(ask, assert_error):
    assert_error(ask(None), 401, "AuthenticationRequired", "bearer token")


@pytest.mark.parametrize("scheme", ["Basic", "DPoP", "Token", "x"])
def test_another_scheme(ask, token, assert_error, scheme):
    assert_error(ask(f"{scheme} oidc/mock/{token}"), 403, "AuthenticationSchemeInvalid", "Bearer")


@pytest.mark.parametrize(
    "shape",
    [
        "oidc/{}",
        "oidc//{}",
        "oidc/mock {}",
        "mock/{}",
        "oidc/mock/",
        "oidc",
        "/oidc/mock/{}",
        "basic/mock/{}",
        "OIDC/mock/{}",
        "",
    ],
)
def test_what_is_no_token_of_a_provider(ask, token, assert_error, shape):
    response = ask(f"Bearer {shape.format(token)}")

    assert response.status_code in (401, 403)
    assert response.json()["code"] in ("TokenInvalid", "AuthenticationSchemeInvalid")
    assert token not in response.text


@pytest.mark.parametrize("name", ["egi", "Mock", "mock-1", "x" * 20])
def test_a_provider_that_there_is_not(ask, token, assert_error, name):
    assert_error(ask(f"Bearer oidc/{name}/{token}"), 403, "TokenInvalid", name, "Available: mock")


def test_a_basic_token_is_no_providers_and_the_other_way_round(ask, token, mock_backend, assert_error):
    secret = mock_backend.token().removeprefix("basic//")

    assert_error(ask(f"Bearer oidc/mock/{secret}"), 403, "TokenInvalid", "not signed")
    assert_error(ask(f"Bearer basic//{token}"), 403, "TokenInvalid")


def test_no_token_is_ever_repeated(ask, token, mock_backend):
    for shape in ("oidc/mock/{}x", "oidc/egi/{}", "{}", "basic//{}", "oidc/{}/x"):
        response = ask(f"Bearer {shape.format(token)}")
        assert response.status_code == 403
        assert token[:40] not in response.text


# -- entitlements -------------------------------------------------------------------------------------


def test_who_lacks_an_entitlement(issuer, mock_backend, assert_error):
    issuer.provider.required_entitlements = ["vo:user", "vo:admin"]
    mock_backend.users["alice"].entitlements = ["vo:user"]
    assert_error(
        issuer.me(issuer.provider.tokens()["access_token"]),
        403,
        "PermissionsInsufficient",
        "alice",
        "vo:admin",
    )

    mock_backend.users["alice"].entitlements = ["vo:user", "vo:admin", "more"]
    assert issuer.me(issuer.provider.tokens()["access_token"]).status_code == 200
    # Whoever does not ask for the claim does not get it.
    without = issuer.provider.tokens(scope=["openid"])["access_token"]
    assert_error(issuer.me(without), 403, "PermissionsInsufficient", "scope", "eduperson_entitlement")
    # That a token is no good is said first.
    issuer.provider.revoke()
    assert_error(issuer.me(without), 403, "TokenInvalid", "revoked")


def test_one_entitlement_may_be_given_as_it_is(issuer, assert_error):
    issuer.provider.required_entitlements = "vo:user"

    assert_error(
        issuer.me(issuer.provider.tokens()["access_token"]), 403, "PermissionsInsufficient", "vo:user"
    )


# -- plain JSON Web Tokens ----------------------------------------------------------------------------


@pytest.fixture
def plain():
    with MockBackend("https://plain.test", api_version="1.3") as backend:
        yield backend


def me(backend, bearer):
    return requests.get(f"{backend.url}/me", headers={"Authorization": f"Bearer {bearer}"}, timeout=5)


def test_plain_tokens_are_taken_where_that_is_announced(plain):
    token = plain.oidc.tokens()["access_token"]

    for path in ("/", "/conformance"):
        assert PLAIN_JWT in requests.get(plain.url + path, timeout=5).json()["conformsTo"]
    assert me(plain, token).json()["user_id"] == "alice"
    assert me(plain, f"oidc/mock/{token}").json()["user_id"] == "alice"


def test_and_nowhere_else(mock_backend, token, ask, assert_error):
    for path in ("/", "/conformance"):
        assert PLAIN_JWT not in requests.get(mock_backend.url + path, timeout=5).json()["conformsTo"]
    assert_error(ask(f"Bearer {token}"), 403, "TokenInvalid", "oidc/PROVIDER/TOKEN")


def test_a_plain_token_tells_its_issuer_itself(plain, assert_error):
    egi = plain.oidc_providers.add("egi")
    plain.users.add("bob")

    assert me(plain, egi.tokens("bob")["access_token"]).json()["user_id"] == "bob"
    assert me(plain, plain.oidc.tokens()["access_token"]).json()["user_id"] == "alice"
    token = egi.tokens()["access_token"]
    plain.oidc_providers.remove("egi")
    assert_error(me(plain, token), 403, "TokenInvalid", "not signed by any provider")


@pytest.mark.parametrize("kind", ["id_token", "refresh_token"])
def test_it_is_an_access_token(plain, assert_error, kind):
    tokens = plain.oidc.tokens()

    assert_error(me(plain, tokens[kind]), 403, "TokenInvalid")
    assert me(plain, tokens["access_token"]).status_code == 200


def test_it_is_judged_like_others(plain, forge, assert_error):
    token = plain.oidc.tokens()["access_token"]
    forged = forge(token, provider=plain.oidc, iss="https://evil.test")
    assert_error(me(plain, forged), 403, "TokenInvalid", "another issuer")
    assert me(plain, forge(token, provider=plain.oidc)).status_code == 200
    assert_error(me(plain, token[:-4]), 403, "TokenInvalid", "not signed by any provider")

    plain.clock.advance(hours=1)
    assert_error(me(plain, token), 403, "TokenInvalid", "expired")
    plain.oidc.required_entitlements = {"vip"}
    assert_error(me(plain, plain.oidc.tokens()["access_token"]), 403, "PermissionsInsufficient", "vip")
    assert_error(me(plain, "nonsense"), 403, "TokenInvalid")
    assert me(plain, plain.token()).status_code == 200


# -- providers that come and go -----------------------------------------------------------------------


def test_a_removed_providers_tokens(mock_backend, issuer, assert_error):
    token = mock_backend.oidc_providers.add("egi").tokens()["access_token"]
    assert issuer.me(token, "egi").status_code == 200
    mock_backend.oidc_providers.remove("egi")

    assert_error(issuer.me(token, "egi"), 403, "TokenInvalid", "names the unknown provider 'egi'")
    # Nor those of a later one of the name.
    mock_backend.oidc_providers.add("egi")
    assert_error(issuer.me(token, "egi"), 403, "TokenInvalid")


def test_a_renamed_providers_tokens(issuer, token, assert_error):
    issuer.provider.id = "other"

    assert issuer.me(token, "other").status_code == 200
    assert_error(issuer.me(token, "mock"), 403, "TokenInvalid", "Available: other")
