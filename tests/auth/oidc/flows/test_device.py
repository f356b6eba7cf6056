"""Log-ins by device code: what the polls are answered, and what the client makes of it."""

import re

import pytest
from openeo.rest.auth.oidc import OidcDeviceCodePollTimeout


@pytest.fixture
def log_in(connection):
    """Log in by device code; ``on_code`` is called with the user code once the device shows it."""

    def authenticate(on_code=lambda code: None, **options):
        def display(text, **_):
            if shown := re.search(r"user_code=([A-Z-]+)", text):
                on_code(shown[1])

        return connection.authenticate_oidc_device(display=display, **options)

    return authenticate


@pytest.fixture
def polls(oidc):
    """Tell what the device's polls were answered, and when."""

    def tell() -> list[tuple[float, int]]:
        asked = oidc.requests.select("POST /token")
        [start] = [each.at for each in oidc.requests.select("POST /device_authorization")]
        return [((each.at - start).total_seconds(), each.status) for each in asked]

    return tell


# -- scripts --------------------------------------------------------------------------------------------


def test_pending_slow_down_confirmed(oidc, log_in, account, polls, seconds):
    oidc.script_device("pending", "slow_down", "confirmed", user="bob")

    assert account(log_in()) == "bob"
    # The client polls every five seconds, in steps of three; after "slow_down" every ten.
    assert polls() == [(6, 400), (12, 400), (24, 200)]
    assert seconds() == 24


def test_confirmed_before_the_first_poll(oidc, log_in, account, polls):
    oidc.script_device("confirmed")

    assert account(log_in()) == "alice"
    assert polls() == [(6, 200)]


def test_without_a_script_the_second_poll_succeeds(log_in, account, polls):
    assert account(log_in()) == "alice"
    assert polls() == [(6, 400), (12, 200)]


def test_denied(oidc, log_in, log_in_refused, seconds):
    oidc.script_device("pending", "denied")

    with log_in_refused("access_denied.*The user has denied access"):
        log_in()
    assert seconds() == 12


def test_expired(oidc, log_in, log_in_refused, seconds):
    oidc.script_device("expired")

    with log_in_refused("expired_token"):
        log_in()
    assert seconds() == 6


def test_a_code_expires_by_itself(oidc, log_in, log_in_refused, seconds):
    oidc.script_device()
    oidc.device_code_ttl = "1m"

    with log_in_refused("expired_token"):
        log_in()
    assert seconds() == 60


def test_the_client_gives_up_after_five_minutes(oidc, log_in, polls, seconds):
    oidc.script_device("pending")

    with pytest.raises(OidcDeviceCodePollTimeout, match=r"Timeout \(300.0s\)"):
        log_in()
    assert seconds() == 303  # the first of its steps of three seconds that is beyond
    assert [status for _, status in polls()] == [400] * 50
    assert len(oidc.grants) == 0


def test_the_client_gives_up_when_it_was_told_to(oidc, log_in, seconds):
    oidc.script_device()

    with pytest.raises(OidcDeviceCodePollTimeout):
        log_in(max_poll_time=100)
    assert seconds() == 101


def test_scripts_are_for_a_number_of_devices(oidc, log_in, account, log_in_refused):
    order = oidc.script_device("denied", times=1)

    with log_in_refused("access_denied"):
        log_in()
    assert account(log_in()) == "alice"
    assert (order.hits, order.remaining) == (1, 0)


# -- a person confirms ----------------------------------------------------------------------------------


def test_a_user_confirms_the_code_that_the_device_shows(oidc, log_in, account, polls):
    oidc.interactive = True

    assert account(log_in(lambda code: oidc.confirm(code, "bob"))) == "bob"
    assert polls() == [(6, 200)]


def test_a_user_denies_the_code(oidc, log_in, log_in_refused):
    oidc.interactive = True

    with log_in_refused("access_denied"):
        log_in(oidc.deny)


def test_no_user_is_there(oidc, log_in):
    oidc.interactive = True

    with pytest.raises(OidcDeviceCodePollTimeout):
        log_in()


def test_a_user_opens_the_page_that_the_device_names(oidc, connection, account):
    oidc.interactive = True

    def open_page(text, **_):
        if shown := re.search(r"Visit (\S+) to authenticate", text):
            oidc.browse(shown[1], "bob")

    connection.authenticate_oidc_device(display=open_page)

    assert account(connection) == "bob"


# -- clients --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("use_pkce", [True, False])
def test_a_public_client_of_ones_own(oidc, log_in, account, use_pkce):
    oidc.add_client("mine")

    assert account(log_in(client_id="mine", use_pkce=use_pkce)) == "alice"


@pytest.mark.parametrize("secret", [None, "hush"])
def test_a_client_with_a_secret_gets_no_code(oidc, log_in, log_in_refused, secret):
    """The openeo client does not send the secret when it asks for a code, as RFC 8628 (3.1) would have it."""
    oidc.add_client("mine", "hush")

    with log_in_refused("Failed to get verification URL.*401.*invalid_client.*needs its secret"):
        log_in(client_id="mine", client_secret=secret)


def test_a_client_that_may_not_do_this(oidc, log_in, log_in_refused):
    oidc.add_client("web", grant_types=["authorization_code"], redirect_urls=["http://localhost/callback"])

    with log_in_refused("unauthorized_client.*not registered for devices"):
        log_in(client_id="web")
