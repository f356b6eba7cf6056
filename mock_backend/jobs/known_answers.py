"""Answers to requests for the status of a job that need not be made anew."""

from typing import TYPE_CHECKING, Any, cast

from mock_backend.api.urls import current_version
from mock_backend.auth.accounts import User
from mock_backend.cache import forget_oldest
from mock_backend.dataclass import dataclass
from mock_backend.jobs.job import Job
from mock_backend.lifecycle import Status
from mock_backend.stores import MemoryStore
from mock_backend.stores.documents import decode

if TYPE_CHECKING:
    from mock_backend.jobs.register import JobsRegister

#: The largest number of jobs that are remembered.
_MOST = 64

#: Parts that make an answer; a register in which one of them is another gives no known answers.
METHODS = ("get_job", "own_job", "find", "read", "_read", "metadata")

_ACTIVE = (Status.created, Status.queued, Status.running)


@dataclass
class _Known:
    """A job as it was last stored."""

    version: bytes  #: Version of its document in the store
    job: Job  #: The job, which nothing else sees
    told: Any = None  #: The facts in its latest answer
    answer: bytes = b""


class KnownAnswers:
    """Answer for jobs that have not changed since they were last read.

    An answer follows from what is stored, the instant and the version of the API. There is none where jobs
    wait for places, or a register has other methods of those in ``METHODS``.
    """

    def __init__(self, register: "JobsRegister", methods: list[Any]) -> None:
        self._register = register
        self._methods = methods
        self._known: dict[str, _Known] = {}

    def of(self, job_id: str, user: User) -> bytes | None:
        """Return the answer to a request for a job, and note it; None if there is none here."""
        register, store = self._register, cast("MemoryStore", self._register.store)
        if (
            register.queue is not None
            or getattr(type(store), "get", None) is not MemoryStore.get
            or register.job_class is not Job
            or [getattr(getattr(register, name), "__func__", None) for name in METHODS] != self._methods
        ):
            return None
        with register.lock:
            known = self._read(job_id, store)
            if known is None or known.job.user_id != user.user_id:
                return None
            job, run, now = known.job, known.job.run, register.clock.now()
            if run is not None and run.has_vanished(now):
                return None
            job.__dict__["status"] = job.state(now).status
            if counts := run is not None and (polled := run.polled(now)) is not run:
                # What cannot be stored has not happened.
                del self._known[job_id]
                store.replace(decode(known.version) | {"run": polled.to_json()})
                job.__dict__["run"] = polled
                known.version = store.version(job_id) or b""
                self._known[job_id] = known
            register.note_look(job, counts=counts)
            state = job.state(now)
            # How long an active job has been running is not told.
            facts = state[:-1] if state.status in _ACTIVE else state
            told = facts, current_version(register.settings.api_version), register.settings
            if known.told != told:
                known.answer = register.metadata(job).model_dump_json(exclude_none=True).encode()
                known.told = told
            return known.answer

    def _read(self, job_id: str, store: MemoryStore) -> _Known | None:
        version, known = store.version(job_id), self._known.get(job_id)
        if version is None or (known is not None and known.version is version):
            return None if version is None else known
        found = _Known(version, Job.from_document(decode(version), self._register.clock.now()))
        self._known[job_id] = found
        forget_oldest(self._known, _MOST)
        return found
