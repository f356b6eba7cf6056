"""Foreign clients take the time from the machine, so the clock starts now and runs at real speed."""

from datetime import UTC, datetime

import pytest
import requests


@pytest.fixture(scope="session")
def mock_backend_settings():
    return {"users": {"alice": "secret", "bob": "b"}, "rate": 1}


@pytest.fixture
def mock_backend_clock():
    from mock_backend import Clock

    return Clock(datetime.now(UTC), rate=1)


@pytest.fixture(params=["live", "in process"])
def url(request, mock_backend) -> str:
    """The URL of the back-end."""
    return mock_backend.url if request.param == "in process" else mock_backend.live().url


@pytest.fixture
def issuer(url) -> str:
    """The default provider's issuer, as the API names it."""
    [provider] = requests.get(f"{url}/credentials/oidc").json()["providers"]
    return provider["issuer"]


@pytest.fixture
def me(mock_backend):
    """The user whom the API finds in an access token, or the error of its refusal."""

    def ask(url: str, access_token: str) -> str:
        header = {"Authorization": f"Bearer oidc/mock/{access_token}"}
        answer = requests.get(f"{url}/me", headers=header).json()
        return answer.get("user_id") or answer["code"]

    return ask
