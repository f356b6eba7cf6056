"""Values that are no data cubes: what is written down, and what follows from it."""

import math
from datetime import UTC, datetime

import pytest

from mock_backend.engine.steps import GraphContext, Plain
from mock_backend.engine.steps.follower import outcome_of
from mock_backend.errors import OpenEOError
from mock_backend.processes.definitions.predefined import signatures
from mock_backend.processes.validation import RULES
from validation_cases.building import FEATURE, call, child, graph, load, one, par, reducer, ref

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)

FIVE = [1, 2, 3, 4, 10]


def value(content, node):
    found = content(graph(n=node))
    assert isinstance(found, Plain)
    return found.value


WRITTEN_DOWN = [
    ("constant", {"x": {"a": [1, "b"]}}, {"a": [1, "b"]}),
    ("constant", {"x": None}, None),
    ("array_create", {"data": [1, "b", None]}, [1, "b", None]),
    ("array_create", {"data": [1, 2], "repeat": 2}, [1, 2, 1, 2]),
    ("array_create", {"data": 5, "repeat": 3}, [5, 5, 5]),
    ("array_create_labeled", {"data": [1, 2], "labels": ["a", "b"]}, [1, 2]),
    ("array_append", {"data": [1], "value": "x"}, [1, "x"]),
    ("array_concat", {"array1": [1], "array2": [2, 3]}, [1, 2, 3]),
    (
        "array_modify",
        {"data": ["a", "d", "c"], "values": ["b"], "index": 1, "length": 1},
        ["a", "b", "c"],
    ),
    ("array_modify", {"data": ["a", "c"], "values": ["b"], "index": 1}, ["a", "b", "c"]),
    ("array_modify", {"data": ["a", "b"], "values": ["c"], "index": 2}, ["a", "b", "c"]),
    ("array_modify", {"data": ["a", "b", "c"], "values": [], "index": 1, "length": 1}, ["a", "c"]),
    ("array_element", {"data": [9, 8], "index": 1}, 8),
    ("array_element", {"data": [9], "index": 3, "return_nodata": True}, None),
    ("array_labels", {"data": [9, 8]}, [0, 1]),
    ("array_contains", {"data": [1, 2], "value": 2}, True),
    ("array_contains", {"data": [1, 2], "value": "2"}, False),
    ("array_find", {"data": [1, 0, 1], "value": 1}, 0),
    ("array_find", {"data": [1, 0, 1], "value": 1, "reverse": True}, 2),
    ("array_find", {"data": [1, 0, 1], "value": 7}, None),
    ("rearrange", {"data": [5, 4, 3], "order": [2, 0]}, [3, 5]),
    ("sort", {"data": [3, 1, 2]}, [1, 2, 3]),
    ("sort", {"data": [3, 1, 2], "asc": False}, [3, 2, 1]),
    (
        "array_apply",
        {"data": [1, 2], "process": child(r=call("add", x=par("x"), y=par("index")))},
        [1, 3],
    ),
    ("array_filter", {"data": FIVE, "condition": child(r=call("gt", x=par("x"), y=3))}, [4, 10]),
    ("add", {"x": 1, "y": 2}, 3),
    ("add", {"x": 1, "y": None}, None),
    ("subtract", {"x": 1.5, "y": 2}, -0.5),
    ("multiply", {"x": -3, "y": 4}, -12),
    ("divide", {"x": 5, "y": 2}, 2.5),
    ("divide", {"x": 5, "y": 0}, math.inf),
    ("mod", {"x": 27, "y": 5}, 2),
    ("power", {"base": 2, "p": 10}, 1024),
    ("absolute", {"x": -3}, 3),
    ("sgn", {"x": -3.5}, -1),
    ("ceil", {"x": 1.2}, 2),
    ("floor", {"x": -1.2}, -2),
    ("int", {"x": -1.9}, -1),
    ("round", {"x": 1.26, "p": 1}, 1.3),
    ("round", {"x": 1234, "p": -2}, 1200),
    ("sqrt", {"x": 16}, 4),
    ("exp", {"p": 0}, 1),
    ("ln", {"x": 1}, 0),
    ("log", {"x": 100, "base": 10}, 2),
    ("sin", {"x": 0}, 0),
    ("cos", {"x": 0}, 1),
    ("tan", {"x": 0}, 0),
    ("cosh", {"x": 0}, 1),
    ("arccos", {"x": 1}, 0),
    ("arctan2", {"y": 0, "x": 1}, 0),
    ("pi", {}, math.pi),
    ("e", {}, math.e),
    ("nan", {}, math.nan),
    ("clip", {"x": -5, "min": -1, "max": 1}, -1),
    (
        "linear_scale_range",
        {"x": 0.3, "inputMin": -1, "inputMax": 1, "outputMin": 0, "outputMax": 255},
        165.75,
    ),
    ("normalized_difference", {"x": 3, "y": 1}, 0.5),
    ("min", {"data": FIVE}, 1),
    ("max", {"data": FIVE}, 10),
    ("mean", {"data": FIVE}, 4),
    ("median", {"data": FIVE}, 3),
    ("sum", {"data": FIVE}, 20),
    ("product", {"data": FIVE}, 240),
    ("variance", {"data": [1, 3]}, 2),
    ("sd", {"data": [1, 3]}, math.sqrt(2)),
    ("count", {"data": [1, None, 2]}, 2),
    ("first", {"data": [None, "a", 3]}, "a"),
    ("last", {"data": ["a", 3, None]}, 3),
    ("mean", {"data": []}, None),
    ("extrema", {"data": FIVE}, [1, 10]),
    ("extrema", {"data": []}, [None, None]),
    ("any", {"data": [False, True]}, True),
    ("any", {"data": [False, False]}, False),
    ("all", {"data": [False, True]}, False),
    ("all", {"data": [True, True]}, True),
    ("all", {"data": []}, True),
    ("any", {"data": []}, False),
    ("eq", {"x": 1, "y": 1.0}, True),
    ("eq", {"x": 1, "y": 1.05, "delta": 0.1}, True),
    ("eq", {"x": "A", "y": "a", "case_sensitive": False}, True),
    ("eq", {"x": 1, "y": "1"}, False),
    ("eq", {"x": 0, "y": False}, False),
    ("eq", {"x": [1], "y": [1]}, None),
    ("eq", {"x": [1], "y": 1}, False),
    ("neq", {"x": "a", "y": "b"}, True),
    ("eq", {"x": None, "y": 1}, None),
    ("gt", {"x": 2, "y": 1}, True),
    ("gte", {"x": 1, "y": 1}, True),
    ("lt", {"x": 1, "y": 2}, True),
    # Texts have no order, not even those of instants.
    ("lt", {"x": "2024-01-01", "y": "2024-01-02T00:00:00Z"}, False),
    ("lte", {"x": 2, "y": 1}, False),
    ("between", {"x": 1, "min": 0, "max": 1}, True),
    ("between", {"x": 1, "min": 0, "max": 1, "exclude_max": True}, False),
    ("date_between", {"x": "2024-06-01", "min": "2024-01-01", "max": "2024-05-01"}, False),
    ("and", {"x": True, "y": False}, False),
    ("and", {"x": True, "y": None}, None),
    ("or", {"x": True, "y": None}, True),
    ("xor", {"x": True, "y": True}, False),
    ("not", {"x": True}, False),
    ("not", {"x": None}, None),
    ("is_nan", {"x": 1}, False),
    ("is_nan", {"x": "1"}, False),
    ("is_nan", {"x": True}, False),
    ("is_nodata", {"x": None}, True),
    ("is_valid", {"x": 1}, True),
    ("is_infinite", {"x": 1}, False),
    ("if", {"value": True, "accept": "A", "reject": "B"}, "A"),
    ("if", {"value": None, "accept": "A", "reject": "B"}, "B"),
    ("if", {"value": False, "accept": "A"}, None),
    ("text_begins", {"data": "Lorem", "pattern": "lo", "case_sensitive": False}, True),
    ("text_contains", {"data": "Lorem", "pattern": "x"}, False),
    ("text_find", {"data": "Lorem", "pattern": "r"}, 2),
    ("text_find", {"data": "Lorem", "pattern": "x"}, None),
    ("text_concat", {"data": ["a", 1, True, None], "separator": "-"}, "a-1-true-null"),
    ("date_shift", {"date": "2020-01-31", "value": 1, "unit": "month"}, "2020-02-29"),
    ("date_shift", {"date": "2020-02-01T17:22:45Z", "value": -1, "unit": "hour"}, "2020-02-01T16:22:45Z"),
    ("date_shift", {"date": "2020-12-15", "value": 1, "unit": "year"}, "2021-12-15"),
    ("date_difference", {"date1": "2020-01-01", "date2": "2020-01-03", "unit": "day"}, 2),
    ("inspect", {"data": [1], "message": "seen"}, [1]),
    ("run_udf", {"data": ["a", None], "udf": "", "runtime": "Python"}, ["a", None]),
    ("export_collection", {"data": {"from_node": "s"}, "collection": "mine"}, "mine"),
]


