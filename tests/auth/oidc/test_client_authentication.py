"""Clients prove who they are (RFC 6749, section 2.3), and get what they are registered for."""

import base64
from urllib.parse import urlencode

import pytest

SERVICE = {"grant_type": "client_credentials", "scope": "openid"}


def basic(text):
    encoded = base64.b64encode(text.encode() if isinstance(text, str) else text).decode()
    return {"Authorization": f"Basic {encoded}"}


@pytest.fixture
def ask(issuer):
    """Ask for a program's tokens."""
    return lambda headers=None, **form: issuer("POST /token", data=SERVICE | form, headers=headers)


def test_a_secret_goes_into_the_header_or_into_the_body(issuer, ask, all_endpoints):
    for response in (
        ask(basic("openeo-service:secret")),
        ask(basic("openeo-service:secret"), client_id="openeo-service"),
        ask(client_id="openeo-service", client_secret="secret"),
    ):
        assert issuer.takes(response.json()["access_token"]) == all_endpoints


def test_not_into_both(ask, assert_oauth_error):
    response = ask(basic("openeo-service:secret"), client_id="openeo-service", client_secret="secret")

    assert_oauth_error(response, 400, "invalid_request", "not both")


def test_not_into_the_url(issuer, assert_oauth_error):
    response = issuer(
        "POST /token", params={"client_id": "openeo-service", "client_secret": "secret"}, data=SERVICE
    )

    assert_oauth_error(response, 401, "invalid_client")


def test_header_and_body_name_the_same_client(ask, assert_oauth_error):
    response = ask(basic("openeo-service:secret"), client_id="openeo-default")

    assert_oauth_error(response, 400, "invalid_request", "different clients")


@pytest.mark.parametrize("secret", ["wrong", "", "Secret", "secret ", "secre", "sécret"])
def test_a_wrong_secret(ask, assert_oauth_error, secret):
    by_header, by_body = (
        ask(basic(f"openeo-service:{secret}")),
        ask(client_id="openeo-service", client_secret=secret),
    )

    for response in (by_header, by_body):
        assert_oauth_error(response, 401, "invalid_client", "secret")
    # RFC 6749, section 5.2: who came with a header is told which one would do.
    assert by_header.headers["WWW-Authenticate"].startswith("Basic ")


def test_no_secret_and_no_client(ask, assert_oauth_error):
    assert_oauth_error(ask(client_id="openeo-service"), 401, "invalid_client", "needs its secret")
    assert_oauth_error(
        ask(client_id="unknown", client_secret="secret"), 401, "invalid_client", "Unknown client"
    )
    assert_oauth_error(ask(), 401, "invalid_client", "client_id")


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Basic"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic b3BlbmVvLXNlcnZpY2U"},
        {"Authorization": "Bearer abc"},
        {"Authorization": "nonsense"},
        {"Authorization": ""},
        basic(b"\xff\xfe:secret"),
        basic("openeo-service"),
        basic(":secret"),
        basic(""),
    ],
    ids=str,
)
def test_a_header_that_is_no_good(ask, assert_oauth_error, headers):
    response = ask(headers)

    assert_oauth_error(response, 401, "invalid_client")
    assert "WWW-Authenticate" in response.headers


def test_id_and_secret_are_form_encoded_in_the_header(issuer, ask, assert_oauth_error):
    issuer.provider.add_client("a:b c", "p+ü%:", account="machine")

    assert ask(basic("a%3Ab+c:p%2B%C3%BC%25%3A")).status_code == 200
    assert_oauth_error(ask(basic("a%3Ab+c:p+%C3%BC%25%3A")), 401, "invalid_client")


def test_a_public_client_acts_for_no_user(ask, assert_oauth_error):
    for form in ({"client_id": "openeo-default"}, {"client_id": "openeo-default", "client_secret": "secret"}):
        assert_oauth_error(ask(**form), 400, "unauthorized_client", "client_credentials")


def test_a_public_client_cannot_look_into_tokens(issuer, assert_oauth_error):
    tokens = issuer.log_in()
    response = issuer(
        "POST /introspect", data={"token": tokens["access_token"], "client_id": "openeo-default"}
    )

    assert_oauth_error(response, 401, "invalid_client", "secret")
    assert issuer.introspect(tokens["access_token"])["active"]


def test_a_wrong_secret_revokes_nothing(issuer, ask, assert_oauth_error, all_endpoints):
    token = ask(basic("openeo-service:secret")).json()["access_token"]

    response = issuer("POST /revoke", data={"token": token}, headers=basic("openeo-service:wrong"))
    assert_oauth_error(response, 401, "invalid_client")
    assert issuer.takes(token) == all_endpoints
    assert (
        issuer("POST /revoke", data={"token": token}, headers=basic("openeo-service:secret")).status_code
        == 200
    )
    assert issuer.takes(token) == set()


