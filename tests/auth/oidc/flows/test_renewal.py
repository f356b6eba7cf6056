"""Access tokens expire, and the openeo client renews them by itself, or cannot."""

import pytest

from mock_backend import Fault


@pytest.fixture(autouse=True)
def _short_lived(oidc):
    oidc.access_token_ttl = "5m"


@pytest.fixture
def logged_in(connection):
    """A connection that keeps its refresh token."""
    return connection.authenticate_oidc()


@pytest.fixture
def error_log(caplog):
    """Failed renewals: the client goes on with the refusal of the back-end."""
    return lambda: [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]


# -- renewal --------------------------------------------------------------------------------------------


def test_a_long_job_is_waited_for(logged_in, long_job, renewals, seconds, mock_backend, quiet):
    long_job(logged_in).start_and_wait(**quiet)

    assert mock_backend.jobs.one(title="two hours").status == "finished"
    assert seconds() > 2 * 3600
    renewed = [(grant.at - mock_backend.clock.start).total_seconds() for grant in renewals()]
    # By then the client looks once a minute: it finds each token just as it expires.
    assert [round(later - renewed[0]) for later in renewed] == [300 * each for each in range(24)]
    assert 312 <= renewed[0] < 372
    assert renewed[-1] == seconds()  # the last one, to learn that the job has finished


def test_each_renewal_answers_a_refusal(logged_in, long_job, renewals, mock_backend, quiet):
    long_job(logged_in).start_and_wait(**quiet)

    refused = [each for each in mock_backend.requests if each.status == 403]
    assert len(refused) == len(renewals())
    assert all(b"TokenInvalid" in each.error for each in refused)


def test_by_client_credentials(connection, oidc, long_job, renewals, mock_backend, quiet):
    connection.authenticate_oidc_client_credentials("openeo-service", "secret")
    assert len(renewals("client_credentials")) == 1

    long_job(connection).start_and_wait(**quiet)

    assert mock_backend.jobs.one(title="two hours").status == "finished"
    assert len(renewals("client_credentials")) == 24
    assert len(oidc.grants.select("refresh_token")) == 0


def test_by_password(connection, account, oidc, renewals, mock_backend_clock):
    connection.authenticate_oidc_resource_owner_password_credentials(
        "bob", "builder", client_id="openeo-default"
    )
    mock_backend_clock.advance("5m")

    assert account(connection) == "bob"
    assert len(renewals("password")) == 2


def test_by_a_refresh_token_of_ones_own(connection, account, oidc, renewals, mock_backend_clock):
    connection.authenticate_oidc_refresh_token(refresh_token=oidc.tokens("bob")["refresh_token"])
    renewals()
    mock_backend_clock.advance("5m")

    assert account(connection) == "bob"
    assert len(renewals()) == 1


def test_a_token_is_good_until_its_last_second(connection, account, oidc, renewals, mock_backend_clock):
    connection.authenticate_oidc_client_credentials("openeo-service", "secret")
    renewals("client_credentials")
    mock_backend_clock.advance("4m59s")
    account(connection)
    assert renewals("client_credentials") == []

    mock_backend_clock.advance("1s")
    account(connection)
    assert len(renewals("client_credentials")) == 1


def test_tokens_expire_early(logged_in, account, oidc, renewals):
    oidc.expire_tokens()

    assert account(logged_in) == "alice"
    assert len(renewals()) == 1


def test_tokens_expire_while_a_job_runs(logged_in, long_job, oidc, renewals, mock_backend_clock):
    oidc.access_token_ttl = "1d"
    oidc.expire_tokens()
    job = long_job(logged_in)
    job.start()
    assert len(renewals()) == 1

    mock_backend_clock.advance("30m")
    assert job.status() == "running"
    assert renewals() == []
    oidc.expire_tokens("bob")
    assert job.status() == "running"
    assert renewals() == []
    oidc.expire_tokens("alice")
    assert job.status() == "running"
    assert len(renewals()) == 1


def test_tokens_are_lost_when_the_keys_change(logged_in, account, oidc, renewals):
    oidc.rotate_keys()
    assert account(logged_in) == "alice"
    assert renewals() == []

    oidc.rotate_keys(keep_old=False)
    assert account(logged_in) == "alice"
    assert len(renewals()) == 1


# -- no renewal -----------------------------------------------------------------------------------------


def test_an_access_token_alone_cannot_be_renewed(connection, account, oidc, refused, mock_backend_clock):
    connection.authenticate_oidc_access_token(oidc.tokens()["access_token"])
    mock_backend_clock.advance("5m")

    with refused("TokenInvalid", "expired at 2025-06-01T12:05:00"):
        account(connection)


