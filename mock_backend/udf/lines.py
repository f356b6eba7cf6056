"""Lines of a log that user-defined functions write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from mock_backend.lifecycle.lines import Line

#: Takes each line when it is written.
Log = Callable[[Line], None]

_job: ContextVar[Log | None] = ContextVar("log of the job that is processed", default=None)


@contextmanager
def logging_to(log: Log) -> Iterator[None]:
    """Hand on what functions log that run in a block because values are read."""
    token = _job.set(log)
    try:
        yield
    finally:
        _job.reset(token)


def to_job(line: Line) -> None:
    """Hand on a line to the log of the job that is being processed, if there is one."""
    if (log := _job.get()) is not None:
        log(line)
