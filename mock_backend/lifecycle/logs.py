"""The log of a job, told from the same facts as its state."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from mock_backend.dataclass import dataclass
from mock_backend.lifecycle.lines import LEVELS, Level, Line
from mock_backend.lifecycle.plan import DEFAULT_ERROR, JobPlan
from mock_backend.lifecycle.run import Run
from mock_backend.lifecycle.state import JobState, Status

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
        LogEntry(id=f"{number}-{index}", time=time, **vars(line))
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
    if (since := state.running_since) is not None:
        lines.append((since, Line("info", "Processing started.")))
        lines += [(since, Line(level, text)) for level, text in report.read]
        lines += [(since, each) for each in report.udfs]
        lines += sorted(_on_the_way(run, since, since + state.ran), key=lambda each: each[0])
    end = _last_lines(run.latest.plan, state, report)
    if run.canceled is not None:
        lines.append((run.canceled, Line("warning", "Processing canceled by the user.")))
        # A job that goes on although it was cancelled has told things since.
        lines.sort(key=lambda each: each[0])
        end = end if state.ended is not None and state.ended > run.canceled else []
    return lines + end


def _last_lines(plan: JobPlan, state: JobState, report: Report) -> list[tuple[datetime, Line]]:
    if state.ended is None:
        return []
    match state.status:
        case Status.error:
            message, code = plan.error or DEFAULT_ERROR, plan.code or _FAILED
            last = [Line("error", message, code=code, stacktrace=plan.stacktrace)]
        case Status.canceled:
            last = [Line("warning", "Processing canceled by the operator.")]
        case _:
            last = [Line(level, text) for level, text in report.written]
            last.append(Line("info", "Processing finished."))
    return [(state.ended, each) for each in last]


def _on_the_way(run: Run, begin: datetime, until: datetime) -> Iterator[tuple[datetime, Line]]:
    """Yield what is logged between the beginning and the end of a run, on each of its courses."""
    courses = run.courses
    for course, following in zip(courses, (*courses[1:], None), strict=True):
        plan = course.plan
        if plan.counts_polls or (following is not None and following.running_since is None):
            continue
        since = begin if course.running_since is None else course.at
        end = until if following is None else min(until, following.at)
        for at, line in _planned(plan):
            after = plan.reaches(at, course.done) if isinstance(at, float) else begin - since + at
            is_first = since == begin and not after
            if after is not None and (is_first or timedelta(0) < after) and since + after <= end:
                yield since + after, line


def _planned(plan: JobPlan) -> list[tuple[float | timedelta, Line]]:
    milestones = [(plan.curve.fraction(each), f"Progress: {each} %.") for each in _MILESTONES]
    told = [(at, Line("debug", text)) for at, text in milestones if plan.full_run]
    return [*told, *((each.place, each.line) for each in plan.lines)]
