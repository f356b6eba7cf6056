"""The operations on batch jobs, and synchronous processing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Any, Literal, Optional

from pydantic_core import to_json
from starlette.responses import Response

from mock_backend.api.billing import check_terms
from mock_backend.api.models import (
    BatchJob,
    Endpoint,
    Estimate,
    JobsGetResponse,
    JobsRequest,
    LogsGetResponse,
)
from mock_backend.api.paging import page_links, page_size
from mock_backend.api.parameters import Depends
from mock_backend.api.request_checks import check_editable, refusing
from mock_backend.api.urls import current_base, may_run_udfs
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.errors import JobLocked, OpenEOError
from mock_backend.http.content.deferred import LateResponse
from mock_backend.jobs.job import Job
from mock_backend.jobs.known_answers import METHODS, KnownAnswers
from mock_backend.jobs.metadata import (
    effective_level,
    end_of_results,
    job_summary,
    log_line,
    log_of,
    log_position,
)
from mock_backend.jobs.outputs.urls import ResultUrls
from mock_backend.jobs.stored_jobs import StoredJobs
from mock_backend.jobs.transitions import canceled, check_budget, check_log, check_results, check_start
from mock_backend.lifecycle import Run, Status, Usage
from mock_backend.lifecycle.plan import DEFAULT_ERROR
from mock_backend.profiles.dialect import ShownResults
from mock_backend.results.documents.result_files import Production

#: Number of jobs of a listing that are read at once.
_AT_ONCE = 200
_LATEST = datetime.max.replace(tzinfo=UTC)

_ENDPOINTS = (
    Endpoint(path="/jobs", methods=("GET",), handler="list_jobs"),
    Endpoint(path="/jobs", methods=("POST",), handler="create_job"),
    Endpoint(path="/jobs/{job_id}", methods=("PATCH",), handler="update_job"),
    Endpoint(path="/jobs/{job_id}", methods=("GET",), handler="get_job", is_brief=True),
    Endpoint(path="/jobs/{job_id}", methods=("DELETE",), handler="delete_job"),
    Endpoint(path="/jobs/{job_id}/estimate", methods=("GET",), handler="estimate"),
    Endpoint(path="/jobs/{job_id}/logs", methods=("GET",), handler="logs"),
    Endpoint(path="/jobs/{job_id}/results", methods=("GET",), handler="get_results"),
    Endpoint(path="/jobs/{job_id}/results", methods=("POST",), handler="start_job"),
    Endpoint(path="/jobs/{job_id}/results", methods=("DELETE",), handler="cancel_job"),
    Endpoint(path="/result", methods=("POST",), handler="process_sync_job"),
)


class JobsRegister(StoredJobs):
    """Serve batch jobs and synchronous processing.

    Args:
        settings: The back-end's settings.
        links: Links that the back-end adds to its capabilities.
        store: The store of jobs.
        clock: The clock.
        plans: The book of plans for jobs.
        validation: The register that checks process graphs.
    """

    @cached_property
    def _known(self) -> KnownAnswers:
        return KnownAnswers(self, _AS_SHIPPED)

    def reset(self) -> None:
        """Forget known answers, too."""
        super().reset()
        self.__dict__.pop("_known", None)

    served = _ENDPOINTS

    # -- batch jobs --------------------------------------------------------------------------------

    def list_jobs(
        self,
        limit: Optional[int] = 10,  # noqa: UP045  # the interface this follows spells it so
        user: User = Depends(Authenticator.validate),
        *,
        before: int | None = None,
        after: int | None = None,
    ) -> JobsGetResponse:
        """List the user's jobs, newest first (openEO API 1.2, ``GET /jobs``).

        Args:
            limit: The maximum number; None means all.
            user: Whose jobs.
            before: A page's cursor: only jobs created before the one with this number.
            after: The cursor of the way back: only jobs created after the one with this number.
        """
        limit = page_size(limit, self.settings.max_listing)
        now, base = self.clock.now(), current_base(self.settings.url)
        if limit is None and after is None:
            found = self._documents_of(user.user_id, before)
        else:
            found = iter(self.store.page(user.user_id, limit=limit, before=before, after=after))
        numbers: list[int] = []
        shown: list[BatchJob] = []
        is_active = False
        # Doing the same with some hundred in turn is faster than doing all with one after the other.
        while documents := list(islice(found, _AT_ONCE)):
            numbers += [document["number"] for document in documents]
            jobs = [self._read(document, now) for document in documents]
            is_active = is_active or any(job.status.is_active for job in jobs)
            shown += [
                job_summary(job, job.state(now), self.settings)
                for job in jobs
                if job.run is None or not job.run.has_vanished(now)
            ]
        if is_active:
            self.poll_guard.note(f"The list of the jobs of {user.user_id!r}", self.clock)
        links = []
        if numbers and limit is not None:
            newer = self.store.page(user.user_id, limit=1, after=numbers[0])
            older = self.store.page(user.user_id, limit=1, before=numbers[-1])
            links = page_links(
                f"{base}/jobs",
                limit,
                next={"before": numbers[-1]} if older else None,
                prev={"after": numbers[0]} if newer else None,
            )
        return JobsGetResponse(jobs=shown, links=links)

    def create_job(self, body: JobsRequest, user: User = Depends(Authenticator.validate)) -> Response:
        """Create a batch job (``POST /jobs``); answers 201 with its URL and id."""
        leniencies = self.validation.require(body.process, user, about="POST /jobs", follows=False)
        check_terms(body, self.settings)
        with self.lock, refusing():
            number = self.store.last_number + 1
            job = self._new_job(body, user, number)
            job.leniencies = leniencies or None
            self._check(job, "POST /jobs")
            self.store.add(job.to_document())
        return self._created("/jobs", job.job_id)

    def update_job(
        self, job_id: str, body: JobsRequest, user: User = Depends(Authenticator.validate)
    ) -> Response:
        """Change a job's metadata (``PATCH /jobs/{job_id}``); what the body leaves out stays."""
        with self.lock, refusing():
            job = self.own_job(job_id, user)
            if job.status.is_active:
                raise JobLocked
            check_editable(body, BatchJob)
            if "process" in body.model_fields_set:
                job.leniencies = (
                    self.validation.require(body.process, user, about="PATCH /jobs", follows=False) or None
                )
                job.run_udfs = may_run_udfs(self.settings.run_udfs)
            check_terms(body, self.settings)
            before = job.process
            job.patch(body)
            if "process" in body.model_fields_set:
                self._check(job, "PATCH /jobs")
                if job.run is not None and job.run.process is None:
                    job.run = replace(job.run, process=before)
            job.updated = self.clock.now()
            self.store.replace(job.to_document())
        return Response(status_code=204)

    def get_job(self, job_id: str, user: User = Depends(Authenticator.validate)) -> BatchJob:
        """Describe a job (``GET /jobs/{job_id}``)."""
        with self.lock:
            job = self.own_job(job_id, user)
            run = job.run and job.run.polled(self.clock.now())
            if counts := run is not job.run:
                job.run = run
                self.store.replace(job.to_document())
            self.note_look(job, counts=counts)
        return self.metadata(job)

    def known_answer(self, handler: str, arguments: Mapping[str, Any]) -> bytes | None:
        """Return the description of a job that has not changed since it was last asked for."""
        return self._known.of(**arguments) if handler == "get_job" else None

    def note_look(self, job: Job, *, counts: bool = False) -> None:
        """Note that a client has seen the status of a job.

        Args:
            job: The job.
            counts: True if its plan counts that.
        """
        if job.status.is_active and not counts:
            self.poll_guard.note(f"The status of job {job.job_id!r}", self.clock)
        if job.status.is_active or job.status is Status.created:
            self.poll_guard.note_status(
                job.job_id, job.status, self.clock, lambda: job.state(_LATEST).status is not job.status
            )

    def delete_job(self, job_id: str, user: User = Depends(Authenticator.validate)) -> Response:
        """Delete a job with all that belongs to it, whatever its status (``DELETE /jobs/{job_id}``)."""
        with self.lock:
            job = self.own_job(job_id, user)
            if self.dialect.deletes:
                self._charge_for_past(job, user)
                self.store.remove(job.job_id)
                if self.queue is not None:
                    self.queue.remove(job, self.clock.now())
                self.results.forget(job.job_id)
        return Response(status_code=self.dialect.deletion_status)

    def estimate(self, job_id: str, user: User = Depends(Authenticator.validate)) -> Estimate:
        """Tell what a job would cost and how long it would take (``GET /jobs/{job_id}/estimate``)."""
        return self.estimated(self.own_job(job_id, user))

    def logs(
        self,
        job_id: str,
        user: User = Depends(Authenticator.validate),
        *,
        offset: str | None = None,
        level: Literal["debug", "info", "warning", "error", ""] = "debug",
        limit: int | None = None,
    ) -> LogsGetResponse:
        """Return a job's log, oldest entry first (``GET /jobs/{job_id}/logs``).

        Args:
            job_id: The job.
            user: Its owner.
            offset: The id of the last entry already seen; only later ones are returned. One of
                an earlier start of the job returns the whole log.
            level: The lowest level to return; empty for the default.
            limit: The maximum number.
        """
        limit = page_size(limit, self.settings.max_listing)
        job = self.own_job(job_id, user)
        has_log = check_log(job, self.dialect)
        if job.status.is_active:
            self.poll_guard.note(f"The log of job {job_id!r}", self.clock)
        shown = effective_level(job, level or "debug")
        # The JS client sends an empty offset with its first request.
        seen = log_position(offset) if offset else (-1, 0)
        entries = [
            entry
            for entry in log_of(job, self.clock.now(), at_least=shown, report=self.produced.report(job))
            if has_log and log_position(entry.id) > seen
        ]
        page, url = entries[:limit], f"{current_base(self.settings.url)}/jobs/{job_id}/logs"
        following = {"level": shown, "offset": page[-1].id} if len(entries) > len(page) else None
        logs = [log_line(entry, self.settings) for entry in page]
        return LogsGetResponse(level=shown, logs=logs, links=page_links(url, limit, next=following))

    # -- processing --------------------------------------------------------------------------------

    def get_results(
        self,
        job_id: str,
        user: User = Depends(Authenticator.validate),
        *,
        partial: bool | Literal[""] = False,
    ) -> Response:
        """Return a job's results as a STAC Collection, or as an Item (``GET /jobs/{job_id}/results``).

        A failed job answers 424 with the last entry of its log.

        Args:
            job_id: The job.
            user: Its owner.
            partial: True or empty if results of a job that is still running will do.
        """
        job = self.own_job(job_id, user)
        if job.status.is_active:
            self.poll_guard.note(f"The result of job {job_id!r}", self.clock)
        return self.results_of(job, partial=partial is not False)

    def start_job(self, job_id: str, user: User = Depends(Authenticator.validate)) -> Response:
        """Start or restart a job (``POST /jobs/{job_id}/results``).

        A job that is queued or running goes on undisturbed; one that has ended begins anew, and
        what it had produced is gone.
        """
        with self.lock:
            job = self.own_job(job_id, user)
            if check_start(job, self.dialect, self._statuses_of):
                check_budget(job, self._left_of_budget(user), self.estimated)
                if self.queue is not None:
                    self.queue.admit(job.user_id, self.clock.now())
                number, placed = job.run.number + 1 if job.run else 1, self.queue is not None
                plan = self.plan_of_start(job, number)
                self._charge_for_past(job, user)
                job.run = Run(number=number, started=self.clock.now(), plan=plan, placed=placed)
                self.produced.begin(job)
                self.keep(job)
                if plan.refused is not None:
                    message = plan.error or DEFAULT_ERROR
                    raise OpenEOError(message, code=plan.code or "Internal", status=plan.refused)
        return Response(status_code=202)

    def cancel_job(self, job_id: str, user: User = Depends(Authenticator.validate)) -> Response:
        """Cancel a queued or running job; others stay as they are (``DELETE /jobs/{job_id}/results``)."""
        with self.lock:
            job = self.own_job(job_id, user)
            run = canceled(job, self.clock.now(), self.dialect)
            if run is not job.run:
                job.run = run
                self.keep(job)
        return Response(status_code=204)

    def process_sync_job(
        self, body: JobsRequest = JobsRequest(), user: User = Depends(Authenticator.validate)
    ) -> Response:
        """Process a graph at once and answer with the result itself (``POST /result``)."""
        from mock_backend.jobs.outputs.synchronous import answer_with

        self.validation.require(body.process, user, about="POST /result", follows=False)
        check_terms(body, self.settings)
        with refusing():
            job = self._new_job(body, user, 0)
            to_json(job.to_document())  # of which files can say no more than a store
        job.synchronous = True
        left = self._left_of_budget(user)
        check_budget(job, left, lambda _: Estimate(costs=0))
        checked = self._check(job, "POST /result")
        late = timedelta(0) if self.queue is None else self.queue.book(job, self.clock.now())
        product, work = self.produced.of_request(job, checked, self.settings.max_synchronous)
        costs = Usage(timedelta(0), work=work).costs(self.dialect.price or 0)
        check_budget(job, left, lambda _: Estimate(costs=costs))
        if left is not None:
            self._charge(user.user_id, costs)
        answer = answer_with(product, job, work, settings=self.settings)
        return LateResponse(answer, late, self.clock) if late else answer

    def _check(self, job: Job, about: str) -> Production | None:
        """Check that a job would produce something, and note what is let pass."""
        found = self.produced.check(job, self.clock.now())
        self.validation.note(about, () if found is None else found.outcome.passed)
        return found

    def results_of(self, job: Job, *, partial: bool) -> Response:
        """Return the answer to a request for the results of a job.

        Args:
            job: The job.
            partial: True if results of a job that is still running will do.
        """
        shown, now = check_results(job, self.dialect, partial=partial), self.clock.now()
        if shown is ShownResults.FAILURE:
            # The error itself is of the highest level, so every log_level keeps it.
            entry = log_of(job, now, report=self.produced.report(job))[-1]
            last = log_line(entry, self.settings)
            return Response(
                last.model_dump_json(exclude_none=True), status_code=424, media_type="application/json"
            )
        if shown is ShownResults.STATUS_ONLY:
            urls = ResultUrls(job, now, settings=self.settings, key=self.signing_key, partial=True)
            told = {
                "id": job.job_id,
                "status": job.status,
                "title": job.title,
                "description": job.description,
            }
            from mock_backend.jobs.outputs.stac_documents import status_only

            return status_only(told, now, canonical=urls.document())
        if (end := end_of_results(job.state(now), self.settings)) is not None and now >= end:
            message = f"The results of the job were kept until {end.isoformat()}; start it again."
            raise OpenEOError(message, code="ResultsExpired", status=410)
        # What downloading costs, which is nothing; what processing has cost is in the metadata.
        has_costs = "GET /jobs/{job_id}/results" in self.dialect.costs_headers
        return self.documents(job, partial=partial).response({"OpenEO-Costs": "0"} if has_costs else None)


#: The methods that known answers follow from, as they are here.
_AS_SHIPPED = [getattr(JobsRegister, name) for name in METHODS]
