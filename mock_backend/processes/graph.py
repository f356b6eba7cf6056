"""The structure of process graphs: what is wrong with it, and ways through it."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Graph = dict[str, Any]


@dataclass(frozen=True)
class Node:
    """A node of a process graph.

    Args:
        id: Its key in the graph.
        process_id: The process it calls.
        arguments: The call's arguments.
        namespace: Where the process is defined; None means user-defined or else predefined.
    """

    id: str
    process_id: str
    arguments: dict[str, Any]
    namespace: str | None = None


@dataclass(frozen=True)
class Fault:
    """What is wrong with the structure of a process graph.

    Args:
        message: What is wrong and what would be right.
        node: The id of the node it is about, if it is about one.
    """

    message: str
    node: str | None = None


def walk(graph: Graph) -> Iterator[Node]:
    """Yield all nodes of a sound process graph, those of nested graphs included."""
    for node_id, node in graph.items():
        arguments = node.get("arguments", {})
        yield Node(node_id, node["process_id"], arguments, node.get("namespace"))
        for callback in nested_graphs(arguments):
            yield from walk(callback)


def node_faults(graph: Any) -> Iterator[Fault]:
    """Find what keeps a value from being a graph of nodes; nested graphs are not entered."""
    if not isinstance(graph, dict) or not graph:
        yield Fault("A process graph is an object of nodes by id, and has at least one.")
        return
    for node_id, node in graph.items():
        for message in _node_faults(node):
            yield Fault(message, node_id)


def wiring_faults(graph: Graph) -> Iterator[Fault]:
    """Find what is wrong with the results and the references of nodes; nested graphs are not entered."""
    results = [node_id for node_id, node in graph.items() if node.get("result") is True]
    if len(results) != 1:
        found = "none has" if not results else f"these have: {', '.join(map(repr, results))}"
        yield Fault(f"Exactly one node must have 'result': true; {found}.")
    for node_id, node in graph.items():
        missing = {each for each in references(node["arguments"]) if each not in graph}
        for target in sorted(missing):
            yield Fault(f"'from_node' refers to the node {target!r}, which does not exist here.", node_id)


def in_order(graph: Graph) -> tuple[list[str], list[str]]:
    """Return the nodes in an order in which each comes after those it refers to, and those in cycles."""
    sources = {
        node_id: {each for each in references(node["arguments"]) if each in graph}
        for node_id, node in graph.items()
    }
    users: dict[str, list[str]] = {node_id: [] for node_id in graph}
    for node_id, wanted in sources.items():
        for source in wanted:
            users[source].append(node_id)
    ready = deque(node_id for node_id, wanted in sources.items() if not wanted)
    waiting = {node_id: len(wanted) for node_id, wanted in sources.items()}
    order = []
    while ready:
        node_id = ready.popleft()
        order.append(node_id)
        for user in users[node_id]:
            waiting[user] -= 1
            if not waiting[user]:
                ready.append(user)
    return order, [node_id for node_id in graph if waiting[node_id] > 0]


def references(value: Any) -> Iterator[str]:
    """Yield what ``from_node`` names in a JSON value, without looking into nested process graphs."""
    for each in _objects(value):
        if isinstance(each.get("from_node"), str):
            yield each["from_node"]


def has_references(value: Any) -> bool:
    """Tell whether a JSON value refers to nodes or parameters, other than in nested process graphs."""
    return any("from_node" in each or "from_parameter" in each for each in _objects(value))


def nested_graphs(value: Any) -> Iterator[Graph]:
    """Yield the process graphs in a JSON value, without looking into them."""
    for each in _objects(value):
        if isinstance(each.get("process_graph"), dict):
            yield each["process_graph"]


def _node_faults(node: Any) -> Iterator[str]:
    if not isinstance(node, dict):
        yield "A node is an object with 'process_id' and 'arguments'."
        return
    if not isinstance(node.get("process_id"), str):
        yield "'process_id' is missing or not a text."
    if not isinstance(node.get("arguments"), dict):
        yield "'arguments' is missing or not an object."
    if not isinstance(node.get("result", False), bool | None):
        yield "'result' is true or false."
    if not isinstance(node.get("namespace"), str | None):
        yield "'namespace' is a text or null."


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
