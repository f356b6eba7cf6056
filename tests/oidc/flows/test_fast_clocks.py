"""Where the clock runs fast, people are as slow as ever: their codes last as long as they say, for real."""

import pytest
import requests

from mock_backend import Clock, MockBackend

RATE = 60
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture
def hasty():
    with MockBackend("https://hasty.test", clock=Clock(rate=RATE)) as backend:
        yield backend


def test_a_device_code_is_good_for_as_long_as_it_says(hasty):
    oidc = hasty.oidc
    oidc.interactive = True
    client = {"client_id": "openeo-default"}
    device = requests.post(f"{oidc.url}/device_authorization", data=client).json()
    poll = client | {"grant_type": DEVICE, "device_code": device["device_code"]}

    def advance(seconds):
        hasty.clock.advance(seconds=RATE * seconds)

    advance(device["expires_in"] - 5)
    oidc.confirm(device["user_code"])
    assert requests.post(f"{oidc.url}/token", data=poll).status_code == 200

    late = requests.post(f"{oidc.url}/device_authorization", data=client).json()
    advance(late["expires_in"] + 1)
    with pytest.raises(ValueError, match="No device is waiting"):
        oidc.confirm(late["user_code"])
