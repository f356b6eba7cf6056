"""Authlib's client against the provider: an independent implementation."""

from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from authlib.integrations.base_client import BaseApp, OAuth2Mixin, OAuthError, OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.discovery import OpenIDProviderMetadata

from mock_backend import MockBackend

CALLBACK = "https://app.test/callback"
SCOPE = "openid profile email offline_access"


class Application(OAuth2Mixin, OpenIDMixin, BaseApp):
    """A web application as Authlib makes it, without a web framework."""

    client_cls = OAuth2Session


class LogIn:
    """A log-in of Bob's by authorization code with PKCE.

    Args:
        backend: The back-end whose provider he logs in at.
        issuer: Its issuer.
        secret: The application's; None for a public one.
    """

    def __init__(self, backend: MockBackend, issuer: str, secret: str | None = None) -> None:
        backend.oidc.add_client("app", secret, redirect_urls=CALLBACK)
        self.issuer, self.secret = issuer, secret
        self.app = Application(
            None,
            client_id="app",
            client_secret=secret,
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": SCOPE, "code_challenge_method": "S256"},
        )
        self.asked = self.app.create_authorization_url(CALLBACK)
        self.sent_to = backend.oidc.browse(self.asked["url"], "bob")
        self.answer = dict(parse_qsl(urlsplit(self.sent_to).query))
        self.token = self.app.fetch_access_token(
            CALLBACK, code=self.answer["code"], code_verifier=self.asked["code_verifier"]
        )

    def id_token(self, *, nonce: str | None = None, audience: str = "app", token: dict | None = None) -> dict:
        """Verify the id token by the provider's published keys, and return its claims."""
        return self.app.parse_id_token(
            self.token if token is None else token,
            nonce or self.asked["nonce"],
            {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": audience},
                **{name: {"essential": True} for name in ("at_hash", "nonce", "auth_time")},
            },
        )

    @property
    def endpoints(self) -> dict[str, str]:
        """The discovery document."""
        return self.app.load_server_metadata()

    def session(self) -> OAuth2Session:
        """Return an HTTP session with the tokens."""
        return OAuth2Session("app", self.secret, scope=SCOPE, token=self.token, **self.endpoints)


@pytest.fixture(params=[None, "s3cret"], ids=["public", "confidential"])
def secret(request):
    return request.param


def test_the_discovery_document_is_valid(issuer, monkeypatch):
    # Issuers on a loopback address are not secure in Authlib's eyes.
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    document = requests.get(f"{issuer}/.well-known/openid-configuration").json()

    OpenIDProviderMetadata(document).validate()

    assert document["issuer"] == issuer


def test_logs_in_by_authorization_code(mock_backend, url, issuer, secret, me):
    login = LogIn(mock_backend, issuer, secret)

    assert login.sent_to.startswith(f"{CALLBACK}?")
    assert (login.answer["state"], login.answer["iss"]) == (login.asked["state"], issuer)
    claims = login.id_token()
    assert (claims["sub"], claims["preferred_username"], claims["azp"]) == ("bob", "bob", "app")
    assert login.app.userinfo(token=login.token)["sub"] == claims["sub"]
    assert me(url, login.token["access_token"]) == "bob"
    [grant] = mock_backend.oidc.grants
    assert (grant.grant_type, grant.client_id, grant.user) == ("authorization_code", "app", "bob")


def test_what_is_not_right_about_an_id_token_is_found(mock_backend, issuer):
    login = LogIn(mock_backend, issuer)

    with pytest.raises(Exception, match="nonce"):
        login.id_token(nonce="another")
    with pytest.raises(Exception, match="aud"):
        login.id_token(audience="openeo-default")
    with pytest.raises(Exception, match="at_hash"):
        login.id_token(token=login.token | {"access_token": mock_backend.oidc.tokens("bob")["access_token"]})


def test_a_code_is_for_who_has_the_verifier(mock_backend, issuer):
    login = LogIn(mock_backend, issuer)
    asked = login.app.create_authorization_url(CALLBACK)
    sent_to = mock_backend.oidc.browse(asked["url"])
    code = dict(parse_qsl(urlsplit(sent_to).query))["code"]

    with pytest.raises(OAuthError, match="invalid_grant"):
        login.app.fetch_access_token(CALLBACK, code=code, code_verifier=login.asked["code_verifier"])


def test_renews_tokens_before_they_expire(mock_backend, url, issuer, secret, me):
    mock_backend.oidc.access_token_ttl = "30s"
    login = LogIn(mock_backend, issuer, secret)

    # Half a minute is so little for Authlib that it renews the token before it uses it.
    with login.session() as session:
        answer = session.get(login.endpoints["userinfo_endpoint"])
        renewed = session.token

    assert answer.json()["sub"] == "bob"
    assert renewed["access_token"] != login.token["access_token"]
    assert renewed["refresh_token"] == login.token["refresh_token"]
    assert me(url, renewed["access_token"]) == "bob"
    assert len(mock_backend.oidc.grants.select("refresh_token", client_id="app", user="bob")) == 1


