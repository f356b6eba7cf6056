"""What is known of values before anything is computed, and where parameters are looked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mock_backend.cubes import Cube, Dimension
from mock_backend.validation.kinds import Kinds


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of a value before anything is computed.

    Args:
        kinds: What it may be.
        cube: Its dimensions if it is a data cube and they are known.
        labelled_by: The dimension whose labels an array has, e.g. in a reducer.
    """

    kinds: Kinds = None
    cube: Cube | None = None
    labelled_by: Dimension | None = None


ANYTHING = Value()


@dataclass(frozen=True, slots=True)
class Scope:
    """What ``from_parameter`` may refer to, from the inside out.

    Args:
        values: The parameters of this process.
        outer: The scope around it.
        lenient: Whether parameters that nobody defines are nobody's business yet.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    outer: "Scope | None" = None
    lenient: bool = False

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

    def names(self) -> list[str]:
        """Return the names of all parameters."""
        return [*self.values, *(self.outer.names() if self.outer else ())]
