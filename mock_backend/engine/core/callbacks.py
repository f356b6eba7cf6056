"""Child processes, as steps run them for many pixels at once."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from typing import Any

import numpy as np

from mock_backend.dataclass import dataclass
from mock_backend.engine.core.values import Field, Labelled, Stack
from mock_backend.engine.functions import FUNCTIONS, call
from mock_backend.errors import OpenEOError
from mock_backend.processes.definitions.graph import (
    Graph,
    arguments_of,
    in_order,
    needed,
    objects,
    resolved,
    sources_of,
    walk,
)
from mock_backend.processes.definitions.remote import ProcessKey, key_of
from mock_backend.workload import current_workload, refusal

#: The largest number of values at hand for a pixel: even small windows have some dozens of pixels.
_MOST_HELD = 1 << 16


@dataclass(frozen=True, eq=False)
class GraphCallback:
    """A child process that is a process graph.

    It can be pickled: it knows nothing but process graphs and values.
    """

    graph: Graph
    values: Mapping[str, Any] = field(default_factory=dict)  #: Values for ``from_parameter``
    #: The user-defined processes that it calls, and those that they call, with their defaults as values
    library: "Mapping[ProcessKey, GraphCallback]" = field(default_factory=dict)
    #: The largest number of values at hand for a pixel, as far as calls with single pixels have told
    held: int = 0

    def __call__(self, **parameters: Any) -> Any:
        """Return its result for some parameters."""
        scope = {**self.values, **parameters}
        results: dict[str, Any] = {}
        found = None
        for name in self._order:
            node = self.graph[name]
            results[name] = self._called(node, self._arguments(node, results, scope))
            if node.get("result") is True:
                found = results[name]
        if current_workload() is not None:
            held = sum(map(_values_in, results.values()))
            if held > _MOST_HELD:
                raise refusal(f"{held:,} values for each pixel at once", _MOST_HELD)
            object.__setattr__(self, "held", max(held, self.held))
        return found

    def arguments_of(self, node: Graph) -> dict[str, Any]:
        """Return the arguments of a node, as far as they do not come from other nodes or from data."""
        return self._arguments(node, {}, self.values)

    def elements(
        self, labels: Sequence[Any], aliases: Mapping[str, tuple[str, ...]]
    ) -> "tuple[list[int], GraphCallback] | None":
        """Return the elements that it takes of an array, and what does the same with just these.

        Args:
            labels: The labels of the array that is to be ``data``.
            aliases: Other names, and which labels each stands for.

        Returns:
            The places of the elements; None if it may look at any, or looks at all.
        """
        data = {"from_parameter": "data"}
        takes = {
            name: node["arguments"]
            for name, node in self.graph.items()
            if node["process_id"] == "array_element" and node["arguments"].get("data") == data
        }
        # Most take all bands there are, and finding out which ones takes longer than counting them.
        taken = {(repr(each.get("label")), repr(each.get("index"))) for each in takes.values()}
        if not taken or len(taken) >= len(labels):
            return None
        array = Stack(np.arange(len(labels), dtype=np.float64)[:, None], labels=labels, aliases=aliases)
        places = {name: _place_of(each | {"data": array}) for name, each in takes.items()}
        if None in places.values():
            return None
        if sum(each == data for node in walk(self.graph) for each in objects(node.arguments)) != len(places):
            return None
        kept = sorted({place for place in places.values() if place is not None})
        moved = {
            name: {**self.graph[name], "arguments": {"data": data, "index": kept.index(place)}}
            for name, place in places.items()
            if place is not None
        }
        return kept, replace(self, graph={**self.graph, **moved})

    @cached_property
    def _order(self) -> list[str]:
        """The nodes that its result needs, in the order of computation."""
        sources = sources_of(self.graph)
        wanted = needed(sources, (name for name, node in self.graph.items() if node.get("result") is True))
        return [name for name in in_order(sources)[0] if name in wanted]

    def _called(self, node: Graph, arguments: dict[str, Any]) -> Any:
        process_id, namespace = node["process_id"], node.get("namespace")
        own = self.library.get(key_of(process_id, namespace))
        if own is not None and namespace != "backend":
            return GraphCallback(own.graph, {**own.values, **arguments}, self.library)()
        if process_id in FUNCTIONS:
            return call(process_id, arguments)
        return handed_on(arguments)

    def _arguments(self, node: Graph, results: Mapping[str, Any], scope: Mapping[str, Any]) -> dict[str, Any]:
        def child(graph: Graph) -> "GraphCallback":
            return GraphCallback(graph, scope, self.library)

        return {name: resolved(each, results, scope.get, child) for name, each in arguments_of(node).items()}


@dataclass(frozen=True, eq=False)
class ProcessCallback:
    """A process as a child process of its own."""

    process_id: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, **parameters: Any) -> Any:
        """Return its result for some parameters."""
        return call(self.process_id, {**self.arguments, **parameters})


def _values_in(result: Any) -> int:
    if isinstance(result, Field | Stack):
        return result.values.size
    return sum(map(_values_in, result)) if isinstance(result, list) else 0


def _place_of(arguments: Mapping[str, Any]) -> int | None:
    """Return which element ``array_element`` takes of an array of places; None if that depends on data."""
    try:
        found = call("array_element", arguments)
    except OpenEOError:
        return None
    return int(found.values[0]) if isinstance(found, Field) and found.values[0] >= 0 else None


def handed_on(arguments: Mapping[str, Any]) -> Any:
    """Return what stands in for the result of a process that cannot be computed: what it gets."""
    data = arguments.get("data", arguments.get("x"))
    if data is not None:
        return data
    return next((each for each in arguments.values() if isinstance(each, Field | Stack | Labelled)), None)
