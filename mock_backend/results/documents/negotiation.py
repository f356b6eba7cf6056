"""The media type in which a client wants the results of a job."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from pydantic_core import to_json
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_backend.http.content.deferred import made
from mock_backend.results.documents.stac.document import GEOJSON, JSON

# Named, and not with a weight of nothing.
_ASKED = re.compile(
    r"(?:^|,)\s*application/geo\+json\s*(?:;(?!\s*q=0(?:\.0*)?\s*(?:,|$))|,|$)", re.IGNORECASE
)


class ResultsResponse(Response):
    """The STAC Item for clients that ask for ``application/geo+json``, the Collection for all others.

    Only the document that is asked for is made, when the answer is sent.
    """

    def __init__(
        self,
        collection: Callable[[], dict[str, Any]],
        item: Callable[[], dict[str, Any]],
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__()
        self._collection = collection
        self._item = item
        self._sent_with = {"Vary": "Accept"} | (headers or {})

    def in_one_piece(self, scope: Scope) -> Response:
        """Return the document that is asked for."""
        # By its name only: every client accepts "*/*", and many can read plain JSON alone.
        asked = bool(_ASKED.search(Headers(scope=scope).get("accept", "")))
        make, media_type = (self._item, GEOJSON) if asked else (self._collection, JSON)
        return Response(to_json(make()), headers=self._sent_with, media_type=media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        # Its facts may need files to be made.
        response = await made(partial(self.in_one_piece, scope), scope)
        await response(scope, receive, send)


class ItemResponse(Response):
    """One of the Items that a Collection of results links to."""

    media_type = GEOJSON

    def __init__(self, item: dict[str, Any]) -> None:
        super().__init__(to_json(item))
