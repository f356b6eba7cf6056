"""Results of jobs: those that a test has ordered, or those that follow from their process graphs."""

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mock_backend.api.export_workspaces import Workspaces
from mock_backend.cache import Kept
from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps import Outcome, ReadCollection
from mock_backend.errors import OpenEOError
from mock_backend.jobs.job import Job
from mock_backend.lifecycle import JobPlan, JobState, Report, Run, Work
from mock_backend.lifecycle.lines import Level, Line
from mock_backend.processes.validation.problems import Findings, RefusedGraph
from mock_backend.results.documents.assets import Product
from mock_backend.results.documents.producer import Producer
from mock_backend.results.documents.result_files import Production
from mock_backend.results.given import ResultBook
from mock_backend.workload import refusal

if TYPE_CHECKING:
    from mock_backend.engine.udf.failure import UdfFailure

#: Maximum number of runs whose productions are remembered.
_MOST_RUNS = 200
#: Maximum number of files named in a log.
_MOST_TOLD = 20
#: Of data cubes with more values only some are computed before they are read.
_MOST_VALUES = 1 << 24
#: The number of rows and columns that are.
_SOME = 256

_SAMPLE = "The process graph limits no area: a small sample stands in for all data of the collection."


class JobResults:
    """Results of jobs, and their parts in logs, usage and estimates.

    Args:
        book: The results that a test has ordered.
        workspaces: The workspaces that jobs can export to; None if any may exist.
    """

    def __init__(self, book: ResultBook, producer: Producer, workspaces: Workspaces | None = None) -> None:
        self._book = book
        self._producer = producer
        self._workspaces = workspaces
        #: Remembered for as long as their runs count.
        self._runs: Kept[Production] = Kept(_MOST_RUNS)

    def of_run(self, job: Job, now: datetime) -> Product:
        """Return what a job that has begun to run has produced until now, or raise ``OpenEOError``."""
        product = self._book.of(job) or self._production(job).product
        state = job.state(now)
        return (
            product
            if state.has_results or job.run is None
            else _partial(product, state, job.run.course(now).plan)
        )

    def begin(self, job: Job) -> None:
        """Decide what a start of a job produces: what a test has ordered, or what follows from its process.

        Raises ``OpenEOError`` if that cannot be produced.
        """
        if self._book.bind(job) is None:
            # Found now, as user-defined processes are now.
            job.run = _rehearsed(job, self._production(job))
        if job.run is not None:
            with suppress(OpenEOError):  # of what a test has given in place of it
                job.run = replace(job.run, work=self._production(job).work)

    def of_request(
        self, job: Job, checked: Production | None, most: int | None = None
    ) -> tuple[Product, Work | None]:
        """Return what a synchronous request produces, and the work for it if that is known.

        Args:
            checked: Its production without user-defined functions, if it has one.
            most: The maximum number of values to compute; None for any.
        """
        given = self._book.answer(job)
        if given is not None:
            return given, None
        found = checked
        if found is None or found.outcome.stand_ins:  # which may be functions
            found = self._producer.of_process(job.process, job.user_id, job.created, job.udfs)
        _check_udfs(found)
        if most is not None and found.effort > most:
            raise refusal(
                f"about {found.effort:,} values to be computed",
                most,
                "That is the limit of synchronous requests; use a batch job instead. A value that is loaded "
                "counts as 32.",
            )
        return found.product, found.work

    def check(self, job: Job, now: datetime) -> Production | None:
        """Check that a job would produce something; only that it breaks no rule if a test has ordered what.

        Returns what it produces without user-defined functions, None if that is nothing. Raises an error if
        it would be too much, or nothing that the file format can hold.
        """
        try:
            return self._of_process(job, now)
        except OpenEOError as error:
            if not self._book.has_one_for(job):
                raise
            if isinstance(error, RefusedGraph) and error.problems[0].rule is not None:
                raise
            return None

    def findings_of(
        self, process: Mapping[str, Any], user_id: str, now: datetime, known: Findings
    ) -> Findings:
        """Return the problems that show when a process is followed, beside those that it has by itself."""
        found = self._producer.findings_of(process, user_id, now, known)
        # It depends on the job whether a test has ordered something else than what follows from its process,
        # and something else may follow where there are problems.
        return found.of_rules() if self._book.active() or known.refused else found

    def forecast(self, job: Job) -> tuple[int | None, Work | None]:
        """Return the size of the results of a job in bytes, about, and its work; None if that is unknown."""
        try:
            production = self._of_process(job, job.created)
            return production.size, production.work
        except OpenEOError:
            return None, None

    def outcome(self, job: Job) -> Outcome | None:
        """Return what the process graph of a started job computes; None if a test ordered something else."""
        return None if self._book.of(job) is not None else self._production(job).outcome

    def sources(self, job: Job) -> tuple[ReadCollection, ...]:
        """Return what a job that has been started reads of collections, as far as that can be told."""
        try:
            return self._production(job).outcome.sources
        except OpenEOError:
            return ()

    def report(self, job: Job) -> Report:
        """Return what the log of a job tells of its data."""
        if job.run is None:
            return Report()
        try:
            # A test's function is called when its result is needed, and may ask for the log itself.
            given = self._book.told_of(job)
            found = self._production(job)
            product, obstacles = (given, {}) if given is not None else (found.product, found.obstacles)
            exports = _export_lines(job, len(product.by_name), self._workspaces)
            read = (*(("warning", each) for each in job.leniencies or ()), *_lines_read(found))
            return Report(read, (*_lines_written(product, obstacles), *exports), job.run.lines)
        except OpenEOError:
            return Report()

    def _production(self, job: Job) -> Production:
        """Return what follows from the process of a job that has been started."""
        if job.run is None:
            raise ValueError(f"Job {job.job_id!r} has not been started.")
        started = job.run.started
        key = job.job_id, job.run.number, started
        of_process = self._producer.of_process
        return self._runs.get(key, lambda: of_process(job.processed, job.user_id, started, job.udfs))

    def _of_process(self, job: Job, now: datetime) -> Production:
        return self._producer.of_process(job.process, job.user_id, now)


