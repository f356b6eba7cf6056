"""Texts that are no tokens, and tokens of nonsense: they are refused like any other."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt

from mock_backend import MockBackend


def nonsense(real, part, parts_of):
    header, _, signature = parts_of(real)
    head, payload, _ = real.split(".")
    yield from ("a", "a.b", "a.b.c", "..", "....", "a.b.c.d.e", "\xe9.\xe9.\xe9", "null", "{}", "undefined")
    for each in ([], 5, None, "x", {}, {"alg": None}, {"alg": ["RS256"]}, {"alg": "RS256", "kid": {}}):
        yield f"{part(each)}.{payload}.{signature}"
    for each in (b"", b"[" * 50_000, b'{"a":' * 20_000, b"\xff\xfe", b'{"alg":"RS256","alg":"none"}'):
        yield f"{part(each)}.{payload}.{signature}"
        yield f"{head}.{part(each)}.{signature}"
    for size in (10_000, 100_000):
        yield "a" * size
        yield f"{head}.{payload}.{'a' * size}"
        yield f"{part(header | {'pad': 'a' * size})}.{payload}.{signature}"
    yield f"{head}.{payload}.{signature}.{signature}"
    yield f"{head}=.{payload}.{signature}"
    yield f"{part({'alg': 'RSA-OAEP', 'enc': 'A128GCM'})}.a.b.c.d"


def test_nonsense_is_no_token(issuer, real, assert_refused, part, parts_of):
    for token in nonsense(real, part, parts_of):
        if token.isascii():
            assert_refused(token, "not signed")
        else:
            assert issuer.me(token.encode().decode("latin-1")).status_code == 403


def test_what_is_far_too_long_is_no_token(issuer, real, assert_error, assert_oauth_error):
    for token in ("a" * 1_000_000, f"{real}{'a' * 1_000_000}"):
        assert_error(issuer.me(token), 403, "TokenInvalid", "not signed")
        assert issuer.userinfo(token).status_code == 401
        response = issuer("POST /introspect", data={"token": token}, auth=("openeo-service", "secret"))
        assert_oauth_error(response, 413, "invalid_request", "must not exceed")


def test_a_payload_that_is_no_object(issuer, assert_refused):
    key = issuer.provider.keys.current
    for payload in (b"[]", b"5", b"null", b'"x"', b"", b"\xff", b"NaN"):
        forged = jws.serialize_compact({"alg": "RS256", "kid": key.kid, "typ": "at+jwt"}, payload, key)
        assert_refused(forged, "not signed")


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
CLAIMS = (
    "iss",
    "sub",
    "aud",
    "iat",
    "nbf",
    "exp",
    "jti",
    "azp",
    "scope",
    "sid",
    "eduperson_entitlement",
    "roles",
)


@pytest.fixture(scope="module")
def workshop():
    """A back-end for many examples, with a token."""
    with MockBackend("https://forge.test") as backend:
        backend.oidc.required_entitlements = {"x"}
        yield backend, backend.oidc.tokens()["access_token"]


@given(changes=st.dictionaries(st.sampled_from(CLAIMS), ANY_JSON, min_size=1, max_size=3))
def test_whatever_its_claims_are_it_is_judged(workshop, issuer_of, changes, parts_of):
    backend, real = workshop
    key = backend.oidc.keys.current
    header = {"alg": "RS256", "kid": key.kid, "typ": "at+jwt"}
    forged = jwt.encode(header, parts_of(real)[1] | changes, key)
    issuer = issuer_of(backend.oidc, backend)

    assert issuer.me(forged).json()["code"] in ("TokenInvalid", "PermissionsInsufficient")
    assert issuer.userinfo(forged).status_code in (200, 401)
    assert issuer.introspect(forged)["active"] in (True, False)


@given(
    changes=st.dictionaries(
        st.sampled_from(["alg", "kid", "typ", "crit", "jwk", "jku", "b64", "enc", "zip"]),
        ANY_JSON,
        min_size=1,
    )
)
def test_whatever_its_header_is_it_is_judged(workshop, issuer_of, changes, part, parts_of):
    backend, real = workshop
    header, claims, signature = parts_of(real)
    if header | changes == header:
        return
    issuer = issuer_of(backend.oidc, backend)

    assert issuer.me(f"{part(header | changes)}.{part(claims)}.{signature}").json()["code"] == "TokenInvalid"


@given(token=st.text(string.ascii_letters + string.digits + "._-=+/~", min_size=1, max_size=60))
def test_whatever_it_is_it_is_judged(workshop, issuer_of, token):
    backend, _ = workshop
    issuer = issuer_of(backend.oidc, backend)

    assert issuer.me(token).json()["code"] == "TokenInvalid"
    assert issuer.introspect(token) == {"active": False}
