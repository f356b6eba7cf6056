"""The way of an answer back to the client."""

from collections.abc import Iterable

from starlette.types import Message, Scope, Send

from mock_backend.control import Exchange
from mock_backend.http.app.protocol import ServedBackEnd
from mock_backend.http.content.deferred import made

Headers = tuple[tuple[bytes, bytes], ...]

_ANY = (b"access-control-allow-origin", b"*")
_EXPOSED_HEADERS = (
    "Link, Location, OpenEO-Costs, OpenEO-Identifier, Accept-Ranges, Content-Disposition, Content-Encoding, "
    "Content-Range, ETag, Last-Modified, Retry-After"
)
_ALLOWED_HEADERS = (
    "Authorization, Content-Type, Accept, Range, If-Match, If-None-Match, If-Modified-Since, "
    "If-Unmodified-Since, If-Range"
)
#: Headers that let scripts of other pages read an answer.
CORS: Headers = (_ANY, (b"access-control-expose-headers", _EXPOSED_HEADERS.encode()))
#: Headers of the answer to a browser's question which methods and headers scripts may send.
PREFLIGHT: Headers = (
    *CORS,
    (b"access-control-allow-methods", b"OPTIONS, GET, HEAD, POST, PUT, PATCH, DELETE"),
    (b"access-control-allow-headers", _ALLOWED_HEADERS.encode()),
    (b"access-control-max-age", b"86400"),
    (b"content-type", b"application/json"),
)

#: Status, headers and body.
Complete = tuple[int, list[tuple[bytes, bytes]], bytes]

# Maximum length in bytes of the part of an error that is noted.
_MAX_ERROR = 2000


class AnswerSender:
    """Way back to the client: adds CORS headers, notes the status, drops unwanted bodies."""

    def __init__(
        self, backend: ServedBackEnd, exchange: Exchange, scope: Scope, send: Send, cors: Headers
    ) -> None:
        self._cors = cors
        self._time_keeper = backend.time_keeper
        self._exchange = exchange
        self._send = send
        self._scope = scope
        self.complete = False

    async def __call__(self, message: Message) -> None:
        exchange = self._exchange
        if message["type"] == "http.response.start":
            headers = begin(exchange, message["status"], message.get("headers", ()), self._cors)
            if self._time_keeper is not None and self._time_keeper.is_due:
                await made(self._time_keeper.note, self._scope)
            message = {**message, "headers": headers}
        else:
            self.complete = not message.get("more_body", False)
            message = {**message, "body": content_of(exchange, message.get("body", b""))}
        await self._send(message)

    async def preflight(self, methods: Iterable[str]) -> None:
        """Answer the question of a browser for these methods."""
        # Pages for people tell scripts nothing; anything else has more to tell them than other answers.
        headers = list(PREFLIGHT) if self._cors else []
        if methods:
            headers.append((b"allow", ", ".join(sorted({*methods, "OPTIONS"})).encode()))
        self._exchange.status = 204
        await self._send({"type": "http.response.start", "status": 204, "headers": headers})
        await self._send({"type": "http.response.body", "body": b""})


def begin(
    exchange: Exchange, status: int, headers: Iterable[tuple[bytes, bytes]], cors: Headers = CORS
) -> list[tuple[bytes, bytes]]:
    """Note how an answer begins; return its headers with those for scripts of other pages."""
    exchange.status = status
    if exchange.method == "POST":
        identifiers = (value.decode("latin-1") for name, value in headers if name == b"openeo-identifier")
        exchange.made = next(identifiers, None)
    return [*headers, *cors]


def content_of(exchange: Exchange, body: bytes) -> bytes:
    """Return what is sent of a part of an answer's body; note the beginning of an error."""
    if exchange.status is not None and exchange.status >= 400:
        exchange.error = body[:_MAX_ERROR]
    return b"" if exchange.method == "HEAD" else body
