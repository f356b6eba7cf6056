"""Whatever JSON comes in, validation finds problems or none: it never fails itself."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mock_backend.processes.definitions.predefined import signatures
from mock_backend.processes.validation import Problem
from mock_backend.processes.validation.validator import Context, Validator
from validation_cases.building import call, child, flow, graph, load, one, par, process, ref
from validation_cases.catalogue import CATALOGUE

SETTINGS = settings(
    derandomize=True,
    deadline=None,
    max_examples=3 * settings.default.max_examples,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)

SIGNATURES = signatures()
ARGUMENTS = sorted({each["name"] for found in SIGNATURES.values() for each in found["parameters"]})
WORDS = ["from_node", "from_parameter", "process_graph", "type", "schema", "name", "default", "x", "data"]

keys = st.sampled_from([*WORDS, *ARGUMENTS]) | st.text(max_size=3)
texts = st.text(max_size=5) | st.sampled_from(
    ["n", "x", "data", "load", "bands", "t", "B04", "SENTINEL2_L2A", "2024-06-01", "\ud800", "Point", "-"]
)
scalars = (
    st.none() | st.booleans() | st.integers() | st.sampled_from([10**400, -(10**400)]) | st.floats() | texts
)
#: Any JSON, rich in the words that mean something.
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
nodes = st.fixed_dictionaries(
    {
        "process_id": st.sampled_from([*SIGNATURES, "mine"]) | texts,
        "arguments": st.dictionaries(keys, values, max_size=5),
    },
    optional={"result": st.booleans() | scalars, "namespace": st.sampled_from([None, "user", "backend"])},
)
#: Near-graphs: each node that is one takes its data from the first.
graphs = st.dictionaries(st.sampled_from(["n", "x", "load", "\ud800"]), nodes | values, max_size=4)
wide_graphs = st.lists(nodes, min_size=1, max_size=4).map(
    lambda found: {
        "load": load(),
        **{
            f"n{i}": node | {"arguments": {"data": ref("load")} | node["arguments"]}
            for i, node in enumerate(found)
        },
    }
)


def problems(
    graph: Any, *, parameters: Any = (), user_process: Any = None, catalogue: Any = CATALOGUE
) -> list[Problem]:
    context = Context(SIGNATURES, catalogue, lambda name: user_process if name == "mine" else None)
    found = list(Validator(context).findings(graph, parameters, lenient=False).refused)
    assert all(isinstance(each, Problem) for each in found)
    # All of it can be told.
    json.dumps([each.to_json() for each in found], ensure_ascii=False).encode()
    assert all(each.error().status_code < 500 for each in found)
    return found


def deep(levels: int, innermost: Any = 1) -> Any:
    for _ in range(levels):
        innermost = [innermost]
    return innermost


@SETTINGS
@given(values | graphs | wide_graphs)
@example({"n": call("add", x={"from_node": []}, y={"from_node": {}})})
@example({"n": call("add", x={"from_node": "n", "from_parameter": "n"}, y=1)})
@example({"n": call("add", x=ref("n") | {"from_parameter": 1}, y={"from_parameter": {}})})
@example(one("load_collection", id=[], spatial_extent=[], temporal_extent={}, bands=[["a"], {}]))
@example(one("array_element", data=[1], index=True, label={}))
@example(one("array_element", data=[1], index=1.5, label=[1]))
@example(flow(call("filter_bands", bands=[["a"], {}, None, 1, True])))
@example(flow(call("rename_labels", dimension="bands", source=[[]], target=[{}])))
@example(flow(call("apply_neighborhood", size=[{"dimension": []}, 5, {}], process=child(n=call("pi")))))
@example(flow(call("flatten_dimensions", dimensions=[[], {}], target_dimension=[])))
@example(flow(call("ndvi", nir=[], red={}, target_band=5)))
@example(flow(call("add_dimension", name={}, label=[], type=5)))
@example(flow(call("apply_kernel", kernel=[[1], "abc", 5])))
@example(flow(call("aggregate_temporal", intervals=[[[], []], 5, [1, 2, 3]], labels=[[]], reducer=5)))
@example(graph(n=load(temporal_extent=["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])))
@example(graph(n=load(spatial_extent=dict.fromkeys(("west", "south", "east", "north"), 10**400))))
@example(one("add", x=10**400, y=float("nan")))
def test_any_graph(graph):
    problems(graph)


@pytest.mark.parametrize("levels", [90, 200, 300, 900, 5000])
def test_any_depth(levels):
    assert problems(one("constant", x=deep(levels))) == []
    assert problems(one("sum", data=deep(levels)))
    assert problems(one("sum", data=deep(levels, par("gone"))))
    assert problems(one("add", x=deep(levels), y={"a": deep(levels)}))
    schema: Any = {"type": "number"}
    for _ in range(levels):
        schema = {"anyOf": [schema]}
    assert problems(one("mine", x="a"), user_process=process(one("pi"), x=schema))


@SETTINGS
@given(values | st.lists(values), wide_graphs)
@example([{"name": "x", "schema": {"type": {}}}], one("add", x=par("x"), y=1))
@example([{"name": []}, {"schema": 5}, 5, None], one("add", x=par("x"), y=1))
def test_any_parameters(parameters, graph):
    problems(graph, parameters=parameters)


SCHEMAS = [
    {"type": "nonsense"},
    {"type": ["nonsense", 5]},
    {"type": {}},
    {"type": 5},
    {"type": "string", "pattern": "("},
    {"type": "string", "format": 5},
    {"enum": 5},
    {"enum": []},
    {"anyOf": 5},
    {"anyOf": []},
    {"anyOf": [5, None, True]},
    {"oneOf": [{"anyOf": [{"type": "string"}]}, {"type": "number"}], "type": "string"},
    {"allOf": [{"anyOf": [{"type": "string"}, {"type": "number"}]}]},
    {"items": [{"type": "string"}, {"type": "number"}], "type": "array"},
    {"items": 5, "type": "array"},
    {"properties": 5, "type": "object"},
    {"properties": {"a": 5}, "required": 5, "type": "object"},
    {"subtype": []},
    {"type": "object", "subtype": {}},
    {"type": "object", "subtype": "process-graph", "parameters": 5},
    {"type": "object", "subtype": "process-graph", "parameters": [5, {"name": 5}, {}]},
    {"subtype": "datacube"},
    {"type": "array", "items": {"type": "object", "subtype": "datacube"}},
    {"$ref": "#"},
    {"$ref": "#/definitions/a"},
    {"$ref": 5},
    {"$schema": "http://127.0.0.1:9/meta.json", "type": "string"},
    {"minimum": "a"},
    {"not": 5},
    {"if": {"type": "string"}, "then": {"minLength": 3}, "else": False},
    {"default": {}, "const": {"a": [1]}},
    True,
    False,
    None,
    5,
    "text",
    [],
    [5, None, {"type": "string"}],
]


VALUES_OF_A_PARAMETER = [1, "a", None, [1, {"a": 2}], {"a": [1]}, par("x"), True]


def test_any_schema_of_a_parameter(example):
    for schema, value in product(SCHEMAS, VALUES_OF_A_PARAMETER):
        with example(schema, value):
            mine = process(one("add", x=par("x"), y=1), x={"schema": schema})

            problems(one("mine", x=value), user_process=mine, parameters=mine["parameters"])
            problems(one("mine", x=[value, {"a": value}]), user_process=mine, parameters=mine["parameters"])


@SETTINGS
@given(
    values
    | st.fixed_dictionaries({"process_graph": graphs | wide_graphs, "parameters": values, "returns": values})
)
@example({"process_graph": one("pi"), "parameters": {"name": "x"}})
@example({"process_graph": one("pi"), "parameters": [{"name": "x", "schema": {"type": []}}], "returns": 5})
@example({"process_graph": one("pi"), "returns": {"schema": {"type": {}}}})
def test_any_user_defined_process(process):
    if isinstance(process, dict):
        problems(one("mine", x=1, data=[par("x")]), user_process=process)


class OneCollection:
    """A catalogue of one collection of which anything may be said."""

    def __init__(self, metadata: dict[str, Any]) -> None:
        self._metadata = metadata

    def find(self, collection_id: str) -> dict[str, Any]:
        return self._metadata

    def ids(self) -> list[str]:
        return ["A"]

    def output_formats(self) -> dict[str, Any]:
        return {}

    input_formats = udf_runtimes = output_formats


FLOW = flow(
    call("filter_bands", bands=["B04", "red"]),
    call("filter_temporal", extent=["2024-06-01", None]),
    call("ndvi", target_band="v"),
    call(
        "reduce_dimension",
        dimension="bands",
        reducer=child(n=call("array_element", data=par("data"), label="v")),
    ),
    call("rename_dimension", source="t", target="x"),
    source=load("A"),
)
dimensions = st.dictionaries(
    st.sampled_from(["x", "t", "bands"]),
    values
    | st.fixed_dictionaries(
        {"type": st.sampled_from(["bands", "temporal", "spatial"]) | values, "values": values}
    ),
)
bands = values | st.lists(st.dictionaries(st.sampled_from(["name", "eo:common_name", "common_name"]), values))


@SETTINGS
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "cube:dimensions": values | dimensions,
            "bands": bands,
            "summaries": values | st.fixed_dictionaries({"eo:bands": bands}),
            "extent": values
            | st.fixed_dictionaries(
                {
                    "spatial": values | st.fixed_dictionaries({"bbox": values | st.lists(values)}),
                    "temporal": values | st.fixed_dictionaries({"interval": values | st.lists(values)}),
                }
            ),
        },
    )
)
@example({"cube:dimensions": {"bands": {"type": "bands", "values": [["B04"], {}]}}})
@example({"cube:dimensions": {"bands": {"type": ["bands"], "values": "B04"}, "t": 5}})
@example({"cube:dimensions": {"bands": 5}, "bands": [5, {"name": [], "common_name": {}}]})
@example({"extent": {"spatial": {"bbox": [[1, 2], ["a", "b", "c", "d"], 5, None]}}})
@example({"extent": {"temporal": {"interval": [[1, 2], ["a", "b"], 5, [None]]}}})
def test_any_metadata_of_a_collection(metadata):
    problems(FLOW, catalogue=OneCollection(metadata))


ODD = [
    {"n": call("add", x={"from_node": []}, y=1) | {"result": True}},
    {"\ud800": call("add", x="\ud800") | {"result": True}},
    one("\ud800", **{"\ud800": "\ud800"}),
    one("load_collection", id="\ud800", spatial_extent=None, temporal_extent=None, bands=["\ud800"]),
    one("add", x=float("nan"), y=float("inf")),
    one("add", x=10**400, y=1),
    one("sum", data=deep(150)),
    one("sum", data=deep(900)),
    one("constant", x=deep(190)),
    one("mine", x=[[]]),
    [],
    "graph",
    5,
    {"": {}},
]


@pytest.mark.parametrize("graph", ODD, ids=lambda graph: repr(graph)[:40])
def test_no_endpoint_fails(api, graph):
    text = json.dumps(graph)
    mine = process(one("add", x=par("x"), y=1), x={"type": "nonsense", "pattern": "("})
    api("PUT /process_graphs/mine", json=mine)

    for route, body in {
        "POST /validation": f'{{"process_graph": {text}, "parameters": {text}}}',
        "PUT /process_graphs/mine": f'{{"process_graph": {text}}}',
        "POST /jobs": f'{{"process": {{"process_graph": {text}}}}}',
        "POST /result": f'{{"process": {{"process_graph": {text}}}}}',
    }.items():
        response = api(route, data=body, headers={"Content-Type": "application/json"})
        assert response.status_code < 500, response.text


@pytest.mark.parametrize("schema", SCHEMAS, ids=repr)
def test_no_schema_of_a_user_defined_process_is_too_odd(api, schema):
    mine = process(one("add", x=par("x"), y=1), x={"schema": schema})

    assert api("PUT /process_graphs/mine", json=mine).status_code < 500
    for value in (1, "a", [None], {"a": par("x")}):
        response = api("POST /validation", json={"process_graph": one("mine", x=value)})
        assert response.status_code == 200, response.text
        response = api("POST /jobs", json={"process": {"process_graph": one("mine", x=value)}})
        assert response.status_code < 500, response.text


@pytest.fixture
def schema_server():
    """A server with a schema that takes texts only; it notes who asks."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"type": "string"}')

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/schema.json", asked
        server.shutdown()


