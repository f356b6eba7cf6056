"""Whatever is sent to an issuer, its answer is an answer: never a failure of its own, never a traceback."""

import json
from itertools import product
from urllib.parse import quote, urlencode

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from mock_backend import MockBackend
from mock_backend.auth.oidc.endpoints import OPERATIONS

FORM = "application/x-www-form-urlencoded"
GRANTS = [
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "password",
    "urn:ietf:params:oauth:grant-type:device_code",
]
ODD = [
    "",
    " ",
    "\x00",
    "\r\nX-Injected: yes",
    "é日本",
    "<script>",
    "a" * 3000,
    "\u2028",
    "%",
    "+",
    "&=",
    "{}",
    "\ufffe",
    "None",
]


@pytest.fixture(scope="module")
def issuer_of_many():
    """A provider for many examples, and real values to mix with nonsense."""
    with MockBackend("https://many.test", users={"alice": "secret"}) as backend:
        provider = backend.oidc
        provider.interactive = True
        tokens = provider.tokens()
        device = requests.post(
            f"{provider.url}/device_authorization", {"client_id": "openeo-default"}, timeout=5
        )
        yield (
            provider,
            [
                *(
                    "openeo-default",
                    "openeo-service",
                    "secret",
                    "alice",
                    "http://localhost/callback",
                    "code",
                    "S256",
                ),
                *(
                    "allow",
                    "deny",
                    "openid profile",
                    "offline_access",
                    "query",
                    "fragment",
                    "none",
                    "login",
                    "a" * 43,
                ),
                *(tokens["access_token"], tokens["refresh_token"], tokens["id_token"]),
                *(device.json()["device_code"], device.json()["user_code"], *GRANTS, *ODD),
            ],
        )


NAMES = [
    *("grant_type", "client_id", "client_secret", "redirect_uri", "response_type", "response_mode", "scope"),
    *(
        "state",
        "nonce",
        "prompt",
        "max_age",
        "code",
        "code_verifier",
        "code_challenge",
        "code_challenge_method",
    ),
    *("refresh_token", "device_code", "user_code", "username", "password", "decision", "request", "token"),
    *("token_type_hint", "access_token", "id_token_hint", "post_logout_redirect_uri", "request_uri", "é\r\n"),
]
OPERATION = st.sampled_from(sorted(OPERATIONS))


def assert_answer(response, path) -> None:
    """An answer of HTTP's, with an error of OAuth's if it is one; no browser is sent to a place of others."""
    assert response.status_code < 500, response.text
    assert "Traceback" not in response.text
    assert all("\r" not in value and "\n" not in value for value in response.headers.values())
    assert "X-Injected" not in response.headers
    if 300 <= response.status_code < 400:
        assert response.headers["Location"].startswith("http://localhost/callback")
    elif response.headers.get("Content-Type", "").startswith("application/json"):
        body = response.json()
        if response.status_code >= 400:
            assert set(body) <= {"error", "error_description"}
            assert body["error"].isascii()
            assert response.headers["Cache-Control"] == "no-store"
    elif response.status_code >= 400:
        assert response.headers["Content-Type"].startswith("text/html")
        assert path in ("/authorize", "/consent", "/device", "/logout")
        assert "<script" not in response.text
    if response.status_code == 401 and path == "/userinfo":
        assert "WWW-Authenticate" in response.headers


def send(provider, method, path, **options):
    return requests.request(method, provider.url + path, allow_redirects=False, timeout=5, **options)


@given(operation=OPERATION, data=st.data())
def test_any_parameters(issuer_of_many, operation, data):
    provider, values = issuer_of_many
    method, path = operation
    value = st.sampled_from(values) | st.text(max_size=20)
    pairs = data.draw(
        st.lists(st.tuples(st.sampled_from(NAMES), value), max_size=8, unique_by=lambda pair: pair[0])
    )
    # Half surrogates cannot be encoded.
    encoded = urlencode(pairs, errors="replace")
    auth = data.draw(st.none() | st.just(("openeo-service", "secret")) | st.just(("é".encode(), b"\xff")))
    options = (
        {"data": encoded, "headers": {"Content-Type": FORM}} if method == "POST" else {"params": encoded}
    )

    assert_answer(send(provider, method, path, auth=auth, **options), path)


