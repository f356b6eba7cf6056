"""The FastAPI application of a back-end; imported for those that ask for one."""

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_backend.http.app.gateway import Gateway
from mock_backend.http.app.protocol import ServedBackEnd
from mock_backend.http.app.rendering import error_response
from mock_backend.http.app.routes import compiled_routes, nothing_at, wrong_method


class MockBackendApp(FastAPI):
    """A FastAPI application that serves a back-end; add routes and middleware as to any other."""

    def __init__(self, backend: ServedBackEnd) -> None:
        super().__init__(
            title=backend.settings.title,
            version=backend.settings.version.number,
            openapi_url=None,
            redirect_slashes=False,
            exception_handlers={
                HTTPException: _render,
                RequestValidationError: _render,
                Exception: _render,
            },
        )
        table = compiled_routes(backend.registers, backend.authenticate)
        self.router.routes.extend(route.api_route for route in table.routes)
        self._gateway = Gateway(backend, table, super().__call__)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an ASGI request."""
        await self._gateway(scope, receive, send)


async def _render(request: Request, error: Exception) -> Response:
    _, methods, _ = request.scope["mock_backend.match"]
    if methods and isinstance(error, HTTPException) and error.status_code == 405:
        # Starlette knows one operation of the path only, that of the first route there.
        known = (error.headers or {}).get("Allow", "").split(", ")
        error = wrong_method({*methods, *filter(None, known)})
    if not methods and type(error) is HTTPException and error.detail == "Not Found":
        # Starlette's own; errors raised by custom routes stay as they are.
        error = nothing_at(request.scope)
    return error_response(error)
