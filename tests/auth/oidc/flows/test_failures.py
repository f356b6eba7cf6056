"""The provider fails: what a log-in by the openeo client then looks like."""

import pytest
import requests

from mock_backend import Delay, Fault

DISCOVERY = "GET /.well-known/openid-configuration"


@pytest.mark.parametrize(("status", "reason"), [(500, "Internal Server Error"), (503, "Service Unavailable")])
def test_discovery_fails(connection, account, oidc, log_in_refused, seconds, status, reason):
    oidc.inject(Fault(status), DISCOVERY, times=1)

    with log_in_refused(f"Failed to obtain OIDC discovery document.*{status} Server Error: {reason}"):
        connection.authenticate_oidc()
    assert seconds() == 0  # the client does not try again
    assert account(connection.authenticate_oidc()) == "alice"


def test_an_access_token_needs_no_discovery(connection, account, oidc):
    order = oidc.inject(Fault(503), DISCOVERY, times=None)

    assert account(connection.authenticate_oidc_access_token(oidc.tokens("bob")["access_token"])) == "bob"
    assert order.hits == 0


@pytest.mark.parametrize(
    ("status", "error"), [(500, "server_error"), (503, "temporarily_unavailable"), (400, "invalid_request")]
)
def test_the_token_endpoint_fails(connection, oidc, log_in_refused, status, error):
    oidc.inject(Fault(status), "POST /token", times=1)

    with log_in_refused(rf"Failed to retrieve access token at .*/token': {status} .*{error}"):
        connection.authenticate_oidc_client_credentials("openeo-service", "secret")
    connection.authenticate_oidc_client_credentials("openeo-service", "secret")


def test_one_failure_while_a_device_polls_ends_the_log_in(connection, oidc, log_in_refused, seconds):
    oidc.inject(Fault(503), "POST /token", times=1)

    with log_in_refused("503.*temporarily_unavailable"):
        connection.authenticate_oidc_device()
    assert seconds() == 6


def test_an_error_of_ones_own_words(connection, oidc, log_in_refused):
    oidc.inject(Fault(400, code="invalid_scope", message="No openEO here."), "POST /token", times=1)

    with log_in_refused('"error":"invalid_scope","error_description":"No openEO here."'):
        connection.authenticate_oidc_client_credentials("openeo-service", "secret")


def test_pending_by_a_fault(connection, account, oidc, seconds):
    """Answers after which a device goes on can be ordered as faults, too."""
    oidc.script_device("confirmed")
    oidc.inject(Fault(400, code="slow_down"), "POST /token", times=1)

    assert account(connection.authenticate_oidc_device()) == "alice"
    assert seconds() == 18


def test_no_device_code(connection, oidc, log_in_refused):
    oidc.inject(Fault(503), "POST /device_authorization", times=1)

    with log_in_refused("Failed to get verification URL and user code.*503"):
        connection.authenticate_oidc()


def test_refreshing_fails_so_the_client_falls_back_to_the_device_code(connect, account, oidc):
    connect().authenticate_oidc()
    order = oidc.inject(Fault(500), "POST /token", times=1)

    assert account(connect().authenticate_oidc()) == "alice"
    assert order.hits == 1
    assert len(oidc.grants.select("device_code")) == 2


def test_the_listing_of_providers_fails(connection, mock_backend, account, seconds):
    """It belongs to the API, where the client tries again."""
    mock_backend.inject(Fault(503, retry_after="7s"), "GET /credentials/oidc", times=2)

    connection.authenticate_oidc_client_credentials("openeo-service", "secret")

    assert account(connection) == "openeo-service"
    assert seconds() == 14


def test_the_log_in_goes_well_but_the_api_is_down(connection, mock_backend, oidc):
    mock_backend.inject(Fault(500, message="Disk full."), "GET /me", times=1)
    connection.authenticate_oidc()

    with pytest.raises(Exception, match="Disk full"):
        connection.describe_account()
    assert len(oidc.grants) == 1


def test_faults_of_one_provider_leave_the_others_alone(
    connection, account, mock_backend, oidc, log_in_refused
):
    mock_backend.oidc_providers.add("egi")
    oidc.inject(Fault(503), "* /token", times=None)

    assert account(connection.authenticate_oidc(provider_id="egi")) == "alice"
    with log_in_refused("503"):
        connection.authenticate_oidc(provider_id="mock")


def test_faults_of_the_provider_leave_the_api_alone(connection, account, mock_backend, oidc):
    connection.authenticate_oidc()
    oidc.inject(Fault(500), "* *", times=None)

    assert account(connection) == "alice"


# -- too late: in this process only, since through a socket a client's patience is real -----------------


def test_discovery_takes_too_long(mock_backend, oidc, log_in_refused, seconds):
    oidc.inject(Delay("30s"), DISCOVERY, times=1)

    with log_in_refused("Failed to obtain OIDC discovery document.*Read timed out"):
        mock_backend.connect(user=None).authenticate_oidc()
    assert seconds() == 20  # the client's own patience


def test_a_devices_poll_takes_too_long(mock_backend, oidc, seconds):
    oidc.inject(Delay("30s"), "POST /token", times=1)

    with pytest.raises(requests.ReadTimeout):
        mock_backend.connect(user=None).authenticate_oidc_device()
    assert seconds() == 6 + 5
