"""FastAPI's part: applications of one's own, foreign registers, and irregular requests.

It is imported when it is first needed, as FastAPI takes longer to import than most tests take.
"""

import inspect
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_backend.api.parameters import for_fastapi
from mock_backend.http.app.gateway import Gateway
from mock_backend.http.app.protocol import ServedBackEnd
from mock_backend.http.app.register_call import answer_of, call_register
from mock_backend.http.app.rendering import error_response
from mock_backend.http.app.request_body import JsonRequest
from mock_backend.http.app.routes import Route, compiled_routes, nothing_at, wrong_method

#: The parameter by which FastAPI hands over the request; no method is likely to have one of this name.
_REQUEST = "mock_backend_request"


class JsonRoute(APIRoute):
    """A route that says what is wrong with a request's JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the function that answers a request."""
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            return await handle(JsonRequest(request.scope, request.receive))

        return handler


def route_of(route: Route) -> APIRoute:
    """Return a route as one of FastAPI.

    It wraps the method in a coroutine that finds the instance and answers with a response: FastAPI hands
    plain functions to a thread pool, which needs an event loop; a coroutine that never waits can be
    driven without one.
    """

    async def operation(**arguments: Any) -> Response:
        given = arguments.pop(_REQUEST)
        if route.request is not None:
            arguments[route.request] = given
        serving = given.scope["mock_backend"].registers[route.register]
        call = partial(call_register, serving, route.name, arguments)
        response: Response = await answer_of(call, given.scope, at_once=route.at_once)
        return response

    kind, path = inspect.Parameter.KEYWORD_ONLY, route.template
    own = inspect.Parameter(_REQUEST, kind, annotation=Request)
    seen = [own, *(for_fastapi(each).replace(kind=kind) for each in route.parameters)]
    operation.__signature__ = inspect.Signature(seen)  # type: ignore[attr-defined]  # FastAPI reads it
    operation.__name__ = route.name
    operation.__doc__ = route.function.__doc__
    # With the converter of the parameter that takes slashes.
    if route.takes_slashes:
        path = path[:-1] + ":path}"
    elif route.id_takes_slashes:
        path = path.replace("}", ":path}", 1)
    return JsonRoute(path, operation, methods=list(route.methods), response_model=None, name=route.name)


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
