"""``mock-backend run``: a script or notebook as it is, against back-ends in its own process."""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from unittest import mock
from urllib.parse import urlsplit

import click

from mock_backend.cli.options import profile_option
from mock_backend.profiles import known_hosts

if TYPE_CHECKING:
    from mock_backend.backend import MockBackend


#: Steps of the time between the cells of a notebook while there are jobs.
_STEP = "10m"
_MOST_STEPS = 1000


_EXAMPLES = """\b
Examples:
  mock-backend run analysis.py --year 2024
      The script as it is, with its own arguments.
  mock-backend run --url https://openeo.example.org first-steps.ipynb
      A notebook, against a stand-in for a back-end of your own.
"""


@click.command(
    epilog=_EXAMPLES,
    short_help="Run a script or notebook as it is, against back-ends in its process.",
    # What follows the script is its own.
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@profile_option("The back-end that all of them are like: {}.  [default: that of the host]")
@click.option(
    "--url",
    "urls",
    multiple=True,
    help="Stand in for the back-end at this URL as well; repeatable. Known ones are there in any case.",
)
@click.argument("script", type=click.Path(path_type=Path))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def run(profile: str | None, urls: Sequence[str], script: Path, arguments: Sequence[str]) -> int:
    """Run a Python file or a Jupyter notebook as it is, against back-ends in its own process.

    Its arguments follow its name. The exit status is that of the script.
    """
    from mock_backend.cli.programs import ProgramError, execute, read_program

    try:
        program = read_program(script)
    except (OSError, ProgramError) as error:
        print(f"mock-backend: {error}", file=sys.stderr)
        return 2
    began = time.perf_counter()
    with ExitStack() as stack:
        try:
            backends = _opened(stack, urls, profile)
        except ValueError as error:
            print(f"mock-backend: --url: {error}", file=sys.stderr)
            return 2
        stack.enter_context(_private_tokens())
        stack.enter_context(backends[0].clock.patch_all())
        stack.enter_context(mock.patch.dict(os.environ))
        if program.is_notebook:
            # Windows would wait to be closed.
            os.environ.setdefault("MPLBACKEND", "Agg")
        waited_for = backends if program.is_notebook else ()
        status = execute(program, arguments, partial(_wait_for_jobs, waited_for))
        sys.stdout.flush()
        _tell(backends, time.perf_counter() - began)
    return status


def _opened(stack: ExitStack, urls: Sequence[str], profile: str | None) -> "list[MockBackend]":
    from mock_backend.backend import MockBackend
    from mock_backend.clock import Clock

    # Scripts ask for data up to the day on which they run.
    clock = Clock(datetime.now(UTC))
    # Of each back-end that people know the first host; the others are its aliases.
    first = {name: host for host, name in reversed(list(known_hosts().items()))}
    given = [*dict.fromkeys(url.rstrip("/") for url in urls)]
    taken = {urlsplit(url).hostname for url in given}
    known = [f"https://{host}" for host in first.values() if host not in taken]
    return [stack.enter_context(MockBackend(url, clock=clock, profile=profile)) for url in (*given, *known)]


@contextmanager
def _private_tokens() -> Iterator[None]:
    """Let the openeo client keep refresh tokens in a folder of their own."""
    import openeo.rest.auth.config

    with (
        TemporaryDirectory() as folder,
        mock.patch.object(openeo.rest.auth.config, "get_user_data_dir", return_value=Path(folder)),
    ):
        yield


def _wait_for_jobs(backends: "Sequence[MockBackend]") -> None:
    """Let jobs come to their end, as people do before they go on with the next cell of a notebook."""
    for _ in range(_MOST_STEPS):
        if not any(job.status.is_active for backend in backends for job in backend.jobs):
            return
        backends[0].clock.advance(_STEP)


def _tell(backends: "Sequence[MockBackend]", seconds: float) -> None:
    """Tell on stderr what the back-ends were asked for."""
    asked = [backend for backend in backends if len(backend.requests)]
    for backend in asked:
        statuses = Counter(job.status.value for job in backend.jobs)
        jobs = ", ".join(f"{count} {status}" for status, count in statuses.items()) or "none"
        passed = len(backend.leniencies)
        lenient = f"; {passed} times lenient with process graphs" if passed else ""
        print(
            f"mock-backend: {backend.url}: {len(backend.requests)} requests; jobs: {jobs}{lenient}.",
            file=sys.stderr,
        )
    if asked:
        elapsed = str(backends[0].clock.elapsed).partition(".")[0]
        print(f"mock-backend: {elapsed} h of their time passed in {seconds:.1f} s.", file=sys.stderr)
    else:
        print(
            f"mock-backend: no back-end was asked for anything. Known hosts: {', '.join(known_hosts())}; "
            "--url names another one.",
            file=sys.stderr,
        )
