"""Compress what a client behind a socket has to wait for."""

import gzip
import re
from functools import partial

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope, Send

from mock_backend.cache import Kept
from mock_backend.http.app.register_call import Lasting
from mock_backend.http.content.deferred import made

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


def compressing(scope: Scope, send: Send) -> Send:
    """Return a ``send`` that compresses texts, if the client takes that.

    Content that can be asked for in parts stays as it is: the parts are counted in its own bytes.
    """
    match = _GZIP.search(Headers(scope=scope).get("accept-encoding", ""))
    accepts = match is not None and float(match["weight"] or 1) > 0
    return _Compression(scope, send, accepts=accepts)


class _Compression:
    def __init__(self, scope: Scope, send: Send, *, accepts: bool) -> None:
        self._scope = scope
        self._send = send
        self._accepts = accepts
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
