"""Calls of processes with arguments of any kind, right and wrong, over a few small data cubes."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from mock_backend.engine.functions import FUNCTIONS
from mock_backend.engine.steps.registry import SOURCES, STAND_INS, STEPS
from mock_backend.processes.definitions.predefined import signatures_of
from mock_backend.profiles import profile_from
from validation_cases.building import call, child, graph, par, ref
from validation_cases.generating import alternatives, literals

SIGNATURES = signatures_of(profile_from("cdse").catalogue)
COMPUTED = sorted({*FUNCTIONS, *SOURCES, *STEPS} - STAND_INS)

_BOX, _ELSEWHERE = (5.0, 51.0, 5.4, 51.3), (15.0, 51.0, 15.4, 51.3)
_BANDS, _DATES = ["B04", "B08", "SCL"], ["2024-06-01", "2024-06-11"]
_VALUES = np.array([0, 1, -1, 2.5, np.nan, 1e30, -3, 100, 0.5] * 8).reshape(2, 3, 3, 4)
#: Collections by their ids: data and what is told of them.
COLLECTIONS: dict[str, tuple[Any, dict[str, Any]]] = {
    "MAIN": (_VALUES, {"bbox": _BOX, "bands": _BANDS, "dates": _DATES}),
    "NOTHING": (np.full((2, 3, 3, 4), np.nan), {"bbox": _BOX, "bands": _BANDS, "dates": _DATES}),
    "WHOLE": (np.arange(12, dtype="int16").reshape(3, 4), {"bbox": _BOX, "nodata": 4}),
    "METRES": (
        np.ones((2, 5, 5), "float32"),
        {"bbox": (640_000, 5_650_000, 690_000, 5_700_000), "crs": "EPSG:32631", "bands": ["B04", "B11"]},
    ),
    "ELSEWHERE": (_VALUES, {"bbox": _ELSEWHERE, "bands": _BANDS, "dates": _DATES}),
    "PIXEL": (np.ones((1, 1), "uint8"), {"bbox": (5.1, 51.1, 5.2, 51.2)}),
}
_SQUARE = [[5.05, 51.05], [5.25, 51.05], [5.25, 51.25], [5.05, 51.25], [5.05, 51.05]]
_TRIANGLE = [[5.3, 51], [5.4, 51], [5.4, 51.1], [5.3, 51]]


def _feature(ring):
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"n": 1},
    }


_GEOMETRIES = [
    {"type": "Polygon", "coordinates": [_SQUARE]},
    {"type": "Polygon", "coordinates": [[[15, 0], [16, 0], [16, 1], [15, 0]]]},
    {"type": "Polygon", "coordinates": [[[5.1, 51.1], [5.1, 51.1], [5.1, 51.1], [5.1, 51.1]]]},
    {"type": "Polygon", "coordinates": []},
    {"type": "FeatureCollection", "features": [_feature(_SQUARE), _feature(_TRIANGLE)]},
    {"type": "Point", "coordinates": [5.1, 51.1]},
    {"type": "Point", "coordinates": [1e300, -1e300]},
    {"type": "LineString", "coordinates": [[5, 51], [5.4, 51.3]]},
    {"type": "GeometryCollection", "geometries": []},
    {"type": "FeatureCollection", "features": []},
    {"type": "Feature", "geometry": None, "properties": None},
    _feature(_SQUARE),
]
_BOXES = [
    {"west": 5.05, "south": 51.05, "east": 5.2, "north": 51.2},
    {"west": 5.2, "south": 51.2, "east": 5.05, "north": 51.05},
    {"west": 5.1, "south": 51.1, "east": 5.1, "north": 51.1},
    {"west": 15, "south": 0, "east": 16, "north": 1},
    {"west": 640_000, "south": 5_650_000, "east": 690_000, "north": 5_700_000, "crs": "EPSG:32631"},
    {"west": -1e300, "south": -1e300, "east": 1e300, "north": 1e300},
    {"west": -1e300, "south": -1e300, "east": 1e300, "north": 1e300, "crs": 32631},
    {"west": 5, "south": 51, "east": 6, "north": 52, "crs": 999_999},
    {"west": 5, "south": 51, "east": 6, "north": 52, "crs": "PROJCS[nothing]"},
]
#: Nodes that arguments come from.
NODES = {
    **{
        name: call("load_collection", id=name, spatial_extent=None, temporal_extent=None)
        for name in COLLECTIONS
    },
    "places": call("load_geojson", data=_GEOMETRIES[4]),
    "overlapping": call(
        "load_geojson", data={"type": "FeatureCollection", "features": [_GEOMETRIES[-1]] * 2}
    ),
    "empty": call("create_data_cube"),
    "labelled": call("array_create_labeled", data=[1, None, 3], labels=["a", "b", "c"]),
    "nan": call("nan"),
    "points": call("load_geojson", data=_GEOMETRIES[5]),
    "times": call("add_dimension", data=ref("MAIN"), name="t2", type="temporal", label="2024-01-01"),
}
_NAMES = ["x", "y", "t", "bands", "geometry", "new", ""]
_LABELS = [*_BANDS, "red", "B99", *_DATES]
_TIMES = ["2024-06-05T12:00:00Z", "2024-02-30", "9999-12-31", "0001-01-01", "12:00:00", "2024-06", "day"]
_NUMBERS = [
    0, 1, -1, 2, 3, 7, 0.5, -2.5, 1e-320, 1e300, -1e300, 1e999, 2**31, -(2**63), 2**53 + 1, 10**400,
]  # fmt: skip
_SINGLE = st.one_of(
    st.sampled_from([None, True, False]),
    st.sampled_from(_NUMBERS),
    st.sampled_from([*_NAMES, *_LABELS, *_TIMES]),
)
_ARRAYS = st.one_of(
    st.lists(st.sampled_from([*_NUMBERS, None]), max_size=4),
    st.lists(st.sampled_from(_LABELS), max_size=3),
    st.lists(st.sampled_from(_NAMES), max_size=3),
    st.lists(st.sampled_from([*_DATES, *_TIMES, None]), min_size=2, max_size=2),
    st.lists(st.lists(st.sampled_from(_NUMBERS), max_size=3), max_size=3),
    st.lists(st.tuples(*[st.sampled_from([*_DATES, *_TIMES])] * 2).map(list), max_size=2),
    st.lists(_SINGLE, max_size=3),
    st.sampled_from([[None, None], [[1, 2], ["a"]], [[]], [{}]]),
)
_OBJECTS = st.sampled_from([{}, {"a": 1}, *_GEOMETRIES, *_BOXES])
#: The parameters of child processes.
_OF_CHILDREN = ["x", "y", "data", "value", "index", "label", "context"]
_IN_CHILDREN = st.one_of(st.sampled_from(_OF_CHILDREN).map(par), _SINGLE, _ARRAYS)


@st.composite
def _children(draw, depth=1):
    """Draw a child process of up to two calls."""
    nodes, values = {}, _IN_CHILDREN
    for name in draw(st.sampled_from(["a", "ab"])):
        nodes[name] = draw(_call(st.sampled_from(sorted(FUNCTIONS)), values, depth))
        values = st.one_of(values, st.just(ref(name)))
    return child(**nodes)


@st.composite
def _call(draw, process_ids, values, depth):
    """Draw a call: most arguments are of the kind that the process wants, some of any kind."""
    process_id = draw(process_ids)
    arguments = {}
    for parameter in SIGNATURES[process_id]["parameters"]:
        name, is_optional = parameter["name"], "default" in parameter
        kind = draw(st.sampled_from(["right"] * 6 + ["any"] * 2 + ["none"] * (5 if is_optional else 1)))
        if kind == "right":
            schema = draw(st.sampled_from(alternatives(parameter["schema"])))
            arguments[name] = draw(_fitting(name, schema, values, depth))
        elif kind == "any":
            arguments[name] = draw(values)
    return call(process_id, **arguments)


def _fitting(name, schema, values, depth):
    """Return what fits the schema of a parameter, if some is known."""
    subtype, kind = schema.get("subtype"), schema.get("type")
    if subtype == "process-graph":
        return _children(depth - 1) if depth else st.just(child(c=call("constant", x=par("x"))))
    if subtype == "datacube":
        return _CUBES if depth == _DEPTH else values
    if subtype in _FITTING:
        return _FITTING[subtype]
    if name == "resolution":
        # Of a few pixels, or of far too many.
        return st.sampled_from([0, 0.1, 1e-12, 1000, 1e300, [0.1, 0.3], [0, 1e-12]])
    if name in _NAMING:
        return st.lists(st.sampled_from(_NAMES), max_size=3) if kind == "array" else st.sampled_from(_NAMES)
    found = literals(schema) if kind else values
    return values if found.is_empty else found if depth == _DEPTH else st.one_of(values, found)


_FITTING = {
    "band-name": st.sampled_from(_LABELS),
    "bounding-box": st.sampled_from(_BOXES),
    "collection-id": st.sampled_from([*COLLECTIONS, "NONE"]),
    "geojson": st.sampled_from(_GEOMETRIES),
    "temporal-interval": _ARRAYS,
    "temporal-intervals": _ARRAYS,
}
#: The parameters that name dimensions.
_NAMING = {
    "dimension", "dimensions", "name", "source", "target", "target_dimension", "target_dimensions"
}  # fmt: skip
_DEPTH = 2
_CUBES = st.sampled_from([*COLLECTIONS, "places", "overlapping", "points", "empty", "labelled"]).map(ref)
_TOP = st.one_of(_SINGLE, _ARRAYS, _OBJECTS, _CUBES, st.just(ref("nan")), _children(1))


#: Processes that call others for each value or array of a data cube, and the parameters of these.
_OVER_PIXELS = [
    ("apply", {}, "process", ["x"]),
    ("reduce_dimension", {"dimension": "bands"}, "reducer", ["data"]),
    ("reduce_dimension", {"dimension": "t"}, "reducer", ["data"]),
    ("reduce_dimension", {"dimension": "x"}, "reducer", ["data"]),
    ("apply_dimension", {"dimension": "t"}, "process", ["data"]),
    ("apply_dimension", {"dimension": "bands"}, "process", ["data"]),
    ("apply_dimension", {"dimension": "t", "target_dimension": "bands"}, "process", ["data"]),
    ("aggregate_temporal_period", {"period": "month"}, "reducer", ["data"]),
    ("aggregate_spatial", {"geometries": _GEOMETRIES[0]}, "reducer", ["data"]),
    ("reduce_spatial", {}, "reducer", ["data"]),
    ("filter_labels", {"dimension": "t"}, "condition", ["value"]),
]


@st.composite
def of_pixels(draw, process_id):
    """Draw a process graph that calls a function for the values of a data cube."""
    outer, arguments, name, parameters = draw(st.sampled_from(_OVER_PIXELS))
    given = st.sampled_from(parameters).map(par)
    values = st.one_of(given, given, _IN_CHILDREN)
    cube = draw(st.sampled_from(["MAIN", "NOTHING", "WHOLE", "PIXEL", "METRES"]))
    nodes = {"f": draw(_call(st.just(process_id), values, 1))}
    if draw(st.booleans()):
        nodes["g"] = draw(_call(st.sampled_from(sorted(FUNCTIONS)), st.one_of(values, st.just(ref("f"))), 1))
    return graph(**{cube: NODES[cube]}, n=call(outer, data=ref(cube), **arguments, **{name: child(**nodes)}))


@st.composite
def calls(draw, process_id):
    """Draw a process graph that calls a process.

    Some of the arguments come from nodes of which nothing is known when the process graph is checked.
    """
    node = draw(_call(st.just(process_id), _TOP, _DEPTH))
    nodes = {}
    for name, argument in node["arguments"].items():
        is_source = isinstance(argument, dict) and "from_node" in argument
        if is_source:
            nodes[argument["from_node"]] = NODES[argument["from_node"]]
        elif draw(st.booleans()) and not (isinstance(argument, dict) and "process_graph" in argument):
            nodes[f"hidden_{name}"] = call("constant", x=argument)
            node["arguments"][name] = ref(f"hidden_{name}")
    return graph(**nodes, n=node)
