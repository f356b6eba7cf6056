"""The outermost layer: what happens to every exchange, whatever answers it."""

import re
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_backend.api import urls
from mock_backend.auth.accounts import user_of
from mock_backend.auth.oidc import ISSUERS
from mock_backend.control import Exchange
from mock_backend.control.faults import ConnectionLost, FaultRequest
from mock_backend.errors import FeatureUnsupported, OpenEOError, RequestInvalid
from mock_backend.http.app.answer import (
    CORS,
    AnswerSender,
    Complete,
    Compression,
    RawHeaders,
    begin,
    content_of,
)
from mock_backend.http.app.protocol import ServedBackEnd
from mock_backend.http.app.register_call import JsonResponse
from mock_backend.http.app.rendering import error_response, fault_answer
from mock_backend.http.app.request_body import (
    Limit,
    check_coding,
    check_length,
    header_of,
    limit_for,
    noting,
    read_beginning,
    read_body,
    replaying,
    title_in,
)
from mock_backend.http.app.routes import OUTSIDE, Route, RouteTable
from mock_backend.http.content.deferred import made
from mock_backend.profiles.mounts import Mounts

if TYPE_CHECKING:
    from mock_backend.control import Fault
#: Methods whose requests have no body worth noting.
_BODYLESS = frozenset({"GET", "HEAD"})

_PORT = re.compile(r":\d*$")


