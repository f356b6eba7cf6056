"""The same request and seed give the same bytes, wherever; another seed gives other values."""

import json
import os
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_backend import Clock, MockBackend
from typical_graphs.digests import digests, files_of
from typical_graphs.graphs import GRAPHS
from typical_graphs.opening import UNNAMED, open_all

_CASES = [
    ("time_series", "GTiff"),
    ("time_series", "netCDF"),
    ("single_date", "PNG"),
    ("ndvi", "Zarr"),
    ("decibels", "GTiff"),
    ("harmonics", "GTiff"),
    ("neighbours", "GTiff"),
    ("udf", "JSON"),
    ("zonal_statistics", "CSV"),
    ("zonal_statistics", "GeoJSON"),
    ("zonal_statistics", "Parquet"),
]
#: Those of which other libraries write nothing, not even the text of the coordinate system.
_OWN = [each for each in _CASES if each[1] in ("GTiff", "PNG", "CSV", "GeoJSON")]

needs_dask = pytest.mark.skipif(
    find_spec("distributed") is None, reason="dask is not installed, which is an extra"
)


@pytest.fixture(scope="module")
def expected():
    """The digests of the files of all cases, as this process computes them."""
    return dict(zip(_CASES, digests(_CASES), strict=True))


@pytest.fixture
def assert_same(expected):
    """Compare digests with those of another process."""

    def check(cases=_CASES, python=sys.executable, path=sys.path, settings=None, **environment):
        run = subprocess.run(
            [
                python,
                "-W",
                "error",
                "-m",
                "typical_graphs.digests",
                json.dumps({"cases": cases, **(settings or {})}),
            ],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(path)} | environment,
        )
        assert run.returncode == 0, run.stderr
        found = dict(zip(cases, json.loads(run.stdout), strict=True))
        assert found == {each: expected[each] for each in cases}

    return check


def test_processes_write_the_same(assert_same, expected):
    assert len(set(expected.values())) == len(_CASES)
    assert_same(PYTHONHASHSEED="17", TZ="Asia/Tokyo")


@needs_dask
def test_a_cluster_writes_the_same(assert_same):
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", processes=True) as cluster:
        assert_same(_OWN, settings={"scheduler": cluster.scheduler_address})


def test_threads_small_windows_and_features_of_the_processor_make_no_difference(assert_same):
    threads = {} if find_spec("distributed") is None else {"workers": 3}
    features = _features_of_the_processor()
    # Numbers of 64 bits, which JSON has, may differ in their last digits.
    cases = [each for each in _CASES if each[1] != "JSON"]
    assert_same(cases, settings={"window": 64, **threads}, NPY_DISABLE_CPU_FEATURES=" ".join(features))


def _features_of_the_processor():
    core = import_module("numpy._core" if find_spec("numpy._core") else "numpy.core")
    module = core._multiarray_umath
    return [each for each in module.__cpu_dispatch__ if module.__cpu_features__[each]]


def test_other_releases_of_numpy_write_the_same(assert_same):
    """``make lowest`` names a Python that has the latest release."""
    other = os.environ.get("MOCK_BACKEND_OTHER_PYTHON")
    if not other:
        pytest.skip("MOCK_BACKEND_OTHER_PYTHON names no Python with another release")
    root = Path(__file__).parents[2]
    assert_same(_OWN, other, [str(root), str(root / "tests" / "graphs")])


@pytest.mark.parametrize(("graph", "format_"), [("time_series", "netCDF"), ("zonal_statistics", "CSV")])
def test_another_seed_gives_other_values_of_the_same_kind(mock_backend_factory, tmp_path, graph, format_):
    told = []
    for seed in (1, 2):
        path = tmp_path / f"{seed}" / UNNAMED
        path.parent.mkdir()
        GRAPHS[graph](mock_backend_factory(seed=seed).connect()).download(path, format=format_)
        told.append(open_all(format_, [path]))
    values = [each.pop("values") for each in told]
    assert told[0] == told[1]
    assert not np.array_equal(*values)


def test_a_batch_job_writes_what_synchronous_processing_does(connection, batch, synchronous):
    cube = GRAPHS["time_series"](connection)
    assert {each.name: each.read_bytes() for each in batch(cube, "GTiff")} == {
        each.name: each.read_bytes() for each in synchronous(cube, "GTiff")
    }


def test_what_is_seen_through_a_window_is_what_is_there(connection, tmp_path):
    """A smaller area, and fewer dates and bands, have the values that the whole has there."""
    whole, part = tmp_path / "whole", tmp_path / "part"
    area = {"west": 650_000, "south": 5_675_000, "east": 650_500, "north": 5_675_300, "crs": "EPSG:32631"}
    inner = area | {"west": 650_100, "north": 5_675_200}
    for path, extent, dates, bands in (
        (whole, area, ["2024-06-01", "2024-06-15"], ["B04", "B08"]),
        (part, inner, ["2024-06-08", "2024-06-15"], ["B08"]),
    ):
        connection.load_collection("SENTINEL2_L2A", extent, dates, bands).download(path, format="netCDF")
    outer, cut = (open_all("netCDF", [path])["values"] for path in (whole, part))
    assert np.array_equal(cut[0], outer[1, 1:, 10:, 10:])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    more=st.lists(st.sampled_from(["B02", "B03", "B05", "SCL", "AOT"]), unique=True, max_size=2),
    west=st.integers(650_000, 651_000),
    width=st.integers(1, 200),
    days=st.integers(1, 12),
    step=st.sampled_from(["none", "ndvi", "mean", "first", "scaled"]),
    format_=st.sampled_from(["GTiff", "netCDF", "JSON"]),
    seed=st.integers(0, 2**32),
)
def test_any_graph_gives_the_same_at_any_time(more, west, width, days, step, format_, seed):
    """Back-ends of one process share what they have computed, but not with those of other times."""
    area = {"west": west, "south": 5_675_000, "east": west + width, "north": 5_675_050, "crs": "EPSG:32631"}

    def files(start):
        with MockBackend(seed=seed, clock=Clock(start)) as backend:
            cube = backend.connect().load_collection(
                "SENTINEL2_L2A", area, ["2024-06-04", f"2024-06-{4 + days:02}"], ["B04", "B08", *more]
            )
            if step == "ndvi":
                cube = cube.ndvi(red="B04", nir="B08")
            elif step in ("mean", "first"):
                cube = cube.reduce_dimension(dimension="t", reducer=step)
            elif step == "scaled":
                cube = cube.apply(lambda value: value * 0.0001)
            return files_of(cube.download(format=format_))

    assert files("2025-06-01T12:00:00Z") == files("2026-01-01T00:00:00Z")
