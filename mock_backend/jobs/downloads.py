"""Downloads of results by signed URL, without a log-in."""

from fastapi import Query, Response
from pydantic_core import to_json

from mock_backend.content import BinaryResponse, etag_of
from mock_backend.errors import FileNotFound, NotFound
from mock_backend.jobs.job import Job
from mock_backend.jobs.presenting import asked_format, results_path
from mock_backend.jobs.register import JobsRegister
from mock_backend.lifecycle import Status
from mock_backend.models import Endpoint
from mock_backend.register import EndpointRegister
from mock_backend.results import ASSET_NAME, ResultResponse, check, placeholder

_ENDPOINTS = (
    Endpoint(path="/results/{job_id}/{run}", methods=("GET", "HEAD"), handler="document", listed=False),
    Endpoint(path="/results/{job_id}/{run}/{name}", methods=("GET", "HEAD"), handler="asset", listed=False),
)

_WITH_RESULTS = (Status.finished, Status.canceled, Status.running)


class DownloadsRegister(EndpointRegister):
    """Serve result documents and assets by their signed URLs."""

    #: Where the jobs are.
    jobs: JobsRegister | None = None

    def _initialize_endpoints(self) -> list[Endpoint]:
        return list(_ENDPOINTS)

    def document(
        self, job_id: str, run: int, expires: int = Query(0), signature: str = Query("")
    ) -> Response:
        """Return the STAC document of a job's results, for everybody who has the link."""
        jobs = self._jobs()
        now = jobs.clock.now()
        check(results_path(job_id, run), expires, signature, key=jobs.signing_key, now=now)
        document = jobs.results_document(self._job(job_id, run), now)
        return ResultResponse(document)

    def asset(
        self, job_id: str, run: int, name: str, expires: int = Query(0), signature: str = Query("")
    ) -> Response:
        """Return the content of an asset, for everybody who has the link."""
        jobs = self._jobs()
        path = f"{results_path(job_id, run)}/{name}"
        now = jobs.clock.now()
        check(path, expires, signature, key=jobs.signing_key, now=now)
        job = self._job(job_id, run)
        if name != ASSET_NAME:
            raise FileNotFound(file=name)
        content = to_json(placeholder(asked_format(job), job.job_id))
        return BinaryResponse(
            content, media_type="application/json", etag=etag_of(content), modified=job.state(now).since
        )

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
