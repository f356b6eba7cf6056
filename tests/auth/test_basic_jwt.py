"""Basic tokens as JSON Web Tokens, which API 1.3 hands out."""

import base64
import json

import openeo
import pytest
import requests

from mock_backend import MockBackend
from mock_backend.profiles.api_version import PLAIN_JWT


@pytest.fixture
def backend():
    with MockBackend("https://jwt.test", api_version=("1.2", "1.3")) as backend:
        yield backend


def log_in(backend, version="1.3", user="alice", password="secret"):
    url = f"https://jwt.test/openeo/{version}/credentials/basic"
    return requests.get(url, auth=(user, password), timeout=5).json()["access_token"]


def me(bearer, version="1.3"):
    headers = {"Authorization": f"Bearer {bearer}"}
    return requests.get(f"https://jwt.test/openeo/{version}/me", headers=headers, timeout=5)


def claims_of(token):
    header, payload, _ = token.split(".")
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (header, payload)]


def test_the_token_names_its_issuer_and_its_account(backend):
    header, claims = claims_of(log_in(backend))

    assert header == {"alg": "HS256", "typ": "JWT"}
    assert claims["iss"] == "https://jwt.test/openeo/1.3/credentials/basic"
    assert claims["sub"] == "alice"


def test_it_is_good_with_and_without_the_prefix(backend):
    token = log_in(backend)

    assert me(token).json()["user_id"] == "alice"
    assert me(f"basic//{token}").json()["user_id"] == "alice"


def test_version_1_2_wants_the_prefix(backend, assert_error):
    token = log_in(backend)

    assert me(f"basic//{token}", "1.2").json()["user_id"] == "alice"
    assert_error(me(token, "1.2"), 403, "TokenInvalid", "'basic//TOKEN'")
    assert "." not in log_in(backend, "1.2")
    assert me(f"basic//{log_in(backend, '1.2')}").json()["user_id"] == "alice"


def test_only_version_1_3_announces_plain_tokens(backend):
    for version, announced in (("1.2", False), ("1.3", True)):
        for path in ("/", "/conformance"):
            classes = requests.get(f"https://jwt.test/openeo/{version}{path}", timeout=5).json()["conformsTo"]
            assert (PLAIN_JWT in classes) is announced
            assert f"https://api.openeo.org/{version}.0" in classes


def test_a_forged_token_is_refused(backend, assert_error):
    header, claims, signature = log_in(backend).split(".")
    other = base64.urlsafe_b64encode(json.dumps(claims_of(log_in(backend))[1] | {"sub": "bob"}).encode())

    for token in (
        f"{header}.{other.decode().rstrip('=')}.{signature}",
        f"{header}.{claims}.{signature[::-1]}",
        f"{header}.{claims}.",
        f"{header}.{claims[:-4]}.{signature}",
    ):
        assert_error(me(token), 403, "TokenInvalid")


def test_a_token_of_another_back_end_is_refused(backend, assert_error):
    with MockBackend("https://other.test", api_version="1.3") as other:
        token = requests.get(f"{other.url}/credentials/basic", auth=("alice", "secret"), timeout=5).json()[
            "access_token"
        ]

    assert_error(me(token), 403, "TokenInvalid", "not issued this token")


def test_it_expires_and_is_revoked_as_other_tokens_are(backend, assert_error):
    token = log_in(backend)
    backend.users.expire_tokens("alice")
    assert_error(me(token), 403, "TokenInvalid", "expired")

    backend.users.token_ttl = "1h"
    token = log_in(backend)
    assert me(token).status_code == 200
    backend.clock.advance("2h")
    assert_error(me(token), 403, "TokenInvalid", "expired")


def test_the_openeo_client_logs_in(backend):
    for version in ("1.2", "1.3"):
        connection = openeo.connect(f"https://jwt.test/openeo/{version}")
        connection.authenticate_basic("alice", "secret")
        assert connection.describe_account()["user_id"] == "alice"
