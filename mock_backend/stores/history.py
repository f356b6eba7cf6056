"""A store that remembers: batch jobs as they were at an instant."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from threading import RLock
from typing import Any

from mock_backend.clock import Clock
from mock_backend.clock.past import as_of
from mock_backend.stores.base import Document, JobStore


class HistoryStore:
    """A store that can be read as of an instant, back to when it was made.

    See ``JobStore`` for the methods. Writing while reading as of an instant does nothing: what only reads
    leaves no trace.
    """

    def __init__(self, store: JobStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = RLock()
        #: By job, when it changed and what it was before, oldest first.
        self._before: dict[str, list[tuple[datetime, Document | None]]] = {}
        #: By owner, the numbers and ids of all jobs that were ever there, oldest first.
        self._jobs: dict[str, list[tuple[int, str]]] = {}
        for each in store:
            self._enter(each)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def add(self, document: Document) -> None:
        with self._lock:
            self._store.add(document)
            self._enter(document)
            self._note(document["job_id"], None)

    def replace(self, document: Document) -> None:
        if as_of() is not None:
            return
        with self._lock:
            before = self._store.get(document["job_id"])
            self._store.replace(document)
            self._note(document["job_id"], before)

    def remove(self, job_id: str) -> bool:
        with self._lock:
            before = self._store.get(job_id)
            self._note(job_id, before)
            return self._store.remove(job_id)

    def get(self, job_id: str) -> Document | None:
        with self._lock:
            now, instant = self._store.get(job_id), as_of()
            return now if instant is None else self._then(job_id, now, instant)

    def page(
        self, user_id: str, *, limit: int | None = None, before: int | None = None, after: int | None = None
    ) -> list[Document]:
        if (instant := as_of()) is None:
            return self._store.page(user_id, limit=limit, before=before, after=after)
        with self._lock:
            jobs = self._jobs.get(user_id, [])
            start = 0 if after is None else bisect_left(jobs, (after + 1,))
            jobs = jobs[start : None if before is None else bisect_left(jobs, (before,))]
        if after is not None:
            return list(islice(self._as_of(instant, jobs), limit))[::-1]
        return list(islice(self._as_of(instant, reversed(jobs)), limit))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Document]:
        if (instant := as_of()) is None:
            return iter(self._store)
        with self._lock:
            return self._as_of(instant, sorted(each for jobs in self._jobs.values() for each in jobs))

    def clear(self) -> None:
        with self._lock:
            self._store.clear()
            self._before.clear()
            self._jobs.clear()

    def _enter(self, document: Document) -> None:
        self._jobs.setdefault(document["user_id"], []).append((document["number"], document["job_id"]))

    def _note(self, job_id: str, before: Document | None) -> None:
        self._before.setdefault(job_id, []).append((self._clock.now(), before))

    def _as_of(self, instant: datetime, jobs: Iterable[tuple[int, str]]) -> Iterator[Document]:
        for number, job_id in jobs:
            with self._lock:
                then = self._then(job_id, self._store.get(job_id), instant)
            # A later job may have the id of one that was deleted.
            if then is not None and then["number"] == number:
                yield then

    def _then(self, job_id: str, now: Document | None, instant: datetime) -> Document | None:
        """Return what a job was at an instant."""
        return next((was for changed, was in self._before.get(job_id, ()) if changed > instant), now)
