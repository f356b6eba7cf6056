"""Common members of all STAC documents of results, and answers with such documents."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from pydantic_core import to_json
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_backend.http.content.deferred import made

#: The version of STAC in result documents: the first one that has ``bands``.
STAC_VERSION = "1.1.0"

_SITE = "https://stac-extensions.github.io"

#: The schema of the extension that knows ``expires``; its fields have no prefix.
_TIMESTAMPS = f"{_SITE}/timestamps/v1.1.0/schema.json"

#: Schemas of extensions by the prefix of their fields; the versions that go with STAC 1.1.
_EXTENSIONS = {
    "proj": f"{_SITE}/projection/v2.0.0/schema.json",
    "raster": f"{_SITE}/raster/v2.0.0/schema.json",
    "eo": f"{_SITE}/eo/v2.0.0/schema.json",
    "file": f"{_SITE}/file/v2.1.0/schema.json",
    "processing": f"{_SITE}/processing/v1.2.0/schema.json",
    "cube": f"{_SITE}/datacube/v2.2.0/schema.json",
    "classification": f"{_SITE}/classification/v2.0.0/schema.json",
}


def extension_schemas(names: Iterable[str]) -> list[str]:
    """Return the schemas of the extensions of a document."""
    prefixes = {name.partition(":")[0] for name in names if ":" in name}
    return [_TIMESTAMPS, *(url for prefix, url in _EXTENSIONS.items() if prefix in prefixes)]


JSON, GEOJSON = "application/json", "application/geo+json"


def results_links(own: str, canonical: str, *, media_type: str) -> list[dict[str, Any]]:
    """Return the links that a document of all results of a job has to itself.

    Args:
        own: Its URL for the job's owner.
        canonical: Its signed URL, for whoever has it.
        media_type: Its media type: that of JSON for the Collection, of GeoJSON for the Item.
    """
    return [
        {"rel": "self", "href": own, "type": media_type},
        {"rel": "canonical", "href": canonical, "type": media_type},
    ]


def item_links(own: str, collection: str) -> list[dict[str, Any]]:
    """Return the links of an item's document."""
    above = [{"rel": rel, "href": collection, "type": JSON} for rel in ("root", "parent", "collection")]
    return [*results_links(own, own, media_type=GEOJSON), *above]


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
