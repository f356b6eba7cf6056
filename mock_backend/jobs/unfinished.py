"""The results of a job that has none yet: a STAC Collection that tells the status alone."""

from datetime import datetime

from fastapi import Response
from pydantic_core import to_json

from mock_backend.jobs.job import Job
from mock_backend.jobs.urls import ResultUrls
from mock_backend.lifecycle import Status
from mock_backend.results import rfc3339
from mock_backend.results.coverage import WORLD
from mock_backend.settings import STAC_VERSION, AppSettings

#: What is not yet among the values of ``openeo:status``.
_WAITING = (Status.created, Status.queued)


def status_only(job: Job, now: datetime, *, settings: AppSettings, key: str) -> Response:
    """Return the document of a job without files, with the signed URL at which they will be.

    Args:
        job: The job.
        now: The instant from which the signed URL lives.
        settings: What the back-end says about itself.
        key: The secret that URLs are signed with.
    """
    instant = rfc3339(now)
    document = {
        "type": "Collection",
        "stac_version": STAC_VERSION,
        "id": job.job_id,
        "title": job.title or job.job_id,
        "description": job.description or f"Results of the batch job {job.job_id}, which has none yet.",
        "license": "proprietary",
        "extent": {
            "spatial": {"bbox": [list(WORLD)]},
            "temporal": {"interval": [[instant, instant]]},
        },
        "openeo:status": Status.running if job.status in _WAITING else job.status,
        "links": [
            {
                "rel": "canonical",
                "href": ResultUrls(job, now, settings=settings, key=key, partial=True).document(),
                "type": "application/json",
            }
        ],
    }
    return Response(to_json(document), media_type="application/json")
