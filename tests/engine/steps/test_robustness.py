"""Whatever fits the signatures of processes has an outcome, and all that is told of it goes together."""

import math
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_backend.catalog import CollectionsRegister
from mock_backend.engine.core.file_values import Values
from mock_backend.engine.cubes import DataCube, Grid
from mock_backend.engine.functions import FUNCTIONS
from mock_backend.engine.steps import GraphContext, Outcome
from mock_backend.engine.steps.follower import outcome_of
from mock_backend.engine.steps.registry import SOURCES, STEPS
from mock_backend.errors import OpenEOError
from mock_backend.processes.definitions.predefined import signatures, signatures_of
from mock_backend.profiles import profile_from
from mock_backend.settings import AppSettings
from validation_cases.building import BOX, FEATURE, POLYGON, call, child, graph, load, par, reducer, ref
from validation_cases.generating import Made, graphs

SURROUNDINGS = GraphContext(
    CollectionsRegister(AppSettings(profile="spec")), signatures(), datetime(2025, 6, 1, 12, tzinfo=UTC)
)
CDSE = profile_from("cdse").catalogue
#: Errors of sound process graphs.
CODES = {"NoDataAvailable", "ProcessGraphComplexity", "ProcessParameterInvalid", "ProcessParameterRequired"}
#: Errors that the definitions of processes list.
CODES |= {code for each in signatures().values() for code in each.get("exceptions", {})}
#: Of what has no pixels all values are computed.
MANY_LABELS = 5000
TYPES = {"uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"}
SETTINGS = settings(
    derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def outcome_or_refusal(process_graph) -> Outcome | None:
    try:
        found = outcome_of(process_graph, SURROUNDINGS)
    except OpenEOError as error:
        if error.status_code != 400 or error.openeo_code not in CODES:
            raise
        return None
    assert found.saved
    for saved in found.saved:
        if isinstance(saved.content, DataCube):
            check(saved.content)
        else:
            check_plain(saved.content.value)
    assert found.input_pixels >= 0
    return found


def check(cube: DataCube) -> None:
    """Check that all that is told of a cube goes together."""
    flat = [each.axis for each in cube.dimensions if each.kind == "spatial" and each.labels is None]
    assert sorted(flat) == ([] if cube.grid is None else ["x", "y"])
    assert all(each.labels is not None or each.kind == "spatial" for each in cube.dimensions)
    assert len({each.name for each in cube.dimensions}) == len(cube.dimensions)
    bands, places = cube.of_kind("bands"), cube.of_kind("geometry")
    assert [each.name for each in cube.bands] == (
        [cube.bands[0].name] if bands is None else list(map(str, bands.labels))
    )
    for band in cube.bands:
        assert band.data_type in TYPES
        assert band.minimum is None or band.maximum is None or band.minimum <= band.maximum
        assert band.nodata is not None or not band.data_type.startswith("float")
    assert len(cube.geometries) == (0 if places is None else len(places.labels))
    assert cube.data_type in TYPES
    assert cube.count == math.prod(cube.shape)
    assert isinstance(cube.grid, Grid | None)
    check_some_values(cube)


def check_some_values(cube: DataCube) -> None:
    """Check that two pixels have values: those of the first labels."""
    if cube.count == 0 or math.prod(cube.sizes[each.name] for each in cube.others) > MANY_LABELS:
        return
    if cube.grid is None:
        assert Values(cube).array().shape == cube.shape
        return
    window = Values(cube).window({}, slice(0, 1), slice(0, 2))
    assert window.dtype == cube.data_type
    assert window.shape == (1, min(cube.grid.columns, 2))


def check_plain(value) -> None:
    assert value is None or isinstance(value, str | int | float | list | dict)
    for each in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        check_plain(each)


@settings(SETTINGS, max_examples=4 * settings.default.max_examples)
@given(graphs())
def test_what_fits_the_signatures_has_an_outcome(made: Made):
    outcome_or_refusal(made.graph)


def test_each_process_is_followed_in_one_way():
    assert not STEPS.keys() & SOURCES.keys()
    assert not SOURCES.keys() & FUNCTIONS.keys()
    assert STEPS.keys() | SOURCES.keys() | FUNCTIONS.keys() <= signatures_of(CDSE).keys()


SMALL = {"west": 5.0, "south": 51.2, "east": 5.01, "north": 51.21}
INTERVALS = [["2024-06-01", "2024-06-10"], ["2024-06-10", "2024-06-20"]]
_NAMES = st.sampled_from(["x", "y", "t", "bands", "new", "geometry"])
_REDUCERS = st.sampled_from(["mean", "max", "count", "sum", "sd", "any", "first"]).map(reducer)
_ARRAYS = st.sampled_from(
    [
        child(p=call("quantiles", data=par("data"), probabilities=[0.1, 0.9])),
        child(p=call("sort", data=par("data"))),
        child(p=call("array_append", data=par("data"), value=0.5)),
        child(p=call("cumsum", data=par("data"))),
        child(p=call("array_filter", data=par("data"), condition=child(c=call("gt", x=par("x"), y=3)))),
        child(p=call("mean", data=par("data"))),
    ]
)
_PIXELS = st.sampled_from(
    [
        child(p=call("sqrt", x=par("x"))),
        child(p=call("gt", x=par("x"), y=1)),
        child(p=call("linear_scale_range", x=par("x"), inputMin=0, inputMax=1, outputMax=255)),
        child(p=call("divide", x=1, y=par("x"))),
    ]
)


def _call(process_id, **arguments):
    return st.fixed_dictionaries(arguments).map(lambda drawn: call(process_id, **drawn))


#: Steps with arguments that are right for some cubes and wrong for others.
STEP = st.one_of(
    _call("filter_temporal", extent=st.sampled_from([["2024-06-03", "2024-06-20"], [None, "2024-06-04"]])),
    _call("filter_bbox", extent=st.sampled_from([SMALL, BOX | {"crs": 4326}])),
    _call("filter_spatial", geometries=st.sampled_from([POLYGON, FEATURE])),
    _call("filter_bands", bands=st.sampled_from([["B04"], ["nir"]])),
    _call(
        "filter_labels", dimension=_NAMES, condition=st.just(child(c=call("neq", x=par("value"), y="B04")))
    ),
    _call("mask_polygon", mask=st.just(POLYGON), inside=st.booleans()),
    _call("apply", process=_PIXELS),
    _call("apply_kernel", kernel=st.just([[1, 2, 1]] * 3)),
    _call("apply_dimension", dimension=_NAMES, process=_ARRAYS),
    _call("apply_dimension", dimension=_NAMES, process=_ARRAYS, target_dimension=_NAMES),
    _call("reduce_dimension", dimension=_NAMES, reducer=_REDUCERS),
    _call("reduce_spatial", reducer=_REDUCERS),
    _call("aggregate_spatial", geometries=st.sampled_from([POLYGON, FEATURE]), reducer=_REDUCERS),
    _call("aggregate_spatial_window", size=st.just([3, 5]), reducer=_REDUCERS),
    _call("aggregate_temporal", intervals=st.just(INTERVALS), reducer=_REDUCERS),
    _call("aggregate_temporal_period", period=st.sampled_from(["day", "month", "season"]), reducer=_REDUCERS),
    _call("climatological_normal", period=st.sampled_from(["month", "season"])),
    _call(
        "resample_spatial",
        resolution=st.sampled_from([0, 20, 0.001]),
        projection=st.sampled_from([None, 4326]),
    ),
    _call("ndvi", target_band=st.sampled_from([None, "NDVI"])),
    _call("add_dimension", name=_NAMES, label=st.just("one"), type=st.sampled_from(["bands", "other"])),
    _call("drop_dimension", name=_NAMES),
    _call("rename_dimension", source=_NAMES, target=_NAMES),
    _call("rename_labels", dimension=_NAMES, target=st.just(["p", "q"])),
    _call("rename_labels", dimension=_NAMES, source=st.just(["B04"]), target=st.just(["p"])),
    _call("flatten_dimensions", dimensions=st.just(["t", "bands"]), target_dimension=st.just("new")),
    _call("unflatten_dimension", dimension=st.just("new"), target_dimensions=st.just(["t", "bands"])),
    _call("sar_backscatter", mask=st.booleans()),
    _call("cloud_detection", method=st.just("Fmask")),
    _call("run_udf", udf=st.just("…"), runtime=st.just("Python")),
    _call("trim_cube"),
)
LOADED = st.sampled_from(
    [
        load(),
        load(spatial_extent=SMALL, bands=["B04", "B08", "SCL"]),
        load(spatial_extent=None),
        load("COPERNICUS_30", bands=None, temporal_extent=None),
        load("AGERA5", spatial_extent=None, bands=["wind-speed"]),
        call("load_geojson", data=FEATURE),
        call("create_data_cube"),
    ]
)


@settings(SETTINGS, max_examples=4 * settings.default.max_examples)
@given(LOADED, st.lists(STEP, max_size=6), st.booleans())
def test_chains_of_steps(source, steps, merges):
    nodes, before = {"s0": source}, "s0"
    for number, step in enumerate(steps, 1):
        before, nodes[f"s{number}"] = (
            f"s{number}",
            step | {"arguments": step["arguments"] | {"data": ref(before)}},
        )
    if merges:
        nodes["m"] = call("merge_cubes", cube1=ref(before), cube2=ref("s0"), overlap_resolver=_maximum())
    outcome_or_refusal(graph(**nodes))


def _maximum():
    return child(m=call("max", data=[par("x"), par("y")]))
