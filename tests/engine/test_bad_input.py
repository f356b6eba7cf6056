"""Processes compute or refuse whatever they are given, numbers as pixels, by codes of their definitions."""

import json
import math
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine_cases.any_arguments import COLLECTIONS, COMPUTED, NODES, SIGNATURES, calls, of_pixels
from engine_cases.named_codes import CODES, OTHERS
from engine_cases.plain_and_pixels import NUMBERS, OF_NUMBERS, bodies
from mock_backend import MockBackend
from mock_backend.engine.functions import FUNCTIONS
from mock_backend.processes.validation import RULES
from validation_cases.building import call, child, graph, par, ref

SETTINGS = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
#: Errors that any process may have, beside those that its definition names.
COMMON = {
    "CollectionNotFound", "DimensionNotAvailable", "NoDataAvailable", "ProcessGraphComplexity",
    "ProcessParameterInvalid", "ProcessParameterRequired", "ProcessParameterUnsupported",
    "ProcessUnsupported",
}  # fmt: skip
#: Without these nothing is left that could be computed.
_KEPT = {
    "argument-type",
    "bounding-box",
    "missing-argument",
    "no-data",
    "unknown-collection",
    "unknown-content",
}


@pytest.fixture(scope="module")
def asking(api_of):
    """Process a graph on a strict back-end, or on one that lets pass what it can."""
    strict = MockBackend("https://strict.test", profile="spec")
    lenient = MockBackend("https://lenient.test", profile="cdse", relaxed=RULES.keys() - _KEPT)
    with strict, lenient:
        for backend in (strict, lenient):
            for name, (values, told) in COLLECTIONS.items():
                backend.add_collection(name, data=values, **told)
            backend.add_collection(
                "NUMBERS",
                data=NUMBERS,
                bbox=(5, 51, 5.4, 51.4),
                bands=[f"b{band}" for band in range(len(NUMBERS))],
            )
        strict.add_url("https://files.test/a.json", b"nothing")
        apis = api_of(strict), api_of(lenient)

        def ask(process_graph, *, lenient=False):
            # JSON has no infinity, but numbers that are too large.
            body = json.dumps({"process": {"process_graph": process_graph}}).replace("Infinity", "1e999")
            return apis[lenient]("POST /result", data=body, headers={"Content-Type": "application/json"})

        yield ask


@pytest.mark.parametrize("process_id", COMPUTED)
def test_everything_is_computed_or_refused(asking, process_id):
    drawn = calls(process_id)
    if process_id in FUNCTIONS:
        drawn = st.one_of(drawn, of_pixels(process_id))

    @settings(SETTINGS, max_examples=4)
    @given(drawn, st.booleans())
    def ask(process_graph, lenient):
        response = asking(process_graph, lenient=lenient)
        if response.status_code != 200:
            called = {each["process_id"] for each in _calls_in(process_graph)}
            named = {code for each in called for code in SIGNATURES[each].get("exceptions", ())}
            assert 400 <= response.status_code < 500, response.text
            assert response.json()["code"] in COMMON | named

    ask()


def _calls_in(value):
    if isinstance(value, dict):
        if "process_id" in value:
            yield value
        for each in value.values():
            yield from _calls_in(each)


# -- plain values and pixels ----------------------------------------------------------------------------


@pytest.mark.parametrize("process_id", OF_NUMBERS)
def test_pixels_have_the_values_of_numbers(asking, process_id):
    @settings(SETTINGS, max_examples=3)
    @given(bodies(process_id), st.sets(st.integers(0, 15), min_size=2, max_size=2))
    def compare(nodes, pixels):
        found = _of_pixels(asking, nodes)
        expected = [_of_numbers(asking, nodes, pixel) for pixel in sorted(pixels)]
        if found is None:
            assert None in expected, "what each pixel has a value for is not refused"
            return
        for mine, wanted in zip(found.T[sorted(pixels)], expected, strict=True):
            assert_same(process_id, mine, [] if wanted is None else wanted)

    compare()


def assert_same(process_id, found, expected):
    """Check that an array of a pixel is a plain one; at its end there may be no data."""
    if process_id == "array_filter":
        # Elements that do not count are blanked, wherever they are.
        found, expected = ([each for each in some if not np.isnan(each)] for some in (found, expected))
    with np.errstate(over="ignore"):
        wanted = np.float32([*expected, *[math.nan] * (len(found) - len(expected))])
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-12)


def _of_pixels(asking, nodes):
    """Return the arrays that a child process makes of the bands of pixels; None if it is refused."""
    loaded = call("load_collection", id="NUMBERS", spatial_extent=None, temporal_extent=None)
    applied = call("apply_dimension", data=ref("l"), dimension="bands", process=child(**nodes))
    response = asking(graph(l=loaded, a=applied, s=call("save_result", data=ref("a"), format="JSON")))
    if response.status_code != 200:
        assert response.status_code == 400, response.text
        return None
    document = response.json()
    values = np.array(document["data"], np.float64).reshape(len(document["data"]), -1)
    return np.where(values == document["attrs"].get("nodata"), np.nan, values)


def _of_numbers(asking, nodes, pixel):
    """Return the array that the same nodes make of the plain numbers of a pixel; None if it is refused."""
    values = NUMBERS.reshape(len(NUMBERS), -1)[:, pixel].tolist()
    data = call("constant", x=[None if math.isnan(each) else each for each in values])
    response = asking(graph(data=data, **_of_node(nodes)))
    if response.status_code != 200:
        assert response.status_code == 400, response.text
        return None
    found = response.json()
    return np.array(found if isinstance(found, list) else [found], np.float64)


def _of_node(value):
    """Return nodes that refer to a node ``data`` instead of the parameter."""
    if isinstance(value, list):
        return list(map(_of_node, value))
    if isinstance(value, dict):
        return ref("data") if value == par("data") else {key: _of_node(each) for key, each in value.items()}
    return value


# -- codes ----------------------------------------------------------------------------------------------


def test_all_codes_of_definitions_are_tried():
    named = {(each, code) for each in COMPUTED for code in SIGNATURES[each].get("exceptions", ())}

    assert {(process_id, code) for process_id, code, _ in CODES} | OTHERS.keys() == named


def test_codes_are_those_of_definitions(asking, example):
    """The same for arguments of which nothing is known when the process graph is checked."""
    for (process_id, code, arguments), hides in product(CODES, [False, True]):
        with example((process_id, code, arguments), hides):
            nodes, given_ = {"MAIN": NODES["MAIN"]}, dict(arguments)
            for name, argument in arguments.items():
                if isinstance(argument, dict) and "from_node" in argument:
                    nodes[argument["from_node"]] = NODES[argument["from_node"]]
                elif hides and not (isinstance(argument, dict) and "process_graph" in argument):
                    nodes[name], given_[name] = call("constant", x=argument), ref(name)
            response = asking(graph(**nodes, n=call(process_id, **given_)))

            assert (response.status_code, response.json()["code"]) == (400, code), response.text