class Gateway:
    """Note each exchange, apply ordered faults, answer preflights, send CORS headers.

    Args:
        backend: The back-end whose state travels with the requests.
        table: Its routes, which tell the template of a path.
        app: The application that answers; the table itself unless a custom one is wanted.
    """

    #: True if it is the host of the API, below which there may be its identity providers.
    is_api: ClassVar[bool] = True

    def __init__(self, backend: ServedBackEnd, table: RouteTable, app: ASGIApp | None = None) -> None:
        self._backend = backend
        self._table = table
        self._app = app or table
        self._journal, self._faults = backend.journal, backend.faults
        self._unsupported = backend.settings.profile.dialect.unsupported

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an ASGI request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        backend = self._backend
        # Everything but http is rare; from here on each microsecond counts.
        base, path, version = self._locate(scope)
        inside = version is not None
        match = self._table.find(path) if inside else (None, {}, {})
        if match[0] is None and self.is_api and scope["path"].startswith(ISSUERS + "/"):
            await backend.issuer_host.below(self._origin(scope), scope, receive, send)
            return
        # Outside the API's own path nothing matches, in no router.
        scope["path"] = path if inside else OUTSIDE
        scope["raw_path"] = scope["path"].encode()
        scope["mock_backend"], scope["mock_backend.match"] = backend, match
        scope["mock_backend.send"] = send
        method = scope["method"]
        exchange: Exchange | None = scope.get("mock_backend.exchange")
        repeated = False
        if exchange is None:
            exchange = self._noted(scope, match[0], path)
        elif scope.get("mock_backend.made") is None:
            # The transport calls again because the first call needed an event loop, or FastAPI.
            repeated = not scope.pop("mock_backend.is_begun", False)
            exchange.begin_again()
        answer = AnswerSender(scope, send, self._cors(match[0]))
        # In this process it would cost each request, and save nothing.
        in_process = "mock_backend.by_hand" in scope
        out = answer if in_process else Compression(scope, answer)
        token = urls.set_base(self._reached(scope, base, version, in_process))
        # The base URL, the path below it, and whether that is in the API.
        scope["mock_backend.place"] = base, path, inside
        try:
            if (self._faults.armed or repeated) and method != "OPTIONS":
                await self._serve_with_faults(answer, scope, receive, out)
            else:
                await self._serve(answer, scope, receive, out)
        except ConnectionLost:
            raise
        except Exception as error:
            # Raised by a custom route; Starlette raises errors again after it has answered them.
            response = self._render(error)
            if exchange.status is None:
                await response(scope, receive, answer)
            elif not answer.complete:
                raise
        finally:
            if exchange.route is None and (route := scope.get("route")) is not None:
                # A route that was added to the app.
                exchange.route = getattr(route, "path", None)
            if (user := scope.get("mock_backend.user")) is not None:
                exchange.authorized = user.user_id
            # What sends knows the scope, and would keep it until garbage is looked for.
            scope.pop("mock_backend.send", None)
            urls.reset_base(token)

    def answer_at_once(self, scope: Scope, body: bytes) -> Complete | None:
        """Return the answer to a request in this process, without ASGI.

        None if the request has to go that way. What has been made by then goes along in its scope.
        """
        backend, method = self._backend, scope["method"]
        if self._faults.armed or self._app is not self._table or not self.is_api:
            return None
        base, path, version = self._locate(scope)
        template, methods, parameters = self._table.find(path)
        route = methods.get(method)
        if route is None or version is None or not route.is_regular or "mock_backend.no_host" in scope:
            return None
        if self._unsupported and (method, template) in self._unsupported:
            return None
        exchange = self._noted(scope, template, path)
        scope["mock_backend"] = backend
        token = urls.set_base(self._reached(scope, base, version, in_process=True))
        try:
            if method not in _BODYLESS:
                self._admit_at_once(route, exchange, scope, body)
            response = route.made(scope, parameters, body)
            if (in_one_piece := getattr(response, "in_one_piece", None)) is not None:
                response = in_one_piece(scope) or response
        except Exception as error:  # the client gets an error object, whatever it was
            response = error_response(error)
        finally:
            urls.reset_base(token)
        if type(response) not in (JsonResponse, Response) or response.background is not None:
            scope["mock_backend.is_begun"], scope["mock_backend.made"] = True, response
            return None
        if (user := scope.get("mock_backend.user")) is not None:
            exchange.authorized = user.user_id
        headers = begin(exchange, response.status_code, response.raw_headers)
        if backend.time_keeper is not None and backend.time_keeper.is_due:
            backend.time_keeper.note()
        return response.status_code, headers, content_of(exchange, response.body)

    def _admit_at_once(self, route: Route, exchange: Exchange, scope: Scope, body: bytes) -> None:
        """Do what ``_serve`` and ``_admit`` do before a body is read, and note it if it is."""
        check_coding(scope)
        limit, is_refused = self._limit(route), True
        try:
            if route.needs_user:
                scope["mock_backend.user"] = user_of(self._backend, header_of(scope, b"authorization"))
            if limit is not None:
                check_length(scope, limit)
            is_refused = False
        finally:
            if body and (is_refused or route.takes_body):
                exchange.append_body(body)
                if limit is not None and len(body) > limit.size:
                    raise limit.error()

    def _noted(self, scope: Scope, template: str | None, path: str) -> Exchange:
        """Return a new exchange, which is in the journal."""
        exchange = scope["mock_backend.exchange"] = Exchange(
            scope["method"],
            template,
            path,
            scope["query_string"],
            scope["headers"],
            self._backend.clock.now(),
        )
        self._journal.note(exchange)
        return exchange

    def _reached(self, scope: Scope, base: str, version: str | None, in_process: bool) -> urls.Base:
        """Return where a request has reached the back-end."""
        return urls.Base(
            base,
            in_process,
            self._asset_base(scope, in_process),
            version or self._backend.settings.api_version,
            # Back-ends of federations are asked in this process, whoever has asked the federation.
            urls.current_origin() if in_process else _origin_of(scope),
        )

    def _cors(self, template: str | None) -> RawHeaders:  # noqa: ARG002  # some hosts have pages for people
        """Return the headers for scripts of other pages."""
        return CORS

    def _limit(self, reader: Route | None) -> Limit | None:
        """Return how large a body may be."""
        return limit_for(self._backend.settings, takes_files=reader is not None and reader.takes_files)

    def _noting(self, scope: Scope, receive: Receive, limit: Limit | None) -> Receive:
        """Return what receives a body and notes it, up to a limit."""
        return noting(scope["mock_backend.exchange"].append_body, receive, limit)

    def _render(self, error: Exception) -> Response:
        return error_response(error)

    async def _serve(self, answer: AnswerSender, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that runs into no fault."""
        base, path, inside = scope["mock_backend.place"]
        if "mock_backend.no_host" in scope:
            raise RequestInvalid(f"The Host header names no host: {scope['mock_backend.no_host']!r}.")
        match, method = scope["mock_backend.match"], scope["method"]
        if method == "OPTIONS":
            await answer.preflight(match[1])
        elif not inside and path == "/" and method in _BODYLESS:
            # The host's root, for clients that were given no more than the host.
            await RedirectResponse(base + "/")(scope, receive, send)
        elif self._unsupported and (method, match[0]) in self._unsupported:
            await self._render(FeatureUnsupported())(scope, receive, send)
        elif method in _BODYLESS:
            await self._app(scope, receive, send)
        elif (reader := match[1].get(method)) is not None:
            check_coding(scope)
            limit = self._limit(reader)
            receive = self._noting(scope, receive, limit)
            await self._admit(reader, limit, scope, receive)
            await self._app(scope, receive, send)
        elif self._app is self._table:
            # No route is going to read it, and a test may want to see it all the same.
            await read_beginning(self._noting(scope, receive, self._limit(None)))
            await self._app(scope, receive, send)
        else:
            await self._app(scope, self._noting(scope, receive, None), send)

    async def _serve_with_faults(
        self, answer: AnswerSender, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer a request that may run into faults."""
        faults, exchange = self._faults, scope["mock_backend.exchange"]
        request, receive = await self._asked(scope, receive)
        struck = scope.get("mock_backend.struck")
        if struck is None:
            # A call that turns out to need an event loop is made again.
            struck = scope["mock_backend.struck"] = faults.strike(request)
        serve: ASGIApp = partial(self._serve, answer)
        if struck:
            exchange.fault = ", ".join(str(each.order.fault) for each in struck)
            serve = faults.around(
                serve,
                struck,
                url=_with_query(scope),
                render=partial(self._fault_answer, (exchange.method, request.template)),
                read_body=partial(read_body, self._noting(scope, receive, self._limit(None))),
                signal=scope["mock_backend.send"],
            )
            # An answer that breaks off must not be held back to be compressed.
            send = answer
        await serve(scope, receive, send)

    async def _admit(self, reader: Route, limit: Limit | None, scope: Scope, receive: Receive) -> None:
        """Refuse a request before its body is there: its user is not known, or its body is too large."""
        try:
            if reader.needs_user:
                given = header_of(scope, b"authorization")
                scope["mock_backend.user"] = await made(
                    partial(user_of, self._backend, given), scope, is_brief=True
                )
            if limit is not None:
                check_length(scope, limit)
        except OpenEOError:
            if "mock_backend.by_hand" in scope:
                await read_body(receive)  # it is there, and the journal has it
            raise

    async def _asked(self, scope: Scope, receive: Receive) -> tuple[FaultRequest, Receive]:
        """Return a request as orders of faults see it, and what hands out its body."""
        backend, exchange = self._backend, scope["mock_backend.exchange"]
        template, _, parameters = scope["mock_backend.match"]
        title = None
        if self._faults.reads_titles and exchange.method == "POST" and template in ("/jobs", "/result"):
            body = await read_body(receive)
            receive, title = replaying(body, receive), title_in(body)

        def user_name() -> str | None:
            try:
                return user_of(backend, header_of(scope, b"authorization")).user_id
            except OpenEOError:
                return None

        request = FaultRequest(
            method=exchange.method,
            template=template,
            path=exchange.path,
            now=backend.clock.now(),
            job_id=parameters.get("job_id", ""),
            find_job=self._faults.find_job,
            user_name=user_name,
            new_title=title,
        )
        return request, receive

    def _fault_answer(self, operation: tuple[str, str | None], fault: "Fault") -> Response:
        dialect = self._backend.settings.profile.dialect
        answer = fault_answer(fault, operation, dialect) if self.is_api else None
        return self._render(fault.error()) if answer is None else answer

    def _mounts(self) -> Mounts:
        """Return the paths that everything here is below."""
        return self._backend.mounts

    def _asset_base(self, scope: Scope, in_process: bool) -> str | None:
        """Return the base URL of assets that are on another host."""
        assets = self._backend.asset_host
        if assets is None or in_process:
            return None if assets is None else assets.url
        # A server that is not ours has no such host.
        port = scope.get("mock_backend.asset_port")
        host = _PORT.sub("", header_of(scope, b"host") or "")
        return f"{scope['scheme']}://{host}:{port}" if port and host else None

    def _locate(self, scope: Scope) -> tuple[str, str, str | None]:
        """Return the base URL as the client sees it, the plain path below it, and the API's version there.

        There is no version outside of the paths that the API is at.
        """
        mounts, path = self._mounts(), scope["path"]
        prefix = next(iter(mounts))
        version: str | None = mounts[prefix]
        if len(mounts) > 1:
            prefix = max((each for each in mounts if _is_below(path, each)), key=len, default=prefix)
            version = mounts[prefix]
        if "//" in path or (path.endswith("/") and path != "/"):
            path = self._table.plain(path, prefix)
        if prefix and path != urls.WELL_KNOWN:
            if not _is_below(path, prefix):
                version = None
            elif (path := path[len(prefix) :] or "/") == urls.WELL_KNOWN:
                # Clients that were given a version would find others below it, and take them instead.
                path, version = prefix + path, None
        return self._origin(scope) + prefix, path, version

    def _origin(self, scope: Scope) -> str:
        """Return the URL of the host as the client sees it."""
        host = header_of(scope, b"host")
        if host is not None and not urls.HOST.fullmatch(host):
            scope["mock_backend.no_host"], host = host, None
        return f"{scope['scheme']}://{host}" if host else urls.host_of(self._backend.settings.url)


def _origin_of(scope: Scope) -> urls.Origin:
    """Return where a request over a socket comes from."""
    client = scope.get("client")
    return "machine" if client is not None and urls.is_loopback(client[0]) else "elsewhere"


def _with_query(scope: Scope) -> str:
    base, path, _ = scope["mock_backend.place"]
    query = scope["query_string"].decode("latin-1")
    return f"{base}{path}?{query}" if query else f"{base}{path}"


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix + "/")
