"""Access tokens that were forged or tampered with (RFC 8725, RFC 9068, section 4).

Each is made of a real token, with its ``jti``, so that it is refused for what is wrong with it.
"""

import base64
import hashlib
import hmac
import json

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey


@pytest.fixture(scope="module")
def stranger():
    """A key that no provider has here."""
    return RSAKey.generate_key(2048, private=True)


def test_a_token_made_with_the_right_values_is_taken(issuer, real, forge, all_endpoints):
    """The control for all that follow."""
    assert issuer.takes(real) == all_endpoints
    assert issuer.takes(forge(real)) == all_endpoints
    assert issuer.takes(forge(real, more="claims")) == all_endpoints


# -- signatures ---------------------------------------------------------------------------------------


def test_a_payload_is_signed(issuer, real, assert_refused, part, parts_of):
    issuer.provider.add_client("other", redirect_urls=["https://other.test/"])
    header, claims, signature = parts_of(real)

    for change in ({"sub": "bob"}, {"exp": claims["exp"] + 1}, {"scope": "openid admin"}, {"x": 1}):
        assert_refused(f"{part(header)}.{part(claims | change)}.{signature}", "not signed")


def test_a_signature_is_of_its_payload(issuer, real, assert_refused, part):
    other = issuer.provider.tokens()["access_token"]
    head, payload, signature = real.split(".")
    flipped = base64.urlsafe_b64encode(bytes([base64.urlsafe_b64decode(signature + "==")[0] ^ 1])).decode()[0]

    for forged in (
        other.rpartition(".")[2],
        flipped + signature[1:],
        signature[:-8],
        signature[::-1],
        "",
        part(b"\0" * 256),
    ):
        if forged != signature:
            assert_refused(f"{head}.{payload}.{forged}", "not signed")


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE"])
def test_a_token_cannot_do_without_a_signature(real, assert_refused, algorithm, part, parts_of):
    header, claims, signature = parts_of(real)

    for tail in ("", signature):
        assert_refused(f"{part(header | {'alg': algorithm})}.{part(claims)}.{tail}", "not signed")


@pytest.mark.parametrize("how", ["pem", "der", "json", "modulus"])
def test_the_public_key_is_no_shared_secret(issuer, real, assert_refused, how, part, parts_of):
    key, (header, claims, _) = issuer.provider.keys.current, parts_of(real)
    secret = {
        "pem": key.as_pem(private=False),
        "der": key.as_der(private=False),
        "json": json.dumps(key.as_dict(private=False)).encode(),
        "modulus": key.as_dict(private=False)["n"].encode(),
    }[how]

    def forged_with(secret):
        signed = f"{part(header | {'alg': 'HS256'})}.{part(claims)}"
        return f"{signed}.{part(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"

    assert_refused(forged_with(secret), "not signed")
    # The control: made so, a token is sound where its key is a shared secret.
    shared = b"a secret that is shared by two and long enough"
    assert jwt.decode(forged_with(shared), OctKey.import_key(shared), algorithms=["HS256"]).claims == claims


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_only_one_algorithm_counts(issuer, real, forge, assert_refused, algorithm, parts_of):
    # Keys are for one use only, so a copy of the key without that restriction signs.
    key = RSAKey.import_key(issuer.provider.keys.current.as_pem(private=True))
    forged = jwt.encode(
        {"alg": algorithm, "kid": issuer.provider.keys.current.kid, "typ": "at+jwt"},
        parts_of(real)[1],
        key,
        algorithms=[algorithm],
    )

    assert_refused(forged, "not signed")


def test_another_key(issuer, real, forge, stranger, assert_refused):
    assert_refused(forge(real, key=stranger), "not signed")
    assert_refused(forge(real, key=stranger, header={"kid": stranger.thumbprint()}), "not signed")


def test_a_key_is_known_by_its_id(issuer, real, forge, assert_refused):
    issuer.provider.rotate_keys()
    for kid in ("unknown", "", "../../dev/null", "' OR 1=1 --"):
        assert_refused(forge(real, header={"kid": kid}), "not signed")
    issuer.provider.rotate_keys()
    assert issuer.me(forge(real)).status_code == 200


@pytest.mark.parametrize("member", ["jwk", "jku", "x5u", "x5c"])
def test_a_token_does_not_bring_its_own_key(
    issuer, real, forge, stranger, assert_refused, member, mock_backend
):
    value = {
        "jwk": stranger.as_dict(private=False),
        "jku": "https://evil.test/jwks",
        "x5u": "https://evil.test/x5",
        "x5c": ["MIIB"],
    }[member]
    before = len(issuer.provider.requests)
    forged = forge(real, key=stranger, header={member: value})

    assert_refused(forged, "not signed")
    # No issuer has been asked for a key.
    assert {each.path for each in issuer.provider.requests[before:]} == {"/introspect", "/userinfo"}


def test_what_its_header_calls_critical_has_to_be_understood(real, assert_refused, part, parts_of):
    header, claims, signature = parts_of(real)
    for critical in (["exp2"], ["b64"], [], 5, "x", None):
        forged = f"{part(header | {'crit': critical, 'b64': False})}.{part(claims)}.{signature}"
        assert_refused(forged, "not signed")


# -- claims -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expiry",
    [
        "soon",
        "1748782800",
        None,
        True,
        [1748782800],
        {},
        float("nan"),
        float("inf"),
        -float("inf"),
        10**18,
        10**400,
        -(10**18),
    ],
    ids=lambda each: repr(each)[:20],
)
def test_an_expiry_that_is_no_instant(real, forge, issuer, assert_error, expiry):
    assert_error(issuer.me(forge(real, exp=expiry)), 403, "TokenInvalid", "does not say when it expires")


