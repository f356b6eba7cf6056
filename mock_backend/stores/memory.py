"""Batch jobs in this process's memory."""

from bisect import bisect_left
from collections.abc import Iterator
from threading import RLock

from mock_backend.stores.base import Document, StoreError
from mock_backend.stores.blobs import FolderBlobs, MemoryBlobs
from mock_backend.stores.documents import decode, encode_document, identify, window
from mock_backend.stores.resources import ResourceTable


class MemoryStore:
    """Keep batch jobs until the process ends; see ``JobStore`` for the methods.

    Each document is kept as the bytes of its JSON: they take less room than the objects, and what
    comes out is a copy that can hold nothing but JSON values.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._closed = False
        #: By id, the number and the owner of a job; and by owner the numbers, lowest first.
        self._jobs: dict[str, tuple[int, str]] = {}
        self._numbers: dict[str, list[int]] = {}
        self._documents: dict[int, bytes] = {}  # by number, and in that order
        self._last_number = 0
        self._state = b"{}"
        self.resources = ResourceTable(self._lock, self._check_usable, self._write)
        self.blobs: MemoryBlobs | FolderBlobs = MemoryBlobs()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'closed' if self._closed else f'jobs={len(self._documents)}'}>"

    def add(self, document: Document) -> None:
        raw = encode_document(document)
        job_id, user_id, number = identify(document)
        with self._lock:
            self._check_usable()
            if job_id in self._jobs:
                raise ValueError(f"There is a job with the id {job_id!r} already.")
            if number <= self._last_number:
                raise ValueError(
                    f"The number {number} of job {job_id!r} does not exceed {self._last_number}."
                )
            self._write(b'{"put":%b}' % raw)
            self._documents[number] = raw
            self._last_number = number
            self._enter(job_id, user_id, number)

    def get(self, job_id: str) -> Document | None:
        raw = self.version(job_id)
        return None if raw is None else decode(raw)

    def version(self, job_id: str) -> bytes | None:
        """Return the JSON of a job, or None: another object after each change of the job."""
        with self._lock:
            self._check_usable()
            found = self._jobs.get(job_id)
            return None if found is None else self._documents[found[0]]

    def replace(self, document: Document) -> None:
        raw = encode_document(document)
        job_id, user_id, number = identify(document)
        with self._lock:
            self._check_usable()
            found = self._jobs.get(job_id)
            if found is None:
                raise KeyError(f"There is no job with the id {job_id!r}.")
            if found != (number, user_id):
                raise ValueError(
                    f"Job {job_id!r} is number {found[0]} of user {found[1]!r}: that cannot change."
                )
            self._write(b'{"put":%b}' % raw)
            self._documents[number] = raw

    def remove(self, job_id: str) -> bool:
        with self._lock:
            self._check_usable()
            found = self._jobs.get(job_id)
            if found is None:
                return False
            number, user_id = found
            self._write(b'{"drop":%d}' % number)
            del self._documents[number], self._jobs[job_id]
            numbers = self._numbers[user_id]
            del numbers[bisect_left(numbers, number)]
            if not numbers:
                del self._numbers[user_id]
            return True

    def page(
        self, user_id: str, *, limit: int | None = None, before: int | None = None, after: int | None = None
    ) -> list[Document]:
        with self._lock:
            self._check_usable()
            numbers = self._numbers.get(user_id, [])
            start, end = window(numbers, after, before, limit, is_end=after is None)
            found = [self._documents[number] for number in reversed(numbers[start:end])]
        return [decode(raw) for raw in found]

    def __len__(self) -> int:
        with self._lock:
            self._check_usable()
            return len(self._documents)

    def __iter__(self) -> Iterator[Document]:
        with self._lock:
            self._check_usable()
            # A copy, so that jobs may come and go during the iteration.
            return map(decode, list(self._documents.values()))

    def versions(self) -> dict[int, bytes]:
        with self._lock:
            self._check_usable()
            return dict(self._documents)

    @property
    def last_number(self) -> int:
        with self._lock:
            self._check_usable()
            return self._last_number

    @property
    def state(self) -> Document:
        with self._lock:
            self._check_usable()
            return decode(self._state)

    def save_state(self, state: Document) -> None:
        raw = encode_document(state)
        with self._lock:
            self._check_usable()
            self._write(b'{"state":%b}' % raw)
            self._state = raw

    def clear(self) -> None:
        with self._lock:
            self._check_usable()
            self._write(b'{"clear":true}')
            self._forget()
            self._last_number = 0
            self._state = b"{}"
            self.blobs.clear()

    def close(self) -> None:
        """Forget everything for good."""
        with self._lock:
            self._closed = True
            self._forget()

    def _enter(self, job_id: str, user_id: str, number: int) -> None:
        """Note a job whose number exceeds all numbers noted before."""
        self._jobs[job_id] = number, user_id
        self._numbers.setdefault(user_id, []).append(number)

    def _forget(self) -> None:
        for each in (self._documents, self._jobs, self._numbers, self.resources):
            each.clear()

    def _write(self, change: bytes) -> None:
        """Learn of a change that is about to happen; one that could not be written has not happened."""

    def _check_usable(self) -> None:
        if self._closed:
            raise StoreError("The store is closed: open it again, or close it later.")