@given(
    operation=OPERATION,
    body=st.binary(max_size=200),
    content_type=st.sampled_from([FORM, "application/json", "", "text/plain", FORM + "; charset=utf-16"]),
)
def test_any_bytes(issuer_of_many, operation, body, content_type):
    provider, _ = issuer_of_many
    method, path = operation

    options = (
        {"data": body, "headers": {"Content-Type": content_type}}
        if method == "POST"
        else {"params": quote(body, safe="=&%+")}
    )
    assert_answer(send(provider, method, path, **options), path)


HEADER = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0xFF, blacklist_characters="\x7f"),
    min_size=1,
    max_size=40,
)


@given(
    operation=OPERATION,
    scheme=st.sampled_from(["", "Basic ", "Bearer ", "basic  ", "DPoP "]),
    value=HEADER,
    cookie=HEADER,
)
def test_any_headers(issuer_of_many, operation, scheme, value, cookie):
    provider, _ = issuer_of_many
    method, path = operation
    headers = {
        "Authorization": f"{scheme}{value}".encode("latin-1"),
        "Cookie": f"mock_backend_session={cookie}".encode("latin-1"),
    }

    assert_answer(
        send(provider, method, path, headers=headers, data="x=y" if method == "POST" else None), path
    )


@given(
    path=st.text(max_size=20), method=st.sampled_from(["GET", "POST", "OPTIONS", "HEAD", "PUT", "TRACE", "X"])
)
def test_any_path(issuer_of_many, path, method):
    provider, _ = issuer_of_many
    response = send(provider, method, "/" + quote(path, errors="replace"))

    assert response.status_code in (200, 204, 400, 401, 404, 405)
    if response.status_code == 404 and method != "HEAD":
        assert response.json()["error"] == "not_found"


UNREADABLE = ["a=%ff", "a=%ed%a0%80", "%c3=1", "&".join(f"a{n}=1" for n in range(101))]


def test_parameters_that_cannot_be_read(issuer_of_many, example):
    for (method, path), encoded in product(sorted(OPERATIONS), UNREADABLE):
        with example((method, path), encoded):
            provider, _ = issuer_of_many
            options = (
                {"data": encoded, "headers": {"Content-Type": FORM}}
                if method == "POST"
                else {"params": encoded}
            )

            response = send(provider, method, path, **options)

            assert_answer(response, path)
            reads_none = {"/.well-known/openid-configuration", "/jwks"} | (
                {"/userinfo"} if method == "GET" else set()
            )
            if path not in reads_none:
                assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


PARAMETERS = ["state", "redirect_uri", "scope", "nonce", "login_hint", "client_id", "ui_locales"]


def test_odd_texts_when_a_log_in_is_asked_for(issuer_of_many, example):
    for name, value in product(PARAMETERS, ODD):
        with example(name, value):
            provider, _ = issuer_of_many
            given = {
                "response_type": "code",
                "client_id": "openeo-default",
                "redirect_uri": "http://localhost/callback",
                "code_challenge": "a" * 43,
                "code_challenge_method": "S256",
            }

            assert_answer(send(provider, "GET", "/authorize", params=given | {name: value}), "/authorize")


@pytest.mark.parametrize("name", ["state", "redirect_uri", "client_id", "scope", "code_challenge"])
def test_a_parameter_that_is_there_twice(issuer_of_many, name):
    provider, _ = issuer_of_many
    given = {
        "response_type": "code",
        "client_id": "openeo-default",
        "redirect_uri": "http://localhost/callback",
        "scope": "openid",
        "state": "x",
        "code_challenge": "a" * 43,
        "code_challenge_method": "S256",
    }
    control = send(provider, "GET", "/authorize", params=given)
    response = send(provider, "GET", "/authorize", params=[*given.items(), (name, "http://evil.test/")])

    assert control.status_code == 200
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
    assert "Location" not in response.headers


def test_a_failure_of_its_own_is_an_error_all_the_same(issuer_of_many, monkeypatch, caplog):
    provider, _ = issuer_of_many
    monkeypatch.setattr(type(provider), "authenticate", lambda *_: 1 / 0)

    response = send(
        provider,
        "POST",
        "/token",
        data={
            "grant_type": "password",
            "client_id": "openeo-default",
            "username": "a",
            "password": "pa55word",
        },
    )

    assert response.status_code == 500
    assert json.loads(response.text) == {"error": "server_error", "error_description": "ZeroDivisionError"}
    # Whoever wrote it finds it in the log.
    assert "ZeroDivisionError" in caplog.text
    assert "pa55word" not in caplog.text
