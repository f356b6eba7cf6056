"""A line for each request, for ``mock-backend serve --verbose``."""

import sys
import time
from datetime import datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_backend.control.redaction import redact_path


class RequestLog:
    """Print a line on standard error when a request has been answered.

    It shows the path without the query, which may have secrets in it.

    Args:
        app: The application that answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an ASGI request."""
        # Applications change the path.
        method, path = scope.get("method"), scope.get("path", "")
        began, status = time.perf_counter(), "—"

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            took = (time.perf_counter() - began) * 1000
            shown = redact_path(path).encode("unicode_escape").decode()
            error = exchange.error_text if (exchange := scope.get("mock_backend.exchange")) else ""
            moment = f"{datetime.now().astimezone():%H:%M:%S}"
            print(f"{moment} {status} {took:6.1f} ms  {method} {shown}{error}", file=sys.stderr, flush=True)
