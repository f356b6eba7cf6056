"""The jobs that a back-end keeps: read at an instant, in places of its capacity, charged to budgets."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any

from mock_backend.api.billing import billing_plan
from mock_backend.api.export_workspaces import Workspaces
from mock_backend.api.models import BatchJob, Estimate, JobsRequest, Links
from mock_backend.api.register import KeepingRegister, Part, optional
from mock_backend.api.urls import current_base, may_run_udfs
from mock_backend.auth.accounts import User
from mock_backend.auth.accounts.register import Charges
from mock_backend.clock import Clock
from mock_backend.clock.past import PastClock
from mock_backend.control import PlanBook, PollGuard
from mock_backend.control.capacity import Capacity
from mock_backend.control.faults.kind import chance
from mock_backend.engine.given_data.url_contents import UrlContents
from mock_backend.errors import Internal, JobNotFound
from mock_backend.jobs.ids import OrderedId, check_job_id, made_id
from mock_backend.jobs.job import Job
from mock_backend.jobs.metadata import costs_of, estimate_of, job_metadata
from mock_backend.jobs.outputs.results import JobResults
from mock_backend.lifecycle import JobPlan, JobState
from mock_backend.processes.definitions.graph import check_readable
from mock_backend.processes.validation import ValidationRegister
from mock_backend.processes.validation.problems import Findings
from mock_backend.processes.validation.register import Foresight
from mock_backend.profiles.dialect import Dialect
from mock_backend.results.documents.assets import Asset, Product
from mock_backend.results.documents.producer import Producer
from mock_backend.results.given import ResultBook
from mock_backend.settings import AppSettings
from mock_backend.stores import JobStore
from mock_backend.stores.damage import readable

if TYPE_CHECKING:
    from mock_backend.jobs.outputs.stac_documents import ResultDocuments
    from mock_backend.jobs.queue import JobQueue, Stats

_CHARGES, _KEY = "charges", "jobs"
_AT_ONCE = 500  # documents read from the store for a list of all


class StoredJobs(KeepingRegister, Foresight, Charges):
    """The part of ``JobsRegister`` that its endpoints share with views, orders and other registers."""

    #: The class of this register's jobs; a subclass of ``Job`` may have more fields.
    job_class: type[Job] = Job
    #: Returns the id of a job from its process graph and its number, or None; None if all ids are made up.
    job_id: OrderedId | None = None
    #: Secret of tokens and signatures.
    secret: str = ""
    #: The workspaces of users, if the back-end offers them.
    workspaces = optional(Workspaces)
    #: The book of plans for jobs.
    plans = Part(PlanBook)
    #: The register that checks process graphs.
    validation = Part(ValidationRegister)
    #: The book of results in place of those that follow from process graphs.
    results = Part(ResultBook)
    #: The content of URLs and of users' files.
    contents = Part(UrlContents)
    #: The queue, if the capacity is limited.
    queue: "JobQueue | None" = None

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
        for name, part in given.items():
            if part is not None:
                self.use_own(name, part)
        self._requests = count(1)

    @cached_property
    def poll_guard(self) -> PollGuard:
        """The guard against clients that would poll for ever."""
        return PollGuard()

    @cached_property
    def produced(self) -> JobResults:
        """The results of jobs."""
        producer = Producer(self.validation, self.settings, self.contents)
        return JobResults(self.results, producer, self.workspaces)

    def reset(self) -> None:
        """Forget who has polled, and what jobs have produced."""
        self._requests = count(1)
        self.queue = None
        for each in ("poll_guard", "produced"):
            self.__dict__.pop(each, None)

    def check_stored(self) -> None:
        """Check that all jobs that are stored can be read."""
        now, set_aside = self.clock.now(), self.settings.set_aside
        for document in list(self.store) if set_aside else self.store:
            job_id = document["job_id"]
            with readable(self.store, document, f"The job {job_id!r}", "remove", job_id, set_aside=set_aside):
                job = self.job_class.from_document(document, now)
                if not {"structure", "all"} & self.settings.lets_pass:
                    check_readable(job.process["process_graph"])

    def remember(self) -> None:
        """Keep the past of jobs from now on, for answers as of an instant."""
        from mock_backend.stores.history import HistoryStore

        with self.lock:
            if isinstance(self.store, HistoryStore):
                return
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

    def stats(self) -> "Stats":
        """Return what the back-end was busy with until now."""
        now = self.clock.now()
        return (self.queue or self._queue(Capacity(), now)).stats(now)

    def _queue(self, capacity: Capacity, now: datetime) -> "JobQueue":
        from mock_backend.jobs.queue import JobQueue

        return JobQueue(capacity, (self.job_class.from_document(each, now) for each in self.store), now)

    @property
    def dialect(self) -> Dialect:
        """The dialect of the back-end."""
        return self.settings.profile.dialect

    def _statuses_of(self, user_id: str) -> Counter[str]:
        """Count the jobs of a user by status."""
        now = self.clock.now()
        return Counter(self._read(each, now).status.value for each in self._documents_of(user_id))

    def _documents_of(self, user_id: str, before: int | None = None) -> Iterator[dict[str, Any]]:
        """Yield the documents of all jobs of a user, newest first.

        Some at a time: all threads stand still while many objects are looked through or thrown away at once.
        """
        while found := self.store.page(user_id, limit=_AT_ONCE, before=before):
            yield from found
            if len(found) < _AT_ONCE:
                return
            before = found[-1]["number"]

    @property
    def signing_key(self) -> str:
        """The secret that result URLs are signed with."""
        return f"{self.settings.id}/{self.secret}"

    def documents(self, job: Job, *, partial: bool = False) -> "ResultDocuments":
        """Return the documents of what a job that has begun to run has produced, with fresh signed URLs.

        Args:
            job: The job.
            partial: True if the client takes results of a job that still runs.
        """
        from mock_backend.jobs.outputs.stac_documents import ResultDocuments, links_to_sources

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
        return job_metadata(job, job.state(self.clock.now()), self.settings)

    def beside_results(self, job: Job) -> dict[str, Asset]:
        """Return the files that tell of a job itself, by relations of links."""
        from mock_backend.jobs.outputs.stac_documents import beside_results

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
        jobs = (self._read(each, now) for each in self._documents_of(user_id))
        return self._charged_for_past(user_id) + sum(self._costs(job, job.state(now)) for job in jobs)

    def _costs(self, job: Job, state: JobState) -> float:
        """Return what the latest run of a job has cost, if it has ended; else nothing."""
        return 0 if job.status.is_active else costs_of(job, state, self.dialect.price) or 0

    def _charged_for_past(self, user_id: str) -> float:
        """Return what a user has spent on runs that cannot be seen any more; others follow from the jobs."""
        document = self.store.resources.get(_CHARGES, user_id, _KEY)
        return 0 if document is None else float(document["spent"])

    def _charge(self, user_id: str, costs: float) -> None:
        """Charge a user for a run that is about to be forgotten."""
        if costs:
            spent = self._charged_for_past(user_id) + costs
            self.store.resources.put(_CHARGES, user_id, _KEY, {"spent": round(spent, 2)})

    def _charge_for_past(self, job: Job, user: User) -> None:
        if user.budget is not None:
            self._charge(user.user_id, self._costs(job, job.state(self.clock.now())))

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
        has_vanished = job is not None and job.run is not None and job.run.has_vanished(self.clock.now())
        # The error must not tell whether another user has a job of this id.
        if job is None or job.user_id != user.user_id or has_vanished:
            raise JobNotFound(identifier=job_id)
        return job

    def findings_of(self, process: Mapping[str, Any], user: User | None, known: Findings) -> Findings:
        """Return the problems that show when a process is followed, beside those that it has by itself."""
        user_id = "" if user is None else user.user_id
        return self.produced.findings_of(process, user_id, self.clock.now(), known)

    def _new_job(self, body: JobsRequest, user: User, number: int) -> Job:
        now = self.clock.now()
        own = self.job_class.own_fields()
        extra = body.model_extra or {}
        asked = {
            name: getattr(body, name) for name in body.model_fields_set if name in own or name not in extra
        }
        given = {name: value for name, value in asked.items() if value is not None}
        return self.job_class(
            **{"plan": billing_plan(body, user.default_plan, self.settings), **given},
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
        try:
            return check_job_id(ordered, self.store.get)
        except ValueError as error:
            message = f"job_id has returned {ordered!r}, which cannot be the id of another job. {error}"
            raise Internal(message) from None

    def new_job_id(self, number: int) -> str:
        """Return the id of the job with a creation number; override it for ids of another form."""
        facts = f"{self.settings.seed}/{self.settings.url}/{number}"
        return made_id(self.dialect.job_ids, facts, self.clock.now())

    def new_request_id(self, number: int) -> str:
        """Return the id of the synchronous request with a number, counted from 1."""
        facts = f"{self.settings.seed}/{self.settings.url}/result/{number}"
        return made_id(self.dialect.request_ids or "{hex:.20}", facts, self.clock.now())
