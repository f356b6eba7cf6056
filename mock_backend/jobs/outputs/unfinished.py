"""The results of a job that has none yet: a STAC Collection that tells the status alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic_core import to_json
from starlette.responses import Response

from mock_backend.catalog.dimensions import WORLD
from mock_backend.catalog.stac.instants import write_instant
from mock_backend.settings import STAC_VERSION

#: Statuses that are not among the values of ``openeo:status``.
_WAITING = ("created", "queued")


def status_only(job: Mapping[str, Any], now: datetime, *, canonical: str) -> Response:
    """Return the document of a job without files, with the URL at which they will be.

    Args:
        job: The ``id``, the ``status`` and perhaps the ``title`` and the ``description`` of the job.
        canonical: The URL of the document once there are files.
    """
    instant, status = write_instant(now), job["status"]
    document = {
        "type": "Collection",
        "stac_version": STAC_VERSION,
        "id": job["id"],
        "title": job.get("title") or job["id"],
        "description": job.get("description") or f"Results of the batch job {job['id']}, which has none yet.",
        "license": "proprietary",
        "extent": {
            "spatial": {"bbox": [list(WORLD)]},
            "temporal": {"interval": [[instant, instant]]},
        },
        "openeo:status": "running" if status in _WAITING else status,
        "links": [{"rel": "canonical", "href": canonical, "type": "application/json"}],
    }
    return Response(to_json(document), media_type="application/json")
