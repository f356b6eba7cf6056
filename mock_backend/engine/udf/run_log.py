"""Lines of a log that user-defined functions write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from mock_backend.lifecycle.lines import Line

#: Takes each line when it is written.
Log = Callable[[Line], None]

#: The log of the job that is processed, and the messages that it is told once.
_job: ContextVar[tuple[Log, set[str]] | None] = ContextVar("log of the job that is processed", default=None)


@contextmanager
def logging_to(log: Log) -> Iterator[None]:
    """Hand on what functions log that run in a block because values are read."""
    token = _job.set((log, set()))
    try:
        yield
    finally:
        _job.reset(token)


def to_job(line: Line, *, once: bool = False) -> None:
    """Hand on a line to the log of the job that is being processed, if there is one.

    Args:
        once: True to leave it out if the log has its message, e.g. from another chunk.
    """
    if (found := _job.get()) is None:
        return
    log, told = found
    if once and line.message in told:
        return
    if once:
        told.add(line.message)
    log(line)
