"""Front of a back-end: its API, and beside it the control API and the page."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_backend.control_api.guard import Guard

if TYPE_CHECKING:
    from mock_backend.backend import MockBackend
    from mock_backend.control_api.control import Control

#: The path that the control API is below; no openEO API has such a path.
PREFIX = "/mock"


class Front:
    """Serve the page to browsers, the control API below ``/mock/``, and the back-end to all others.

    Neither page nor control API is loaded before it is asked for.

    Args:
        backend: The back-end.
        guard: Decides who may use the control API; programs on this machine by default.
        after_reset: Gives the back-end what it was started with, after it was reset.
    """

    def __init__(
        self,
        backend: "MockBackend",
        guard: Guard = Guard(),
        *,
        after_reset: Callable[[], None] = lambda: None,
    ) -> None:
        self._backend = backend
        self._app: ASGIApp = backend.asgi
        self._guard = guard
        self._after_reset = after_reset
        self._is_closing = False

    def around(self, app: ASGIApp) -> "Front":
        """Put it in front of the application that answers for the back-end."""
        self._app = app
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an ASGI request."""
        path = scope.get("path", "")
        if path == PREFIX + "/health":
            await Response(status_code=204)(scope, receive, send)
        elif path == PREFIX or path.startswith(PREFIX + "/"):
            await (self._guard.refusal(scope) or self._control.asgi)(scope, receive, send)
        elif not _is_for_people(scope):
            await self._app(scope, receive, send)
        elif path == "/":
            from mock_backend.control_api.page import control_page

            await control_page()(scope, receive, send)
        else:
            await _answer_or_page(self._app, scope, receive, send)

    def close(self) -> None:
        """End the streams of events, so that the server can stop, and forget uploads."""
        self._is_closing = True
        if "_control" in self.__dict__:
            self._control.close()

    @cached_property
    def _control(self) -> "Control":
        from mock_backend.control_api.control import Control

        return Control(self._backend, is_closing=lambda: self._is_closing, after_reset=self._after_reset)


async def _answer_or_page(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a browser with the page where the application has nothing."""
    is_missing = False

    async def send_on(message: Message) -> None:
        nonlocal is_missing
        if message["type"] == "http.response.start":
            kind = dict(message.get("headers", ())).get(b"content-type", b"")
            is_missing = message["status"] == 404 and kind.startswith(b"application/json")
        if not is_missing:
            await send(message)

    # A lost connection is closed by the owner of what sends.
    send_on.__self__ = getattr(send, "__self__", None)  # type: ignore[attr-defined]  # as methods have it
    await app(scope, receive, send_on)
    if is_missing:
        from mock_backend.control_api.page import control_page

        await control_page(status=404)(scope, receive, send)


def _is_for_people(scope: Scope) -> bool:
    """Tell whether the request is from a browser's address bar."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    accepted = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    return accepted.lstrip().lower().startswith((b"text/html", b"application/xhtml+xml"))
