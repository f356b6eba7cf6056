"""Accounts, log-in and tokens."""

import base64

import pytest

from mock_backend import MockBackend
from mock_backend.auth.accounts import Users


def test_logging_in_and_asking_who_one_is(anonymous):
    token = anonymous("GET /credentials/basic", auth=("alice", "secret")).json()["access_token"]

    me = anonymous("GET /me", headers={"Authorization": f"Bearer basic//{token}"})

    assert me.json()["user_id"] == "alice"


def test_the_openeo_client_logs_in(mock_backend):
    connection = mock_backend.connect(user=None)
    connection.authenticate_basic("alice", "secret")

    assert connection.describe_account()["user_id"] == "alice"


def test_connecting_is_logged_in_without_a_request_for_it(mock_backend):
    connection = mock_backend.connect()
    asked = [exchange.path for exchange in mock_backend.requests]

    assert connection.list_jobs() == []
    assert "/credentials/basic" not in asked


@pytest.mark.mock_backend(users={"alice": "a", "bob": "b"})
def test_connecting_as_another_user(mock_backend):
    assert mock_backend.connect("bob").describe_account()["user_id"] == "bob"
    assert mock_backend.connect().describe_account()["user_id"] == "alice"
    with pytest.raises(ValueError, match=r"'carol'.*'alice', 'bob'"):
        mock_backend.connect("carol")


def test_a_closed_back_end_cannot_be_connected_to():
    with pytest.raises(RuntimeError, match="with MockBackend"):
        MockBackend("https://closed.test").connect()


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        (None, 401, "AuthenticationRequired"),
        ("", 401, "AuthenticationRequired"),
        ("Basic YWxpY2U6c2VjcmV0", 403, "AuthenticationSchemeInvalid"),
        ("Bearer", 403, "TokenInvalid"),
        ("Bearer nonsense", 403, "TokenInvalid"),
        ("Bearer basic//nonsense", 403, "TokenInvalid"),
        ("Bearer oidc/egi/nonsense", 403, "TokenInvalid"),
    ],
)
@pytest.mark.parametrize("route", ["GET /me", "GET /jobs", "POST /jobs", "GET /jobs/x", "POST /result"])
def test_requests_without_a_valid_token(anonymous, assert_error, header, status, code, route):
    headers = {} if header is None else {"Authorization": header}

    assert_error(anonymous(route, headers=headers, json={}), status, code)


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        (None, 401, "AuthenticationRequired"),
        ("Bearer basic//x", 403, "AuthenticationSchemeInvalid"),
        ("Basic !", 403, "CredentialsInvalid"),
        ("Basic " + base64.b64encode(b"\xff").decode(), 403, "CredentialsInvalid"),
        ("Basic " + base64.b64encode(b"alice").decode(), 403, "CredentialsInvalid"),
        ("Basic " + base64.b64encode(b"alice:wrong").decode(), 403, "CredentialsInvalid"),
        ("Basic " + base64.b64encode("älice:secret".encode()).decode(), 403, "CredentialsInvalid"),
    ],
)
def test_log_ins_that_fail(anonymous, assert_error, header, status, code):
    headers = {} if header is None else {"Authorization": header}

    assert_error(anonymous("GET /credentials/basic", headers=headers), status, code)


def test_passwords_may_hold_colons_and_umlauts(api_of):
    with MockBackend("https://users.test", users={"ute": "a:ü"}) as backend:
        connection = backend.connect(user=None)
        connection.authenticate_basic("ute", "a:ü".encode().decode("latin-1"))

        assert connection.describe_account()["user_id"] == "ute"


@pytest.mark.parametrize("accounts", [{"": "x"}, {"a:b": "x"}, {"a": None}])
def test_impossible_accounts_are_refused(accounts):
    with pytest.raises(ValueError, match=r"user name|password"):
        Users(accounts)


def test_without_accounts_no_user_can_be_logged_in():
    with (
        MockBackend("https://empty.test", users={}) as backend,
        pytest.raises(ValueError, match="no accounts"),
    ):
        backend.connect()


def test_tokens_are_deterministic(mock_backend):
    assert (
        Users(secret="1").issue("alice")
        == Users(secret="1").issue("alice")
        != Users(secret="2").issue("alice")
    )
    assert Users(realm="a").issue("alice") != Users(realm="b").issue("alice")
    assert list(mock_backend.users) == ["alice"]
    assert "alice" in mock_backend.users


def test_a_token_is_good_at_its_own_back_end_only(mock_backend, mock_backend_factory, api_of, assert_error):
    other = mock_backend_factory()
    token = {"Authorization": f"Bearer {mock_backend.token()}"}

    assert api_of(mock_backend)("GET /me", headers=token).status_code == 200
    assert_error(api_of(other)("GET /me", headers=token), 403, "TokenInvalid")
