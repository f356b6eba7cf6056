"""The operations on batch jobs, and synchronous processing."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Any, Literal, Optional

from starlette.responses import Response

from mock_backend.api.billing import check_terms, plan_of
from mock_backend.api.models import (
    BatchJob,
    Endpoint,
    Estimate,
    JobsGetResponse,
    JobsRequest,
    Link,
    Links,
    LogsGetResponse,
)
from mock_backend.api.paging import page_links, page_size
from mock_backend.api.parameters import Depends
from mock_backend.api.register import KeepingRegister, Parts
from mock_backend.api.request_checks import check_editable, refusing
from mock_backend.api.urls import current_base, may_run_udfs
from mock_backend.api.workspaces import Workspaces
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.auth.accounts.register import Charges
from mock_backend.clock import Clock
from mock_backend.clock.past import PastClock
from mock_backend.control import PlanBook, PollGuard
from mock_backend.control.capacity import Capacity
from mock_backend.control.faults.chance import chance
from mock_backend.engine.given_data.contents import UrlContents
from mock_backend.errors import JobLocked, JobNotFound, OpenEOError
from mock_backend.http.content.deferred import LateResponse
from mock_backend.jobs.ids import OrderedId, check_ordered_id, made_id
from mock_backend.jobs.job import Job
from mock_backend.jobs.ledger import Ledger
from mock_backend.jobs.metadata import (
    effective_level,
    end_of_results,
    estimate_of,
    log_line,
    log_of,
    metadata_of,
    summary_of,
)
from mock_backend.jobs.outputs.documents import ResultDocuments, beside_results
from mock_backend.jobs.outputs.productions import JobProducer
from mock_backend.jobs.outputs.provenance import links_to_sources
from mock_backend.jobs.outputs.results import JobResults
from mock_backend.jobs.outputs.synchronous import answer_with
from mock_backend.jobs.outputs.unfinished import status_only
from mock_backend.jobs.outputs.urls import ResultUrls
from mock_backend.jobs.queue import JobQueue, Stats
from mock_backend.jobs.request_limits import check_budget, log_position
from mock_backend.jobs.transitions import canceled, check_log, check_results, check_start
from mock_backend.lifecycle import JobPlan, Run, Status, Usage
from mock_backend.lifecycle.plan import DEFAULT_ERROR
from mock_backend.processes.definitions.graph import check_readable
from mock_backend.processes.validation import ValidationRegister
from mock_backend.processes.validation.register import Foresight
from mock_backend.profiles.dialect import Dialect, ShownResults
from mock_backend.results.documents.assets import Asset, Product
from mock_backend.results.given import ResultBook
from mock_backend.settings import AppSettings
from mock_backend.stores import JobStore
from mock_backend.stores.damage import readable
from mock_backend.stores.history import HistoryStore

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


class JobsRegister(KeepingRegister, Foresight, Charges):
    """Serve batch jobs and synchronous processing.

    Args:
        settings: The back-end's settings.
        links: Links that the back-end adds to its capabilities.
        store: The store of jobs.
        clock: The clock.
        plans: The book of plans for jobs.
        validation: The register that checks process graphs.
    """

    #: The class of this register's jobs; a subclass of ``Job`` may have more fields.
    job_class: type[Job] = Job
    #: Returns the id of a job from its process graph and its number, or None; None if all ids are made up.
    job_id: OrderedId | None = None
    #: Secret of tokens and signatures.
    secret: str = ""
    #: The workspaces of users, if the back-end offers them.
    workspaces: Workspaces | None = None
    #: The queue, if the capacity is limited.
    queue: JobQueue | None = None

    def __init__(
        self,
        settings: AppSettings | None = None,
        links: Links | None = None,
        *,
        store: JobStore | None = None,
        clock: Clock | None = None,
        plans: PlanBook | None = None,
        validation: ValidationRegister | None = None,
    ) -> None:
        super().__init__(settings, links)
        # What is missing here is made when it is first used.
        given = {"store": store, "clock": clock, "plans": plans, "validation": validation}
        self.__dict__.update({name: part for name, part in given.items() if part is not None})
        self.poll_guard = PollGuard()
        self._requests = count(1)

    def _initialize_endpoints(self) -> list[Endpoint]:
        return list(_ENDPOINTS)

    def connect(self, parts: Parts) -> None:
        """Take over orders, validation, contents of URLs and workspaces, too."""
        super().connect(parts)
        self.plans, self.results = parts.one(PlanBook), parts.one(ResultBook)
        self.validation = parts.one(ValidationRegister)
        self.contents = parts.one(UrlContents)
        self.workspaces = parts.find(Workspaces)

    # What works where a back-end gives nothing better; made when it is first used.

    @cached_property
    def plans(self) -> PlanBook:
        """The book of plans for jobs."""
        return PlanBook()

    @cached_property
    def validation(self) -> ValidationRegister:
        """The register that checks process graphs."""
        return ValidationRegister(self.settings)

    @cached_property
    def results(self) -> ResultBook:
        """The book of results in place of those that follow from process graphs."""
        return ResultBook()

    @cached_property
    def contents(self) -> UrlContents:
        """The content of URLs and of users' files."""
        return UrlContents()

    @cached_property
    def produced(self) -> JobResults:
        """The results of jobs."""
        producer = JobProducer(self.validation, self.settings, self.contents)
        return JobResults(self.results, producer, self.workspaces)

    def reset(self) -> None:
        """Forget who has polled, and what jobs have produced."""
        self.poll_guard = PollGuard()
        self._requests = count(1)
        self.queue = None
        self.__dict__.pop("produced", None)

    def check_stored(self) -> None:
        """Check that all jobs that are stored can be read."""
        now = self.clock.now()
        for document in self.store:
            with readable(f"The job {document['job_id']!r}", f"remove({document['job_id']!r})"):
                job = self.job_class.from_document(document, now)
                if not {"structure", "all"} & self.settings.lets_pass:
                    check_readable(job.process["process_graph"])

    def remember(self) -> None:
        """Keep the past of jobs from now on, for answers as of an instant."""
        if not isinstance(self.store, HistoryStore):
            self.store = HistoryStore(self.store, self.clock)
            self.clock = PastClock(self.clock)  # type: ignore[assignment]  # it is one in all that matters here

    def limit(self, capacity: Capacity) -> None:
        """Limit from now on how many jobs run at once."""
        with self.lock:
            now = self.clock.now()
            if self.queue is None:
                self.queue = self._queue(capacity, now)
            else:
                self.queue.change(capacity, now)

    def stats(self) -> Stats:
        """Return what the back-end was busy with until now."""
        now = self.clock.now()
        return (self.queue or self._queue(Capacity(), now)).stats(now)

    def _queue(self, capacity: Capacity, now: datetime) -> JobQueue:
        return JobQueue(capacity, (self.job_class.from_document(each, now) for each in self.store), now)

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
        found = self.store.page(user.user_id, limit=limit, before=before, after=after)
        shown, is_active = [], False
        # One by one: all threads stand still while many jobs are thrown away at once.
        for document in found:
            job = self._read(document, now)
            is_active = is_active or job.status.is_active
            if job.run is None or not job.run.has_vanished(now):
                shown.append(summary_of(job, job.state(now), self.settings))
        if is_active:
            self.poll_guard.note(f"The list of the jobs of {user.user_id!r}", self.clock)
        links = []
        if found and limit is not None:
            first, last = found[0]["number"], found[-1]["number"]
            newer = self.store.page(user.user_id, limit=1, after=first)
            older = self.store.page(user.user_id, limit=1, before=last)
            links = page_links(
                f"{base}/jobs",
                limit,
                next={"before": last} if older else None,
                prev={"after": first} if newer else None,
            )
        return JobsGetResponse(jobs=shown, links=links)

    def create_job(self, body: JobsRequest, user: User = Depends(Authenticator.validate)) -> Response:
        """Create a batch job (``POST /jobs``); answers 201 with its URL and id."""
        leniencies = self.validation.require(body.process, user, about="POST /jobs")
        check_terms(body)
        with self.lock, refusing():
            number = self.store.last_number + 1
            job = self._new_job(body, user, number)
            job.leniencies = leniencies or None
            self.validation.let_pass("POST /jobs", self.produced.check(job, self.clock.now()))
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
                job.leniencies = self.validation.require(body.process, user, about="PATCH /jobs") or None
                job.run_udfs = may_run_udfs(self.settings.run_udfs)
            check_terms(body)
            before = job.process
            job.patch(body)
            if "process" in body.model_fields_set:
                self.validation.let_pass("PATCH /jobs", self.produced.check(job, self.clock.now()))
                if job.run is not None and job.run.process is None:
                    job.run = replace(job.run, process=before)
            job.updated = self.clock.now()
            self.store.replace(job.to_document())
        return Response(status_code=204)

    def get_job(self, job_id: str, user: User = Depends(Authenticator.validate)) -> BatchJob:
        """Describe a job (``GET /jobs/{job_id}``)."""
        with self.lock:
            job = self.own_job(job_id, user)
            if job.run is not None:
                run = job.run.polled(self.clock.now())
                if run is not job.run:
                    job.run = run
                    self.store.replace(job.to_document())
                elif job.status.is_active:
                    self.poll_guard.note(f"The status of job {job_id!r}", self.clock)
            if job.status.is_active or job.status is Status.created:
                self.poll_guard.note_status(
                    job_id, job.status, self.clock, lambda: job.state(_LATEST).status is not job.status
                )
        return self.metadata(job)

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
        page, links = entries[:limit], []
        if len(entries) > len(page):
            query = f"limit={limit}&level={shown}&offset={page[-1].id}"
            next_page = f"{current_base(self.settings.url)}/jobs/{job_id}/logs?{query}"
            links.append(Link(href=next_page, rel="next", type="application/json"))
        return LogsGetResponse(
            level=shown, logs=[log_line(entry, self.settings) for entry in page], links=links
        )

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
        self.validation.require(body.process, user, about="POST /result")
        check_terms(body)
        with refusing():
            job = self._new_job(body, user, 0)
        job.synchronous = True
        late = timedelta(0) if self.queue is None else self.queue.book(job, self.clock.now())
        product, work = self.produced.of_request(job, self.settings.max_synchronous)
        if user.budget is not None:
            self._ledger.charge(user.user_id, Usage(timedelta(0), work=work).costs(self.dialect.price or 0))
        answer = answer_with(product, job, work, settings=self.settings)
        return LateResponse(answer, late, self.clock) if late else answer

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
            return status_only(told, now, canonical=urls.document())
        if (end := end_of_results(job.state(now), self.settings)) is not None and now >= end:
            message = f"The results of the job were kept until {end.isoformat()}; start it again."
            raise OpenEOError(message, code="ResultsExpired", status=410)
        # What downloading costs, which is nothing; what processing has cost is in the metadata.
        has_costs = "GET /jobs/{job_id}/results" in self.dialect.costs_headers
        return self.documents(job, partial=partial).response({"OpenEO-Costs": "0"} if has_costs else None)

    # -- inside ------------------------------------------------------------------------------------

    @property
    def dialect(self) -> Dialect:
        """The dialect of the back-end."""
        return self.settings.profile.dialect

    def _statuses_of(self, user_id: str) -> Counter[str]:
        """Count the jobs of a user by status."""
        now = self.clock.now()
        return Counter(self._read(each, now).status.value for each in self.store.page(user_id))

    @property
    def signing_key(self) -> str:
        """The secret that result URLs are signed with."""
        return f"{self.settings.id}/{self.secret}"

    def documents(self, job: Job, *, partial: bool = False) -> ResultDocuments:
        """Return the documents of what a job that has begun to run has produced, with fresh signed URLs.

        Args:
            job: The job.
            partial: True if the client takes results of a job that still runs.
        """
        now = self.clock.now()
        return ResultDocuments(
            job,
            self.product(job),
            self.beside_results(job),
            now,
            settings=self.settings,
            key=self.signing_key,
            partial=partial,
            derived_from=links_to_sources(
                self.produced.sources(job), self.validation.catalogue, now, current_base(self.settings.url)
            ),
        )

    def estimated(self, job: Job) -> Estimate:
        """Return what a job would cost if nothing went wrong.

        Raises:
            EstimateComplexity: If that cannot be told.
        """
        size, work = self.produced.forecast(job)
        return estimate_of(job, self.plans.preview(job), self.dialect.price, work=work, size=size)

    def metadata(self, job: Job) -> BatchJob:
        """Return the full metadata of a job."""
        return metadata_of(job, job.state(self.clock.now()), self.settings)

    def beside_results(self, job: Job) -> dict[str, Asset]:
        """Return the files that tell of a job itself, by relations of links."""
        return beside_results(job, self.product(job), lambda: self.metadata(job))

    def product(self, job: Job) -> Product:
        """Return what a job that has begun to run has produced until now.

        Raises:
            OpenEOError: If it cannot be produced.
        """
        return self.produced.of_run(job, self.clock.now())

    def plan_of_start(self, job: Job, number: int) -> JobPlan:
        """Return the plan of a start of a job, and count it.

        Args:
            job: The job.
            number: The number of the start.
        """
        facts = self.settings.seed, job.job_id, number
        return self.plans.bind(job).settled(lambda name: chance(*facts, name))

    def find(self, job_id: str) -> Job | None:
        """Return a job with its status now, whoever owns it; None if there is none."""
        document = self.store.get(job_id)
        return None if document is None else self.read(document)

    def read(self, document: dict[str, Any]) -> Job:
        """Return a job of the store with its status now."""
        return self._read(document, self.clock.now())

    def charged(self, user_id: str) -> float:
        """Return what a user has spent on jobs until now."""
        now = self.clock.now()
        jobs = [self._read(each, now) for each in self.store.page(user_id)]
        return self._ledger.charged(user_id) + sum(self._ledger.costs(job, job.state(now)) for job in jobs)

    @property
    def _ledger(self) -> Ledger:
        return Ledger(self.store, self.dialect.price)

    def _charge_for_past(self, job: Job, user: User) -> None:
        if user.budget is not None:
            self._ledger.charge(user.user_id, self._ledger.costs(job, job.state(self.clock.now())))

    def _left_of_budget(self, user: User) -> float | None:
        return None if user.budget is None else user.budget - self.charged(user.user_id)

    def _read(self, document: dict[str, Any], now: datetime) -> Job:
        job = self.job_class.from_document(document, now)
        if self.queue is not None and job.run is not None:
            # Not by assignment, which pydantic makes costly.
            job.__dict__["run"] = self.queue.place(job.run, job.job_id)
            job.__dict__["status"] = job.state(now).status
        return job

    def keep(self, job: Job) -> None:
        """Store what has happened to a job."""
        self.store.replace(job.to_document())
        if self.queue is not None:
            self.queue.note(job, self.clock.now())

    def own_job(self, job_id: str, user: User) -> Job:
        """Return a job of a user with its status now.

        Raises:
            JobNotFound: If there is none of this id, or if it is another user's.
        """
        job = self.find(job_id)
        # The error must not tell whether another user has a job of this id.
        if job is None or job.user_id != user.user_id:
            raise JobNotFound(identifier=job_id)
        if job.run is not None and job.run.has_vanished(self.clock.now()):
            raise JobNotFound(identifier=job_id)
        return job

    def refusal_of(self, process: Mapping[str, Any], user: User | None) -> OpenEOError | None:
        """Return the error that processing a sound process would end with, None if there is none."""
        return self.produced.refusal_of(process, "" if user is None else user.user_id, self.clock.now())

    def _new_job(self, body: JobsRequest, user: User, number: int) -> Job:
        now = self.clock.now()
        own = self.job_class.own_fields()
        extra = body.model_extra or {}
        asked = {
            name: getattr(body, name) for name in body.model_fields_set if name in own or name not in extra
        }
        given = {name: value for name, value in asked.items() if value is not None}
        return self.job_class(
            **{"plan": plan_of(body, user.default_plan), **given},
            job_id=self._id_of(body, number) if number else self.new_request_id(next(self._requests)),
            user_id=user.user_id,
            created=now,
            number=number,
            run_udfs=may_run_udfs(self.settings.run_udfs),
            additional={name: value for name, value in extra.items() if name not in own},
        )

    def _id_of(self, body: JobsRequest, number: int) -> str:
        """Return the id of a new job: as ordered, or a made-up one."""
        graph = body.process.get("process_graph") if isinstance(body.process, Mapping) else None
        ordered = None if self.job_id is None else self.job_id(graph, number)
        if ordered is None:
            return self.new_job_id(number)
        check_ordered_id(ordered, is_taken=isinstance(ordered, str) and self.store.get(ordered) is not None)
        return ordered

    def new_job_id(self, number: int) -> str:
        """Return the id of the job with a creation number; override it for ids of another form."""
        facts = f"{self.settings.seed}/{self.settings.url}/{number}"
        return made_id(self.dialect.job_ids, facts, self.clock.now())

    def new_request_id(self, number: int) -> str:
        """Return the id of the synchronous request with a number, counted from 1."""
        facts = f"{self.settings.seed}/{self.settings.url}/result/{number}"
        return made_id(self.dialect.request_ids or "{hex:.20}", facts, self.clock.now())
