"""Hosts of URLs whose content a test has registered: clients in this process get it there, too.

The openeo client reads a STAC document itself before it lets a back-end load it.
"""

from collections.abc import Callable
from mimetypes import guess_type
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from mock_backend.clock import Clock
from mock_backend.http.app.request_body import header_of


class ContentHost:
    """The host of all registered URLs.

    Args:
        registered: Returns the content of a URL; None if it has none.
    """

    def __init__(self, registered: Callable[[str], bytes | None], clock: Clock) -> None:
        self._registered = registered
        self.clock = clock
        self.url = ""

    async def asgi(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        host = header_of(scope, b"host") or ""
        query = scope["query_string"].decode()
        url = f"{scope['scheme']}://{host}{scope['raw_path'].decode()}" + (f"?{query}" if query else "")
        content = self._registered(url)
        response: Response
        if scope["method"] not in ("GET", "HEAD"):
            response = PlainTextResponse("Registered URLs can only be read.", 405, {"Allow": "GET, HEAD"})
        elif content is None:
            told = f"Nothing is registered for {url}: backend.add_url({url!r}, content)"
            response = PlainTextResponse(told, 404)
        else:
            response = Response(content, media_type=_media_type(url, content))
        if scope["method"] == "HEAD":
            response.body = b""
        await response(scope, receive, send)


def _media_type(url: str, content: bytes) -> str:
    if content[:1] in (b"{", b"["):
        return "application/json"
    return guess_type(urlsplit(url).path)[0] or "application/octet-stream"
