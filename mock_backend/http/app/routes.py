"""Routes, compiled once for a set of register classes and shared by all back-ends that use it.

A test double is built for every test, so a route knows no back-end: the instance comes with the
request, in ``scope["mock_backend"]``. Its route of FastAPI is made when it is first needed.
"""

import inspect
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_backend.api.models import Endpoint
from mock_backend.api.parameters import Dependency, dependency_of
from mock_backend.api.register import EndpointRegister
from mock_backend.api.urls import current_base, current_version
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.cache import forget_oldest
from mock_backend.errors import FeatureUnsupported, NotFound, OpenEOError, UnsupportedApiVersion
from mock_backend.http.app.fast_path import Shortcut
from mock_backend.http.app.register_call import answer_of, call_register, kept_answer
from mock_backend.http.app.rendering import NeedsLoop, error_response
from mock_backend.http.app.request_body import read_body, replaying
from mock_backend.http.app.slash_templates import OpenEnded
from mock_backend.http.content import raw_body
from mock_backend.profiles.api_version import DEFAULT_VERSION

if TYPE_CHECKING:
    from fastapi.routing import APIRoute

Validate = Callable[..., Any]


class Route:
    """A compiled operation."""

    def __init__(
        self, register: int, endpoint: Endpoint, function: Callable[..., Any], validate: Validate | None
    ):
        self.template = endpoint.path
        self.takes_slashes = endpoint.takes_slashes
        self.id_takes_slashes = endpoint.id_takes_slashes
        self.register = register
        self.name = endpoint.handler or function.__name__
        #: The HTTP methods it answers.
        self.methods = endpoint.answered
        self.function = function
        self._waits = inspect.iscoroutinefunction(function)
        #: True if it answers on the event loop.
        self.at_once = self._waits or endpoint.is_quick
        self._is_brief = endpoint.is_brief
        self._validate = validate

    # Read at the first request: most tests ask for few operations.

    @cached_property
    def _signature(self) -> list[inspect.Parameter]:
        return list(inspect.signature(self.function, eval_str=True).parameters.values())[1:]

    @cached_property
    def request(self) -> str | None:
        """Name under which the method asks for the request, if it does."""
        asking = (
            each.name for each in self._signature if each.name == "request" or each.annotation is Request
        )
        return next(asking, None)

    @cached_property
    def parameters(self) -> list[inspect.Parameter]:
        """The parameters of the method without the instance and the request."""
        return [_with_user(each, self._validate) for each in self._signature if each.name != self.request]

    @cached_property
    def shortcut(self) -> Shortcut | None:
        """Short way for regular requests, if there is one."""
        found = Shortcut.of(self.template, self.parameters)
        return None if found is not None and self.request is not None and found.takes_body else found

    @cached_property
    def takes_files(self) -> bool:
        """True if it takes files: bodies that are not parsed, and may be larger than others."""
        return any(dependency_of(each) is raw_body for each in self.parameters)

    @cached_property
    def needs_user(self) -> bool:
        """True if it refuses requests without a user."""
        return any(dependency_of(each) is Authenticator.validate for each in self.parameters)

    @property
    def is_regular(self) -> bool:
        """True if a method needs no more than arguments that are in the request."""
        return self.shortcut is not None and not self._waits and self.request is None

    @property
    def takes_body(self) -> bool:
        """True if the body of a regular request is read."""
        return self.shortcut is not None and self.shortcut.takes_body

    def made(
        self, scope: Scope, parameters: dict[str, str], body: bytes, receive: Receive | None = None
    ) -> Any:
        """Call the method for a regular request; return its answer, or None if the request is not regular.

        Args:
            receive: The way to its body, for methods that take the request itself.
        """
        assert self.shortcut is not None  # else no request would be regular
        arguments = self.shortcut.arguments(scope, parameters, body)
        if arguments is None:
            return None
        if self.request is not None:
            assert receive is not None  # regular routes do not take the request
            arguments[self.request] = Request(scope, receive)
        return call_register(scope["mock_backend"].registers[self.register], self.name, arguments)

    @cached_property
    def api_route(self) -> "APIRoute":
        """The same as a route of FastAPI."""
        from mock_backend.http.app.fastapi_app import route_of

        return route_of(self)

    @cached_property
    def _app(self) -> ASGIApp:
        from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware

        # FastAPI's own application puts this around its routes; they rely on it.
        return AsyncExitStackMiddleware(self.api_route.app)

    async def answer(self, scope: Scope, parameters: dict[str, str], receive: Receive, send: Send) -> None:
        """Answer a request, the short way if it is a regular one.

        Raises:
            NeedsLoop: If the handler may wait and the call is driven by hand. It must not find out
                half-way: what it has done by then would be done twice.
        """
        if self._waits and scope.get("mock_backend.by_hand"):
            raise NeedsLoop
        if (begun := scope.pop("mock_backend.made", None)) is not None:
            await (await answer_of(lambda: begun, scope, at_once=True))(scope, receive, send)
            return
        if (shortcut := self.shortcut) is not None:
            serving, body = scope["mock_backend"].registers[self.register], b""
            if shortcut.takes_body:
                body = await read_body(receive)
                receive = replaying(body, receive)

            response = None
            if self.name in serving.kept:
                # What is there needs no thread.
                arguments = shortcut.arguments(scope, parameters, body)
                if arguments is not None:
                    response = kept_answer(serving, self.name, arguments)
            response = response or await answer_of(
                partial(self.made, scope, parameters, body, receive),
                scope,
                at_once=self.at_once,
                is_brief=self._is_brief,
            )
            if response is not None:
                await response(scope, receive, send)
                return
        scope["path_params"] = parameters
        await self._app(scope, receive, send)


