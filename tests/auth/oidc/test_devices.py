"""Log-ins on another device (RFC 8628)."""

import pytest


def wait(mock_backend, seconds=5):
    mock_backend.clock.advance(seconds=seconds)


@pytest.fixture
def confirmed(issuer):
    """A device that a person has confirmed."""
    issuer.provider.interactive = True
    device = issuer.device()
    issuer.provider.confirm(device["user_code"])
    return device


def test_a_device_is_confirmed_after_a_poll(issuer, mock_backend, assert_oauth_error, all_endpoints):
    device = issuer.device()

    assert (device["interval"], device["expires_in"]) == (5, 600)
    assert device["verification_uri_complete"].endswith(f"?user_code={device['user_code']}")
    assert_oauth_error(issuer.poll(device), 400, "authorization_pending")
    wait(mock_backend)
    assert issuer.takes(issuer.poll(device).json()["access_token"]) == all_endpoints


def test_where_a_user_has_to_click_it_waits(issuer, mock_backend, assert_oauth_error):
    issuer.provider.interactive = True
    device = issuer.device()
    for _ in range(4):
        assert_oauth_error(issuer.poll(device), 400, "authorization_pending")
        wait(mock_backend)

    mock_backend.users.add("bob")
    issuer.provider.confirm(device["user_code"], user="bob")

    assert issuer.me(issuer.poll(device).json()["access_token"]).json()["user_id"] == "bob"


def test_a_device_code_is_good_once(issuer, confirmed, mock_backend, assert_oauth_error):
    assert issuer.poll(confirmed).status_code == 200
    wait(mock_backend)

    assert_oauth_error(issuer.poll(confirmed), 400, "invalid_grant", "used")


def test_a_device_code_is_its_clients(issuer, confirmed, assert_oauth_error):
    issuer.provider.add_client("other", grant_types=["device_code"])

    assert_oauth_error(issuer.poll(confirmed, client_id="other"), 400, "invalid_grant", "of this client")
    assert issuer.poll(confirmed).status_code == 200


@pytest.mark.parametrize("code", ["nonsense", None, "ü"])
def test_what_is_no_device_code(issuer, code):
    response = issuer.poll({"device_code": code})

    assert response.status_code == 400
    assert response.json()["error"] == ("invalid_grant" if code else "invalid_request")


def test_the_user_code_is_none(issuer, confirmed, assert_oauth_error):
    assert_oauth_error(issuer.poll({"device_code": confirmed["user_code"]}), 400, "invalid_grant")


def test_who_polls_too_fast_has_to_slow_down(issuer, mock_backend, assert_oauth_error):
    issuer.provider.script_device("pending", "confirmed")
    device = issuer.device()
    assert_oauth_error(issuer.poll(device), 400, "authorization_pending")
    wait(mock_backend, 4)

    assert_oauth_error(issuer.poll(device), 400, "slow_down", "10 seconds")
    wait(mock_backend, 9)
    assert_oauth_error(issuer.poll(device), 400, "slow_down", "15 seconds")
    wait(mock_backend, 15)
    assert issuer.poll(device).status_code == 200


def test_who_is_told_to_slow_down_has_to(issuer, mock_backend, assert_oauth_error):
    issuer.provider.script_device("slow_down", "confirmed")
    device = issuer.device()

    assert_oauth_error(issuer.poll(device), 400, "slow_down", "10 seconds")
    wait(mock_backend, 5)
    assert_oauth_error(issuer.poll(device), 400, "slow_down", "15 seconds")
    wait(mock_backend, 15)
    assert issuer.poll(device).status_code == 200


def test_a_device_code_expires(issuer, mock_backend, assert_oauth_error):
    issuer.provider.interactive = True
    device, in_time = issuer.device(), issuer.device()
    issuer.provider.confirm(in_time["user_code"])
    wait(mock_backend, 599)
    assert issuer.poll(in_time).status_code == 200
    wait(mock_backend, 1)

    with pytest.raises(ValueError, match="No device is waiting"):
        issuer.provider.confirm(device["user_code"])
    issuer.device()  # others come and go
    assert_oauth_error(issuer.poll(device), 400, "expired_token", "expired")


