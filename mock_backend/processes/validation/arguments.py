"""Arguments of a call: what is in them, and whether they fit the parameters of its process."""

from collections.abc import Mapping
from typing import Any

from mock_backend.dataclass import dataclass
from mock_backend.errors.suggestions import did_you_mean
from mock_backend.processes.definitions.graph import Graph, is_plain
from mock_backend.processes.validation.kinds import (
    Kinds,
    Path,
    is_common,
    kind_of,
    kinds_inside,
    may_be,
    tell,
)
from mock_backend.processes.validation.known_values import ANYTHING, UNKNOWN, Scope, Value
from mock_backend.processes.validation.problems import CheckedCall
from mock_backend.processes.validation.signature import Parameter, Signature


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


#: Processes of single values that real back-ends apply to whole data cubes, too.
OF_CUBES_TOO = frozenset({"linear_scale_range"})
#: The JSON types of values of pixels, and of arrays of them.
_VALUES = frozenset({"number", "integer", "boolean", "string", "null", "array"})
#: The parameters that are values of pixels, which may have no data.
_PIXELS = frozenset({"x", "y"})


class Arguments:
    """Arguments of a call.

    Args:
        scope: The parameters that it may refer to.
        results: What is known of the results of nodes before.
        own: True if the process is a user-defined one.
    """

    def __init__(
        self, call: CheckedCall, scope: Scope, results: Mapping[str, Value], *, own: bool = False
    ) -> None:
        self._call, self._scope, self._results, self._own = call, scope, results, own
        self._in_child = len(call.path) > 1
        #: The parameters that are referred to and have no value yet.
        self.undefined: set[str] = set()

    def check_names(self, signature: Signature) -> None:
        """Find arguments that are missing, and those that no parameter takes."""
        call, known = self._call, signature.parameters
        for name in signature.required:
            if name not in call.arguments:
                rule = "missing-argument"
                if call.process_id == "load_collection" and name.endswith("_extent"):
                    rule = "missing-extent"
                elif call.arguments.get("data") == [] and known[name].callback is not None:
                    rule = "null-argument"
                message = (
                    f"Process {call.process_id!r} parameter {name!r} is required: {tell(known[name].kinds)}."
                )
                call.remark(rule, "ProcessParameterRequired", name, message)
        for name in call.arguments:
            if signature.is_told and name not in known:
                hint = did_you_mean(name, known) if known else " It has no parameters."
                message = f"Process {call.process_id!r} does not support parameter {name!r}.{hint}"
                call.remark("unknown-argument", "ProcessParameterUnsupported", name, message)

    def check(self, parameter: Parameter, argument: Any, contents: ArgumentContents) -> Value:
        """Check an argument and return what is known of it."""
        name = parameter.name
        for way, reference in contents.references:
            value = self.reference(reference, name)
            wanted = kinds_inside(parameter.schema, way) if way else parameter.kinds
            fits = may_be(value.kinds, wanted)
            if not fits and not is_common(self._call.process_id, value.kinds, in_child=self._in_child):
                key = "from_node" if "from_node" in reference else "from_parameter"
                given, expected = tell(value.kinds, briefly=True), tell(wanted, briefly=True)
                reason = f"{key} {reference[key]!r} gives {given}, but {expected} is expected."
                self._call.invalid(
                    "udp-argument" if self._own else self._rule_of(value.kinds, wanted), name, reason
                )
            if not way:
                return value
        written_down = UNKNOWN if contents.references or contents.graphs else argument
        if parameter.is_default(argument):
            return Value(parameter.kinds, constant=written_down)
        if not parameter.takes_anything:
            # What is in a process graph is checked node by node.
            is_child = isinstance(argument, dict) and isinstance(argument.get("process_graph"), dict)
            value = argument | {"process_graph": {}} if is_child else argument
            complaint = parameter.checker.complaint(value, [way for way, _ in contents.references])
            if complaint is not None:
                rule = "udp-argument" if self._own else complaint.rule
                if argument is None and (parameter.optional or name in _PIXELS):
                    rule = "null-argument"
                elif rule == "argument-type" and self._in_child and _are_values(argument, parameter.kinds):
                    rule = "array-maths"
                self._call.invalid(rule, name, complaint.reason)
        return Value(frozenset({kind_of(argument)}), constant=written_down)

    def reference(self, reference: Graph, argument: str) -> Value:
        """Return what is known of the value that an argument refers to."""
        if "from_node" in reference:
            source = reference["from_node"]
            return self._results.get(source, ANYTHING) if isinstance(source, str) else ANYTHING
        name = reference["from_parameter"]
        value = self._scope.find(name) if isinstance(name, str) else None
        if value is ANYTHING:
            self.undefined.add(name)
        if value is None:
            # Hints look at the names only as long as their budget lasts.
            some = next(self._scope.names(), None) is not None
            hint = (
                did_you_mean(name, self._scope.names())
                if some
                else " Define it in 'parameters', with a default."
            )
            message = f"Unknown parameter {name!r}.{hint}"
            # Back-ends that hand their data to a function do not look at how its graph calls them.
            is_data = self._in_child and self._call.process_id == "run_udf" and argument == "data"
            rule = "udf-data" if is_data else "unknown-parameter"
            self._call.remark(rule, "ProcessParameterRequired", argument, message)
        return value or ANYTHING

    def _rule_of(self, given: Kinds, wanted: Kinds) -> str:
        """Return the name of the rule that a value of other kinds than wanted breaks."""
        types, others = ({kind for kind, _ in each or ()} for each in (given, wanted))
        is_cube = any(subtype == "datacube" for _, subtype in given or ())
        if self._in_child and others <= _VALUES and (types <= _VALUES or is_cube):
            return "array-maths"
        return "cube-maths" if is_cube and self._call.process_id in OF_CUBES_TOO else "argument-type"


def _are_values(argument: Any, wanted: Kinds) -> bool:
    """Tell whether an argument and what is wanted are values of pixels, or arrays of them."""
    return kind_of(argument)[0] in _VALUES and {kind for kind, _ in wanted or ()} <= _VALUES
