"""An answer with binary content, whole or in parts."""

import asyncio
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from os import PathLike
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_backend.http.content.byte_ranges import Span, parse_ranges
from mock_backend.http.content.conditions import Validators
from mock_backend.http.content.deferred import made
from mock_backend.http.content.reading import Content, read_range, size_of

#: Bits of computed content that are shorter wait for others: each one costs a message.
_SHORT = 1 << 16


class BinaryResponse(Response):
    """Send content, or the parts of it that the client asks for, unless the client has it already.

    Answers ``Range``, ``If-Range``, ``If-None-Match``, ``If-Modified-Since``, ``If-Match`` and
    ``If-Unmodified-Since`` (RFC 9110) with 200, 206, 304, 412 or 416, and HEAD without a body.
    Files are read, and content is computed, while the client takes it, so neither is ever in memory
    as a whole.

    Args:
        content: The whole content, the file that holds it, or what computes it.
        media_type: Its media type.
        etag: Its entity tag with quotes (see ``etag_of``); one for computed content must change with
            whatever the content follows from.
        modified: When it was last modified.
        filename: The name under which browsers shall save it.
        headers: More headers.
    """

    def __init__(
        self,
        content: Content,
        *,
        media_type: str = "application/octet-stream",
        etag: str | None = None,
        modified: datetime | None = None,
        filename: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._content = content
        self._validators = Validators(etag, modified)
        self._size = size_of(content)
        own = {
            "Accept-Ranges": "bytes",
            "Content-Length": str(self._size),
            **self._validators.headers(),
        }
        if filename is not None:
            own["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
        super().__init__(headers={**own, **(headers or {})}, media_type=media_type)

    def in_one_piece(self, scope: Scope) -> Response | None:
        """Return it as a plain response; None if the request has conditions, or not all content is there."""
        content = b"" if scope["method"] == "HEAD" else self._content
        names = {name for name, _ in scope["headers"]}
        if not isinstance(content, bytes) or any(name.startswith(b"if-") for name in names):
            return None
        spans = self._asked_for(scope, Headers(scope=scope)) if b"range" in names else None
        plain = Response()
        plain.body = content if spans is None else b"".join(self._in_parts(spans))
        plain.status_code, plain.raw_headers = self.status_code, self.raw_headers
        return plain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, or what the request asks of it.

        Raises:
            RequestInvalid: If the client means another version, or bytes that are not there.
        """
        asked = Headers(scope=scope)
        # Few requests have conditions, and looking for each of them takes its time.
        has_conditions = any(name.startswith(b"if-") for name, _ in scope["headers"])
        if has_conditions:
            self._validators.require(asked)
        if has_conditions and self._validators.are_known(asked):
            self.status_code = 304
            for name in ("Content-Length", "Content-Type"):
                del self.headers[name]
            await self._send_head(send)
            await _send_last(b"", send)
            return
        spans = self._asked_for(scope, asked)
        parts: Iterator[bytes] = iter(())
        if spans is not None:
            parts = self._in_parts(spans)
        elif scope["method"] != "HEAD":
            parts = self._read((0, self._size))
        await self._send_head(send)
        await self._send_parts(parts, scope, receive, send)

    def _asked_for(self, scope: Scope, asked: Headers) -> Sequence[Span] | None:
        """Return which parts of the content a request asks for; None for all of it."""
        # Of HEAD a Range is disregarded: it tells how long the whole is.
        if scope["method"] == "GET" and "range" in asked and self._validators.allow_parts(asked):
            return parse_ranges(asked["range"], self._size)
        return None

    async def _send_head(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})

    async def _send_parts(self, parts: Iterator[bytes], scope: Scope, receive: Receive, send: Send) -> None:
        left = int(self.headers["Content-Length"])
        with Departure(scope, receive) as departure:
            while (part := await self._next(parts, scope)) is not None:
                left -= len(part)
                # Not by looking for a next one, which would have to be computed.
                if left <= 0:
                    await _send_last(part, send)
                    return
                await send({"type": "http.response.body", "body": part, "more_body": True})
                if await departure.has_come():
                    return
        await _send_last(b"", send)

    async def _next(self, parts: Iterator[bytes], scope: Scope) -> bytes | None:
        take = partial(next, parts, None)
        return take() if isinstance(self._content, bytes) else await made(take, scope)

    def _in_parts(self, spans: Sequence[Span]) -> Iterator[bytes]:
        """Make this a partial answer and return its body."""
        self.status_code = 206
        if len(spans) == 1:
            [(start, stop)] = spans
            self.headers["Content-Range"] = self._range_of((start, stop))
            self.headers["Content-Length"] = str(stop - start)
            return self._read((start, stop))
        boundary = secrets.token_hex(16)
        opening = f"\r\n--{boundary}\r\nContent-Type: {self.headers['Content-Type']}\r\nContent-Range: "
        heads = [f"{opening}{self._range_of(span)}\r\n\r\n".encode() for span in spans]
        end = f"\r\n--{boundary}--\r\n".encode()
        length = sum(map(len, heads)) + sum(stop - start for start, stop in spans) + len(end)
        self.headers["Content-Type"] = f"multipart/byteranges; boundary={boundary}"
        self.headers["Content-Length"] = str(length)
        return self._with_heads(heads, spans, end)

    def _with_heads(self, heads: Sequence[bytes], spans: Sequence[Span], end: bytes) -> Iterator[bytes]:
        for head, span in zip(heads, spans, strict=True):
            yield head
            yield from self._read(span)
        yield end

    def _range_of(self, span: Span) -> str:
        return f"bytes {span[0]}-{span[1] - 1}/{self._size}"

    def _read(self, span: Span) -> Iterator[bytes]:
        """Yield a span of the content in chunks."""
        start, stop = span
        parts = read_range(self._content, start, stop)
        if isinstance(self._content, bytes | PathLike):
            yield from parts
        else:
            yield from _not_too_short(parts)


def _not_too_short(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in parts of a fair length, as far as there are enough."""
    kept: list[bytes] = []
    length = 0
    for part in parts:
        kept.append(part)
        length += len(part)
        if length >= _SHORT:
            yield b"".join(kept)
            kept, length = [], 0
    if kept:
        yield b"".join(kept)


async def _send_last(part: bytes, send: Send) -> None:
    await send({"type": "http.response.body", "body": part})


class Departure:
    """Watch for a client's leaving, between the parts of a body.

    Servers accept data for clients that have gone, so the sender must ask. In this process no
    client leaves unnoticed: a call is ended by whoever drives it.

    Args:
        receive: The source of the client's messages; its request has been read.
    """

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._is_noticed = "mock_backend.by_hand" in scope
        self._watch: asyncio.Task[None] | None = None

    async def has_come(self) -> bool:
        """Let others have their turn, and tell whether the client has gone."""
        if self._is_noticed:
            return False
        if self._watch is None:
            self._watch = asyncio.create_task(self._wait())
        await asyncio.sleep(0)
        return self._watch.done()

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def __enter__(self) -> "Departure":
        return self

    def __exit__(self, *_: object) -> None:
        if self._watch is not None:
            self._watch.cancel()
