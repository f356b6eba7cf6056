"""Knowledge of values before anything is computed, and scopes of parameters."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, Final

from mock_backend.dataclass import dataclass
from mock_backend.processes.validation.kinds import Kinds
from mock_backend.workload import weighed

#: The constant of a value that is not one.
UNKNOWN: Final = object()


@dataclass(frozen=True)
class Value:
    """Knowledge of a value before anything is computed."""

    kinds: Kinds = None
    #: Its value, if that is written down, e.g. in the call of a user-defined process.
    constant: Any = UNKNOWN


ANYTHING = Value()


@dataclass(frozen=True)
class Scope:
    """Values for ``from_parameter``, from the inside out."""

    values: Mapping[str, Value] = field(default_factory=dict)  #: The parameters of this process
    outer: "Scope | None" = None
    lenient: bool = False  #: True if undefined parameters are no problem yet
    has_constants: bool = False  #: True if some of the values, or of those around, are written down

    def filled_in(self, value: Any) -> Any:
        """Return a value with what is written down in the place of references to parameters."""
        if isinstance(value, list):
            return [self.filled_in(each) for each in value]
        if not isinstance(value, dict) or "process_graph" in value:
            return value
        if value.keys() == {"from_parameter"} and isinstance(name := value["from_parameter"], str):
            found = self.find(name)
            return value if found is None or found.constant is UNKNOWN else weighed(found.constant)
        return {key: self.filled_in(each) for key, each in value.items()}

    def find(self, name: str) -> Value | None:
        """Return a parameter, or None if it is not defined anywhere."""
        scope: Scope | None = self
        while scope is not None:
            if (found := scope.values.get(name)) is not None:
                return found
            if scope.lenient:
                return ANYTHING
            scope = scope.outer
        return None

    def names(self) -> Iterator[str]:
        """Yield the names of all parameters."""
        yield from self.values
        if self.outer is not None:
            yield from self.outer.names()
