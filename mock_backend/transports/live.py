"""A back-end behind a real socket, for browsers, subprocesses and other languages."""

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_backend.clock import Clock
from mock_backend.clock.members import OwnThread
from mock_backend.clock.time_stand_ins import real_seconds
from mock_backend.control.faults import ConnectionLost
from mock_backend.http.app import ServedBackEnd
from mock_backend.transports import hosts
from mock_backend.transports.http_server import make_server

_START_TIMEOUT, _END_TIMEOUT = 10.0, 2.0
#: A request whose body stops for so long holds the clock no longer, in real seconds.
_MAX_SILENCE = 0.5


class _RealLoop(asyncio.SelectorEventLoop):
    """An event loop whose time goes on when a test has stopped that of Python."""

    def time(self) -> float:
        """Return real seconds."""
        return real_seconds()


def _visited(backend: ServedBackEnd, asset_port: int | None) -> ASGIApp:
    """Return an application that holds the clock still while a request from outside is being answered.

    Args:
        asset_port: The port for those that are about its assets, if these have one of their own.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        app = backend.asgi
        if asset_port is not None and (assets := backend.asset_host) is not None:
            scope["mock_backend.asset_port"] = asset_port
            if scope["server"][1] == asset_port:
                app = assets.asgi
        with ExitStack() as stack:
            stack.enter_context(backend.clock.visitor())

            async def receive_on() -> Message:
                receiving = asyncio.ensure_future(receive())
                if not (await asyncio.wait({receiving}, timeout=_MAX_SILENCE))[0]:
                    # A client that has sent a part of its request may never send the rest.
                    stack.close()
                    await asyncio.wait({receiving})
                    stack.enter_context(backend.clock.visitor())
                return receiving.result()

            async def send_on(message: Message) -> None:
                if message["type"] == "http.response.body":
                    # A client takes as long as it likes with an answer, and may wait for other things.
                    stack.close()
                await send(message)

            try:
                await app(scope, receive_on, send_on)
            except ConnectionLost:
                _hang_up(send)

    return answer


def _hang_up(send: Send) -> None:
    """Close the connection of a request, with what has been sent of its answer."""
    # uvicorn's way back to the client is a method of what knows the connection.
    cycle: Any = getattr(send, "__self__", None)
    if not hasattr(cycle, "transport") or not hasattr(cycle, "disconnected"):
        raise RuntimeError(
            f"uvicorn {version('uvicorn')} does not tell the connection of a request, so it cannot be lost."
        )
    cycle.transport.close()
    cycle.disconnected = True


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket, at port 0 at a free one; raise ``OSError`` if the address cannot be had."""
    listening = socket.create_server((host, port), backlog=128)
    # asyncio turns Nagle's algorithm off only for sockets that name their protocol, which this one does
    # not; with it, each answer over a kept connection takes 40 ms.
    return socket.socket(listening.family, listening.type, socket.IPPROTO_TCP, fileno=listening.detach())


class LiveServer:
    """A back-end on a loopback port, served from a thread of this process.

    Args:
        backend: The back-end.
        host: The loopback address, or 0.0.0.0 for all addresses of the machine.
        port: The port; 0 takes a free one.
        asset_port: The port of its assets, if they have a host of their own; 0 takes a free one.
        front: Returns what is served of the application that answers; itself by default.
    """

    def __init__(
        self,
        backend: ServedBackEnd,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        asset_port: int = 0,
        front: Callable[[ASGIApp], ASGIApp] | None = None,
    ) -> None:
        self._backend = backend
        self._sockets = [listen(host, port)]
        self.host, self.port = self._sockets[0].getsockname()[:2]
        if self.host == "0.0.0.0":  # noqa: S104  # compared, not bound
            # All addresses of this machine; the URL has one of them, since browsers refuse to open this.
            self.host = "127.0.0.1"
        #: The port of its assets; None if they are at ``port``, too.
        self.asset_port: int | None = None
        if backend.asset_host is not None:
            try:
                self._sockets.append(listen(host, asset_port))
            except OSError:
                self._sockets[0].close()
                raise
            self.asset_port = self._sockets[1].getsockname()[1]
        app = _visited(backend, self.asset_port)
        self._server = make_server(app if front is None else front(app))
        self._thread = OwnThread(self._serve, name="live")

    @property
    def url(self) -> str:
        """The root URL."""
        return f"http://{self.host}:{self.port}"

    @property
    def api_url(self) -> str:
        """The URL of the API, which is below the root if that of the back-end has a path."""
        return self.url + urlsplit(self._backend.url).path

    @property
    def asset_url(self) -> str:
        """The root URL of its assets."""
        return self.url if self.asset_port is None else f"http://{self.host}:{self.asset_port}"

    @property
    def clock(self) -> Clock:
        """The back-end's clock."""
        return self._backend.clock

    def start(self) -> None:
        """Start serving; returns when requests are answered.

        Raises:
            RuntimeError: If the server does not come up.
        """
        self._thread.start()
        deadline = threading.Event()
        waited = 0.0
        while not self._server.started:
            if waited > _START_TIMEOUT or not self._thread.is_alive():
                raise RuntimeError(f"The live server at {self.url} did not start.")
            deadline.wait(0.002)
            waited += 0.002
        for url in {self.url, self.asset_url}:
            hosts.add_host(url, hosts.Elsewhere(self._backend.clock))

    def _serve(self) -> None:
        with asyncio.Runner(loop_factory=_RealLoop) as runner:
            runner.run(self._server.serve(self._sockets))

    def stop(self) -> None:
        """Stop serving and free the port."""
        for url in {self.url, self.asset_url}:
            hosts.remove(url)
        self._backend.clock.leave_others(map(hosts.origin_of, {self.url, self.asset_url}), for_good=False)
        self._server.should_exit = True
        # A coroutine of an application of its own may keep its loop for ever.
        self._thread.join(_END_TIMEOUT)
        for listening in self._sockets:
            listening.close()

    def __enter__(self) -> "LiveServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@contextmanager
def without_proxy(host: str) -> Iterator[None]:
    """Add a host to ``NO_PROXY`` for a block: loopback is not reached through a company's proxy.

    Without a proxy nothing is changed: other threads may just read the environment, and fail when a variable
    is taken away meanwhile.
    """
    from urllib.request import getproxies  # which costs a test without a live server nothing

    added = []
    for name in ("NO_PROXY", "no_proxy") if getproxies().keys() - {"no"} else ():
        value = os.environ.get(name)
        # "*" stands for all hosts, but only if nothing is beside it.
        if value != "*":
            os.environ[name] = f"{value},{host}" if value else host
            added.append((name, value == ""))
    try:
        yield
    finally:
        # Taken out again, not set back: servers may end in another order than they began.
        for name, was_empty in added:
            names = os.environ.get(name, "").split(",")[::-1]
            if host in names:
                names.remove(host)
            if names or was_empty:
                os.environ[name] = ",".join(names[::-1])
            else:
                os.environ.pop(name, None)
