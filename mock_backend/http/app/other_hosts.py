"""Hosts of a back-end beside the API's: for its OpenID Connect issuers, and for assets, like S3."""

import re
from collections.abc import Mapping
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_backend.api.urls import host_of
from mock_backend.auth.oidc import ISSUERS
from mock_backend.errors import OpenEOError
from mock_backend.http.app.gateway import Gateway
from mock_backend.http.app.protocol import ServedBackEnd
from mock_backend.http.app.rendering import as_openeo_error
from mock_backend.http.app.request_body import header_of
from mock_backend.http.app.routes import Route, RouteTable, compiled_routes
from mock_backend.profiles.mounts import Mounts

if TYPE_CHECKING:
    from mock_backend.auth.oidc import Provider


class IssuerHost:
    """Serve the OpenID Connect providers of a back-end.

    Args:
        foreign: The URL of a host in production that some of its providers stand for; by default they have a
            host of their own in this process.
    """

    def __init__(self, backend: ServedBackEnd, foreign: str | None = None) -> None:
        self._backend = backend
        self._foreign = foreign
        self.clock = backend.clock

    @property
    def url(self) -> str:
        """URL of the host."""
        return self._foreign or self._backend.oidc_providers.url

    @cached_property
    def foreign(self) -> Mapping[str, "IssuerHost"]:
        """Hosts in the place of those in production, by URL."""
        return {url: IssuerHost(self._backend, url) for url in self._backend.oidc_providers.foreign_hosts}

    async def asgi(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request to ``url``."""
        path = scope["path"]
        if self._foreign is None:
            await self._below(self.url, path, scope, receive, send)
        elif (found := self._backend.oidc_providers.at_url(self._foreign + path)) is not None:
            provider, rest = found
            await self._serve(provider, provider.url, rest, scope, receive, send)
        else:
            await JSONResponse({"error": "not_found"}, status_code=404)(scope, receive, send)

    async def below(self, origin: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request below ``/oidc`` of a host with other things.

        Args:
            origin: The URL of that host.
        """
        await self._below(origin + ISSUERS, scope["path"][len(ISSUERS) :], scope, receive, send)

    async def _below(self, base: str, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        provider, rest = self._backend.oidc_providers.at(path)
        await self._serve(provider, base + provider.path, rest, scope, receive, send)

    async def _serve(
        self, provider: "Provider", issuer: str, path: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        from mock_backend.http.app.issuer_gateway import IssuerGateway

        await IssuerGateway(self._backend, provider, issuer, path)(scope, receive, send)


_ASSETS = re.compile(r"(?:/jobs/.*)?/results/.*/\{name\}")

#: Names of errors in S3: by our code, or else by the status. Messages are ours unless clients know them.
_BY_CODE = {
    "ResultLinkExpired": (403, "AccessDenied", "Request has expired"),
    "PermissionsInsufficient": (403, "SignatureDoesNotMatch", None),
}
_BY_STATUS = {
    403: "AccessDenied",
    404: "NoSuchKey",
    405: "MethodNotAllowed",
    412: "PreconditionFailed",
    416: "InvalidRange",
    429: "SlowDown",
    500: "InternalError",
    503: "SlowDown",
}


class AssetHost(Gateway):
    """Serve assets by their signed URLs, and nothing else, as S3 serves objects by presigned URLs.

    A request with an ``Authorization`` header is refused, since its URL says already who may have
    what. Errors are XML, and an expired URL answers 403, not the API's 410.
    """

    is_api = False

    def __init__(self, backend: ServedBackEnd) -> None:
        routes = compiled_routes(backend.registers, backend.authenticate).routes
        table = RouteTable([route for route in routes if _ASSETS.fullmatch(route.template)])
        super().__init__(backend, table, _answer)
        self.clock = backend.clock

    @cached_property
    def url(self) -> str:
        """URL of the assets in this process: on a host of their own."""
        return host_of(self._backend.settings.url, "assets.")

    @property
    def asgi(self) -> ASGIApp:
        """Application that answers at ``url``."""
        return self

    def _render(self, error: Exception) -> Response:
        return s3_error(as_openeo_error(error))

    def _mounts(self) -> Mounts:
        return {"": self._backend.settings.api_version}


def s3_error(error: OpenEOError) -> Response:
    """Return an error the way S3 tells it."""
    status, code, message = _BY_CODE.get(
        error.openeo_code, (error.status_code, _BY_STATUS.get(error.status_code, error.openeo_code), None)
    )
    told = f"<Code>{escape(code, False)}</Code><Message>{escape(message or error.message, False)}</Message>"
    return Response(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{told}</Error>'.encode("utf-8", "replace"),
        status_code=status,
        headers=error.headers,
        media_type="application/xml",
    )


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    _, methods, parameters = scope["mock_backend.match"]
    if header_of(scope, b"authorization") is not None:
        raise OpenEOError(
            "Only one auth mechanism allowed: the signature in the query string or the Authorization header.",
            code="InvalidArgument",
            status=400,
        )
    if not methods:
        raise OpenEOError("Access Denied", code="AccessDenied", status=403)
    route: Route | None = methods.get(scope["method"])
    if route is None:
        raise OpenEOError(
            "The specified method is not allowed against this resource.",
            code="MethodNotAllowed",
            status=405,
            headers={"Allow": "GET, HEAD, OPTIONS"},
        )
    await route.answer(scope, parameters, receive, send)
