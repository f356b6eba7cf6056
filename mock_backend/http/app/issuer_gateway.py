"""The gateway of an OpenID Connect provider: its endpoints, errors in the words of OAuth."""

from functools import partial
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from mock_backend.auth.oidc.endpoints import KEYCLOAK, ROUTES, Answer
from mock_backend.auth.oidc.errors import OAuthError
from mock_backend.auth.oidc.provider import Provider
from mock_backend.auth.oidc.provider_request import ProviderRequest
from mock_backend.control import Fault
from mock_backend.control.journal import is_form
from mock_backend.errors import OpenEOError, RequestInvalid
from mock_backend.http.app.answer import CORS, RawHeaders
from mock_backend.http.app.gateway import Gateway
from mock_backend.http.app.protocol import ServedBackEnd
from mock_backend.http.app.rendering import as_openeo_error
from mock_backend.http.app.request_body import Limit, header_of, noting, read_body
from mock_backend.http.app.routes import Route, RouteTable
from mock_backend.http.content.deferred import made

#: Our paths by those of a Keycloak server.
_PLAIN = {theirs: ours for ours, theirs in KEYCLOAK.items()}

#: Endpoints where browsers go with people; no script has anything to read there (RFC 9700, section 2.6).
_PAGES = frozenset({"/authorize", "/consent", "/device", "/logout"})

#: Names in OAuth of the failures that have no name of their own.
_ERRORS = {503: "temporarily_unavailable", 500: "server_error", 429: "temporarily_unavailable"}


#: No request to an issuer has any reason to be larger.
_LIMIT = Limit(
    1 << 18, lambda size: RequestInvalid(f"The body of a request must not exceed {size}.", status=413)
)


class _Endpoints(RouteTable):
    """The endpoints of a provider."""

    def __init__(self, provider: Provider) -> None:
        super().__init__(())
        self._plain = _PLAIN if provider.known.keycloak else {}

    def find(self, path: str) -> tuple[str | None, dict[str, Any], dict[str, str]]:
        path = self._plain.get(path, path)
        methods = ROUTES.get(path)
        return (None, {}, {}) if methods is None else (path, methods, {})


class IssuerGateway(Gateway):
    """The gateway of one provider.

    Args:
        issuer: The URL of its issuer as the client sees it.
        path: The path below it that was asked for.
    """

    is_api = False

    def __init__(self, backend: ServedBackEnd, provider: Provider, issuer: str, path: str) -> None:
        super().__init__(backend, _Endpoints(provider), self._answer)
        self._journal, self._faults = provider.requests, provider.faults
        self._provider = provider
        self._place = issuer, path, backend.settings.api_version

    def _locate(self, scope: Scope) -> tuple[str, str, str | None]:  # noqa: ARG002  # it is known
        return self._place

    def _cors(self, template: str | None) -> RawHeaders:
        return () if template in _PAGES else CORS

    def _limit(self, reader: Route | None) -> Limit | None:  # noqa: ARG002  # one for all
        return _LIMIT

    def _noting(self, scope: Scope, receive: Receive, limit: Limit | None) -> Receive:  # noqa: ARG002  # one for all
        # The secrets of a form can be told from the rest; those of other texts cannot.
        keeps = is_form(header_of(scope, b"content-type") or "")
        return noting(scope["mock_backend.exchange"].append_body if keeps else len, receive, _LIMIT)

    async def _admit(self, reader: Route, limit: Limit | None, scope: Scope, receive: Receive) -> None:
        """Leave it to the endpoint."""

    def _render(self, error: Exception) -> Response:
        if not isinstance(error, OAuthError):
            known = as_openeo_error(error)
            message = known.message if known is error else type(error).__name__
            error = _named(known, None, message)
        headers = {"Cache-Control": "no-store", **error.headers}
        return JSONResponse(error.members, status_code=error.status, headers=headers)

    def _fault_answer(self, operation: tuple[str, str | None], fault: Fault) -> Response:  # noqa: ARG002  # none differs
        message = fault.message or "A failure that the test ordered."
        return self._render(_named(fault.error(), fault.code, message))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await read_body(receive)
            response = await made(partial(self._respond, scope, body), scope)
        except Exception as error:  # the client gets an error object, whatever it was
            response = self._render(error)
        await response(scope, receive, send)

    def _respond(self, scope: Scope, body: bytes) -> Response:
        """Return the answer of the endpoint."""
        template, methods, _ = scope["mock_backend.match"]
        if template is None:
            raise OAuthError("not_found", "The issuer has nothing at this path.", status=404)
        method = scope["method"]
        answer: Answer | None = methods.get("GET" if method == "HEAD" else method)
        if answer is None:
            allowed = ", ".join([*methods, "OPTIONS"])
            raise OAuthError(
                "invalid_request", f"This path takes: {allowed}.", status=405, headers={"Allow": allowed}
            )
        request = ProviderRequest(scope, self._place[0], body)
        with self._provider.lock:
            return answer(self._provider, request)


def _named(error: OpenEOError, code: str | None, message: str) -> OAuthError:
    """Return an error with its name in OAuth."""
    name = code or _ERRORS.get(error.status_code, "invalid_request")
    return OAuthError(name, message, status=error.status_code, headers=error.headers)
