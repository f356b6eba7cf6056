"""A call of a process, and what is found wrong with it."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from mock_backend.engine.cubes.cube import Cube, Dimension, are_labels
from mock_backend.errors.suggestions import did_you_mean

_UDFS = frozenset({"run_udf", "run_udf_externally"})


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
        cubes: The cubes among its arguments whose dimensions are known.
        collection: Returns the STAC metadata of a collection, None if there is none of an id.
        open: The names of arguments of which nothing follows: with references inside, or wrong.
    """

    process_id: str
    arguments: Mapping[str, Any]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    cubes: Mapping[str, Cube] = field(default_factory=dict)
    collection: Callable[[str], Mapping[str, Any] | None] = lambda _: None
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

    def labels(self, name: str) -> list[Any] | None:
        """Return an argument that is a list of labels, i.e. texts and numbers; None if it is not one."""
        value = self.value(name)
        return value if isinstance(value, list) and are_labels(value) else None

    def is_open(self, name: str) -> bool:
        """Tell whether an argument has a value that is not known yet."""
        return name in self.open

    @property
    def runs_udf(self) -> bool:
        """True if a child process among the arguments runs code of a user."""
        return any(
            isinstance(node, dict) and node.get("process_id") in _UDFS
            for argument in self.arguments.values()
            if isinstance(argument, dict) and isinstance(graph := argument.get("process_graph"), dict)
            for node in graph.values()
        )

    def remark(self, rule: str, code: str, argument: str | None, message: str) -> None:
        """Say that something is wrong with the call."""
        self.remarks.append(Remark(rule, code, argument, message))

    def invalid(self, rule: str, argument: str, reason: str) -> None:
        """Say that an argument's value cannot be."""
        message = f"The value passed for parameter '{argument}' in process '{self.process_id}' is invalid: "
        self.remark(rule, "ProcessParameterInvalid", argument, message + reason)

    def no_dimension(self, cube: Cube, name: str, argument: str) -> None:
        """Say that a cube has no dimension of a name."""
        self.remark(
            "unknown-dimension",
            "DimensionNotAvailable",
            argument,
            f"The data cube has no dimension {name!r}.{did_you_mean(name, cube.dimensions)}",
        )

    def dimension(self, cube: Cube, argument: str = "dimension") -> Dimension | None:
        """Return the cube's dimension that an argument names, and remark if there is none."""
        name = self.text(argument)
        if name is None:
            return None
        found = cube.dimensions.get(name)
        if found is None:
            self.no_dimension(cube, name, argument)
        return found

    def exists(self, code: str, argument: str, name: str) -> None:
        """Say that a new dimension has the name of one that exists."""
        self.remark(
            "unknown-dimension",
            code,
            argument,
            f"The data cube has a dimension {name!r} already; choose another name.",
        )

    def check_labels(
        self, dimension: Dimension, labels: Sequence[Any], argument: str, code: str | None = None
    ) -> bool:
        """Remark on labels that a dimension does not have; tell whether it has them all.

        Args:
            dimension: The dimension.
            labels: The labels.
            argument: The argument that they are in.
            code: The code that the definition of the process has for it, if it has one.
        """
        unknown = [label for label in labels if not dimension.has(label)]
        bands = dimension.kind == "bands"
        for label in unknown:
            hint = did_you_mean(label, (*(dimension.labels or ()), *dimension.aliases))
            what = f"unknown band {label!r}." if bands else f"{dimension.name!r} has no label {label!r}."
            if label in dimension.left_out:
                what = f"the {'band' if bands else 'label'} {label!r} was left out before."
                hint = f" The data cube has {', '.join(map(repr, dimension.labels or ()))}."
            rule = "unknown-band" if bands else "unknown-label"
            if code is None:
                self.invalid(rule, argument, what + hint)
            else:
                self.remark(rule, code, argument, f"{what[0].upper()}{what[1:]}{hint}")
        return not unknown
