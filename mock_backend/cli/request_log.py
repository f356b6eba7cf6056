"""A line for each request, for ``mock-backend serve --verbose``."""

import sys
import time
from datetime import datetime

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_backend.control.redaction import redact_path


class RequestLog:
    """Print a line on standard error when a request has been answered.

    It shows the path without the query, which may have secrets in it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an ASGI request."""
        # Applications change the path.
        path = scope.get("path", "")
        began = time.perf_counter()
        try:
            await self._app(scope, receive, send)
        finally:
            # There is none of the page and what it asks for.
            if (exchange := scope.get("mock_backend.exchange")) is not None:
                took = (time.perf_counter() - began) * 1000
                shown = redact_path(path).encode("unicode_escape").decode()
                print(
                    f"{datetime.now().astimezone():%H:%M:%S} {exchange.status or '—'} {took:6.1f} ms  "
                    f"{exchange.method} {shown}{exchange.error_text}",
                    file=sys.stderr,
                    flush=True,
                )