def test_what_follows_from_what_is_written_down(content, example):
    for process_id, arguments, expected in WRITTEN_DOWN:
        with example(process_id, arguments, expected):
            nodes = {"s": call("array_create", data=[1])} if process_id == "export_collection" else {}
            found = content(graph(**nodes, n=call(process_id, **arguments))).value

            assert found == (
                pytest.approx(expected, nan_ok=True) if isinstance(expected, float) else expected
            )
            assert type(found) is type(expected) or isinstance(expected, int | float)


@pytest.mark.parametrize(
    ("process_id", "arguments", "expected"),
    [
        ("quantiles", {"data": FIVE, "q": 4}, [2, 3, 4]),
        ("quantiles", {"data": FIVE, "probabilities": [0.1, 0.5]}, [1.4, 3]),
        ("sd", {"data": [1, 2, 3]}, 1),
        ("order", {"data": [1, 2, 10, 3]}, [0, 1, 3, 2]),
        ("cumsum", {"data": [1, 2, 3]}, [1, 3, 6]),
        ("cumproduct", {"data": [1, 2, 3]}, [1, 2, 6]),
        ("array_interpolate_linear", {"data": [1, None, 3]}, [1, 2, 3]),
    ],
)
def test_what_is_computed_of_arrays(content, process_id, arguments, expected):
    assert value(content, call(process_id, **arguments)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("process_id", "arguments", "code"),
    [
        ("add", {"x": "a", "y": 1}, "ProcessParameterInvalid"),
        ("mean", {"data": "a"}, "ProcessParameterInvalid"),
    ],
)
def test_what_cannot_be_computed_is_refused(content, process_id, arguments, code):
    with pytest.raises(OpenEOError) as raised:
        content(one(process_id, **arguments))
    assert (raised.value.openeo_code, raised.value.status_code) == (code, 400)


