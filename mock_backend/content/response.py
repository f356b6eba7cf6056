"""An answer with binary content, whole or in parts."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from os import PathLike
from pathlib import Path
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_backend.content.conditions import Validators
from mock_backend.content.ranges import Span, parse_ranges

#: Longer content is sent bit by bit, so that a client that stops reading stops the sending.
_CHUNK = 1 << 20


class BinaryResponse(Response):
    """Send content, or the parts of it that the client asks for, unless the client has it already.

    Answers ``Range``, ``If-Range``, ``If-None-Match``, ``If-Modified-Since``, ``If-Match`` and
    ``If-Unmodified-Since`` (RFC 9110) with 200, 206, 304, 412 or 416, and HEAD without a body.

    Args:
        content: The whole content, or the file that holds it.
        media_type: Its media type.
        etag: Its entity tag with quotes (see ``etag_of``).
        modified: When it was last modified.
        filename: The name under which browsers shall save it.
        headers: More headers.
    """

    def __init__(
        self,
        content: bytes | PathLike[str],
        *,
        media_type: str = "application/octet-stream",
        etag: str | None = None,
        modified: datetime | None = None,
        filename: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._content = content
        self._validators = Validators(etag, modified)
        self._size = len(content) if isinstance(content, bytes) else Path(content).stat().st_size
        own = {
            "Accept-Ranges": "bytes",
            "Content-Length": str(self._size),
            **self._validators.headers(),
        }
        if filename is not None:
            own["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
        super().__init__(headers={**own, **(headers or {})}, media_type=media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # as in ASGI
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
            await self._send(iter(()), send)
            return
        spans = None
        # Of HEAD a Range is disregarded: it tells how long the whole is.
        if scope["method"] == "GET" and "range" in asked and self._validators.allow_parts(asked):
            spans = parse_ranges(asked["range"], self._size)
        parts: Iterator[bytes] = iter(())
        if spans is not None:
            parts = self._in_parts(spans)
        elif scope["method"] != "HEAD":
            parts = self._read((0, self._size))
        await self._send(parts, send)

    async def _send(self, parts: Iterator[bytes], send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        last = next(parts, b"")
        for part in parts:
            await send({"type": "http.response.body", "body": last, "more_body": True})
            last = part
        await send({"type": "http.response.body", "body": last})

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
        if isinstance(self._content, bytes):
            for place in range(start, stop, _CHUNK):
                yield self._content[place : min(place + _CHUNK, stop)]
            return
        with Path(self._content).open("rb") as file:
            file.seek(start)
            for place in range(start, stop, _CHUNK):
                yield file.read(min(_CHUNK, stop - place))
