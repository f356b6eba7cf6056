"""Go through a process graph and find everything that is wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_backend.cubes import Call, Cube, Remark, follow
from mock_backend.hints import did_you_mean
from mock_backend.processes.graph import (
    Graph,
    has_references,
    in_order,
    nested_graphs,
    node_faults,
    wiring_faults,
)
from mock_backend.validation.context import Context
from mock_backend.validation.kinds import Kinds, kind_of, kinds_of, may_be, tell
from mock_backend.validation.meaning import check_meaning
from mock_backend.validation.problems import Place, Problem
from mock_backend.validation.signature import Parameter, Signature, signature_of

_MAX_DEPTH = 100
#: So many nodes are looked at, those of user-defined processes each time they are called.
_MAX_NODES = 200_000


@dataclass(frozen=True)
class Value:
    """What is known of a value before anything is computed.

    Args:
        kinds: What it may be.
        cube: Its dimensions if it is a data cube and they are known.
        labelled_by: The dimension whose labels an array has, e.g. in a reducer.
    """

    kinds: Kinds = None
    cube: Cube | None = None
    labelled_by: Any = None


_ANYTHING = Value()


@dataclass(frozen=True)
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
                return _ANYTHING
            scope = scope.outer
        return None

    def names(self) -> list[str]:
        """Return the names of all parameters."""
        return [*self.values, *(self.outer.names() if self.outer else ())]


class Validator:
    """Find what is wrong with a process.

    Args:
        context: What there is to refer to.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._problems: list[Problem] = []
        #: The user-defined processes that are being entered.
        self._entered: list[str] = []
        self._nodes = 0

    def problems(
        self, graph: Any, parameters: Iterable[Mapping[str, Any]], *, lenient: bool
    ) -> list[Problem]:
        """Return all problems of a process graph in its order, those of its structure first.

        Args:
            graph: The process graph.
            parameters: The definitions of the parameters that it may refer to.
            lenient: Whether it may refer to others, too.
        """
        values = {each["name"]: Value(kinds_of(each.get("schema", {}))) for each in parameters}
        self._graph(graph, Scope(values, lenient=lenient), ())
        found = [each for each in self._problems if each.rule not in self._context.relaxed]
        return sorted(found, key=lambda problem: problem.rule is not None)

    def _graph(self, graph: Any, scope: Scope, path: tuple[str, ...]) -> Value:
        """Check a graph and return what is known of its result."""
        if len(path) > 2 * _MAX_DEPTH:
            self._invalid(f"The process graph is nested more than {_MAX_DEPTH} levels deep.", path[:8])
            return _ANYTHING
        faults = list(node_faults(graph))
        if not faults:
            faults = list(wiring_faults(graph))
            sound = True
        else:
            sound = False
        for fault in faults:
            self._invalid(fault.message, path if fault.node is None else (*path, fault.node))
        if not sound:
            return _ANYTHING
        self._nodes += len(graph)
        if self._nodes > _MAX_NODES:
            if self._nodes - len(graph) <= _MAX_NODES:
                message = (
                    f"The process has more than {_MAX_NODES} nodes, those of user-defined processes included."
                )
                self._problems.append(Problem(None, "ProcessGraphComplexity", message, Place(path[:8])))
            return _ANYTHING
        order, cycle = in_order(graph)
        if cycle:
            nodes = ", ".join(map(repr, cycle[:10]))
            self._invalid(
                f"The process graph has a cycle; its nodes, and what depends on them: {nodes}.", path
            )
        results: dict[str, Value] = {}
        for node_id in (*order, *cycle):
            results[node_id] = self._node(graph[node_id], scope, results, (*path, node_id))
        return next((results[name] for name, node in graph.items() if node.get("result") is True), _ANYTHING)

    def _node(self, node: Graph, scope: Scope, results: Mapping[str, Value], path: tuple[str, ...]) -> Value:
        """Check a node and return what is known of its result."""
        process_id, arguments = node["process_id"], node["arguments"]
        user_defined = self._user_process(process_id, node.get("namespace"))
        if user_defined is not None:
            signature = Signature(user_defined)
        else:
            definition = self._context.processes.get(process_id)
            namespace = node.get("namespace")
            if definition is None or namespace not in (None, "backend"):
                self._unknown_process(process_id, namespace, path)
                self._strangers(arguments, scope, results, path)
                return _ANYTHING
            signature = signature_of(definition)
        self._missing_and_unknown(signature, process_id, arguments, path)
        values: dict[str, Value] = {}
        for name, argument in arguments.items():
            parameter = signature.parameters.get(name)
            if parameter is None:
                self._strangers({name: argument}, scope, results, path)
            else:
                values[name] = self._argument(process_id, parameter, argument, scope, results, path)
        cube = None
        if user_defined is None:
            cube = self._meaning(signature, arguments, values, path)
        self._callbacks(signature, arguments, values, scope, path)
        if user_defined is not None:
            return self._enter(user_defined, signature, values, path)
        return Value(signature.returns, cube)

    def _user_process(self, process_id: str, namespace: str | None) -> dict[str, Any] | None:
        """Return the user-defined process that is meant; without a namespace they come first."""
        return self._context.user_process(process_id) if namespace in (None, "user") else None

    def _unknown_process(self, process_id: str, namespace: str | None, path: tuple[str, ...]) -> None:
        if namespace not in (None, "backend", "user"):
            hint = " The namespaces are 'backend' and 'user'."
        elif namespace == "user":
            hint = " You have no process of this id."
        else:
            hint = did_you_mean(process_id, self._context.processes)
        self._report(
            "unknown-process",
            "ProcessUnsupported",
            f"Process with identifier {process_id!r} is not available in namespace "
            f"{namespace or 'backend'!r}.{hint}",
            path,
            None,
        )

    def _missing_and_unknown(
        self, signature: Signature, process_id: str, arguments: Graph, path: tuple[str, ...]
    ) -> None:
        for name in signature.required:
            if name not in arguments:
                what = tell(signature.parameters[name].kinds)
                self._report(
                    "missing-argument",
                    "ProcessParameterRequired",
                    f"Process {process_id!r} parameter {name!r} is required: {what}.",
                    path,
                    name,
                )
        for name in arguments.keys() - signature.parameters.keys():
            hint = did_you_mean(name, signature.parameters)
            self._report(
                "unknown-argument",
                "ProcessParameterUnsupported",
                f"Process {process_id!r} does not support parameter {name!r}.{hint}",
                path,
                name,
            )

    def _argument(
        self,
        process_id: str,
        parameter: Parameter,
        argument: Any,
        scope: Scope,
        results: Mapping[str, Value],
        path: tuple[str, ...],
    ) -> Value:
        """Check an argument and return what is known of it."""
        if isinstance(argument, dict) and ("from_node" in argument or "from_parameter" in argument):
            value = self._reference(argument, scope, results, path, parameter.name)
            if not may_be(value.kinds, parameter.kinds):
                source = next(f"{key} {name!r}" for key, name in argument.items())
                self._wrong_type(
                    process_id,
                    parameter.name,
                    f"{source} gives {tell(value.kinds)}, but {tell(parameter.kinds)} is expected.",
                    path,
                )
            return value
        if isinstance(argument, dict | list):
            self._references_inside(argument, scope, results, path, parameter.name)
        if parameter.optional and argument == parameter.default:
            return Value(parameter.kinds)
        if parameter.kinds is not None and (complaint := parameter.checker.complaint(argument)) is not None:
            self._wrong_type(process_id, parameter.name, complaint, path)
        return Value(frozenset({kind_of(argument)}))

    def _wrong_type(self, process_id: str, name: str, reason: str, path: tuple[str, ...]) -> None:
        self._report(
            "argument-type",
            "ProcessParameterInvalid",
            f"The value passed for parameter {name!r} in process {process_id!r} is invalid: {reason}",
            path,
            name,
        )

    def _reference(
        self,
        reference: Graph,
        scope: Scope,
        results: Mapping[str, Value],
        path: tuple[str, ...],
        argument: str,
    ) -> Value:
        if "from_node" in reference:
            return results.get(reference["from_node"], _ANYTHING)
        name = reference["from_parameter"]
        value = scope.find(name) if isinstance(name, str) else None
        if value is None:
            known = scope.names()
            self._report(
                "unknown-parameter",
                "ProcessParameterRequired",
                f"There is no parameter {name!r} here to take a value from.{did_you_mean(name, known)}",
                path,
                argument,
            )
        return value or _ANYTHING

    def _references_inside(
        self, value: Any, scope: Scope, results: Mapping[str, Value], path: tuple[str, ...], argument: str
    ) -> None:
        """Check the references somewhere in an argument."""
        stack = [value]
        while stack:
            each = stack.pop()
            if isinstance(each, list):
                stack.extend(item for item in each if isinstance(item, dict | list))
            elif "from_parameter" in each:
                self._reference(each, scope, results, path, argument)
            else:
                stack.extend(
                    item
                    for key, item in each.items()
                    if key != "process_graph" and isinstance(item, dict | list)
                )

    def _strangers(
        self, arguments: Graph, scope: Scope, results: Mapping[str, Value], path: tuple[str, ...]
    ) -> None:
        """Check what can be checked of arguments whose parameters are not known."""
        for name, argument in arguments.items():
            self._references_inside([argument], scope, results, path, name)
            for graph in nested_graphs(argument):
                self._graph(graph, Scope(outer=scope, lenient=True), (*path, name))

    def _meaning(
        self, signature: Signature, arguments: Graph, values: Mapping[str, Value], path: tuple[str, ...]
    ) -> Cube | None:
        """Check what a call means and return the data cube that it makes."""
        cubes = {name: value.cube for name, value in values.items() if value.cube is not None}
        call = Call(signature.id, arguments, signature.defaults, cubes, self._context.catalogue.find)
        check_meaning(call, self._context.catalogue)
        cube = follow(call)
        self._check_element(call, values)
        for remark in call.remarks:
            self._remark(remark, path)
        return cube

    def _check_element(self, call: Call, values: Mapping[str, Value]) -> None:
        """Check the label by which a child process takes an element, e.g. a band."""
        data = values.get("data")
        if call.process_id != "array_element" or data is None or data.labelled_by is None:
            return
        dimension = data.labelled_by
        label, index = call.value("label"), call.value("index")
        if label is not None and not dimension.has(label):
            what = "band" if dimension.kind == "bands" else f"label in dimension {dimension.name!r}"
            rule = "unknown-band" if dimension.kind == "bands" else "unknown-label"
            hint = did_you_mean(label, dimension.labels or ())
            call.remark(rule, "ArrayElementNotAvailable", "label", f"There is no {what} {label!r}.{hint}")
        if isinstance(index, int) and dimension.labels is not None and index >= len(dimension.labels):
            rule = "unknown-band" if dimension.kind == "bands" else "unknown-label"
            call.remark(
                rule,
                "ArrayElementNotAvailable",
                "index",
                f"There is no element {index}; dimension {dimension.name!r} has {len(dimension.labels)}, "
                "counted from 0.",
            )

    def _callbacks(
        self,
        signature: Signature,
        arguments: Graph,
        values: Mapping[str, Value],
        scope: Scope,
        path: tuple[str, ...],
    ) -> None:
        """Check the child processes among the arguments, each in its own scope."""
        for name, argument in arguments.items():
            parameter = signature.parameters.get(name)
            if parameter is None or not isinstance(argument, dict | list):
                continue
            graphs = list(nested_graphs(argument))
            if not graphs:
                continue
            handed = parameter.callback
            inner = {each.name: Value(each.kinds) for each in handed or ()}
            if "data" in inner and (labelled := _labelled(signature.id, arguments, values)) is not None:
                inner["data"] = Value(inner["data"].kinds, labelled_by=labelled)
            for graph in graphs:
                self._graph(graph, Scope(inner, scope, lenient=handed is None), (*path, name))

    def _enter(
        self,
        process: dict[str, Any],
        signature: Signature,
        values: Mapping[str, Value],
        path: tuple[str, ...],
    ) -> Value:
        """Check a user-defined process with the arguments it is called with."""
        if signature.id in self._entered:
            way = " → ".join([*self._entered[self._entered.index(signature.id) :], signature.id])
            self._report(
                "recursion",
                "ProcessGraphInvalid",
                f"The user-defined process {signature.id!r} calls itself: {way}.",
                path,
                None,
            )
            return _ANYTHING
        inner = {
            name: values.get(name, _ANYTHING if parameter.default is not None else Value(parameter.kinds))
            for name, parameter in signature.parameters.items()
        }
        self._entered.append(signature.id)
        try:
            result = self._graph(process.get("process_graph"), Scope(inner), path)
        finally:
            self._entered.pop()
        return Value(signature.returns if signature.returns is not None else result.kinds, result.cube)

    def _remark(self, remark: Remark, path: tuple[str, ...]) -> None:
        self._report(remark.rule, remark.code, remark.message, path, remark.argument)

    def _invalid(self, message: str, path: tuple[str, ...]) -> None:
        self._problems.append(Problem(None, "ProcessGraphInvalid", message, Place(path)))

    def _report(
        self, rule: str, code: str, message: str, path: tuple[str, ...], argument: str | None
    ) -> None:
        self._problems.append(Problem(rule, code, message, Place(path, argument)))


def _labelled(process_id: str, arguments: Graph, values: Mapping[str, Value]) -> Any:
    """Return the dimension along which a child process gets arrays; None if that is not known."""
    if process_id not in ("reduce_dimension", "apply_dimension"):
        return None
    data, name = values.get("data"), arguments.get("dimension")
    if data is None or data.cube is None or not isinstance(name, str) or has_references(name):
        return None
    return data.cube.dimensions.get(name)
