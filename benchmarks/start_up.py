"""Cost of a start: a back-end, a process, a pytest run."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import Benchmark, Effort, Row, Sampler, compare, seconds, timed
from mock_backend import MockBackend

_FRESH = "fresh back-end, opened and closed"
_FIRST = "first back-end of a process, beyond openeo and fastapi"
_PLUGIN = "pytest start-up with our plugin, to without"
_INSTALLED = "pytest start-up with ours, respx's and anyio's, to without"

#: The plugins that come with our installation, respx's and anyio's as parts of dependencies.
_OURS = ("mock_backend", "respx", "anyio")

_MOST = 0.5e-3


def _fresh_backend(effort: Effort) -> Iterator[Row]:
    def open_and_close() -> None:
        with MockBackend():
            pass

    # Compared with nothing: the goal is absolute, so there is no peer to alternate with.
    costs = compare(timed(open_and_close, 10), lambda: 1.0, effort.rounds)
    shown = seconds(costs.measured)
    yield Row(_FRESH, shown, "", shown, f"<= {seconds(_MOST)}", costs.measured <= _MOST)


def _first_backend(effort: Effort) -> Iterator[Row]:
    first = "import mock_backend\nwith mock_backend.MockBackend(): pass"
    with TemporaryDirectory() as folder:
        ours = _cpu_of([sys.executable, "-c", f"import openeo, fastapi\n{first}"], Path(folder))
        theirs = _cpu_of([sys.executable, "-c", "import openeo, fastapi"], Path(folder))
        yield compare(ours, theirs, effort.processes // 2 + 1, processes=True).as_difference(_FIRST)


def _pytest_start_up(effort: Effort) -> Iterator[Row]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_empty.py").touch()
        plain = _pytest(folder, *_OURS)
        alone, all_three = _pytest(folder, *_OURS[1:]), _pytest(folder)
        # What is sought is a hundredth of what is measured.
        costs = compare(alone, plain, 2 * effort.processes, processes=True)
        yield costs.as_difference(_PLUGIN, goal=10e-3)
        costs = compare(all_three, plain, effort.processes, processes=True)
        yield costs.as_difference(_INSTALLED)


def _pytest(folder: Path, *without: str) -> Sampler:
    """Collect an empty file, without some of our plugins and all that only this environment has."""
    others = sorted({each.name for each in entry_points(group="pytest11")} - set(_OURS))
    blocked = [part for name in (*without, *others) for part in ("-p", f"no:{name}")]
    return _cpu_of([sys.executable, "-m", "pytest", "--collect-only", "-q", *blocked], folder, expected=5)


def _cpu_of(command: list[str], folder: Path, *, expected: int = 0) -> Sampler:
    """Return what measures the processor time of a process.

    Start-up is nothing but computing, and unlike the time on the wall this does not count the
    turns of other programs.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    # Installed libraries have bytecode whatever this says: ours alone would be compiled each time.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def sample() -> float:
        before = _cpu_of_children()
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode != expected:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        return _cpu_of_children() - before

    return sample


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


BENCHMARKS = (
    Benchmark((_FRESH,), _fresh_backend),
    Benchmark((_FIRST,), _first_backend),
    Benchmark((_PLUGIN, _INSTALLED), _pytest_start_up),
)