def test_a_renewed_id_token_is_of_the_same_log_in(mock_backend, issuer):
    login = LogIn(mock_backend, issuer)
    first = login.id_token()

    with login.session() as session:
        renewed = session.refresh_token()

    again = login.id_token(token=renewed)
    assert [again[name] for name in ("sub", "aud", "iss", "auth_time")] == [
        first[name] for name in ("sub", "aud", "iss", "auth_time")
    ]


def test_tokens_can_be_looked_into_and_revoked(mock_backend, url, issuer, me):
    login = LogIn(mock_backend, issuer, "s3cret")
    access_token, refresh_token = login.token["access_token"], login.token["refresh_token"]
    revocation, introspection = (
        login.endpoints[f"{each}_endpoint"] for each in ("revocation", "introspection")
    )

    with login.session() as session:
        before = session.introspect_token(introspection, access_token).json()
        assert session.revoke_token(revocation, access_token, "access_token").status_code == 200
        after = session.introspect_token(introspection, access_token).json()
        refresh = session.introspect_token(introspection, refresh_token).json()

        assert (before["active"], before["client_id"], before["sub"]) == (True, "app", "bob")
        assert set(before["scope"].split()) == set(SCOPE.split())
        assert after == {"active": False}
        assert refresh["active"] is True, "revoking an access token does not revoke the refresh token"
        assert me(url, access_token) == "TokenInvalid"

        # Whatever was given for a refresh token goes with it.
        another = session.refresh_token()["access_token"]
        assert session.revoke_token(revocation, refresh_token, "refresh_token").status_code == 200
        assert me(url, another) == "TokenInvalid"
        with pytest.raises(OAuthError, match="invalid_grant"):
            session.refresh_token(refresh_token=refresh_token)


@pytest.mark.parametrize("way", ["client_secret_basic", "client_secret_post"])
def test_a_program_logs_in_for_itself(url, issuer, me, way):
    with OAuth2Session("openeo-service", "secret", scope="openid", token_endpoint_auth_method=way) as session:
        token = session.fetch_token(f"{issuer}/token", grant_type="client_credentials")

    assert "refresh_token" not in token
    assert me(url, token["access_token"]) == "openeo-service"


def test_logs_in_by_password(url, issuer, me):
    with OAuth2Session("openeo-default", scope="openid") as session:
        with pytest.raises(OAuthError, match="invalid_grant"):
            session.fetch_token(f"{issuer}/token", username="bob", password="wrong")
        token = session.fetch_token(f"{issuer}/token", username="bob", password="b")

    assert me(url, token["access_token"]) == "bob"


def test_logging_out_ends_what_the_session_has_given(mock_backend, url, issuer, me):
    login = LogIn(mock_backend, issuer)
    parameters = {
        "id_token_hint": login.token["id_token"],
        "post_logout_redirect_uri": CALLBACK,
        "state": "s",
    }

    answer = requests.get(login.endpoints["end_session_endpoint"], params=parameters, allow_redirects=False)

    assert answer.headers.get("Location") == f"{CALLBACK}?state=s", answer.text
    assert me(url, login.token["access_token"]) == "TokenInvalid"
    with login.session() as session, pytest.raises(OAuthError, match="invalid_grant"):
        session.refresh_token()


class TestRotatedKeys:
    def test_a_client_fetches_the_new_ones(self, mock_backend, issuer):
        login = LogIn(mock_backend, issuer)
        login.id_token()
        mock_backend.oidc.requests.clear()

        mock_backend.oidc.rotate_keys()
        with login.session() as session:
            renewed = session.refresh_token()

        assert login.id_token(token=renewed)["sub"] == "bob"
        assert login.id_token()["sub"] == "bob", "the old key is still published"
        assert [each.path for each in mock_backend.oidc.requests].count("/jwks") == 1

    def test_what_old_keys_have_signed_is_refused_once_they_are_gone(self, mock_backend, url, issuer, me):
        login = LogIn(mock_backend, issuer)

        mock_backend.oidc.rotate_keys(keep_old=False)

        with pytest.raises(Exception, match=r"[Kk]ey"):
            login.id_token()
        assert me(url, login.token["access_token"]) == "TokenInvalid"
        with pytest.raises(requests.HTTPError, match="401"):
            login.app.userinfo(token=login.token)

        # A refresh token is not signed.
        with login.session() as session:
            renewed = session.refresh_token()
        assert login.id_token(token=renewed)["sub"] == "bob"
        assert me(url, renewed["access_token"]) == "bob"