def test_a_program_acts_as_its_account(issuer, ask, mock_backend):
    issuer.provider.add_client("robot", "r2", account="machine")
    issuer.provider.add_client("dienst ä", "d2")

    default = ask(basic("openeo-service:secret")).json()
    assert issuer.me(default["access_token"]).json()["user_id"] == "openeo-service"
    assert not {"refresh_token", "id_token"} & set(default)
    robot = ask(client_id="robot", client_secret="r2").json()
    assert issuer.me(robot["access_token"]).json()["user_id"] == "machine"
    other = ask(client_id="dienst ä", client_secret="d2").json()
    assert issuer.me(other["access_token"]).json()["user_id"] == "dienst--"


def test_a_program_is_never_offline(ask):
    assert ask(basic("openeo-service:secret"), scope="openid offline_access").json()["scope"] == "openid"
    assert ask(basic("openeo-service:secret"), scope="offline_access").json()["scope"] == "openid"


def test_a_program_whose_account_cannot_be(issuer, ask, mock_backend, assert_oauth_error):
    mock_backend.users.add("bob", subject="openeo-service")

    assert_oauth_error(ask(basic("openeo-service:secret")), 400, "unauthorized_client", "openeo-service")


# -- passwords ----------------------------------------------------------------------------------------


def test_a_password(issuer, all_endpoints):
    response = issuer.token(
        grant_type="password", client_id="openeo-default", username="alice", password="secret", scope="openid"
    )

    assert issuer.takes(response.json()["access_token"]) == all_endpoints


@pytest.mark.parametrize(
    ("name", "password", "error"),
    [
        ("alice", "wrong", "invalid_grant"),
        ("unknown", "secret", "invalid_grant"),
        ("älice", "sécret", "invalid_grant"),
        ("alice\r\nX: y", "secret", "invalid_grant"),
        ("\x00", "\x00", "invalid_grant"),
        ("openeo-service", "None", "invalid_grant"),
        ("alice", None, "invalid_request"),
        (None, "secret", "invalid_request"),
    ],
)
def test_a_wrong_password(issuer, mock_backend, assert_oauth_error, name, password, error):
    mock_backend.users.add("openeo-service")
    response = issuer.token(
        grant_type="password", client_id="openeo-default", username=name, password=password, scope="openid"
    )

    assert_oauth_error(response, 400, error)


# -- the token endpoint -------------------------------------------------------------------------------


def test_a_grant_type_that_there_is_not(issuer, assert_oauth_error):
    jwt_bearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    for kind in ("implicit", jwt_bearer, "é"):
        response = issuer.token(grant_type=kind, client_id="openeo-default")
        assert_oauth_error(response, 400, "unsupported_grant_type", "authorization_code")
    assert_oauth_error(issuer.token(client_id="openeo-default"), 400, "invalid_request", "grant_type")


def test_parameters_go_into_a_form(issuer, assert_oauth_error):
    form = SERVICE | {"client_id": "openeo-service", "client_secret": "secret"}

    assert_oauth_error(issuer("POST /token", json=form), 400, "invalid_request", "x-www-form-urlencoded")
    assert_oauth_error(issuer("POST /token", params=form), 400, "invalid_request")
    assert_oauth_error(issuer("GET /token", params=form), 405, "invalid_request", "POST")
    assert issuer("POST /token", data=form).status_code == 200


def test_an_empty_parameter_counts_as_none(issuer, assert_oauth_error):
    # RFC 6749, section 3.2.
    response = issuer("POST /token", data="grant_type=&client_id=openeo-default", headers=FORM)
    assert_oauth_error(response, 400, "invalid_request", "missing")


@pytest.mark.parametrize(
    "name", ["grant_type", "scope", "client_id", "nönsense", 'a"b\\c', "\r\n"], ids=ascii
)
def test_a_parameter_is_there_once(issuer, assert_oauth_error, name):
    once = [*SERVICE.items(), ("client_id", "openeo-service"), ("client_secret", "secret")]
    rest = [(each, value) for each, value in once if each != name]
    twice = urlencode([*rest, (name, "x"), (name, "y")])

    assert_oauth_error(issuer("POST /token", data=twice, headers=FORM), 400, "invalid_request", "twice")


def test_tokens_are_not_for_caches(issuer, ask):
    device = issuer("POST /device_authorization", data={"client_id": "openeo-default"})
    service = ask(basic("openeo-service:secret"))
    token = service.json()["access_token"]
    looked = issuer("POST /introspect", data={"token": token}, headers=basic("openeo-service:secret"))

    # RFC 6749, section 5.1.
    for response in (device, service, looked, issuer.userinfo(token), issuer.authorize(), issuer.token()):
        assert response.headers["Cache-Control"] == "no-store"
    assert service.headers["Pragma"] == "no-cache"


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