def test_a_device_log_in_that_keeps_nothing_cannot_be_renewed(
    connection, account, refused, mock_backend_clock, renewals
):
    connection.authenticate_oidc_device()
    mock_backend_clock.advance("5m")

    with refused("TokenInvalid", "The access token expired at"):
        account(connection)
    assert renewals() == []


def test_a_refresh_token_expires(logged_in, account, oidc, refused, mock_backend_clock, error_log):
    mock_backend_clock.advance(days=30)

    with refused("TokenInvalid", "The access token expired at"):
        account(logged_in)
    [told] = error_log()
    assert "invalid_grant" in told
    assert "This refresh token expired at" in told


def test_revoked_while_a_job_runs(logged_in, long_job, oidc, refused, mock_backend, error_log, quiet):
    job = long_job(logged_in)
    job.start()
    mock_backend.clock.advance("1m")
    oidc.revoke("bob")
    assert job.status() == "queued"
    oidc.revoke("alice")

    with refused("TokenInvalid", "The access token has been revoked. Please authenticate again."):
        job.start_and_wait(**quiet)
    [told] = error_log()
    assert "invalid_grant" in told
    assert "This refresh token has been revoked" in told


def test_who_was_revoked_can_log_in_again(connect, logged_in, account, oidc):
    oidc.revoke()

    assert account(connect().authenticate_oidc()) == "alice"
    assert len(oidc.grants.select("device_code")) == 2  # the token that the client keeps was revoked, too


@pytest.mark.parametrize("status", [500, 503])
def test_one_failure_of_the_token_endpoint_ends_the_wait(
    logged_in, long_job, oidc, refused, error_log, seconds, quiet, status
):
    """The client repeats neither the renewal nor the request."""
    order = oidc.inject(Fault(status), "POST /token", times=1)

    with refused("TokenInvalid", "expired at"):
        long_job(logged_in).start_and_wait(**quiet)
    assert order.hits == 1
    assert 300 < seconds() < 400
    [told] = error_log()
    assert f"{status} " in told


def test_the_next_request_renews_after_a_failure(logged_in, account, oidc, refused, renewals):
    oidc.inject(Fault(503), "POST /token", times=1)
    oidc.expire_tokens()

    with refused("TokenInvalid"):
        account(logged_in)
    assert account(logged_in) == "alice"
    assert len(renewals()) == 1


# -- refresh tokens that rotate -------------------------------------------------------------------------


def test_the_clients_second_renewal_fails_where_refresh_tokens_rotate(
    logged_in, long_job, oidc, refused, renewals, error_log, seconds, quiet
):
    """The openeo client goes on with its first refresh token, and the provider takes that for a theft."""
    oidc.rotate_refresh_tokens = True
    job = long_job(logged_in)

    with refused("TokenInvalid", "The access token expired at"):
        job.start_and_wait(**quiet)

    assert 600 < seconds() < 720  # after two tokens of five minutes
    assert len(renewals()) == 1
    [told] = error_log()
    assert "This refresh token has been used before" in told


def test_a_reused_refresh_token_revokes_the_token_that_it_was_replaced_by(
    connect, logged_in, account, oidc, refused, mock_backend_clock
):
    oidc.rotate_refresh_tokens = True
    mock_backend_clock.advance("5m")
    account(logged_in)  # a good token, for five minutes
    oidc.expire_tokens()
    other = connect().authenticate_oidc_access_token(logged_in.auth.bearer.rpartition("/")[2])

    with refused("TokenInvalid"):
        account(logged_in)
    with refused("TokenInvalid"):
        account(other)


def test_a_log_in_by_a_kept_refresh_token_cannot_be_renewed_once_where_they_rotate(
    connect, logged_in, account, oidc, refused, mock_backend_clock
):
    """The client keeps the new one for its next log-in, but renews with the old one."""
    oidc.rotate_refresh_tokens = True
    connection = connect().authenticate_oidc()
    assert account(connection) == "alice"
    mock_backend_clock.advance("5m")

    with refused("TokenInvalid", "expired at"):
        account(connection)
    connect().authenticate_oidc()
    assert len(oidc.grants.select("device_code")) == 2


def test_client_credentials_do_not_mind(connection, account, oidc, renewals, mock_backend_clock):
    oidc.rotate_refresh_tokens = True
    connection.authenticate_oidc_client_credentials("openeo-service", "secret")
    for _ in range(3):
        mock_backend_clock.advance("5m")
        assert account(connection) == "openeo-service"
    assert len(renewals("client_credentials")) == 4
