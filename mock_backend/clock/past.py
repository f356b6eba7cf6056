"""Read as of an instant in the past."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from mock_backend.clock.clock import Clock

_as_of: ContextVar[datetime | None] = ContextVar("as_of", default=None)


def as_of() -> datetime | None:
    """Return the instant that is read as of; None for now."""
    return _as_of.get()


@contextmanager
def reading_as_of(instant: datetime) -> Iterator[None]:
    """Read as of an instant, in a block."""
    token = _as_of.set(instant)
    try:
        yield
    finally:
        _as_of.reset(token)


class PastClock:
    """A clock that tells the instant that is read as of, and is another clock otherwise."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        """Return the instant that is read as of, else the current one."""
        return as_of() or self._clock.now()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._clock, name)
