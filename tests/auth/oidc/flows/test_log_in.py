"""Every way to log in that the openeo client has; by device and in a browser have files of their own."""

import openeo
import pytest
from openeo.rest import OpenEoClientException
from openeo.rest.auth.config import RefreshTokenStore


@pytest.fixture
def stored():
    """Tell which refresh token the client keeps for a provider."""

    def find(issuer: str, client_id: str = "openeo-default") -> str | None:
        return RefreshTokenStore().get_refresh_token(issuer, client_id)

    return find


@pytest.fixture
def issuer(connection):
    """The issuer's URL as the client sees it."""
    [provider] = connection.get("/credentials/oidc").json()["providers"]
    return provider["issuer"]


# -- by name and password, without a provider -----------------------------------------------------------


def test_basic_authentication(connection, account, refused, oidc):
    assert account(connection.authenticate_basic("bob", "builder")) == "bob"

    with refused("CredentialsInvalid"):
        connection.authenticate_basic("bob", "wrong")
    assert len(oidc.requests) == 0


# -- as most people do ----------------------------------------------------------------------------------


def test_the_first_log_in_is_by_device_code_and_later_ones_by_refresh_token(
    connect, account, oidc, seconds, issuer, stored, capsys
):
    assert account(connect().authenticate_oidc()) == "alice"
    assert "Authenticated using device code flow." in capsys.readouterr().out
    assert seconds() == 12  # the client looks every three seconds whether its interval of five is over
    kept = stored(issuer)
    assert kept

    assert account(connect().authenticate_oidc()) == "alice"
    assert "Authenticated using refresh token." in capsys.readouterr().out
    assert seconds() == 12
    assert [grant.grant_type.rpartition(":")[2] for grant in oidc.grants] == ["device_code", "refresh_token"]
    assert stored(issuer) == kept


def test_a_stored_refresh_token_that_is_not_good_any_more_leads_back_to_the_device_code(
    connect, account, oidc, mock_backend_clock, issuer, stored
):
    connect().authenticate_oidc()
    old = stored(issuer)
    mock_backend_clock.advance(days=31)

    connection = connect().authenticate_oidc()

    assert account(connection) == "alice"
    assert len(oidc.grants.select("device_code")) == 2
    assert len(oidc.grants.select("refresh_token")) == 0
    assert stored(issuer) not in (None, old)


def test_what_the_log_in_asks_for(connection, oidc):
    connection.authenticate_oidc()

    [grant] = oidc.grants
    assert (grant.client_id, grant.user) == ("openeo-default", "alice")
    assert set(grant.scope) == {"openid", "profile", "email", "offline_access"}
    [asked] = oidc.requests.select("POST /device_authorization")
    assert asked.form["code_challenge_method"] == "S256"


def test_a_log_in_that_keeps_nothing_asks_for_no_refresh_token(connection, account, oidc, issuer, stored):
    connection.authenticate_oidc(store_refresh_token=False)

    assert account(connection) == "alice"
    assert "offline_access" not in oidc.grants[0].scope
    assert stored(issuer) is None


def test_another_user_is_the_default_user(connection, account, oidc):
    oidc.default_user = "bob"

    assert account(connection.authenticate_oidc()) == "bob"


# -- programs -------------------------------------------------------------------------------------------


def test_client_credentials(connection, account, oidc, seconds):
    connection.authenticate_oidc_client_credentials("openeo-service", "secret")

    assert account(connection) == "openeo-service"
    assert [(grant.grant_type, grant.client_id) for grant in oidc.grants] == [
        ("client_credentials", "openeo-service")
    ]
    assert seconds() == 0


def test_client_credentials_from_the_environment(connection, account, oidc, monkeypatch):
    monkeypatch.setenv("OPENEO_AUTH_METHOD", "client_credentials")
    monkeypatch.setenv("OPENEO_AUTH_CLIENT_ID", "openeo-service")
    monkeypatch.setenv("OPENEO_AUTH_CLIENT_SECRET", "secret")

    assert account(connection.authenticate_oidc()) == "openeo-service"
    assert len(oidc.grants.select("client_credentials")) == 1


