"""A call of a process, and what is found wrong with it."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Remark:
    """Problem with a call.

    Args:
        rule: The name of the rule that it breaks.
        code: The openEO error code.
        argument: The argument it is about, if it is about one.
        message: The problem and its remedy.
    """

    rule: str
    code: str
    argument: str | None
    message: str


@dataclass
class CubeCall:
    """A call of a process, as far as it is known before anything is computed.

    Args:
        process_id: The process.
        arguments: Its arguments as they are in the process graph.
        defaults: Values for missing arguments.
        open: The names of arguments of which nothing follows: with references inside, or wrong.
    """

    process_id: str
    arguments: Mapping[str, Any]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    open: Set[str] = frozenset()
    remarks: list[Remark] = field(default_factory=list)

    def value(self, name: str) -> Any:
        """Return an argument, or its default; None as well if it is not known yet."""
        if name in self.open:
            return None
        return self.arguments[name] if name in self.arguments else self.defaults.get(name)

    def text(self, name: str) -> str | None:
        """Return an argument that is a text; None if it is something else or not known."""
        value = self.value(name)
        return value if isinstance(value, str) else None

    def is_open(self, name: str) -> bool:
        """Tell whether an argument has a value that is not known yet."""
        return name in self.open

    def remark(self, rule: str, code: str, argument: str | None, message: str) -> None:
        """Say that something is wrong with the call."""
        self.remarks.append(Remark(rule, code, argument, message))

    def invalid(self, rule: str, argument: str, reason: str) -> None:
        """Say that an argument's value cannot be."""
        message = f"The value passed for parameter '{argument}' in process '{self.process_id}' is invalid: "
        self.remark(rule, "ProcessParameterInvalid", argument, message + reason)
