"""The HTTP server: uvicorn's, with limits to what it waits for, and an end within two seconds."""

import asyncio
import json
import socket
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from mock_backend.errors import RequestInvalid

#: Real seconds in which a client sends or takes this number of bytes, if it is alive.
PATIENCE = 30.0
_FEWEST = 1 << 12
#: Bytes of a body that are taken after its request has been answered: more than any endpoint takes.
_MOST_UNWANTED = 1 << 30

#: Seconds in which a server that ends waits for answers on their way, and for those that it has called off.
_GRACE, _LAST_GRACE = 0.7, 0.3


class PatientProtocol(H11Protocol):
    """A connection that is closed when its client neither sends nor takes anything of what it has begun.

    uvicorn itself closes connections on which nothing has been asked for some seconds.
    """

    _watch: asyncio.TimerHandle | None = None
    # What has come since the last look, and whether all has gone that was waiting to be sent; and what
    # was waiting then, and which request was begun.
    _received = _waiting = 0
    # Bytes of a body that have come since its request was answered.
    _unwanted = 0
    _has_gone = False
    _begun: tuple[int, bool] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Begin to watch."""
        super().connection_made(transport)
        self._watch = self.loop.call_later(PATIENCE, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop watching."""
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes."""
        self._received += len(data)
        cycle = self.cycle
        if cycle is not None and cycle.response_complete:
            self._unwanted += len(data)
            if self._unwanted > _MOST_UNWANTED:
                self.transport.abort()
                return
        super().data_received(data)
        if self.cycle is not cycle:
            self._unwanted = 0

    def resume_writing(self) -> None:
        """Note that what was waiting to be sent has gone."""
        self._has_gone = True
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP as the API answers errors, and close the connection."""
        body = json.dumps({"code": RequestInvalid.code, "message": msg}).encode()
        head = "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\n"
        self.transport.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        self.transport.close()

    def _look(self) -> None:
        waiting, begun = self.transport.get_write_buffer_size(), self._begun_request()
        is_stuck = 0 < self._waiting - _FEWEST < waiting and not self._has_gone
        is_silent = begun is not None and begun == self._begun and self._received < _FEWEST
        self._waiting, self._begun, self._received, self._has_gone = waiting, begun, 0, False
        if is_stuck or is_silent:
            self.transport.abort()
        else:
            self._watch = self.loop.call_later(PATIENCE, self._look)

    def _begun_request(self) -> tuple[int, bool] | None:
        """Return what tells the request that the client has not sent to its end; None if there is none."""
        has_head = self.cycle is not None and not self.cycle.response_complete
        if has_head:
            # Where uvicorn has stopped reading it is the application that takes its time.
            is_begun = self.cycle.more_body and not self.flow.read_paused
        else:
            is_begun = self.timeout_keep_alive_task is None
        return (id(self.cycle), has_head) if is_begun else None


class Server(uvicorn.Server):
    """A server that ends without a word, whatever its clients do."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Wait a moment for answers that are on their way, and end the others."""
        for each in [*self.servers, *(sockets or ())]:
            each.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        if state.tasks:
            await asyncio.wait(list(state.tasks), timeout=_GRACE)
        for task in list(state.tasks):
            task.cancel()
        if state.tasks:
            await asyncio.wait(list(state.tasks), timeout=_LAST_GRACE)
        for connection in list(state.connections):
            connection.transport.abort()


def quiet(app: ASGIApp) -> Any:
    """Return an application that ends without a word when the server calls an answer off."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        except asyncio.CancelledError:
            # uvicorn's way back to the client is a method of what knows the connection; where nothing is left
            # of that, it has nothing to say.
            cycle = getattr(send, "__self__", None)
            if cycle is not None:
                cycle.transport.abort()
                cycle.disconnected = True

    return answer


def make_server(app: ASGIApp) -> Server:
    """Return a server that is quiet, and stops without waiting for idle connections."""
    config = uvicorn.Config(
        quiet(app),
        http=PatientProtocol,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        ws="none",
    )
    return Server(config)