_SLASHES = re.compile("//+")


class RouteTable:
    """Find routes by path and method, and answer requests that have one.

    This is an ASGI application of its own: the in-process transport drives it without the
    middleware stack of a whole FastAPI application.
    """

    def __init__(self, routes: Sequence[Route]) -> None:
        self.routes = routes
        self._static: dict[str, dict[str, Route]] = {}
        self._by_length: dict[int, dict[tuple[str, ...], dict[str, Route]]] = {}
        self._open_ended: dict[str, tuple[OpenEnded, dict[str, Route]]] = {}
        self._with_long_ids: list[tuple[OpenEnded, dict[str, Route]]] = []
        for route in routes:
            methods = self._methods_at(route)
            for method in route.methods:
                # The first register to serve an operation serves it, as in Starlette.
                methods.setdefault(method, route)

    def find(self, path: str) -> tuple[str | None, dict[str, Route], dict[str, str]]:
        """Return the template of a path, its routes by method and the path's parameters."""
        if methods := self._static.get(path):
            return path, methods, {}
        parts = path.split("/")
        for template, methods in self._in(parts):
            parameters = {}
            for expected, part in zip(template, parts, strict=True):
                if expected.startswith("{") and part:
                    parameters[expected[1:-1]] = part
                elif expected != part:
                    break
            else:
                # The text that is there: the journal keeps it for each request.
                return next(iter(methods.values())).template, methods, parameters
        for open_ended, methods in (*self._open_ended.values(), *self._with_long_ids):
            if (found := open_ended.parameters(path)) is not None:
                return open_ended.template, methods, found
        return None, {}, {}

    def _in(self, parts: Sequence[str]) -> Sequence[tuple[tuple[str, ...], dict[str, Route]]]:
        """Return the templates that a path in these parts may have."""
        folders = self._by_folder.get(len(parts), {})
        return folders.get(parts[1], folders.get("", ())) if len(parts) > 1 else ()

    @cached_property
    def _by_folder(self) -> dict[int, dict[str, list[tuple[tuple[str, ...], dict[str, Route]]]]]:
        """Templates by number of parts and by the first one; those where it may be any by "" and by all."""
        found = {}
        for length, group in self._by_length.items():
            firsts = {template[1] for template in group}
            wide = {each for each in firsts if each.startswith("{")}
            found[length] = {
                name: [each for each in group.items() if each[0][1] in wide or each[0][1] == name]
                for name in ("", *(firsts - wide))
            }
        return found

    def plain(self, path: str, prefix: str) -> str:
        """Return a path in its plain form: slashes in a row are one, and none is at the end.

        A parameter that takes slashes keeps its own: whether they make sense is for its endpoint to say.

        Args:
            prefix: The path of the API, without a trailing slash.
        """
        for open_ended, _ in self._open_ended.values():
            if (start := open_ended.start_of_end(path, prefix)) is not None:
                return _SLASHES.sub("/", path[:start]) + path[start:]
        return _SLASHES.sub("/", path).rstrip("/") or "/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; ``scope["mock_backend.match"]`` holds what ``find`` returned."""
        _, methods, parameters = scope["mock_backend.match"]
        try:
            route = methods.get(scope["method"])
            if route is None:
                raise wrong_method(methods) if methods else nothing_at(scope)
            await route.answer(scope, parameters, receive, send)
        except Exception as error:  # the client gets an error object, whatever it was
            if scope["mock_backend.exchange"].status is not None:
                raise  # or, if it has got the head of an answer already, a body that breaks off
            await error_response(error)(scope, receive, send)

    def _methods_at(self, route: Route) -> dict[str, Route]:
        template = route.template
        if "{" not in template:
            return self._static.setdefault(template, {})
        if route.takes_slashes:
            if template not in self._open_ended:
                self._open_ended[template] = OpenEnded(template), {}
            return self._open_ended[template][1]
        parts = tuple(template.split("/"))
        group = self._by_length.setdefault(len(parts), {})
        if parts not in group:
            group[parts] = {}
            if route.id_takes_slashes:
                self._with_long_ids.append((OpenEnded(template, first=True), group[parts]))
        return group[parts]


