"""A bare client of an issuer, and what it takes to forge tokens."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt

#: The URL at which an application with a port of its own listens.
CALLBACK = "http://localhost:8912/callback"
VERIFIER = "a-verifier-that-is-long-enough-for-rfc-7636-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
COOKIE = "mock_backend_session"
SCOPE = "openid profile email offline_access eduperson_entitlement"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"

#: RFC 6749, section 5.2: what a description may hold.
DESCRIPTION = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]+")


def _form(defaults, changes):
    """Return parameters; what is changed to None is left out."""
    return {name: value for name, value in (defaults | changes).items() if value is not None}


class Issuer:
    """A client of an issuer that follows no redirects and judges nothing."""

    callback, verifier, challenge, scope = CALLBACK, VERIFIER, CHALLENGE, SCOPE

    def __init__(self, provider, api_url) -> None:
        self.provider = provider
        self.url = provider.url
        self._api = api_url

    def __call__(self, route, **options) -> requests.Response:
        """Send a request: ``issuer("POST /token", data={…})``."""
        method, _, path = route.partition(" ")
        return requests.request(method, self.url + path, allow_redirects=False, timeout=5, **options)

    # -- log-ins ------------------------------------------------------------------------------------

    def authorize(self, cookies=None, **changes) -> requests.Response:
        """Ask for a code."""
        defaults = {
            "response_type": "code",
            "client_id": "openeo-default",
            "redirect_uri": CALLBACK,
            "scope": SCOPE,
            "state": "a state",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return self("GET /authorize", params=_form(defaults, changes), cookies=cookies)

    def code(self, **changes) -> str:
        """Return a code."""
        return self.answered(self.authorize(**changes))["code"]

    def answered(self, response) -> dict[str, str]:
        """Return what a redirect tells the application."""
        assert response.status_code in (302, 303), response.text
        target = urlsplit(response.headers["Location"])
        return {name: value for name, (value,) in parse_qs(target.query or target.fragment).items()}

    def token(self, auth=None, **form) -> requests.Response:
        """Ask for tokens."""
        return self("POST /token", data=_form({}, form), auth=auth)

    def redeem(self, code, auth=None, **changes) -> requests.Response:
        """Ask for the tokens of a code."""
        defaults = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": "openeo-default",
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }
        return self.token(auth, **(defaults | changes))

    def log_in(self) -> dict:
        """Return the tokens of the default user."""
        return self.redeem(self.code()).json()

    def refresh(self, refresh_token, **changes) -> requests.Response:
        """Ask for new tokens."""
        defaults = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": "openeo-default",
        }
        return self.token(**(defaults | changes))

    def device(self, **changes) -> dict:
        """Return a device code and what comes with it."""
        defaults = {
            "client_id": "openeo-default",
            "scope": SCOPE,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        response = self("POST /device_authorization", data=_form(defaults, changes))
        assert response.status_code == 200, response.text
        return response.json()

    def poll(self, device, **changes) -> requests.Response:
        """Ask for the tokens of a device."""
        defaults = {
            "grant_type": DEVICE,
            "device_code": device["device_code"],
            "client_id": "openeo-default",
            "code_verifier": VERIFIER,
        }
        return self.token(**(defaults | changes))

    # -- what tokens are good for -------------------------------------------------------------------

    def revoke(self, token, client_id="openeo-default") -> requests.Response:
        """Revoke a token."""
        return self("POST /revoke", data={"token": token, "client_id": client_id})

    def introspect(self, token) -> dict:
        """Look into a token, as the confidential client."""
        response = self("POST /introspect", data={"token": token}, auth=("openeo-service", "secret"))
        assert response.status_code == 200, response.text
        return response.json()

    def userinfo(self, token) -> requests.Response:
        """Ask whose an access token is."""
        return self("GET /userinfo", headers={"Authorization": f"Bearer {token}"})

    def me(self, token, provider_id=None) -> requests.Response:
        """Use an access token at the API."""
        bearer = f"oidc/{provider_id or self.provider.id}/{token}"
        return requests.get(
            f"{self._api}/me", headers={"Authorization": f"Bearer {bearer}"}, timeout=5, allow_redirects=False
        )

    def takes(self, token) -> set[str]:
        """Return who takes an access token: ``api``, ``userinfo``, ``introspection``."""
        answers = {
            "api": self.me(token).status_code == 200,
            "userinfo": self.userinfo(token).status_code == 200,
            "introspection": self.introspect(token)["active"],
        }
        return {who for who, taken in answers.items() if taken}


ALL_ENDPOINTS = {"api", "userinfo", "introspection"}


@pytest.fixture(scope="session")
def all_endpoints():
    """Endpoints that take a good access token."""
    return ALL_ENDPOINTS


@pytest.fixture
def issuer(mock_backend) -> Issuer:
    return Issuer(mock_backend.oidc, mock_backend.url)


@pytest.fixture(scope="session")
def issuer_of():
    """A client of any provider of any back-end."""
    return lambda provider, backend: Issuer(provider, backend.url)


@pytest.fixture(scope="session")
def assert_oauth_error():
    """Check that a response is an error of OAuth."""

    def check(response, status, error, *words) -> None:
        assert (response.status_code, response.json().get("error")) == (status, error), response.text
        assert response.headers["Content-Type"].startswith("application/json")
        assert response.headers["Cache-Control"] == "no-store"
        description = response.json()["error_description"]
        assert DESCRIPTION.fullmatch(description)
        for word in words:
            assert word in description, description

    return check


@pytest.fixture
def forge(mock_backend):
    """Make a token like a real one, but for some claims, its header or its key."""

    def make(like, *, header=None, key=None, provider=None, without=(), **changes) -> str:
        provider = provider or mock_backend.oidc
        key = key or provider.keys.current
        claims = {name: value for name, value in claims_of(like).items() if name not in without} | changes
        return jwt.encode(header_of(provider) | (header or {}), claims, key)

    return make


def header_of(provider) -> dict:
    return {"alg": "RS256", "kid": provider.keys.current.kid, "typ": "at+jwt"}


def claims_of(token) -> dict:
    return decoded(token.split(".")[1])


def decoded(part) -> dict:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


@pytest.fixture(scope="session")
def claims():
    """Return the claims of a token, whoever has signed it."""
    return claims_of


# -- forgeries ----------------------------------------------------------------------------------------


@pytest.fixture
def real(issuer) -> str:
    """An access token that its issuer has given out."""
    return issuer.provider.tokens()["access_token"]


@pytest.fixture
def assert_refused(issuer, assert_error, assert_oauth_error):
    """No endpoint takes a token; the API says why."""

    def check(token, *words) -> None:
        assert_error(issuer.me(token), 403, "TokenInvalid", *words)
        assert issuer.introspect(token) == {"active": False}
        assert_oauth_error(issuer.userinfo(token), 401, "invalid_token")

    return check


@pytest.fixture(scope="session")
def part():
    """Write a part of a token."""

    def encode(value) -> str:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    return encode


@pytest.fixture(scope="session")
def parts_of():
    """Return header, claims and signature of a token."""

    def read(token) -> tuple[dict, dict, str]:
        header, payload, signature = token.split(".")
        return decoded(header), decoded(payload), signature

    return read


# -- people -------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """The tags of a page, and its form."""

    def __init__(self, response) -> None:
        super().__init__()
        self.tags, self.hidden, self.inputs, self.actions, self.text = [], {}, set(), [], ""
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        self.feed(response.text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append(tag)
        assert not any(name.startswith("on") for name in attributes), attributes
        if tag == "form":
            self.actions.append((attributes["method"], attributes["action"]))
        if tag == "input":
            self.inputs.add(attributes["name"])
            if attributes.get("type") == "hidden":
                self.hidden[attributes["name"]] = attributes["value"]

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="session")
def page_of():
    """Read a page."""
    return Page


@pytest.fixture(scope="session")
def cookie_of():
    """Return the cookie of a session that an answer sets."""
    return lambda response: SimpleCookie(response.headers.get("Set-Cookie", "")).get(COOKIE)


@pytest.fixture
def interactive(issuer, mock_backend):
    """A person has to click. There are alice (``secret``) and bob (``builder``)."""
    issuer.provider.interactive = True
    mock_backend.users.add("bob", "builder")


@pytest.fixture
def ask(issuer):
    """Open the page that asks for consent, in the session of a cookie."""
    return lambda cookie=None, **changes: Page(
        issuer.authorize({COOKIE: cookie} if cookie else None, **changes)
    )


@pytest.fixture
def answer(issuer):
    """Click on it."""

    def send(page, cookie=None, decision="allow", path="/consent", **typed):
        cookies = None if cookie is None else {COOKIE: cookie}
        return issuer(f"POST {path}", data=page.hidden | typed | {"decision": decision}, cookies=cookies)

    return send


@pytest.fixture
def session_of(issuer):
    """Log a user in, and return the browser's cookie."""
    return lambda name="alice": (
        issuer.provider.authorization.sessions.open(issuer.provider.account(name)).cookie
    )
