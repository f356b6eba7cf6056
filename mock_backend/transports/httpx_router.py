"""Reach back-ends from httpx, sync and async, through respx.

respx asks its routers one after the other. Ours comes first, answers for our hosts, and leaves
every other host to the routers of others; where there are none, the request goes out.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx

from mock_backend.clock import Clock
from mock_backend.clock import thread_clock as world
from mock_backend.control.faults import ConnectionLost
from mock_backend.transports import hosts
from mock_backend.transports.asgi_driver import Reply, limited_wait, request_scope
from mock_backend.transports.hosts import Elsewhere, Origin, Reachable


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of a reply, streamed."""

    def __init__(self, reply: Reply, request: httpx.Request, clock: Clock) -> None:
        self._reply = reply
        self._request = request
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts():
            if isinstance(part, bytes):
                yield part
            else:
                with _limited(part, self._request, self._reply) as wait:
                    self._clock.sleep(wait)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts():
            if isinstance(part, bytes):
                yield part
            else:
                with _limited(part, self._request, self._reply) as wait:
                    await self._clock.asleep(wait)

    def _parts(self) -> Iterator[bytes | timedelta]:
        try:
            yield from self._reply
        except ConnectionResetError as error:
            raise httpx.RemoteProtocolError(str(error), request=self._request) from error

    def close(self) -> None:
        self._reply.close()

    async def aclose(self) -> None:
        self._reply.close()


def answer(request: httpx.Request) -> httpx.Response | None:
    """Return a back-end's answer; None if the request is not for one in this process."""
    found = _ours(request)
    if found is None:
        return None
    backend, origin = found
    reply = Reply(backend.asgi, _scope(request, origin), request.read())
    with _under_way(request, backend, origin):
        reply.begin()
    if reply.late:
        with _limited(reply.late, request, reply) as wait:
            backend.clock.sleep(wait)
    return _response(reply, request, backend.clock)


async def answer_async(request: httpx.Request) -> httpx.Response | None:
    """Do the same as ``answer`` on a running loop."""
    found = _ours(request)
    if found is None:
        return None
    backend, origin = found
    reply = Reply(backend.asgi, _scope(request, origin), await request.aread())
    with _under_way(request, backend, origin):
        await reply.begin_on_loop()
    if reply.late:
        with _limited(reply.late, request, reply) as wait:
            await backend.clock.asleep(wait)
    return _response(reply, request, backend.clock)


@contextmanager
def _under_way(request: httpx.Request, backend: Reachable, origin: Origin) -> Iterator[None]:
    """Hold the clock still while a request is answered; tell that the connection is lost as httpcore does."""
    member = backend.clock.begin_request(origin)
    try:
        yield
    except ConnectionLost:
        told = "Server disconnected without sending a response."
        raise httpx.RemoteProtocolError(told, request=request) from None
    finally:
        backend.clock.end_request(member)


@contextmanager
def _limited(wait: timedelta, request: httpx.Request, reply: Reply) -> Iterator[timedelta]:
    """Give how long a client waits, and let it give up if that is less than it would have to."""
    wait, in_vain = limited_wait(request.extensions.get("timeout", {}).get("read"), wait)
    yield wait
    if in_vain:
        reply.close()
        raise httpx.ReadTimeout("The answer comes later than the client waits for it.", request=request)


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


def _scope(request: httpx.Request, origin: Origin) -> Any:
    headers = [(name.lower(), value) for name, value in request.headers.raw]
    return request_scope(request.method, *origin, request.url.raw_path.decode(), headers)


def _response(reply: Reply, request: httpx.Request, clock: Clock) -> httpx.Response:
    return httpx.Response(reply.status, headers=reply.headers, stream=_Body(reply, request, clock))


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
            return answer(request) or self._decline(request)

        async def async_handler(self, request: httpx.Request) -> httpx.Response:
            return await answer_async(request) or self._decline(request)

        def _decline(self, request: httpx.Request) -> httpx.Response:
            if len(HTTPCoreMocker.routers) > 1:
                raise AllMockedAssertionError(f"{request!r} is not for a mock back-end")
            raise PassThrough("not for a mock back-end", request=request, origin=None)  # type: ignore[arg-type]  # respx records an origin route; there is none

    return BackEndRouter()
