"""Values of parameters in a process graph, and what of its arguments is not known."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mock_backend.engine.steps.call import Child
from mock_backend.engine.steps.flow import Flow
from mock_backend.processes.definitions import walk
from mock_backend.processes.definitions.graph import objects
from mock_backend.processes.validation.problems import Problem
from mock_backend.processes.validation.values import UNKNOWN


@dataclass(frozen=True)
class ValueScope:
    """Values for ``from_parameter``, from the inside out.

    Args:
        values: The parameters of this process.
        outer: The scope around it.
    """

    values: Mapping[str, Any]
    outer: "ValueScope | None" = None

    def find(self, name: Any) -> Any:
        """Return the value of a parameter; None if there is none."""
        scope: ValueScope | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.outer
        return None

    def flat(self) -> dict[str, Any]:
        """Return all that may be referred to, but for data cubes."""
        outer = {} if self.outer is None else self.outer.flat()
        return {**outer, **{name: each for name, each in self.values.items() if not isinstance(each, Flow)}}


def is_unknown(value: Any) -> bool:
    """Tell whether a value, or something in it, is not known."""
    if isinstance(value, list | dict):
        return any(map(is_unknown, value.values() if isinstance(value, dict) else value))
    if isinstance(value, Child):
        references = (each for node in walk(value.graph) for each in objects(node.arguments))
        names = (each.get("from_parameter") for each in references)
        return any(isinstance(each, str) and value.scope.find(each) is UNKNOWN for each in names)
    return value is UNKNOWN


def unclear_places(problems: Iterable[Problem]) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """Yield the places of which nothing follows: arguments with problems, and whole nodes."""
    for each in problems:
        if each.rule not in ("missing-argument", "missing-extent", "unknown-argument"):
            path = each.place.path
            yield path, each.place.argument
            # What is wrong in a child process is wrong with the argument that it is in.
            yield from ((path[:place], path[place]) for place in range(1, len(path)))
