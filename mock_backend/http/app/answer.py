"""The way of an answer back to the client, and the compression of what it has to wait for."""

import gzip
import re
from collections.abc import Iterable
from functools import partial

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope, Send

from mock_backend.cache import Kept
from mock_backend.control import Exchange
from mock_backend.http.app.register_call import Lasting
from mock_backend.http.content.deferred import made
from mock_backend.stores.time_keeper import TimeKeeper

RawHeaders = tuple[tuple[bytes, bytes], ...]

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
CORS: RawHeaders = (_ANY, (b"access-control-expose-headers", _EXPOSED_HEADERS.encode()))
#: Headers of the answer to a browser's question which methods and headers scripts may send.
PREFLIGHT: RawHeaders = (
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


#: Shorter texts fit into a packet or two as they are.
_MIN_SIZE = 1000
#: Longer ones are not compressed between other requests.
_LONG = 1 << 16
#: Of a long listing level 9 saves 4 % more, and takes more than twice as long.
_LEVEL = 5
#: Bytes of what is kept.
_MOST_KEPT = 2 << 20

_TEXT = re.compile(r"application/([\w.+-]+\+)?json\b|text/(?!event-stream)")
_GZIP = re.compile(
    r"(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?P<weight>[01](?:\.[0-9]*)?)\s*)?(?:,|$)", re.IGNORECASE
)

#: Compressed bodies that are going to be sent again, by what they are as they are.
_kept: Kept[bytes] = Kept(_MOST_KEPT, len)


class AnswerSender:
    """Way back to the client: adds CORS headers, notes the status, drops unwanted bodies."""

    def __init__(self, scope: Scope, send: Send, cors: RawHeaders) -> None:
        self._cors = cors
        self._time_keeper: TimeKeeper | None = scope["mock_backend"].time_keeper
        self._exchange: Exchange = scope["mock_backend.exchange"]
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
    exchange: Exchange, status: int, headers: Iterable[tuple[bytes, bytes]], cors: RawHeaders = CORS
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


class Compression:
    """A ``send`` that compresses texts, if the client takes that.

    Content that can be asked for in parts stays as it is: the parts are counted in its own bytes.
    """

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        match = _GZIP.search(Headers(scope=scope).get("accept-encoding", ""))
        self._accepts = match is not None and float(match["weight"] or 1) > 0
        #: The head of an answer that may get compressed, kept back until its body is there.
        self._head: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if _is_text(message):
                self._head = message
                return
        elif self._head is not None:
            message, head, self._head = dict(message), self._head, None
            headers = MutableHeaders(raw=list(head["headers"]))
            headers.add_vary_header("Accept-Encoding")
            body = message.get("body", b"")
            if self._accepts and not message.get("more_body", False) and len(body) >= _MIN_SIZE:
                message["body"] = await self._compressed(body)
                headers["Content-Encoding"] = "gzip"
                headers["Content-Length"] = str(len(message["body"]))
            await self._send({**head, "headers": headers.raw})
        await self._send(message)

    async def _compressed(self, body: bytes) -> bytes:
        # Python keeps the hash of bytes with them.
        lasts = type(body) is Lasting
        if lasts and (known := _kept.find(body)) is not None:
            return known
        compress = partial(gzip.compress, body, _LEVEL, mtime=0)
        compressed = compress() if len(body) < _LONG else await made(compress, self._scope)
        return _kept.keep(body, compressed) if lasts else compressed


def _is_text(head: Message) -> bool:
    if not 200 <= head["status"] < 300 or head["status"] == 206:
        return False
    headers = Headers(raw=head["headers"])
    if "accept-ranges" in headers or "content-encoding" in headers:
        return False
    return _TEXT.match(headers.get("content-type", "").lower()) is not None
