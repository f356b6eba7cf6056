"""Routes of FastAPI: for applications of its own, for foreign registers, and for irregular requests.

This is the one module that imports FastAPI's routing, and it is imported when it is first needed.
"""

import inspect
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from mock_backend.api.models import Endpoint
from mock_backend.api.parameters import for_fastapi
from mock_backend.http.app.register_call import answer_of, call_register
from mock_backend.http.app.request_body import JsonRequest

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


def route_of(
    endpoint: Endpoint,
    function: Callable[..., Any],
    parameters: list[inspect.Parameter],
    *,
    register: int,
    name: str,
    request: str | None,
) -> APIRoute:
    """Return the route of a register's method.

    It wraps the method in a coroutine that finds the instance and answers with a response: FastAPI hands
    plain functions to a thread pool, which needs an event loop; a coroutine that never waits can be
    driven without one.

    Args:
        parameters: The method's parameters without the instance and the request.
        register: The register's place among those in service.
        request: The name under which the method asks for the request, if it does.
    """

    waits = endpoint.is_quick or inspect.iscoroutinefunction(function)

    async def operation(**arguments: Any) -> Response:
        given = arguments.pop(_REQUEST)
        if request is not None:
            arguments[request] = given
        call = partial(call_register, given.scope["mock_backend"], register, name, arguments)
        response: Response = await answer_of(call, given.scope, at_once=waits)
        return response

    own = inspect.Parameter(_REQUEST, inspect.Parameter.KEYWORD_ONLY, annotation=Request)
    seen = [own, *(for_fastapi(each).replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters)]
    operation.__signature__ = inspect.Signature(seen)  # type: ignore[attr-defined]  # FastAPI reads it
    operation.__name__ = name
    operation.__doc__ = function.__doc__
    return JsonRoute(
        fastapi_path(endpoint), operation, methods=list(endpoint.answered), response_model=None, name=name
    )


def fastapi_path(endpoint: Endpoint) -> str:
    """Return a path template with the converter of the parameter that takes slashes."""
    if endpoint.takes_slashes:
        return endpoint.path[:-1] + ":path}"
    return endpoint.path.replace("}", ":path}", 1) if endpoint.id_takes_slashes else endpoint.path
