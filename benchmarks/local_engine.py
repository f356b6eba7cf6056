"""The cost of computing, beside openeo-processes-dask where that is installed.

It is heavy, so no dependency group has it: see CONTRIBUTING.md.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.composites import GIVEN_ID, bands, composite, cube_of, give
from benchmarks.measuring import Benchmark, Effort, Row, compare, timed
from mock_backend import MockBackend
from mock_backend.engine.core.file_values import Values

_BESIDE = "a megapixel of an NDVI median of 10 given dates, to openeo-processes-dask's"
_SIDE = 1000
#: Pixels a side of its chunks; with larger ones it takes longer.
_CHUNK = 256


def _beside(effort: Effort) -> Iterator[Row]:
    graph = composite(GIVEN_ID, _SIDE)
    theirs = _their_values({name: node for name, node in graph.items() if name != "save"})
    with MockBackend() as backend:
        give(backend, _SIDE)

        def ours() -> Any:
            return Values(cube_of(backend, graph)).array()

        np.testing.assert_allclose(theirs(), np.squeeze(ours()), rtol=1e-6)
        costs = compare(timed(ours), timed(theirs), effort.rounds // 10 + 1)
    yield costs.as_ratio(_BESIDE, goal=1.0)


def _their_values(graph: dict[str, Any]) -> Callable[[], Any]:
    """Return what computes a composite of given data on one core with openeo-processes-dask."""
    parser = import_module("openeo_pg_parser_networkx")
    process = import_module("openeo_pg_parser_networkx.process_registry").Process
    specs = import_module("openeo_processes_dask.specs")
    implementations = import_module("openeo_processes_dask.process_implementations")
    decorated = import_module("openeo_processes_dask.process_implementations.core").process
    labels = {"bands": ["B04", "B08"]}
    cube = import_module("xarray").DataArray(np.stack(bands(_SIDE), axis=1), labels, ("t", "bands", "y", "x"))
    chunked = cube.chunk({"t": -1, "bands": -1, "y": _CHUNK, "x": _CHUNK})
    registry = parser.ProcessRegistry(wrap_funcs=[decorated])
    for name in ("ndvi", "reduce_dimension", "median"):
        registry[name] = process(getattr(specs, name), getattr(implementations, name))
    # Its own one reads from STAC catalogues.
    registry["load_collection"] = process(specs.load_collection, lambda **_: chunked)
    graph = {**graph, "median": {**graph["median"], "result": True}}

    def values() -> Any:
        parsed = parser.OpenEOProcessGraph(pg_data={"process_graph": graph})
        return parsed.to_callable(registry)(named_parameters={}).compute(scheduler="synchronous").values

    return values


BENCHMARKS = (Benchmark((_BESIDE,), _beside),) if find_spec("openeo_processes_dask") is not None else ()
