"""The host that results are downloaded from, where it is not the API's own: it behaves like S3."""

import re
from functools import cached_property
from html import escape

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_backend.api.urls import host_of
from mock_backend.errors import OpenEOError
from mock_backend.http.app.gateway import Gateway
from mock_backend.http.app.protocol import ServedBackEnd
from mock_backend.http.app.rendering import as_openeo_error
from mock_backend.http.app.request_body import header_of
from mock_backend.http.app.routes import Route, RouteTable, compiled_routes
from mock_backend.profiles.mounts import Mounts

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


class AssetHost:
    """Serve assets by their signed URLs, and nothing else, as S3 serves objects by presigned URLs.

    A request with an ``Authorization`` header is refused, since its URL says already who may have
    what. Errors are XML, and an expired URL answers 403, not the API's 410.
    """

    def __init__(self, backend: ServedBackEnd) -> None:
        self._backend = backend
        self.clock = backend.clock

    @cached_property
    def url(self) -> str:
        """URL of the assets in this process: on a host of their own."""
        return host_of(self._backend.settings.url, "assets.")

    @cached_property
    def asgi(self) -> ASGIApp:
        """Application that answers at ``url``."""
        return _Gateway(self._backend)


class _Gateway(Gateway):
    is_api = False

    def __init__(self, backend: ServedBackEnd) -> None:
        routes = compiled_routes(backend.registers, backend.authenticate).routes
        table = RouteTable([route for route in routes if _ASSETS.fullmatch(route.template)])
        super().__init__(backend, table, _answer)

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
