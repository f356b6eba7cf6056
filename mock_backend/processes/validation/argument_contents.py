"""Contents of an argument of a process: references and child processes."""

from typing import Any

from mock_backend.dataclass import dataclass
from mock_backend.processes.definitions.graph import Graph, is_plain

#: Keys of objects and indices of arrays that lead to something inside a value.
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class ArgumentContents:
    """Contents of an argument."""

    #: Objects with ``from_node`` or ``from_parameter``, each with its path, in their order
    references: list[tuple[Path, dict[str, Any]]]
    graphs: list[Graph]  #: Process graphs, unchecked


NOTHING = ArgumentContents([], [])


def contents_of(argument: Any) -> ArgumentContents:
    """Look into an argument of a process."""
    if not isinstance(argument, (dict, list)):
        return NOTHING
    if isinstance(argument, dict):
        if "from_node" in argument or "from_parameter" in argument:
            return ArgumentContents([((), argument)], [])
        if len(argument) == 1 and isinstance(child := argument.get("process_graph"), dict):
            return ArgumentContents([], [child])
    found = ArgumentContents([], [])
    stack: list[tuple[Path, Any]] = [((), argument)]
    plain: bool | None = None
    while stack:
        path, each = stack.pop()
        if isinstance(each, dict):
            if "from_node" in each or "from_parameter" in each:
                found.references.append((path, each))
                continue
            if isinstance(graph := each.get("process_graph"), dict):
                found.graphs.append(graph)
            inner: list[tuple[Any, Any]] = [
                item
                for item in each.items()
                if isinstance(item[1], (dict, list)) and item[0] != "process_graph"
            ]
        elif plain := plain is not False and is_plain(each):
            continue
        else:
            inner = [(index, item) for index, item in enumerate(each) if isinstance(item, (dict, list))]
        # What is put last comes out first.
        stack += [((*path, key), item) for key, item in reversed(inner)]
    return found
