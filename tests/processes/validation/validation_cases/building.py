"""Small words to write process graphs and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Graph = dict[str, Any]
#: Code, path (ids joined by "/"), argument, and words that the message has to contain.
Expected = tuple[str | None, ...]


INVALID, REQUIRED = "ProcessParameterInvalid", "ProcessParameterRequired"
UNSUPPORTED = "ProcessParameterUnsupported"


@dataclass(frozen=True)
class Case:
    """A process and everything that is wrong with it, in this order; nothing if it is good."""

    name: str
    graph: Any
    expected: tuple[Expected, ...] = ()
    parameters: list[Any] = field(default_factory=list)
    user_processes: Mapping[str, Any] = field(default_factory=dict)
    lenient: bool = False


def good(name: str, graph: Any, **options: Any) -> Case:
    return Case(name, graph, **options)


def bad(name: str, graph: Any, *expected: Expected, **options: Any) -> Case:
    assert expected, "a bad case says what is wrong"
    return Case(name, graph, expected, **options)


def call(process_id: str, /, **arguments: Any) -> Graph:
    """Return a node."""
    return {"process_id": process_id, "arguments": arguments}


def graph(**nodes: Graph) -> Graph:
    """Return a graph of these nodes, of which the last one is the result."""
    last = list(nodes)[-1]
    return {**nodes, last: nodes[last] | {"result": True}}


def one(process_id: str, /, **arguments: Any) -> Graph:
    """Return a graph of one node, which is called ``n``."""
    return graph(n=call(process_id, **arguments))


def ref(node_id: str) -> Graph:
    return {"from_node": node_id}


def par(name: str) -> Graph:
    return {"from_parameter": name}


def child(**nodes: Graph) -> Graph:
    """Return a child process."""
    return {"process_graph": graph(**nodes)}


def reducer(process_id: str = "mean") -> Graph:
    return child(r=call(process_id, data=par("data")))


def declared(name: str, schema: Any, **more: Any) -> Graph:
    """Return a parameter of a process."""
    return {"name": name, "description": name, "schema": schema} | more


def load(collection: str = "SENTINEL2_L2A", /, **arguments: Any) -> Graph:
    """Return a node that loads two bands of a month, or what else is said."""
    given = {"spatial_extent": BOX, "temporal_extent": MONTH, "bands": ["B04", "B08"]}
    return call("load_collection", **({"id": collection} | given | arguments))


def flow(*steps: Graph, source: Graph | None = None) -> Graph:
    """Return a graph whose nodes ``load``, ``s1``, ``s2``… each work on the cube of the one before."""
    nodes, before = {"load": load() if source is None else source}, "load"
    for number, step in enumerate(steps, 1):
        data = {} if "data" in step["arguments"] else {"data": ref(before)}
        before = f"s{number}"
        nodes[before] = step | {"arguments": step["arguments"] | data}
    return graph(**nodes)


def process(graph: Any, **parameters: Any) -> Graph:
    """Return a user-defined process; each parameter is given by its schema, or by more of its definition."""
    definitions = [
        {"name": name, "description": name} | (given if "schema" in given else {"schema": given})
        for name, given in parameters.items()
    ]
    return {"process_graph": graph, "parameters": definitions}


BOX = {"west": 5.0, "south": 51.2, "east": 5.1, "north": 51.3}
MONTH = ["2024-06-01", "2024-07-01"]
RING = [[5.0, 51.2], [5.1, 51.2], [5.1, 51.3], [5.0, 51.2]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}
FEATURE = {"type": "Feature", "properties": {}, "geometry": POLYGON}

NUMBER, TEXT, CUBE = {"type": "number"}, {"type": "string"}, {"type": "object", "subtype": "datacube"}


def right(name: str, *steps: Graph, **options: Any) -> Case:
    """Return a good case of steps after a ``load_collection``."""
    return good(name, flow(*steps), **options)


def wrong(name: str, step: Graph, argument: str | None, *words: str, code: str = INVALID) -> Case:
    """Return a case of one wrong argument of one step after a ``load_collection``."""
    return bad(name, flow(step), (code, "s1", argument, *words))


def wrong_scalar(name: str, process_id: str, argument: str, *words: str, **arguments: Any) -> Case:
    """Return a case of one wrong argument of one node."""
    return bad(name, one(process_id, **arguments), (INVALID, "n", argument, *words))


def wrong_load(name: str, argument: str, value: Any, *words: str, code: str = INVALID) -> Case:
    """Return a case of one wrong argument of a ``load_collection``."""
    return bad(name, graph(n=load(**{argument: value})), (code, "n", argument, *words))


def reduced(**nodes: Graph) -> Graph:
    """Return a graph that reduces over time by these nodes."""
    return flow(call("reduce_dimension", dimension="t", reducer=child(**nodes)))
