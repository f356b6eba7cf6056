"""Cost of checking process graphs."""

import itertools
from collections.abc import Iterator
from typing import Any

from benchmarks.clients import GRAPH
from benchmarks.measuring import Benchmark, Effort, Row, compare, seconds, timed
from mock_backend import MockBackend
from mock_backend.auth.accounts import User
from mock_backend.processes.validation import ValidationRegister

_HUNDRED = "checking a process graph of 100 nodes"

_MOST = 5e-3

_FREE: dict[str, Any] = {"process_id": "pi", "arguments": {}}


def _hundred_nodes(effort: Effort) -> Iterator[Row]:
    graph = _long_graph(100)
    with MockBackend() as backend:
        register = next(each for each in backend.registers if isinstance(each, ValidationRegister))
        user = User(user_id=backend.users.default)
        register.require({"process_graph": graph}, user)  # else the benchmark would measure a refusal
        # Each time another graph: one that has been checked before is remembered.
        numbers = itertools.count()
        check = timed(lambda: register.findings({**graph, f"free{next(numbers)}": _FREE}, user))
        # Compared with nothing: the goal is absolute, so there is no peer to alternate with.
        costs = compare(check, lambda: 1.0, effort.rounds)
    shown = seconds(costs.measured)
    yield Row(_HUNDRED, shown, "", shown, f"<= {seconds(_MOST)}", costs.measured <= _MOST)


def _long_graph(nodes: int) -> dict[str, Any]:
    """Chain processes with child processes; the nodes of the child graphs count, too."""
    graph: dict[str, Any] = {"load": GRAPH["load"]}
    last = "load"
    for number in range(nodes // 2 - 1):
        add = {"process_id": "add", "arguments": {"x": {"from_parameter": "x"}, "y": number}, "result": True}
        arguments = {"data": {"from_node": last}, "process": {"process_graph": {"add": add}}}
        last = f"apply{number}"
        graph[last] = {"process_id": "apply", "arguments": arguments}
    save = {"data": {"from_node": last}, "format": "GTiff"}
    graph["save"] = {"process_id": "save_result", "arguments": save, "result": True}
    return graph


BENCHMARKS = (Benchmark((_HUNDRED,), _hundred_nodes),)