def test_a_client_may_act_as_any_account(connection, account, oidc):
    oidc.add_client("nightly", "hush", account="bob")

    assert account(connection.authenticate_oidc_client_credentials("nightly", "hush")) == "bob"


@pytest.mark.parametrize(
    ("client", "secret", "words"),
    [
        ("openeo-service", "wrong", "401.*invalid_client.*secret is wrong"),
        ("openeo-service", None, "401.*invalid_client.*needs its secret"),
        ("unknown", "secret", "401.*invalid_client.*Unknown client"),
        ("openeo-default", None, "400.*unauthorized_client.*not for client_credentials"),
    ],
)
def test_client_credentials_in_vain(connection, oidc, log_in_refused, client, secret, words):
    with log_in_refused(words):
        connection.authenticate_oidc_client_credentials(client, secret)

    assert len(oidc.grants) == 0


# -- with tokens that are there already ---------------------------------------------------------------------


def test_a_refresh_token(connect, account, oidc):
    token = oidc.tokens("bob")["refresh_token"]

    assert account(connect().authenticate_oidc_refresh_token(refresh_token=token)) == "bob"
    assert [grant.user for grant in oidc.grants.select("refresh_token")] == ["bob"]


def test_a_refresh_token_that_the_client_keeps(connect, account, issuer, stored):
    connect().authenticate_oidc_device(store_refresh_token=True)
    assert stored(issuer)

    assert account(connect().authenticate_oidc_refresh_token()) == "alice"


def test_without_a_refresh_token(connection, log_in_refused):
    with pytest.raises(OpenEoClientException, match="No refresh token given or found"):
        connection.authenticate_oidc_refresh_token()
    with log_in_refused("400.*invalid_grant.*not a refresh token of this client"):
        connection.authenticate_oidc_refresh_token(refresh_token="made-up")


def test_an_access_token(connection, account, oidc, refused):
    connection.authenticate_oidc_access_token(oidc.tokens("bob")["access_token"])
    assert account(connection) == "bob"

    connection.authenticate_oidc_access_token("made-up")
    with refused("TokenInvalid", "not signed by the provider 'mock'"):
        account(connection)


def test_an_access_token_in_a_bearer_of_ones_own(connection, account, oidc):
    connection.authenticate_bearer_token(f"oidc/mock/{oidc.tokens('bob')['access_token']}")

    assert account(connection) == "bob"


def test_name_and_password_at_the_provider(connection, account, oidc, log_in_refused):
    log_in = connection.authenticate_oidc_resource_owner_password_credentials

    assert account(log_in("bob", "builder", client_id="openeo-default")) == "bob"
    assert [grant.user for grant in oidc.grants.select("password")] == ["bob"]

    for wrong in (("bob", "wrong"), ("unknown", "builder")):
        with log_in_refused("400.*invalid_grant.*do not match an account"):
            log_in(*wrong, client_id="openeo-default")


# -- whom it lets in ------------------------------------------------------------------------------------


def test_all_ways_lead_to_the_same_account(connect, oidc):
    by_password = connect().authenticate_basic("alice", "secret")
    by_device = connect().authenticate_oidc()
    job = by_password.load_collection("SENTINEL2_L2A").create_job(title="mine")

    assert [each["id"] for each in by_device.list_jobs()] == [job.job_id]


def test_a_removed_account_is_locked_out(connection, account, mock_backend, refused):
    connection.authenticate_oidc()
    mock_backend.users.add("carol", "c")
    mock_backend.users.remove("alice")

    with refused("TokenInvalid", "account that is gone"):
        account(connection)


def test_connecting_logs_in_when_told_so(front, account, oidc):
    connection = openeo.connect(front, auth_type="oidc")

    assert account(connection) == "alice"
    assert len(oidc.grants.select("device_code")) == 1