def test_numbers_beyond_all_bounds_are_infinite(content):
    assert value(content, call("exp", p=1e9)) == math.inf
    assert value(content, call("power", base=10**300, p=10**3)) == math.inf
    assert value(content, call("product", data=[1e200, 1e200])) == math.inf
    assert value(content, call("add", x=1.5, y=-(10**400))) == -math.inf
    assert value(content, call("mean", data=[1, 10**400])) == math.inf
    assert value(content, call("add", x=0.5, y=2**1010)) == 2.0**1010


def test_values_of_other_nodes(content):
    nodes = {"a": call("add", x=1, y=2), "b": call("array_create", data=[ref("a"), 5])}

    assert content(graph(**nodes, m=call("mean", data=ref("b")))).value == 4


def test_cubes_inside_of_values_are_nothing(content):
    assert content(graph(l=load(), a=call("array_create", data=[ref("l"), 1]))).value == [None, 1]


@pytest.mark.parametrize(("condition", "accept", "bands"), [(True, "l", 2), (False, "n", 1)])
def test_a_choice_of_cubes(content, condition, accept, bands):
    nodes = {"l": load(), "n": call("ndvi", data=ref("l"))}
    cube = content(graph(**nodes, i=call("if", value=condition, accept=ref("l"), reject=ref("n"))))

    assert len(cube.bands) == bands, accept


def test_a_process_of_which_nothing_is_known_hands_on_what_it_gets(outcome):
    found = outcome(one("mine", x=1))

    assert found.saved[0].content.value == 1
    assert found.stand_ins == ("mine [at n]",)


@pytest.mark.parametrize(
    "step",
    [
        call("reduce_dimension", dimension="height", reducer=reducer()),
        call("apply_kernel", kernel=[[1]]),
        call("filter_bbox", extent=None),
        call("rename_labels", dimension="t", target=[]),
    ],
)
def test_steps_that_cannot_do_anything_are_told(catalogue, step):
    """Process graphs that relaxed rules let pass cannot be computed."""
    nodes = {"v": call("load_geojson", data=FEATURE)}
    steps = graph(**nodes, n=step | {"arguments": step["arguments"] | {"data": ref("v")}})

    found = outcome_of(steps, GraphContext(catalogue, signatures(), NOW, lets_pass=frozenset(RULES)))

    assert found.stand_ins == (f"{step['process_id']} [at n]",)


@pytest.mark.parametrize(
    ("process_id", "stand_ins"), [("absolute", None), ("mine", "mine in a child process")]
)
def test_lengths_that_nothing_is_known_of_are_not_refused(outcome, process_id, stand_ins):
    nodes = {
        "m": {"process_id": process_id, "arguments": {"x": {"from_parameter": "data"}}},
        "a": {"process_id": "add", "arguments": {"x": {"from_node": "m"}, "y": [1, 2, 3]}},
        "s": {"process_id": "sum", "arguments": {"data": {"from_node": "a"}}, "result": True},
    }
    reduced = call("reduce_dimension", data=ref("l"), dimension="bands", reducer={"process_graph": nodes})
    followed = graph(l=load(), r=reduced)

    if stand_ins is None:
        with pytest.raises(OpenEOError, match="it has 3 elements, but 'x' has 2"):
            outcome(followed)
    else:
        assert stand_ins in outcome(followed).stand_ins
