"""``OidcMock``: the attributes and methods of the openeo client's stub, with tokens of a ``Provider``."""

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from mock_backend.auth.accounts import Users
from mock_backend.auth.oidc.clients import CODE, DEVICE, PASSWORD, REFRESH, SERVICE
from mock_backend.auth.oidc.flows.pkce import METHOD, check_verifier, read_challenge
from mock_backend.auth.oidc.provider import Provider
from mock_backend.auth.oidc.providers import Providers
from mock_backend.auth.oidc.tokens import OFFLINE, OPENID, Login
from mock_backend.clock import Clock
from mock_backend.profiles.identity import IdentityProvider

_USER, _SUBJECT = "john", "123"
#: The method that answers each grant; tests put others in their place.
_CALLBACKS = {
    CODE: "token_callback_authorization_code",
    SERVICE: "token_callback_client_credentials",
    PASSWORD: "token_callback_resource_owner_password_credentials",
    DEVICE: "token_callback_device_code",
    REFRESH: "token_callback_refresh_token",
}


class OidcMock:
    """An OpenID Connect provider that holds clients to what a test expects, by requests-mock.

    New tests are better served by ``MockBackend.oidc``: see the guide, "Moving from stubs".

    Args:
        requests_mock: The mocker of requests-mock of the test.
        expected_grant_type: The only grant that may be used; None for any.
        oidc_issuer: The URL of the issuer.
        expected_client_id: The only client.
        expected_fields: What clients have to send: ``scope``, ``client_secret``, ``refresh_token`` and so on.
        state: What is known from the beginning.
        scopes_supported: The scopes of the provider.
        device_code_flow_support: True if devices can log in.
        oidc_discovery_url: The URL of the description of the provider.
        support_verification_uri_complete: True if devices are told a URL with the code in it.
        access_token_expires_in: The life time that is told, in seconds; None to tell none.
    """

    def __init__(
        self,
        requests_mock: Any,
        *,
        expected_grant_type: str | None = None,
        oidc_issuer: str = "https://oidc.test",
        expected_client_id: str = "myclient",
        expected_fields: dict[str, Any] | None = None,
        state: dict[str, Any] | None = None,
        scopes_supported: Sequence[str] | None = None,
        device_code_flow_support: bool = True,
        oidc_discovery_url: str | None = None,
        support_verification_uri_complete: bool = False,
        access_token_expires_in: int | None = None,
    ) -> None:
        issuer = oidc_issuer.rstrip("/")
        self.requests_mock, self.oidc_issuer = requests_mock, oidc_issuer
        self.expected_grant_type, self.expected_client_id = expected_grant_type, expected_client_id
        self.expected_fields, self.state = expected_fields or {}, state or {}
        self.expected_authorization_code: str | None = None
        #: The grants that were asked for, each with its response.
        self.grant_request_history: list[dict[str, Any]] = []
        self.scopes_supported = list(scopes_supported or [OPENID, "email", "profile"])
        self.support_verification_uri_complete = support_verification_uri_complete
        self.access_token_expires_in = access_token_expires_in
        self.authorization_endpoint, self.token_endpoint = f"{issuer}/auth", f"{issuer}/token"
        self.device_code_endpoint = f"{issuer}/device_code" if device_code_flow_support else None
        #: The provider that makes the tokens.
        self.provider = Provider(
            IdentityProvider("stub", "Stub", client=expected_client_id),
            Providers("openeo", Users({_USER: {}}), Clock()),
            url=oidc_issuer,
        )
        described = {
            "issuer": oidc_issuer,
            "authorization_endpoint": self.authorization_endpoint,
            "token_endpoint": self.token_endpoint,
            "device_authorization_endpoint": self.device_code_endpoint,
            "scopes_supported": self.scopes_supported,
        }
        text = json.dumps({name: each for name, each in described.items() if each is not None})
        discovery = oidc_discovery_url or f"{issuer}/.well-known/openid-configuration"
        self.mocks = {
            "oidc_discovery": requests_mock.get(discovery, text=text),
            "token_endpoint": requests_mock.post(self.token_endpoint, text=self.token_callback),
        }
        if self.device_code_endpoint:
            callback = self.device_code_callback
            self.mocks["device_code_endpoint"] = requests_mock.post(self.device_code_endpoint, text=callback)

    # -- the person and the endpoints ----------------------------------------------------------------

    def webbrowser_open(self, url: str) -> None:
        """Log in and agree, as a person in front of the browser would."""
        import requests  # only this needs it

        assert url.startswith(self.authorization_endpoint), f"{url!r} is not {self.authorization_endpoint}"
        sent = dict(parse_qsl(urlsplit(url).query))
        self._check(sent, "scope")
        assert sent["response_type"] == "code"
        self.state |= {
            name: sent[name] for name in ("state", "nonce", "code_challenge", "redirect_uri", "scope")
        }
        self.expected_authorization_code = secrets.token_hex(8)
        answer = {"state": sent["state"], "code": self.expected_authorization_code}
        self.requests_mock.get(sent["redirect_uri"], real_http=True)
        requests.get(f"{sent['redirect_uri']}?{urlencode(answer)}", timeout=30)

    def token_callback(self, request: Any, context: Any) -> str:
        """Answer a request for tokens."""
        sent = dict(parse_qsl(request.text))
        grant = sent["grant_type"]
        noted: dict[str, Any] = {"grant_type": grant}
        self.grant_request_history.append(noted)
        assert self.expected_grant_type in (None, grant), f"{grant!r} is not {self.expected_grant_type!r}"
        answer: str = getattr(self, _CALLBACKS[grant])(params=sent, context=context)
        try:
            noted["response"] = json.loads(answer)
        except json.JSONDecodeError:
            noted["response"] = answer
        return answer

    def device_code_callback(self, request: Any, context: Any) -> str:
        """Hand out a device code."""
        sent = dict(parse_qsl(request.text))
        self._check(sent, "scope")
        if "code_challenge" in self.expected_fields:
            is_expected = self.expected_fields["code_challenge"] is True
            assert ("code_challenge" in sent) == is_expected, f"code_challenge: {is_expected} expected"
            self.state |= {"code_challenge": sent["code_challenge"]} if is_expected else {}
        uri = f"{self.oidc_issuer.rstrip('/')}/dc"
        codes = {"device_code": secrets.token_hex(16), "user_code": secrets.token_hex(3).upper()}
        self.state |= {**codes, "scope": sent["scope"]}
        if self.support_verification_uri_complete:
            codes["verification_uri_complete"] = f"{uri}?user_code={codes['user_code']}"
        return json.dumps({"verification_uri": uri, **codes, "interval": 2})

    # -- the grants: tests put others in their place --------------------------------------------------

    def token_callback_authorization_code(self, params: dict[str, str], context: Any) -> str:
        """Give tokens for a code."""
        self._check(params)
        assert params["code"] == self.expected_authorization_code
        assert params["redirect_uri"] == self.state["redirect_uri"]
        challenge = read_challenge(self.state | {"code_challenge_method": METHOD}, required=True)
        check_verifier(challenge, params.get("code_verifier"))
        return self._tokens(CODE)

    def token_callback_client_credentials(self, params: dict[str, str], context: Any) -> str:
        """Give a token to a program."""
        self._check(params, "scope", "client_secret")
        return self._tokens(SERVICE, id_token=False, refresh_token=False)

    def token_callback_resource_owner_password_credentials(self, params: dict[str, str], context: Any) -> str:
        """Give tokens for a password."""
        self._check(params, "client_secret", "username", "password", "scope")
        return self._tokens(PASSWORD)

    def token_callback_device_code(self, params: dict[str, str], context: Any) -> str:
        """Give tokens to a device when the timeline says so."""
        self._check(params, "client_secret")
        assert params["device_code"] == self.state["device_code"]
        is_expected = self.expected_fields.get("code_verifier") is True
        assert ("code_verifier" in params) == is_expected, f"code_verifier: {is_expected} expected"
        if is_expected:
            check_verifier(self.state["code_challenge"], params["code_verifier"])
            self.state["code_verifier"] = params["code_verifier"]
        timeline = self.state.get("device_code_callback_timeline")
        step = timeline.pop(0) if timeline else "rest in peace"
        return self._tokens(DEVICE) if step == "great success" else self._refuse(context, 400, step)

    def token_callback_refresh_token(self, params: dict[str, str], context: Any) -> str:
        """Give a token for a refresh token."""
        self._check(params, *({"client_secret"} & self.expected_fields.keys()))
        if params["refresh_token"] != self.expected_fields["refresh_token"]:
            return self._refuse(context, 401, "invalid refresh token")
        return self._tokens(REFRESH, id_token=False, refresh_token=False)

    def token_callback_block_400(self, params: dict[str, str], context: Any) -> str:
        """Refuse, without saying why."""
        context.status_code = 400
        return "block_400"

    # -- questions -------------------------------------------------------------------------------------

    def validate_access_token(self, access_token: str) -> dict[str, str]:
        """Return whose an access token is.

        Raises:
            LookupError: If it is not the latest one.
        """
        if access_token != self.state["access_token"]:
            raise LookupError("Invalid access token")
        return {"user_id": self.state["name"], "sub": self.state["sub"]}

    def invalidate_access_token(self) -> None:
        """Let the latest access token be good no more."""
        self.provider.expire_tokens()
        self.state |= {"access_token": "***invalidated***"}

    def get_request_history(self, url: str | None = None, method: str | None = None) -> list[Any]:
        """Return the requests of the test, or those to a URL or path of the issuer, or by a method."""
        if url is not None and url.startswith("/"):
            url = self.oidc_issuer.rstrip("/") + url
        return [
            each
            for each in self.requests_mock.request_history
            if url in (None, each.url) and (method is None or method.lower() == each.method.lower())
        ]

    # -- inside ----------------------------------------------------------------------------------------

    def _check(self, sent: Mapping[str, str], *names: str) -> None:
        """Check the client, and that some fields are as expected: those that are not must be missing."""
        expected = {"client_id": self.expected_client_id} | {
            name: self.expected_fields.get(name) for name in names
        }
        for name, value in expected.items():
            assert sent.get(name) == (value or None), f"{name}: expected {value!r}, got {sent.get(name)!r}"

    def _refuse(self, context: Any, status: int, error: str) -> str:
        context.status_code = status
        return json.dumps({"error": error})

    def _tokens(self, grant: str, *, id_token: bool = True, refresh_token: bool | None = None) -> str:
        provider, asked = self.provider, str(self.state.get("scope", "")).split()
        if refresh_token is None:
            # Providers without that scope give one in any case.
            refresh_token = OFFLINE not in self.scopes_supported or OFFLINE in asked
        scope = (OPENID, OFFLINE) if refresh_token else (OPENID,)
        client, user = provider.clients[self.expected_client_id], provider.account(_USER)
        login = Login(client, user, scope, provider.now(), self.oidc_issuer, self.state.get("nonce"))
        given = provider.give(grant, login, id_token=id_token)
        told = {name: given[name] for name in given if name not in ("scope", "expires_in")}
        if self.access_token_expires_in is not None:
            told["expires_in"] = self.access_token_expires_in
        self.state |= told | {"name": _USER, "sub": _SUBJECT}
        return json.dumps(told)
