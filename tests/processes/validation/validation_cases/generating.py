"""Valid process graphs from the signatures of processes, and graphs with one thing wrong in them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mock_backend.processes.definitions.predefined import signatures
from validation_cases.building import BOX, FEATURE, MONTH, POLYGON, Graph, call, child, par, ref

SIGNATURES = signatures()

_TEXTS = st.text("abcXYZ_09", min_size=1, max_size=8)
_NUMBERS = st.integers(-1000, 1000) | st.floats(-1e6, 1e6, allow_nan=False).map(
    lambda number: round(number, 3)
)
_ANYTHING = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=5,
)
_DATES = st.dates().map(str)
_INSTANTS = st.datetimes().map(lambda instant: f"{instant.replace(microsecond=0).isoformat()}Z")
_FEATURES = {"type": "FeatureCollection", "features": [FEATURE]}

#: Valid values of a subtype; for cubes and STAC resources there are only references.
_SUBTYPES: dict[str, SearchStrategy[Any]] = {
    "band-name": st.sampled_from(["B04", "B08", "green"]),
    "bounding-box": st.sampled_from([BOX, BOX | {"crs": 4326}, BOX | {"base": None, "height": 5}]),
    "chunk-size": st.builds(
        lambda size: {"dimension": "x", "value": size, "unit": "px"}, st.integers(0, 512)
    ),
    "collection-id": st.just("SENTINEL2_L2A"),
    "date": _DATES,
    "date-time": _INSTANTS,
    "duration": st.sampled_from(["P1D", "P1M", "PT30M", "P1Y2M", "P5W"]),
    "epsg-code": st.sampled_from([4326, 3857, 32631]),
    "file-path": st.sampled_from(["a.json", "folder/b.parquet"]),
    "geojson": st.sampled_from([POLYGON, FEATURE, _FEATURES, {"type": "Point", "coordinates": [5, 51]}]),
    "input-format": st.sampled_from(["GeoJSON", "gtiff", "PARQUET"]),
    "kernel": st.sampled_from([[[1]], [[0, 1, 0]] * 3, [[0.5, 1, 0.5]]]),
    "metadata-filter": st.just({"eo:cloud_cover": child(n=call("lte", x=par("value"), y=50))}),
    "output-format": st.sampled_from(["GTiff", "netcdf", "json"]),
    "process-graph": _ANYTHING.map(lambda value: child(n=call("constant", x=value))),
    "temporal-interval": st.sampled_from([MONTH, ["2024-06-01", None], [None, "2024-06-01T12:00:00Z"]]),
    "temporal-intervals": st.sampled_from([[MONTH], [MONTH, ["2024-07-01", "2024-08-01"]]]),
    "time": st.sampled_from(["00:00:00", "23:59:59"]),
    "udf-code": st.just("def f():\n    pass\n"),
    "udf-runtime": st.sampled_from(["Python", "python", "R"]),
    "udf-runtime-version": st.none(),
    "uri": st.sampled_from(["https://files.test/a.json", "http://files.test"]),
    "wkt2-definition": st.just('GEOGCRS["…"]'),
    "workspace-id": _TEXTS,
    "year": st.integers(1980, 2030),
}


def alternatives(schema: Any) -> list[Graph]:
    """Return the schemas of which one has to fit."""
    if isinstance(schema, list):
        return [each for part in schema for each in alternatives(part)]
    return alternatives(schema["anyOf"]) if "anyOf" in schema else [schema]


def types_of(schema: Any) -> set[str]:
    """Return the JSON types that a schema takes; nothing if it takes any."""
    found: set[str] = set()
    for each in alternatives(schema):
        if "type" not in each:
            return set()
        found |= {each["type"]} if isinstance(each["type"], str) else set(each["type"])
    return found


def literals(schema: Any) -> SearchStrategy[Any]:
    """Return what can be written down for a schema; nothing if it takes only data cubes and the like."""
    return st.one_of([_literal(each) for each in alternatives(schema)])


def _literal(schema: Graph) -> SearchStrategy[Any]:
    subtype = schema.get("subtype")
    if subtype in ("datacube", "stac"):
        return st.nothing()
    if subtype in _SUBTYPES:
        return _SUBTYPES[subtype]
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "const" in schema:
        return st.just(schema["const"])
    names = schema.get("type")
    if names is None:
        return _ANYTHING
    return st.one_of([_of_type(name, schema) for name in ([names] if isinstance(names, str) else names)])


def _of_type(name: str, schema: Graph) -> SearchStrategy[Any]:
    low, high = schema.get("minimum", -100), schema.get("maximum", 100)
    match name:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(low, high)
        case "number":
            found = st.integers(low, high) | st.floats(low, high, allow_nan=False)
            return found.filter(bool) if "not" in schema else found
        case "string":
            return _TEXTS
        case "array":
            return st.lists(
                literals(schema.get("items", {})),
                min_size=schema.get("minItems", 0),
                max_size=schema.get("maxItems", 4),
                # JSON calls 1 and 1.0 the same.
                unique_by=(lambda each: (type(each) is str, each)) if schema.get("uniqueItems") else None,
            )
        case "object":
            closed = schema.get("additionalProperties") is False
            return st.just({}) if closed else st.dictionaries(_TEXTS, _ANYTHING, max_size=2)
    raise AssertionError(name)


#: Processes whose cubes have known dimensions, so that not every name is right afterwards.
_KNOWN = ("load_collection", "load_geojson")
#: Of these arguments exactly one is given.
_ONE_OF = {"array_element": ("index", "label"), "quantiles": ("probabilities", "q")}
#: These have to be given though they are optional.
_NEEDED = {"filter_bands": ("bands",)}


def _is_fit(returns: Any, wanted: Any) -> bool:
    """Tell whether a value of one schema is sure to be taken for another."""
    for each in alternatives(returns):
        given = types_of(each) - {"null"}
        if not any(
            (not types_of(other) or (given and given <= types_of(other)))
            and (given != {"object"} or each.get("subtype") == other.get("subtype"))
            for other in alternatives(wanted)
        ):
            return False
    return True


@dataclass(frozen=True)
class Made:
    """A valid graph.

    Args:
        graph: The graph.
        literals: The arguments that are written down, by node and name, with their schemas.
    """

    graph: Graph
    literals: dict[tuple[str, str], Any]


@st.composite
def graphs(draw: DrawFn) -> Made:
    """Draw a valid graph with cubes of unknown dimensions."""
    nodes: dict[str, Graph] = {
        "cube": call("create_data_cube"),
        "stac": call("save_result", data=ref("cube"), format="GTiff"),
        "load": call(
            "load_collection", id="SENTINEL2_L2A", spatial_extent=BOX, temporal_extent=None, bands=["B04"]
        ),
    }
    written: dict[tuple[str, str], Any] = {}
    for number in range(draw(st.integers(1, 6))):
        process_id, node_id = draw(st.sampled_from(sorted(SIGNATURES))), f"n{number}"
        arguments: dict[str, Any] = {}
        left_out = draw(st.sampled_from(_ONE_OF.get(process_id, ("",))))
        for parameter in SIGNATURES[process_id]["parameters"]:
            name, schema = parameter["name"], parameter["schema"]
            needed = name in (*_ONE_OF.get(process_id, ()), *_NEEDED.get(process_id, ()))
            is_optional = parameter.get("optional", False) and not needed
            if name == left_out or (is_optional and draw(st.booleans())):
                continue
            sources = [
                node_id
                for node_id, node in nodes.items()
                if node["process_id"] not in _KNOWN
                and _is_fit(SIGNATURES[node["process_id"]]["returns"]["schema"], schema)
            ]
            chosen = st.sampled_from(sources).map(ref) if sources else st.nothing()
            written_down = literals(schema)
            arguments[name] = argument = draw(chosen if written_down.is_empty else written_down | chosen)
            if argument != {"from_node": argument.get("from_node") if isinstance(argument, dict) else 0}:
                written[node_id, name] = schema
        if process_id == "aggregate_temporal":
            arguments.pop("labels", None)
        nodes[node_id] = {"process_id": process_id, "arguments": arguments}
    last = list(nodes)[-1]
    return Made({**nodes, last: nodes[last] | {"result": True}}, written)


@dataclass(frozen=True)
class Mutated:
    """A graph that was valid before one thing was changed, and what should be found."""

    graph: Graph
    code: str
    path: tuple[str, ...]
    argument: str | None = None


#: A value for each JSON type.
_OF_TYPE = {
    "object": {"mutated": 1},
    "array": [[["mutated"]]],
    "string": "mutated\n",
    "boolean": True,
    "number": 0.5,
}


def _changed(graph: Graph, node_id: str, **arguments: Any) -> Graph:
    node = graph[node_id]
    return graph | {node_id: node | {"arguments": node["arguments"] | arguments}}


@st.composite
def _renamed(draw: DrawFn, made: Made) -> Mutated:
    node_id = draw(st.sampled_from(sorted(made.graph)))
    node = made.graph[node_id]
    graph = made.graph | {node_id: node | {"process_id": node["process_id"] + "_x"}}
    return Mutated(graph, "ProcessUnsupported", (node_id,))


@st.composite
def _without(draw: DrawFn, made: Made) -> Mutated:
    dropped = [
        (node_id, parameter["name"])
        for node_id, node in made.graph.items()
        for parameter in SIGNATURES[node["process_id"]]["parameters"]
        if not parameter.get("optional", False)
    ]
    node_id, name = draw(st.sampled_from(dropped))
    node = made.graph[node_id]
    arguments = {each: value for each, value in node["arguments"].items() if each != name}
    graph = made.graph | {node_id: node | {"arguments": arguments}}
    return Mutated(graph, "ProcessParameterRequired", (node_id,), name)


@st.composite
def _with_unknown(draw: DrawFn, made: Made) -> Mutated:
    node_id, value = draw(st.sampled_from(sorted(made.graph))), draw(_ANYTHING)
    graph = _changed(made.graph, node_id, mutated=value)
    return Mutated(graph, "ProcessParameterUnsupported", (node_id,), "mutated")


@st.composite
def _of_another_type(draw: DrawFn, made: Made) -> Mutated:
    typed = sorted(place for place, schema in made.literals.items() if types_of(schema))
    if not typed:
        return draw(_with_unknown(made))
    node_id, name = draw(st.sampled_from(typed))
    types = types_of(made.literals[node_id, name])
    taken = types | ({"number"} if "integer" in types else set())
    values = [value for kind, value in _OF_TYPE.items() if kind not in taken]
    if not values:
        return draw(_with_unknown(made))
    graph = _changed(made.graph, node_id, **{name: draw(st.sampled_from(values))})
    return Mutated(graph, "ProcessParameterInvalid", (node_id,), name)


@st.composite
def _broken_reference(draw: DrawFn, made: Made) -> Mutated:
    node_id, name = draw(st.sampled_from(_references(made.graph)))
    return Mutated(_changed(made.graph, node_id, **{name: ref("mutated")}), "ProcessGraphInvalid", (node_id,))


@st.composite
def _cycle(draw: DrawFn, made: Made) -> Mutated:
    node_id, name = draw(st.sampled_from(_references(made.graph)))
    source = made.graph[node_id]["arguments"][name]["from_node"]
    return Mutated(_changed(made.graph, source, mutated=[ref(node_id)]), "ProcessGraphInvalid", ())


@st.composite
def _without_result(draw: DrawFn, made: Made) -> Mutated:
    results = draw(st.sampled_from([None, False]))
    graph = {node_id: node | {"result": results} for node_id, node in made.graph.items()}
    return Mutated(graph, "ProcessGraphInvalid", ())


@st.composite
def _unknown_name(draw: DrawFn, made: Made) -> Mutated:
    node_id, name, value, code = draw(
        st.sampled_from(
            [
                ("load", "id", "MUTATED", "CollectionNotFound"),
                ("load", "bands", ["B04", "B99"], "ProcessParameterInvalid"),
                ("stac", "format", "mutated", "ProcessParameterInvalid"),
            ]
        )
    )
    return Mutated(_changed(made.graph, node_id, **{name: value}), code, (node_id,), name)


def _references(graph: Graph) -> list[tuple[str, str]]:
    return [
        (node_id, name)
        for node_id, node in graph.items()
        for name, argument in node["arguments"].items()
        if isinstance(argument, dict) and "from_node" in argument
    ]


#: Each makes a valid graph wrong in one way.
MUTATIONS: dict[str, Callable[[Made], SearchStrategy[Mutated]]] = {
    "another process": _renamed,
    "an argument less": _without,
    "an argument more": _with_unknown,
    "another type": _of_another_type,
    "a reference to nothing": _broken_reference,
    "a cycle": _cycle,
    "no result": _without_result,
    "an unknown name": _unknown_name,
}
