"""The ASGI application of the issuers of a back-end."""

import json
import logging
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_backend.api.urls import HOST
from mock_backend.auth.oidc.endpoints import KEYCLOAK
from mock_backend.auth.oidc.errors import OAuthError
from mock_backend.auth.oidc.provider_request import ProviderRequest
from mock_backend.auth.oidc.routes import ROUTES
from mock_backend.control import Exchange, Fault
from mock_backend.control.faults import FaultRequest
from mock_backend.http.content.deferred import made

if TYPE_CHECKING:
    from mock_backend.auth.oidc.provider import Provider
    from mock_backend.auth.oidc.providers import Providers

logger = logging.getLogger("mock_backend")

#: No request to an issuer has any reason to be larger, in bytes.
_MAX_BODY = 1 << 18

#: Our paths by those of a Keycloak server.
_PLAIN = {theirs: ours for ours, theirs in KEYCLOAK.items()}


_CORS = (b"access-control-allow-origin", b"*")
#: Endpoints where browsers go with people; no script has anything to read there (RFC 9700, section 2.6).
_PAGES = frozenset({"/authorize", "/consent", "/device", "/logout"})
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept",
    "Access-Control-Max-Age": "86400",
}

#: Names in OAuth of the failures that have no name of their own.
_ERRORS = {503: "temporarily_unavailable", 500: "server_error", 429: "temporarily_unavailable"}


class IssuersApp:
    """Answer for all providers of a back-end, at one base URL.

    Args:
        providers: The providers.
        base: The base URL; None if it is where the request went, below a path.
        path: The path that the issuers are below.
    """

    def __init__(self, providers: "Providers", base: str | None = None, path: str = "") -> None:
        self._providers = providers
        self._base = base
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an ASGI request."""
        headers = _headers_of(scope)
        base = self._base or _base_of(scope, headers, self._path)
        provider, asked_path = self._locate(scope)
        path = _PLAIN.get(asked_path, asked_path) if provider.known.keycloak else asked_path
        route = path if path in ROUTES else None
        exchange = Exchange(
            scope["method"],
            route,
            asked_path,
            scope["query_string"],
            scope["headers"],
            self._providers.clock.now(),
        )
        provider.requests.note(exchange)
        place = base, path, headers
        serve: ASGIApp = partial(self._serve, provider, exchange, place)
        if provider.faults.armed and _plain(scope["method"]) in ROUTES.get(path, ()):
            request = FaultRequest(
                method=_plain(scope["method"]), template=path, path=asked_path, now=exchange.at
            )
            struck = provider.faults.strike(request)
            exchange.fault = ", ".join(str(each.order.fault) for each in struck) or None
            serve = provider.faults.around(
                serve,
                request,
                struck,
                url=f"{base}{asked_path}?{scope['query_string'].decode('latin-1')}",
                render=_ordered,
                read_body=partial(self._read, provider, exchange, place, scope, receive),
                signal=send,
            )
        await serve(scope, receive, _noting(exchange, send))

    async def _serve(
        self,
        provider: "Provider",
        exchange: Exchange,
        place: tuple[str | None, str, dict[str, str]],
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Answer a request that runs into no fault."""
        try:
            asked = await self._read(provider, exchange, place, scope, receive)
            response = await made(partial(_answer, provider, asked, place[1]), scope)
        except OAuthError as error:
            response = _failure(error)
        except Exception as error:  # the client gets an error object, whatever it was
            logger.error("A request failed inside the identity provider", exc_info=error)
            response = _failure(OAuthError("server_error", type(error).__name__, status=500))
        await response(scope, receive, send)

    async def _read(
        self,
        provider: "Provider",
        exchange: Exchange,
        place: tuple[str | None, str, dict[str, str]],
        scope: Scope,
        receive: Receive,
    ) -> ProviderRequest:
        """Read a request, and note it."""
        base, _, headers = place
        if base is None:
            raise OAuthError("invalid_request", "The Host header names no host.")
        body = await _body_of(scope, receive)
        asked = ProviderRequest(
            scope["method"], self._issuer_of(provider, base), scope["query_string"], headers, body
        )
        if asked.is_form:
            # Its secrets can be told from the rest; those of other texts cannot.
            exchange.append_body(body)
        return asked

    def _locate(self, scope: Scope) -> "tuple[Provider, str]":
        """Return the provider that a request is for, and the path below its issuer."""
        return self._providers.at(scope["path"][len(self._path) :])

    def _issuer_of(self, provider: "Provider", base: str) -> str:
        """Return the URL of a provider's issuer as the client sees it."""
        return base + self._providers.path_of(provider)


def _answer(provider: "Provider", asked: ProviderRequest, path: str) -> Response:
    methods = ROUTES.get(path)
    if methods is None:
        raise OAuthError("not_found", "The issuer has nothing at this path.", status=404)
    if asked.method == "OPTIONS":
        return Response(status_code=204, headers=None if path in _PAGES else _PREFLIGHT)
    answer = methods.get(_plain(asked.method))
    if answer is None:
        allowed = ", ".join([*methods, "OPTIONS"])
        raise OAuthError(
            "invalid_request", f"This path takes: {allowed}.", status=405, headers={"Allow": allowed}
        )
    with provider.lock:
        return answer(provider, asked)


def _plain(method: str) -> str:
    return "GET" if method == "HEAD" else method


def _ordered(fault: Fault) -> Response:
    error = fault.error()
    code = fault.code or _ERRORS.get(error.status_code, "invalid_request")
    message = fault.message or "A failure that the test ordered."
    return _failure(OAuthError(code, message, status=error.status_code, headers=error.headers))


def _failure(error: OAuthError) -> Response:
    headers = {"Cache-Control": "no-store", **error.headers}
    return JSONResponse(error.members, status_code=error.status, headers=headers)


def _told(body: bytes) -> bytes:
    """Return an error as the journal shows it."""
    try:
        told = json.loads(body)
        return json.dumps({"code": told["error"], "message": told.get("error_description", "")}).encode()
    except (ValueError, LookupError, TypeError):
        return b""


def _headers_of(scope: Scope) -> dict[str, str]:
    """Return the headers; what is there several times becomes one (RFC 9110, section 5.3).

    Two credentials at once are refused, so that none has to take precedence.
    """
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = str(raw_name, "latin-1"), str(raw_value, "latin-1")
        between = "; " if name == "cookie" else ", "
        headers[name] = f"{headers[name]}{between}{value}" if name in headers else value
    return headers


def _base_of(scope: Scope, headers: Mapping[str, str], path: str) -> str | None:
    """Return the base URL as the client sees it; None if what it says cannot be in a URL."""
    host = headers.get("host", "")
    return f"{scope['scheme']}://{host}{path}" if HOST.fullmatch(host) else None


async def _body_of(scope: Scope, receive: Receive) -> bytes:
    if scope["method"] != "POST":
        return b""
    body = b""
    async for part in Request(scope, receive).stream():
        body += part
        if len(body) > _MAX_BODY:
            raise OAuthError(
                "invalid_request", f"The body of a request must not exceed {_MAX_BODY} bytes.", status=413
            )
    return body


def _noting(exchange: Exchange, send: Send) -> Send:
    """Return what sends an answer, with what browsers demand of it, and notes it."""

    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            exchange.status = message["status"]
            if exchange.route not in _PAGES:
                message = {**message, "headers": [*message["headers"], _CORS]}
        elif message["type"] == "http.response.body":
            if exchange.status is not None and exchange.status >= 400:
                exchange.error = _told(message["body"])
            if exchange.method == "HEAD":
                message = {**message, "body": b""}
        await send(message)

    return send_on
