"""What a store of batch jobs must do."""

from collections.abc import Iterator
from typing import Any, Protocol

Document = dict[str, Any]
"""A job as JSON values; ``job_id``, ``user_id`` and ``number`` are what a store looks at."""


class StoreError(Exception):
    """A store cannot be opened or used; the message says why and what to do."""


class DocumentError(TypeError):
    """A document holds something that is not a JSON value; the message says what and where."""


class JobStore(Protocol):
    """Keep batch jobs as JSON documents.

    A store takes JSON values only and hands out copies: what a caller does to a document
    afterwards changes nothing in the store. ``number`` is the creation number, unique in the
    store and growing; it is the order of listings. Every method may be called from any thread.
    """

    def add(self, document: Document) -> None:
        """Store a new job.

        Raises:
            ValueError: If its id is taken, its number does not exceed ``last_number``, or
                ``job_id``, ``user_id`` or ``number`` is missing; nothing is stored then.
            DocumentError: If it holds something that is not a JSON value.
        """
        ...

    def get(self, job_id: str) -> Document | None:
        """Return a job, or None."""
        ...

    def replace(self, document: Document) -> None:
        """Store a new version of a job, whose ``user_id`` and ``number`` must be unchanged.

        Raises:
            KeyError: If there is no job with its id.
            ValueError: If its owner or number differs from the stored one.
        """
        ...

    def remove(self, job_id: str) -> bool:
        """Delete a job; tell whether it was there."""
        ...

    def page(self, user_id: str, *, limit: int | None = None, before: int | None = None) -> list[Document]:
        """Return a user's jobs, newest (highest number) first.

        Args:
            user_id: Whose jobs.
            limit: At most so many; None means all.
            before: Only jobs with a creation number below this one (a listing's cursor).
        """
        ...

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Document]:
        """Iterate over all jobs of all users, in the order of creation."""
        ...

    @property
    def last_number(self) -> int:
        """The highest creation number ever stored here, deleted jobs included; 0 at first."""
        ...

    @property
    def state(self) -> Document:
        """What ``save_state`` kept, e.g. the clock's instant; empty at first."""
        ...

    def save_state(self, state: Document) -> None:
        """Keep a JSON object beside the jobs, replacing the one before."""
        ...

    def clear(self) -> None:
        """Forget all jobs, the last number and the state."""
        ...

    def close(self) -> None:
        """Release what the store holds; closing twice is allowed, using it afterwards is a StoreError."""
        ...