def test_a_confirmed_one_expires_too(issuer, confirmed, mock_backend, assert_oauth_error):
    wait(mock_backend, 600)

    assert_oauth_error(issuer.poll(confirmed), 400, "expired_token")


def test_it_is_forgotten_in_the_end(issuer, confirmed, mock_backend, monkeypatch, assert_oauth_error):
    monkeypatch.setattr("mock_backend.auth.oidc.flows.device._MOST", 100)
    mock_backend.clock.advance(days=2)
    assert_oauth_error(issuer.poll(confirmed), 400, "expired_token")
    for _ in range(100):
        issuer.device()

    assert_oauth_error(issuer.poll(confirmed), 400, "invalid_grant")


@pytest.mark.parametrize(("step", "error"), [("denied", "access_denied"), ("expired", "expired_token")])
def test_that_is_the_end(issuer, mock_backend, assert_oauth_error, step, error):
    issuer.provider.script_device(step)
    device = issuer.device()

    assert_oauth_error(issuer.poll(device), 400, error)
    wait(mock_backend)
    assert_oauth_error(issuer.poll(device), 400, "invalid_grant")
    with pytest.raises(ValueError, match="No device"):
        issuer.provider.confirm(device["user_code"])


def test_a_user_says_no(issuer, assert_oauth_error):
    issuer.provider.interactive = True
    device = issuer.device()
    issuer.provider.deny(device["user_code"])

    assert_oauth_error(issuer.poll(device), 400, "access_denied")


@pytest.mark.parametrize("verifier", [None, "x" * 43])
def test_a_device_proves_that_it_has_asked(issuer, confirmed, assert_oauth_error, verifier):
    response = issuer.poll(confirmed, code_verifier=verifier)

    assert_oauth_error(response, 400, "invalid_grant", "code_verifier")
    # The thief's attempt is no poll of the device's.
    assert issuer.poll(confirmed).status_code == 200


def test_a_device_may_do_without_and_cannot_come_back_to_it(issuer, mock_backend, assert_oauth_error):
    issuer.provider.script_device("confirmed")
    device = issuer.device(code_challenge=None, code_challenge_method=None)

    assert_oauth_error(issuer.poll(device), 400, "invalid_grant", "code_challenge")
    assert issuer.poll(device, code_verifier=None).status_code == 200


@pytest.mark.parametrize("method", ["plain", "S512", None])
def test_a_devices_challenge_is_hashed(issuer, method, assert_oauth_error):
    form = {"client_id": "openeo-default", "code_challenge": issuer.challenge}
    response = issuer(
        "POST /device_authorization", data=form | ({"code_challenge_method": method} if method else {})
    )

    assert_oauth_error(response, 400, "invalid_request", "S256")


def test_a_client_that_is_not_registered_for_devices(issuer, assert_oauth_error):
    issuer.provider.add_client("web", grant_types=["authorization_code"], redirect_urls=["https://web.test/"])

    response = issuer("POST /device_authorization", data={"client_id": "web"})
    assert_oauth_error(response, 400, "unauthorized_client")
    response = issuer("POST /device_authorization", data={"client_id": "unknown"})
    assert_oauth_error(response, 401, "invalid_client")
    response = issuer("POST /device_authorization", data={"scope": "openid"})
    assert_oauth_error(response, 401, "invalid_client", "client_id")


def test_a_client_with_a_secret_needs_it(issuer, assert_oauth_error):
    issuer.provider.add_client("tv", "its-secret", grant_types=["device_code"])

    response = issuer("POST /device_authorization", data={"client_id": "tv"})
    assert_oauth_error(response, 401, "invalid_client", "secret")
    assert issuer.device(client_id="tv", client_secret="its-secret")


