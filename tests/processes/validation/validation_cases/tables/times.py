"""Temporal dimensions on the way through a graph."""

from validation_cases.building import (
    MONTH,
    bad,
    call,
    flow,
    good,
    load,
    reducer,
)
from validation_cases.steps import (
    reduce,
)

MISSING = "DimensionNotAvailable"

TIMES = [
    good(
        "renamed",
        flow(
            call("rename_dimension", source="t", target="time"),
            call("filter_temporal", extent=MONTH, dimension="time"),
            reduce("time"),
        ),
    ),
    good(
        "time of each kind of process",
        flow(
            call("filter_temporal", extent=MONTH),
            call("aggregate_temporal_period", period="month", reducer=reducer()),
            call("aggregate_temporal", intervals=[MONTH], reducer=reducer(), dimension="t"),
            call("filter_temporal", extent=MONTH, dimension=None),
        ),
    ),
    good(
        "a filter of several times",
        flow(call("filter_temporal", extent=MONTH), source=load("TWO_TIMES", bands=None)),
    ),
    good(
        "one of several times",
        flow(
            call("aggregate_temporal_period", period="month", reducer=reducer(), dimension="forecast"),
            source=load("TWO_TIMES", bands=None),
        ),
    ),
    bad(
        "time of a cube without",
        flow(
            call("aggregate_temporal_period", period="month", reducer=reducer()),
            source=load("COPERNICUS_30", bands=["DEM"]),
        ),
        (MISSING, "s1", "data", "no temporal dimension", "'x', 'y', 'bands'"),
    ),
    bad(
        "time filtered of a cube without",
        flow(call("filter_temporal", extent=MONTH), source=load("COPERNICUS_30", bands=["DEM"])),
        (MISSING, "s1", "data", "no temporal dimension"),
    ),
    bad(
        "time that was reduced",
        flow(reduce("t"), call("filter_temporal", extent=MONTH)),
        (MISSING, "s2", "data", "no temporal dimension"),
    ),
    bad(
        "time with null for its name",
        flow(reduce("t"), call("filter_temporal", extent=MONTH, dimension=None)),
        (MISSING, "s2", "data", "no temporal dimension"),
    ),
    bad(
        "time by a name that is none",
        flow(call("filter_temporal", extent=MONTH, dimension="time")),
        (MISSING, "s1", "dimension", "'time'"),
    ),
    bad(
        "time that is space",
        flow(call("filter_temporal", extent=MONTH, dimension="x")),
        (MISSING, "s1", "dimension", "not temporal but of type 'spatial'"),
    ),
    bad(
        "several times",
        flow(
            call("aggregate_temporal_period", period="month", reducer=reducer()),
            source=load("TWO_TIMES", bands=None),
        ),
        ("TooManyDimensions", "s1", "dimension", "name one"),
    ),
]
