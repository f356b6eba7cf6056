"""Downloads of results by signed URL, without a log-in."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic_core import to_json
from starlette.responses import Response

from mock_backend.api.models import Endpoint
from mock_backend.api.register import EndpointRegister, optional
from mock_backend.errors import FileNotFound, JobNotFound, NotFound
from mock_backend.http.content import BinaryResponse, etag_of
from mock_backend.jobs.job import Job
from mock_backend.jobs.register import JobsRegister
from mock_backend.lifecycle import Status
from mock_backend.profiles.dialect import BY_RUN, BY_USER, ShownResults, SignedUrls
from mock_backend.results.documents.signed_urls import check_signature
from mock_backend.results.documents.stac.common_members import GEOJSON

_PATHS = {
    "document": "/results/{job_id}/{run}",
    "item": "/results/{job_id}/{run}/items/{item_id}",
    "asset": "/results/{job_id}/{run}/assets/{name}",
    "document_of_user": "/jobs/{job_id}/results/{user}/{signature}",
    "item_of_user": "/jobs/{job_id}/results/items/{user}/{signature}/{item_id}",
    "asset_of_user": "/jobs/{job_id}/results/assets/{user}/{signature}/{name}",
}
_ENDPOINTS = tuple(
    Endpoint(
        path=path,
        methods=("GET", "HEAD"),
        handler=handler,
        listed=False,
        # Names may have some.
        takes_slashes=not handler.startswith("document"),
    )
    for handler, path in _PATHS.items()
)


class DownloadsRegister(EndpointRegister):
    """Serve result documents and assets by their signed URLs."""

    #: The register of jobs.
    jobs = optional(JobsRegister)

    served = _ENDPOINTS

    def document(
        self,
        job_id: str,
        run: int,
        expires: int = 0,
        signature: str = "",
        *,
        partial: bool | Literal[""] = False,
    ) -> Response:
        """Return the STAC document of a job's results, for all who have the link.

        Args:
            job_id: The job.
            run: The start of the job.
            expires: When the link expires.
            signature: The signature.
            partial: True or empty if results of a job that is still running will do.
        """
        self._check(BY_RUN, "document", expires, signature, job_id=job_id, run=run)
        return self._jobs().results_of(self._job(job_id, run), partial=partial is not False)

    def item(self, job_id: str, run: int, item_id: str, expires: int = 0, signature: str = "") -> Response:
        """Return the STAC document of an item among the results, for all who have the link."""
        self._check(BY_RUN, "item", expires, signature, job_id=job_id, run=run, name=item_id)
        return self._item(job_id, item_id, run)

    def asset(self, job_id: str, run: int, name: str, expires: int = 0, signature: str = "") -> Response:
        """Return the content of an asset, for all who have the link."""
        now = self._check(BY_RUN, "asset", expires, signature, job_id=job_id, run=run, name=name)
        return self._asset(job_id, name, now, run)

    def document_of_user(
        self, job_id: str, user: str, signature: str, expires: int = 0, *, partial: bool = False
    ) -> Response:
        """Return the same as ``document``, where URLs name the owner and not the start of a job."""
        self._check(BY_USER, "document", expires, signature, job_id=job_id, user=user)
        job = self._jobs().find(job_id)
        if job is None:
            raise JobNotFound(identifier=job_id)
        return self._jobs().results_of(job, partial=partial)

    def item_of_user(
        self, job_id: str, user: str, signature: str, item_id: str, expires: int = 0
    ) -> Response:
        """Return the same as ``item``, where URLs name the owner and not the start of a job."""
        self._check(BY_USER, "item", expires, signature, job_id=job_id, user=user, name=item_id)
        return self._item(job_id, item_id)

    def asset_of_user(self, job_id: str, user: str, signature: str, name: str, expires: int = 0) -> Response:
        """Return the same as ``asset``, where URLs name the owner and not the start of a job."""
        now = self._check(BY_USER, "asset", expires, signature, job_id=job_id, user=user, name=name)
        return self._asset(job_id, name, now)

    def _item(self, job_id: str, item_id: str, run: int | None = None) -> Response:
        item = self._jobs().documents(self._job(job_id, run)).item_of(item_id)
        return Response(to_json(item), media_type=GEOJSON)

    def _asset(self, job_id: str, name: str, now: datetime, run: int | None = None) -> Response:
        job = self._job(job_id, run)
        result = self._jobs().product(job).by_name.get(name)
        beside = () if result is not None else self._jobs().beside_results(job).values()
        asset = next((each for each in beside if each.name == name), result)
        if asset is None:
            raise FileNotFound(file=name)
        # What tells of a job changes as long as it runs.
        modified = now if result is None and job.status is Status.running else _modified(job, now)
        content = asset.content
        if isinstance(content, bytes):
            etag = f'"{asset.checksum}"'
        else:
            # Whatever it follows from: reading all of it for its own checksum could take minutes.
            changed = content.stat().st_mtime_ns if isinstance(content, Path) else job.processed
            shape = asset.grid and asset.grid.transform, [band.name for band in asset.bands]
            etag = etag_of(
                to_json([job_id, job.run and job.run.number, name, modified, changed, asset.length, shape])
            )
        shown = self._jobs().clock.outside(modified)
        return BinaryResponse(content, media_type=asset.media_type, etag=etag, modified=shown)

    def _check(self, urls: SignedUrls, kind: str, expires: int, signature: str, **parts: object) -> datetime:
        """Check what signs a URL, and return what time it is."""
        if self.settings.profile.dialect.signed_urls != urls:
            raise NotFound
        jobs = self._jobs()
        now = jobs.clock.now()
        check_signature(getattr(urls, kind), expires, signature, key=jobs.signing_key, now=now, **parts)
        return now

    def _jobs(self) -> JobsRegister:
        if self.jobs is None:
            raise NotFound("This back-end keeps no jobs.")
        return self.jobs

    def _job(self, job_id: str, run: int | None) -> Job:
        job = self._jobs().find(job_id)
        # A restart discards what earlier starts have produced.
        found = job is not None and job.run is not None and run in (None, job.run.number)
        if (
            job is None
            or not found
            or ShownResults.FILES not in self.settings.profile.dialect.results[job.status]
        ):
            raise FileNotFound(file=job_id if run is None else f"{job_id}/{run}")
        return job


def _modified(job: Job, now: datetime) -> datetime:
    """Return since when the results of a job have been what they are."""
    since = job.state(now).since
    return since if job.updated is None else max(since, job.updated)
