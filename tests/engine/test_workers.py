"""Workers, and what they can be given."""

import pickle
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from mock_backend import MockBackend
from mock_backend.catalog import CollectionsRegister
from mock_backend.engine.core import workers as module
from mock_backend.engine.core.file_values import Values
from mock_backend.engine.core.workers import workers_of
from mock_backend.engine.steps import GraphContext
from mock_backend.engine.steps.follower import outcome_of
from mock_backend.processes.definitions.predefined import signatures
from mock_backend.settings import AppSettings
from validation_cases.building import call, graph, par, ref


@pytest.fixture
def cube():
    """The largest NDVI of some weeks: clouds, bands, time and a resampling are in it."""
    index = {
        "red": call("array_element", data=par("data"), label="B04"),
        "nir": call("array_element", data=par("data"), label="B08"),
        "index": call("normalized_difference", x=ref("nir"), y=ref("red")),
    }
    nodes = graph(
        load=call(
            "load_collection",
            id="SENTINEL2_L2A",
            spatial_extent={"west": 5.0, "south": 51.0, "east": 5.02, "north": 51.02},
            temporal_extent=["2024-06-01", "2024-07-01"],
            bands=["B04", "B08"],
        ),
        ndvi=call(
            "reduce_dimension", data=ref("load"), dimension="bands", reducer={"process_graph": graph(**index)}
        ),
        coarse=call("resample_spatial", data=ref("ndvi"), resolution=30, method="bilinear"),
        largest=call(
            "reduce_dimension",
            data=ref("coarse"),
            dimension="t",
            reducer={"process_graph": graph(max=call("max", data=par("data")))},
        ),
    )
    surroundings = GraphContext(
        catalogue=CollectionsRegister(AppSettings()),
        processes=signatures(),
        now=datetime(2025, 1, 1, tzinfo=UTC),
    )
    return outcome_of(nodes, surroundings).saved[0].content


def test_windows_of_any_size_have_the_same_values(cube):
    whole = Values(cube).array().T  # rows before columns
    for size in (1, 16, 64, 1024):
        values = Values(cube)
        for top in range(0, whole.shape[-2], max(size, 16)):
            part = values.window({}, slice(top, top + size), slice(0, size))
            rows, columns = part.shape
            expected = whole[top : top + rows, :columns]
            assert part.tobytes() == np.ascontiguousarray(expected).tobytes()


def test_sources_are_small_and_can_be_pickled(cube):
    pickled = pickle.dumps(cube.source)

    assert len(pickled) < 20_000
    again = pickle.loads(pickled)
    assert Values(cube).array().tobytes() == Values(replace(cube, source=again)).array().tobytes()


@pytest.mark.parametrize("options", [{"workers": 2}, {"scheduler": "tcp://127.0.0.1:1"}])
def test_what_is_not_installed_is_said_at_once(monkeypatch, options):
    monkeypatch.setattr(module, "find_spec", lambda name: None)

    with pytest.raises(ModuleNotFoundError, match=r"openeo-mock-backend\[dask\]"):
        MockBackend("https://many.test", **options)


def test_there_is_one_thread_at_least():
    with pytest.raises(ValueError, match="must be ≥ 1, got 0"):
        workers_of(0)


def test_dask_is_imported_by_those_who_want_it():
    program = (
        "import sys, mock_backend.engine.core.file_values, mock_backend.engine.core.workers;"
        "print({'dask', 'distributed', 'xarray', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"


def test_following_a_graph_imports_neither_the_landscape_nor_readers_of_files():
    program = (
        "import sys, mock_backend.engine.steps.follower;"
        "heavy = {'mock_backend.landscape.sensors.landscape_view', 'mock_backend.engine.given_data.reading'};"
        "print(heavy & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"
