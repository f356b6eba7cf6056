"""Log-ins in a browser, which ``browse`` plays."""

import pytest
from openeo.rest import OpenEoApiError

# The client leaves the socket on which it waits for the redirect to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


@pytest.fixture
def log_in(connection):
    """Log in with something that opens a page."""

    def authenticate(webbrowser_open, **options):
        return connection.authenticate_oidc_authorization_code(webbrowser_open=webbrowser_open, **options)

    return authenticate


@pytest.mark.parametrize("interactive", [False, True])
def test_the_default_user(oidc, log_in, account, seconds, interactive):
    oidc.interactive = interactive

    assert account(log_in(oidc.browse)) == "alice"
    assert [grant.grant_type for grant in oidc.grants] == ["authorization_code"]
    assert seconds() == 0


def test_another_user(oidc, log_in, account):
    assert account(log_in(lambda url: oidc.browse(url, "bob"))) == "bob"


def test_the_user_says_no(oidc, log_in, log_in_refused):
    with log_in_refused("No auth code in redirect"):
        log_in(lambda url: oidc.browse(url, decision="deny"))
    assert len(oidc.grants) == 0


def test_the_code_is_protected_by_pkce(oidc, log_in):
    log_in(oidc.browse)

    asked = oidc.requests.select("GET /authorize")[0].query
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert oidc.requests.select("POST /token")[0].form["grant_type"] == "authorization_code"


def test_a_code_that_is_redeemed_too_late(oidc, log_in, log_in_refused, mock_backend_clock):
    oidc.code_ttl = "30s"

    def open_and_dawdle(url):
        oidc.browse(url)
        mock_backend_clock.advance("31s")

    with log_in_refused("invalid_grant.*code expired"):
        log_in(open_and_dawdle)


def test_a_client_with_a_secret(oidc, log_in, account, log_in_refused):
    oidc.add_client("mine", "hush", redirect_urls=["http://localhost/callback"])

    assert account(log_in(oidc.browse, client_id="mine", client_secret="hush")) == "alice"
    with log_in_refused("invalid_client"):
        log_in(oidc.browse, client_id="mine", client_secret="wrong")


def test_the_refresh_token_serves_the_next_log_in(oidc, connect, log_in, account):
    log_in(oidc.browse, store_refresh_token=True)

    assert account(connect().authenticate_oidc_refresh_token()) == "alice"


def test_refresh_tokens_that_rotate_may_be_kept_up_to_date(oidc, connect, log_in, account):
    oidc.rotate_refresh_tokens = True
    log_in(oidc.browse, store_refresh_token=True)

    for _ in range(3):
        connection = connect().authenticate_oidc_refresh_token(store_refresh_token=True)
        assert account(connection) == "alice"


def test_refresh_tokens_that_rotate_are_good_once(oidc, connect, log_in, account, log_in_refused, refused):
    oidc.rotate_refresh_tokens = True
    first = log_in(oidc.browse, store_refresh_token=True)
    second = connect().authenticate_oidc_refresh_token()

    with log_in_refused("invalid_grant.*used before.*All tokens of this log-in are revoked"):
        connect().authenticate_oidc_refresh_token()
    for connection in (first, second):
        with refused("TokenInvalid"):
            account(connection)


def test_this_log_in_is_never_renewed(oidc, log_in, account, mock_backend_clock):
    """The client would know how, but keeps nothing to do it with."""
    connection = log_in(oidc.browse, store_refresh_token=True)
    mock_backend_clock.advance("1h")

    with pytest.raises(OpenEoApiError, match="TokenInvalid: The access token expired"):
        account(connection)
