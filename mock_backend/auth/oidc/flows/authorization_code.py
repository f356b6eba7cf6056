"""Log-ins in a browser: the authorization code flow (RFC 6749, section 4.1) and consent."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode, urlsplit

from starlette.responses import RedirectResponse, Response

from mock_backend.auth.oidc.clients import CODE, Client
from mock_backend.auth.oidc.errors import OAuthError, required
from mock_backend.auth.oidc.flows import pages
from mock_backend.auth.oidc.flows.pkce import check_verifier, read_challenge
from mock_backend.auth.oidc.flows.sessions import COOKIE, Session, Sessions, cookie_path
from mock_backend.auth.oidc.provider_request import ProviderRequest
from mock_backend.auth.oidc.tokens import ID, Login
from mock_backend.auth.oidc.tokens.signing import SignatureInvalid
from mock_backend.cache import forget_oldest
from mock_backend.dataclass import dataclass

if TYPE_CHECKING:
    from mock_backend.auth.oidc.issuer import Issuer

_PROMPTS = {"none", "login", "consent", "select_account"}
_MODES = {"query": "?", "fragment": "#"}
#: Maximum number of pages and codes to remember.
_MOST = 1000
_NO_MATCH = "User name and password do not match an account."


class WayBack(NamedTuple):
    """The way of an answer back to the client."""

    url: str
    mode: str  #: The place of the answer in the URL: ``query`` or ``fragment``
    issuer: str  #: The issuer's URL as the client knows it
    state: str | None  #: The value to return to the client

    def send(self, members: Mapping[str, str], status: int = 302) -> Response:
        """Send the user back to the client with an answer."""
        # ``iss``: RFC 9207, section 2.
        state = {} if self.state is None else {"state": self.state}
        url = _extended(self.url, _MODES.get(self.mode, "?"), {**members, **state, "iss": self.issuer})
        headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        return RedirectResponse(url, status, headers)


@dataclass(frozen=True)
class AuthorizationRequest:
    """Request of a client to a user."""

    client: Client
    back: WayBack
    scope: tuple[str, ...]
    nonce: str | None  #: The value to repeat in the id token
    challenge: str | None  #: The proof that the client owes when it redeems the code
    prompts: frozenset[str]  #: The demands that the user be asked, or not be asked
    max_age: timedelta | None  #: The maximum age of the user's session


@dataclass(eq=False)
class _Code:
    login: Login
    request: AuthorizationRequest
    expires: datetime
    is_used: bool = False


class Authorization:
    """Ask users what they allow, and give out codes for it."""

    def __init__(self, provider: "Issuer") -> None:
        self._provider = provider
        self._codes: dict[str, _Code] = {}
        #: With the id of the session that the page was shown to; None for the page that logs in.
        self._asked: dict[str, tuple[AuthorizationRequest, str | None]] = {}
        self.sessions = Sessions(provider)

    # -- endpoints ----------------------------------------------------------------------------------

    def authorize(self, asked: ProviderRequest) -> Response:
        """Ask the user, or answer at once where no click is needed."""
        given = asked.parameters
        url = given.get("redirect_uri", "")
        name = given.get("client_id", "")
        client = self._provider.client(name, redirect_url=url or None)
        # Users are only sent to the client's own addresses.
        if client is None:
            return pages.message("This log-in cannot go on", "No client has this client_id.", status=400)
        if not client.takes_redirect(url):
            known = ", ".join(client.redirect_urls) or "none"
            text = f"The client {client.id} is not registered with this redirect_uri. It is with: {known}."
            return pages.message("This log-in cannot go on", text, status=400)
        back = WayBack(url, given.get("response_mode", "query"), asked.issuer, given.get("state"))
        try:
            request = self._read(given, client, back)
            if not self._provider.interactive and self.sessions.of(asked) is None:
                # The user is always there, always logged in, and always says yes.
                try:
                    user = self._provider.account(None)
                except ValueError as error:
                    raise OAuthError("access_denied", str(error)) from None
                return self._send_code(request, Session(user, self._provider.now()))
            return self._ask(request, self._session_for(request, asked))
        except OAuthError as error:
            return back.send(error.members)

    def consent(self, asked: ProviderRequest) -> Response:
        """Take what the user has said."""
        form = asked.form
        key = form.get("request", "")
        request, seen_in = self._asked.get(key, (None, None))
        if request is None:
            text = "It has been answered already, or was never asked. Start again in the application."
            return pages.message("This log-in is over", text, status=400)
        if form.get("decision") != "allow":
            del self._asked[key]
            denied = OAuthError("access_denied", "The user has denied access.")
            return request.back.send(denied.members, 303)
        session = self._session_for(request, asked)
        if session is None or session.id != seen_in:
            # Whoever was not asked in this session has not said yes in it.
            session = self._log_in(form)
        if session is None:
            return self._consent(key, request, None, form.get("username", ""), _NO_MATCH)
        del self._asked[key]
        return self.sessions.send(session, self._send_code(request, session, status=303), asked)

    def device(self, asked: ProviderRequest) -> Response:
        """Ask for the code that a device shows, or whether it may have what it wants; take the answer."""
        given = asked.parameters
        title, action = self._provider.title, f"{asked.issuer}/device"
        typed = given.get("user_code")
        if typed is None:
            return pages.ask_for_code(title, action)
        device = self._provider.devices.waiting(typed)
        if device is None:
            return pages.ask_for_code(
                title, action, typed=typed, wrong="No device is waiting with this code."
            )
        session, wrong = self.sessions.of(asked), ""
        if asked.method == "POST":
            if given.get("decision") != "allow":
                self._provider.deny(device.user_code)
                return pages.message("Not connected", "The device gets no access.")
            session = session or self._log_in(given)
            if session is not None:
                self._provider.confirm(device.user_code, session.user.user_id)
                done = pages.message("The device is connected", "You can close this page and go on there.")
                return self.sessions.send(session, done, asked)
            wrong = _NO_MATCH
        hidden = {"user_code": device.user_code}
        return pages.consent(title, action, device, hidden, session, given.get("username", ""), wrong)

    def logout(self, asked: ProviderRequest) -> Response:
        """End the session (OpenID Connect RP-Initiated Logout, section 2)."""
        given = asked.parameters
        client = self._provider.clients.get(given.get("client_id", ""))
        session = self.sessions.of(asked)
        ended = [] if session is None else [session.id]
        if hint := given.get("id_token_hint"):
            try:
                claims = self._provider.book.claims(hint, ID)
            except SignatureInvalid:
                return pages.message(
                    "Not logged out", "The id_token_hint is not a token of this provider.", status=400
                )
            if client is not None and client.id != claims.get("aud"):
                return pages.message("Not logged out", "The id_token_hint is another client's.", status=400)
            client = self._provider.clients.get(str(claims.get("aud")))
            ended.append(str(claims.get("sid")))
        url = given.get("post_logout_redirect_uri")
        if url is not None and (client is None or not client.takes_redirect(url)):
            text = "The post_logout_redirect_uri is not one of the client's redirect URLs."
            return pages.message("Not logged out", text, status=400)
        self.sessions.end(ended)
        state = {"state": given["state"]} if "state" in given else {}
        response: Response = (
            pages.message("You are logged out", "You can close this page.")
            if url is None
            else RedirectResponse(_extended(url, "?", state), 303)
        )
        response.delete_cookie(COOKIE, path=cookie_path(asked.issuer))
        return response

    # -- codes --------------------------------------------------------------------------------------

    def redeem(self, client: Client, form: Mapping[str, str]) -> Login:
        """Return the log-in that a code stands for.

        Raises:
            OAuthError: If the code is not good, not the client's, or the client is not who asked for it.
        """
        code = self._codes.get(required(form, "code"))
        if code is None or code.login.client.id != client.id:
            raise OAuthError("invalid_grant", "This is not a code of this client.")
        if code.is_used:
            # The code was stolen, so what was given for it may be in wrong hands (RFC 6749, 4.1.2).
            code.login.is_revoked = True
            raise OAuthError(
                "invalid_grant", "This code has been used before. All tokens it gave are revoked."
            )
        code.is_used = True
        if code.expires <= self._provider.now():
            raise OAuthError("invalid_grant", f"This code expired at {code.expires.isoformat()}.")
        if form.get("redirect_uri") != code.request.back.url:
            raise OAuthError("invalid_grant", "The redirect_uri is not the one that the code was sent to.")
        check_verifier(code.request.challenge, form.get("code_verifier"))
        if code.login.is_revoked or not self._provider.is_known(code.login.user):
            raise OAuthError("invalid_grant", "The log-in has been revoked.")
        return code.login

    def logins(self) -> list[Login]:
        """Return the log-ins that codes stand for which may still be redeemed."""
        return [code.login for code in self._codes.values() if not code.is_used]

    # -- inside -------------------------------------------------------------------------------------

    def _read(self, given: Mapping[str, str], client: Client, back: WayBack) -> AuthorizationRequest:
        if back.mode not in _MODES:
            raise OAuthError("invalid_request", f"The response_mode is one of: {', '.join(_MODES)}.")
        for name in ("request", "request_uri"):
            if name in given:
                raise OAuthError(f"{name}_not_supported", "Send the parameters one by one.")
        if required(given, "response_type") != "code":
            raise OAuthError("unsupported_response_type", "Only the response_type code is supported.")
        if CODE not in client.grant_types:
            raise OAuthError("unauthorized_client", "This client is not registered for authorization codes.")
        for name, value in self._provider.authorization_parameters.items():
            if given.get(name) != value:
                raise OAuthError("invalid_request", f"This provider wants the parameter {name}={value}.")
        prompts = frozenset(given.get("prompt", "").split())
        if prompts - _PROMPTS or ("none" in prompts and len(prompts) > 1):
            raise OAuthError("invalid_request", "The prompt is none, login, consent or select_account.")
        age = given.get("max_age")
        if age is not None and not (age.isascii() and age.isdecimal() and len(age) < 10):
            raise OAuthError("invalid_request", "The max_age is a number of seconds.")
        return AuthorizationRequest(
            client=client,
            back=back,
            scope=self._provider.scope_of(given),
            nonce=given.get("nonce"),
            challenge=read_challenge(given, required=client.is_public),
            prompts=prompts,
            max_age=None if age is None else timedelta(seconds=int(age)),
        )

    def _ask(self, request: AuthorizationRequest, session: Session | None) -> Response:
        if "none" in request.prompts:
            if session is None:
                raise OAuthError("login_required", "No user is logged in, and prompt=none forbids to ask.")
            return self._send_code(request, session)
        key = secrets.token_urlsafe(16)
        self._asked[key] = request, None if session is None else session.id
        forget_oldest(self._asked, _MOST)
        return self._consent(key, request, session)

    def _consent(
        self,
        key: str,
        request: AuthorizationRequest,
        session: Session | None,
        typed: str = "",
        wrong: str = "",
    ) -> Response:
        action = f"{request.back.issuer}/consent"
        hidden = {"request": key}
        return pages.consent(self._provider.title, action, request, hidden, session, typed, wrong)

    def _log_in(self, form: Mapping[str, str]) -> Session | None:
        user = self._provider.authenticate(form.get("username", ""), form.get("password", ""))
        return None if user is None else Session(user, self._provider.now())

    def _session_for(self, request: AuthorizationRequest, asked: ProviderRequest) -> Session | None:
        """Return the browser's session if it will do for a request."""
        session = self.sessions.of(asked)
        if session is None or request.prompts & {"login", "select_account"}:
            return None
        if request.max_age is not None and self._provider.now() - session.at > request.max_age:
            return None
        return session

    def _send_code(self, request: AuthorizationRequest, session: Session, *, status: int = 302) -> Response:
        now = self._provider.now()
        login = Login(
            request.client,
            session.user,
            request.scope,
            session.at,
            request.back.issuer,
            request.nonce,
            session.id,
        )
        code = secrets.token_urlsafe(32)
        self._codes[code] = _Code(login, request, now + self._provider.code_ttl)
        forget_oldest(self._codes, _MOST)
        return request.back.send({"code": code}, status)


def _extended(url: str, mark: str, parameters: Mapping[str, str]) -> str:
    if not parameters:
        return url
    if mark == "?" and urlsplit(url).query:
        mark = "&"
    return f"{url}{mark}{urlencode(parameters)}"