#: Segments that look like the version of an API at the beginning of a path, perhaps below a folder for it.
_VERSION = re.compile(
    r"/(?:openeo/|api/)?v?([0-9]+(?:\.[0-9]+){0,2}(?:-[\w.]+)?)(?:/(?!\.well-known/).*)?", re.DOTALL
)


#: The path that stands for all that are outside of the API's own: no route has it.
OUTSIDE = "/-"


def nothing_at(scope: Scope) -> OpenEOError:
    """Return the error for a request to a path without a route."""
    path = scope["mock_backend.exchange"].path
    if version := _VERSION.fullmatch(path):
        return UnsupportedApiVersion(
            f"The requested API version '{version[1]}' is not supported at this URL. "
            f"Version {current_version(DEFAULT_VERSION).number} of the API is at {current_base('')}; "
            "see /.well-known/openeo."
        )
    if scope["path"] == OUTSIDE:
        return NotFound(f"There is nothing at {path}: the API is at {current_base('')}.")
    return NotFound()


def wrong_method(methods: Iterable[str]) -> OpenEOError:
    """Return the error for a path that takes these HTTP methods, but not the one that was used."""
    allowed = ", ".join(sorted(methods))
    return FeatureUnsupported(
        f"This path does not take this HTTP method; it takes: {allowed}.",
        status=405,
        headers={"Allow": allowed},
    )


_compiled: dict[object, RouteTable] = {}
_MOST_COMPILED = 50
_compiling = threading.Lock()


def compiled_routes(registers: Sequence[EndpointRegister], validate: Validate | None) -> RouteTable:
    """Return the routes of these registers' classes, compiled at most once in this process.

    Args:
        registers: Instances in the order of service; all of a class serve the same endpoints.
        validate: Dependency that authenticates requests instead of ``Authenticator.validate``.
    """
    key = (tuple(type(register) for register in registers), validate)
    if (table := _compiled.get(key)) is None:
        with _compiling:
            if (table := _compiled.get(key)) is None:
                table = _compiled[key] = _compile(registers, validate)
                # Classes made inside tests come once and never again.
                forget_oldest(_compiled, _MOST_COMPILED)
    return table


def _compile(registers: Sequence[EndpointRegister], validate: Validate | None) -> RouteTable:
    routes = []
    for place, register in enumerate(registers):
        for endpoint in register.endpoints:
            if endpoint.handler is not None:
                function = getattr(type(register), endpoint.handler)
                routes.append(Route(place, endpoint, function, validate))
    return RouteTable(sorted(routes, key=_rank))


def _rank(route: Route) -> tuple[bool, int]:
    # Those that take whatever is left come last: in FastAPI's application the first one that matches wins.
    # Of these a longer one comes first: "/collections/{id}/items" ends with what an id could, too.
    is_wide = route.takes_slashes or route.id_takes_slashes
    return is_wide, -route.template.count("/") if is_wide else 0


def _with_user(parameter: inspect.Parameter, validate: Validate | None) -> inspect.Parameter:
    """Return a parameter with ``validate`` as what finds the user; any other as it is."""
    if validate is None or dependency_of(parameter) not in (
        Authenticator.validate,
        Authenticator.validate_if_given,
    ):
        return parameter
    return parameter.replace(annotation=User, default=Dependency(_without_thread(validate)))


def _without_thread(validate: Validate) -> Validate:
    """Wrap a plain function in a coroutine: FastAPI would call it in a thread pool."""
    plain = inspect.isfunction(validate) or inspect.ismethod(validate)
    waits = inspect.iscoroutinefunction(validate) or inspect.isasyncgenfunction(validate)
    if not plain or waits or inspect.isgeneratorfunction(validate):
        return validate

    async def authenticate(**arguments: Any) -> Any:
        return validate(**arguments)

    parameters = inspect.signature(validate, eval_str=True).parameters.values()
    named = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    authenticate.__signature__ = inspect.Signature(named)  # type: ignore[attr-defined]  # FastAPI reads it
    return authenticate
