"""Cookies of a back-end are kept by sessions in this process as by any others."""

import httpx
import pytest
import requests
from starlette.responses import JSONResponse, Response

from mock_backend import MockBackend


@pytest.fixture
def url(mock_backend: MockBackend) -> str:
    @mock_backend.app.get("/taste")
    async def taste() -> Response:
        response = JSONResponse({})
        response.set_cookie("flavour", "oat", path="/")
        response.set_cookie("size", "large", path="/taste")
        return response

    return mock_backend.url


def test_requests_keeps_them_and_sends_them_back(mock_backend, url):
    with requests.Session() as session:
        answer = session.get(f"{url}/taste")
        assert dict(answer.cookies) == dict(session.cookies) == {"flavour": "oat", "size": "large"}
        request = session.prepare_request(requests.Request("GET", f"{url}/jobs"))

    assert request.headers["Cookie"] == "flavour=oat"


def test_httpx_keeps_them(url):
    with httpx.Client() as client:
        client.get(f"{url}/taste")
        assert dict(client.cookies) == {"flavour": "oat", "size": "large"}


def test_a_client_stays_logged_in(mock_backend):
    mock_backend.oidc.interactive = True
    issuer = mock_backend.oidc.url
    address = {
        "client_id": "site",
        "redirect_uri": "https://site.test/back",
        "response_type": "code",
    }
    mock_backend.oidc.add_client("site", "hush", redirect_urls="https://site.test/back")
    with requests.Session() as browser:
        page = browser.get(f"{issuer}/authorize", params=address).text
        key = page.partition('name="request" value="')[2].partition('"')[0]
        answer = {"request": key, "username": "alice", "password": "secret", "decision": "allow"}
        browser.post(f"{issuer}/consent", answer, allow_redirects=False)
        again = browser.get(f"{issuer}/authorize", params=address).text

    assert 'name="password"' in page
    assert 'name="password"' not in again
