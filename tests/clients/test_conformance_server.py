"""The server for the conformance suite lets a client in as the suite comes in, and runs its kind of job."""

import subprocess
import sys
from pathlib import Path

import openeo
import pytest
import requests

SCRIPT = Path(__file__).parent / "conformance_server.py"


@pytest.fixture(scope="module")
def url():
    command = [sys.executable, SCRIPT, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def connection(url):
    return openeo.connect(url, auto_validate=False)


def log_in(connection, secret):
    return connection.authenticate_oidc_client_credentials(
        client_id="openeo-service", client_secret=secret, provider_id="mock"
    )


def test_the_url_is_one_that_the_suite_can_build_upon(url):
    assert url.endswith("/")
    assert "openeo" in url
    assert requests.get(url + "jobs").json()["code"] == "AuthenticationRequired"


def test_clients_log_in_with_client_credentials(connection):
    log_in(connection, "secret")

    assert connection.describe_account()["user_id"] == "openeo-service"
    assert connection.list_jobs() == []


def test_a_wrong_secret_is_refused(connection):
    with pytest.raises(openeo.rest.auth.oidc.OidcException, match="401"):
        log_in(connection, "wrong")


def test_a_made_up_token_is_refused(url):
    answer = requests.get(url + "me", headers={"Authorization": "Bearer oidc/mock/made-up"})

    assert (answer.status_code, answer.json()["code"]) == (403, "TokenInvalid")


def test_basic_authentication_works_beside_it(connection):
    connection.authenticate_basic("alice", "secret")

    assert connection.describe_account()["user_id"] == "alice"
