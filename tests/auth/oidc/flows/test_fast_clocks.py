"""Real time on fast clocks: browsers and clients compare it with their own clocks."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests
import time_machine
from joserfc import jws

from mock_backend import Clock, JobPlan, MockBackend

RATE = 60
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def real():
    """Real time, which the test moves."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def hasty(real):
    with MockBackend("https://hasty.test", clock=Clock(START, rate=RATE)) as backend:
        yield backend


def test_a_device_code_is_good_for_as_long_as_it_says(hasty, real):
    oidc = hasty.oidc
    oidc.interactive = True
    client = {"client_id": "openeo-default"}
    device = requests.post(f"{oidc.url}/device_authorization", data=client).json()
    poll = client | {"grant_type": DEVICE, "device_code": device["device_code"]}

    real.shift(device["expires_in"] - 5)
    oidc.confirm(device["user_code"])
    assert requests.post(f"{oidc.url}/token", data=poll).status_code == 200

    late = requests.post(f"{oidc.url}/device_authorization", data=client).json()
    real.shift(late["expires_in"] + 1)
    with pytest.raises(ValueError, match="No device is waiting"):
        oidc.confirm(late["user_code"])


def test_tokens_live_in_real_time(hasty, real):
    form = {"grant_type": "client_credentials", "client_id": "openeo-service", "client_secret": "secret"}
    hasty.clock.advance(days=3)
    answer = requests.post(f"{hasty.oidc.url}/token", data=form).json()
    claims = jws.extract_compact(answer["access_token"].encode()).payload

    def status():
        headers = {"Authorization": f"Bearer oidc/mock/{answer['access_token']}"}
        return requests.get(f"{hasty.url}/me", headers=headers).status_code

    assert f'"iat":{START.timestamp():.0f},'.encode() in claims.replace(b": ", b":")
    hasty.clock.advance(days=1)
    assert status() == 200
    real.shift(answer["expires_in"] - 60)
    assert status() == 200
    hasty.clock.rate = 0  # a pause ends no log-in
    assert status() == 200
    real.shift(121)
    assert status() in (401, 403)


def test_basic_tokens_live_in_real_time(hasty, real):
    hasty.users.token_ttl = "10m"
    token = hasty.token()

    def status():
        return requests.get(f"{hasty.url}/me", headers={"Authorization": f"Bearer {token}"}).status_code

    hasty.clock.advance(hours=1)
    assert status() == 200
    real.shift(timedelta(minutes=11))
    assert status() == 403


def test_last_modified_is_never_in_the_future(hasty, real, tmp_path):
    plan = JobPlan(queued=0, running="1h")
    hasty.plan(plan)
    job = hasty.connect().create_job({"pi": {"process_id": "pi", "arguments": {}, "result": True}})
    job.start()
    hasty.clock.advance(hours=2)
    (asset,) = job.get_results().get_assets()
    at = parsedate_to_datetime(requests.get(asset.href).headers["Last-Modified"])
    real.shift(timedelta(minutes=5))

    assert at == START
    assert parsedate_to_datetime(requests.get(asset.href).headers["Last-Modified"]) == at
