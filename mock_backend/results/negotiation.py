"""The media type in which a client wants a result document."""

import re
from typing import Any

from pydantic_core import to_json
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_JSON, _GEOJSON = "application/json", "application/geo+json"

# Named, and not with a weight of nothing.
_ASKED = re.compile(
    r"(?:^|,)\s*application/geo\+json\s*(?:;(?!\s*q=0(?:\.0*)?\s*(?:,|$))|,|$)", re.IGNORECASE
)


class ResultResponse(Response):
    """A STAC Item: ``application/geo+json`` for clients that ask for it, plain JSON for all others.

    Args:
        item: The document.
        headers: Headers to send with it.
    """

    media_type = _JSON

    def __init__(self, item: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        super().__init__(to_json(item), headers={"Vary": "Accept"} | (headers or {}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        # By its name only: every client accepts "*/*", and many can read plain JSON alone.
        if _ASKED.search(Headers(scope=scope).get("accept", "")):
            self.headers["Content-Type"] = _GEOJSON
        await super().__call__(scope, receive, send)