def _partial(product: Product, state: JobState, plan: JobPlan) -> Product:
    """Return what of a product is there while a job still runs, or when it was cancelled."""
    if not plan.has_results(state.progress):
        return Product(())
    done = math.ceil(len(product.items) * state.progress / 100)
    whole = done == len(product.items)
    return replace(product, items=product.items[:done], dimensions=product.dimensions if whole else {})


def _lines_read(production: Production) -> tuple[tuple[Level, str], ...]:
    outcome = production.outcome
    lines: list[tuple[Level, str]] = []
    if outcome.collections:
        text = f"Reading {outcome.input_pixels:,} values of {', '.join(outcome.collections)}."
        lines.append(("info", text))
    lines += [("warning", each) for each in outcome.warnings]
    if outcome.is_sample:
        lines.append(("warning", _SAMPLE))
    return tuple(lines)


def _lines_written(product: Product, obstacles: Mapping[str, str]) -> tuple[tuple[Level, str], ...]:
    assets = list(product.by_name.values())
    lines: list[tuple[Level, str]] = [
        ("warning", f"{each.name} cannot be downloaded: {obstacles[each.name]}.")
        if each.name in obstacles
        else ("info", f"Wrote {each.name}{_told(each.size)}.")
        for each in assets[:_MOST_TOLD]
    ]
    if len(assets) > _MOST_TOLD:
        lines.append(("info", f"Wrote {len(assets) - _MOST_TOLD} more files."))
    return tuple(lines)


def _told(size: int | None) -> str:
    return "" if size is None else f" ({size:,} bytes)"


def _export_lines(job: Job, count: int, workspaces: Workspaces | None) -> Iterator[tuple[Level, str]]:
    """Yield the lines of the log about the workspaces that a job exports its results to."""
    for node in job.nodes:
        workspace = node.arguments.get("workspace")
        if node.process_id != "export_workspace" or not isinstance(workspace, str):
            continue
        if workspaces is not None and not workspaces.has(job.user_id, workspace):
            yield "warning", f"Unknown workspace {workspace!r}; nothing is exported to it."
            continue
        merge = node.arguments.get("merge")
        below = f", below {merge!r}" if isinstance(merge, str) else ""
        files = "1 file" if count == 1 else f"{count} files"
        yield "info", f"Exported {files} to the workspace {workspace!r}{below}."


def _rehearsed(job: Job, production: Production) -> Run | None:
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


def _check_udfs(production: Production) -> None:
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
                elif content.count <= _MOST_VALUES:
                    Values(content).array()
                elif content.grid is not None:
                    Values(content).window({}, slice(_SOME), slice(_SOME))
    except UdfFailure as failure:
        return failure
    return None