def test_a_token_that_never_expires(real, forge, issuer, assert_error):
    assert_error(
        issuer.me(forge(real, without=("exp",))), 403, "TokenInvalid", "does not say when it expires"
    )


def test_an_expired_one(real, forge, issuer, assert_error, claims):
    now = claims(real)["iat"]

    assert_error(issuer.me(forge(real, exp=now)), 403, "TokenInvalid", "expired at 2025-06-01T12:00:00")
    assert issuer.me(forge(real, exp=now + 0.5)).status_code == 200


def test_a_longer_life_than_it_was_given(real, forge, issuer, assert_error, claims, mock_backend):
    longer = forge(real, exp=claims(real)["exp"] + 3600)
    assert issuer.me(longer).status_code == 200
    mock_backend.clock.advance(hours=1)

    assert_error(issuer.me(longer), 403, "TokenInvalid", "expired at 2025-06-01T13:00:00")


def test_one_that_is_not_valid_yet(real, forge, issuer, assert_error, claims):
    now = claims(real)["iat"]

    assert_error(
        issuer.me(forge(real, nbf=now + 1)), 403, "TokenInvalid", "not valid before 2025-06-01T12:00:01"
    )
    assert issuer.me(forge(real, nbf=now)).status_code == 200
    assert issuer.me(forge(real, without=("nbf",))).status_code == 200
    for odd in ("now", None, [], float("nan")):
        assert_error(issuer.me(forge(real, nbf=odd)), 403, "TokenInvalid", "nbf")


def test_an_issuers_clock_that_is_ahead(issuer, mock_backend, assert_error):
    issuer.provider.clock_skew = "1m"
    token = issuer.provider.tokens()["access_token"]

    assert_error(issuer.me(token), 403, "TokenInvalid", "not valid before 2025-06-01T12:01:00")
    issuer.provider.leeway = "1m"
    assert issuer.me(token).status_code == 200
    issuer.provider.leeway = 0
    mock_backend.clock.advance(minutes=1)
    assert issuer.me(token).status_code == 200
    # And it is good for longer than its issuer thinks.
    mock_backend.clock.advance(minutes=59)
    assert issuer.userinfo(token).status_code == 401
    assert issuer.me(token).status_code == 200
    issuer.provider.revoke()
    assert_error(issuer.me(token), 403, "TokenInvalid", "revoked")


@pytest.mark.parametrize(
    "audience",
    ["https://other.test", "openeo-default", "https://openeo.test/", "", None, 5, {}, [], [["x"]], True],
)
def test_another_audience(real, forge, issuer, assert_error, audience):
    assert_error(
        issuer.me(forge(real, aud=audience)), 403, "TokenInvalid", "not for this back-end", "openeo.test"
    )


def test_several_audiences(real, forge, issuer, assert_error):
    assert issuer.me(forge(real, aud=["https://other.test", "https://openeo.test"])).status_code == 200
    assert_error(issuer.me(forge(real, aud=["https://other.test", "x"])), 403, "TokenInvalid", "audience")
    assert_error(issuer.me(forge(real, without=("aud",))), 403, "TokenInvalid", "audience")


def test_a_clients_tokens_may_be_for_another_user(issuer, assert_error):
    issuer.provider.add_client("hub", "h", audience="https://hub.test", grant_types=["client_credentials"])
    token = issuer.token(grant_type="client_credentials", client_id="hub", client_secret="h").json()[
        "access_token"
    ]

    assert_error(issuer.me(token), 403, "TokenInvalid", "not for this back-end")
    assert issuer.userinfo(token).status_code == 200
    issuer.provider.audience = "https://hub.test"
    assert issuer.me(token).status_code == 200


@pytest.mark.parametrize(
    "name",
    ["https://evil.test", "https://oidc.openeo.test/", "https://oidc.openeo.test/egi", "", None, 5, [], {}],
)
def test_another_issuer_even_with_the_right_key(real, forge, issuer, assert_error, name):
    assert_error(issuer.me(forge(real, iss=name)), 403, "TokenInvalid", "another issuer")
    assert issuer.me(forge(real, iss=issuer.url)).status_code == 200


@pytest.mark.parametrize("name", ["unknown", "", None, 5, [], {}, ["x"]], ids=repr)
def test_a_token_that_was_not_given_out(real, forge, assert_refused, name):
    assert_refused(forge(real, jti=name), "unknown")
    assert_refused(forge(real, without=("jti",)), "unknown")


@pytest.mark.parametrize("subject", ["bob", "unknown", "", None, 5, ["alice"], {"alice": 1}, True], ids=repr)
def test_a_token_is_of_whom_it_was_given_to(real, forge, issuer, mock_backend, assert_error, subject):
    mock_backend.users.add("bob")

    assert_error(issuer.me(forge(real, sub=subject)), 403, "TokenInvalid", "account")
    assert issuer.me(forge(real, sub="alice")).json()["user_id"] == "alice"


@pytest.mark.parametrize(
    "given", [None, 5, "can-use", {"can-use": 1}, [["can-use"]], [5], ["can-uses"], []], ids=repr
)
def test_entitlements_of_odd_kinds(real, forge, issuer, assert_error, given):
    issuer.provider.required_entitlements = {"can-use"}

    assert_error(
        issuer.me(forge(real, eduperson_entitlement=given)), 403, "PermissionsInsufficient", "can-use"
    )
    good = forge(real, eduperson_entitlement=[5, "can-use"])
    assert issuer.me(good).status_code == 200
