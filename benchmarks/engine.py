"""What it costs to compute: to follow graphs, to read values, and to import what does it."""

import itertools
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import requests_mock
from numpy.typing import NDArray
from openeo.rest.connection import Connection

from benchmarks.clients import POLLED, dummy_backend, run_job, scratch_file
from benchmarks.measuring import Benchmark, Effort, Row, Sampler, compare, seconds, timed
from mock_backend import MockBackend
from mock_backend.catalog import CollectionsRegister
from mock_backend.cubes import DataCube
from mock_backend.engine.computing import Values
from mock_backend.outcomes import Surroundings
from mock_backend.outcomes.following import outcome_of
from mock_backend.processes.definitions import signatures

_CREATION = "create_job with a new graph of a composite, to one of a sum"
_WINDOW = "64 x 64 pixels of an NDVI median of 10 dates, to NumPy's"
_MEGAPIXEL = "a megapixel of an NDVI median of 10 dates, to NumPy's"
_GRAPH_ALONE = "the same of given data, to NumPy's"
_GIVEN = "job and values of tiny given data, beyond DummyBackend"
_IMPORT = "importing the engine, beyond NumPy, shapely, pyproj and the rest"

_GIVEN_ID = "GIVEN"
_DATES = 10
_RESOLUTION = 10
_WEST, _NORTH = 640_000, 5_680_000
_EPSG = 32631
#: As before values were computed.
_CREATION_GOAL = 2.2
_IMPORT_MOST = 50e-3


def _creation(effort: Effort) -> Iterator[Row]:
    numbers = itertools.count(1)
    with MockBackend() as backend:
        connection = backend.connect(auto_validate=False)

        def composite() -> None:
            # Each time another area: a graph that has been followed before is remembered.
            connection.create_job(_composite("SENTINEL2_L2A", 64, _WEST - _RESOLUTION * next(numbers)))

        def total() -> None:
            arguments = {"x": next(numbers), "y": 1}
            connection.create_job({"add": {"process_id": "add", "arguments": arguments, "result": True}})

        ours, theirs = timed(composite, 5), timed(total, 5)
        yield compare(ours, theirs, effort.rounds).as_ratio(_CREATION, goal=_CREATION_GOAL)


def _reading(effort: Effort) -> Iterator[Row]:
    few = effort.rounds // 10 + 1
    with MockBackend() as backend:
        made_up = _cube(backend, _composite("SENTINEL2_L2A", 64))
        assert made_up.shape[-2:] == (64, 64), made_up.shape
        yield _beside_numpy(_WINDOW, made_up, effort.rounds, goal=20e-3)
        yield _beside_numpy(_MEGAPIXEL, _cube(backend, _composite("SENTINEL2_L2A", 1000)), few, goal=1.0)
        _give(backend, 1000)
        yield _beside_numpy(_GRAPH_ALONE, _cube(backend, _composite(_GIVEN_ID, 1000)), few, goal=0.5)


def _beside_numpy(name: str, cube: DataCube, rounds: int, *, goal: float) -> Row:
    """Compare reading a composite with NumPy's computing one from arrays that are there."""
    red, nir = _bands(cube.shape[-1])
    costs = compare(timed(lambda: Values(cube).array()), timed(lambda: _median(red, nir)), rounds)
    ratio = f"{costs.measured / costs.peer:.2f} x"
    met = costs.measured <= goal
    return Row(name, seconds(costs.measured), seconds(costs.peer), ratio, f"<= {seconds(goal)}", met)


def _given_data(effort: Effort) -> Iterator[Row]:
    side = 4
    graph = _composite(_GIVEN_ID, side)
    mocker = requests_mock.Mocker()
    with mocker:
        dummy = dummy_backend(mocker)
    with MockBackend(plan=POLLED) as backend, scratch_file() as file:
        _give(backend, side)
        ours = _values_of_job(backend.connect(), graph, file)
        ours()
        dummy.next_result = file.read_bytes()
        with rasterio.open(file) as source:
            np.testing.assert_array_equal(source.read(1), _median(*_bands(side)).astype("float32"))
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
import mock_backend.engine.computing
print(time.process_time() - before)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _composite(collection_id: str, side: int, west: int = _WEST) -> dict[str, Any]:
    """Return the graph of the median over time of a vegetation index: a square of so many pixels."""
    size = side * _RESOLUTION
    box = {"west": west, "south": _NORTH - size, "east": west + size, "north": _NORTH, "crs": _EPSG}
    load = {
        "id": collection_id,
        "spatial_extent": box,
        "temporal_extent": ["2024-06-01", "2024-07-20"],
        "bands": ["B04", "B08"],
    }
    median = {"process_id": "median", "arguments": {"data": {"from_parameter": "data"}}, "result": True}
    reduce = {
        "data": {"from_node": "ndvi"},
        "dimension": "t",
        "reducer": {"process_graph": {"median": median}},
    }
    return {
        "load": {"process_id": "load_collection", "arguments": load},
        "ndvi": {
            "process_id": "ndvi",
            "arguments": {"data": {"from_node": "load"}, "nir": "B08", "red": "B04"},
        },
        "median": {"process_id": "reduce_dimension", "arguments": reduce},
        "save": {
            "process_id": "save_result",
            "arguments": {"data": {"from_node": "median"}, "format": "GTiff"},
            "result": True,
        },
    }


def _cube(backend: MockBackend, graph: dict[str, Any]) -> DataCube:
    """Return what a graph saves."""
    surroundings = Surroundings(
        catalogue=backend.registers.one(CollectionsRegister),
        processes=signatures(),
        now=datetime(2025, 1, 1, tzinfo=UTC),
    )
    content = outcome_of(graph, surroundings).saved[0].content
    assert isinstance(content, DataCube)
    return content


def _bands(side: int) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Return red and near infrared: dates, rows, columns."""
    random = np.random.default_rng(1)
    red, nir = random.integers(1, 10_000, (2, _DATES, side, side)).astype(np.int16)
    return red, nir


def _median(red: NDArray[np.int16], nir: NDArray[np.int16]) -> NDArray[np.float64]:
    red_, nir_ = red.astype(np.float64), nir.astype(np.float64)
    found: NDArray[np.float64] = np.median((nir_ - red_) / (nir_ + red_), axis=0)
    return found


def _give(backend: MockBackend, side: int) -> None:
    """Add a collection of given data, where composites are."""
    size = side * _RESOLUTION
    backend.add_collection(
        _GIVEN_ID,
        data=np.stack(_bands(side), axis=1),
        bands=["B04", "B08"],
        dates=[(date(2024, 6, 1) + timedelta(days=5 * number)).isoformat() for number in range(_DATES)],
        bbox=(_WEST, _NORTH - size, _WEST + size, _NORTH),
        crs=_EPSG,
    )


BENCHMARKS = (
    Benchmark((_CREATION,), _creation),
    Benchmark((_WINDOW, _MEGAPIXEL, _GRAPH_ALONE), _reading),
    Benchmark((_GIVEN,), _given_data),
    Benchmark((_IMPORT,), _imports),
)
