"""Reach back-ends from httpx, sync and async, through respx.

respx asks its routers one after the other. Ours comes first, answers for our hosts, and leaves
every other host to the routers of others; where there are none, the request goes out.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx

from mock_backend.clock import thread_clock as world
from mock_backend.control.faults import ConnectionLost
from mock_backend.transports import hosts
from mock_backend.transports.asgi_driver import Reply, limited_wait, request_scope
from mock_backend.transports.hosts import Elsewhere, Origin, Reachable


class _StreamedAnswer(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A back-end's answer to a request; as a stream, its body."""

    def __init__(self, request: httpx.Request, backend: Reachable, origin: Origin, content: bytes) -> None:
        headers = [(name.lower(), value) for name, value in request.headers.raw]
        scope = request_scope(request.method, *origin, request.url.raw_path.decode(), headers)
        self._request, self._clock, self._origin = request, backend.clock, origin
        self._reply = Reply(backend.asgi, scope, content)

    def get(self) -> httpx.Response:
        """Return it as a response."""
        with self._under_way():
            self._reply.begin()
        if self._reply.late:
            with self._limited(self._reply.late) as wait:
                self._clock.sleep(wait)
        return self._response()

    async def get_async(self) -> httpx.Response:
        """Do the same as ``get`` on a running loop."""
        with self._under_way():
            await self._reply.begin_on_loop()
        if self._reply.late:
            with self._limited(self._reply.late) as wait:
                await self._clock.asleep(wait)
        return self._response()

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts():
            if isinstance(part, bytes):
                yield part
            else:
                with self._limited(part) as wait:
                    self._clock.sleep(wait)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts():
            if isinstance(part, bytes):
                yield part
            else:
                with self._limited(part) as wait:
                    await self._clock.asleep(wait)

    def close(self) -> None:
        self._reply.close()

    async def aclose(self) -> None:
        self._reply.close()

    def _parts(self) -> Iterator[bytes | timedelta]:
        try:
            yield from self._reply
        except ConnectionResetError as error:
            raise httpx.RemoteProtocolError(str(error), request=self._request) from error

    def _response(self) -> httpx.Response:
        return httpx.Response(self._reply.status, headers=self._reply.headers, stream=self)

    @contextmanager
    def _under_way(self) -> Iterator[None]:
        """Hold the clock still while it is made; tell that the connection is lost as httpcore does."""
        member = self._clock.begin_request(self._origin)
        try:
            yield
        except ConnectionLost:
            told = "Server disconnected without sending a response."
            raise httpx.RemoteProtocolError(told, request=self._request) from None
        finally:
            self._clock.end_request(member)

    @contextmanager
    def _limited(self, wait: timedelta) -> Iterator[timedelta]:
        """Give how long a client waits, and let it give up if that is less than it would have to."""
        wait, in_vain = limited_wait(self._request.extensions.get("timeout", {}).get("read"), wait)
        yield wait
        if in_vain:
            self._reply.close()
            told = "The answer comes later than the client waits for it."
            raise httpx.ReadTimeout(told, request=self._request)


def _ours(request: httpx.Request) -> tuple[Reachable, Origin] | None:
    url = request.url
    origin = url.scheme, url.host, url.port or hosts.PORTS.get(url.scheme, 0)
    backend = hosts.find_host(origin)
    if backend is None and hosts.is_lost(origin):
        raise httpx.ConnectError("Another thread has closed the mock back-end here.", request=request)
    if backend is None or isinstance(backend, Elsewhere):
        hosts.note_foreign(backend, origin)
        return None
    world.note_request(backend.clock)
    return backend, origin


def make_router() -> Any:
    """Return a router of respx that answers for back-ends, with what starts and stops it."""
    from respx import MockRouter
    from respx.mocks import HTTPCoreMocker
    from respx.models import AllMockedAssertionError, PassThrough

    mocker: Any = HTTPCoreMocker
    original, read_request = vars(mocker)["to_httpx_request"], mocker.to_httpx_request

    def read_any_request(*, request: Any, **others: Any) -> httpx.Request:
        # respx reads a path as the target of each request. To a proxy it is a whole URL, or a host.
        target = request.url.target
        if request.method != b"CONNECT" and b"://" not in target.partition(b"?")[0]:
            found: httpx.Request = read_request(request=request, **others)
            return found
        url = target if b"://" in target else b"http://" + target
        return httpx.Request(
            request.method.decode(),
            url.decode(),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )

    class BackEndRouter(MockRouter):
        def start_answering(self) -> None:
            mocker.to_httpx_request = read_any_request
            # First in line: a lax router of another library would answer for our hosts.
            HTTPCoreMocker.routers.insert(0, self)
            HTTPCoreMocker.start()

        def stop_answering(self) -> None:
            mocker.to_httpx_request = original
            HTTPCoreMocker.unregister(self)
            HTTPCoreMocker.stop()

        def handler(self, request: httpx.Request) -> httpx.Response:
            if (found := _ours(request)) is None:
                return self._decline(request)
            return _StreamedAnswer(request, *found, request.read()).get()

        async def async_handler(self, request: httpx.Request) -> httpx.Response:
            if (found := _ours(request)) is None:
                return self._decline(request)
            return await _StreamedAnswer(request, *found, await request.aread()).get_async()

        def _decline(self, request: httpx.Request) -> httpx.Response:
            if len(HTTPCoreMocker.routers) > 1:
                raise AllMockedAssertionError(f"{request!r} is not for a mock back-end")
            raise PassThrough("not for a mock back-end", request=request, origin=None)  # type: ignore[arg-type]  # respx records an origin route; there is none

    return BackEndRouter()
