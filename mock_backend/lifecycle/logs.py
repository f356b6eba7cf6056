"""The log of a job, told from the same facts as its state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mock_backend.lifecycle.plan import DEFAULT_ERROR
from mock_backend.lifecycle.state import JobState, Run, Status

Level = Literal["debug", "info", "warning", "error"]

#: From low to high severity, as the API orders them.
LEVELS: tuple[Level, ...] = ("debug", "info", "warning", "error")

_MILESTONES = (25, 50, 75)


def severity(level: str) -> int:
    """Return the place of a level among all, from 0 for the lowest."""
    return LEVELS.index(level)


@dataclass(frozen=True)
class Report:
    """What a run has to tell of its data.

    Args:
        read: Lines about what it reads, when it begins.
        written: Lines about what it writes, when it is finished.
    """

    read: tuple[tuple[Level, str], ...] = ()
    written: tuple[tuple[Level, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class LogEntry:
    """One line of a job's log."""

    id: str
    level: Level
    message: str
    time: datetime
    code: str | None = None
    stacktrace: str | None = None


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
        report: What the run has to tell of its data.
    """
    lines = _story(created, run, state, report)
    # Before the first start it is the log of that start: what was read stays valid.
    number = run.number if run else 1
    severe = LEVELS[severity(at_least) :]
    return [
        LogEntry(
            id=f"{number}-{index}",
            level=level,
            message=message,
            time=time,
            code=code,
            stacktrace=run.plan.stacktrace if run and level == "error" else None,
        )
        for index, (time, level, message, code) in enumerate(lines, start=1)
        if level in severe
    ]


def _story(
    created: datetime, run: Run | None, state: JobState, report: Report
) -> list[tuple[datetime, Level, str, str | None]]:
    lines: list[tuple[datetime, Level, str, str | None]] = [(created, "info", "Batch job created.", None)]
    if run is None:
        return lines
    lines.append((run.started, "info", "Batch job queued for processing.", None))
    if state.running_since is not None:
        lines.append((state.running_since, "info", "Processing started.", None))
        lines += [(state.running_since, level, text, None) for level, text in report.read]
        full_run = run.plan.full_run
        if full_run and not run.plan.counts_polls:
            for percent in _MILESTONES:
                if state.ran >= full_run * (percent / 100):
                    instant = state.running_since + full_run * (percent / 100)
                    lines.append((instant, "debug", f"Progress: {percent} %.", None))
    if run.canceled is not None:
        lines.append((run.canceled, "warning", "Processing canceled by the user.", None))
    elif state.ended is not None and state.status is Status.error:
        lines.append((state.ended, "error", run.plan.error or DEFAULT_ERROR, "Internal"))
    elif state.ended is not None:
        lines += [(state.ended, level, text, None) for level, text in report.written]
        lines.append((state.ended, "info", "Processing finished.", None))
    return lines
