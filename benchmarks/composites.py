"""Median composites of a vegetation index: process graphs, and given data to make them of."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend import MockBackend
from mock_backend.catalog import CollectionsRegister
from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps import GraphContext
from mock_backend.engine.steps.follower import outcome_of
from mock_backend.processes.definitions.predefined import signatures

GIVEN_ID = "GIVEN"
_DATES = 10
RESOLUTION = 10
WEST, _NORTH = 640_000, 5_680_000
_EPSG = 32631


def composite(collection_id: str, side: int, west: int = WEST) -> dict[str, Any]:
    """Return the graph of the median over time of a vegetation index, of a square of pixels."""
    size = side * RESOLUTION
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


def cube_of(backend: MockBackend, graph: dict[str, Any]) -> DataCube:
    """Return what a graph saves."""
    surroundings = GraphContext(
        catalogue=backend.registers.one(CollectionsRegister),
        processes=signatures(),
        now=datetime(2025, 1, 1, tzinfo=UTC),
    )
    content = outcome_of(graph, surroundings).saved[0].content
    assert isinstance(content, DataCube)
    return content


def bands(side: int) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Return red and near infrared: dates, rows, columns."""
    random = np.random.default_rng(1)
    red, nir = random.integers(1, 10_000, (2, _DATES, side, side)).astype(np.int16)
    return red, nir


def median(red: NDArray[np.int16], nir: NDArray[np.int16]) -> NDArray[np.float64]:
    red_, nir_ = red.astype(np.float64), nir.astype(np.float64)
    found: NDArray[np.float64] = np.median((nir_ - red_) / (nir_ + red_), axis=0)
    return found


def give(backend: MockBackend, side: int) -> None:
    """Add a collection of given data, where composites are."""
    size = side * RESOLUTION
    backend.add_collection(
        GIVEN_ID,
        data=np.stack(bands(side), axis=1),
        bands=["B04", "B08"],
        dates=[(date(2024, 6, 1) + timedelta(days=5 * number)).isoformat() for number in range(_DATES)],
        bbox=(WEST, _NORTH - size, WEST + size, _NORTH),
        crs=_EPSG,
    )
