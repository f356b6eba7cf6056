"""Lines that user-defined functions log, print and warn of: caught while they run, and handed on to a job."""

import builtins
import json
import logging
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any

from pydantic_core import from_json

from mock_backend.lifecycle.lines import Level, Line

#: Takes each line when it is written.
Log = Callable[[Line], None]

#: The largest number of lines of one run that are kept.
_MOST_LINES = 1000
#: The largest number of characters of data that JSON has no form for.
_MOST_TEXT = 2000
#: Default log of ``openeo.udf.inspect``.
_INSPECT = "openeo.udf.debug"
#: Tells what it runs at the level of information.
_RUNNER = "openeo.udf.run_code"

#: The log of the job that is processed, and the messages that it is told once.
_job: ContextVar[tuple[Log, set[str]] | None] = ContextVar("log of the job that is processed", default=None)
#: The log of the function that runs in this thread.
_log: ContextVar[Log | None] = ContextVar("log of the user-defined function", default=None)


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


@contextmanager
def captured(log: Log) -> Iterator[Callable[..., None]]:
    """Hand on what this thread logs from the level of information on, and of what it warns, in a block.

    As on back-ends, and unlike in the rest of a process: warnings are logged rather than raised, and loggers
    without a level of their own have that of information. What other handlers get stays the same. At the end
    the handlers of the root logger and ``sys.path`` are as they were.

    Returns:
        A function that takes the place of ``print``.
    """
    token = _log.set(_limited(log))
    _process.enter()
    try:
        yield _print
    finally:
        _process.leave()
        _log.reset(token)


class _Process(logging.Handler):
    """Changes of this process that last as long as any user-defined function runs.

    As a handler, it hands on the records of threads that run functions; those of others as if it were not
    there.
    """

    def __init__(self) -> None:
        super().__init__()
        self._changing = Lock()
        self._running = 0

    def enter(self) -> None:
        with self._changing:
            if not self._running:
                root, own = logging.getLogger(), logging.getLogger(_INSPECT)
                self._path = sys.path[:]
                self._handlers = root.handlers[:]
                self._levels = root.level, own.level
                self._warnings = warnings.catch_warnings()
                self._warnings.__enter__()
                self._show = warnings.showwarning
                warnings.simplefilter("default")
                warnings.showwarning = self._warned
                for each in self._handlers:
                    each.addFilter(self.passes)
                root.addHandler(self)
                root.setLevel(min(root.level, logging.INFO))
                own.setLevel(logging.DEBUG)
            self._running += 1

    def leave(self) -> None:
        with self._changing:
            self._running -= 1
            if not self._running:
                root, own = logging.getLogger(), logging.getLogger(_INSPECT)
                for each in self._handlers:
                    each.removeFilter(self.passes)
                root.handlers[:] = self._handlers
                root.setLevel(self._levels[0])
                own.setLevel(self._levels[1])
                self._warnings.__exit__(None, None, None)
                sys.path[:] = self._path

    def passes(self, record: logging.LogRecord) -> bool:
        """Tell whether a record would be there if no function ran."""
        logger: logging.Logger | None = logging.getLogger(record.name)
        while logger is not None and logger.parent is not None:
            level = self._levels[1] if logger.name == _INSPECT else logger.level
            if level:
                return record.levelno >= level
            logger = logger.parent
        return record.levelno >= self._levels[0]

    def _warned(self, message: Any, category: type[Warning], *place: Any, **others: Any) -> None:
        log = _log.get()
        if log is None:
            self._show(message, category, *place, **others)
        else:
            log(Line("warning", f"{category.__name__}: {message}"))

    def emit(self, record: logging.LogRecord) -> None:
        log = _log.get()
        if log is None or record.name == _RUNNER:
            return
        try:
            message = record.getMessage()
        except Exception:
            self.handleError(record)
            return
        if record.exc_info and record.exc_info[0] is not None:
            message += "\n" + "".join(traceback.format_exception(*record.exc_info)).rstrip()
        is_inspected = record.name.startswith(_INSPECT)
        data = json_or_description(getattr(record, "data", None)) if is_inspected else None
        code = getattr(record, "code", None) if is_inspected else None
        log(Line(_level_of(record.levelno), message, data, None if code is None else str(code)))


def json_or_description(data: Any) -> Any:
    """Return data as JSON values; what has no form in JSON becomes a text that describes it."""
    try:
        return from_json(json.dumps(data, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        pass
    try:
        text = repr(data)
    except Exception as error:  # whatever a function defines
        text = f"<{type(data).__name__} without a description: {error}>"
    return text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + "…"


def _level_of(number: int) -> Level:
    if number >= logging.ERROR:
        return "error"
    if number >= logging.WARNING:
        return "warning"
    return "info" if number >= logging.INFO else "debug"


def _limited(log: Log) -> Log:
    count = 0

    def limited(line: Line) -> None:
        nonlocal count
        count += 1
        if count <= _MOST_LINES:
            log(line)
        elif count == _MOST_LINES + 1:
            log(Line("warning", f"Only the first {_MOST_LINES} lines of a run of a UDF are kept."))

    return limited


def _print(
    *values: Any, sep: str | None = " ", end: str | None = "\n", file: Any = None, flush: bool = False
) -> None:
    log = _log.get()
    if log is None or file not in (None, sys.stdout, sys.stderr):
        builtins.print(*values, sep=sep, end=end, file=file, flush=flush)
        return
    text = (" " if sep is None else sep).join(map(str, values)) + ("\n" if end is None else end)
    log(Line("debug", text.removesuffix("\n")))


_process = _Process()
