"""Registers that accept anything and do as a ``DummyBackend`` says."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from starlette.responses import JSONResponse, Response

from mock_backend.api.models import BatchJob, Endpoint, JobsRequest, LogsGetResponse
from mock_backend.api.parameters import Depends
from mock_backend.api.urls import current_base
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.catalog import CollectionsRegister
from mock_backend.errors import OpenEOError
from mock_backend.jobs import Job, JobsRegister
from mock_backend.jobs.changing import planted_run
from mock_backend.lifecycle import JobPlan, Status
from mock_backend.processes.validation import ValidationRegister
from mock_backend.processes.validation.register import ValidationRequest

if TYPE_CHECKING:
    from mock_backend.compat.dummy import DummyBackend

_ASSET = "result.data"
#: Facts about finished jobs.
_COSTS = 123


class CompatCollections(CollectionsRegister):
    """Collections and file formats as they were set up, and nothing else about them."""

    dummy: "DummyBackend"

    def get_collection(self, collection_id: str) -> dict[str, Any]:
        """Describe a collection as it was set up."""
        return self.dummy.collections.get(collection_id) or super().get_collection(collection_id)

    def list_file_formats(self) -> dict[str, Any]:
        """List the file formats that were set up."""
        return self.dummy.file_formats


class CompatValidation(ValidationRegister):
    """A validation that lets everything pass, and answers as ordered."""

    dummy: "DummyBackend"

    def require(self, process: Any, user: User, **_: Any) -> list[str]:
        """Let a process pass."""
        return []

    def validate(
        self, body: ValidationRequest, user: User | None = Depends(Authenticator.validate_if_given)
    ) -> dict[str, Any]:
        """Answer with the ordered errors."""
        self.dummy.validation_requests.append(body.process_graph)
        answer = self.dummy.next_validation_errors
        return {"errors": answer} if isinstance(answer, list) else answer


class CompatJobs(JobsRegister):
    """Jobs whose status is what a ``DummyBackend`` says at each look."""

    dummy: "DummyBackend"

    def _initialize_endpoints(self) -> list[Endpoint]:
        path = f"/jobs/{{job_id}}/results/{_ASSET}"
        file = Endpoint(path=path, methods=("GET",), handler="result_data")
        return [*super()._initialize_endpoints(), file]

    def create_job(self, body: JobsRequest, user: User = Depends(Authenticator.validate)) -> Response:
        """Create a batch job, whatever its process is."""
        with self.lock:
            number = self.store.last_number + 1
            job = self._new_job(body, user, number)
            self.store.add(job.to_document())
            self.dummy.note_job(job.job_id, _sent(body))
        return self._created("/jobs", job.job_id)

    def _id_of(self, body: JobsRequest, number: int) -> str:
        return self.dummy.next_job_id(_graph_of(_sent(body)))

    def start_job(self, job_id: str, user: User = Depends(Authenticator.validate)) -> Response:
        """Start a job, or refuse that as ordered and leave it with status ``error``."""
        with self.lock:
            job = self._look(job_id, user)
            if (failure := self.dummy.start_failure(job_id)) is not None:
                self.dummy.force_status(job_id, "error")
                self._bring(job, "error")
                return Response(
                    failure["response_body"], failure["status_code"], media_type="application/json"
                )
            self._bring(job, self.dummy.next_status(job_id))
        return Response(status_code=202)

    def get_job(self, job_id: str, user: User = Depends(Authenticator.validate)) -> BatchJob:
        """Describe a job; its status is the next one."""
        with self.lock:
            job = self._look(job_id, user)
            if job.status is not Status.created:
                self._bring(job, self.dummy.next_status(job_id))
        return super().get_job(job_id, user)

    def cancel_job(self, job_id: str, user: User = Depends(Authenticator.validate)) -> Response:
        """Cancel a job."""
        with self.lock:
            job = self._look(job_id, user)
            self.dummy.force_status(job_id, "canceled")
            self._bring(job, "canceled")
        return Response(status_code=204)

    def logs(
        self,
        job_id: str,
        user: User = Depends(Authenticator.validate),
        *,
        offset: str | None = None,
        level: Literal["debug", "info", "warning", "error", ""] = "debug",
        limit: int | None = None,
    ) -> LogsGetResponse:
        """Return an empty log."""
        return LogsGetResponse(logs=[], links=[])

    def get_results(
        self,
        job_id: str,
        user: User = Depends(Authenticator.validate),
        *,
        partial: bool | Literal[""] = False,
    ) -> Response:
        """Return the document of the one file of a finished job."""
        if (job := self._look(job_id, user)).status is not Status.finished:
            raise OpenEOError(f"The job is {job.status.value}.", code="JobNotFinished", status=400)
        href = f"{current_base(self.settings.url)}/jobs/{job_id}/results/{_ASSET}"
        return JSONResponse({"id": job_id, "assets": {_ASSET: {"href": href}}})

    def result_data(self, job_id: str) -> Response:
        """Return the file."""
        return Response(self.dummy.result_bytes(), media_type="application/octet-stream")

    def process_sync_job(
        self, body: JobsRequest = JobsRequest(), user: User = Depends(Authenticator.validate)
    ) -> Response:
        """Answer a synchronous request with the result."""
        number = self.dummy.note_synchronous(_sent(body))
        headers = {"OpenEO-Identifier": f"r-{number:03d}"}
        return Response(self.dummy.result_bytes(), headers=headers)

    def metadata(self, job: Job) -> BatchJob:
        """Return the metadata of a job; only a finished one tells usage and costs."""
        told = super().metadata(job)
        return told if told.costs == _COSTS else told.model_copy(update={"costs": None, "usage": None})

    def own_job(self, job_id: str, user: User) -> Job:
        """Return a job, whoever asks, after it was planted if a test has written it into ``batch_jobs``."""
        self.dummy.plant(job_id)
        return super().own_job(job_id, user)

    def _look(self, job_id: str, user: User) -> Job:
        job = self.own_job(job_id, user)
        known = self.dummy.batch_jobs.get(job_id, {}).get("status")
        if known is not None and known != job.status.value:
            self._bring(job, known)
        return job

    def _bring(self, job: Job, status: str) -> None:
        """Let a job have a status from now on."""
        self.dummy.batch_jobs[job.job_id]["status"] = status
        if status != job.status.value:
            plan = JobPlan(queued=None, running=None)
            if status == "finished":
                usage = {name: each["value"] for name, each in self.dummy.next_batch_job_usage.items()}
                plan = replace(plan, costs=_COSTS, usage=usage)
            number = 1 if job.run is None else job.run.number + 1
            job.run = planted_run(status, self.clock.now(), plan, number)
            job.__dict__["status"] = job.state(self.clock.now()).status
            self.keep(job)


def _sent(body: JobsRequest) -> dict[str, Any]:
    """Return a request as it was sent."""
    sent: dict[str, Any] = json.loads(body.model_dump_json(exclude_unset=True))
    return sent


def _graph_of(sent: dict[str, Any]) -> Any:
    process = sent.get("process")
    return process.get("process_graph") if isinstance(process, dict) else None
