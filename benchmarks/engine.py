"""The cost of computing: following graphs, reading values, and importing the engine."""

import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import requests_mock
from openeo.rest.connection import Connection

from benchmarks.clients import POLLED, dummy_backend, run_job, scratch_file
from benchmarks.composites import GIVEN_ID, RESOLUTION, WEST, bands, composite, cube_of, give, median
from benchmarks.measuring import Benchmark, Effort, Row, Sampler, compare, seconds, timed
from mock_backend import MockBackend
from mock_backend.engine.core.file_values import Values
from mock_backend.engine.cubes import DataCube

_CREATION = "create_job with a new graph of a composite, to one of a sum"
_WINDOW = "64 x 64 pixels of an NDVI median of 10 dates, to NumPy's"
_MEGAPIXEL = "a megapixel of an NDVI median of 10 dates, to NumPy's"
_GRAPH_ALONE = "the same of given data, to NumPy's"
_GIVEN = "job and values of tiny given data, beyond DummyBackend"
_IMPORT = "importing the engine, beyond NumPy, shapely, pyproj and the rest"

#: As before values were computed.
_CREATION_GOAL = 2.2
_IMPORT_MOST = 50e-3


def _creation(effort: Effort) -> Iterator[Row]:
    numbers = itertools.count(1)
    with MockBackend() as backend:
        connection = backend.connect(auto_validate=False)

        def new() -> None:
            # Each time another area: a graph that has been followed before is remembered.
            connection.create_job(composite("SENTINEL2_L2A", 64, WEST - RESOLUTION * next(numbers)))

        def total() -> None:
            arguments = {"x": next(numbers), "y": 1}
            connection.create_job({"add": {"process_id": "add", "arguments": arguments, "result": True}})

        ours, theirs = timed(new, 5), timed(total, 5)
        yield compare(ours, theirs, effort.rounds).as_ratio(_CREATION, goal=_CREATION_GOAL)


def _reading(effort: Effort) -> Iterator[Row]:
    few = effort.rounds // 10 + 1
    with MockBackend() as backend:
        made_up = cube_of(backend, composite("SENTINEL2_L2A", 64))
        assert made_up.shape[-2:] == (64, 64), made_up.shape
        yield _beside_numpy(_WINDOW, made_up, effort.rounds, goal=20e-3)
        yield _beside_numpy(
            _MEGAPIXEL, cube_of(backend, composite("SENTINEL2_L2A", effort.side)), few, goal=1.0
        )
        give(backend, effort.side)
        yield _beside_numpy(_GRAPH_ALONE, cube_of(backend, composite(GIVEN_ID, effort.side)), few, goal=0.5)


def _beside_numpy(name: str, cube: DataCube, rounds: int, *, goal: float) -> Row:
    """Compare reading a composite with NumPy's computing one from arrays that are there."""
    red, nir = bands(cube.shape[-1])
    costs = compare(timed(lambda: Values(cube).array()), timed(lambda: median(red, nir)), rounds)
    ratio = f"{costs.measured / costs.peer:.2f} x"
    met = costs.measured <= goal
    return Row(name, seconds(costs.measured), seconds(costs.peer), ratio, f"<= {seconds(goal)}", met)


def _given_data(effort: Effort) -> Iterator[Row]:
    side = 4
    graph = composite(GIVEN_ID, side)
    mocker = requests_mock.Mocker()
    with mocker:
        dummy = dummy_backend(mocker)
    with MockBackend(plan=POLLED) as backend, scratch_file() as file:
        give(backend, side)
        ours = _values_of_job(backend.connect(), graph, file)
        ours()
        dummy.next_result = file.read_bytes()
        with rasterio.open(file) as source:
            np.testing.assert_array_equal(source.read(1), median(*bands(side)).astype("float32"))
        theirs = _values_of_job(dummy.connection, graph, file)

        def sample_dummy() -> float:
            # It takes over every session, so it is in force for its own turns only.
            with mocker:
                return theirs()

        yield compare(ours, sample_dummy, effort.rounds).as_difference(_GIVEN, goal=15e-3)


def _values_of_job(connection: Connection, graph: dict[str, Any], file: Path) -> Sampler:
    """Return what measures a job until its values are there."""

    def job() -> None:
        run_job(connection, file, graph=graph)
        with rasterio.open(file) as source:
            source.read()

    return timed(job)


def _imports(effort: Effort) -> Iterator[Row]:
    # Compared with nothing: the goal is absolute, and what a whole process takes varies by more.
    costs = compare(_import, lambda: 1.0, effort.processes, processes=True)
    shown = f"+{seconds(costs.measured)}"
    yield Row(_IMPORT, shown, "", shown, f"<= +{seconds(_IMPORT_MOST)}", costs.measured <= _IMPORT_MOST)


def _import() -> float:
    """Return the processor time of importing the engine in a process of its own."""
    program = """
import gc, time, numpy, shapely, pyproj, mock_backend
gc.disable()
before = time.process_time()
import mock_backend.engine.core.file_values
print(time.process_time() - before)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return float(done.stdout)


BENCHMARKS = (
    Benchmark((_CREATION,), _creation),
    Benchmark((_WINDOW, _MEGAPIXEL, _GRAPH_ALONE), _reading),
    Benchmark((_GIVEN,), _given_data),
    Benchmark((_IMPORT,), _imports),
)
