"""Downloads of results by signed URL, without a log-in."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from fastapi import Query, Response
from pydantic_core import to_json

from mock_backend.content import BinaryResponse, etag_of
from mock_backend.errors import FileNotFound, JobNotFinished, NotFound
from mock_backend.jobs.job import Job
from mock_backend.jobs.register import JobsRegister
from mock_backend.lifecycle import Status
from mock_backend.models import Endpoint
from mock_backend.register import EndpointRegister
from mock_backend.results import ItemResponse, check
from mock_backend.results.paths import asset_path, document_path, item_path

_READ = ("GET", "HEAD")

_ENDPOINTS = (
    Endpoint(path="/results/{job_id}/{run}", methods=_READ, handler="document", listed=False),
    Endpoint(
        path="/results/{job_id}/{run}/items/{item_id}",
        methods=_READ,
        handler="item",
        listed=False,
        takes_slashes=True,
    ),
    Endpoint(
        path="/results/{job_id}/{run}/assets/{name}",
        methods=_READ,
        handler="asset",
        listed=False,
        takes_slashes=True,
    ),
)

_WITH_RESULTS = (Status.finished, Status.canceled, Status.running)


class DownloadsRegister(EndpointRegister):
    """Serve result documents and assets by their signed URLs."""

    #: Where the jobs are.
    jobs: JobsRegister | None = None

    def _initialize_endpoints(self) -> list[Endpoint]:
        return list(_ENDPOINTS)

    def document(
        self,
        job_id: str,
        run: int,
        expires: int = Query(0),
        signature: str = Query(""),
        *,
        partial: bool | Literal[""] = False,
    ) -> Response:
        """Return the STAC document of a job's results, for everybody who has the link.

        Args:
            job_id: The job.
            run: The start of the job.
            expires: When the link expires.
            signature: What signs it.
            partial: Whether results of a job that is still running will do; empty means yes.
        """
        self._check(document_path(job_id, run), expires, signature)
        job = self._job(job_id, run)
        if job.status is Status.running and partial is False:
            raise JobNotFinished
        return self._jobs().documents(job, partial=partial is not False).response()

    def item(
        self, job_id: str, run: int, item_id: str, expires: int = Query(0), signature: str = Query("")
    ) -> Response:
        """Return the STAC document of an item among the results, for everybody who has the link."""
        self._check(item_path(job_id, run, item_id), expires, signature)
        return ItemResponse(self._jobs().documents(self._job(job_id, run)).item_of(item_id))

    def asset(
        self, job_id: str, run: int, name: str, expires: int = Query(0), signature: str = Query("")
    ) -> Response:
        """Return the content of an asset, for everybody who has the link."""
        now = self._check(asset_path(job_id, run, name), expires, signature)
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
            etag = etag_of(to_json([job_id, run, name, modified, changed, asset.length, shape]))
        return BinaryResponse(content, media_type=asset.media_type, etag=etag, modified=modified)

    def _check(self, path: str, expires: int, signature: str) -> datetime:
        """Check what signs a path, and return what time it is."""
        jobs = self._jobs()
        now = jobs.clock.now()
        check(path, expires, signature, key=jobs.signing_key, now=now)
        return now

    def _jobs(self) -> JobsRegister:
        if self.jobs is None:
            raise NotFound("This back-end keeps no jobs.")
        return self.jobs

    def _job(self, job_id: str, run: int) -> Job:
        job = self._jobs().find(job_id)
        # A restart discards what earlier starts have produced.
        if job is None or job.run is None or job.run.number != run or job.status not in _WITH_RESULTS:
            raise FileNotFound(file=f"{job_id}/{run}")
        return job


def _modified(job: Job, now: datetime) -> datetime:
    """Return since when the results of a job have been what they are."""
    since = job.state(now).since
    return since if job.updated is None else max(since, job.updated)
