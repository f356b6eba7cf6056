"""Run the user-defined functions of a job when it starts: they decide how it ends, and write to its log."""

from dataclasses import replace
from typing import TYPE_CHECKING

from mock_backend.engine.cubes import DataCube
from mock_backend.jobs.job import Job
from mock_backend.lifecycle import Run
from mock_backend.lifecycle.lines import Line
from mock_backend.results.documents.result_files import Production

if TYPE_CHECKING:
    from mock_backend.engine.udf.failure import UdfFailure

#: Of data cubes with more values only some are computed before they are read.
_MOST = 1 << 24
#: The number of rows and columns that are.
_SOME = 256


def rehearsed(job: Job, production: Production) -> Run | None:
    """Return the start of a job as its user-defined functions let it end."""
    run = job.run
    if run is None or not production.outcome.runs_udfs:
        return run
    lines: list[Line] = []
    failure = _failure_of(production, lines)
    run = replace(run, lines=tuple(lines))
    if failure is None or run.plan.fails:
        return run
    error = f"OpenEO batch job failed: {failure.message}"
    plan = replace(run.plan, fails_at=1.0, error=error, stacktrace=failure.stacktrace)
    return replace(run, plan=plan)


def check_udfs(production: Production) -> None:
    """Run the user-defined functions of a synchronous request; raise ``UdfFailure`` if one of them fails."""
    if production.outcome.runs_udfs and (failure := _failure_of(production, [])) is not None:
        raise failure


def _failure_of(production: Production, lines: list[Line]) -> "UdfFailure | None":
    from mock_backend.engine.core.file_values import Values
    from mock_backend.engine.udf.capture import logging_to
    from mock_backend.engine.udf.failure import UdfFailure

    try:
        with logging_to(lines.append):
            for saved in production.outcome.saved:
                content = saved.content
                if not isinstance(content, DataCube):
                    _ = content.value
                elif content.count <= _MOST:
                    Values(content).array()
                elif content.grid is not None:
                    Values(content).window({}, slice(_SOME), slice(_SOME))
    except UdfFailure as failure:
        return failure
    return None
