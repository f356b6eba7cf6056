"""Strategies for hypothesis: valid process graphs, plans of jobs, orders of faults.

Only this module imports hypothesis, which comes with no extra: whoever uses strategies has it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from mock_backend.control.faults import (
    BrokenJson,
    ContentType,
    Delay,
    Disconnect,
    Fault,
    FaultKind,
    FaultOrder,
    SlowBody,
    Truncate,
)
from mock_backend.lifecycle import JobPlan

__all__ = ["COLLECTIONS", "fault_kinds", "fault_orders", "job_plans", "process_graphs"]

#: Collections with bands and a dimension of time, by id, and some of their bands.
COLLECTIONS: Mapping[str, Sequence[str]] = {
    "SENTINEL2_L2A": ("B02", "B03", "B04", "B08"),
    "SENTINEL1_GRD": ("VV", "VH"),
}

_REDUCERS = st.sampled_from(("mean", "median", "min", "max", "sum"))
_PERIODS = st.sampled_from(("day", "week", "dekad", "month", "season", "year"))
_FORMATS = st.sampled_from(("GTiff", "netCDF", "JSON"))
_FIRST_DAY, _DAYS = date(2021, 1, 1), 730
_ROUTES = (
    *("GET /jobs", "POST /jobs", "GET /me", "GET /collections", "POST /validation", "GET *", "* *"),
    *("GET /jobs/{job_id}", "GET /jobs/{job_id}/logs", "GET /jobs/{job_id}/results"),
    *("POST /jobs/{job_id}/results", "DELETE /jobs/{job_id}/results"),
)

_Draw = Callable[[st.SearchStrategy[Any]], Any]


class _Pipeline:
    """A chain of nodes, with what is known of the cube at its end."""

    def __init__(self, bands: list[str]) -> None:
        self.nodes: dict[str, dict[str, Any]] = {}
        self.bands = bands
        self.has_time = True
        self.last = ""

    def add(self, process_id: str, **arguments: Any) -> None:
        data = {"data": {"from_node": self.last}} if self.last else {}
        name = f"{process_id.replace('_', '')}{len(self.nodes) + 1}"
        self.nodes[name] = {"process_id": process_id, "arguments": data | arguments}
        self.last = name


@st.composite
def process_graphs(draw: _Draw, collections: Mapping[str, Sequence[str]] = COLLECTIONS) -> dict[str, Any]:
    """Return a strategy of valid process graphs that load a collection, process it and save the result.

    Args:
        draw: Given by hypothesis.
        collections: The ids of collections to load, with bands of each; they need dimensions ``t`` and
            ``bands``.
    """
    collection = draw(st.sampled_from(sorted(collections)))
    bands = draw(st.lists(st.sampled_from(sorted(collections[collection])), min_size=1, unique=True))
    west, south = draw(st.integers(-1000, 2000)) / 100, draw(st.integers(3600, 5900)) / 100
    size = draw(st.integers(1, 10)) / 100
    first = _FIRST_DAY + timedelta(days=draw(st.integers(0, _DAYS)))
    last = first + timedelta(days=draw(st.integers(10, 60)))
    made = _Pipeline(bands)
    made.add(
        "load_collection",
        id=collection,
        spatial_extent={"west": west, "south": south, "east": west + size, "north": south + size},
        temporal_extent=[first.isoformat(), last.isoformat()],
        bands=bands,
    )
    for _ in range(draw(st.integers(0, 5))):
        possible = [step for step, fits in _STEPS if fits(made)]
        draw(st.sampled_from(possible))(made, draw)
    made.add("save_result", format=draw(_FORMATS))
    made.nodes[made.last]["result"] = True
    return made.nodes


def _callback(process_id: str, name: str, **arguments: Any) -> dict[str, Any]:
    node = {
        "process_id": process_id,
        "arguments": {name: {"from_parameter": name}, **arguments},
        "result": True,
    }
    return {"process_graph": {process_id: node}}


def _filter_bands(made: _Pipeline, draw: _Draw) -> None:
    made.bands = draw(st.lists(st.sampled_from(sorted(made.bands)), min_size=1, unique=True))
    made.add("filter_bands", bands=made.bands)


def _ndvi(made: _Pipeline, draw: _Draw) -> None:  # noqa: ARG001  # as all steps
    made.add("ndvi", nir="B08", red="B04")
    made.bands = []


def _reduce_time(made: _Pipeline, draw: _Draw) -> None:
    made.add("reduce_dimension", dimension="t", reducer=_callback(draw(_REDUCERS), "data"))
    made.has_time = False


def _reduce_bands(made: _Pipeline, draw: _Draw) -> None:
    made.add("reduce_dimension", dimension="bands", reducer=_callback(draw(_REDUCERS), "data"))
    made.bands = []


def _aggregate(made: _Pipeline, draw: _Draw) -> None:
    made.add("aggregate_temporal_period", period=draw(_PERIODS), reducer=_callback(draw(_REDUCERS), "data"))


def _apply(made: _Pipeline, draw: _Draw) -> None:
    scaled = _callback("linear_scale_range", "x", inputMin=0, inputMax=draw(st.integers(1, 10_000)))
    made.add("apply", process=draw(st.sampled_from((_callback("absolute", "x"), scaled))))


def _resample(made: _Pipeline, draw: _Draw) -> None:
    made.add("resample_spatial", projection=3857, resolution=draw(st.sampled_from((20, 60, 100))))


_STEPS: tuple[tuple[Callable[[_Pipeline, _Draw], None], Callable[[_Pipeline], bool]], ...] = (
    (_filter_bands, lambda made: bool(made.bands)),
    (_ndvi, lambda made: {"B04", "B08"} <= {*made.bands}),
    (_reduce_time, lambda made: made.has_time),
    (_reduce_bands, lambda made: bool(made.bands)),
    (_aggregate, lambda made: made.has_time),
    (_apply, lambda _: True),
    (_resample, lambda _: True),
)


def job_plans(*, ends: bool = True) -> st.SearchStrategy[JobPlan]:
    """Return a strategy of plans, by time and by polls; their jobs finish or fail.

    Args:
        ends: False for plans of jobs that never end, too.
    """
    phase = st.integers(0, 7200)
    ending: dict[str, st.SearchStrategy[Any]] = {
        "fails_at": st.none() | st.integers(0, 100).map(lambda percent: percent / 100)
    }
    by_time = st.builds(JobPlan, queued=phase, running=phase, partial_results=st.booleans(), **ending)
    by_polls = st.builds(JobPlan.polls, queued=st.integers(0, 5), running=st.integers(0, 5), **ending)
    stuck = st.builds(JobPlan.stuck, st.sampled_from(("queued", "running")))
    return by_time | by_polls if ends else by_time | by_polls | stuck


def fault_kinds() -> st.SearchStrategy[FaultKind]:
    """Return a strategy of faults: errors, delays, lost connections and broken answers."""
    seconds = st.integers(0, 120)
    share = st.integers(0, 100).map(lambda percent: percent / 100)
    statuses = st.sampled_from((400, 401, 403, 404, 408, 500, 502, 504))
    return st.one_of(
        st.builds(Fault, statuses, after_effect=st.booleans()),
        st.builds(Fault, st.sampled_from((429, 503)), retry_after=seconds),
        st.builds(Delay, seconds),
        st.builds(Disconnect, st.sampled_from(("before", "after", "body"))),
        st.builds(Truncate, share),
        st.builds(SlowBody, seconds),
        st.builds(BrokenJson),
        st.builds(ContentType),
    )


def fault_orders(routes: Sequence[str] = _ROUTES) -> st.SearchStrategy[FaultOrder]:
    """Return a strategy of orders of faults, for ``MockBackend.order``.

    Args:
        routes: Methods and path templates of the requests that may run into them.
    """
    when = st.one_of(
        st.just({}),
        st.fixed_dictionaries({"nth": st.integers(1, 5)}),
        st.builds(
            lambda after, every: {"after": after, "every": every}, st.integers(0, 5), st.integers(1, 5)
        ),
        st.builds(lambda percent: {"probability": percent / 100}, st.integers(1, 100)),
    )
    return st.builds(
        lambda fault, route, times, conditions: FaultOrder(fault, route, times, **conditions),
        fault_kinds(),
        st.sampled_from(routes),
        st.integers(1, 3),
        when,
    )
