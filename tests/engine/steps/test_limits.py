"""Limits: results that are too large are refused by arithmetic."""

import pytest

from mock_backend.engine.steps.flow import MOST_READ, TOO_MANY
from mock_backend.errors import OpenEOError
from validation_cases.building import FEATURE, call, child, flow, graph, load, par, process, reducer, ref

WORLD = {"west": -180, "south": -56, "east": 180, "north": 83}


@pytest.mark.parametrize(
    ("process_graph", "words"),
    [
        (graph(n=load(spatial_extent=WORLD)), "6,277,017,600,000 pixels"),
        (flow(call("resample_spatial", resolution=0.01)), "'s1'"),
        (flow(call("resample_spatial", resolution=1e-9, projection=4326)), "resolution"),
    ],
)
def test_it_is_told_how_large_it_would_be(outcome, process_graph, words):
    with pytest.raises(OpenEOError, match=words) as raised:
        outcome(process_graph)
    assert (raised.value.openeo_code, raised.value.status_code) == ("ProcessGraphComplexity", 400)
    for word in ("pixels", f"{TOO_MANY:,}", "resolution", "spatial_extent"):
        assert word in raised.value.message


@pytest.mark.parametrize(
    "step",
    [
        call("reduce_spatial", reducer=reducer()),
        call("aggregate_spatial", geometries=FEATURE, reducer=reducer()),
    ],
)
def test_a_value_is_not_made_of_too_many_others(outcome, step):
    with pytest.raises(OpenEOError, match="'s2'") as raised:
        outcome(flow(call("resample_spatial", resolution=0.1), step))
    assert (raised.value.openeo_code, raised.value.status_code) == ("ProcessGraphComplexity", 400)
    assert f"{MOST_READ:,}" in raised.value.message


@pytest.mark.parametrize("dimension", ["x", "y"])
def test_lines_of_too_many_pixels_are_not_enumerated(outcome, dimension):
    fine = call("resample_spatial", resolution=0.001, projection=32631)
    with pytest.raises(OpenEOError, match="labels") as raised:
        outcome(flow(fine, call("reduce_dimension", dimension=dimension, reducer=reducer())))
    assert raised.value.openeo_code == "ProcessGraphComplexity"


@pytest.mark.parametrize(
    ("source", "days"),
    [
        (load(spatial_extent=None), 6),
        # Nor has a period been chosen.
        (load(spatial_extent=None, temporal_extent=None), 3),
        (load("COPERNICUS_30", spatial_extent=None, bands=None), None),
    ],
)
@pytest.mark.parametrize("steps", [[], [call("apply", process=child(c=call("sqrt", x=par("x"))))]])
def test_of_a_whole_collection_there_is_a_sample(outcome, source, days, steps):
    found = outcome(flow(*steps, source=source))
    cube = found.saved[0].content

    assert found.is_sample
    assert 150 <= cube.grid.columns <= 300
    assert 200 <= cube.grid.rows <= 400
    assert cube.sizes.get("t") == days
    assert not outcome(flow(*steps)).is_sample


def test_the_whole_of_a_coarse_collection_is_not_too_much(outcome):
    period = ["2024-06-01", "2024-06-03"]
    source = load("AGERA5", spatial_extent=None, temporal_extent=period, bands=["wind-speed"])
    found = outcome(graph(n=source))

    assert found.saved[0].content.sizes == {"x": 3600, "y": 1800, "t": 2, "bands": 1}
    assert not found.is_sample


def test_hours_of_a_thousand_years_are_refused(outcome):
    source = load("AGERA5", temporal_extent=["2024-06-01", "2024-06-03"], bands=["wind-speed"])
    hours = call("aggregate_temporal_period", period="hour", reducer=reducer())
    assert len(outcome(flow(hours, source=source)).saved[0].content.times) == 25

    start = "2024-06-01T00:00:00Z"
    early = call("rename_labels", dimension="t", source=[start], target=["0001-01-01T00:00:00Z"])
    with pytest.raises(OpenEOError, match="'t'") as raised:
        outcome(flow(early, hours, source=source))
    assert raised.value.openeo_code == "ProcessGraphComplexity"


def test_processes_that_call_many_others_end(outcome):
    twice = {
        f"p{each}": process(
            graph(a=call(f"p{each + 1}", x=par("x")), b=call(f"p{each + 1}", x=ref("a"))),
            x={"type": "number"},
        )
        for each in range(40)
    }
    twice["p40"] = process(graph(r=call("add", x=par("x"), y=1)), x={"type": "number"})
    with pytest.raises(OpenEOError, match="20,000") as raised:
        outcome(graph(n=call("p0", x=1)), user_processes=twice)
    assert raised.value.openeo_code == "ProcessGraphComplexity"


def test_deep_nesting_is_no_crash(outcome):
    step = call("add", x=par("x"), y=1)
    for _ in range(400):
        step = call("array_apply", data=[1], process=child(c=step))
    with pytest.raises(OpenEOError, match="100 levels") as raised:
        outcome(graph(n=step))
    assert raised.value.openeo_code == "ProcessGraphComplexity"
