"""The structure of process graphs: what is wrong with it, and ways through it."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pydantic_core import to_json

from mock_backend.dataclass import dataclass
from mock_backend.workload import weighed

Graph = dict[str, Any]
#: References of the nodes of a graph by ``from_node``, by the id of the node; not only texts if it is faulty.
Sources = dict[str, list[Any]]
#: Larger integers become floating points, which end at 2**1024.
_LARGEST_INTEGER = 2**1000
#: Such an integer, as JSON writes it; it may also be a smaller one, or in a text.
_LARGE = b"0" * 300
_AS_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)

#: The process of what is no node but stands in the place of one.
NO_PROCESS = "<unusable>"
#: The refusal of what is no process graph at all.
NO_GRAPH = "A process graph is an object of nodes by id, and has at least one."
_CONTAINERS = (dict, list)
#: Members of objects that stand for something else, as JSON writes them.
_TELLING = (b'"from_node"', b'"from_parameter"', b'"process_graph"')
#: Shorter arrays are sooner looked through than written.
_LONG = 32


@dataclass(frozen=True)
class Node:
    """A node of a process graph."""

    id: str  #: Its key in the graph
    process_id: str
    arguments: dict[str, Any]
    namespace: str | None = None  #: The namespace of the process; None means user-defined or else predefined


@dataclass(frozen=True)
class GraphFault:
    """Fault in the structure of a process graph."""

    message: str  #: The problem and its remedy
    node: str | None = None  #: The id of the node it is about, if it is about one


def arguments_of(node: Graph) -> Graph:
    """Return the arguments of a node, with a condition that is a graph of nodes as a child process.

    The example in the definition of ``count`` gives its condition without ``process_graph``.
    """
    arguments: Graph = node["arguments"]
    condition = arguments.get("condition")
    if isinstance(condition, dict) and not any(node_faults(condition)):
        return arguments | {"condition": {"process_graph": condition}}
    return arguments


def walk(graph: Graph) -> Iterator[Node]:
    """Yield all nodes of a process graph, those of nested graphs included."""
    for node_id, node in graph.items():
        if not isinstance(node, dict) or not isinstance(node.get("process_id"), str):
            continue  # which a back-end that lets everything pass may have
        arguments = arguments_of({"arguments": node.get("arguments") or {}})
        yield Node(node_id, node["process_id"], arguments, node.get("namespace"))
        for callback in nested_graphs(arguments):
            yield from walk(callback)


def node_faults(graph: Any) -> Iterator[GraphFault]:
    """Find what keeps a value from being a graph of nodes; nested graphs are not entered."""
    if not isinstance(graph, dict) or not graph:
        yield GraphFault(NO_GRAPH)
        return
    for node_id, node in graph.items():
        for message in _node_faults(node):
            yield GraphFault(message, node_id)


def check_readable(graph: Any) -> None:
    """Raise ``ValueError`` if a process graph that was sound once cannot be followed any longer."""
    if (fault := first_fault(graph)) is not None:
        raise ValueError(f"process graph: {fault.message}")


def first_fault(graph: Any) -> GraphFault | None:
    """Return the first fault in the structure of a process graph; nested graphs are not entered."""
    return next(node_faults(graph), None) or next(wiring_faults(graph, sources_of(graph)), None)


def sources_of(graph: Graph) -> Sources:
    """Return what the nodes of a graph refer to; nested graphs are not entered."""
    return {
        node_id: [each["from_node"] for each in objects(arguments_of(node)) if "from_node" in each]
        for node_id, node in graph.items()
    }


def wiring_faults(graph: Graph, sources: Sources) -> Iterator[GraphFault]:
    """Find what is wrong with the results and the references of nodes; nested graphs are not entered."""
    results = [node_id for node_id, node in graph.items() if node.get("result") is True]
    if len(results) != 1:
        found = "none has" if not results else f"these have: {', '.join(map(repr, results))}"
        yield GraphFault(f"Exactly one node must have 'result': true; {found}.")
    for node_id, wanted in sources.items():
        if wanted:
            yield from (GraphFault(message, node_id) for message in _reference_faults(graph, wanted))


def in_order(sources: Sources) -> tuple[list[str], list[str]]:
    """Return the nodes of a graph in an order in which each comes after its sources, and those in cycles."""
    # The standard library's sorter takes four times as long, for each graph that is sent.
    users: dict[str, list[str]] = {}
    waiting: dict[str, int] = {}
    order = []
    for node_id, wanted in sources.items():
        known = {each for each in wanted if isinstance(each, str) and each in sources}
        if not known:
            order.append(node_id)
        else:
            waiting[node_id] = len(known)
            for source in known:
                users.setdefault(source, []).append(node_id)
    for node_id in order:  # which grows meanwhile
        for user in users.get(node_id, ()):
            waiting[user] -= 1
            if not waiting[user]:
                order.append(user)
    return order, [node_id for node_id, left in waiting.items() if left > 0]


def needed(sources: Sources, ends: Iterable[str]) -> set[str]:
    """Return some nodes of a graph and all those that they need."""
    stack, found = list(ends), set[str]()
    while stack:
        if (name := stack.pop()) not in found:
            found.add(name)
            stack += [each for each in sources.get(name, ()) if each in sources]
    return found


def in_cycles(sources: Sources, suspects: Iterable[str]) -> list[str]:
    """Return the nodes in a cycle, or between two, of those that no order could be found for."""
    users: Sources = {node_id: [] for node_id in suspects}
    for node_id in users:
        for source in {each for each in sources[node_id] if isinstance(each, str)} & users.keys():
            users[source].append(node_id)
    # Seen from the other end, what only depends on a cycle can be ordered.
    return in_order(users)[1]


def repaired(graph: Graph) -> Graph:
    """Return a sound process graph made of the parts that can be used; itself if it is sound.

    What is no node becomes one of a process that does not exist. What refers to nothing, or to itself, refers
    to such a node. Of several results the last one counts. Nested graphs are not entered.

    Args:
        graph: An object of whatever is in the place of nodes.
    """
    faults = {fault.node for fault in node_faults(graph)}
    nodes = {name: _node_of(node) if name in faults else node for name, node in graph.items()}
    sources = sources_of(nodes)
    stuck = set(in_cycles(sources, in_order(sources)[1]))
    lost = {
        name: {each for each in map(str, wanted) if each not in nodes or (name in stuck and each in stuck)}
        for name, wanted in sources.items()
    }
    ends = [name for name, node in nodes.items() if node.get("result") is True] or list(nodes)
    if not faults and not any(lost.values()) and len(ends) == 1 and nodes[ends[0]].get("result") is True:
        return graph
    found = {
        name: node | {"arguments": _without(arguments_of(node), lost[name]), "result": name == ends[-1]}
        for name, node in nodes.items()
    }
    return found | ({NO_PROCESS: _node_of(None)} if any(lost.values()) else {})


def _node_of(value: Any) -> Graph:
    node = value if isinstance(value, dict) else {}
    arguments = node.get("arguments")
    is_call = isinstance(node.get("process_id"), str) and isinstance(arguments, dict)
    return {
        "process_id": node["process_id"] if is_call else NO_PROCESS,
        "arguments": arguments if isinstance(arguments, dict) else {},
        "result": node.get("result") is True,
    }


def _without(value: Any, lost: set[str]) -> Any:
    """Return a JSON value with a node of no process in the place of some that it refers to."""
    if not lost:
        return value
    if isinstance(value, list):
        return [_without(each, lost) for each in value]
    if not isinstance(value, dict) or "process_graph" in value:
        return value
    if "from_node" in value and str(value["from_node"]) in lost:
        return {"from_node": NO_PROCESS}
    return {key: _without(each, lost) for key, each in value.items()}


def resolved(
    argument: Any,
    results: Mapping[str, Any],
    parameter: Callable[[Any], Any],
    child: Callable[[Graph], Any],
    *,
    looks: bool = True,
) -> Any:
    """Return an argument of a node with values in the place of references.

    Args:
        results: The results of nodes by their ids; None stands for those that are not there.
        parameter: Returns the value of a parameter by its name.
        child: Makes what stands for a child process of its process graph.
        looks: False for a part of a long array that is not plain, see ``is_plain``.
    """
    if isinstance(argument, list):
        plain = looks and is_plain(argument)
        if plain:
            return argument
        return [resolved(each, results, parameter, child, looks=plain is None) for each in argument]
    if not isinstance(argument, dict):
        return bounded(argument)
    if "from_node" in argument:
        return weighed(results.get(argument["from_node"]))
    if "from_parameter" in argument:
        name = argument["from_parameter"]
        return weighed(bounded(parameter(name))) if isinstance(name, str) else None
    if isinstance(argument.get("process_graph"), dict):
        return child(argument["process_graph"])
    return {name: resolved(each, results, parameter, child, looks=looks) for name, each in argument.items()}


def bounded(value: Any) -> Any:
    """Return an integer beyond floating points as the one that JSON libraries without such integers read.

    Other values are returned as they are.
    """
    if not isinstance(value, int) or abs(value) <= _LARGEST_INTEGER:
        return value
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def nested_graphs(value: Any) -> list[Graph]:
    """Return the process graphs in a JSON value, without looking into them."""
    return [each["process_graph"] for each in objects(value) if isinstance(each.get("process_graph"), dict)]


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


def _reference_faults(graph: Graph, wanted: list[Any]) -> Iterator[str]:
    if not all(isinstance(each, str) for each in wanted):
        yield "'from_node' is the id of a node, i.e. a text."
    for target in sorted({each for each in wanted if isinstance(each, str) and each not in graph}):
        yield f"'from_node' refers to the node {target!r}, which does not exist here."


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects in a JSON value, itself included, but none in process graphs and plain arrays."""
    if isinstance(value, dict) and not any(isinstance(each, _CONTAINERS) for each in value.values()):
        return [value]
    found, plain = [value], None
    for each in found:  # which grows meanwhile, so that any depth will do
        if isinstance(each, dict):
            found += [
                item for key, item in each.items() if isinstance(item, _CONTAINERS) and key != "process_graph"
            ]
        elif isinstance(each, list) and not (plain := plain is not False and is_plain(each)):
            found += [item for item in each if isinstance(item, _CONTAINERS)]
    return [each for each in found if isinstance(each, dict)]


def is_plain(value: list[Any]) -> bool | None:
    """Tell whether a long array in JSON stands for itself, such as one of positions or features.

    Then it has neither references nor process graphs in it, nor integers beyond floating points: of some
    hundred thousand values this is known soonest from how they are written. If it is False, do not ask for
    arrays within it: they would be written again and again.

    Returns:
        None for short arrays, which are sooner looked through.
    """
    if len(value) < _LONG:
        return None
    try:
        written = to_json(value)
    except ValueError:  # nested too deeply, or no Unicode
        return False
    # A pattern takes ten times as long, and what is sent may have millions of values.
    return _LARGE not in written.translate(_AS_ZEROS) and not any(each in written for each in _TELLING)
