"""The endpoints of an issuer as their standards want them: discovery, methods, user info, introspection."""

import asyncio

import pytest
import requests

from mock_backend import Fault

ENDPOINTS = {
    "authorization_endpoint": "/authorize",
    "token_endpoint": "/token",
    "userinfo_endpoint": "/userinfo",
    "jwks_uri": "/jwks",
    "device_authorization_endpoint": "/device_authorization",
    "revocation_endpoint": "/revoke",
    "introspection_endpoint": "/introspect",
    "end_session_endpoint": "/logout",
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def token(issuer):
    return issuer.provider.tokens()["access_token"]


# -- discovery ----------------------------------------------------------------------------------------


def test_a_provider_describes_itself(issuer):
    document = issuer("GET /.well-known/openid-configuration").json()

    assert document["issuer"] == issuer.url
    assert {name: document[name] for name in ENDPOINTS} == {
        name: issuer.url + path for name, path in ENDPOINTS.items()
    }
    # What it does not take, it does not announce (RFC 9700, section 2.1).
    assert document["response_types_supported"] == ["code"]
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["id_token_signing_alg_values_supported"] == ["RS256"]
    assert document["request_uri_parameter_supported"] is False  # else true is meant
    assert document["authorization_response_iss_parameter_supported"] is True
    assert "none" not in document["introspection_endpoint_auth_methods_supported"]


def test_the_grant_types_are_those_of_its_clients(issuer):
    def grant_types():
        return set(issuer("GET /.well-known/openid-configuration").json()["grant_types_supported"])

    assert grant_types() == {
        "authorization_code",
        "client_credentials",
        "password",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:device_code",
    }
    del issuer.provider.clients["openeo-default"]
    assert grant_types() == {"client_credentials"}


def test_each_provider_has_an_issuer_of_its_own(mock_backend, issuer, issuer_of):
    egi = issuer_of(mock_backend.oidc_providers.add("egi"), mock_backend)

    assert egi.url == f"{issuer.url}/egi"
    document = egi("GET /.well-known/openid-configuration").json()
    assert document["issuer"] == egi.url
    assert document["token_endpoint"] == f"{egi.url}/token"
    assert egi.log_in()["access_token"]
    assert len(issuer.provider.requests) == 0


# -- methods and paths --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/token", "/revoke", "/introspect", "/consent", "/device_authorization"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_what_changes_something_is_posted(issuer, method, path):
    response = issuer(f"{method} {path}")

    assert response.status_code == 405
    assert response.headers["Allow"] == "POST, OPTIONS"
    if method != "HEAD":
        assert response.json()["error"] == "invalid_request"


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks"])
def test_documents_are_only_read(issuer, path):
    assert issuer(f"POST {path}").status_code == 405
    head, full = issuer(f"HEAD {path}"), issuer(f"GET {path}")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == full.headers["Content-Length"]


@pytest.mark.parametrize(
    "path", ["/", "", "/nowhere", "/token/", "/x//token", "/egi/token", "/Token", "/%00", "/jwks.json"]
)
def test_there_is_nothing_else(issuer, path):
    response = issuer(f"GET {path}")

    assert (response.status_code, response.json()["error"]) == (404, "not_found")


def test_a_request_has_a_size(issuer, assert_oauth_error):
    response = issuer("POST /token", data="x" * 300_000, headers=FORM)
    assert_oauth_error(response, 413, "invalid_request", "262144")
    assert issuer("POST /token", data="x" * 200_000, headers=FORM).status_code == 401


# -- user info ----------------------------------------------------------------------------------------


def test_whose_a_token_is(issuer, mock_backend):
    alice = mock_backend.users["alice"]
    alice.name, alice.email, alice.roles = "Alice A.", "alice@openeo.test", ["admin"]
    alice.entitlements = ["vo:user"]
    token = issuer.provider.tokens()["access_token"]

    assert issuer.userinfo(token).json() == {
        "sub": "alice",
        "name": "Alice A.",
        "preferred_username": "alice",
        "email": "alice@openeo.test",
        "email_verified": True,
        "eduperson_entitlement": ["vo:user"],
        "roles": ["admin"],
    }
    less = issuer.provider.tokens(scope="openid email")["access_token"]
    assert set(issuer.userinfo(less).json()) == {"sub", "email", "email_verified", "roles"}


def test_a_token_is_sent_in_one_way(issuer, token, assert_oauth_error):
    # RFC 6750, section 2.
    header = {"Authorization": f"Bearer {token}"}
    assert issuer("GET /userinfo", headers=header).status_code == 200
    assert issuer("POST /userinfo", headers=header).status_code == 200
    assert issuer("POST /userinfo", headers=header, json={}).status_code == 200
    assert issuer("POST /userinfo", data={"access_token": token}).status_code == 200

    both = issuer("POST /userinfo", headers=header, data={"access_token": token})
    assert_oauth_error(both, 400, "invalid_request", "not both")
    in_the_url = issuer("GET /userinfo", params={"access_token": token})
    assert in_the_url.status_code == 401


@pytest.mark.parametrize("header", [None, "Basic YTpi", "nonsense", "Token x"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_brings_no_token_is_told_to(issuer, header, method):
    response = issuer(f"{method} /userinfo", headers={"Authorization": header} if header else None)

    assert response.status_code == 401
    # RFC 6750, section 3.1: no error where no token was sent.
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("bearer", ["", "x", "a.b.c", "oidc/mock/x"])
def test_who_brings_none_that_is_good(issuer, bearer, assert_oauth_error):
    response = issuer("GET /userinfo", headers={"Authorization": f"Bearer {bearer}"})

    assert_oauth_error(response, 401, "invalid_token")
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def twice(issuer, path, *headers, method="GET", body=b""):
    """Send a request as no client library would: with a header more than once."""
    sent = []
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "scheme": "https",
        "headers": [(b"host", b"oidc.openeo.test"), *headers],
    }

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    app = issuer.app
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"]


def test_two_headers_are_no_credentials(mock_backend, issuer, token):
    issuer.app = mock_backend.issuer_host.asgi
    good = (b"authorization", f"Bearer {token}".encode())
    bad = (b"authorization", b"Bearer x")
    assert twice(issuer, "/userinfo", good) == 200

    for headers in ((good, bad), (bad, good), (good, good)):
        assert twice(issuer, "/userinfo", *headers) == 401

    form = (b"content-type", FORM["Content-Type"].encode())
    secret = (b"authorization", b"Basic b3BlbmVvLXNlcnZpY2U6c2VjcmV0")
    body = b"grant_type=client_credentials"
    assert twice(issuer, "/token", form, secret, method="POST", body=body) == 200
    for headers in ((secret, secret), (secret, bad), (bad, secret)):
        assert twice(issuer, "/token", form, *headers, method="POST", body=body) == 401


# -- introspection ------------------------------------------------------------------------------------


def test_what_is_in_a_token(issuer, token, claims):
    about = claims(token)

    assert issuer.introspect(token) == {
        "active": True,
        "scope": issuer.scope,
        "client_id": "openeo-default",
        "username": "alice",
        "token_type": "Bearer",
        "sub": "alice",
        "iss": issuer.url,
        **{name: about[name] for name in ("iat", "exp", "nbf", "aud", "jti")},
    }


def test_of_a_bad_token_nothing_is_told(issuer, token, mock_backend, claims):
    mock_backend.clock.advance(hours=1)
    id_token = issuer.provider.tokens()["id_token"]

    for each in (token, id_token, "nonsense", "a.b.c", "ü"):
        assert issuer.introspect(each) == {"active": False}  # RFC 7662, section 2.2


def test_a_token_is_named(issuer, assert_oauth_error):
    auth = ("openeo-service", "secret")
    for path in ("/introspect", "/revoke"):
        assert_oauth_error(
            issuer(f"POST {path}", data={"x": "y"}, auth=auth), 400, "invalid_request", "token"
        )
        assert_oauth_error(issuer(f"POST {path}", json={}, auth=auth), 400, "invalid_request", "form")


def test_hints_are_hints(issuer, token):
    for hint in ("refresh_token", "access_token", "nonsense"):
        data = {"token": token, "token_type_hint": hint}
        looked = issuer("POST /introspect", data=data, auth=("openeo-service", "secret"))
        assert looked.json()["active"] is True
    data["client_id"] = "openeo-default"
    assert issuer("POST /revoke", data=data).status_code == 200
    assert issuer.takes(token) == set()


# -- ordered faults -----------------------------------------------------------------------------------


def test_failures_can_be_ordered(issuer, assert_oauth_error):
    issuer.provider.inject(Fault(status=503, retry_after=3), "POST /token", times=1)
    response = issuer.token(client_id="openeo-default")

    assert_oauth_error(response, 503, "temporarily_unavailable")
    assert response.headers["Retry-After"] == "3"
    assert issuer.redeem(issuer.code()).status_code == 200
    issuer.provider.inject(Fault(status=400, code="invalid_grant", message='née "x"\r\n'), "* /userinfo")
    assert_oauth_error(issuer.userinfo("x"), 400, "invalid_grant", "n?e 'x'")
    with pytest.raises(ValueError, match="/tokens"):
        issuer.provider.inject(Fault(), "POST /tokens")


# -- hosts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "evil.test/x",
        "a b",
        "a@b",
        "<b>",
        "a?b",
        "a#b",
        "x:y",
        "x:123456",
        "[::1",
        "",
        "a\\b",
        "é.test",
        "a,b",
    ],
)
def test_a_host_that_can_be_in_no_url(mock_backend_live, issuer, host):
    url = f"{mock_backend_live.url}/oidc"
    control = requests.get(f"{url}/.well-known/openid-configuration", timeout=5)
    assert control.json()["issuer"] == url

    response = requests.get(
        f"{url}/.well-known/openid-configuration", headers={"Host": host.encode("latin-1")}, timeout=5
    )

    assert response.status_code == 400
    if response.headers["Content-Type"].startswith(
        "application/json"
    ):  # else the server itself has refused it
        assert response.json()["error"] == "invalid_request"
