"""The log of a job, told from the same facts as its state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mock_backend.lifecycle.lines import Level, Line
from mock_backend.lifecycle.plan import DEFAULT_ERROR
from mock_backend.lifecycle.state import JobState, Run, Status

#: From low to high severity, as the API orders them.
LEVELS: tuple[Level, ...] = ("debug", "info", "warning", "error")

_MILESTONES = (25, 50, 75)
#: The code of the line that tells why a job has failed.
_FAILED = "Internal"


def severity(level: str) -> int:
    """Return the place of a level among all, from 0 for the lowest."""
    return LEVELS.index(level)


@dataclass(frozen=True)
class Report:
    """Facts about the data of a run.

    Args:
        read: Lines about what it reads, when it begins.
        written: Lines about what it writes, when it is finished.
        udfs: Lines of its user-defined functions, in between.
    """

    read: tuple[tuple[Level, str], ...] = ()
    written: tuple[tuple[Level, str], ...] = ()
    udfs: tuple[Line, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LogEntry:
    """One line of a job's log."""

    id: str
    level: Level
    message: str
    time: datetime
    code: str | None = None
    stacktrace: str | None = None
    data: Any = None


def log_entries(
    created: datetime,
    run: Run | None,
    state: JobState,
    *,
    at_least: str = "debug",
    report: Report = Report(),
) -> list[LogEntry]:
    """Tell what has been logged so far, oldest first.

    An entry keeps its id for as long as it exists: later entries are only appended, until a
    restart begins a new log.

    Args:
        created: When the job was created.
        run: The latest start of the job.
        state: The job's state at the instant of reading.
        at_least: The lowest level to include.
        report: The facts about the data of the run.
    """
    lines = _story(created, run, state, report)
    # Before the first start it is the log of that start: what was read stays valid.
    number = run.number if run else 1
    severe = LEVELS[severity(at_least) :]
    return [
        LogEntry(
            id=f"{number}-{index}",
            level=line.level,
            message=line.message,
            time=time,
            code=line.code,
            stacktrace=run.plan.stacktrace if run and line.code == _FAILED else None,
            data=line.data,
        )
        for index, (time, line) in enumerate(lines, start=1)
        if line.level in severe
    ]


def _story(
    created: datetime, run: Run | None, state: JobState, report: Report
) -> list[tuple[datetime, Line]]:
    lines = [(created, Line("info", "Batch job created."))]
    if run is None:
        return lines
    lines.append((run.started, Line("info", "Batch job queued for processing.")))
    if state.running_since is not None:
        lines.append((state.running_since, Line("info", "Processing started.")))
        lines += [(state.running_since, Line(level, text)) for level, text in report.read]
        lines += [(state.running_since, each) for each in report.udfs]
        full_run = run.plan.full_run
        if full_run and not run.plan.counts_polls:
            for percent in _MILESTONES:
                if state.ran >= full_run * (percent / 100):
                    instant = state.running_since + full_run * (percent / 100)
                    lines.append((instant, Line("debug", f"Progress: {percent} %.")))
    if run.canceled is not None:
        lines.append((run.canceled, Line("warning", "Processing canceled by the user.")))
    elif state.ended is not None and state.status is Status.error:
        lines.append((state.ended, Line("error", run.plan.error or DEFAULT_ERROR, code=_FAILED)))
    elif state.ended is not None:
        lines += [(state.ended, Line(level, text)) for level, text in report.written]
        lines.append((state.ended, Line("info", "Processing finished.")))
    return lines
