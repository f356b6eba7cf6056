"""A store that remembers: batch jobs as they were at an instant."""

from collections.abc import Iterator
from datetime import datetime
from threading import RLock
from typing import Any

from mock_backend.clock import Clock
from mock_backend.clock.past import as_of
from mock_backend.stores.base import Document, JobStore


class HistoryStore:
    """A store that can be read as of an instant, back to when it was made.

    Writing while reading as of an instant does nothing: what only reads leaves no trace.

    Args:
        clock: The clock that tells when something changes.
    """

    def __init__(self, store: JobStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = RLock()
        #: By job, when it changed and what it was before, oldest first.
        self._before: dict[str, list[tuple[datetime, Document | None]]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def add(self, document: Document) -> None:
        """Store a new job."""
        with self._lock:
            self._store.add(document)
            self._note(document["job_id"], None)

    def replace(self, document: Document) -> None:
        """Store a new version of a job."""
        if as_of() is not None:
            return
        with self._lock:
            before = self._store.get(document["job_id"])
            self._store.replace(document)
            self._note(document["job_id"], before)

    def remove(self, job_id: str) -> bool:
        """Delete a job; tell whether it was there."""
        with self._lock:
            before = self._store.get(job_id)
            self._note(job_id, before)
            return self._store.remove(job_id)

    def get(self, job_id: str) -> Document | None:
        """Return a job, or None."""
        with self._lock:
            return self._then(job_id, self._store.get(job_id))

    def page(
        self, user_id: str, *, limit: int | None = None, before: int | None = None, after: int | None = None
    ) -> list[Document]:
        """Return a user's jobs, newest first."""
        if as_of() is None:
            return self._store.page(user_id, limit=limit, before=before, after=after)
        numbers = range(0 if after is None else after + 1, self.last_number + 1 if before is None else before)
        found = [each for each in self if each["user_id"] == user_id and each["number"] in numbers]
        if after is not None:
            return found[:limit][::-1]
        return found[::-1][:limit]

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Document]:
        if as_of() is None:
            return iter(self._store)
        with self._lock:
            present = {each["job_id"]: each for each in self._store}
            ids = [*self._before, *(each for each in present if each not in self._before)]
            then = [self._then(each, present.get(each)) for each in ids]
        return iter(sorted((each for each in then if each is not None), key=lambda each: int(each["number"])))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._store.clear()
            self._before.clear()

    def _note(self, job_id: str, before: Document | None) -> None:
        self._before.setdefault(job_id, []).append((self._clock.now(), before))

    def _then(self, job_id: str, now: Document | None) -> Document | None:
        """Return what a job was at the instant that is read as of."""
        if (instant := as_of()) is None:
            return now
        return next((was for changed, was in self._before.get(job_id, ()) if changed > instant), now)
