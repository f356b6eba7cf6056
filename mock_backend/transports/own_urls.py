"""Read the URLs of a back-end from inside, as a job does that loads the results of another one.

A request to itself over a socket would wait for the server that makes it. And what a job reads is no
exchange with a client: journals do not note it, and no fault is for it.
"""

from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_backend.api import urls
from mock_backend.errors import NotFound, OpenEOError
from mock_backend.http import app
from mock_backend.http.app.routes import Route
from mock_backend.transports import hosts
from mock_backend.transports.asgi_driver import Reply, request_scope
from mock_backend.transports.content_host import ContentHost

if TYPE_CHECKING:
    from mock_backend.transports.live import LiveServer


class _LiveBackEnd(app.ServedBackEnd, Protocol):
    @property
    def live_server(self) -> "LiveServer | None": ...


class OwnUrls:
    """The content of URLs of a back-end, and of others that are open in this process."""

    def __init__(self, backend: _LiveBackEnd) -> None:
        self._backend = backend

    def __contains__(self, url: str) -> bool:
        """Tell whether a URL is one of the back-end."""
        return hosts.origin_if_any(url) in self._origins()

    def read(self, url: str, user_id: str | None) -> bytes | None:
        """Return the content of a URL; None if it is none of ours.

        Args:
            user_id: Whose log-in counts; None for none.

        Raises:
            OpenEOError: If a request for it would be refused.
        """
        origin = hosts.origin_if_any(url)
        if origin is None:
            return None
        if origin in self._origins():
            return self._own(url, user_id)
        other = hosts.find_host(origin)
        if other is None or isinstance(other, hosts.Elsewhere | ContentHost):
            return None
        # Another back-end gets a request, as it would in earnest.
        return _answered(url, other.asgi, None)

    def _own(self, url: str, user_id: str | None) -> bytes:
        backend, path = self._backend, urlsplit(url).path
        prefix = max((each for each in backend.mounts if path.startswith(f"{each}/")), key=len, default="")
        table = app.compiled_routes(backend.registers, backend.authenticate)
        _, methods, parameters = table.find(table.plain(path[len(prefix) :], ""))
        route: Route | None = methods.get("GET")
        if route is None:
            raise NotFound(f"There is nothing at {url}.")
        assets = None if backend.asset_host is None else backend.asset_host.url
        version = backend.mounts.get(prefix, backend.settings.api_version)
        base = urls.Base(backend.settings.url, True, assets, version)

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            scope["mock_backend"] = backend
            token = urls.set_base(base)
            try:
                await route.answer(scope, parameters, receive, send)
            finally:
                urls.reset_base(token)

        # Signed URLs need no log-in, and storage of assets refuses one.
        signed = "signature=" in url or "/results/" in path[len(prefix) :].removeprefix("/jobs")
        known = user_id is not None and user_id in backend.users
        token = backend.users.issue(str(user_id)) if known and not signed else None
        return _answered(url, answer, token)

    def _origins(self) -> set[hosts.Origin | None]:
        backend = self._backend
        known = [backend.url, *backend.aliases, urls.current_base(backend.url)]
        if backend.asset_host is not None:
            known += [backend.asset_host.url, urls.asset_base(backend.url)]
        if (live := backend.live_server) is not None:
            known += [live.url, live.asset_url]
        return {hosts.origin_if_any(each) for each in known}


def _answered(url: str, asgi: ASGIApp, token: str | None) -> bytes:
    parts = urlsplit(url)
    headers = [(b"host", parts.netloc.encode())]
    if token is not None:
        headers.append((b"authorization", f"Bearer {token}".encode()))
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    reply = Reply(asgi, request_scope("GET", *hosts.origin_of(url), target, headers), b"")
    reply.begin()
    content = reply.body()
    if reply.status >= 400:
        raise OpenEOError(
            f"{url} answers {reply.status}: {content[:200].decode(errors='replace')}", status=reply.status
        )
    return content
