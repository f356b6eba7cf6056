"""Reach back-ends from ``requests`` and urllib3, below the layer that retries.

urllib3's pool managers hand out a connection pool for each host. For our hosts they hand out
ours, whose connections call the app. Retries, backoff, ``Retry-After``, redirects, streaming
and decoding stay urllib3's own.
"""

import io
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cache, lru_cache, partial
from http import HTTPStatus
from http.client import HTTPMessage, IncompleteRead, RemoteDisconnected
from importlib.metadata import version
from typing import Any, cast

import urllib3
from urllib3 import HTTPHeaderDict
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError
from urllib3.poolmanager import PoolManager, ProxyManager
from urllib3.response import HTTPResponse
from urllib3.util.retry import Retry

from mock_backend.clock import thread_clock as world
from mock_backend.control.faults import ConnectionLost
from mock_backend.transports import hosts
from mock_backend.transports.asgi_driver import Headers, Reply, ReplyStream, limited_wait, request_scope
from mock_backend.transports.hosts import Elsewhere, Origin, Reachable

_REASONS = {status.value: status.phrase for status in HTTPStatus}

#: Headers of answers that need urllib3's way.
_SPECIAL = frozenset({"set-cookie", "content-encoding"})


class BackEndConnection:
    """A connection that calls a back-end's app; what urllib3 asks of a connection, nothing more."""

    # Never verified and never proxied: there is no socket. ``is_verified`` silences the warning about it.
    is_verified = True
    proxy = None
    proxy_is_verified = None
    has_connected_to_proxy = False
    is_closed = False
    is_connected = True
    sock = None
    timeout: Any = None

    def __init__(self, backend: Reachable, origin: Origin) -> None:
        self._backend = backend
        self._origin = origin
        self.host, self.port = origin[1:]
        self._reply: Reply | None = None
        self._is_lost = False
        #: Arguments of the request that concern the response.
        self._options: dict[str, Any] = {}

    def request(
        self,
        method: str,
        url: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        chunked: bool = False,  # noqa: ARG002  # the app gets the body in one piece in any case
        preload_content: bool = True,
        decode_content: bool = True,
        enforce_content_length: bool = True,
    ) -> None:
        """Send a request; drives the app until it has answered. Does nothing if there is an answer."""
        if self._reply is not None:
            return
        content, given = _content(body), headers or {}
        # Of requests' own, as it finds items slowly.
        pairs = getattr(given, "lower_items", given.items)()
        sent = list(_headers(tuple(pairs), self._origin, len(content)))
        scope = request_scope(method, *self._origin, _target(url), sent)
        reply = Reply(self._backend.asgi, scope, content)
        clock = self._backend.clock
        world.note_request(clock)
        member = clock.begin_request(self._origin)
        try:
            reply.begin()
        except ConnectionLost:
            # Told by ``getresponse``, where urllib3 counts its retries.
            self._is_lost = True
        finally:
            clock.end_request(member)
        self._reply = reply
        self._options = {
            "preload_content": preload_content,
            "decode_content": decode_content,
            "request_method": method,
            "request_url": url,
            "enforce_content_length": enforce_content_length,
        }

    def plain_answer(
        self, method: str, retries: Retry
    ) -> tuple[dict[str, str], bytes, dict[str, Any]] | None:
        """Return headers and body of a plain and complete answer, with arguments for its response.

        None for one that urllib3 would retry, redirect or wait for, and for one with cookies, a header twice,
        or a body to be decoded: it is left for ``getresponse``.
        """
        reply = self._reply
        if reply is None or not reply.complete or self._is_lost or reply.late or reply.has_waits:
            return None
        if reply.status >= 300 or retries.is_retry(method, reply.status):
            return None
        headers = {str(name, "latin-1"): str(value, "latin-1") for name, value in reply.headers}
        if len(headers) < len(reply.headers) or not _SPECIAL.isdisjoint(headers):
            return None
        self._reply = None
        return headers, reply.body(), self._facts(reply, headers) | {"retries": retries}

    def getresponse(self) -> HTTPResponse:
        """Return the response to the request; waits for it if it comes late.

        Raises:
            RemoteDisconnected: If the connection is lost.
            TimeoutError: If the client's timeout is shorter; urllib3 says so in its own terms.
        """
        reply, self._reply = self._reply, None
        assert reply is not None  # urllib3 asks once, after it has sent the request
        if self._is_lost:
            raise RemoteDisconnected("Remote end closed connection without response")
        if reply.late:
            self._wait(reply, reply.late)
        in_one_piece = reply.complete and not reply.has_waits
        headers = HTTPHeaderDict(
            [(str(name, "latin-1"), str(value, "latin-1")) for name, value in reply.headers]
        )
        return BackEndResponse(
            # As over a socket, a reader gets as many bytes as it asks for, in whatever parts they come.
            body=io.BytesIO(reply.body())
            if in_one_piece
            else _Body(ReplyStream(reply, partial(self._wait, reply))),
            original_response=_Cookies.of(reply.headers),
            **self._facts(reply, headers),
        )

    def _facts(self, reply: Reply, headers: Any) -> dict[str, Any]:
        """Return arguments of a response, without those for its body."""
        reason = _REASONS.get(reply.status, "")
        return {"headers": headers, "status": reply.status, "version": 11, "reason": reason, **self._options}

    def _wait(self, reply: Reply, duration: timedelta) -> None:
        # By now urllib3 has told the connection how long to wait for an answer.
        timeout = self.timeout if isinstance(self.timeout, int | float) else None
        wait, in_vain = limited_wait(timeout, duration)
        self._backend.clock.sleep(wait)
        if in_vain:
            reply.close()
            raise TimeoutError("The answer comes later than the client waits for it.")

    def close(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: there is no socket, and a response's body is closed by its reader."""

    connect = set_tunnel = close


class _Body(io.BufferedReader):
    """A streamed body, which ends too early as ``http.client`` has it."""

    raw: ReplyStream

    def read(self, size: int | None = -1) -> bytes:
        """Read some bytes, or all.

        Raises:
            IncompleteRead: If all are asked for and the connection is lost.
        """
        data = super().read(size)
        if self.raw.is_lost and (size is None or size < 0):
            raise IncompleteRead(data)
        return data


class _Cookies:
    """The head of an answer in the shape in which ``requests`` looks for cookies."""

    def __init__(self, headers: Headers) -> None:
        self.msg = HTTPMessage()
        for name, value in headers:
            self.msg[str(name, "latin-1")] = str(value, "latin-1")

    @classmethod
    def of(cls, headers: Headers) -> Any:
        """Return it if there are any cookies, else None: it would cost each answer."""
        return cls(headers) if any(name == b"set-cookie" for name, _ in headers) else None

    def isclosed(self) -> bool:
        """Return True: nothing is left to be read from it."""
        return True

    def close(self) -> None:
        """Do nothing."""


class BackEndResponse(HTTPResponse):
    """A response that hands out a body that is there already in one piece."""

    def stream(self, amt: int | None = 2**16, decode_content: bool | None = None) -> Generator[bytes]:
        """Yield the body; a complete and unencoded one without urllib3's buffering."""
        body = self._fp
        if isinstance(body, io.BytesIO) and "content-encoding" not in self.headers and body.tell() == 0:
            if content := self.read(decode_content=False):
                yield content
        else:
            yield from super().stream(amt, decode_content)


class BackEndPool(HTTPConnectionPool):
    """A pool that makes a connection for each request; there is nothing to keep."""

    def __init__(self, origin: Origin) -> None:
        super().__init__(origin[1], origin[2], maxsize=1)
        self.scheme = origin[0]
        self._origin = origin
        # By thread: a connection for urllib3 to begin with, which may have its answer already.
        self._answered = threading.local()

    def urlopen(self, method: str, url: str, *args: Any, **options: Any) -> Any:
        """Answer a request; fail at once if the back-end has been closed since this pool was made."""
        try:
            connection = self._get_conn()
        except ConnectionError as error:
            # As urllib3 raises in the end if no server listens. Not after retries: their waits would be
            # real by now, and the host will not come back.
            raise MaxRetryError(self, url, NewConnectionError(self, str(error))) from None  # type: ignore[arg-type]  # it is only named
        with self.beginning_with(connection):
            return super().urlopen(method, url, *args, **options)

    @contextmanager
    def beginning_with(self, connection: BackEndConnection) -> Iterator[None]:
        """Let the next request of this thread begin with a connection, which may have its answer already."""
        self._answered.connection = connection
        try:
            yield
        finally:
            # If the request was refused before that, the answer is left over.
            self._answered.connection = None

    def _get_conn(self, timeout: float | None = None) -> Any:  # noqa: ARG002  # urllib3's signature
        answered: BackEndConnection | None = getattr(self._answered, "connection", None)
        if answered is not None:
            self._answered.connection = None
            return answered
        backend = hosts.find_here(self._origin)
        if backend is None:
            raise ConnectionError(f"The mock back-end at {self} has been closed.")
        return BackEndConnection(backend, self._origin)

    def _put_conn(self, conn: Any) -> None:
        pass


def _our_pool(host: str | None, port: int | None, scheme: str | None) -> BackEndPool | None:
    scheme = (scheme or "http").lower()
    origin = (scheme, (host or "").lower(), port or hosts.PORTS.get(scheme, 80))
    backend = hosts.find_host(origin)
    if backend is None and hosts.is_lost(origin):
        pass  # a pool of ours refuses at once, so that the thread ends
    elif backend is None or isinstance(backend, Elsewhere):
        hosts.note_foreign(backend, origin)
        return None
    return pool_of(origin)


@cache
def pool_of(origin: Origin) -> BackEndPool:
    """Return the pool of a host of ours."""
    return BackEndPool(origin)


def _hooked(original: Callable[..., HTTPConnectionPool]) -> Callable[..., HTTPConnectionPool]:
    def connection_from_host(
        self: PoolManager,
        host: str | None,
        port: int | None = None,
        scheme: str | None = "http",
        pool_kwargs: dict[str, Any] | None = None,
    ) -> HTTPConnectionPool:
        return _our_pool(host, port, scheme) or original(self, host, port, scheme, pool_kwargs)

    return connection_from_host


# Both: a ``ProxyManager`` hands the proxy's host on to ``PoolManager``, where ours is out of sight.
of_manager = _hooked(PoolManager.connection_from_host)
_of_proxy_manager = _hooked(ProxyManager.connection_from_host)


def install() -> None:
    """Put our hook into urllib3. It stays: where nothing of ours is open, it changes nothing."""
    for owner, hook in ((PoolManager, of_manager), (ProxyManager, _of_proxy_manager)):
        # Setting an attribute of a class slows its next uses down.
        if vars(owner)["connection_from_host"] is not hook:
            owner.connection_from_host = hook  # type: ignore[method-assign]  # this is the hook


def check_urllib3() -> None:
    """Check that urllib3 has what the hook relies on; raise ``RuntimeError`` with its version if not."""
    for owner in (PoolManager, ProxyManager):
        if "connection_from_host" not in vars(owner):
            raise RuntimeError(
                f"urllib3 {version('urllib3')} has no {owner.__name__}.connection_from_host, where requests "
                "to mock back-ends are intercepted. Install a version that this package supports."
            )


@lru_cache(maxsize=256)
def _headers(given: tuple[tuple[Any, Any], ...], origin: Origin, length: int) -> Headers:
    """Return the headers of a request with those that urllib3 adds; whoever changes the list copies it."""
    # requests allows bytes on both sides.
    sent = [
        (_latin(name).lower(), _latin(value)) for name, value in given if value != urllib3.util.SKIP_HEADER
    ]
    named = {name for name, _ in sent}
    scheme, host, port = origin
    if b"host" not in named:
        netloc = host if port == hosts.PORTS[scheme] else f"{host}:{port}"
        sent.append((b"host", netloc.encode()))
    if b"content-length" not in named and length:
        sent.append((b"content-length", str(length).encode()))
    return sent


def _latin(value: str | bytes | int) -> bytes:
    # A number is fine for ``http.client``, too.
    return value if isinstance(value, bytes) else str(value).encode("latin-1")


def _content(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body)
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        return _content(body.read())
    return b"".join(_content(part) for part in cast("Iterable[Any]", body))


def _target(url: str) -> str:
    """Return path and query; through a proxy a request names its host, too."""
    if url.startswith("/"):
        return url
    parsed = urllib3.util.parse_url(url)
    return parsed.request_uri
