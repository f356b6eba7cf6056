"""Process graphs that are equal up to the ids of their nodes, and the differences of others."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from mock_backend.processes.definitions import Node, walk
from mock_backend.processes.definitions.graph import nested_graphs


class ProcessGraph(dict[str, Any]):
    """A process graph; it equals all graphs that differ in the ids of their nodes only."""

    def nodes(self, process_id: str | None = None) -> list[Node]:
        """Return its nodes, those of nested graphs included.

        Args:
            process_id: Only calls of this process.
        """
        return [node for node in walk(self) if process_id in (None, node.process_id)]

    def contains(self, fragment: Mapping[str, Any] | str, **arguments: Any) -> bool:
        """Tell whether it has a call, or all nodes of a part of a process graph.

        Args:
            fragment: The id of a process, or a part of a process graph. Arguments that it does not name may
                have any value.
        """
        if isinstance(fragment, str):
            fragment = {"": {"process_id": fragment, "arguments": arguments}}
        graphs = [self, *_nested(self)]
        return any(
            all(any(_matches(graph, each, fragment, name) for each in graph) for name in fragment)
            for graph in graphs
        )

    def canonical(self) -> dict[str, Any]:
        """Return it with ids that follow from its structure, as snapshots keep it."""
        return canonical(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and canonical(self) == canonical(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None


def canonical(graph: Mapping[str, Any]) -> dict[str, Any]:
    """Return a process graph whose node ids follow from its structure alone."""
    try:
        return _Renaming(graph).graph()
    except RecursionError:
        return dict(graph)  # too deep to be compared by its structure


class _Renaming:
    """New ids for the nodes of a graph: the process and a number, in the order of their references."""

    def __init__(self, graph: Mapping[str, Any]) -> None:
        self._graph = graph
        self._names: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def graph(self) -> dict[str, Any]:
        for node_id in sorted(self._graph, key=self._rank):
            self._visit(node_id)
        return {name: self._renamed(self._graph[node_id]) for node_id, name in self._names.items()}

    def _rank(self, node_id: str) -> tuple[bool, str]:
        """The result comes first; others by what they are, whatever they are called."""
        node = self._graph[node_id]
        if not isinstance(node, Mapping):
            return True, str(node)
        bare = json.dumps(_without_references(node), sort_keys=True, default=str)
        return not node.get("result"), bare

    def _visit(self, node_id: str) -> None:
        if node_id in self._names or node_id not in self._graph:
            return
        self._names[node_id] = ""  # seen, should it refer to itself
        node = self._graph[node_id]
        for source in _sources(node.get("arguments") if isinstance(node, Mapping) else None):
            self._visit(source)
        process = str(node.get("process_id")) if isinstance(node, Mapping) else "node"
        del self._names[node_id]
        self._counts[process] += 1
        self._names[node_id] = f"{process.replace('_', '')}{self._counts[process]}"

    def _renamed(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            if isinstance(value.get("from_node"), str):
                return {**value, "from_node": self._names.get(value["from_node"], value["from_node"])}
            return {
                name: canonical(each)
                if name == "process_graph" and isinstance(each, Mapping)
                else self._renamed(each)
                for name, each in value.items()
                if not (name == "result" and each is False)
            }
        return [self._renamed(each) for each in value] if isinstance(value, list | tuple) else value


def _sources(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("from_node"), str):
            yield value["from_node"]
        for name in sorted(value, key=str):
            if name != "process_graph":
                yield from _sources(value[name])
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _sources(each)


def _without_references(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _without_references(each) for name, each in value.items() if name != "from_node"}
    return [_without_references(each) for each in value] if isinstance(value, list | tuple) else value


def _nested(graph: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for inner in nested_graphs(graph):
        yield inner
        yield from _nested(inner)


def _matches(graph: Mapping[str, Any], node_id: str, fragment: Mapping[str, Any], name: str) -> bool:
    node, wanted = graph.get(node_id), fragment.get(name)
    if not isinstance(node, Mapping) or not isinstance(wanted, Mapping):
        return False
    if node.get("process_id") != wanted.get("process_id"):
        return False
    given = node.get("arguments") or {}

    def same(value: Any, other: Any) -> bool:
        if isinstance(other, Mapping) and isinstance(source := other.get("from_node"), str):
            if not isinstance(value, Mapping) or "from_node" not in value:
                return False
            return source not in fragment or _matches(graph, value["from_node"], fragment, source)
        if isinstance(other, Mapping) and isinstance(inner := other.get("process_graph"), Mapping):
            nested = value.get("process_graph") if isinstance(value, Mapping) else None
            return isinstance(nested, Mapping) and ProcessGraph(nested).contains(inner)
        if isinstance(other, list | tuple) and isinstance(value, list | tuple):
            return len(value) == len(other) and all(map(same, value, other))
        return bool(value == other)

    arguments = wanted.get("arguments") or {}
    return all(each in given and same(given[each], value) for each, value in arguments.items())


def differences(got: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """Return the differences of two process graphs in words, node by node; none if they are equal."""
    mine, theirs = canonical(got), canonical(expected)
    lines = []
    for name in [*theirs, *(each for each in mine if each not in theirs)]:
        if name not in mine:
            lines.append(f"missing: {_told(theirs[name])}")
        elif name not in theirs:
            lines.append(f"not expected: {_told(mine[name])}")
        else:
            lines += [f"{_process(theirs[name])}: {each}" for each in _changes(mine[name], theirs[name])]
    return lines


def _process(node: Any) -> str:
    return str(node.get("process_id")) if isinstance(node, Mapping) else repr(node)


def _told(node: Any) -> str:
    arguments = (node.get("arguments") or {}) if isinstance(node, Mapping) else {}
    return f"{_process(node)}({', '.join(f'{name}={value!r}' for name, value in arguments.items())})"


def _changes(got: Any, expected: Any, place: str = "") -> Iterator[str]:
    if got == expected:
        return
    if isinstance(got, Mapping) and isinstance(expected, Mapping):
        for name in [*expected, *(each for each in got if each not in expected)]:
            inner = f"{place}.{name}" if place else str(name)
            if name not in got:
                yield f"{inner} is missing; expected {expected[name]!r}"
            elif name not in expected:
                yield f"{inner} was not expected; got {got[name]!r}"
            else:
                yield from _changes(got[name], expected[name], inner)
    else:
        yield f"{place}: expected {expected!r}, got {got!r}"
