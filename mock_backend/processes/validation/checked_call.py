"""A call of a process, and what is found wrong with it."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from mock_backend.processes.validation.problems import GraphPlace, Problem


@dataclass
class CheckedCall:
    """A call of a process, as far as it is known before anything is computed."""

    process_id: str
    arguments: Mapping[str, Any]  #: Its arguments as they are in the process graph
    defaults: Mapping[str, Any]
    path: tuple[str, ...] = ()  #: Its place in the process
    #: The names of arguments of which nothing follows: with references inside, or wrong
    open: Set[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)

    def value(self, name: str) -> Any:
        """Return an argument, or its default; None as well if it is not known yet."""
        if name in self.open:
            return None
        return self.arguments[name] if name in self.arguments else self.defaults.get(name)

    def text(self, name: str) -> str | None:
        """Return an argument that is a text; None if it is something else or not known."""
        value = self.value(name)
        return value if isinstance(value, str) else None

    def remark(self, rule: str, code: str, argument: str | None, message: str) -> None:
        """Say that something is wrong with the call."""
        self.problems.append(Problem(rule, code, message, GraphPlace(self.path, argument)))

    def invalid(self, rule: str, argument: str, reason: str) -> None:
        """Say that an argument's value cannot be."""
        message = f"The value passed for parameter '{argument}' in process '{self.process_id}' is invalid: "
        self.remark(rule, "ProcessParameterInvalid", argument, message + reason)
