"""Unknown values in process graphs: parameters without values, and results of faulty nodes."""

from collections.abc import Iterable, Iterator
from typing import Any

from mock_backend.engine.steps.call import Child
from mock_backend.processes.definitions import walk
from mock_backend.processes.definitions.graph import objects
from mock_backend.processes.validation.known_values import UNKNOWN
from mock_backend.processes.validation.problems import Problem


def is_unknown(value: Any) -> bool:
    """Tell whether a value, or something in it, is not known."""
    if isinstance(value, list | dict):
        return any(map(is_unknown, value.values() if isinstance(value, dict) else value))
    if isinstance(value, Child):
        references = (each for node in walk(value.graph) for each in objects(node.arguments))
        names = (each.get("from_parameter") for each in references)
        return any(isinstance(each, str) and value.scope.get(each) is UNKNOWN for each in names)
    return value is UNKNOWN


def unclear_places(problems: Iterable[Problem]) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """Yield the places of which nothing follows: arguments with problems, and whole nodes."""
    for each in problems:
        if each.rule not in ("missing-argument", "missing-extent", "unknown-argument"):
            path = each.place.path
            yield path, each.place.argument
            # What is wrong in a child process is wrong with the argument that it is in.
            yield from ((path[:place], path[place]) for place in range(1, len(path)))