def test_whoever_confirmed_is_gone(issuer, confirmed, mock_backend, assert_oauth_error):
    mock_backend.users.remove("alice")

    assert_oauth_error(issuer.poll(confirmed), 400, "access_denied", "gone")


def test_codes_are_all_different(issuer):
    devices = [issuer.device() for _ in range(20)]

    assert (
        len({each["device_code"] for each in devices}) == len({each["user_code"] for each in devices}) == 20
    )


@pytest.mark.parametrize("typed", ["{}", " {} ", "lower", "no dash", "spaces"])
def test_a_user_code_is_read_as_people_type_it(issuer, typed):
    issuer.provider.interactive = True
    device = issuer.device()
    code = device["user_code"]
    issuer.provider.confirm(
        {
            "lower": code.lower(),
            "no dash": code.replace("-", ""),
            "spaces": " ".join(code),
        }.get(typed, typed.format(code))
    )

    assert issuer.poll(device).status_code == 200


# -- orders -------------------------------------------------------------------------------------------


def test_scripts_apply_the_latest_first_and_so_often(issuer, mock_backend):
    mock_backend.users.add("bob")
    issuer.provider.script_device("denied")
    once = issuer.provider.script_device("confirmed", user="bob", times=1)

    first, second = issuer.device(), issuer.device()

    assert issuer.me(issuer.poll(first).json()["access_token"]).json()["user_id"] == "bob"
    assert issuer.poll(second).json()["error"] == "access_denied"
    assert (once.hits, once.remaining) == (1, 0)


def test_a_script_that_ends_leaves_the_device_pending(issuer, mock_backend, assert_oauth_error):
    script = issuer.provider.script_device("pending")
    device = issuer.device()
    for _ in range(3):
        assert_oauth_error(issuer.poll(device), 400, "authorization_pending")
        wait(mock_backend)
    # What a person says counts more than the script.
    issuer.provider.confirm(device["user_code"])
    assert issuer.poll(device).status_code == 200
    assert "pending" in repr(script)
    with issuer.provider.script_device() as for_ever:
        assert "for ever" in repr(for_ever)


def test_a_script_can_be_taken_back(issuer):
    with issuer.provider.script_device("denied"):
        pass

    assert issuer.poll(issuer.device()).json()["error"] == "authorization_pending"


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (["confirm"], "Did you mean 'confirmed'"),
        (["pending", 5], "no answer 5 "),
        (["confirmed", "pending"], "Nothing comes after 'confirmed'"),
        (["denied", "confirmed"], "Nothing comes after 'denied'"),
        (["expired", "expired"], "Nothing comes after 'expired'"),
    ],
)
def test_a_script_that_makes_no_sense(issuer, steps, words):
    with pytest.raises(ValueError, match=words):
        issuer.provider.script_device(*steps)


def test_a_script_of_no_user_or_for_no_device(issuer):
    with pytest.raises(ValueError, match="bob"):
        issuer.provider.script_device("confirmed", user="bob")
    with pytest.raises(ValueError, match="times"):
        issuer.provider.script_device("confirmed", times=0)


@pytest.mark.parametrize("code", ["", "ABCD-EFGH", "nonsense", "ü", "-"])
def test_codes_that_no_device_shows(issuer, code):
    issuer.device()

    with pytest.raises(ValueError, match="No device is waiting"):
        issuer.provider.confirm(code)
    with pytest.raises(ValueError, match="No device is waiting"):
        issuer.provider.deny(code)


def test_a_code_is_decided_once(issuer):
    issuer.provider.interactive = True
    device = issuer.device()
    issuer.provider.deny(device["user_code"])

    with pytest.raises(ValueError, match="No device is waiting"):
        issuer.provider.confirm(device["user_code"])


def test_no_user_who_is_unknown_confirms(issuer):
    issuer.provider.interactive = True
    device = issuer.device()

    with pytest.raises(ValueError, match="bob"):
        issuer.provider.confirm(device["user_code"], user="bob")
    issuer.provider.confirm(device["user_code"])
