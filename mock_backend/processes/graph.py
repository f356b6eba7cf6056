"""Check process graphs and walk through them."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any

from mock_backend.errors import OpenEOError, ProcessGraphInvalid, ProcessGraphMissing, ProcessUnsupported

Graph = dict[str, Any]

_MAX_DEPTH = 100


@dataclass(frozen=True)
class Node:
    """A node of a process graph.

    Args:
        id: Its key in the graph.
        process_id: The process it calls.
        arguments: The call's arguments.
        namespace: Where the process is defined; None means predefined.
    """

    id: str
    process_id: str
    arguments: dict[str, Any]
    namespace: str | None = None


def check_process(process: Any, known: Container[str]) -> Graph:
    """Return the process graph of a request's ``process`` if it is sound.

    Args:
        process: What the client sent as ``process``.
        known: The ids of the predefined processes.

    Raises:
        ProcessGraphMissing: If there is no process graph.
        ProcessGraphInvalid: If the graph's structure is broken.
        ProcessUnsupported: If it calls a process that does not exist.
    """
    graph = process.get("process_graph") if isinstance(process, dict) else None
    if graph is None:
        raise ProcessGraphMissing(
            "The request has no process graph: send it as {'process': {'process_graph': {…}}}."
        )
    for error in graph_errors(graph, known):
        raise error
    return graph  # type: ignore[no-any-return]  # graph_errors finds whatever is not a dict


def graph_errors(graph: Any, known: Container[str], where: str = "", depth: int = 0) -> Iterator[OpenEOError]:
    """Find everything that is wrong with the structure of a process graph, nested graphs included."""
    inside = f" (in the process of {where})" if where else ""
    if not isinstance(graph, dict) or not graph:
        yield ProcessGraphInvalid(f"A process graph is a non-empty object of nodes by id{inside}.")
        return
    if depth > _MAX_DEPTH:
        yield ProcessGraphInvalid(f"The process graph is nested more than {_MAX_DEPTH} levels deep.")
        return
    sound = True
    for node_id, node in graph.items():
        for problem in _node_problems(node):
            sound = False
            yield ProcessGraphInvalid(f"Node {node_id!r}{inside}: {problem}")
    if not sound:
        return
    results = [node_id for node_id, node in graph.items() if node.get("result") is True]
    if len(results) != 1:
        found = "none has" if not results else f"these have: {', '.join(map(repr, results))}"
        yield ProcessGraphInvalid(f"Exactly one node must have 'result': true{inside}; {found}.")
    yield from _reference_errors(graph, inside)
    for node_id, node in graph.items():
        namespace = node.get("namespace")
        if namespace in (None, "backend") and node["process_id"] not in known:
            yield ProcessUnsupported(process=node["process_id"], namespace=namespace or "backend")
        for callback in _nested_graphs(node["arguments"]):
            yield from graph_errors(callback, known, repr(node_id), depth + 1)


def walk(graph: Graph) -> Iterator[Node]:
    """Yield all nodes of a sound process graph, those of nested graphs included."""
    for node_id, node in graph.items():
        arguments = node.get("arguments", {})
        yield Node(node_id, node["process_id"], arguments, node.get("namespace"))
        for callback in _nested_graphs(arguments):
            yield from walk(callback)


def _node_problems(node: Any) -> Iterator[str]:
    if not isinstance(node, dict):
        yield "a node is an object with 'process_id' and 'arguments'."
        return
    if not isinstance(node.get("process_id"), str):
        yield "'process_id' is missing or not a text."
    if not isinstance(node.get("arguments"), dict):
        yield "'arguments' is missing or not an object."
    if not isinstance(node.get("result", False), bool | None):
        yield "'result' is true or false."


def _reference_errors(graph: Graph, inside: str) -> Iterator[OpenEOError]:
    edges = {node_id: set(_references(node["arguments"])) for node_id, node in graph.items()}
    dangling = False
    for node_id, targets in edges.items():
        for target in sorted(targets - graph.keys()):
            dangling = True
            yield ProcessGraphInvalid(
                f"Node {node_id!r}{inside} refers to the node {target!r}, which does not exist."
            )
    if not dangling and (cycle := _cycle(edges)):
        yield ProcessGraphInvalid(
            f"The process graph has a cycle{inside} through the nodes {', '.join(cycle)}."
        )


def _cycle(edges: dict[str, set[str]]) -> list[str]:
    """Return the nodes that are left when all that depend on nothing left are taken away."""
    left = dict(edges)
    while ready := [node for node, targets in left.items() if not targets & left.keys()]:
        for node in ready:
            del left[node]
    return sorted(map(repr, left))


def _references(value: Any) -> Iterator[str]:
    """Yield what ``from_node`` names, without looking into nested process graphs."""
    for each in _objects(value):
        if len(each) == 1 and isinstance(each.get("from_node"), str):
            yield each["from_node"]


def _nested_graphs(value: Any) -> Iterator[Graph]:
    for each in _objects(value):
        if isinstance(each.get("process_graph"), dict):
            yield each["process_graph"]


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects in a JSON value, itself included; process graphs in them are not entered."""
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            yield each
            inner = [value for key, value in each.items() if key != "process_graph"]
        else:
            inner = each if isinstance(each, list) else []
        stack.extend(value for value in inner if isinstance(value, (dict, list)))
