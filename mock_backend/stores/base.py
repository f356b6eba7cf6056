"""Contract of a store of batch jobs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from mock_backend.stores.resources import ResourceTable

Document = dict[str, Any]
"""A job as JSON values; ``job_id``, ``user_id`` and ``number`` are what a store looks at."""


class StoreError(Exception):
    """A store cannot be opened or used; the message says why and what to do."""


class DocumentError(TypeError):
    """A document holds something that is not a JSON value; the message says what and where."""


class Blobs(Protocol):
    """Keep binary content under names that the store makes up."""

    def add(self, content: bytes) -> str:
        """Store content and return its name.

        Raises:
            StoreError: If it could not be written; nothing is stored then.
        """

    def read(self, name: str) -> bytes:
        """Return content by its name; raise ``KeyError`` if there is none."""

    def remove(self, name: str) -> None:
        """Delete content; nothing happens if there is none of this name."""


class JobStore(Protocol):
    """Keep batch jobs as JSON documents, and what their users have beside them.

    A store takes JSON values only and hands out copies: what a caller does to a document
    afterwards changes nothing in the store. ``number`` is the creation number, unique in the
    store and growing; it is the order of listings. Every method may be called from any thread.
    """

    @property
    def resources(self) -> "ResourceTable":
        """User-defined processes, services, files: what is kept by owner and key."""

    @property
    def blobs(self) -> Blobs:
        """The content of files."""

    def add(self, document: Document) -> None:
        """Store a new job.

        Raises:
            ValueError: If its id is taken, its number does not exceed ``last_number``, or
                ``job_id``, ``user_id`` or ``number`` is missing; nothing is stored then.
            DocumentError: If it holds something that is not a JSON value.
        """

    def get(self, job_id: str) -> Document | None:
        """Return a job, or None."""

    def replace(self, document: Document) -> None:
        """Store a new version of a job, whose ``user_id`` and ``number`` must be unchanged.

        Raises:
            KeyError: If there is no job with its id.
            ValueError: If its owner or number differs from the stored one.
        """

    def remove(self, job_id: str) -> bool:
        """Delete a job; tell whether it was there."""

    def page(
        self, user_id: str, *, limit: int | None = None, before: int | None = None, after: int | None = None
    ) -> list[Document]:
        """Return a user's jobs, newest (highest number) first.

        Args:
            limit: The maximum number; None means all. With ``after`` the oldest ones, else the newest ones.
            before: Only jobs with a creation number below this one (a listing's cursor).
            after: Only jobs with a creation number above this one (the cursor of the way back).
        """

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Document]:
        """Iterate over all jobs of all users, in the order of creation."""

    def versions(self) -> dict[int, bytes]:
        """Return the JSON of all jobs by number: another object after each change of a job."""

    @property
    def last_number(self) -> int:
        """The highest creation number ever stored here, deleted jobs included; 0 at first."""

    @property
    def state(self) -> Document:
        """State kept by ``save_state``, e.g. the clock's instant; empty at first."""

    def save_state(self, state: Document) -> None:
        """Keep a JSON object beside the jobs, replacing the one before."""

    def clear(self) -> None:
        """Forget everything: jobs, the last number, the state, resources and blobs."""

    def close(self) -> None:
        """Release what the store holds; closing twice is allowed, using it afterwards is a StoreError."""