def test_nothing_is_fetched_for_a_schema(schema_server, tmp_path):
    url, asked = schema_server
    (tmp_path / "schema.json").write_text('{"type": "string"}', encoding="utf-8")

    for reference in (url, (tmp_path / "schema.json").as_uri()):
        for schema in (
            {"$ref": reference},
            {"properties": {"a": {"$ref": reference}}, "type": "object"},
            {"$schema": reference, "$id": reference},
        ):
            mine = process(one("pi"), x={"schema": schema})
            # Nothing is known of what it refers to, so everything fits.
            assert problems(one("mine", x={"a": 1}), user_process=mine) == []

    assert asked == []


def _send_everywhere(backend, api, graph):
    """Send a graph wherever graphs are sent, and look at the jobs that come of it."""
    process = {"process_graph": graph}
    for route, body in {
        "POST /validation": process,
        "POST /jobs": {"process": process},
        "POST /result": {"process": process},
        "POST /services": {"process": process, "type": "xyz"},
        "PUT /process_graphs/mine": process,
    }.items():
        assert api(route, json=body).status_code < 500, route
    for job in backend.jobs:
        api.start(job.job_id)
        backend.clock.advance("2h")
        for path in ("", "/results", "/logs"):
            assert api(f"GET /jobs/{job.job_id}{path}").status_code < 500


@pytest.mark.parametrize("relaxed", [[], ["structure"], "all"])
@pytest.mark.parametrize("graph", [{}, [], None, 5])
def test_what_is_no_graph_never_fails_the_back_end(mock_backend_factory, api_of, relaxed, graph):
    backend = mock_backend_factory(relaxed=relaxed)

    _send_everywhere(backend, api_of(backend), graph)
    assert not backend.jobs


@pytest.mark.off_contract("jobs tell what they were sent, and what is relaxed here is the form of that")
@pytest.mark.parametrize("relaxed", [["structure"], "all"])
@pytest.mark.parametrize("graph", [{"a": {}}, {"a": None}, {"a": {"process_id": "add"}}])
def test_what_is_hardly_a_graph_never_does_either(mock_backend_factory, api_of, relaxed, graph):
    backend = mock_backend_factory(relaxed=relaxed)

    _send_everywhere(backend, api_of(backend), graph)
    assert len(backend.jobs) == 1
